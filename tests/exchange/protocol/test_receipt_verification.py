"""What `mostovi verify` says of a receipt file: genuine only if every byte is as it was issued."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st
from protocol_cast import FOREIGN_ROOT, NOW, ROOT
from receipt_cast import log_with, receipt_json, recorded_exchange

from mostovi.exchange.protocol.receipts import receipt_file
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


@settings(max_examples=300, deadline=None)
@given(position=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_no_changed_byte_of_a_receipt_goes_unnoticed(position: float, flip: int) -> None:
    changed = bytearray(FILE)
    changed[int(position * len(FILE))] ^= flip
    assert verdict_on(bytes(changed)).state != "genuine"


@settings(max_examples=50, deadline=None)
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
    assert verdict_on(b"{" + b" " * 3_000_000 + b"}").state == "unusable"
