"""Audit lines: written in the caller's transaction, sealed into the gateway log by the worker."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from mostovi.kernel import clock
from mostovi.kernel.access import Actor, role_of
from mostovi.kernel.models import AuditLine

_CODE = re.compile(r"[A-Za-z0-9_./-]*")
_CITED = frozenset({"purpose", "legal_basis"})


def record(
    *,
    actor: Actor,
    action: str,
    institution: str,
    subject_person_id: int | None = None,
    case: str = "",
    purpose: str = "",
    detail: Mapping[str, Any] | None = None,
) -> UUID:
    """Write one line. ``detail`` holds codes and references only; the record is refused with anything else.
    ``refusal`` among it is the code of what we refused: the gateway's log then keeps the line as refused and
    counts it.

    What an official of another office does stands in the log of that office, too: who answers for the
    official answers for the line.
    """
    check_holds_codes(detail or {})
    at = clock.now()
    lines = [
        AuditLine.objects.create(
            at=at,
            actor_kind=actor.kind,
            actor_id=actor.person_id,
            actor_institution=actor.institution or "",
            action=action,
            subject_id=subject_person_id,
            institution=log,
            case=case,
            purpose=purpose,
            detail={**_office_of(actor), **(detail or {})},
        )
        for log in _logs_for(actor, institution)
    ]
    return lines[0].id


def list_times(
    *, action: str, institution: str, subject_person_id: int, since: datetime
) -> tuple[datetime, ...]:
    """When this happened about one person at one institution: for rules that limit how often it may."""
    lines = AuditLine.objects.filter(
        action=action, institution=institution, subject_id=subject_person_id, at__gt=since
    )
    return tuple(lines.values_list("at", flat=True))


def check_holds_codes(detail: Mapping[str, Any]) -> None:
    """Raise ValueError for what somebody typed or is called: it would stay in the log, for auditors to read.

    Purpose and legal basis are cited from the service's definition, per language.
    """
    for name, value in detail.items():
        codes = value if isinstance(value, list) else [value]
        if name not in _CITED and not all(isinstance(code, str) and _CODE.fullmatch(code) for code in codes):
            raise ValueError(f"{name} of an audit line holds more than codes")


def _logs_for(actor: Actor, institution: str) -> tuple[str, ...]:
    if actor.kind == "official" and actor.institution and actor.institution != institution:
        return institution, actor.institution
    return (institution,)


def _office_of(actor: Actor) -> dict[str, str]:
    """For whom an official acts and in which role, as the person is told."""
    if actor.kind != "official":
        return {}
    role = role_of(actor)
    return {"actor_institution": actor.institution or "", **({"role": role} if role else {})}


@dataclass(frozen=True)
class UnsealedLine:
    id: UUID
    at: datetime
    actor_kind: str
    actor_person_id: int | None
    actor_institution: str
    action: str
    subject_person_id: int | None
    institution: str
    case: str
    purpose: str
    detail: Mapping[str, Any]


def list_unsealed_lines(limit: int = 200) -> list[UnsealedLine]:
    """The oldest lines that no gateway log holds yet."""
    return [_unsealed(line) for line in AuditLine.objects.filter(sealed_at=None).order_by("at")[:limit]]


def _unsealed(line: AuditLine) -> UnsealedLine:
    return UnsealedLine(
        id=line.id,
        at=line.at,
        actor_kind=line.actor_kind,
        actor_person_id=line.actor_id,
        actor_institution=line.actor_institution,
        action=line.action,
        subject_person_id=line.subject_id,
        institution=line.institution,
        case=line.case,
        purpose=line.purpose,
        detail=line.detail,
    )


def mark_sealed(entries: Iterable[tuple[UUID, str]], *, at: datetime) -> None:
    """Remember which log entry holds each line."""
    for line_id, log_entry in entries:
        AuditLine.objects.filter(pk=line_id, sealed_at=None).update(sealed_at=at, log_entry=log_entry)
