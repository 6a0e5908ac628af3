"""What the log keeps of each thing that happened, and how the log can hold it without revealing it.

The log's leaf is a salted commitment, HMAC-SHA256 (RFC 2104) under a fresh nonce over the canonical record.
Nonce and record together are the opening. They are kept outside the log, where they can be destroyed: what
remains in the log then tells nobody anything.
"""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any

from mostovi.exchange.protocol.canonical import (
    MalformedJson,
    canonical_json,
    canonical_json_of_texts,
    parse_canonical_json,
)
from mostovi.exchange.protocol.digests import encode_base64url
from mostovi.exchange.protocol.faults import Fault, ProtocolRefusal
from mostovi.exchange.protocol.instants import format_instant
from mostovi.exchange.protocol.merkle import leaf_hash
from mostovi.exchange.protocol.shapes import Shape
from mostovi.exchange.protocol.signatures import MessageSignature

NONCE_BYTES = 32
_LONGEST_BASE = 16 * 1024
_TEXTS = (
    "exchange_id",
    "request_id",
    "consumer",
    "provider",
    "service",
    "contract_id",
    "contract_hash",
    "purpose",
    "case",
    "user",
    "acting",
    "subject",
    "request_digest",
    "response_digest",
    "error",
)
_all_texts = attrgetter(*_TEXTS)


class MalformedRecord(ProtocolRefusal):
    """Not a record of the log."""

    fault = Fault.MALFORMED_RECORD


class OpeningDoesNotFit(ProtocolRefusal):
    """Nonce and record are not those that the leaf commits to."""

    fault = Fault.OPENING_DOES_NOT_FIT


class RecordKind(StrEnum):
    """What happened."""

    EXCHANGE_REQUEST = "exchange-request"
    EXCHANGE_RESPONSE = "exchange-response"
    REFUSAL = "refusal"
    AUDIT = "audit"
    DOCUMENT_RESERVED = "document-reserved"
    SEAL = "seal"
    DOCUMENT_REPLACED = "document-replaced"
    DOCUMENT_REVOKED = "document-revoked"


class Outcome(StrEnum):
    """How it ended, as far as known when it was written down."""

    ASKED = "asked"
    ANSWERED = "answered"
    REFUSED = "refused"
    SILENT = "silent"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class SignedMessage:
    """A message as evidence.

    The signature base, its 64-byte signature, and whose key (certificate thumbprint).
    """

    base: str
    signature: bytes
    key_id: str

    @classmethod
    def of(cls, made: MessageSignature) -> "SignedMessage":
        return cls(made.base, made.raw, made.key_id)


# Not frozen, which would set each field at many times the cost: every exchange makes two.
@dataclass(slots=True)
class LogRecord:
    """One entry of a member's log. No field holds a personal number, a name or a fact about a person.

    ``consumer``, ``provider`` are subsystem (or member) ids, ``service`` a service id; ``contract_hash``
    base64url SHA-256; ``user`` and ``subject`` keyed pseudonyms; ``acting`` who the user was,
    such as a person or a clerk, as the asking system says; the digests are Content-Digest values;
    ``error`` an X-Road error type; ``fields`` names of what was asked; ``detail`` what only this kind has
    (code and digest of a sealed document, action and role of an audit line).
    """

    kind: RecordKind
    at: datetime
    outcome: Outcome
    exchange_id: str | None = None
    request_id: str | None = None
    consumer: str | None = None
    provider: str | None = None
    service: str | None = None
    contract_id: str | None = None
    contract_hash: str | None = None
    purpose: str | None = None
    case: str | None = None
    user: str | None = None
    acting: str | None = None
    subject: str | None = None
    request_digest: str | None = None
    response_digest: str | None = None
    error: str | None = None
    fields: tuple[str, ...] = ()
    request: SignedMessage | None = None
    response: SignedMessage | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The record as a JSON object; what is not known is left out."""
        texts = zip(_TEXTS, _all_texts(self), strict=True)
        made: dict[str, Any] = {name: value for name, value in texts if value is not None}
        made["kind"] = str(self.kind)
        made["at"] = format_instant(self.at)
        made["outcome"] = str(self.outcome)
        if self.request is not None:
            made["request"] = _message_json(self.request)
        if self.response is not None:
            made["response"] = _message_json(self.response)
        if self.fields:
            made["fields"] = list(self.fields)
        if self.detail:
            made["detail"] = dict(self.detail)
        return made


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens one leaf: the nonce (32 bytes) and the record in its canonical spelling."""

    nonce: bytes
    record: bytes

    def commitment(self) -> bytes:
        """The leaf's data: 32 bytes."""
        return hmac.digest(self.nonce, self.record, "sha256")

    def leaf_hash(self) -> bytes:
        """The leaf's hash in the tree (RFC 9162 §2.1.1)."""
        return leaf_hash(self.commitment())


def open_record(record: LogRecord, nonce: bytes | None = None) -> Opening:
    """A fresh opening for a record. Raises MalformedRecord when ``detail`` has no canonical spelling."""
    spell = canonical_json if record.detail else canonical_json_of_texts
    try:
        return Opening(nonce or secrets.token_bytes(NONCE_BYTES), spell(record.to_json()))
    except MalformedJson as refusal:
        raise MalformedRecord(refusal.detail) from None


def check_opening(opening: Opening, commitment: bytes) -> None:
    """Raise OpeningDoesNotFit unless the leaf with this data commits to this opening."""
    if not hmac.compare_digest(opening.commitment(), commitment):
        raise OpeningDoesNotFit


def parse_record(data: bytes) -> LogRecord:
    """The record in a canonical JSON text. Raises MalformedRecord."""
    try:
        value = parse_canonical_json(data)
    except MalformedJson as refusal:
        raise MalformedRecord(refusal.detail) from None
    return record_from_json(value)


def record_from_json(value: Any) -> LogRecord:
    """The record in a JSON object. Raises MalformedRecord."""
    shape = Shape(value, MalformedRecord, "the record")
    try:
        kind, outcome = RecordKind(shape.text("kind")), Outcome(shape.text("outcome"))
    except ValueError:
        raise MalformedRecord("kind or outcome is unknown") from None
    record = LogRecord(
        kind=kind,
        outcome=outcome,
        at=shape.instant("at"),
        fields=shape.texts("fields") if "fields" in shape else (),
        request=_read_message(shape, "request"),
        response=_read_message(shape, "response"),
        detail=_read_detail(shape),
        **{name: shape.optional_text(name) for name in _TEXTS},
    )
    shape.close()
    return record


def _read_detail(shape: Shape) -> Mapping[str, Any]:
    if "detail" not in shape:
        return {}
    detail = shape.value("detail")
    if not isinstance(detail, dict):
        raise MalformedRecord("detail is not an object")
    return detail


def _read_message(outer: Shape, name: str) -> SignedMessage | None:
    if name not in outer:
        return None
    shape = outer.shape(name)
    message = SignedMessage(
        base=shape.text("base", _LONGEST_BASE),
        signature=shape.base64url("signature", 64),
        key_id=shape.text("key", 43),
    )
    shape.close()
    return message


def _message_json(message: SignedMessage) -> dict[str, str]:
    return {"base": message.base, "signature": encode_base64url(message.signature), "key": message.key_id}
