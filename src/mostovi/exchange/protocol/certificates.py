"""Certificates and the one root that is given from outside (RFC 5280): who holds a key, and what it is for.

A certificate's purpose is its extended key usage; its holder, the X-Road id in the subject's
organizationIdentifier (2.5.4.97). The purposes without a registered number use UUIDs under 2.25 (ITU-T
X.667).
"""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import ExtendedKeyUsageOID

from mostovi.exchange.protocol.digests import thumbprint
from mostovi.exchange.protocol.faults import Fault, ProtocolRefusal
from mostovi.exchange.protocol.identifiers import InvalidIdentifier, MemberId, parse_member

ORGANIZATION_IDENTIFIER = x509.ObjectIdentifier("2.5.4.97")
MESSAGE_SIGNING = x509.ObjectIdentifier("2.25.122242775096508929240211725238753725076")
DIRECTORY_SIGNING = x509.ObjectIdentifier("2.25.320463027719754329749982901418820775247")
DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336

_LONGEST_CHAIN = 4
_UNDERSTOOD = frozenset(
    {
        x509.BasicConstraints.oid,
        x509.KeyUsage.oid,
        x509.ExtendedKeyUsage.oid,
        x509.SubjectAlternativeName.oid,
        x509.SubjectKeyIdentifier.oid,
        x509.AuthorityKeyIdentifier.oid,
    }
)
# What cryptography raises when it comes to a part of a certificate that is damaged.
_DAMAGED = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    CryptographyDeprecationWarning,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)


class UntrustedCertificate(ProtocolRefusal):
    """No chain from this certificate to the given root, for this purpose, at this time."""

    fault = Fault.UNTRUSTED_CERTIFICATE


class Purpose(Enum):
    """What a key may be used for: the extended key usages its certificate must carry."""

    TLS = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH)
    MESSAGES = (MESSAGE_SIGNING,)
    DIRECTORY = (DIRECTORY_SIGNING,)
    DOCUMENTS = (DOCUMENT_SIGNING,)
    TIME_STAMPS = (ExtendedKeyUsageOID.TIME_STAMPING,)


def load_certificate(pem: str | bytes) -> x509.Certificate:
    """The one certificate in a PEM text, each part of it readable. Raises UntrustedCertificate."""
    data = pem.encode("utf-8", "surrogatepass") if isinstance(pem, str) else pem
    try:
        (certificate,) = x509.load_pem_x509_certificates(data)
        _read_every_part(certificate)
    except _DAMAGED:
        raise UntrustedCertificate("not one certificate in PEM") from None
    if certificate.serial_number <= 0:
        raise UntrustedCertificate("the serial number is not positive, as RFC 5280 §4.1.2.2 requires")
    return certificate


def _read_every_part(certificate: x509.Certificate) -> None:
    """The library reads a part when it is asked for, and would complain in the middle of something else."""
    parts = (
        certificate.version,
        certificate.subject,
        certificate.issuer,
        certificate.extensions,
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
        certificate.signature_algorithm_oid,
        certificate.public_key_algorithm_oid,
    )
    if any(part is None for part in parts):
        raise ValueError("a part is missing")


def to_pem(certificate: x509.Certificate) -> str:
    """A certificate as PEM text."""
    return certificate.public_bytes(Encoding.PEM).decode()


def key_id_of(certificate: x509.Certificate) -> str:
    """The thumbprint by which messages name the certificate: base64url SHA-256 of its DER form."""
    return thumbprint(certificate.public_bytes(Encoding.DER))


def verify_certificate(
    certificate: x509.Certificate,
    *,
    root: x509.Certificate,
    now: datetime,
    purpose: Purpose,
    member: MemberId | None = None,
    intermediates: Sequence[x509.Certificate] = (),
) -> None:
    """Raise UntrustedCertificate unless issued under ``root`` for ``purpose`` and valid at ``now``.

    ``member`` also asks that it names this holder. ``intermediates`` are only candidates for the way up:
    nothing but ``root`` is trusted. Revocation is the directory's: a withdrawn key is no longer listed there.
    """
    try:
        _check_leaf(certificate, purpose)
        _check_way_up(certificate, root, tuple(intermediates), now)
    except (
        x509.ExtensionNotFound,
        x509.DuplicateExtension,
        x509.UnsupportedGeneralNameType,
        ValueError,
    ) as error:
        raise UntrustedCertificate(type(error).__name__) from None
    if member is not None and holder_of(certificate) != member:
        raise UntrustedCertificate("the certificate names another holder")


def holder_of(certificate: x509.Certificate) -> MemberId:
    """The member a certificate was issued to. Raises UntrustedCertificate when it names none."""
    try:
        (attribute,) = certificate.subject.get_attributes_for_oid(ORGANIZATION_IDENTIFIER)
        return parse_member(str(attribute.value))
    except (ValueError, InvalidIdentifier):
        raise UntrustedCertificate("the certificate names no member") from None


def _check_leaf(certificate: x509.Certificate, purpose: Purpose) -> None:
    extensions = certificate.extensions
    if extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
        raise UntrustedCertificate("an authority's certificate cannot sign messages")
    if not extensions.get_extension_for_class(x509.KeyUsage).value.digital_signature:
        raise UntrustedCertificate("the certificate is not for signatures")
    usages = set(extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    if not usages.issuperset(purpose.value):
        raise UntrustedCertificate(f"the certificate is not for {purpose.name.lower()}")


def _check_way_up(
    certificate: x509.Certificate,
    root: x509.Certificate,
    intermediates: tuple[x509.Certificate, ...],
    now: datetime,
) -> None:
    for below in range(_LONGEST_CHAIN):
        _check_one(certificate, now)
        if certificate.issuer == root.subject:
            _check_issued(certificate, root, below)
            return _check_one(root, now)
        issuer = next((each for each in intermediates if each.subject == certificate.issuer), None)
        if issuer is None:
            raise UntrustedCertificate("not issued under the given root")
        _check_issued(certificate, issuer, below)
        certificate = issuer
    raise UntrustedCertificate("the chain is too long")


def _check_one(certificate: x509.Certificate, now: datetime) -> None:
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise UntrustedCertificate("the certificate is not valid at this time")
    if any(each.critical and each.oid not in _UNDERSTOOD for each in certificate.extensions):
        raise UntrustedCertificate("a critical extension is not understood")


def _check_issued(certificate: x509.Certificate, issuer: x509.Certificate, below: int) -> None:
    constraints = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
    if not constraints.ca or (constraints.path_length is not None and below > constraints.path_length):
        raise UntrustedCertificate("the issuer may not issue this certificate")
    if not issuer.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign:
        raise UntrustedCertificate("the issuer's key is not for certificates")
    try:
        certificate.verify_directly_issued_by(issuer)
    except Exception as error:
        raise UntrustedCertificate("the issuer's signature is wrong") from error
