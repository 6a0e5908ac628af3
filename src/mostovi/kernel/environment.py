"""Settings come from the environment; secrets also from files (``NAME_FILE``)."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

STRONG_LENGTH = 50
# Fifty random signs of any alphabet in use (hexadecimal is the smallest) show more different ones than this.
STRONG_VARIETY = 10
HOW_TO_MAKE_ONE = "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"


class MissingSetting(SystemExit):
    """Stops the program with a sentence that says how to set what is missing."""


def read(name: str, default: str = "") -> str:
    """The value of ``name``, or the content of the file that ``NAME_FILE`` names, or ``default``."""
    if name in os.environ:
        return os.environ[name]
    path = os.environ.get(f"{name}_FILE")
    if path is None:
        return default
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise MissingSetting(f"{name}_FILE names {path}, which cannot be read: {error.strerror}.") from error


def secret(name: str) -> str:
    """A value that must be set. Without it the program stops and says how to set it."""
    value = read(name)
    if not value:
        raise MissingSetting(
            f"{name} is not set. Set {name} in the environment, or {name}_FILE to a file that holds it "
            f"(docs/reference/settings.md says what it is). To try Mostovi out, `make demo` sets everything."
        )
    return value


def strong_secret(name: str) -> str:
    """A secret that keys rest on: it must be set, and nobody may be able to guess it."""
    return check_strong(name, secret(name))


def check_strong(name: str, value: str) -> str:
    """``value`` itself. Raises MissingSetting when it is too short, or too little varied."""
    if len(value) < STRONG_LENGTH or len(set(value)) < STRONG_VARIETY:
        raise MissingSetting(
            f"{name} can be guessed: it must be at least {STRONG_LENGTH} random characters. {HOW_TO_MAKE_ONE}"
        )
    return value


def check_different(values: Mapping[str, str]) -> None:
    """Whoever learns one secret must not have learnt another."""
    names: dict[str, str] = {}
    for name, value in values.items():
        if value and value in names:
            raise MissingSetting(
                f"{names[value]} and {name} are the same. Each needs its own value. {HOW_TO_MAKE_ONE}"
            )
        names[value] = name


def json_object(name: str) -> dict[str, Any]:
    """A JSON object; empty when ``name`` is not set."""
    value = read(name, "{}")
    try:
        found = json.loads(value)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise MissingSetting(
            f"{name} must be a JSON object, such as {{}}. docs/reference/settings.md shows one."
        )
    return found


def is_on(name: str, *, default: bool = False) -> bool:
    return read(name, "on" if default else "off").lower() in {"1", "on", "true", "yes"}


def seconds(name: str, default: float) -> float:
    value = read(name, str(default))
    try:
        return float(value)
    except ValueError as error:
        raise MissingSetting(f"{name} must be a number of seconds, not {value!r}.") from error
