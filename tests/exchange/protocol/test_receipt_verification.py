"""What `mostovi verify` says of a receipt file: genuine only if every byte is as it was issued."""

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st
from protocol_cast import FOREIGN_ROOT, MINISTRY, NOW, ROOT
from receipt_cast import log_with, receipt_json, recorded_exchange

from effort import examples
from mostovi.exchange.protocol.receipts import receipt_file
from mostovi.exchange.verification.command import main
from mostovi.exchange.verification.files import verify_file
from mostovi.exchange.verification.values import Verdict

FILE = receipt_file(receipt_json(log_with(*recorded_exchange()), 5, 6))
LATER = NOW + timedelta(days=400)


def verdict_on(data: bytes, root: bytes = ROOT.certificate.public_bytes(Encoding.PEM)) -> Verdict:
    return verify_file(data, trust_root=root, now=LATER)


def test_a_receipt_is_genuine_and_says_what_it_leaves_open() -> None:
    verdict = verdict_on(FILE)
    assert (verdict.kind, verdict.state) == ("receipt", "genuine")
    assert verdict.issuer_code == "tuzla-canton-interior"
    assert verdict.code == "tuzla-canton-interior/5"
    assert verdict.issued_at == NOW
    assert "tuzla-canton-interior/5 in its log no later than" in str(verdict.proved[0])
    assert any("Whether what the register answered is true" in str(each) for each in verdict.unproved)
    assert verdict.false == ()


def test_another_root_does_not_vouch_for_a_receipt() -> None:
    verdict = verdict_on(FILE, FOREIGN_ROOT.certificate.public_bytes(Encoding.PEM))
    assert verdict.state in {"not_ours", "altered"}
    assert verdict.issuer is None


@settings(max_examples=examples(300), deadline=None)
@given(position=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_no_changed_byte_of_a_receipt_goes_unnoticed(position: float, flip: int) -> None:
    changed = bytearray(FILE)
    changed[int(position * len(FILE))] ^= flip
    assert verdict_on(bytes(changed)).state != "genuine"


@settings(max_examples=examples(300), deadline=None)
@given(
    position=st.floats(0, 1, exclude_max=True),
    change=st.sampled_from(["removed", "put in"]),
    byte=st.binary(min_size=1, max_size=1),
)
def test_no_byte_of_a_receipt_is_removed_or_put_in_unnoticed(
    position: float, change: str, byte: bytes
) -> None:
    place = int(position * len(FILE))
    changed = FILE[:place] + (FILE[place + 1 :] if change == "removed" else byte + FILE[place:])
    assert verdict_on(changed).state != "genuine"


def with_certificate(der: bytes) -> bytes:
    """The receipt with other bytes in the ministry's certificate, spelled as receipts are."""
    text = base64.encodebytes(der).decode().replace("\n", "")
    lines = "\n".join(text[start : start + 64] for start in range(0, len(text), 64))
    receipt = json.loads(FILE)
    own = MINISTRY.certificate.public_bytes(Encoding.PEM).decode()
    place = receipt["certificates"].index(own)
    receipt["certificates"][place] = f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n"
    return receipt_file(receipt)


DER = MINISTRY.certificate.public_bytes(Encoding.DER)


def test_a_certificate_put_back_as_it_was_changes_nothing() -> None:
    assert with_certificate(DER) == FILE


def damaged_names() -> Iterator[bytes]:
    """Every bit of the issuer's name turned, one after the other."""
    name = MINISTRY.certificate.issuer.public_bytes()
    start = DER.index(name)
    for place in range(start, start + len(name)):
        for bit in range(8):
            yield DER[:place] + bytes([DER[place] ^ 1 << bit]) + DER[place + 1 :]


def test_a_certificate_whose_issuer_cannot_be_read_makes_the_receipt_false_and_crashes_nothing() -> None:
    verdicts = [verdict_on(with_certificate(der)) for der in damaged_names()]
    assert {verdict.state for verdict in verdicts} <= {"altered", "not_ours"}


@settings(max_examples=examples(500), deadline=None)
@given(position=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_no_changed_byte_of_a_certificate_crashes_the_verifier(position: float, flip: int) -> None:
    changed = bytearray(DER)
    changed[int(position * len(DER))] ^= flip
    assert verdict_on(with_certificate(bytes(changed))).state != "genuine"


def test_the_command_never_blames_the_root_for_a_damaged_receipt(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root, file = tmp_path / "root.pem", tmp_path / "receipt.json"
    root.write_bytes(ROOT.certificate.public_bytes(Encoding.PEM))
    for der in islice(damaged_names(), 0, None, 5):
        file.write_bytes(with_certificate(der))
        assert main([str(file), "--trust", str(root)]) in {1, 3}
    assert capsys.readouterr().err == ""


@settings(max_examples=examples(50), deadline=None)
@given(end=st.floats(0, 1, exclude_max=True))
def test_a_receipt_cut_short_is_never_genuine(end: float) -> None:
    assert verdict_on(FILE[: int(end * len(FILE))]).state != "genuine"


def test_a_changed_receipt_is_called_false_and_not_merely_unknown() -> None:
    changed = FILE.replace(b"K4T92M7AE", b"K4T92M7AA")
    assert changed != FILE
    verdict = verdict_on(changed)
    assert verdict.state == "altered"
    assert "not as the institution issued it" in str(verdict.false[0])


@pytest.mark.parametrize(
    "data",
    [b"{}", b"[]", b"{" * 100_000, b"null", b'{"format":"other/1"}', b"\xff" * 100, b'{"a":' * 50_000],
    ids=["empty", "list", "deep", "null", "other", "bytes", "deeper"],
)
def test_json_that_is_no_receipt_is_unusable(data: bytes) -> None:
    assert verdict_on(data).state == "unusable"


def test_a_huge_receipt_is_not_examined() -> None:
    verdict = verdict_on(b"{" + b" " * 3_000_000 + b"}")
    assert verdict.state == "unusable"
    assert "larger than 1 MB" in str(verdict.false[0])
