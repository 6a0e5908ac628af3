"""Reads CMS signatures (RFC 5652) of exactly one form, and knows what each of their bytes should be.

A signature container lies outside what it signs. Were unknown fields tolerated, a byte of it could be changed
unseen. So each container is rebuilt from its authenticated parts and must equal what was found.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from asn1crypto import cms, core, tsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from mostovi.exchange.verification.encoding import SignedParts, encode_signed_data, split_elements

MAXIMUM_SIZE = 64 * 1024
MOST_ATTRIBUTES = 32
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
# What parsers of hostile bytes are known to raise.
HOSTILE = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
    Warning,
)


class Unreadable(Exception):
    """These bytes are not a signature container of the form we use."""


class WrongSignature(Exception):
    """The signature does not match what it is said to sign."""


@dataclass(frozen=True)
class Container:
    """One CMS SignedData with one signer: its ``parts``, and the digest that its signer signed."""

    parts: SignedParts
    message_digest: bytes
    named: dict[str, list[Any]]
    """The values of the signed attributes by name, in Python's types."""

    @property
    def certificate(self) -> x509.Certificate:
        return self.parts.certificate


@dataclass(frozen=True)
class TimeStamp:
    """What a time-stamp token says."""

    stamped_at: datetime
    algorithm: str
    imprint: bytes
    container: Container


def read_container(der: bytes, content_type: str) -> Container:
    """Read a DER ``ContentInfo`` that signs ``content_type`` ("data" or "tst_info"). Raises Unreadable.

    Reading proves nothing: call ``check_signature`` and ``check_every_byte``.
    """
    if len(der) > MAXIMUM_SIZE:
        raise Unreadable
    try:
        return _read(der, content_type)
    except HOSTILE as trouble:
        raise Unreadable from trouble


def read_time_stamp(der: bytes) -> TimeStamp:
    """Read an RFC 3161 token. Raises Unreadable."""
    container = read_container(der, "tst_info")
    try:
        info = tsp.TSTInfo.load(container.parts.content, strict=True)
        imprint = info["message_imprint"]
        return TimeStamp(
            stamped_at=info["gen_time"].native.astimezone(UTC),
            algorithm=imprint["hash_algorithm"]["algorithm"].native,
            imprint=imprint["hashed_message"].native,
            container=container,
        )
    except HOSTILE as trouble:
        raise Unreadable from trouble


def check_signature(container: Container) -> None:
    """The signer signed these attributes, and they name the content's type and the signer's certificate.

    Raises WrongSignature. RFC 5652 §5.4 and §5.6, RFC 5035 for the certificate's name.
    """
    public_key = container.certificate.public_key()
    if (
        not isinstance(public_key, ec.EllipticCurvePublicKey)
        or container.named.get("content_type") != [container.parts.content_type]
        or not _names_certificate(container.named, container.certificate)
    ):
        raise WrongSignature
    parts = container.parts
    try:
        public_key.verify(parts.signature, parts.signed_bytes(), ec.ECDSA(_HASHES[parts.algorithm]))
    except InvalidSignature as wrong:
        raise WrongSignature from wrong


def check_stamps(stamp: TimeStamp, signature: bytes) -> None:
    """The token stamps ``signature`` and its own content is what its signer signed. Raises WrongSignature."""
    check_signature(stamp.container)
    parts = stamp.container.parts
    if (
        digest(parts.algorithm, parts.content or b"") != stamp.container.message_digest
        or digest(stamp.algorithm, signature) != stamp.imprint
    ):
        raise WrongSignature


def check_every_byte(der: bytes, container: Container) -> None:
    """``der`` holds nothing but the authenticated parts in their one encoding. Raises WrongSignature."""
    if encode_signed_data(container.parts) != der:
        raise WrongSignature
    token = container.parts.time_stamp
    if token is not None:
        check_every_byte(token, read_container(token, "tst_info"))


def digest(algorithm: str, *parts: bytes | memoryview) -> bytes:
    """The digest of the parts in order. Raises WrongSignature for an algorithm we don't accept."""
    if algorithm not in _HASHES:
        raise WrongSignature
    state = hashlib.new(algorithm)
    for part in parts:
        state.update(part)
    return state.digest()


def _read(der: bytes, content_type: str) -> Container:
    outer = cms.ContentInfo.load(der, strict=True)
    signed = outer["content"]
    (signer,) = signed["signer_infos"]
    encapsulated = signed["encap_content_info"]
    algorithm = signer["digest_algorithm"]["algorithm"].native
    if (
        outer["content_type"].native != "signed_data"
        or encapsulated["content_type"].native != content_type
        or algorithm not in _HASHES
        or signer["signature_algorithm"]["algorithm"].native != f"{algorithm}_ecdsa"
    ):
        raise Unreadable
    certificates = [_read_certificate(der) for der in split_elements(signed["certificates"].contents)]
    serial = signer["sid"].chosen["serial_number"].native
    (certificate,) = [each for each in certificates if each.serial_number == serial]
    content = encapsulated["content"]
    named = _by_name(signer["signed_attrs"])
    (message_digest,) = named["message_digest"]
    parts = SignedParts(
        content_type=content_type,
        certificate=certificate,
        other_certificates=tuple(each for each in certificates if each is not certificate),
        algorithm=algorithm,
        attributes=signer["signed_attrs"].contents,
        signature=signer["signature"].native,
        content=None if isinstance(content, core.Void) else bytes(content),
        time_stamp=_read_token(signer["unsigned_attrs"]),
    )
    return Container(parts, message_digest, named)


def _read_certificate(der: bytes) -> x509.Certificate:
    """Reads every part at once: cryptography reads when asked, and would complain amid a verdict."""
    certificate = x509.load_der_x509_certificate(der)
    parts = (certificate.subject, certificate.issuer, certificate.extensions, certificate.public_key())
    times = (certificate.not_valid_before_utc, certificate.not_valid_after_utc)
    if certificate.serial_number <= 0 or not all(part is not None for part in (*parts, *times)):
        raise Unreadable
    return certificate


def _read_token(unsigned: Any) -> bytes | None:
    if isinstance(unsigned, core.Void):
        return None
    (attribute,) = unsigned
    if attribute["type"].native != "signature_time_stamp_token":
        raise Unreadable
    (token,) = split_elements(attribute["values"].contents)
    return token


def _by_name(attributes: Any) -> dict[str, list[Any]]:
    """Attribute values by name; a name that occurs twice is an attack (RFC 5652 §5.3), so it is refused."""
    if len(attributes) > MOST_ATTRIBUTES:
        raise ValueError("more attributes than a seal has")
    found: dict[str, list[Any]] = {}
    for attribute in attributes:
        name = attribute["type"].native
        if name in found:
            raise ValueError(name)
        found[name] = [value.native for value in attribute["values"]]
    return found


def _names_certificate(attributes: dict[str, list[Any]], certificate: x509.Certificate) -> bool:
    try:
        (value,) = attributes["signing_certificate_v2"]
        first = value["certs"][0]
        algorithm = (first["hash_algorithm"] or {"algorithm": "sha256"})["algorithm"]
        return digest(algorithm, certificate.public_bytes(Encoding.DER)) == bytes(first["cert_hash"])
    except (*HOSTILE, WrongSignature):
        return False
