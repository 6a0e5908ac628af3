"""What every page may use: dates, money and codes in the page's language, and drawings in stone."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from mostovi.exchange.verification.values import Statement
from mostovi.front import formats, words
from mostovi.front.drawing.progress import Progress, draw_progress
from mostovi.front.drawing.verdict import Look, draw_verdict
from mostovi.kernel import clock, codes, institutions
from mostovi.kernel.errors import NotFound, Refusal
from mostovi.kernel.languages import current_variant, text_in, to_latin

register = template.Library()


def _local(value: datetime) -> datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value


def _as_day(value: date | datetime | str) -> date:
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    return _local(value).date() if isinstance(value, datetime) else value


@register.filter
def day(value: date | datetime | str | None) -> str:
    """5 January 2027 · 5. januar 2027.; takes a date, a moment or either in ISO 8601."""
    return formats.write_day(_as_day(value), current_variant()) if value else ""


@register.filter
def day_genitive(value: date | datetime | str | None) -> str:
    """The same inside a sentence: do 5. januara 2027."""
    return formats.write_day_genitive(_as_day(value), current_variant()) if value else ""


@register.filter
def time_of_day(value: datetime | str | None) -> str:
    """14:05, in Sarajevo."""
    if not value:
        return ""
    return formats.write_time(_local(datetime.fromisoformat(value) if isinstance(value, str) else value))


@register.filter
def time_to_the_second(value: datetime) -> str:
    """14:05:09, where two moments of one minute are to be told apart."""
    return f"{time_of_day(value)}:{value.second:02}"


@register.filter
def moment(value: datetime) -> str:
    """14:05 for today, otherwise 5. januar 2027. 14:05."""
    is_today = _local(value).date() == _local(clock.now()).date()
    return time_of_day(value) if is_today else f"{day(value)} {time_of_day(value)}"


@register.filter
def money(value: Decimal | float | None) -> str:
    """118 KM · 1,234.50 KM · 1.234,50 КМ"""
    return "" if value is None else formats.write_money(value, current_variant())


@register.filter
def number(value: Decimal | float | None, places: int = 0) -> str:
    return "" if value is None else formats.write_number(value, current_variant(), places)


@register.filter
def code(value: str) -> str:
    """K4T92M7AE as K4T-92M-7AE."""
    return codes.display(value)


@register.filter
def case_reference(value: str | None) -> str:
    """A tracking code in its groups; what is named in other words (a person's own question) in words."""
    try:
        return codes.display(codes.normalise(value or ""))
    except codes.InvalidCode:
        return gettext("own question") if value == "own-request" else value or ""


@register.filter
def sentence(refusal: Refusal) -> str:
    """What a refusal says, in the page's language."""
    return refusal.sentence(gettext(refusal.message))


@register.filter
def statement(said: Statement) -> str:
    """One sentence of a verdict, in the page's language and notation."""
    values = {name: _in_notation(value) for name, value in said.params.items()}
    template = _counted(said) if said.plural else gettext(said.message)
    return template.format(**values)


def _counted(said: Statement) -> str:
    count = said.params["count"]
    assert isinstance(count, int)
    return ngettext(said.message, said.plural, count)


def _in_notation(value: str | int | datetime) -> str:
    if isinstance(value, datetime):
        return f"{day_genitive(value)} {time_of_day(value)}"
    if isinstance(value, int):
        return formats.write_number(value, current_variant())
    return institutions.translate_certificate_name(value)


@register.filter
def in_language(texts: Mapping[str, str] | None) -> str:
    """The page's language out of a pack's {bs, hr, sr, en}."""
    return text_in(texts, current_variant()) if texts else ""


@register.filter
def in_script(text: str) -> str:
    """A text written in Serbian Cyrillic, in the script of the page."""
    return to_latin(text) if current_variant() == "sr-Latn" else text


@register.filter
def entry_number(log_entry: str) -> str:
    """tuzla-social-work/104 as 104."""
    return log_entry.rpartition("/")[2]


def _word(words: Mapping[str, Any], key: str) -> str:
    return str(words.get(key, key))


@register.filter
def case_state(state: str) -> str:
    return _word(words.CASE_STATES, state)


@register.filter
def government_level(level: str) -> str:
    return _word(words.GOVERNMENT_LEVELS, level)


register.filter("document_kind", words.name_document_kind)
register.filter(words.log_deed)
register.filter(words.log_service)
register.filter(words.seen_by)
register.filter(words.what_happened)
register.filter(words.why_refused)
register.filter(words.purpose_in_words)


@register.simple_tag
def institution_name(member: str) -> str:
    """The name of a member of the bridge; a member that the pack does not describe keeps its code."""
    try:
        return institutions.find_institution(member).name_in()
    except NotFound:
        return member


@register.inclusion_tag("front/drawings/mark.html")
def mark(kind: str = "mark") -> dict[str, Any]:
    return {"kind": kind}


@register.inclusion_tag("front/drawings/progress.html")
def arch(  # noqa: PLR0917  a template passes numbers by position
    facts_total: int,
    facts_done: int,
    questions_total: int,
    questions_done: int,
    current: int = 0,
    sent: bool = False,  # noqa: FBT001, FBT002  the same
) -> dict[str, Any]:
    """The arch that grows from both banks; the words beside it say the same."""
    return {
        "arch": draw_progress(
            Progress(facts_total, facts_done, questions_total, questions_done, current, sent)
        )
    }


@register.inclusion_tag("front/drawings/verdict.html")
def verdict_arch(look: Look) -> dict[str, Any]:
    return {"arch": draw_verdict(look)}
