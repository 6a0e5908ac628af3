"""Receipts.

Proof, for anyone and offline, that a member's log holds certain entries (``mostovi-receipt/1``, JSON).

A receipt carries the openings of one or more entries of one exchange (the one asked for comes first), a
proof for each that it is in the log, the signed state of the log, and certificates. Those are only
candidates: each must lead to the root that the verifier has from elsewhere.
"""

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from cryptography.x509 import Certificate

from mostovi.exchange.protocol.canonical import (
    MalformedJson,
    canonical_json,
    parse_json,
)
from mostovi.exchange.protocol.certificates import (
    Purpose,
    UntrustedCertificate,
    holder_of,
    key_id_of,
    load_certificate,
    to_pem,
    verify_certificate,
)
from mostovi.exchange.protocol.checkpoints import (
    Checkpoint,
    ForgedCheckpoint,
    parse_checkpoint,
    verify_checkpoint,
)
from mostovi.exchange.protocol.digests import encode_base64url
from mostovi.exchange.protocol.evidence import Direction, ForgedEvidence, SignedBy, verify_message
from mostovi.exchange.protocol.faults import Fault, ProtocolRefusal
from mostovi.exchange.protocol.identifiers import InvalidIdentifier, MemberId, parse_member
from mostovi.exchange.protocol.keys import p256_public_key
from mostovi.exchange.protocol.merkle import verify_inclusion
from mostovi.exchange.protocol.records import NONCE_BYTES, LogRecord, Opening, parse_record
from mostovi.exchange.protocol.shapes import Shape

FORMAT = "mostovi-receipt/1"
_CLOCK_ALLOWANCE = timedelta(seconds=60)
_MOST_ENTRIES = 8


class MalformedReceipt(ProtocolRefusal):
    """Not a receipt."""

    fault = Fault.MALFORMED_RECEIPT


class ForgedReceipt(ProtocolRefusal):
    """The parts of the receipt do not belong together."""

    fault = Fault.FORGED_RECEIPT


def gettext_noop(message: str) -> str:
    """Marks a sentence for the catalogues; whoever shows it translates it."""
    return message


class Finding(Enum):
    """What a receipt can prove, or leaves open, in a sentence each."""

    IN_LOG = gettext_noop("The entry is in the log of the institution named, at the place named.")
    UNCHANGED = gettext_noop("The entry is exactly what was recorded; nothing in it was changed since.")
    SIGNED_LOG = gettext_noop(
        "The institution signed this state of its log, with a key that the trust root vouches for."
    )
    REQUEST_SIGNED = gettext_noop(
        "The institution that asked signed the question, and it says what the entry says."
    )
    RESPONSE_SIGNED = gettext_noop(
        "The institution that answered signed the answer to exactly this question."
    )
    CONTENT_TRUE = gettext_noop(
        "Whether what the register answered is true. That is the word of the institution."
    )
    LOG_COMPLETE = gettext_noop("Whether the log holds everything that happened at the institution.")
    EXACT_TIME = gettext_noop("The exact time. It is the time by the institution's own clock.")
    REQUEST_UNSIGNED = gettext_noop("Who asked. The receipt holds no signed question, only the log's word.")
    RESPONSE_UNSIGNED = gettext_noop(
        "What was answered. The receipt holds no signed answer, only the log's word."
    )


@dataclass(frozen=True, slots=True)
class ReceiptEntry:
    """One entry of the log with its proof: ``index`` counts from 0, ``proof`` goes from the leaf upwards."""

    index: int
    opening: Opening
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt as it was read; nothing in it is checked yet."""

    member: MemberId
    entries: tuple[ReceiptEntry, ...]
    checkpoint: str
    certificates: tuple[Certificate, ...]

    @property
    def log_entry(self) -> str:
        """The entry as people name it: ``tuzla-social-work/104``."""
        return f"{self.member.member_code}/{self.entries[0].index}"


@dataclass(frozen=True, slots=True)
class ReceiptEvidence:
    """What a verified receipt shows. ``records`` are in the order of the receipt.

    The first is the one asked for.

    ``logged_before`` is the time of the signed log state; ``not_proved`` is as much a part of the verdict
    as ``proved``.
    """

    member: MemberId
    log_entry: str
    records: tuple[LogRecord, ...]
    log_size: int
    logged_before: datetime
    signed_by: tuple[SignedBy, ...]
    proved: tuple[Finding, ...]
    not_proved: tuple[Finding, ...]

    @property
    def record(self) -> LogRecord:
        return self.records[0]


def build_receipt(
    *,
    member: MemberId,
    entries: Sequence[ReceiptEntry],
    checkpoint: str,
    certificates: Sequence[Certificate],
) -> dict[str, Any]:
    """The receipt as a JSON object.

    ``certificates`` are candidates, the member's own and its peers': those that something in the receipt is
    signed with are put in. Raises MalformedRecord, or ForgedCheckpoint when none of them signed the
    checkpoint.
    """
    needed = _key_ids(parse_record(each.opening.record) for each in entries)
    own = [each for each in certificates if holder_of(each) == member]
    needed.add(_verify_note(checkpoint, member, own)[1])
    return {
        "format": FORMAT,
        "member": str(member),
        "log_entry": f"{member.member_code}/{entries[0].index}",
        "entries": [_entry_json(each) for each in entries],
        "checkpoint": checkpoint,
        "certificates": [to_pem(each) for each in certificates if key_id_of(each) in needed],
    }


def receipt_file(receipt: Any) -> bytes:
    """A receipt as the file that people keep and can read: JSON with two spaces to a level."""
    return json.dumps(receipt, ensure_ascii=False, indent=2).encode()


def parse_receipt(data: bytes) -> Receipt:
    """The receipt in a file, unchecked.

    The file is either as ``receipt_file`` wrote it or canonical JSON, byte for byte: so every changed byte
    shows, also one that changes no meaning. Raises MalformedReceipt.
    """
    try:
        value = parse_json(data)
    except MalformedJson as refusal:
        raise MalformedReceipt(refusal.detail) from None
    receipt = receipt_from_json(value)
    if data not in (receipt_file(value), canonical_json(value)):
        raise MalformedReceipt("not spelled as receipts are")
    return receipt


def receipt_from_json(value: Any) -> Receipt:
    """The receipt in a JSON object, unchecked. Raises MalformedReceipt."""
    shape = Shape(value, MalformedReceipt, "the receipt")
    if shape.text("format") != FORMAT:
        raise MalformedReceipt("another format")
    try:
        receipt = Receipt(
            member=parse_member(shape.text("member")),
            entries=tuple(_read_entry(each) for each in shape.items("entries", _MOST_ENTRIES)),
            checkpoint=shape.text("checkpoint", 64 * 1024),
            certificates=tuple(_read_certificate(each) for each in shape.texts("certificates", 8, 10_000)),
        )
    except (InvalidIdentifier, UntrustedCertificate) as refusal:
        raise MalformedReceipt(refusal.detail) from None
    log_entry = shape.text("log_entry", 300)
    shape.close()
    if not receipt.entries or log_entry != receipt.log_entry:
        raise MalformedReceipt("log_entry does not name the first entry")
    return receipt


def verify_receipt(receipt: Receipt, *, root_certificate: Certificate, now: datetime) -> ReceiptEvidence:
    """What the receipt shows, against a root given separately; needs no network.

    Certificates are judged at the time of each signature, so a receipt outlives them. Raises
    MalformedCheckpoint, ForgedCheckpoint, UntrustedCertificate, MalformedProof, InclusionNotProved,
    MalformedRecord, WrongSignature, ForgedEvidence or ForgedReceipt: what each says is false in this
    receipt.
    """
    checkpoint, log_key_id = _verify_log_state(receipt, root_certificate, now)
    records = tuple(_verify_entry(entry, checkpoint) for entry in receipt.entries)
    _check_one_exchange(records)
    signed_by = _verify_messages(receipt, records, root_certificate)
    if {key_id_of(each) for each in receipt.certificates} != _key_ids(records) | {log_key_id}:
        raise ForgedReceipt("a certificate that nothing is signed with")
    directions = {each.direction for each in signed_by}
    return ReceiptEvidence(
        member=receipt.member,
        log_entry=receipt.log_entry,
        records=records,
        log_size=checkpoint.size,
        logged_before=checkpoint.at,
        signed_by=signed_by,
        proved=_proved(directions),
        not_proved=_not_proved(directions, records),
    )


def _verify_log_state(receipt: Receipt, root: Certificate, now: datetime) -> tuple[Checkpoint, str]:
    claimed_at = parse_checkpoint(receipt.checkpoint).at
    if claimed_at > now + _CLOCK_ALLOWANCE:
        raise ForgedCheckpoint("the log state is from the future")
    own = [each for each in receipt.certificates if holder_of(each) == receipt.member]
    for certificate in own:
        verify_certificate(certificate, root=root, now=claimed_at, purpose=Purpose.MESSAGES)
    return _verify_note(receipt.checkpoint, receipt.member, own)


def _verify_note(note: str, member: MemberId, candidates: Sequence[Certificate]) -> tuple[Checkpoint, str]:
    """The checkpoint and the key id of the candidate that signed it."""
    refused = ForgedCheckpoint("no certificate of the member is in the receipt")
    for certificate in candidates:
        try:
            checkpoint = verify_checkpoint(note, member=member, public_key=p256_public_key(certificate))
            return checkpoint, key_id_of(certificate)
        except ForgedCheckpoint as refusal:
            refused = refusal
    raise refused


def _verify_entry(entry: ReceiptEntry, checkpoint: Checkpoint) -> LogRecord:
    verify_inclusion(
        leaf=entry.opening.leaf_hash(),
        index=entry.index,
        size=checkpoint.size,
        proof=entry.proof,
        root=checkpoint.root,
    )
    return parse_record(entry.opening.record)


def _check_one_exchange(records: Sequence[LogRecord]) -> None:
    first = records[0]
    for record in records[1:]:
        if first.request_id is None or record.request_id != first.request_id:
            raise ForgedReceipt("entries of different exchanges")


def _verify_messages(
    receipt: Receipt, records: Sequence[LogRecord], root: Certificate
) -> tuple[SignedBy, ...]:
    certificates = {key_id_of(each): each for each in receipt.certificates}
    found: dict[Direction, SignedBy] = {}
    for record in records:
        for direction, message in (
            (Direction.REQUEST, record.request),
            (Direction.RESPONSE, record.response),
        ):
            if message is not None:
                found[direction] = verify_message(
                    direction, message, record, certificates=certificates, root=root
                )
    _check_answers_the_question(records)
    return tuple(found.values())


def _check_answers_the_question(records: Sequence[LogRecord]) -> None:
    requests = [each.request for each in records if each.request]
    responses = [each.response for each in records if each.response]
    for request in requests:
        line = f'\n"signature";req: mostovi=:{base64.b64encode(request.signature).decode()}:\n'
        if any(line not in response.base for response in responses):
            raise ForgedEvidence("the answer is to another question")


def _proved(directions: set[Direction]) -> tuple[Finding, ...]:
    proved = [Finding.IN_LOG, Finding.UNCHANGED, Finding.SIGNED_LOG]
    if Direction.REQUEST in directions:
        proved.append(Finding.REQUEST_SIGNED)
    if Direction.RESPONSE in directions:
        proved.append(Finding.RESPONSE_SIGNED)
    return tuple(proved)


def _not_proved(directions: set[Direction], records: Sequence[LogRecord]) -> tuple[Finding, ...]:
    left_open = [Finding.CONTENT_TRUE, Finding.LOG_COMPLETE, Finding.EXACT_TIME]
    if any(record.service for record in records):
        if Direction.REQUEST not in directions:
            left_open.append(Finding.REQUEST_UNSIGNED)
        if Direction.RESPONSE not in directions:
            left_open.append(Finding.RESPONSE_UNSIGNED)
    return tuple(left_open)


def _key_ids(records: Iterable[LogRecord]) -> set[str]:
    messages = (each for record in records for each in (record.request, record.response))
    return {each.key_id for each in messages if each}


def _read_certificate(pem: str) -> Certificate:
    certificate = load_certificate(pem)
    if to_pem(certificate) != pem:
        raise MalformedReceipt("a certificate is not in its only spelling")
    return certificate


def _entry_json(entry: ReceiptEntry) -> dict[str, Any]:
    return {
        "index": entry.index,
        "nonce": encode_base64url(entry.opening.nonce),
        "record": parse_json(entry.opening.record),
        "inclusion_proof": [base64.b64encode(each).decode() for each in entry.proof],
    }


def _read_entry(value: Any) -> ReceiptEntry:
    shape = Shape(value, MalformedReceipt, "an entry")
    try:
        record = canonical_json(shape.value("record"))
    except MalformedJson as refusal:
        raise MalformedReceipt(refusal.detail) from None
    entry = ReceiptEntry(
        index=shape.integer("index"),
        opening=Opening(shape.base64url("nonce", NONCE_BYTES), record),
        proof=shape.hashes("inclusion_proof"),
    )
    shape.close()
    return entry
