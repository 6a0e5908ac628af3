"""Says why a file without a seal gives no verdict, from its marks alone."""

import re

from mostovi.exchange.verification import sentences
from mostovi.exchange.verification.values import State, Statement, Verdict

_START_OF_TABLE = re.compile(rb"startxref\s{1,8}(\d{1,12})\s{1,8}%%EOF\s{0,8}\Z")
_TAIL = 1024


def explain_unsealed(pdf: bytes) -> Verdict:
    """The verdict on a file in which no seal was found."""
    state, message = _explain(pdf)
    kind = "document" if pdf.startswith(b"%PDF-") else "unknown"
    return Verdict(
        kind=kind,  # type: ignore[arg-type] # one of the two
        state=state,
        unproved=(Statement(sentences.ISSUER_UNKNOWN),),
        false=(Statement(message),),
    )


def _explain(pdf: bytes) -> tuple[State, str]:
    if not pdf.startswith(b"%PDF-"):
        return "unusable", sentences.NOT_A_PDF
    if b"/ByteRange" in pdf or b"/ETSI.CAdES.detached" in pdf:
        return "unusable", sentences.UNREADABLE_SEAL
    if b"%%EOF" not in pdf[-_TAIL:]:
        return "unusable", sentences.CUT_SHORT
    table = _START_OF_TABLE.search(pdf[-_TAIL:])
    if table is None or not _is_table(pdf, int(table.group(1))):
        return "unusable", sentences.BROKEN_PDF
    if b"/Encrypt" in pdf:
        return "unusable", sentences.ENCRYPTED
    return "not_ours", sentences.NO_SEAL


def _is_table(pdf: bytes, offset: int) -> bool:
    """A cross-reference table or stream begins there (ISO 32000-2 §7.5.4, §7.5.8)."""
    return re.match(rb"xref\b|\d{1,9}\s\d{1,5}\sobj\b", pdf[offset : offset + 24]) is not None
