"""`mostovi verify FILE --trust ROOT`, as a newcomer runs it."""

import json
from pathlib import Path

import pytest
import sealed_documents as made
from asn1crypto import pem
from asn1crypto import x509 as asn1_x509

from mostovi.config.command_line import main as mostovi
from mostovi.exchange.verification.command import main
from mostovi.kernel import codes


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    document = made.seal_one(folder)
    (folder / "root.pem").write_bytes(document.root)
    (folder / "decision.pdf").write_bytes(document.pdf)
    (folder / "plain.pdf").write_bytes(made.plain_document())
    (folder / "altered.pdf").write_bytes(document.pdf.replace(b"/Location (Tuzla)", b"/Location (Tuzli)"))
    (folder / "zeros.bin").write_bytes(bytes(1000))
    return folder


def run(folder: Path, name: str, *options: str) -> int:
    at = made.LATER.isoformat()
    return main([str(folder / name), "--trust", str(folder / "root.pem"), "--at", at, *options])


@pytest.mark.parametrize(
    ("name", "code", "headline"),
    [
        ("decision.pdf", 0, "Genuine."),
        ("altered.pdf", 1, "False: this file is not what was issued."),
        ("zeros.bin", 2, "Nothing can be said about this file."),
        ("plain.pdf", 3, "Not ours"),
    ],
)
def test_the_exit_code_and_the_first_line_give_the_verdict(
    folder: Path, name: str, code: int, headline: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder, name) == code
    assert capsys.readouterr().out.startswith(headline)


def test_proved_and_not_proved_stand_apart(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(folder, "decision.pdf")
    said = capsys.readouterr().out
    proved, unproved = said.split("Not proved:")
    assert "Proved:" in proved
    assert "Every byte of the file" in proved
    assert "still in force" in unproved
    assert "Issued by  Centre for Social Work Tuzla" in said
    assert f"Code       {codes.display(made.CODE)}" in said
    assert made.CODE not in said, "one spelling"


def test_json_says_the_same_to_programs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(folder, "decision.pdf", "--json")
    found = json.loads(capsys.readouterr().out)
    assert found["state"] == "genuine"
    assert found["issued_at"] == "2026-12-09T10:05:00Z"
    assert found["false"] == []
    assert all(isinstance(sentence, str) for sentence in found["proved"])


def test_before_it_was_sealed_the_document_did_not_exist(folder: Path) -> None:
    assert run(folder, "decision.pdf", "--at", "2026-12-01T00:00:00Z") == 2


def test_a_time_that_is_none_is_answered_with_how_to_write_one(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        run(folder, "decision.pdf", "--at", "yesterday")
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert "'yesterday' is not a time in ISO 8601. Write it as 2027-01-05T12:00:00Z" in said


def test_a_missing_file_and_a_root_that_is_none_are_said_plainly(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder, "nowhere.pdf") == 2
    assert "nowhere.pdf: No such file" in capsys.readouterr().err
    assert main([str(folder / "decision.pdf"), "--trust", str(folder / "zeros.bin")]) == 2
    assert "holds no certificate" in capsys.readouterr().err


def test_a_root_whose_serial_number_is_not_positive_is_refused_in_our_own_words(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unsound = asn1_x509.Certificate.load(pem.unarmor((folder / "root.pem").read_bytes())[2])
    unsound["tbs_certificate"]["serial_number"] = 0
    (folder / "unsound.pem").write_bytes(pem.armor("CERTIFICATE", unsound.dump(force=True)))
    assert main([str(folder / "decision.pdf"), "--trust", str(folder / "unsound.pem")]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1, "nothing of the library's warnings"
    assert "serial number is not positive" in said


def test_the_root_must_be_given(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([str(folder / "decision.pdf")])
    assert stopped.value.code == 2
    assert "--trust" in capsys.readouterr().err


def test_help_explains_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        mostovi(["verify", "--help"])
    assert stopped.value.code == 0
    said = capsys.readouterr().out
    assert "exit codes:" in said
    assert "mostovi verify decision.pdf --trust root.pem" in said
