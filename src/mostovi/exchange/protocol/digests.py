"""Digests of messages: RFC 9530 Content-Digest and X-Road's request hash."""

import base64
import hashlib
import hmac
from collections.abc import Iterable

from mostovi.exchange.protocol.faults import Fault, ProtocolRefusal


class AlteredBody(ProtocolRefusal):
    """The body is not the one whose digest was signed, or the digest is not written as RFC 9530 says."""

    fault = Fault.ALTERED_BODY


def content_digest(body: bytes) -> str:
    """``sha-256=:…:`` (RFC 9530 §2), also for an empty body."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def check_content_digest(value: str, body: bytes) -> None:
    """Raise AlteredBody unless ``value`` is the Content-Digest of ``body``: sha-256, alone."""
    if not hmac.compare_digest(value.encode("utf-8", "surrogatepass"), content_digest(body).encode()):
        raise AlteredBody("content-digest does not match the body")


def sha256_hex(data: bytes) -> str:
    """SHA-256 in lower-case hexadecimal, as log records and documents show it."""
    return hashlib.sha256(data).hexdigest()


def thumbprint(certificate_der: bytes) -> str:
    """SHA-256 of a certificate (DER) as base64url without padding.

    43 characters, ``x5t#S256`` of RFC 7515 §4.1.8.
    """
    return encode_base64url(hashlib.sha256(certificate_der).digest())


def xroad_request_hash(method: str, target: str, headers: Iterable[tuple[str, str]], body: bytes) -> str:
    """The value of ``X-Road-Request-Hash`` (X-Road exchange protocol for REST, §4.4).

    base64(SHA512(SHA512(head) ‖ SHA512(body))), without a body base64(SHA512(head)); ``head`` is the
    method, the path with its query, and one ``name:value`` line for each kept header in its order, each
    line ended by CRLF.
    """
    lines = "".join(f"{name}:{value}\r\n" for name, value in headers)
    head = hashlib.sha512(f"{method}\r\n{target}\r\n{lines}".encode("utf-8", "surrogatepass")).digest()
    if not body:
        return base64.b64encode(head).decode()
    return base64.b64encode(hashlib.sha512(head + hashlib.sha512(body).digest()).digest()).decode()


def encode_base64url(data: bytes) -> str:
    """base64url without padding (RFC 7515 §2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode_base64url(text: str) -> bytes:
    """The bytes of a base64url text without padding.

    Raises ValueError unless there is exactly one way to write them.
    """
    data = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if encode_base64url(data) != text:
        raise ValueError("not base64url in its only spelling")
    return data
