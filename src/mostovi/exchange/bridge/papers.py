"""Documents: a code before the page is set, a seal when it is, and what became of it."""

import base64
from datetime import date, datetime
from typing import Any

from mostovi.exchange.bridge.client import call_native
from mostovi.exchange.bridge.members import current_directory, service_target
from mostovi.exchange.bridge.refusals import NoAnswer
from mostovi.exchange.bridge.registers import send_question
from mostovi.exchange.bridge.values import DecisionRecord, DocumentStatus, ReservedDocument
from mostovi.exchange.protocol.faults import ProtocolRefusal
from mostovi.exchange.protocol.instants import format_instant
from mostovi.kernel import codes

_SEAL_SECONDS = 20.0


def reserve_document(
    *, institution: str, kind: str, case: str, subject_jmb: str, verify_base_url: str
) -> ReservedDocument:
    """A code for a document that is about to be made. Raises BridgeRefused or NoAnswer."""
    content = call_native(
        institution,
        "POST",
        "/v1/documents",
        body={
            "kind": kind,
            "case": case,
            "subject": {"jmb": subject_jmb},
            "verify_base_url": verify_base_url,
        },
    )
    return ReservedDocument(content["code"], date.fromisoformat(content["issued_on"]), content["verify_url"])


def seal_document(*, institution: str, code: str, pdf: bytes, decision: DecisionRecord) -> bytes:
    """The sealed PDF. The gateway checks the decision record and logs the use of its key.

    Raises BridgeRefused when the record does not hold, or NoAnswer, also when no time stamp could be had.
    """
    content = call_native(
        institution,
        "PUT",
        f"/v1/documents/{code}/seal",
        body={"pdf_base64": base64.b64encode(pdf).decode(), "decision": _decision(decision)},
        timeout_seconds=_SEAL_SECONDS,
    )
    return base64.b64decode(content["pdf_base64"])


def _decision(decision: DecisionRecord) -> dict[str, Any]:
    signed_in = decision.authenticated_at
    return {
        "case": decision.case,
        "code": decision.code,
        "pdf_sha256": decision.pdf_sha256,
        "user": decision.user,
        "authenticated_at": None if signed_in is None else format_instant(signed_in),
        "decided_at": format_instant(decision.decided_at),
        "purpose": dict(decision.purpose),
        "legal_basis": dict(decision.legal_basis),
    }


def revoke_document(*, institution: str, code: str, reason: str, replaced_by: str | None = None) -> None:
    """Withdraw a document, or say which one replaces it. Raises BridgeRefused or NoAnswer."""
    body = {"reason": reason, "replaced_by": replaced_by}
    call_native(institution, "POST", f"/v1/documents/{code}/revocation", body=body)


def document_status(*, institution: str, code: str) -> DocumentStatus:
    """What its issuer says about a document now; the issuer is found by the code's first two signs.

    Asked over the exchange by ``institution``. A code that no member issues is not ``known``. Raises
    InvalidCode, BridgeRefused or NoAnswer.
    """
    code = codes.normalise(code)
    try:
        issuer = current_directory().find_member_by_prefix(code)
    except ProtocolRefusal:
        return DocumentStatus(known=False, code=code)
    reply = send_question(
        institution=institution,
        target=service_target(issuer.code, "gateway", "documentStatus"),
        question={"code": code},
        case=None,
        user="",
        timeout_seconds=4,
    )
    if reply.status != 200:
        raise NoAnswer(issuer.code)
    return read_status(reply.json())


def read_status(content: Any) -> DocumentStatus:
    if not content["known"]:
        return DocumentStatus(known=False, code=content["code"])
    return DocumentStatus(
        known=True,
        code=content["code"],
        issuer=content["issuer"],
        kind=content["kind"],
        issued_on=date.fromisoformat(content["issued_on"]),
        state=content["state"],
        state_since=datetime.fromisoformat(content["state_since"]),
        sealed_sha256=content["sealed_sha256"],
    )
