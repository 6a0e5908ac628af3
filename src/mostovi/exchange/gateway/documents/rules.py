"""When a document may be sealed, in plain words; and how the gateway refuses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from mostovi.exchange.gateway.configuration import DocumentKind
from mostovi.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Unavailable

_SIGN_IN_MINUTES = 5
_OLDEST_DECISION = timedelta(days=7)
_CLOCK_ALLOWANCE = timedelta(minutes=1)


class UnknownKind(NotAllowed):
    code = "unknown_kind"
    message = "This gateway does not seal documents of this kind for this system."


class UnknownDocument(NotFound):
    code = "unknown_document"
    message = "No document of this institution has this code."


class RecordDoesNotFit(Invalid):
    """``reason`` names what differs."""

    code = "record_does_not_fit"
    message = "The decision record does not fit the document, so it was not sealed: {reason}."


class NotRecentlySignedIn(NotAllowed):
    code = "sign_in_again"
    message = "The official did not sign in shortly before deciding, so the document was not sealed."


class AlreadySealed(Conflict):
    code = "already_sealed"
    message = "A document with this code is sealed already. Issue a new one."


class NotInForce(Conflict):
    code = "not_in_force"
    message = "Only a valid document can be withdrawn or replaced."


class CannotSealHere(Unavailable):
    code = "no_sealing_key"
    message = "This gateway has no key to seal with. Its operator has to add one."


@dataclass(frozen=True)
class Decision:
    """What the portal says was decided. ``pdf_sha256`` is in hexadecimal.

    ``purpose`` and ``legal_basis`` are per language; the log keeps them for the person.
    """

    case: str
    code: str
    pdf_sha256: str
    user: str | None
    authenticated_at: datetime | None
    decided_at: datetime
    purpose: Mapping[str, str] = field(default_factory=dict)
    legal_basis: Mapping[str, str] = field(default_factory=dict)


def check_decision(
    decision: Decision, document: dict[str, Any], kind: DocumentKind, *, pdf_sha256: str, now: datetime
) -> None:
    """Raise unless the record is about this document and page and, where needed, an official just signed in.

    ``document`` is its row. A sealed page may be sealed once more: the reply may have got lost.
    """
    if decision.code != document["code"] or decision.case != document["case_reference"]:
        raise RecordDoesNotFit(reason="another case or code was reserved")
    if decision.pdf_sha256 != pdf_sha256:
        raise RecordDoesNotFit(reason="the page is not the one that was decided on")
    if not now - _OLDEST_DECISION <= decision.decided_at <= now + _CLOCK_ALLOWANCE:
        raise RecordDoesNotFit(reason="the time of the decision cannot be")
    if document["state"] != "unsealed" and document["page_sha256"] != pdf_sha256:
        raise AlreadySealed
    if document["state"] not in {"unsealed", "valid"}:
        raise AlreadySealed
    if kind.needs_official:
        _check_official(decision)


def _check_official(decision: Decision) -> None:
    if not decision.user or decision.authenticated_at is None:
        raise NotRecentlySignedIn
    age = decision.decided_at - decision.authenticated_at
    if not -_CLOCK_ALLOWANCE <= age <= timedelta(minutes=_SIGN_IN_MINUTES):
        raise NotRecentlySignedIn
