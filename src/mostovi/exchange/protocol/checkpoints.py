"""The signed state of a log.

A checkpoint (C2SP tlog-checkpoint) as a signed note (C2SP signed-note, type 0x02).

The lines are origin, size, root in base64 and, as our one extension, the time. The signature is ECDSA P-256
over SHA-256 of the note's text, in DER; the key's id is the first four bytes of SHA-256 of its
SubjectPublicKeyInfo.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mostovi.exchange.protocol.faults import Fault, ProtocolRefusal
from mostovi.exchange.protocol.identifiers import MemberId
from mostovi.exchange.protocol.instants import format_instant, parse_instant
from mostovi.exchange.protocol.keys import Signer, WrongSignature, verify_der_signature

_LONGEST_NOTE = 64 * 1024
_MOST_SIGNATURES = 16
_SIGNATURE_LINE = re.compile(r"— ([^\s+]{1,300}) ([A-Za-z0-9+/]{8,12000}={0,2})")
_TEXT = re.compile(
    r"([^\s+]{1,300})\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\ntime (\S{20,24})\n", re.ASCII
)


class MalformedCheckpoint(ProtocolRefusal):
    """Not a checkpoint in our form."""

    fault = Fault.MALFORMED_CHECKPOINT


class ForgedCheckpoint(ProtocolRefusal):
    """A checkpoint of another log, or not signed by this key."""

    fault = Fault.FORGED_CHECKPOINT


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """At ``at``, the log called ``origin`` had ``size`` entries and this ``root`` (32 bytes)."""

    origin: str
    size: int
    root: bytes
    at: datetime

    def text(self) -> str:
        """What is signed."""
        root = base64.b64encode(self.root).decode()
        return f"{self.origin}\n{self.size}\n{root}\ntime {format_instant(self.at)}\n"


def log_origin(member: MemberId) -> str:
    """The name of a member's log: ``BA/GOV/tuzla-social-work/log``."""
    return f"{member}/log"


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> str:
    """The signed note."""
    text = checkpoint.text()
    public_key = signer.certificate.public_key()
    assert isinstance(public_key, EllipticCurvePublicKey)
    signature = base64.b64encode(_key_hash(public_key) + signer.sign_der(text.encode())).decode()
    return f"{text}\n— {checkpoint.origin} {signature}\n"


def parse_checkpoint(note: str) -> Checkpoint:
    """What a note says, its signatures unchecked. Raises MalformedCheckpoint."""
    checkpoint, _, _ = _parse(note)
    return checkpoint


def verify_checkpoint(note: str, *, member: MemberId, public_key: EllipticCurvePublicKey) -> Checkpoint:
    """What ``member`` signed. Signatures of others (witnesses) are passed over.

    Raises MalformedCheckpoint, or ForgedCheckpoint when it is another member's log or not signed with this
    key.
    """
    checkpoint, text, signatures = _parse(note)
    if checkpoint.origin != log_origin(member):
        raise ForgedCheckpoint("the checkpoint of another log")
    key_hash = _key_hash(public_key)
    ours = [value for name, value in signatures if name == checkpoint.origin and value[:4] == key_hash]
    if not ours:
        raise ForgedCheckpoint("not signed with this key")
    try:
        for value in ours:
            verify_der_signature(public_key, value[4:], text.encode())
    except WrongSignature:
        raise ForgedCheckpoint("the signature is wrong") from None
    return checkpoint


def _parse(note: str) -> tuple[Checkpoint, str, list[tuple[str, bytes]]]:
    text, separator, signatures = note.rpartition("\n\n")
    text += "\n"
    found = _TEXT.fullmatch(text)
    if len(note) > _LONGEST_NOTE or not separator or found is None or not signatures.endswith("\n"):
        raise MalformedCheckpoint("not origin, size, root and time with signatures")
    try:
        root, at = base64.b64decode(found[3], validate=True), parse_instant(found[4])
        lines = [_parse_signature(line) for line in signatures[:-1].split("\n")]
    except (ValueError, binascii.Error):
        raise MalformedCheckpoint("root, time or a signature cannot be read") from None
    checkpoint = Checkpoint(found[1], int(found[2]), root, at)
    if len(lines) > _MOST_SIGNATURES or checkpoint.text() != text:
        raise MalformedCheckpoint("too many signatures, or not in its only spelling")
    return checkpoint, text, lines


def _parse_signature(line: str) -> tuple[str, bytes]:
    found = _SIGNATURE_LINE.fullmatch(line)
    if found is None:
        raise ValueError("not a signature line")
    value = base64.b64decode(found[2], validate=True)
    if base64.b64encode(value).decode() != found[2]:
        raise ValueError("not base64 in its only spelling")
    return found[1], value


def _key_hash(public_key: EllipticCurvePublicKey) -> bytes:
    return hashlib.sha256(public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()[
        :4
    ]
