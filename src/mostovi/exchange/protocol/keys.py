"""P-256 signatures as 64 raw bytes, r ‖ s (RFC 9421 §3.3.4, the same as ES256 of RFC 7518 §3.4)."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509 import Certificate

from mostovi.exchange.protocol.digests import thumbprint
from mostovi.exchange.protocol.faults import Fault, ProtocolRefusal

SIGNATURE_BYTES = 64
_ECDSA = ec.ECDSA(hashes.SHA256())


class WrongSignature(ProtocolRefusal):
    """The signature was not made by this key over this text."""

    fault = Fault.INVALID_SIGNATURE_VALUE


class UnusableKey(ProtocolRefusal):
    """A key that is not P-256, cannot be read or does not belong to its certificate."""

    fault = Fault.UNTRUSTED_CERTIFICATE


class Signer:
    """A member's signing key with its certificate; ``key_id`` is the certificate's thumbprint."""

    __slots__ = ("_key", "certificate", "key_id")

    def __init__(self, key: ec.EllipticCurvePrivateKey, certificate: Certificate) -> None:
        """Raises UnusableKey unless both are P-256 and belong together."""
        if key.public_key() != p256_public_key(certificate):
            raise UnusableKey("key and certificate do not belong together")
        self._key = key
        self.certificate = certificate
        self.key_id = thumbprint(certificate.public_bytes(Encoding.DER))

    def sign(self, data: bytes) -> bytes:
        """ECDSA over SHA-256 of ``data``: 64 bytes."""
        r, s = decode_dss_signature(self._key.sign(data, _ECDSA))
        return r.to_bytes(32) + s.to_bytes(32)

    def sign_der(self, data: bytes) -> bytes:
        """The same as a DER sequence, which signed notes need."""
        return self._key.sign(data, _ECDSA)


def verify_signature(public_key: ec.EllipticCurvePublicKey, signature: bytes, data: bytes) -> None:
    """Raise WrongSignature unless ``signature`` (64 bytes) is ``public_key``'s over ``data``."""
    if len(signature) != SIGNATURE_BYTES:
        raise WrongSignature("not 64 bytes")
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    verify_der_signature(public_key, encode_dss_signature(r, s), data)


def verify_der_signature(public_key: ec.EllipticCurvePublicKey, der: bytes, data: bytes) -> None:
    """Raise WrongSignature unless ``der`` is ``public_key``'s signature over ``data``."""
    try:
        public_key.verify(der, data, _ECDSA)
    except InvalidSignature:
        raise WrongSignature from None


def p256_public_key(certificate: Certificate) -> ec.EllipticCurvePublicKey:
    """The P-256 key a certificate is about. Raises UnusableKey for any other kind."""
    try:
        key = certificate.public_key()
    except Exception as error:
        raise UnusableKey("the certificate's key cannot be read") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise UnusableKey("not a P-256 key")
    return key


def load_signer(key_pem: bytes, certificate: Certificate, password: bytes | None = None) -> Signer:
    """The signer in a PEM private key. Raises UnusableKey."""
    try:
        key = load_pem_private_key(key_pem, password)
    except (ValueError, TypeError):
        raise UnusableKey("the private key cannot be read") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise UnusableKey("not a P-256 key")
    return Signer(key, certificate)
