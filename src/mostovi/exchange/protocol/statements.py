"""The signed statement in a document's QR code: who issued which kind of document when, under which code.

It says nothing that is not on the paper, and is checked against the directory without asking the issuer.
``{base}/provjera/{CODE}?s=<statement>``; the statement is base64url of the canonical JSON array
``[issuer, kind, "YYYY-MM-DD"]`` followed by the 64-byte signature of the issuer's signing key.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from mostovi.exchange.protocol.canonical import MalformedJson, canonical_json, parse_canonical_json
from mostovi.exchange.protocol.digests import decode_base64url, encode_base64url
from mostovi.exchange.protocol.faults import Fault, ProtocolRefusal
from mostovi.exchange.protocol.identifiers import InvalidIdentifier, MemberId, parse_member
from mostovi.exchange.protocol.keys import SIGNATURE_BYTES, Signer, WrongSignature, verify_signature
from mostovi.kernel.codes import ALPHABET, LENGTH

_PREFIX = b"mostovi-statement/1\n"
_CODE = re.compile(f"[{ALPHABET}]{{{LENGTH}}}", re.ASCII)
_KIND = re.compile(r"[a-z0-9][a-z0-9-]{0,59}", re.ASCII)
_LONGEST_URL = 1000


class MalformedStatement(ProtocolRefusal):
    """Not the content of a document's QR code."""

    fault = Fault.MALFORMED_STATEMENT


class ForgedStatement(ProtocolRefusal):
    """Not signed by the member it names."""

    fault = Fault.FORGED_STATEMENT


@dataclass(frozen=True, slots=True)
class Statement:
    """``issuer`` issued a document of this ``kind`` with this ``code`` (nine signs) on ``issued_on``."""

    code: str
    issuer: MemberId
    kind: str
    issued_on: date

    def _said(self) -> list[str]:
        return [str(self.issuer), self.kind, self.issued_on.isoformat()]

    def payload(self) -> bytes:
        """What the QR code carries beside the code and the signature."""
        return canonical_json(self._said())

    def signed_text(self) -> bytes:
        """What is signed: the code and the payload."""
        return _PREFIX + self.code.encode() + b"\n" + self.payload()


@dataclass(frozen=True, slots=True)
class SignedStatement:
    """A statement with its 64-byte signature, which ``verify_statement`` checks."""

    statement: Statement
    signature: bytes


FindSigningKeys = Callable[[MemberId], Sequence[EllipticCurvePublicKey]]
"""A member's signing keys, or raises (``Directory.signing_keys_of`` does)."""


def sign_statement(statement: Statement, signer: Signer, base_url: str) -> str:
    """The URL for the QR code. ``base_url`` is the portal's address. Raises MalformedStatement."""
    _check_sense(statement)
    signed = encode_base64url(statement.payload() + signer.sign(statement.signed_text()))
    return f"{base_url.rstrip('/')}/provjera/{statement.code}?s={signed}"


def parse_statement_url(url: str) -> SignedStatement:
    """What a photographed QR code says, the signature unchecked. Raises MalformedStatement."""
    try:
        parts = urlsplit(url if len(url) <= _LONGEST_URL else "")
    except ValueError:
        raise MalformedStatement("not a URL") from None
    before, _, code = parts.path.rpartition("/")
    if not before.endswith("/provjera") or not parts.query.startswith("s="):
        raise MalformedStatement("not …/provjera/CODE?s=…")
    return parse_statement(code, parts.query[2:])


def parse_statement(code: str, signed: str) -> SignedStatement:
    """The statement in the parts of the URL, the signature unchecked. Raises MalformedStatement."""
    try:
        data = decode_base64url(signed)
        said = parse_canonical_json(data[:-SIGNATURE_BYTES])
        statement = _read(code, said)
    except (ValueError, MalformedJson, InvalidIdentifier):
        raise MalformedStatement("not a signed statement") from None
    return SignedStatement(statement, data[-SIGNATURE_BYTES:])


def verify_statement(signed: SignedStatement, find_keys: FindSigningKeys) -> Statement:
    """The statement, if a key of its issuer signed it. Raises ForgedStatement, also for unknown issuers."""
    try:
        keys = find_keys(signed.statement.issuer)
    except ProtocolRefusal as refusal:
        raise ForgedStatement(refusal.code) from None
    for key in keys:
        try:
            verify_signature(key, signed.signature, signed.statement.signed_text())
        except WrongSignature:
            continue
        return signed.statement
    raise ForgedStatement("none of the issuer's keys signed it")


def _read(code: str, said: Any) -> Statement:
    if not isinstance(said, list) or len(said) != 3 or not all(isinstance(part, str) for part in said):
        raise MalformedStatement("not issuer, kind and day")
    statement = Statement(code, parse_member(said[0]), said[1], date.fromisoformat(said[2]))
    _check_sense(statement)
    if statement.payload() != canonical_json(said):
        raise MalformedStatement("not in its only spelling")
    return statement


def _check_sense(statement: Statement) -> None:
    if not _CODE.fullmatch(statement.code) or not _KIND.fullmatch(statement.kind):
        raise MalformedStatement("code or kind cannot be")
