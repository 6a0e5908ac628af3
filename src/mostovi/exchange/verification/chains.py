"""Whether a certificate found in a file leads to a trust root given from outside, and may do what it did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from mostovi.exchange.protocol.certificates import (
    ORGANIZATION_IDENTIFIER,
    Purpose,
    UntrustedCertificate,
    verify_certificate,
)

_MISSING = (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, ValueError)


class NotVouchedFor(Exception):
    """No path of valid certificates leads to a given root."""


class OutOfTime(NotVouchedFor):
    """The certificate was not valid at that time."""


class WrongPurpose(Exception):
    """The certificate is not meant for what it was used for."""


@dataclass(frozen=True)
class Holder:
    """Whom a certificate names: the organisation, and its member code where the certificate carries one."""

    name: str
    code: str | None


class NoRoot(ValueError):
    """What was given to judge by holds no certificate that can serve as a root: a mistake of the caller."""


def load_roots(pem: bytes) -> list[x509.Certificate]:
    """The roots in a PEM file. Raises NoRoot when there is none, or one that is no sound certificate."""
    try:
        roots = x509.load_pem_x509_certificates(pem)
    except ValueError as trouble:
        raise NoRoot("holds no certificate in PEM. Give the root certificate here.") from trouble
    if any(root.serial_number <= 0 for root in roots):
        raise NoRoot(
            "holds a certificate whose serial number is not positive, as RFC 5280 (4.1.2.2) requires. "
            "Ask the operator of the exchange for a sound root certificate."
        )
    return roots


def check_vouched_for(
    certificate: x509.Certificate,
    *,
    others: Sequence[x509.Certificate],
    roots: Sequence[x509.Certificate],
    at: datetime,
    purpose: Purpose,
) -> None:
    """Raises NotVouchedFor unless a root vouches for the certificate ``at`` that time through all ``others``.

    A certificate among ``others`` that is no step of the path is refused: nothing would protect its bytes.
    """
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise OutOfTime
    for root in roots:
        if _steps(certificate, others, root) == len(others) and _is_verified(
            certificate, others, root, at, purpose
        ):
            return
    raise NotVouchedFor


def check_may_seal(certificate: x509.Certificate) -> None:
    """Raises WrongPurpose unless the certificate commits its holder to content (RFC 5280 §4.2.1.3)."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except _MISSING as missing:
        raise WrongPurpose from missing
    if not usage.content_commitment:
        raise WrongPurpose


def check_may_stamp(certificate: x509.Certificate) -> None:
    """Raises WrongPurpose unless time stamping is the one, critical purpose (RFC 3161 §2.3)."""
    try:
        purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except _MISSING as missing:
        raise WrongPurpose from missing
    if not purposes.critical or list(purposes.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise WrongPurpose


def holder_of(certificate: x509.Certificate) -> Holder:
    identifier = _attribute(certificate, ORGANIZATION_IDENTIFIER)
    organization = _attribute(certificate, NameOID.ORGANIZATION_NAME)
    name = organization or _attribute(certificate, NameOID.COMMON_NAME) or "?"
    return Holder(name=name, code=identifier.rpartition("/")[2] if identifier else None)


def subject_key(certificate: x509.Certificate) -> bytes | None:
    """The certificate's own key identifier (RFC 5280 §4.2.1.2)."""
    try:
        return certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    except _MISSING:
        return None


def claims_issuer(certificate: x509.Certificate, roots: Sequence[x509.Certificate]) -> bool:
    """The certificate says that a given root issued it, by name and key. That alone proves nothing."""
    try:
        extension = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)
        claimed = extension.value.key_identifier
    except _MISSING:
        claimed = None
    return any(certificate.issuer == root.subject and claimed in (None, subject_key(root)) for root in roots)


def _is_verified(
    certificate: x509.Certificate,
    others: Sequence[x509.Certificate],
    root: x509.Certificate,
    at: datetime,
    purpose: Purpose,
) -> bool:
    try:
        verify_certificate(certificate, root=root, now=at, purpose=purpose, intermediates=others)
    except UntrustedCertificate:
        return False
    return True


def _steps(
    certificate: x509.Certificate, others: Sequence[x509.Certificate], root: x509.Certificate
) -> int | None:
    """How many certificates lie, by name, between this one and the root; None when none lead there."""
    for steps in range(len(others) + 1):
        if certificate.issuer == root.subject:
            return steps
        issuer = next((each for each in others if each.subject == certificate.issuer), None)
        if issuer is None:
            return None
        certificate = issuer
    return None


def _attribute(certificate: x509.Certificate, kind: x509.ObjectIdentifier) -> str | None:
    values = certificate.subject.get_attributes_for_oid(kind)
    return str(values[0].value) if len(values) == 1 else None
