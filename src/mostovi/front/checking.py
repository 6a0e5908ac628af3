"""Is this paper genuine? What a file proves by itself, joined with what its issuer says of it now."""

import logging
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Literal

from django.conf import settings

from mostovi.exchange import public as exchange
from mostovi.exchange.verification.documents import verify_document
from mostovi.exchange.verification.values import Statement, Verdict
from mostovi.front.drawing.verdict import Look
from mostovi.kernel import codes
from mostovi.kernel.errors import NotFound, Refusal, Unavailable

logger = logging.getLogger(__name__)
Answer = Literal["valid", "replaced", "revoked", "altered", "not_ours", "silent", "unusable"]
_LOOKS: dict[Answer, Look] = {
    "valid": "whole",
    "replaced": "outlined",
    "revoked": "outlined",
    "altered": "fallen",
    "not_ours": "dashed",
    "silent": "outlined",
    "unusable": "dashed",
}
_CLASSES = {"whole": "", "outlined": "old", "fallen": "bad", "dashed": "alien"}


class NoTrustRoot(Unavailable):
    """MOSTOVI_TRUST_ROOT is not set: nothing could prove anything."""

    code = "no_trust_root"
    message = "This site cannot check files, only codes. Type the short code from the paper."


@dataclass(frozen=True)
class Finding:
    """The one answer. ``issuer`` is a member code; ``verdict`` tells what a file proved by itself.

    ``sha256`` is the digest of a file that was checked.
    """

    answer: Answer
    code: str = ""
    issuer: str = ""
    kind: str = ""
    issued_on: date | None = None
    since: datetime | None = None
    verdict: Verdict | None = None
    by: Literal["file", "statement", "code"] = "code"
    sha256: str = ""

    @property
    def look(self) -> Look:
        return _LOOKS[self.answer]

    @property
    def css(self) -> str:
        return _CLASSES[self.look]

    @property
    def proved(self) -> tuple[Statement, ...]:
        return self.verdict.proved if self.verdict and self.answer != "altered" else ()

    @property
    def false(self) -> tuple[Statement, ...]:
        return self.verdict.false if self.verdict else ()


def check_code(typed: str, signed_statement: str = "") -> Finding:
    """What is known under a code that was typed or photographed. Raises InvalidCode.

    A photographed code brings the issuer's signed statement, so something is proved even while the issuer
    does not answer; a statement that nobody signed proves the paper false.
    """
    return _noted(_find_by_code(codes.normalise(typed), signed_statement))


def _find_by_code(code: str, signed_statement: str) -> Finding:
    if not signed_statement:
        return _ask_issuer(code)
    try:
        stated = exchange.check_statement(code=code, signed=signed_statement)
    except exchange.NoAnswer:
        return _ask_issuer(code)
    except Refusal:
        return Finding("altered", code=code, by="statement")
    known = Finding(
        "silent",
        code=code,
        issuer=stated.issuer,
        kind=stated.kind,
        issued_on=stated.issued_on,
        by="statement",
    )
    return _join(known, _ask_issuer(code))


def check_file(pdf: bytes, *, now: datetime) -> Finding:
    """The verdict on a file, and whether its issuer still stands by it."""
    return _noted(replace(_find_by_file(pdf, now), sha256=sha256(pdf).hexdigest()))


def _find_by_file(pdf: bytes, now: datetime) -> Finding:
    if not settings.TRUST_ROOT:
        raise NoTrustRoot
    verdict = verify_document(pdf, trust_root=Path(settings.TRUST_ROOT).read_bytes(), now=now)
    if verdict.state != "genuine" or verdict.code is None:
        answer: Answer = "altered" if verdict.state == "genuine" else verdict.state
        return Finding(
            answer, code=verdict.code or "", issuer=verdict.issuer_code or "", verdict=verdict, by="file"
        )
    known = Finding(
        "silent",
        code=verdict.code,
        issuer=verdict.issuer_code or "",
        issued_on=verdict.issued_at.date() if verdict.issued_at else None,
        verdict=verdict,
        by="file",
    )
    return _join(known, _ask_issuer(verdict.code))


def _noted(finding: Finding) -> Finding:
    """Forgeries leave a line, with nothing in it but what the paper says of itself."""
    if finding.answer == "altered":
        logger.warning(
            "A paper that was checked is not genuine: %s, said to be from %s, seen by its %s",
            finding.code or "no code",
            finding.issuer or "nobody",
            finding.by,
        )
    return finding


def _join(proved: Finding, said: Finding) -> Finding:
    """What the paper proves decides who issued it; the issuer decides whether it is still valid."""
    if said.answer == "silent":
        return proved
    if said.issuer != proved.issuer:
        return replace(proved, answer="altered")
    return replace(proved, answer=said.answer, kind=said.kind, issued_on=said.issued_on, since=said.since)


def _ask_issuer(code: str) -> Finding:
    try:
        status = exchange.document_status(institution=asking_institution(), code=code)
    except NotFound:
        return Finding("not_ours", code=code)
    except Refusal:
        return Finding("silent", code=code)
    if not status.known or status.state == "unsealed":
        return Finding("not_ours", code=code)
    answer: Answer = status.state
    return Finding(
        answer,
        code=code,
        issuer=status.issuer,
        kind=status.kind,
        issued_on=status.issued_on,
        since=status.state_since,
    )


def asking_institution() -> str:
    """Through whose gateway this portal asks when nobody is signed in."""
    return settings.HOME_INSTITUTION or next(iter(sorted(settings.GATEWAYS)), "")
