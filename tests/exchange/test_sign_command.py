"""`mostovi sign`, with keys and certificates made by openssl as the how-to says."""

import json
import runpy
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from mostovi.config.command_line import main as command_line
from mostovi.exchange.protocol.certificates import load_certificate
from mostovi.exchange.protocol.contracts import contract_from_json, parse_contract, verify_contract
from mostovi.exchange.protocol.directory import OutdatedDirectory, verify_directory
from mostovi.exchange.protocol.questions import parse_answer, parse_question
from mostovi.exchange.signing_command import CannotSign, main
from mostovi.kernel import clock

EXAMPLES = Path(__file__).parents[2] / "docs" / "how-to" / "own-exchange"
TUZLA, BRCKO = "tuzla-social-work", "brcko-registrar"

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


def openssl(folder: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


def issue(folder: Path, path: str, purpose: str, subject: str) -> None:
    openssl(folder, "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{path}.key")
    asked = ("-key", f"{path}.key", "-config", "authority.cnf", "-subj", subject)
    openssl(folder, "req", "-new", *asked, "-out", f"{path}.csr")
    issuer = ("-CA", "authority/root.pem", "-CAkey", "authority/root.key", "-days", "365")
    says = ("-extfile", "authority.cnf", "-extensions", purpose)
    openssl(folder, "x509", "-req", "-in", f"{path}.csr", *issuer, *says, "-out", f"{path}.pem")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = shutil.copytree(EXAMPLES, tmp_path_factory.mktemp("own") / "exchange")
    for name in ("authority", f"keys/{TUZLA}", f"keys/{BRCKO}"):
        (folder / name).mkdir(parents=True)
    openssl(folder, "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "authority/root.key")
    as_root = ("-config", "authority.cnf", "-extensions", "root", "-subj", "/C=BA/O=Own exchange/CN=Root")
    openssl(
        folder, "req", "-x509", "-new", "-key", "authority/root.key", *as_root, "-out", "authority/root.pem"
    )
    issue(folder, "authority/directory", "directory", "/C=BA/O=Own exchange/CN=Directory")
    for member in (TUZLA, BRCKO):
        for purpose in ("tls", "signing", "sealing"):
            subject = rf"/C=BA/O={member}/organizationIdentifier=BA\/GOV\/{member}/CN={member}"
            issue(folder, f"keys/{member}/{purpose}", purpose, subject)
    return folder


@pytest.fixture
def exchange(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = shutil.copytree(made, tmp_path / "exchange")
    monkeypatch.chdir(folder)
    return folder


def sign_directory(*more: str, key: str = "authority/directory", members: str = "members.json") -> int:
    keys = ("--key", f"{key}.key", "--certificate", f"{key}.pem")
    out = ("--root", "authority/root.pem", "--out", "directory.json")
    return main(["directory", members, *keys, *out, *more])


def sign_contract(member: str, file: str = "children.json") -> int:
    key = f"keys/{member}/signing"
    return main(["contract", file, "--key", f"{key}.key", "--certificate", f"{key}.pem"])


def root() -> object:
    return load_certificate(Path("authority/root.pem").read_bytes())


def test_a_directory_is_signed_so_that_gateways_accept_it(exchange: Path, capsys) -> None:
    assert sign_directory() == 0
    assert "2 members" in capsys.readouterr().out
    read = verify_directory(Path("directory.json").read_bytes(), root=root(), now=clock.now())
    assert [member.code for member in read.members] == [TUZLA, BRCKO]
    assert not read.distrusted
    assert "gateway" in read.members[0].subsystems


def test_it_is_valid_as_long_as_was_said(exchange: Path) -> None:
    sign_directory("--hours", "0.5")
    with pytest.raises(OutdatedDirectory):
        verify_directory(
            Path("directory.json").read_bytes(), root=root(), now=clock.now() + timedelta(minutes=31)
        )


def test_a_contract_needs_both_signatures(exchange: Path, capsys) -> None:
    sign_directory()
    directory = verify_directory(Path("directory.json").read_bytes(), root=root(), now=clock.now())
    sign_contract(TUZLA)
    assert f"Still to sign: BA/GOV/{BRCKO}." in capsys.readouterr().out
    sign_contract(BRCKO)
    sign_contract(BRCKO)
    assert "Both parties have signed." in capsys.readouterr().out
    signed = parse_contract(Path("children.json").read_bytes())
    assert len(signed.signatures) == 2
    verify_contract(signed, directory.find_signer)


def test_the_key_of_a_member_signs_no_directory(exchange: Path) -> None:
    with pytest.raises(CannotSign, match="not for directory"):
        sign_directory(key=f"keys/{TUZLA}/signing")
    assert not Path("directory.json").exists()


def test_a_certificate_nobody_would_trust_stops_the_signing(exchange: Path) -> None:
    listed = json.loads(Path("members.json").read_text())
    listed["members"][0]["signing"] = [f"keys/{BRCKO}/sealing.pem"]
    Path("members.json").write_text(json.dumps(listed))
    with pytest.raises(CannotSign, match="No gateway would trust"):
        sign_directory()
    assert not Path("directory.json").exists()


def test_a_stranger_signs_no_contract(exchange: Path) -> None:
    text = Path("children.json").read_text().replace(f"BA/GOV/{BRCKO}/", "BA/GOV/zenica-registrar/")
    Path("children.json").write_text(text)
    with pytest.raises(CannotSign, match="is no party of this contract"):
        sign_contract(BRCKO)


@pytest.mark.parametrize("content", ["", "[]", "{}", "\x00", '{"signatures": []}'])
def test_a_file_of_another_kind_is_named(exchange: Path, content: str) -> None:
    Path("other.json").write_text(content)
    with pytest.raises(CannotSign, match=r"other\.json: "):
        sign_contract(TUZLA, "other.json")
    with pytest.raises(CannotSign, match=r"other\.json: "):
        sign_directory(members="other.json")


def test_a_file_that_is_missing_is_named(exchange: Path) -> None:
    with pytest.raises(CannotSign, match=r"nothing\.json cannot be read"):
        sign_contract(TUZLA, "nothing.json")


def test_question_and_answer_of_the_how_to_are_as_gateways_want_them() -> None:
    contract = contract_from_json(json.loads((EXAMPLES / "children.json").read_text("utf-8")))
    page = (EXAMPLES.parent / "run-outside-the-demo.md").read_text("utf-8")
    typed = next(line for line in page.splitlines() if line.startswith("  -d '"))
    shown = typed.removeprefix("  -d '").removesuffix("'").replace("'$(openssl rand -hex 16)'", "0f" * 16)
    question = parse_question(shown.encode(), contract)
    register = runpy.run_path(str(EXAMPLES / "register.py"))
    answered = json.dumps(register["answer"](json.loads(shown))).encode()
    facts = parse_answer(answered, contract, question.fields).facts
    assert facts["children"][0]["given_name"] == "Dino"


def test_the_gateway_of_the_how_to_reads_its_configuration(exchange: Path, capsys) -> None:
    folder = Path("gateways") / TUZLA
    (folder / "contracts").mkdir(parents=True)
    shutil.copy("gateway.toml", folder)
    assert command_line(["gateway", "--check", "--config", str(folder / "gateway.toml")]) == 0
    assert "in order" in capsys.readouterr().out
