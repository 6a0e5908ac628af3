"""Texts with values in them, as each language variant writes dates, money and numbers."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from mostovi.kernel.script import to_latin
from mostovi.services.definition.kinds import typed_answer
from mostovi.services.definition.values import Kind, Question, Texts

_MONTHS = {
    "bs": "januar februar mart april maj juni juli august septembar oktobar novembar decembar",
    "hr": "siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna listopada studenoga prosinca",
    "sr": "јануар фебруар март април мај јун јул август септембар октобар новембар децембар",
    "en": "January February March April May June July August September October November December",
}
_MONTHS_OF = _MONTHS | {
    "bs": "januara februara marta aprila maja juna jula augusta septembra oktobra novembra decembra",
    "sr": "јануара фебруара марта априла маја јуна јула августа септембра октобра новембра децембра",
}
PLACEHOLDER = re.compile(r"\{(?P<name>[a-z_]+(?:\.[a-z_]+)*)(?P<of>:of)?(?:\|(?P<otherwise>[^{}|]*))?\}")
_SPACE = "\u00a0"
_YES_NO = {
    True: {"bs": "da", "hr": "da", "sr": "да", "en": "yes"},
    False: {"bs": "ne", "hr": "ne", "sr": "не", "en": "no"},
}


def fill(texts: Texts, values: Mapping[str, Any]) -> dict[str, str]:
    """The text in five variants (``bs hr sr sr-Latn en``) with its ``{placeholders}`` filled.

    A date becomes a date, a Decimal an amount in marks, text stays as it was written: names are never
    converted to the other script. ``{day:of}`` is the genitive; ``{child.given_name|the child}`` says
    what stands there while the value is not known.
    """
    filled = {language: _fill(text, language, values) for language, text in texts.items()}
    filled["sr-Latn"] = _fill(text_of(texts, "sr-Latn"), "sr-Latn", values)
    return filled


def text_of(texts: Texts, variant: str) -> str:
    """One of the five variants out of a text, filled or not."""
    if variant == "sr-Latn":
        return texts.get("sr-Latn") or (texts["sr"] if is_name(texts) else to_latin(texts["sr"]))
    return texts["sr" if variant == "sr-Cyrl" else variant]


def is_name(texts: Texts) -> bool:
    """What reads the same in every language is a name, and names keep their script."""
    return len(set(texts.values())) == 1


def placeholders_of(text: str) -> list[str]:
    """The names a text needs, without their fields."""
    return [match["name"].split(".")[0] for match in PLACEHOLDER.finditer(text)]


def answer_text(question: Question, value: Any) -> dict[str, str]:
    """An answer as it is read back to the person, in five variants."""
    for choice in question.choices:
        if choice.value == value:
            return fill(choice.texts, {})
    typed = typed_answer(question.kind, value)
    if question.kind == Kind.YES_NO:
        return fill(_YES_NO[bool(value)], {})
    if question.kind == Kind.IBAN:
        typed = _SPACE.join(typed[start : start + 4] for start in range(0, len(typed), 4))
    return fill(dict.fromkeys(("bs", "hr", "sr", "en"), "{answer}"), {"answer": typed})


def write_value(value: Any, variant: str, *, genitive: bool = False) -> str:
    """One value as a sentence holds it."""
    if isinstance(value, bool):
        return text_of(_YES_NO[value], variant)
    if isinstance(value, date):
        return write_date(value, variant, genitive=genitive)
    if isinstance(value, Decimal):
        return write_money(value, variant)
    if isinstance(value, int):
        return _grouped(f"{value:,}", variant)
    return str(value)


def write_date(day: date, variant: str, *, genitive: bool = False) -> str:
    """5 January 2027 · 5. januar 2027. · 5. siječnja 2027. · 5. јануар 2027."""
    language = variant.split("-", maxsplit=1)[0]
    month = (_MONTHS_OF if genitive else _MONTHS)[language].split()[day.month - 1]
    if variant == "sr-Latn":
        month = to_latin(month)
    dot = "" if language == "en" else "."
    return f"{day.day}{dot}{_SPACE}{month}{_SPACE}{day.year}{dot}"


def write_money(marks: Decimal, variant: str) -> str:
    """Whole marks without, others with two decimals: 118 KM, 247,60 KM."""
    places = 0 if marks == marks.to_integral_value() else 2
    unit = "КМ" if variant in {"sr", "sr-Cyrl"} else "KM"
    return f"{_grouped(f'{marks:,.{places}f}', variant)}{_SPACE}{unit}"


def _grouped(text: str, variant: str) -> str:
    return text if variant == "en" else text.translate(str.maketrans(",.", ".,"))


def _fill(text: str, variant: str, values: Mapping[str, Any]) -> str:
    def put(match: re.Match[str]) -> str:
        value = _look_up(match["name"], values)
        if value is None:
            return match["otherwise"] or "…"
        return write_value(value, variant, genitive=bool(match["of"]))

    return PLACEHOLDER.sub(put, text)


def _look_up(name: str, values: Mapping[str, Any]) -> Any:
    value: Any = values
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
