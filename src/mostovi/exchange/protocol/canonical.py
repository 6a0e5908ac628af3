"""JSON in exactly one spelling, so that it can be signed: a subset of RFC 8785.

The subset: no fractions, integers within ±(2^53 - 1), names below U+D800 (where the order of code points
and of UTF-16 units is the same), no lone surrogates. Within it the bytes are those of RFC 8785.
"""

import json
import re
from collections.abc import Collection, Mapping
from typing import Any, NoReturn, cast

import orjson

from mostovi.exchange.protocol.faults import Fault, ProtocolRefusal

_LARGEST = 2**53 - 1
_DEEPEST = 32
_LARGEST_DOCUMENT = 8 * 1024 * 1024
_LONGEST_INTEGER = 17
_TOO_LARGE = "an integer too large to be the same everywhere"
_HALF_A_CHARACTER = re.compile(r"[\ud800-\udfff]")


class MalformedJson(ProtocolRefusal):
    """Not JSON, or JSON outside the subset that can be signed."""

    fault = Fault.BAD_REQUEST


def canonical_json(value: Any) -> bytes:
    """The one spelling, as UTF-8, of objects with text names, arrays, text, integers, booleans, null.

    Raises MalformedJson for anything else.
    """
    _check(value)
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def canonical_json_of_texts(value: Mapping[str, Any]) -> bytes:
    """``canonical_json`` of an object that was built of nothing but text, without looking through it again.

    Raises MalformedJson when a text holds half a character.
    """
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        raise MalformedJson("text holds half a character") from None


def parse_json(data: bytes) -> Any:
    """The value of a JSON text. Stricter than most.

    No repeated names, no fractions, no depth over 32, 8 MiB at most.

    Raises MalformedJson.
    """
    if len(data) > _LARGEST_DOCUMENT:
        raise MalformedJson("too large")
    try:
        text = data.decode("utf-8")
        value = _DECODER.decode(text)
    except (ValueError, RecursionError):
        raise MalformedJson("not JSON") from None
    if not _is_plain(text):
        _check(value)
    return value


def parse_canonical_json(data: bytes) -> Any:
    """Like ``parse_json``, and the bytes must be the one spelling. Raises MalformedJson."""
    value = parse_json(data)
    if canonical_json(value) != data:
        raise MalformedJson("not in its canonical spelling")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise MalformedJson("a name is repeated")
    return found


def _refuse_number(text: str) -> NoReturn:
    raise MalformedJson(f"a number that is no integer, {len(text)} signs long")


def _read_integer(text: str) -> int:
    value = int(text) if len(text) <= _LONGEST_INTEGER else _LARGEST + 1
    if not -_LARGEST <= value <= _LARGEST:
        raise MalformedJson(_TOO_LARGE)
    return value


def _is_plain(text: str) -> bool:
    """Whether nothing in this JSON text, once decoded, can lie outside the subset; true of most messages."""
    return text.isascii() and "\\u" not in text and text.count("[") + text.count("{") <= _DEEPEST


def _check(value: Any) -> None:
    level = [value]
    for depth in range(_DEEPEST + 1):
        inside: list[Any] = []
        for each in level:
            if type(each) is str:
                if not each.isascii() and _HALF_A_CHARACTER.search(each):
                    raise MalformedJson("text holds half a character")
            else:
                inside += _look_into(each, depth)
        if not inside:
            return
        level = inside


def _look_into(value: Any, depth: int) -> Collection[Any]:
    """What is inside ``value``, if it may be there at all."""
    kind = type(value)
    if kind is dict or kind is list or kind is tuple:
        if depth >= _DEEPEST:
            raise MalformedJson("nested too deeply")
        if kind is not dict:
            return cast("Collection[Any]", value)
        _check_names(value)
        return cast("Collection[Any]", value.values())
    if kind is int and not -_LARGEST <= value <= _LARGEST:
        raise MalformedJson(_TOO_LARGE)
    if kind is not int and kind is not bool and value is not None:
        raise MalformedJson(f"{kind.__name__} has no canonical spelling")
    return ()


def _check_names(value: dict[Any, Any]) -> None:
    for name in value:
        if type(name) is not str or (not name.isascii() and max(name) >= "\ud800"):
            raise MalformedJson("a name outside the subset")


# Made once: the shortcuts of the json module make a new one for each text. orjson cannot see repeated names.
_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique,
    parse_int=_read_integer,
    parse_float=_refuse_number,
    parse_constant=_refuse_number,
)
