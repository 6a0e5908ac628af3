"""An institution's log and the state of its gateway."""

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from mostovi.exchange.bridge.client import call_native
from mostovi.exchange.bridge.members import current_directory
from mostovi.exchange.bridge.refusals import BridgeRefused, NoAnswer
from mostovi.exchange.bridge.usages import EntryNotFound
from mostovi.exchange.bridge.values import AuditEntry, GatewayStatus, LogCheck, LogEntry
from mostovi.exchange.protocol.checkpoints import Checkpoint, verify_checkpoint
from mostovi.exchange.protocol.directory import Member
from mostovi.exchange.protocol.faults import ProtocolRefusal
from mostovi.exchange.protocol.instants import format_instant
from mostovi.exchange.protocol.merkle import verify_consistency

_STATUS_SECONDS = 1.5


def append_audit_lines(*, institution: str, lines: Sequence[AuditEntry]) -> list[str]:
    """The log entries of the lines, in their order. A line that is known by its id is not written again.

    Raises BridgeRefused or NoAnswer; then nothing of it may be counted as logged.
    """
    content = call_native(institution, "POST", "/v1/log", body={"lines": [_line(each) for each in lines]})
    entries: list[str] = content["entries"]
    return entries


def _line(entry: AuditEntry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "at": format_instant(entry.at),
        "actor_kind": entry.actor_kind,
        "user": entry.user,
        "action": entry.action,
        "subject": None if entry.subject_jmb is None else {"jmb": entry.subject_jmb},
        "case": entry.case,
        "purpose": entry.purpose,
        "detail": dict(entry.detail),
    }


def list_log_entries(
    *, institution: str, before: int | None = None, limit: int = 100
) -> tuple[LogEntry, ...]:
    """Entries for an auditor, the newest first, from below ``before``. Raises BridgeRefused or NoAnswer."""
    asked = f"limit={limit}" + ("" if before is None else f"&before={before}")
    content = call_native(institution, "GET", f"/v1/log/entries?{asked}")
    return tuple(_read_entry(each) for each in content["entries"])


def _read_entry(content: Mapping[str, Any]) -> LogEntry:
    record = content["record"]
    return LogEntry(
        log_entry=content["log_entry"],
        at=datetime.fromisoformat(record["at"]),
        kind=record["kind"],
        action=content["action"],
        outcome=record["outcome"],
        requester=content["requester"],
        provider=content["provider"],
        service=content["service"],
        purpose=content["purpose"],
        case=record.get("case"),
        exchange_id=record.get("exchange_id"),
        user=record.get("user"),
        subject=record.get("subject"),
        refusal_code=record.get("error"),
        fields=tuple(record.get("fields", ())),
        detail=record.get("detail", {}),
    )


def fetch_own_receipt(*, institution: str, log_entry: str) -> dict[str, Any]:
    """The receipt (``mostovi-receipt/1``) of an entry in the institution's own log, such as
    ``tuzla-social-work/104``.

    Raises EntryNotFound, BridgeRefused or NoAnswer.
    """
    member, _, number = log_entry.partition("/")
    if member != institution or not number.isdigit():
        raise EntryNotFound
    receipt: dict[str, Any] = call_native(institution, "GET", f"/v1/receipts/{number}")
    return receipt


def gateway_status(*, institution: str) -> GatewayStatus:
    """How the gateway does; one that does not answer is a status too, never a refusal."""
    try:
        content = call_native(institution, "GET", "/v1/status", timeout_seconds=_STATUS_SECONDS)
    except (NoAnswer, BridgeRefused):
        return GatewayStatus(institution, answering=False)
    expires_at = content["directory_expires_at"]
    return GatewayStatus(
        institution=institution,
        answering=True,
        since=datetime.fromisoformat(content["since"]),
        answers_today=content["answers_today"],
        refused_today=content["refused_today"],
        exchanges_per_minute=tuple(content["exchanges_per_minute"]),
        median_milliseconds=content["median_milliseconds"],
        p95_milliseconds=content["p95_milliseconds"],
        tree_size=content["tree_size"],
        root_hash=content["root_hash"],
        directory_expires_at=None if expires_at is None else datetime.fromisoformat(expires_at),
        refused_by_type=content["refused_by_type"],
    )


def check_log_consistency(*, institution: str, old_size: int, old_root: str) -> LogCheck:
    """Whether the log of ``institution`` continues the state seen before (``old_root`` in base64).

    The proof is verified here, against the institution's signing certificate in the verified directory.
    Raises NoAnswer, BridgeRefused (also for an ``old_size`` the log never had) or, for a state that the
    institution did not sign, ForgedCheckpoint.
    """
    content = call_native(institution, "GET", f"/v1/log/consistency?old_size={old_size}")
    member = current_directory().find_member_by_code(institution)
    new = _verified(content["checkpoint"], member)
    proof = [base64.b64decode(each) for each in content["proof"]]
    reason = ""
    try:
        verify_consistency(
            old_size=old_size,
            old_root=base64.b64decode(old_root),
            new_size=new.size,
            new_root=new.root,
            proof=proof,
        )
    except ProtocolRefusal as refusal:
        reason = refusal.message
    root = base64.b64encode(new.root).decode()
    return LogCheck(institution, not reason, old_size, new.size, root, new.at, reason)


def _verified(note: str, member: Member) -> Checkpoint:
    keys = current_directory().signing_keys_of(member.id)
    refused: ProtocolRefusal | None = None
    for key in keys:
        try:
            return verify_checkpoint(note, member=member.id, public_key=key)
        except ProtocolRefusal as refusal:
            refused = refusal
    raise refused or NoAnswer(member.code)
