"""CEL, the one expression language, behind one thin door: no floats, no surprises, bounded work."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any

import cel

from mostovi.services.definition.mistakes import did_you_mean
from mostovi.services.definition.syntax import what_is_wrong, without_texts

LONGEST = 600
DEEPEST = 24
_COMPREHENSIONS = 2
_MACRO = re.compile(r"\.\s*(?:map|filter|all|exists|exists_one)\s*\(\s*(\w+)\s*,")
_FLOAT = re.compile(r"(?<![\w.])(?:\d+\.\d|\d+[eE]\d|\.\d)")
_OPERATORS = re.compile(r"^[@_!\-][\W\w]*$")
_PLACE = re.compile(r"<input>:(\d+):(\d+):")
_IN_PARTS = "Give a part of it a name of its own under `values:` in rules.yaml."
_WORDS = {"true", "false", "null", "in"}


class ExpressionInvalid(ValueError):
    """An expression that cannot be accepted. The text says why, and the remedy what to do."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.remedy = remedy


class ExpressionFailed(ValueError):
    """An expression that gave no usable value for these inputs."""


def _percent(amount: Any, share: Any) -> int | None:
    """``share`` hundredths of a whole number, half a unit rounded up."""
    if not (_is_whole(amount) and _is_whole(share)):
        return None
    return (int(amount) * int(share) + 50) // 100


def _rounded(amount: Any, step: Any) -> int | None:
    """The nearest multiple of ``step``, half a step rounded up."""
    if not (_is_whole(amount) and _is_whole(step)) or step <= 0:
        return None
    return (2 * int(amount) + int(step)) // (2 * int(step)) * int(step)


def _km(marks: Any) -> int | None:
    return int(marks) * 100 if _is_whole(marks) else None


def _date(text: Any) -> datetime | None:
    try:
        return _as_moment(date.fromisoformat(text))
    except (TypeError, ValueError):
        return None


def _years_between(first: Any, second: Any) -> int | None:
    """Completed years, as one counts a person's age."""
    if not (isinstance(first, datetime) and isinstance(second, datetime)):
        return None
    return second.year - first.year - ((second.month, second.day) < (first.month, first.day))


def _days_between(first: Any, second: Any) -> int | None:
    if not (isinstance(first, datetime) and isinstance(second, datetime)):
        return None
    return (second - first).days


# Total functions: None where the input makes no sense, so that nothing personal lands in an error text.
FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "percent": _percent,
    "rounded": _rounded,
    "km": _km,
    "date": _date,
    "years_between": _years_between,
    "days_between": _days_between,
}
_ALLOWED = {*FUNCTIONS, "size", "int", "string", "contains", "startsWith", "endsWith"}


@dataclass(frozen=True)
class Expression:
    """A compiled expression and the names it needs."""

    source: str
    names: frozenset[str]
    program: Any

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """The value with dates as ``date``. Raises ExpressionFailed, never with a value in its text."""
        known = {name: _for_cel(values[name]) for name in self.names if name in values}
        try:
            result = self.program.execute(cel.Context(variables=known, functions=dict(FUNCTIONS)))
        except (RuntimeError, TypeError, KeyError, ValueError, ArithmeticError, IndexError) as error:
            raise ExpressionFailed(_reason(error)) from None
        return _from_cel(result)


@cache
def compile_expression(source: str) -> Expression:
    """Compile once, refuse what we do not offer. Raises ExpressionInvalid."""
    _check_size(source)
    try:
        program = cel.compile(source)
        references = program.references()
    except (ValueError, RuntimeError) as error:
        raise ExpressionInvalid(*what_is_wrong(source, _where(source, error))) from None
    for function in references["functions"]:
        if function not in _ALLOWED and not _OPERATORS.match(function):
            remedy = f"{did_you_mean(function, allowed_functions())} The reference lists the functions."
            raise ExpressionInvalid(f"there is no function {function!r} here", remedy)
    bound = set(_MACRO.findall(source))
    return Expression(source, frozenset(set(references["variables"]) - bound - _WORDS), program)


def allowed_functions() -> list[str]:
    """The functions an expression may call."""
    return sorted(_ALLOWED)


def _check_size(source: str) -> None:
    bare = without_texts(source)
    if len(source) > LONGEST:
        raise ExpressionInvalid(f"an expression has at most {LONGEST} characters", _IN_PARTS)
    if _depth(bare) > DEEPEST or len(_MACRO.findall(bare)) > _COMPREHENSIONS:
        raise ExpressionInvalid("this expression is nested too deeply", _IN_PARTS)
    if _FLOAT.search(bare):
        what = "numbers here are whole: money is counted in feninga, shares in percent"
        raise ExpressionInvalid(what, "Write km(12) for 12 KM, and percent(amount, 40) for a share.")


def _depth(bare: str) -> int:
    depth = deepest = 0
    for sign in bare:
        depth += (sign in "([{") - (sign in ")]}")
        deepest = max(deepest, depth)
    return deepest


def _where(source: str, error: Exception) -> int:
    """The place of the first sign that could not be read."""
    found = _PLACE.search(str(error))
    if not found:
        return 0
    line, column = int(found[1]), int(found[2])
    return sum(len(text) for text in source.splitlines(keepends=True)[: line - 1]) + column - 1


def _reason(error: Exception) -> str:
    if "Undefined variable" in str(error):
        return "a name it needs is not known"
    if isinstance(error, TypeError):
        return "its parts are of different kinds"
    if isinstance(error, ZeroDivisionError):
        return "it divides by zero"
    if isinstance(error, KeyError):
        return "a field it needs is missing"
    return "it cannot be computed"


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _as_moment(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _for_cel(value: Any) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        return _as_moment(value)
    if isinstance(value, Mapping):
        return {key: _for_cel(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_for_cel(part) for part in value]
    return value


def _from_cel(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, float):
        raise ExpressionFailed("it gives a broken number; only whole numbers are counted here")
    if isinstance(value, dict):
        return {key: _from_cel(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_from_cel(part) for part in value]
    return value
