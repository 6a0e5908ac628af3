"""Between JSON values, what rules count with (dates, whole feninga) and what sentences hold (marks)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from mostovi.services.definition.values import FactKind, Kind, ValueKind

AnyKind = Kind | FactKind | ValueKind
MOST_PEOPLE = 40  # expressions go through such lists, and their work must stay small
_MONEY = {Kind.MONEY, ValueKind.MONEY, FactKind.MONEY_KM}
_DATE = {Kind.DATE, ValueKind.DATE, FactKind.DATE}
_PYTHON_TYPES: Mapping[str, type] = {
    "yes_no": bool,
    "condition": bool,
    "date": date,
    "number": int,
    "money": int,
    "money_km": int,
    "person": dict,
    "people": list,
}


class UnexpectedValue(ValueError):
    """A register or a store handed over something that is not of the declared kind."""


def read_fact(kind: FactKind, raw: Any) -> Any:
    """A register's field as our JSON value; None when the register does not know. Raises UnexpectedValue."""
    if raw is None:
        return None
    value = raw * 100 if kind == FactKind.MONEY_KM and _is_whole(raw) else raw
    for_rules(kind, value)
    return value


def for_rules(kind: AnyKind, value: Any) -> Any:
    """A JSON value as expressions see it. Raises UnexpectedValue when it is of another kind."""
    typed = _with_dates(kind, value)
    if not has_kind(kind, typed):
        raise UnexpectedValue(f"this is no {kind}")
    return typed


def for_words(kind: AnyKind, value: Any) -> Any:
    """What expressions count with as sentences show it: amounts become marks."""
    return Decimal(value) / 100 if kind in _MONEY and _is_whole(value) else value


def typed_answer(kind: Kind, value: Any) -> Any:
    """A stored answer ready for a sentence."""
    return for_words(kind, for_rules(kind, value))


def to_json(value: Any) -> Any:
    """Dates as ``2019-09-02``, everything else as it is."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: to_json(part) for key, part in value.items()}
    if isinstance(value, list):
        return [to_json(part) for part in value]
    return value


def has_kind(kind: AnyKind, value: Any) -> bool:
    """Whether a typed value is of this kind; a truth value is no number."""
    expected = _PYTHON_TYPES.get(str(kind), str)
    if expected is int:
        return _is_whole(value)
    if kind == FactKind.PEOPLE:
        return _is_list_of_people(value)
    return isinstance(value, expected)


def sample_values(kind: AnyKind, choices: tuple[str, ...] = ()) -> list[Any]:
    """Values to try an expression with, when a definition is checked."""
    if choices:
        return list(choices)
    person = {"given_name": "Dino", "family_name": "Kovač", "born_on": date(2019, 9, 2), "born_in": "Brčko"}
    samples: Mapping[str, list[Any]] = {
        "yes_no": [True, False],
        "condition": [True, False],
        "date": [date(2001, 2, 3), date(2026, 11, 21)],
        "number": [1, 3],
        "money": [100, 123400],
        "money_km": [100, 123400],
        "person": [person],
        "people": [[person], [person, person]],
    }
    return samples.get(str(kind), ["1", "text"])


def _with_dates(kind: AnyKind, value: Any) -> Any:
    if kind in _DATE:
        return _read_date(value)
    if kind == FactKind.PEOPLE and isinstance(value, list):
        return [_person(person) for person in value]
    return _person(value) if kind == ValueKind.PERSON else value


def _person(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    return {key: _read_date(part) if key.endswith("_on") else part for key, part in value.items()}


def _read_date(value: Any) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise UnexpectedValue("this is no date") from None


def _is_list_of_people(value: Any) -> bool:
    return (
        isinstance(value, list) and len(value) <= MOST_PEOPLE and all(isinstance(one, dict) for one in value)
    )


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
