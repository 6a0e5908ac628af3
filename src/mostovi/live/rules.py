"""What may enter live: exactly the keys of an event, each of its own shape. All else is refused whole.

No key has room for a name, and thirteen digits in a row are refused wherever they stand, so that no
personal number can pass even if a gateway errs.
"""

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from mostovi.kernel.errors import Invalid, NotFound
from mostovi.live.values import BRIDGE, Event

LONGEST_LINE_BYTES = 16_384
_PERSONAL_NUMBER = re.compile(r"(?:\d[ .\-]?){12}\d")
_THIRTEEN_DIGITS = re.compile(r"\d{13}")
_LANGUAGES = frozenset({"bs", "hr", "sr", "en"})
_TOPIC = re.compile(rf"{BRIDGE}(?:/[a-z0-9-]{{1,64}})?")


class EventRefused(Invalid):
    code = "event_refused"
    message = "This message does not have the shape of an event."


class UnknownTopic(NotFound):
    code = "unknown_topic"
    message = "There is nothing to listen to under this name."


def check_topic(topic: str) -> None:
    if not _TOPIC.fullmatch(topic):
        raise UnknownTopic


def read_event(line: bytes) -> Event:
    """One JSON line as an Event. Raises EventRefused, which never repeats what the line held."""
    fields = _read_object(line)
    if fields.keys() != _SHAPES.keys():
        raise EventRefused
    for key, has_shape in _SHAPES.items():
        if not has_shape(fields[key]):
            raise EventRefused
    return Event(**{**fields, "fields": tuple(fields["fields"])})


def _read_object(line: bytes) -> dict[str, Any]:
    if len(line) > LONGEST_LINE_BYTES:
        raise EventRefused
    try:
        read = json.loads(line, object_pairs_hook=_object_without_doubles)
    except (ValueError, RecursionError) as error:
        raise EventRefused from error
    if not isinstance(read, dict):
        raise EventRefused
    return read


def _object_without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise EventRefused
    return read


def _matches(pattern: str) -> Callable[[Any], bool]:
    shape = re.compile(pattern, re.ASCII)
    return lambda value: (
        isinstance(value, str) and bool(shape.fullmatch(value)) and not _THIRTEEN_DIGITS.search(value)
    )


def _one_of(*words: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and value in words


def _or_nothing(has_shape: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or has_shape(value)


def _is_time(value: Any) -> bool:
    if not _matches(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(\.[0-9]{1,6})?Z")(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_text_in_languages(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() <= _LANGUAGES
        and all(isinstance(text, str) and _is_plain_text(text) for text in value.values())
    )


def _is_plain_text(text: str) -> bool:
    return len(text) <= 400 and text.isprintable() and not _PERSONAL_NUMBER.search(text)


def _is_list_of_field_names(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= 64
        and all(map(_matches(r"[A-Za-z][A-Za-z0-9_]{0,63}"), value))
    )


_MEMBER = r"[a-z0-9][a-z0-9-]{0,63}"
_SHAPES: dict[str, Callable[[Any], bool]] = {
    "id": _matches(r"[A-Za-z0-9-]{1,64}"),
    "at": _is_time,
    "kind": _one_of("exchange", "refusal", "seal"),
    "consumer": _matches(_MEMBER),
    "provider": _matches(_MEMBER),
    "service": _matches(r"[A-Za-z][A-Za-z0-9.-]{0,63}"),
    "purpose": _is_text_in_languages,
    "legal_basis": _is_text_in_languages,
    "in_force": lambda value: isinstance(value, bool),
    "mark": _or_nothing(_matches(r"[a-z]{6}")),
    "fields": _is_list_of_field_names,
    "outcome": _one_of("answered", "refused", "silent"),
    "error": _or_nothing(_matches(r"[A-Za-z][A-Za-z0-9._-]{0,127}")),
    "log_entry": _or_nothing(_matches(rf"{_MEMBER}/[0-9]{{1,12}}")),
    "signatures": _one_of("none", "one", "both", "own"),
}
