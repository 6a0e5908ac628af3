"""Every program explains itself, and outside the demonstration says what it lacks."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mostovi.config.command_line import COMMANDS
from mostovi.demo.authorities.key_files import make_keys

pytestmark = pytest.mark.programs

CLEAN = {"PATH": os.environ["PATH"]}
MINIMUM = {
    **CLEAN,
    "MOSTOVI_SECRET_KEY": "only-for-tests-0123456789-only-for-tests-0123456789-",
    "MOSTOVI_PERSONAL_NUMBER_KEY": "numbers-for-tests-0123456789-only-for-tests-0123456789-",
    "MOSTOVI_BASE_URL": "https://uprava.example.ba",
}


def run(*words: str, environment: dict[str, str], cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mostovi.config.command_line", *words]
    return subprocess.run(
        command, env=environment, cwd=cwd, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize("name", list(COMMANDS))
def test_each_command_explains_itself_without_any_setting(name: str, tmp_path: Path) -> None:
    shown = run(name, "--help", environment=CLEAN, cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith("usage: mostovi")


@pytest.mark.parametrize("words", [(), ("verify", "--help"), ("manage", "--help")])
def test_a_reader_who_leaves_early_is_no_mistake(words: tuple[str, ...], tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "mostovi.config.command_line", *words]
    left = subprocess.run(
        command, env=CLEAN, cwd=tmp_path, stdout=writing, stderr=subprocess.PIPE, check=False, timeout=60
    )
    os.close(writing)
    assert (left.returncode, left.stderr) == (128 + signal.SIGPIPE, b"")


@pytest.mark.parametrize("words", [("portal",), ("worker", "--once"), ("pack", "load"), ("live",)])
def test_a_missing_secret_stops_the_program_with_a_sentence(words: tuple[str, ...], tmp_path: Path) -> None:
    stopped = run(*words, environment=CLEAN, cwd=tmp_path)
    assert stopped.returncode != 0
    assert "is not set. Set MOSTOVI_" in stopped.stderr
    assert "Traceback" not in stopped.stderr


def demonstration_root(folder: Path) -> Path:
    return make_keys(folder, [], datetime.now(UTC)) / "root.pem"


def test_the_portal_stops_at_a_demonstration_root(tmp_path: Path) -> None:
    root = demonstration_root(tmp_path)
    stopped = run("portal", environment={**MINIMUM, "MOSTOVI_TRUST_ROOT": str(root)}, cwd=tmp_path)
    assert "the root of a demonstration" in stopped.stderr
    assert "Traceback" not in stopped.stderr


@pytest.mark.parametrize("words", [("portal",), ("worker", "--once")])
@pytest.mark.parametrize(
    ("named", "said"), [("", "Set MOSTOVI_TRUST_ROOT to"), ("gone.pem", "cannot be read")]
)
def test_without_a_root_the_programs_say_how_to_name_one(
    words: tuple[str, ...], named: str, said: str, tmp_path: Path
) -> None:
    stopped = run(*words, environment={**MINIMUM, "MOSTOVI_TRUST_ROOT": named}, cwd=tmp_path)
    assert stopped.returncode != 0
    assert said in stopped.stderr
    assert "Traceback" not in stopped.stderr


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(MINIMUM["MOSTOVI_SECRET_KEY"] + "\n")
    settings = {name: value for name, value in MINIMUM.items() if name != "MOSTOVI_SECRET_KEY"}
    settings |= {
        "MOSTOVI_SECRET_KEY_FILE": str(secret),
        "MOSTOVI_TRUST_ROOT": str(demonstration_root(tmp_path)),
    }
    assert "the root of a demonstration" in run("portal", environment=settings, cwd=tmp_path).stderr
