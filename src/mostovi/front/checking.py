"""Is this paper genuine? What a file proves by itself, joined with what its issuer says of it now."""

import logging
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Literal

from django.conf import settings

from mostovi.exchange import public as exchange
from mostovi.exchange.protocol.statements import MalformedStatement, parse_statement_url
from mostovi.exchange.verification.chains import NoRoot
from mostovi.exchange.verification.files import is_document, is_receipt, verify_file
from mostovi.exchange.verification.values import Statement, Verdict
from mostovi.front.drawing.verdict import Look
from mostovi.front.turns import one_of_few
from mostovi.kernel import codes
from mostovi.kernel.errors import Invalid, NotFound, Refusal
from mostovi.services.documents.qr import PictureTooLarge, PictureUnreadable, read_qr

logger = logging.getLogger(__name__)
Answer = Literal["valid", "receipt", "replaced", "revoked", "altered", "not_ours", "silent", "unusable"]
_LOOKS: dict[Answer, Look] = {
    "valid": "whole",
    "receipt": "whole",
    "replaced": "outlined",
    "revoked": "outlined",
    "altered": "fallen",
    "not_ours": "dashed",
    "silent": "outlined",
    "unusable": "dashed",
}
_CLASSES = {"whole": "", "outlined": "old", "fallen": "bad", "dashed": "alien"}


class NoSquareCode(Invalid):
    code = "no_square_code"
    message = (
        "There is no square code of ours in this picture. Come closer, hold still, or type the short code."
    )


@dataclass(frozen=True)
class Finding:
    """The one answer. ``issuer`` is a member code; ``verdict`` tells what a file proved by itself.

    ``sha256`` is the digest of a file that somebody sealed: what nobody sealed could be guessed from it.
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

    @property
    def unproved(self) -> tuple[Statement, ...]:
        """What a receipt leaves open; of a paper the page says it in its own words."""
        return self.verdict.unproved if self.verdict and self.answer == "receipt" else ()

    @property
    def entry(self) -> str:
        """The entry of a log that a receipt is of."""
        return self.verdict.code or "" if self.verdict and self.answer == "receipt" else ""

    @property
    def is_receipt(self) -> bool:
        return self.verdict is not None and self.verdict.kind == "receipt"


def check_code(typed: str, signed_statement: str = "") -> Finding:
    """What is known under a code that was typed or photographed. Raises InvalidCode.

    A photographed code brings the issuer's signed statement, so something is proved even while the issuer
    does not answer; a statement that nobody signed proves the paper false. Raises NoTrustRoot when this
    portal has nothing to judge by.
    """
    code = codes.normalise(typed)
    exchange.trust_root_pem()
    return _noted(_find_by_code(code, signed_statement))


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


def check_file(content: bytes, *, now: datetime, is_photograph: bool = False) -> Finding:
    """The verdict on a PDF, a receipt or a photograph of a paper, and whether its issuer still stands by it.

    What it is, the content says; ``is_photograph`` only which sentence somebody reads whose file is neither.
    Raises NoSquareCode, PictureUnreadable, TooManyFiles and NoTrustRoot.
    """
    root = exchange.trust_root_pem()
    if is_document(content) or is_receipt(content):
        return _noted(_with_digest(_find_by_file(content, root, now), content))
    try:
        return _find_by_photograph(content)
    except PictureTooLarge:
        raise
    except PictureUnreadable:
        if is_photograph:
            raise
        return _noted(_find_by_file(content, root, now))


def _find_by_photograph(content: bytes) -> Finding:
    with one_of_few():
        text = read_qr(content) or ""
    try:
        seen = parse_statement_url(text)
    except MalformedStatement as error:
        raise NoSquareCode from error
    return check_code(seen.statement.code, text.partition("?s=")[2])


def _find_by_file(content: bytes, root: bytes, now: datetime) -> Finding:
    try:
        with one_of_few():
            verdict = verify_file(content, trust_root=root, now=now)
    except NoRoot:
        raise exchange.NoTrustRoot from None
    if verdict.kind == "receipt" and verdict.state == "genuine":
        return Finding("receipt", issuer=verdict.issuer_code or "", verdict=verdict, by="file")
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


def _with_digest(finding: Finding, content: bytes) -> Finding:
    """A proved seal holds a signature, and so the file holds something that nobody can guess."""
    sealed = finding.verdict is not None and finding.verdict.issuer is not None
    return replace(finding, sha256=sha256(content).hexdigest()) if sealed else finding


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
