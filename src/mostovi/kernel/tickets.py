"""Short-lived tickets: the portal signs, the asyncio programs admit. HMAC-SHA256 (RFC 2104)."""

import base64
import hmac
from datetime import UTC, datetime

from mostovi.kernel.errors import NotAllowed


class TicketRefused(NotAllowed):
    code = "ticket_refused"
    message = "This ticket is not valid any more. Load the page again."


def _seal(secret: str, body: str) -> str:
    return (
        base64.urlsafe_b64encode(hmac.digest(secret.encode(), body.encode(), "sha256")).decode().rstrip("=")
    )


def sign_ticket(secret: str, topic: str, expires_at: datetime) -> str:
    """A ticket ``topic.seconds.seal`` that admits to ``topic`` until ``expires_at``."""
    body = f"{topic}.{int(expires_at.timestamp())}"
    return f"{body}.{_seal(secret, body)}"


def check_ticket(secret: str, ticket: str, topic: str, now: datetime) -> None:
    """Raise TicketRefused unless the ticket is ours, for this topic, and not over."""
    body, _, seal = ticket.rpartition(".")
    named, _, expiry = body.rpartition(".")
    if not hmac.compare_digest(seal.encode(), _seal(secret, body).encode()):
        raise TicketRefused
    if named != topic or now > datetime.fromtimestamp(int(expiry), UTC):
        raise TicketRefused
