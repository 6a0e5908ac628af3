"""Seals a PDF: one PAdES signature (ETSI EN 319 142-1) in one revision, so that it covers every byte.

pyHanko does the work; it is imported at the first seal only, since it takes 40 MB that a gateway which never
seals should not pay.
"""

from datetime import datetime

from mostovi.exchange.sealing.credentials import SealingCredential
from mostovi.exchange.sealing.time_stamps import TimeStampAuthority
from mostovi.exchange.verification.documents import verify_document
from mostovi.kernel import codes
from mostovi.kernel.errors import Conflict, Invalid

MAXIMUM_SIZE = 20 * 1024 * 1024


class CannotSeal(Invalid):
    """This file is nothing we seal."""

    code = "cannot_seal"
    message = "This file cannot be sealed: it is not a plain, complete PDF of at most 20 MB."


class AlreadySealed(Conflict):
    code = "already_sealed"
    message = "This document is sealed already. A sealed document is never sealed again; issue a new one."


class SealNotSound(Conflict):
    """The fresh seal did not pass our own verification: it is not handed out. ``detail`` says why."""

    code = "seal_not_sound"
    message = "The seal could not be confirmed, so the document was not sealed. Nothing is lost; try again."

    def __init__(self, detail: str) -> None:
        super().__init__()
        self.detail = detail


def seal_document(
    pdf: bytes,
    *,
    credential: SealingCredential,
    time_stamper: TimeStampAuthority,
    reason: str,
    location: str,
    sealed_at: datetime,
    field_name: str = "Seal",
    document_code: str | None = None,
) -> bytes:
    """The sealed PDF: PAdES B-LT where the credential has revocation lists, otherwise B-T.

    ``sealed_at`` is the gateway's own time; the proof of time is the authority's stamp. ``document_code``
    (nine signs) is written under the seal, so that a verifier can look the document up. Blocks for the time
    stamp: call it in a thread. All or nothing: raises CannotSeal, AlreadySealed, CredentialNotValid,
    NoTimeStamp or SealNotSound.
    """
    check_can_seal(pdf)
    credential.check_valid_at(sealed_at)
    code = codes.normalise(document_code) if document_code is not None else None

    from mostovi.exchange.sealing import pades  # noqa: PLC0415 # costs memory, see above

    sealed = pades.sign(
        pdf,
        credential=credential,
        time_stamper=time_stamper,
        words=pades.SealWords(reason=reason, location=location, field_name=field_name, code=code),
        sealed_at=sealed_at,
    )
    verdict = verify_document(sealed, trust_root=credential.root_pem, now=sealed_at)
    if verdict.state != "genuine":
        raise SealNotSound("; ".join(map(str, verdict.false)))
    return sealed


def check_can_seal(pdf: bytes) -> None:
    """Raises CannotSeal or AlreadySealed. Looks at marks only; pyHanko reads the structure."""
    if len(pdf) > MAXIMUM_SIZE or not pdf.startswith(b"%PDF-") or b"%%EOF" not in pdf[-1024:]:
        raise CannotSeal
    if b"/ByteRange" in pdf:
        raise AlreadySealed
