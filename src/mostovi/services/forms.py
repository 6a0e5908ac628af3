"""What a page sends, as text for an action; the rules of a service judge it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mostovi.kernel.errors import Invalid, Refusal
from mostovi.kernel.languages import current_variant
from mostovi.kernel.personal_number import check_personal_number
from mostovi.services.definition import InvalidAnswer, text_of
from mostovi.services.definition.values import Kind
from mostovi.services.definition.wording import write_value
from mostovi.services.queries.question_sheets import QuestionSheet
from mostovi.services.rules import check_identity_seen, check_name
from mostovi.services.values import IdentityDocument

IDENTITY_DOCUMENTS = {
    IdentityDocument.IDENTITY_CARD: gettext_lazy("Identity card"),
    IdentityDocument.PASSPORT: gettext_lazy("Passport"),
    IdentityDocument.DRIVING_LICENCE: gettext_lazy("Driving licence"),
}
_TEMPLATES = {
    Kind.YES_NO: "services/parts/choices.html",
    Kind.CHOICE: "services/parts/choices.html",
    Kind.DATE: "services/parts/date.html",
    Kind.TEXT: "services/parts/text.html",
}


@dataclass(frozen=True)
class DatePart:
    id: str
    name: str
    label: str
    value: str


@dataclass(frozen=True)
class LineInput:
    """How one line of text is typed on a phone's keyboard, and what a browser may fill in by itself."""

    type: str = "text"
    mode: str = ""
    autocomplete: str = ""
    width: str = "w20"


_LINES = {
    Kind.NUMBER: LineInput(mode="numeric", width="w4"),
    Kind.MONEY: LineInput(mode="decimal", width="w10"),
    Kind.IBAN: LineInput(),
    Kind.PHONE: LineInput(type="tel", autocomplete="tel"),
    Kind.EMAIL: LineInput(type="email", autocomplete="email"),
}


@dataclass(frozen=True)
class AnswerField:
    """The input of one question with what was typed or saved before."""

    template: str
    first_id: str
    typed: str
    parts: tuple[DatePart, ...]
    line: LineInput


def answer_field(sheet: QuestionSheet, data: Mapping[str, str] | None = None) -> AnswerField:
    """``data`` is what was just sent, when it needs another look."""
    typed = typed_answer(sheet.kind, data) if data is not None else _saved_answer(sheet)
    is_date = sheet.kind == Kind.DATE
    return AnswerField(
        template=_TEMPLATES.get(sheet.kind, "services/parts/line.html"),
        first_id="day" if is_date else "answer",
        typed=typed,
        parts=_date_parts(typed) if is_date else (),
        line=_LINES.get(sheet.kind, LineInput()),
    )


def typed_answer(kind: Kind, data: Mapping[str, str]) -> str:
    """One text: the three boxes of a date become ``2. 9. 2019.``, all empty stays empty."""
    if kind != Kind.DATE:
        return data.get("answer", "")
    parts = [data.get(name, "").strip() for name in ("day", "month", "year")]
    return ". ".join(parts) + "." if any(parts) else ""


def _date_parts(typed: str) -> tuple[DatePart, ...]:
    if typed.endswith("."):
        day, month, year = (part.strip() for part in typed[:-1].split(". ", 2))
    else:
        year, month, day = (typed or "--").split("-")
    return (
        DatePart("day", "day", _("Day"), day.lstrip("0")),
        DatePart("month", "month", _("Month"), month.lstrip("0")),
        DatePart("year", "year", _("Year"), year),
    )


def _saved_answer(sheet: QuestionSheet) -> str:
    saved = sheet.answer
    if saved is None:
        return ""
    if isinstance(saved, bool):
        return "yes" if saved else "no"
    if sheet.kind == Kind.MONEY:
        return f"{saved // 100}" + (f".{saved % 100:02}" if saved % 100 else "")
    return str(saved)


def sentence_of(refusal: Refusal) -> str:
    """What to put right, in the page's language; a service may say it in its own words."""
    if isinstance(refusal, InvalidAnswer) and refusal.texts:
        return text_of(refusal.texts, current_variant())
    numbers = {name: write_value(value, current_variant()) for name, value in refusal.params.items()}
    return _(refusal.message).format(**numbers) if numbers else _(refusal.message)


def find_mistakes(form: Mapping[str, str]) -> dict[str, str]:
    """All that is wrong with a form of the counter, by its field; an action stops at the first."""
    checks: dict[str, Callable[[str], object]] = {
        "identity_document": check_identity_seen,
        "name": check_name,
        "personal_number": check_personal_number,
    }
    mistakes = {}
    for field, check in checks.items():
        try:
            check(form.get(field, "").strip())
        except Invalid as refusal:
            mistakes[field] = sentence_of(refusal)
    return mistakes
