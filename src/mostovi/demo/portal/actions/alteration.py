"""Changes one byte of a sealed document and looks what the check says. The document itself stays as it is."""

from dataclasses import dataclass
from datetime import datetime

from mostovi.exchange.verification.alteration import Alteration, describe_alteration
from mostovi.exchange.verification.documents import verify_document
from mostovi.exchange.verification.values import Verdict
from mostovi.exchange.verification.visible_text import page_streams


@dataclass(frozen=True)
class AlteredDocument:
    """What the check said before and after, and which byte was changed."""

    before: Verdict
    after: Verdict
    change: Alteration


def alter_one_byte(*, pdf: bytes, trust_root: bytes, now: datetime) -> AlteredDocument:
    """Flip the lowest bit of one byte of the page's text and check the copy against the trust root."""
    altered = flip_bit(pdf=pdf, offset=choose_byte(pdf=pdf))
    change = describe_alteration(pdf, altered)
    assert change is not None
    before = verify_document(pdf, trust_root=trust_root, now=now)
    return AlteredDocument(before, verify_document(altered, trust_root=trust_root, now=now), change)


def choose_byte(*, pdf: bytes) -> int:
    """A byte well inside what the first page shows; the middle of the file where no page can be read."""
    streams = page_streams(pdf)
    if not streams:
        return len(pdf) // 2
    longest = max(streams, key=lambda stream: stream.end - stream.start)
    return longest.start + (longest.end - longest.start) * 2 // 3


def flip_bit(*, pdf: bytes, offset: int) -> bytes:
    return pdf[:offset] + bytes([pdf[offset] ^ 1]) + pdf[offset + 1 :]
