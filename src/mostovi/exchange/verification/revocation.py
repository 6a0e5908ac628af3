"""Looks a certificate up in the revocation lists that a sealed document carries (PAdES security store)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from cryptography import x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

from mostovi.exchange.verification.containers import HOSTILE

MOST_LISTS = 8


@dataclass(frozen=True)
class Standing:
    """What the issuer's list says; ``revoked_at`` is None for a certificate in good standing."""

    revoked_at: datetime | None


def look_up(
    pdf: bytes, certificate: x509.Certificate, *, roots: Sequence[x509.Certificate], at: datetime
) -> Standing | None:
    """The certificate's standing by a list of its issuer that was current ``at`` that time; None without one.

    Call it only for a document whose bytes are known to be genuine: it opens the PDF.
    """
    issuers = [root for root in roots if root.subject == certificate.issuer]
    for revocation_list in _lists(pdf):
        if any(_is_current(revocation_list, issuer, at) for issuer in issuers):
            entry = revocation_list.get_revoked_certificate_by_serial_number(certificate.serial_number)
            return Standing(entry.revocation_date_utc if entry is not None else None)
    return None


def _lists(pdf: bytes) -> Iterator[x509.CertificateRevocationList]:
    try:
        for der in _embedded(pdf):
            yield x509.load_der_x509_crl(der)
    except HOSTILE:
        return


def _embedded(pdf: bytes) -> list[bytes]:
    try:
        lists = PdfFileReader(BytesIO(pdf), strict=False).root["/DSS"]["/CRLs"]
        return [reference.get_object().data for reference in list(lists)[:MOST_LISTS]]
    except (PdfError, *HOSTILE):
        return []


def _is_current(
    revocation_list: x509.CertificateRevocationList, issuer: x509.Certificate, at: datetime
) -> bool:
    expires = revocation_list.next_update_utc
    public_key = issuer.public_key()
    return (
        revocation_list.issuer == issuer.subject
        and revocation_list.is_signature_valid(public_key)  # type: ignore[arg-type] # roots hold signing keys
        and revocation_list.last_update_utc <= at
        and expires is not None
        and at <= expires
    )
