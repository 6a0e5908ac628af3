"""What a signed message proves later: from its signature base, its signature and the given root alone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from cryptography.x509 import Certificate

from mostovi.exchange.protocol.certificates import Purpose, holder_of, verify_certificate
from mostovi.exchange.protocol.faults import Fault, ProtocolRefusal
from mostovi.exchange.protocol.identifiers import (
    InvalidIdentifier,
    MemberId,
    parse_client,
    parse_request_target,
)
from mostovi.exchange.protocol.keys import p256_public_key, verify_signature
from mostovi.exchange.protocol.records import LogRecord, SignedMessage

_CREATED = re.compile(r";created=(\d{1,12})(?:;|$)")
_TARGET_IN_URI = re.compile(r"https?://[^/]+(/.*)")


class ForgedEvidence(ProtocolRefusal):
    """The message is genuine, but says something else than the record beside it; or is signed by another."""

    fault = Fault.FORGED_RECEIPT


class Direction(StrEnum):
    """Which of the two messages of an exchange."""

    REQUEST = "request"
    RESPONSE = "response"


@dataclass(frozen=True, slots=True)
class SignedBy:
    """``member`` signed the request or response at ``signed_at``, by its own clock."""

    direction: Direction
    member: MemberId
    signed_at: datetime


def verify_message(
    direction: Direction,
    message: SignedMessage,
    record: LogRecord,
    *,
    certificates: Mapping[str, Certificate],
    root: Certificate,
) -> SignedBy:
    """Who signed ``message``, if it is genuine and says what ``record`` says.

    ``certificates`` are candidates by thumbprint; each is trusted only through ``root``, at the time of
    signing. Raises ForgedEvidence, UntrustedCertificate or WrongSignature.
    """
    certificate = certificates.get(message.key_id)
    if certificate is None:
        raise ForgedEvidence(f"the certificate of the {direction} is missing")
    lines = _lines(message.base)
    signed_at = _signed_at(lines.get('"@signature-params"', ""))
    verify_certificate(certificate, root=root, now=signed_at, purpose=Purpose.MESSAGES)
    verify_signature(p256_public_key(certificate), message.signature, message.base.encode())
    signed = SignedBy(direction, holder_of(certificate), signed_at)
    _check_says_the_same(signed, lines, record)
    return signed


def _check_says_the_same(signed: SignedBy, lines: Mapping[str, str], record: LogRecord) -> None:
    speaker = record.consumer if signed.direction is Direction.REQUEST else record.provider
    if not speaker or not f"{speaker}/".startswith(f"{signed.member}/"):
        raise ForgedEvidence(f"the {signed.direction} is signed by another member than the record says")
    said = _said_by_request(record) if signed.direction is Direction.REQUEST else _said_by_response(record)
    for name, value in said.items():
        if value is not None and lines.get(name) != value:
            raise ForgedEvidence(f"record and {signed.direction} differ in {name}")
    suffix = "" if signed.direction is Direction.REQUEST else ";req"
    if record.service and _service_in(lines.get(f'"@target-uri"{suffix}', "")) != record.service:
        raise ForgedEvidence(f"record and {signed.direction} differ in the service")
    if signed.direction is Direction.REQUEST and _client_in(lines) != record.consumer:
        raise ForgedEvidence("record and request differ in the client")


def _said_by_request(record: LogRecord) -> dict[str, str | None]:
    contract = f"{record.contract_id};sha-256={record.contract_hash}" if record.contract_hash else None
    return {
        '"x-road-id"': record.exchange_id,
        '"x-road-request-id"': record.request_id,
        '"x-road-issue"': record.case,
        '"x-road-userid"': record.user,
        '"mostovi-acting"': record.acting,
        '"mostovi-contract"': contract,
        '"content-digest"': record.request_digest,
    }


def _said_by_response(record: LogRecord) -> dict[str, str | None]:
    return {
        '"x-road-request-id"': record.request_id,
        '"content-digest"': record.response_digest,
        '"content-digest";req': record.request_digest,
    }


def _lines(base: str) -> dict[str, str]:
    return dict(pair for line in base.split("\n") if len(pair := line.split(": ", 1)) == 2)


def _signed_at(params: str) -> datetime:
    found = _CREATED.search(params)
    try:
        return datetime.fromtimestamp(int(found[1]), UTC) if found else datetime.min.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.min.replace(tzinfo=UTC)


def _service_in(uri: str) -> str | None:
    """The service in a target, in our spelling of ids: others may percent-encode otherwise."""
    found = _TARGET_IN_URI.fullmatch(uri)
    try:
        return str(parse_request_target(found[1]).service) if found else None
    except InvalidIdentifier:
        return None


def _client_in(lines: Mapping[str, str]) -> str | None:
    try:
        return str(parse_client(lines.get('"x-road-client"', "")))
    except InvalidIdentifier:
        return None
