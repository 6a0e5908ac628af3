"""What a single value of a file may be: text, a whole number, a day, true, false, nothing. No guessing."""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from typing import Any

LARGEST_NUMBER = 10**15
QUOTE = "Quote it, if it is text."
_CORE = "tag:yaml.org,2002:"
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]*)")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_SHOWN = 40


class NotPlain(ValueError):
    """A value that is none of these: what is wrong, and what to do."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what, self.remedy = what, remedy


def read_scalar(tag: str, text: str) -> Any:
    """A value as JSON knows it. Raises NotPlain."""
    read = _READERS.get(tag)
    if read is None:
        what = f"`{_short(text)}` is marked as `{tag.removeprefix(_CORE)}`, which is not used here."
        raise NotPlain(what, QUOTE)
    return read(text)


def why_no_day(text: str) -> tuple[str, str] | None:
    """What keeps a text from being a day of the calendar, and what to do; None when it is one."""
    match = _DAY.fullmatch(text)
    if match is None:
        return (
            "it is not written as year-month-day",
            "Write four, two and two digits, for example 2026-11-21.",
        )
    year, month, day = map(int, match.groups())
    if not year:
        return "there is no year 0", "Write the year with four digits."
    if not 1 <= month <= 12:
        return f"there is no month {month}", "Write year, month and day, for example 2026-11-21."
    last = monthrange(year, month)[1]
    if not 1 <= day <= last:
        return f"that month has no day {day}", f"Its days are 01 to {last}."
    return None


def _text(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        # Half of a sign, as an escape may write it, cannot be kept or shown.
        what = "This text holds a sign that cannot be written."
        raise NotPlain(what, "Write the sign itself instead of its escape.") from None
    return text


def _whole(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        what = f"`{_short(text)}` is a number that programs read differently."
        raise NotPlain(what, f"Write its digits alone, without a plus or a zero before them. {QUOTE}")
    if len(text) > len(str(-LARGEST_NUMBER)) or abs(int(text)) > LARGEST_NUMBER:
        raise NotPlain("This number is too large.", f"Keep it under {LARGEST_NUMBER}. {QUOTE}")
    return int(text)


def _broken(text: str) -> Any:
    remedy = f"Count money in feninga and shares in percent. {QUOTE}"
    raise NotPlain(f"`{_short(text)}` is no whole number.", remedy)


def _day(text: str) -> str:
    wrong = why_no_day(text)
    if wrong:
        raise NotPlain(f"`{_short(text)}` is no day: {wrong[0]}.", f"{wrong[1]} {QUOTE}")
    return text


def _yes_no(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise NotPlain(f"`{_short(text)}` is neither true nor false.", f"Write true or false. {QUOTE}")
    return text.lower() == "true"


def _nothing(text: str) -> None:
    if text.lower() not in {"", "~", "null"}:
        raise NotPlain(f"`{_short(text)}` is not nothing.", QUOTE)


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


_READERS: Mapping[str, Callable[[str], Any]] = {
    f"{_CORE}str": _text,
    f"{_CORE}int": _whole,
    f"{_CORE}float": _broken,
    f"{_CORE}timestamp": _day,
    f"{_CORE}bool": _yes_no,
    f"{_CORE}null": _nothing,
}
