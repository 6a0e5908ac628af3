"""Settings come from the environment; secrets also from files (``NAME_FILE``)."""

import os
from pathlib import Path


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


def is_on(name: str, *, default: bool = False) -> bool:
    return read(name, "on" if default else "off").lower() in {"1", "on", "true", "yes"}


def seconds(name: str, default: float) -> float:
    value = read(name, str(default))
    try:
        return float(value)
    except ValueError as error:
        raise MissingSetting(f"{name} must be a number of seconds, not {value!r}.") from error
