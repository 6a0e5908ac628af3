"""What a person typed, as a value; or a sentence that says what to put right."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from mostovi.kernel.errors import Invalid
from mostovi.kernel.plain_text import count_signs, plain_text
from mostovi.services.definition.evaluation import known_values, questions_to_ask
from mostovi.services.definition.expressions import ExpressionFailed, compile_expression
from mostovi.services.definition.kinds import for_rules
from mostovi.services.definition.values import Choice, Kind, Question, ServiceDefinition, Texts

_LONGEST_TEXT = 2000
_LARGEST_NUMBER = 10**12
_EARLIEST, _LATEST = date(1900, 1, 1), date(2200, 1, 1)
_DAY = re.compile(r"(?P<d>\d{1,2})\s*[./-]\s*(?P<m>\d{1,2})\s*[./-]\s*(?P<y>\d{4})\s*\.?")
_PLAIN_AMOUNT = re.compile(r"(?P<marks>\d{1,10})(?:[.,](?P<feninga>\d{1,2}))?", re.ASCII)
_GROUPED_AMOUNT = re.compile(
    r"(?P<marks>\d{1,3}(?P<sign>[.,])\d{3}(?:(?P=sign)\d{3}){0,2})(?:(?!(?P=sign))[.,](?P<feninga>\d{1,2}))?",
    re.ASCII,
)
_NUMBER = re.compile(r"-?\d{1,13}")
_EMAIL = re.compile(
    r"[A-Za-z0-9._%+'-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}"
)
_LATIN_LOOKALIKES = str.maketrans("АВЕКМНОРСТХЈ", "ABEKMHOPCTXJ")


class InvalidAnswer(Invalid):
    """An answer that needs another look. ``texts``, if any, is the service's own sentence."""

    code = "invalid_answer"
    message = "Something in this answer needs another look."
    texts: Texts | None = None


class AnswerMissing(InvalidAnswer):
    code = "answer_missing"
    message = "Answer this question to go on."


class NotInList(InvalidAnswer):
    code = "not_in_list"
    message = "Choose one of the answers."


class NotADate(InvalidAnswer):
    code = "not_a_date"
    message = "Write the day as day, month and year, for example 2 9 2019."


class NotANumber(InvalidAnswer):
    code = "not_a_number"
    message = "Write a whole number in digits, for example 3."


class NotAnAmount(InvalidAnswer):
    code = "not_an_amount"
    message = "Write the amount in marks, for example 1250 or 1250.50."


class TextTooLong(InvalidAnswer):
    code = "text_too_long"
    message = "This text is too long. It can have at most {most} characters; yours has {count}."


class NotAnAccount(InvalidAnswer):
    code = "not_an_account"
    message = "An account in Bosnia and Herzegovina begins with BA and has 20 characters. Your bank shows it."


class AccountMistyped(InvalidAnswer):
    code = "account_mistyped"
    message = "One of the digits of this account differs from what the bank wrote. Compare them once more."


class NotAPhone(InvalidAnswer):
    code = "not_a_phone"
    message = "Write a telephone number with its code, for example 061 123 204 or +387 61 123 204."


class NotAnEmail(InvalidAnswer):
    code = "not_an_email"
    message = "Write an e-mail address, for example amra@example.org."


def check_answer(
    definition: ServiceDefinition,
    question: Question,
    raw: str | None,
    *,
    facts: Mapping[str, Any] | None = None,
    answers: Mapping[str, Any] | None = None,
    on_date: date,
) -> Any:
    """The answer as a JSON value, from what a form sent. Raises InvalidAnswer with a sentence.

    ``question`` comes from ``questions_to_ask``, so its choices are those that this person was shown.
    An optional question left empty gives None. A date may be ``2. 9. 2019.`` or ``2019-09-02``.
    """
    text = plain_text(raw or "")
    if not count_signs(text):
        if question.optional:
            return None
        raise AnswerMissing
    value = read_answer(question.kind, text, question.choices)
    if question.check:
        known = known_values(definition, facts or {}, {**(answers or {}), question.key: value}, on_date)
        _check_by_service(question, value, known)
    return value


def questions_to_answer(
    definition: ServiceDefinition,
    facts: Mapping[str, Any],
    answers: Mapping[str, Any],
    *,
    on_date: date,
) -> tuple[Question, ...]:
    """Those that are open: not answered yet, or with an answer that what is known by now contradicts."""
    asked = questions_to_ask(definition, facts, answers, on_date=on_date)
    known = known_values(definition, facts, answers, on_date)
    return tuple(
        question
        for question in asked
        if question.key not in answers or not _still_holds(question, answers[question.key], known)
    )


def _still_holds(question: Question, value: Any, known: Mapping[str, Any]) -> bool:
    if value is None:
        return question.optional
    if question.kind == Kind.CHOICE and value not in {choice.value for choice in question.choices}:
        return False
    try:
        _check_by_service(question, value, known)
    except InvalidAnswer:
        return False
    return True


def read_answer(kind: Kind, text: str, choices: tuple[Choice, ...] = ()) -> Any:
    """The JSON value of a text of this kind. Raises InvalidAnswer."""
    if kind == Kind.CHOICE:
        if text not in {choice.value for choice in choices}:
            raise NotInList
        return text
    return _READERS[kind](text)


def _check_by_service(question: Question, value: Any, known: Mapping[str, Any]) -> None:
    if not question.check:
        return
    try:
        holds = compile_expression(question.check).evaluate(
            {**known, "answer": for_rules(question.kind, value)}
        )
    except ExpressionFailed:
        return  # what it compares with is not known yet; the answer is looked at again when it is
    if holds is not True:
        refusal = InvalidAnswer(code="answer_refused")
        refusal.texts = question.check_text
        raise refusal


def _read_yes_no(text: str) -> bool:
    try:
        return {"yes": True, "no": False, "true": True, "false": False}[text.lower()]
    except KeyError:
        raise NotInList from None


def _read_date(text: str) -> str:
    written = _DAY.fullmatch(re.sub(r"(?<=\d)\s+(?=\d)", ".", text))
    try:
        day = (
            date(int(written["y"]), int(written["m"]), int(written["d"]))
            if written
            else date.fromisoformat(text)
        )
    except ValueError:
        raise NotADate from None
    if not _EARLIEST <= day < _LATEST:
        raise NotADate
    return day.isoformat()


def _read_number(text: str) -> int:
    bare = text.replace(" ", "").replace("\u00a0", "")
    if not _NUMBER.fullmatch(bare) or not bare.isascii() or abs(int(bare)) > _LARGEST_NUMBER:
        raise NotANumber
    return int(bare)


def _read_money(text: str) -> int:
    """Feninga. Points or commas may group thousands; the other sign separates marks from feninga."""
    bare = re.sub(r"(?i)\s|\u00a0|km|км", "", text)
    written = _GROUPED_AMOUNT.fullmatch(bare) or _PLAIN_AMOUNT.fullmatch(bare)
    if written is None:
        raise NotAnAmount
    marks = re.sub(r"[.,]", "", written["marks"])
    return int(marks) * 100 + int((written["feninga"] or "").ljust(2, "0"))


def _read_text(typed: str) -> str:
    text = plain_text(typed)
    if len(text) > _LONGEST_TEXT:
        raise TextTooLong(most=_LONGEST_TEXT, count=len(text))
    return text


def _read_iban(text: str) -> str:
    """A BA account: 20 characters, remainder 1 by ISO 7064 MOD 97-10 (ISO 13616)."""
    bare = re.sub(r"[\s\u00a0-]", "", text).upper().translate(_LATIN_LOOKALIKES)
    if not re.fullmatch(r"BA\d{18}", bare, re.ASCII):
        raise NotAnAccount
    turned = bare[4:] + "1110" + bare[2:4]  # B is 11, A is 10
    if int(turned) % 97 != 1:
        raise AccountMistyped
    return bare


def _read_phone(text: str) -> str:
    """E.164. A number without a country code is one of Bosnia and Herzegovina."""
    bare = re.sub(r"[\s\u00a0()/.\-]", "", text)
    if bare.startswith("00"):
        bare = f"+{bare[2:]}"
    elif bare.startswith("0"):
        bare = f"+387{bare[1:]}"
    if not re.fullmatch(r"\+[1-9]\d{7,14}", bare, re.ASCII):
        raise NotAPhone
    if bare.startswith("+387") and not re.fullmatch(r"\+387[3-7]\d{7,8}", bare, re.ASCII):
        raise NotAPhone
    return bare


def _read_email(text: str) -> str:
    local, _, domain = text.rpartition("@")
    if (
        len(text) > 254
        or not _EMAIL.fullmatch(text)
        or ".." in text
        or local.startswith(".")
        or local.endswith(".")
    ):
        raise NotAnEmail
    return f"{local}@{domain.lower()}"


_READERS: Mapping[Kind, Callable[[str], Any]] = {
    Kind.YES_NO: _read_yes_no,
    Kind.DATE: _read_date,
    Kind.NUMBER: _read_number,
    Kind.MONEY: _read_money,
    Kind.TEXT: _read_text,
    Kind.IBAN: _read_iban,
    Kind.PHONE: _read_phone,
    Kind.EMAIL: _read_email,
}
