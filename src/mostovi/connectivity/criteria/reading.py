"""Criteria from YAML or JSON: every mistake with its line and what to do, not the first one alone."""

import math
from collections.abc import Callable, Iterable
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError

from mostovi.connectivity.criteria.proxies import proxy_in
from mostovi.connectivity.criteria.values import (
    Benchmark,
    Criteria,
    CriteriaRefused,
    Direction,
    Indicator,
    Method,
    Missing,
    Mistake,
    Scale,
    Stability,
)

LARGEST = 100_000
"""Characters of a document."""
_DEEPEST = 8
_SHOWN = 40
_NAME = "small letters, digits and _"
Kind = TypeVar("Kind", bound=StrEnum)
T = TypeVar("T")
_BOUNDS = {Scale.LINEAR: ("worst", "best"), Scale.LOGARITHMIC: ("worst", "best"), Scale.THRESHOLD: ("limit",)}


def read_criteria(text: str) -> Criteria:
    """The criteria in a YAML or JSON text. Raises CriteriaRefused."""
    mistakes: list[Mistake] = []
    document = _Section(_load(text), 1, "the document", mistakes)
    found = Criteria(
        criteria=document.name("criteria"),
        version=int(document.number("version", 1, 1e6, whole=True)),
        owner=document.text("owner"),
        title=document.text("title"),
        valid_from=document.date("valid_from"),
        note=document.text("note", ""),
        benchmarks={name: _benchmark(each) for name, each in document.sections("benchmarks")},
        indicators={name: _indicator(name, each) for name, each in document.sections("indicators")},
        stability=_stability(document.section("stability")),
    )
    document.nothing_else()
    if not mistakes and not any(each.weight > 0 for each in found.indicators.values()):
        document.mistake("indicators", "No indicator has a weight.", "Give one of them a weight above 0.")
    if mistakes:
        raise CriteriaRefused(mistakes)
    return found


def _benchmark(section: "_Section") -> Benchmark:
    found = Benchmark(
        good=section.number("good", 0, 1e9),
        moderate=section.number("moderate", 0, 1e9),
        least_hours=int(section.number("least_hours", 1, 1e6, 1, whole=True)),
    )
    section.nothing_else()
    if found.good == found.moderate and section.is_clean:
        section.mistake("moderate", "`good` and `moderate` are the same.", "Leave room between them.")
    return found


def _indicator(name: str, section: "_Section") -> Indicator:
    scale = section.choice("scale", Scale)
    bounds = _bounds(scale, section)
    found = Indicator(
        weight=section.number("weight", 0, 1e6),
        direction=section.choice("direction", Direction),
        scale=scale,
        says=section.text("says"),
        missing=section.choice("missing", Missing),
        **bounds,
    )
    section.nothing_else()
    word = proxy_in(name, found.says)
    if word:
        section.mistake("says" if word in found.says.lower() else None, *_who_people_are(name, word))
    if section.is_clean:
        _check_bounds(found, section)
    return found


def _bounds(scale: Scale, section: "_Section") -> dict[str, float]:
    if not section.is_clean:
        section.allow("worst", "best", "limit")
        return {}
    return {each: section.number(each, -1e12, 1e12) for each in _BOUNDS.get(scale, ())}


def _check_bounds(found: Indicator, section: "_Section") -> None:
    if found.worst is None or found.best is None:
        return
    if found.scale is Scale.LOGARITHMIC and min(found.worst, found.best) <= 0:
        section.mistake("scale", "A logarithmic scale has no zero.", "Set `worst` and `best` above 0.")
    elif (found.worst > found.best) != (
        found.direction is Direction.MORE_IS_WORSE
    ) or found.worst == found.best:
        what = f"The worst is {found.worst:g} and the best {found.best:g}, but `{found.direction}`."
        section.mistake("direction", what, "Exchange `worst` and `best`, or change the direction.")


def _who_people_are(name: str, word: str) -> tuple[str, str]:
    what = f"`{name}` tells who people are or where they come from (`{word}`); no index may rest on that."
    return what, "Measure what the site lacks: speed, power, distance, devices, money."


def _stability(section: "_Section") -> Stability:
    usual = Stability()
    found = Stability(
        method=section.choice("method", Method, usual.method),
        concentration=section.number("concentration", 1, 1e6, usual.concentration),
        spread=section.number("spread", 0, 0.99, usual.spread),
        draws=int(section.number("draws", 100, 10_000, usual.draws, whole=True)),
        level=int(section.number("level", 50, 99, usual.level, whole=True)),
        seed=int(section.number("seed", 0, 2**32 - 1, usual.seed, whole=True)),
    )
    section.nothing_else()
    return found


class _Section:
    """A mapping of the document: what is asked of it is noted, what is wrong goes to the list of mistakes."""

    def __init__(self, content: Any, line: int, where: str, mistakes: list[Mistake]) -> None:
        self._mistakes = mistakes
        self._line, self._where = line, where
        self._asked: list[str] = []
        self.is_clean = isinstance(content, CommentedMap)
        self._content = content if isinstance(content, CommentedMap) else CommentedMap()
        if not self.is_clean:
            self.mistake(None, f"{where} must hold keys with values.", "Write `key: value` lines.")

    def mistake(self, key: str | None, what: str, remedy: str) -> None:
        self.is_clean = False
        line = self._content.lc.key(key)[0] + 1 if key in self._content else self._line
        self._mistakes.append(Mistake(line, what[0].upper() + what[1:], remedy))

    def text(self, key: str, usual: str | None = None) -> str:
        return self._asked_for(key, usual, "", _as_text, "a text")

    def name(self, key: str) -> str:
        return self._asked_for(key, None, "", _as_name, f"a name of {_NAME}")

    def date(self, key: str) -> date:
        return self._asked_for(key, None, date.min, _as_date, "a date like 2026-09-01")

    def number(
        self, key: str, low: float, high: float, usual: float | None = None, *, whole: bool = False
    ) -> float:
        kind = "a whole number" if whole else "a number"
        wanted = f"{kind} from {low:,.10g} to {high:,.10g}"
        return self._asked_for(
            key, usual, low, lambda value: _as_number(value, low, high, whole=whole), wanted
        )

    def choice(self, key: str, kind: type[Kind], usual: Kind | None = None) -> Kind:
        wanted = "one of " + ", ".join(kind)
        return self._asked_for(key, usual, next(iter(kind)), lambda value: _as_choice(value, kind), wanted)

    def section(self, key: str) -> "_Section":
        """A mapping that may be left out."""
        self._asked.append(key)
        content = self._content.get(key, CommentedMap())
        return _Section(content, self._line_of(key), f"`{key}`", self._mistakes)

    def sections(self, key: str) -> Iterable[tuple[str, "_Section"]]:
        """The mappings in a mapping, by name."""
        if key not in self._content:
            self.mistake(None, f"{self._where} lacks `{key}`.", f"Add `{key}:` and below it one name each.")
        inside = self.section(key)
        for name in inside._content:
            if not _as_name(name):
                inside.mistake(name, f"`{name}` is no name.", f"Write {_NAME}.")
            line = inside._line_of(name)
            yield str(name), _Section(inside._content[name], line, f"`{name}`", self._mistakes)

    def allow(self, *keys: str) -> None:
        """Say nothing of these, when it is not known whether they belong here."""
        self._asked += keys

    def nothing_else(self) -> None:
        for key in self._content:
            if key not in self._asked:
                self.mistake(key, f"{self._where} has no key `{key}`.", _did_you_mean(str(key), self._asked))

    def _line_of(self, key: Any) -> int:
        return self._content.lc.key(key)[0] + 1 if key in self._content else self._line

    def _asked_for(
        self, key: str, usual: T | None, instead: T, read: Callable[[Any], T | None], wanted: str
    ) -> T:
        self._asked.append(key)
        if key not in self._content:
            if usual is None:
                self.mistake(None, f"{self._where} lacks `{key}`.", f"Add `{key}:` with {wanted}.")
            return instead if usual is None else usual
        found = read(self._content[key])
        if found is None:
            shown = " ".join(str(self._content[key]).split())[:_SHOWN]
            self.mistake(key, f"`{key}` cannot be `{shown}`.", f"Write {wanted}.")
            return instead
        return found


def _as_text(value: Any) -> str | None:
    return str(value) if isinstance(value, str) else None


def _as_name(value: Any) -> str | None:
    plain = isinstance(value, str) and value.isascii() and value.replace("_", "a").isalnum()
    return str(value) if plain and value == value.lower() and value[0].isalpha() else None


def _as_date(value: Any) -> date | None:
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _as_number(value: Any, low: float, high: float, *, whole: bool) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value) if low <= value <= high and (not whole or value == int(value)) else None


def _as_choice(value: Any, kind: type[Kind]) -> Kind | None:
    return kind(str(value)) if isinstance(value, str) and value in list(kind) else None


def _did_you_mean(word: str, words: Iterable[str]) -> str:
    close = get_close_matches(word, words, n=1)
    return f"Did you mean `{close[0]}`?" if close else f"Use only: {', '.join(words)}."


def _load(text: str) -> Any:
    if len(text) > LARGEST:
        raise CriteriaRefused([Mistake(1, "This is too large.", f"Keep it under {LARGEST} characters.")])
    yaml = YAML(typ="rt", pure=True)
    yaml.max_depth = _DEEPEST
    try:
        return yaml.load(text)
    except MarkedYAMLError as error:
        begun = (error.context or "").startswith("while scanning a quoted scalar")
        mark = error.context_mark if begun else error.problem_mark or error.context_mark
        what = f"This cannot be read: {(error.problem or 'not plain YAML').splitlines()[0].strip()}."
        raise _unreadable(mark.line + 1 if mark else 1, what) from None
    except Exception:  # noqa: BLE001 - the library fails in many ways
        raise _unreadable(1, "This cannot be read.") from None


def _unreadable(line: int, what: str) -> CriteriaRefused:
    return CriteriaRefused([Mistake(line, what, "Check indentation, quotation marks and repeated keys.")])
