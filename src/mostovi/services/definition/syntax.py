"""Why a text is no expression, in words that say what to write instead."""

import re
from collections.abc import Callable
from typing import NamedTuple

_STRING = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_CURLY = re.compile("[“”„‘’‚«»]")
_SPOKEN = {"and": "&&", "or": "||", "not": "!"}
_SPOKEN_WORD = re.compile(r"(?<![\w.])(?:and|or|not)\b(?!\s*\()", re.IGNORECASE)
_SINGLE = re.compile(r"(?<![=!<>])=(?!=)")
_BRACKETS = {")": "(", "]": "[", "}": "{"}
_CONNECTED = "Connect two parts by a sign, as && == < or +, and take away what is too much."


class _Wrong(NamedTuple):
    what: str
    remedy: str


def without_texts(source: str) -> str:
    """The expression with every quoted text emptied."""
    return _STRING.sub("''", source)


def what_is_wrong(source: str, place: int) -> tuple[str, str]:
    """What is wrong with an expression that could not be read at this place, and what to do."""
    bare = without_texts(source)
    reasons = (found for look in _LOOKS if (found := look(bare)))
    return next(reasons, None) or _at(source, place)


def _empty(bare: str) -> _Wrong | None:
    return None if bare.strip() else _Wrong("there is nothing here", "Write an expression.")


def _quotes(bare: str) -> _Wrong | None:
    curly = _CURLY.search(bare)
    if curly:
        return _Wrong(f"{curly[0]} is no quotation mark here", "Write a text as \"text\" or 'text'.")
    if set(bare.replace("''", "")) & {"'", '"'}:
        return _Wrong("a quotation mark is opened and not closed", "Close the quotation mark.")
    return None


def _brackets(bare: str) -> _Wrong | None:
    open_ones: list[str] = []
    for sign in bare:
        if sign in _BRACKETS.values():
            open_ones.append(sign)
        elif sign in _BRACKETS and (not open_ones or open_ones.pop() != _BRACKETS[sign]):
            return _Wrong(f"nothing was opened that {sign} closes", f"Take the {sign} away, or open it.")
    if open_ones:
        return _Wrong(f"a {open_ones[-1]} is opened and not closed", "Close the bracket.")
    return None


def _words(bare: str) -> _Wrong | None:
    word = _SPOKEN_WORD.search(bare)
    if not word:
        return None
    sign = _SPOKEN[word[0].lower()]
    return _Wrong(f"`{word[0]}` is written as a sign here", f"Write {sign} for `{word[0]}`.")


def _comparing(bare: str) -> _Wrong | None:
    if "<>" in bare:
        return _Wrong("<> compares nothing here", "Write != for what is not equal.")
    if _SINGLE.search(bare):
        return _Wrong("a single = compares nothing", "Write == for what is equal.")
    return None


def _choosing(bare: str) -> _Wrong | None:
    if bare.count("?") > bare.count(":") or re.match(r"\s*if\b", bare):
        what = "of two things to choose from one is missing"
        return _Wrong(what, "Write `condition ? this : otherwise`.")
    return None


_LOOKS: tuple[Callable[[str], _Wrong | None], ...] = (
    _empty,
    _quotes,
    _brackets,
    _words,
    _comparing,
    _choosing,
)


def _at(source: str, place: int) -> _Wrong:
    rest = source[place:].strip()
    if rest:
        return _Wrong(f"it cannot be read from `{rest}` on", _CONNECTED)
    last = source.rsplit(maxsplit=1)[-1]
    return _Wrong(f"after `{last}` something is missing", "Write what belongs there, or take it away.")
