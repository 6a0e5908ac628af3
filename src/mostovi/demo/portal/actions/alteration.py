"""Changes one byte of a sealed document and looks what the check says. The document itself stays as it is."""

from dataclasses import dataclass
from datetime import datetime

from mostovi.exchange.verification.alteration import Alteration, changed_words, describe_alteration
from mostovi.exchange.verification.documents import verify_document
from mostovi.exchange.verification.values import Verdict
from mostovi.exchange.verification.visible_text import page_streams

_CANDIDATES = 160


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
    """The byte of the page's text whose change reads most plainly; the middle of the file without any."""
    streams = page_streams(pdf)
    if not streams:
        return len(pdf) // 2
    longest = max(streams, key=lambda stream: stream.end - stream.start)
    step = max(1, (longest.end - longest.start) // _CANDIDATES)
    shown = longest.text(pdf)
    candidates = range(longest.start + step, longest.end, step)
    return min(
        candidates, key=lambda offset: _bluntness(shown, longest.text(flip_bit(pdf=pdf, offset=offset)))
    )


def _bluntness(before: str, after: str) -> tuple[bool, int]:
    """Small where few words become few other words, large where a whole page falls apart."""
    old, new = changed_words(before, after)
    reads = bool(old) and bool(new) and new.isprintable() and "\ufffd" not in new
    return not reads, len(old) + len(new) + 3 * abs(len(old) - len(new))


def flip_bit(*, pdf: bytes, offset: int) -> bytes:
    return pdf[:offset] + bytes([pdf[offset] ^ 1]) + pdf[offset + 1 :]
