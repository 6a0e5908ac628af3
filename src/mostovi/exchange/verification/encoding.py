"""Writes CMS signatures (RFC 5652) in DER, from finished parts.

asn1crypto, which reads them, is not used to write them: it encodes nested values anew at each level, and
takes a length that ends in the byte 0x80 for an indefinite one. Such a signature took it up to 20 seconds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from asn1crypto import algos, cms, core, parser
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

SEQUENCE, SET, OCTET_STRING = 0x30, 0x31, 0x04
_FIRST, _SECOND = 0xA0, 0xA1  # context-specific, constructed: [0] and [1]
_VERSIONS = {"data": 1, "tst_info": 3}  # RFC 5652 §5.1


@dataclass(frozen=True)
class SignedParts:
    """The authenticated parts of a signature; ``attributes`` is the content of the signed attributes' SET.

    ``content`` is None for a detached signature, ``time_stamp`` a DER token over ``signature`` or None.
    """

    content_type: str
    certificate: x509.Certificate
    other_certificates: tuple[x509.Certificate, ...]
    algorithm: str
    attributes: bytes
    signature: bytes
    content: bytes | None = None
    time_stamp: bytes | None = None

    def signed_bytes(self) -> bytes:
        """What the signature is over: the attributes as a SET (RFC 5652 §5.4)."""
        return element(SET, self.attributes)


def encode_signed_data(parts: SignedParts) -> bytes:
    """The DER ``ContentInfo`` with these parts. There is exactly one."""
    digest_algorithm = algos.DigestAlgorithm({"algorithm": parts.algorithm}).dump()
    content = () if parts.content is None else (element(_FIRST, element(OCTET_STRING, parts.content)),)
    signed = element(
        SEQUENCE,
        core.Integer(_VERSIONS[parts.content_type]).dump(),
        element(SET, digest_algorithm),
        element(SEQUENCE, cms.ContentType(parts.content_type).dump(), *content),
        element(_FIRST, *sorted(map(_der, (parts.certificate, *parts.other_certificates)))),
        element(SET, _encode_signer(parts, digest_algorithm)),
    )
    return element(SEQUENCE, cms.ContentType("signed_data").dump(), element(_FIRST, signed))


def element(tag: int, *contents: bytes) -> bytes:
    """One DER element (X.690 §8.1, §10.1)."""
    content = b"".join(contents)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(length))) + length + content


def split_elements(contents: bytes) -> Iterator[bytes]:
    """The DER elements in a row of them. Raises ValueError when it is none."""
    while contents:
        size = parser.peek(contents)
        yield contents[:size]
        contents = contents[size:]


def encode_attributes(attributes: Sequence[cms.CMSAttribute]) -> bytes:
    """The content of a SET OF attributes, in the order that DER prescribes (X.690 §11.6)."""
    return b"".join(sorted(attribute.dump() for attribute in attributes))


def _encode_signer(parts: SignedParts, digest_algorithm: bytes) -> bytes:
    certificate = parts.certificate
    serial = core.Integer(certificate.serial_number).dump()
    unsigned = () if parts.time_stamp is None else (element(_SECOND, _encode_token(parts.time_stamp)),)
    return element(
        SEQUENCE,
        core.Integer(1).dump(),
        element(SEQUENCE, certificate.issuer.public_bytes(), serial),
        digest_algorithm,
        element(_FIRST, parts.attributes),
        algos.SignedDigestAlgorithm({"algorithm": f"{parts.algorithm}_ecdsa"}).dump(),
        element(OCTET_STRING, parts.signature),
        *unsigned,
    )


def _encode_token(token: bytes) -> bytes:
    """The unsigned attribute that holds a time stamp (RFC 3161 appendix A)."""
    name = cms.CMSAttributeType("signature_time_stamp_token").dump()
    return element(SEQUENCE, name, element(SET, token))


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)
