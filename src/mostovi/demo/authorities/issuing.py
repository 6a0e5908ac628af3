"""Issues the demonstration's certificates: P-256, X.509 v3 (RFC 5280), each marked as a demonstration."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from mostovi.exchange.protocol.certificates import (
    DIRECTORY_SIGNING,
    DOCUMENT_SIGNING,
    MESSAGE_SIGNING,
    ORGANIZATION_IDENTIFIER,
)
from mostovi.exchange.sealing.demonstration import DEMONSTRATION_MARK

ROOT_DAYS = 3650
CERTIFICATE_DAYS = 1095
CLOCK_ALLOWANCE = timedelta(hours=1)
_LOOPBACK = (
    x509.DNSName("localhost"),
    x509.IPAddress(ip_address("127.0.0.1")),
    x509.IPAddress(ip_address("::1")),
)


@dataclass(frozen=True)
class Purpose:
    """What one key is for, as its certificate says it."""

    unit: str
    digital_signature: bool = True
    content_commitment: bool = False
    extended: tuple[x509.ObjectIdentifier, ...] = ()
    extended_critical: bool = False
    loopback: bool = False


# NSS trusts a signer only where e-mail protection is among the purposes: it stands beside RFC 9336.
TLS = Purpose(
    "transport", extended=(ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH), loopback=True
)
CLIENT = Purpose("local system", extended=(ExtendedKeyUsageOID.CLIENT_AUTH,))
SIGNING = Purpose("messages", extended=(MESSAGE_SIGNING,))
SEALING = Purpose(
    "documents", content_commitment=True, extended=(DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION)
)
DIRECTORY = Purpose("directory", extended=(DIRECTORY_SIGNING,))
TIME_STAMPS = Purpose(
    "time stamps",
    content_commitment=True,
    extended=(ExtendedKeyUsageOID.TIME_STAMPING,),
    extended_critical=True,
)


@dataclass(frozen=True)
class Issued:
    """A key with its certificate."""

    key: ec.EllipticCurvePrivateKey = field(repr=False)
    certificate: x509.Certificate


def demonstration_name(common_name: str, *, unit: str, organization: str, identifier: str = "") -> x509.Name:
    attributes = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "BA"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
        x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, f"{DEMONSTRATION_MARK}, {unit}"),
        x509.NameAttribute(NameOID.COMMON_NAME, common_name),
    ]
    if identifier:
        attributes.append(x509.NameAttribute(ORGANIZATION_IDENTIFIER, identifier))
    return x509.Name(attributes)


def issue_root(now: datetime) -> Issued:
    """A self-signed demonstration root that may sign certificates and revocation lists."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = demonstration_name("Mostovi demonstration root", unit="root", organization=DEMONSTRATION_MARK)
    builder = (
        _builder(name, key.public_key(), issuer=name, issuer_key=key.public_key(), now=now, days=ROOT_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(certificates=True), critical=True)
    )
    return Issued(key, builder.sign(key, SHA256()))


def issue(
    root: Issued,
    purpose: Purpose,
    *,
    common_name: str,
    organization: str,
    now: datetime,
    identifier: str = "",
) -> Issued:
    """A certificate for one purpose, signed by the demonstration root."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = demonstration_name(
        common_name, unit=purpose.unit, organization=organization, identifier=identifier
    )
    builder = _builder(
        name,
        key.public_key(),
        issuer=root.certificate.subject,
        issuer_key=root.key.public_key(),
        now=now,
        days=CERTIFICATE_DAYS,
    )
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(
        _key_usage(signatures=purpose.digital_signature, commitment=purpose.content_commitment), critical=True
    )
    if purpose.extended:
        builder = builder.add_extension(
            x509.ExtendedKeyUsage(purpose.extended), critical=purpose.extended_critical
        )
    if purpose.loopback:
        builder = builder.add_extension(x509.SubjectAlternativeName(_LOOPBACK), critical=False)
    return Issued(key, builder.sign(root.key, SHA256()))


def revocation_list(
    root: Issued, *, number: int, now: datetime, revoked: Sequence[int] = ()
) -> x509.CertificateRevocationList:
    """The root's list of withdrawn serial numbers (RFC 5280 §5), good for 30 days."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(root.certificate.subject)
        .last_update(now - CLOCK_ALLOWANCE)
        .next_update(now + timedelta(days=30))
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(root.key.public_key()), critical=False
        )
    )
    for serial in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now).build()
        builder = builder.add_revoked_certificate(entry)
    return builder.sign(root.key, SHA256())


def _builder(
    subject: x509.Name,
    key: ec.EllipticCurvePublicKey,
    *,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePublicKey,
    now: datetime,
    days: int,
) -> x509.CertificateBuilder:
    begins = now.astimezone(UTC).replace(microsecond=0) - CLOCK_ALLOWANCE
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
    )


def _key_usage(
    *, signatures: bool = False, commitment: bool = False, certificates: bool = False
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signatures,
        content_commitment=commitment,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )
