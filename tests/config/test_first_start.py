"""Outside the demonstration: each start names the command it lacks; after those, pages are served."""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from mostovi.kernel import environment

# Each test starts several programs, which takes long on a busy machine.
pytestmark = [pytest.mark.programs, pytest.mark.timeout(300)]
SIGNS = "abcdefghijklmnopqrstuvwxyz0123456789"
OWN = {
    "PATH": os.environ["PATH"],
    "MOSTOVI_SECRET_KEY": SIGNS * 2,
    "MOSTOVI_PERSONAL_NUMBER_KEY": SIGNS.upper() * 2,
    "MOSTOVI_BASE_URL": "http://127.0.0.1",
}


def make_root(folder: Path) -> Path:
    """A root of one's own, which says of no demonstration."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Own root")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    path = folder / "root.pem"
    path.write_bytes(builder.sign(key, SHA256()).public_bytes(Encoding.PEM))
    return path


@pytest.fixture(scope="module", autouse=True)
def own_root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    OWN["MOSTOVI_TRUST_ROOT"] = str(make_root(tmp_path_factory.mktemp("root")))
    yield
    del OWN["MOSTOVI_TRUST_ROOT"]


def mostovi(*words: str, folder: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mostovi.config.command_line", *words]
    return subprocess.run(
        command, env={**OWN, **changes}, cwd=folder, capture_output=True, text=True, check=False, timeout=200
    )


def said(*words: str, folder: Path, **changes: str) -> str:
    """What a program that stops says, which is never a traceback."""
    stopped = mostovi(*words, folder=folder, **changes)
    assert stopped.returncode == 1
    assert "Traceback" not in stopped.stderr
    return stopped.stderr


@contextmanager
def portal(folder: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "mostovi.config.command_line", "portal", "--listen", address]
    with subprocess.Popen(command, env=OWN, cwd=folder, stderr=subprocess.PIPE, text=True) as program:
        try:
            yield f"http://{address}"
        finally:
            program.terminate()


def status_of(address: str) -> int:
    for _ in range(300):
        try:
            with urllib.request.urlopen(address, timeout=20) as answer:
                return answer.status
        except urllib.error.HTTPError as answer:
            return answer.code
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"nobody answers at {address}")


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("migrated")
    assert mostovi("manage", "migrate", "-v0", folder=folder).returncode == 0
    return folder


@pytest.mark.parametrize("words", [("portal",), ("worker", "--once"), ("pack", "load")])
def test_without_tables_the_start_names_the_command(words: tuple[str, ...], tmp_path: Path) -> None:
    assert "Make them with: mostovi manage migrate" in said(*words, folder=tmp_path)


@pytest.mark.parametrize("words", [("portal",), ("worker", "--once")])
def test_without_the_pack_the_start_names_the_command(words: tuple[str, ...], migrated: Path) -> None:
    assert "Load it with: mostovi pack load" in said(*words, folder=migrated)


def test_after_the_named_commands_every_page_has_its_style_sheet(migrated: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(migrated, tmp_path / "own")
    assert mostovi("pack", "load", folder=folder).returncode == 0
    with portal(folder) as address:
        for page in ("/", "/provjera", "/stanje/", "/o/izvori/", "/usluge/child-allowance/"):
            assert status_of(address + page) == 200, page
        (sheet,) = (folder / "var/static/mostovi").glob("mostovi.????????????.css")
        assert status_of(f"{address}/static/mostovi/{sheet.name}") == 200
        for page in ("/provjera", "/nothing", "/favicon.svg", f"/static/mostovi/{sheet.name}"):
            head_then_get(address, page)


def head_then_get(address: str, page: str) -> None:
    """On one connection, where a body after HEAD would be read as the beginning of the next answer."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=20)
    connection.request("HEAD", page)
    head = connection.getresponse()
    assert head.read() == b""
    connection.request("GET", page)
    full = connection.getresponse()
    assert full.status == head.status
    assert full.read() != b""
    connection.close()


def test_a_folder_for_style_sheets_that_cannot_be_written_is_named(migrated: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(migrated, tmp_path / "own")
    assert mostovi("pack", "load", folder=folder).returncode == 0
    (folder / "occupied").write_text("a file, no folder")
    sentence = said("portal", folder=folder, MOSTOVI_STATIC_DIRECTORY="occupied/static")
    assert "MOSTOVI_STATIC_DIRECTORY" in sentence
    assert "mostovi manage collectstatic" in sentence


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("MOSTOVI_SECRET_KEY", "abc", "MOSTOVI_SECRET_KEY can be guessed"),
        ("MOSTOVI_PERSONAL_NUMBER_KEY", "a" * 60, "MOSTOVI_PERSONAL_NUMBER_KEY can be guessed"),
        ("MOSTOVI_PERSONAL_NUMBER_KEY", OWN["MOSTOVI_SECRET_KEY"], "are the same"),
        ("MOSTOVI_LIVE_SECRET", OWN["MOSTOVI_SECRET_KEY"], "are the same"),
        ("MOSTOVI_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing", "cannot be used: connection"),
        ("MOSTOVI_DATABASE_URL", "sqlite:////proc/no/portal.sqlite3", "cannot be made"),
        ("MOSTOVI_PACK", "nowhere", "no country pack"),
        ("MOSTOVI_TRUST_ROOT", "root.pem", "cannot be read"),
        ("MOSTOVI_GATEWAYS", "{", "must be a JSON object"),
    ],
)
def test_a_setting_that_cannot_work_stops_the_start(
    setting: str, value: str, sentence: str, tmp_path: Path
) -> None:
    assert sentence in said("portal", folder=tmp_path, **{setting: value})


def test_a_weak_secret_is_told_how_to_make_a_good_one(tmp_path: Path) -> None:
    stopped = said("manage", "check", folder=tmp_path, MOSTOVI_SECRET_KEY="abc")
    made = subprocess.run(
        ["bash", "-c", stopped.partition("Make one with: ")[2]], capture_output=True, text=True, check=True
    ).stdout.strip()
    assert environment.check_strong("MOSTOVI_SECRET_KEY", made) == made
