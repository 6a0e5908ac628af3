"""What a test needs from the machine. Missing: the test says so and is skipped; with REQUIRE=all it fails."""

import os
import shutil
import sys

import pytest


def everything_is_required() -> bool:
    return os.environ.get("REQUIRE") == "all"


def say_missing(what: str) -> int:
    """Print what is missing; the exit code for a program: an error only if everything is required."""
    sys.stdout.write(f"Missing: {what}.\n")
    return 1 if everything_is_required() else 0


def require_program(name: str, package: str = "") -> str:
    """The path of a program, or a skip (a failure with REQUIRE=all) that names Debian's package."""
    path = shutil.which(name)
    if path is not None:
        return path
    sentence = f"{name} is not installed (Debian package {package or name}; `make system-packages`)"
    if everything_is_required():
        pytest.fail(sentence)
    pytest.skip(sentence)
