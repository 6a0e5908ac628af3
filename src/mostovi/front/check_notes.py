"""A note that a paper was checked: an entry in the log of this portal's own institution, and its receipt."""

from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest

from mostovi.exchange import public as exchange
from mostovi.exchange.protocol.receipts import receipt_file
from mostovi.front.checking import Finding, asking_institution
from mostovi.kernel.errors import Conflict, Refusal

ACTION = "paper_checked"
MOST_NOTES = 60
WINDOW_SECONDS = 600
_OFFERED_FOR = timedelta(hours=1)
_SALT = "mostovi.front.check-note"


class NoteTooOld(Conflict):
    code = "note_too_old"
    message = "This check is too old to make a note of. Check the paper once more, then keep the note."


class TooManyNotes(Refusal):
    code = "too_many_notes"
    status = 429
    message = "Very many notes were asked for from here. Try again in ten minutes."


def offer_note(finding: Finding, *, at: datetime) -> str:
    """What a page hands back to have this check noted; the paper itself is not needed any more.

    Nothing where nothing was found out, or where the note could not say of which paper. We sign it, so nobody
    has a check noted that we did not make.
    """
    if finding.answer in {"silent", "unusable"} or not (finding.code or finding.sha256):
        return ""
    told = {
        "answer": finding.answer,
        "code": finding.code,
        "sha256": finding.sha256,
        "issuer": finding.issuer,
        "portal": settings.BASE_URL,
    }
    known = {name: value for name, value in told.items() if value}
    return signing.dumps({"at": at.isoformat(), "detail": known}, salt=_SALT)


def make_note(offered: str) -> bytes:
    """The receipt of the log's entry. A check that was noted before gets the same entry again.

    Raises NoteTooOld, BridgeRefused or NoAnswer.
    """
    try:
        told = signing.loads(offered, salt=_SALT, max_age=_OFFERED_FOR)
    except signing.BadSignature:
        raise NoteTooOld from None
    line = exchange.AuditEntry(
        id=f"check-{sha256(offered.encode()).hexdigest()}",
        at=datetime.fromisoformat(told["at"]),
        actor_kind="anonymous",
        user="",
        action=ACTION,
        subject_jmb=None,
        case=None,
        purpose="check a paper",
        detail=told["detail"],
    )
    institution = asking_institution()
    (log_entry,) = exchange.append_audit_lines(institution=institution, lines=[line])
    return receipt_file(exchange.fetch_own_receipt(institution=institution, log_entry=log_entry))


def check_may_note(request: HttpRequest) -> None:
    """Raise TooManyNotes: what is in the log stays there, so nobody may fill it."""
    key = f"notes/{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, WINDOW_SECONDS)
    if cache.incr(key) > MOST_NOTES:
        raise TooManyNotes
