"""Looks at a file of either kind and gives the verdict on it."""

from datetime import datetime

from mostovi.exchange.verification.documents import verify_document
from mostovi.exchange.verification.receipts import looks_like_receipt, verify_receipt_file
from mostovi.exchange.verification.values import Verdict


def is_document(data: bytes) -> bool:
    """The file is a PDF, sound or not."""
    return data.startswith(b"%PDF-")


def is_receipt(data: bytes) -> bool:
    """The file is, or was, a receipt; or at least JSON."""
    return not is_document(data) and (data[:1] == b"{" or looks_like_receipt(data))


def verify_file(data: bytes, *, trust_root: bytes, now: datetime) -> Verdict:
    """The verdict on a sealed PDF or a receipt, told apart by content. Raises NoRoot for a bad root."""
    if is_receipt(data):
        return verify_receipt_file(data, trust_root=trust_root, now=now)
    return verify_document(data, trust_root=trust_root, now=now)
