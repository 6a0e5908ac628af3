"""Says of a receipt file what it proves about one entry of an institution's log."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from cryptography import x509

from mostovi.exchange.protocol.canonical import MalformedJson, parse_json
from mostovi.exchange.protocol.certificates import UntrustedCertificate, holder_of
from mostovi.exchange.protocol.faults import ProtocolRefusal
from mostovi.exchange.protocol.receipts import (
    FORMAT,
    MalformedReceipt,
    Receipt,
    ReceiptEvidence,
    parse_receipt,
    verify_receipt,
)
from mostovi.exchange.protocol.records import LogRecord, RecordKind
from mostovi.exchange.sealing.demonstration import is_demonstration_root
from mostovi.exchange.verification import chains, sentences
from mostovi.exchange.verification.containers import HOSTILE
from mostovi.exchange.verification.values import Parameter, State, Statement, Verdict
from mostovi.kernel import codes

_ANSWERS = frozenset({"valid", "receipt", "replaced", "revoked", "altered", "not_ours"})
_CODE = re.compile(r"[AEJKMT2-9]{9}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
# Eight entries of the largest kind with their certificates are not half as much.
MAXIMUM_SIZE = 1024 * 1024


def verify_receipt_file(data: bytes, *, trust_root: bytes, now: datetime) -> Verdict:
    """The verdict on a receipt (``mostovi-receipt/1``) against ``trust_root`` (PEM) as of ``now``.

    Never raises for anything the file holds; raises NoRoot when ``trust_root`` holds no certificate.
    """
    roots = chains.load_roots(trust_root)
    if len(data) > MAXIMUM_SIZE:
        return _damaged("unusable", sentences.RECEIPT_TOO_LARGE)
    try:
        receipt = parse_receipt(data)
    except (MalformedReceipt, *HOSTILE):
        if looks_like_receipt(data):
            return _damaged("altered", sentences.RECEIPT_MISSPELLED)
        return _damaged("unusable", sentences.NOT_A_PDF)
    verdict = _judge(receipt, roots, now)
    if is_demonstration_root(trust_root) and verdict.state != "not_ours":
        verdict = replace(verdict, unproved=(*verdict.unproved, Statement(sentences.DEMONSTRATION)))
    return verdict


def looks_like_receipt(data: bytes) -> bool:
    """The file is written like a receipt, whether or not it is one: JSON that names our format, or did."""
    if FORMAT.encode() in data[:MAXIMUM_SIZE]:
        return True
    try:
        value = parse_json(data)
    except (MalformedJson, *HOSTILE):
        return False
    return isinstance(value, dict) and {"checkpoint", "log_entry"} <= value.keys()


def _judge(receipt: Receipt, roots: Sequence[x509.Certificate], now: datetime) -> Verdict:
    refusal: Exception | None = None
    for root in roots:
        try:
            evidence = verify_receipt(receipt, root_certificate=root, now=now)
        except (ProtocolRefusal, *HOSTILE) as found:
            refusal = found
        else:
            return _genuine(receipt, evidence)
    return _refused(receipt, roots, refusal)


def _genuine(receipt: Receipt, evidence: ReceiptEvidence) -> Verdict:
    issuer = _issuer(receipt)
    entry = Statement(
        sentences.LOGGED_BY,
        {"issuer": issuer, "log_entry": evidence.log_entry, "logged_before": evidence.logged_before},
    )
    return Verdict(
        kind="receipt",
        state="genuine",
        issuer=issuer,
        issuer_code=evidence.member.member_code,
        issued_at=evidence.record.at,
        code=evidence.log_entry,
        proved=(
            entry,
            *_check_of_a_paper(evidence.record),
            *(Statement(finding.value) for finding in evidence.proved),
        ),
        unproved=tuple(Statement(finding.value) for finding in evidence.not_proved),
    )


def _check_of_a_paper(record: LogRecord) -> Iterator[Statement]:
    """What a note of /provjera says. A log may hold any text; only what looks as it should is repeated."""
    detail = {name: value for name, value in record.detail.items() if isinstance(value, str)}
    if record.kind != RecordKind.AUDIT or detail.get("action") != "paper_checked":
        return
    answer, code, digest = (detail.get(name, "") for name in ("answer", "code", "sha256"))
    if answer not in _ANSWERS:
        return
    told: dict[str, Parameter] = {"at": record.at, "answer": answer.replace("_", " ")}
    if _SHA256.fullmatch(digest):
        yield Statement(sentences.FILE_CHECKED, {**told, "sha256": digest})
    if _CODE.fullmatch(code):
        yield Statement(sentences.CODE_CHECKED, {**told, "code": codes.display(code)})


def _refused(receipt: Receipt, roots: Sequence[x509.Certificate], refusal: Exception | None) -> Verdict:
    ours = any(chains.claims_issuer(each, roots) for each in receipt.certificates)
    if isinstance(refusal, UntrustedCertificate) and not ours:
        return _damaged("not_ours", sentences.OTHER_ROOT_RECEIPT)
    if isinstance(refusal, ProtocolRefusal):
        return _damaged("altered", sentences.RECEIPT_FALSE, Statement(refusal.message))
    return _damaged("altered", sentences.RECEIPT_FALSE)


def _issuer(receipt: Receipt) -> str:
    """The name in a certificate of the institution whose log it is; the receipt is verified by then."""
    own = [each for each in receipt.certificates if holder_of(each) == receipt.member]
    return chains.holder_of(own[0]).name


def _damaged(state: State, message: str, *more: Statement) -> Verdict:
    return Verdict(
        kind="unknown" if message == sentences.NOT_A_PDF else "receipt",
        state=state,
        unproved=(Statement(sentences.ISSUER_UNKNOWN),),
        false=(Statement(message), *more),
    )
