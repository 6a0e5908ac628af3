"""Finds the seals in a PDF by looking at bytes alone.

No PDF is parsed here, on purpose. A seal covers the whole file except the gap that holds its signature; if
the bytes before and after the gap have the sealed digest, the file is the one that was sealed, whatever a
reader makes of its structure. So no crafted structure and no compression bomb is opened to reach a verdict.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

MOST_SEALS = 8
LARGEST_GAP = 2 * 64 * 1024 + 2
"""The largest container there is, in hexadecimal between its brackets."""
_BYTE_RANGE = re.compile(
    rb"/ByteRange\s{0,8}\[\s{0,8}(\d{1,10})\s{1,8}(\d{1,10})\s{1,8}(\d{1,10})\s{1,8}(\d{1,10})\s{0,8}\]"
)
_HEXADECIMAL_RUN = re.compile(rb"<[0-9A-Fa-f]{1024,}>")
_CODE = re.compile(rb"/MostoviCode \(([AEJKMT2-9]{9})\)")


@dataclass(frozen=True)
class LocatedSeal:
    """A signature's place: the gap ``[gap_start, gap_end)`` in the covered ``[0, covered_end)``.

    ``described``: the file itself says that the gap is there. Without that it can be no genuine seal.
    """

    gap_start: int
    gap_end: int
    covered_end: int
    described: bool = True

    def covered(self, pdf: bytes) -> tuple[memoryview, memoryview]:
        """The two stretches of bytes that the seal signs."""
        view = memoryview(pdf)
        return view[: self.gap_start], view[self.gap_end : self.covered_end]

    def is_cut_short(self, pdf: bytes) -> bool:
        return self.covered_end > len(pdf)

    def container(self, pdf: bytes) -> bytes:
        """The DER in the gap, zero padding removed. Raises ValueError when it is too long or none."""
        if self.gap_end - self.gap_start > LARGEST_GAP:
            raise ValueError
        raw = bytes.fromhex(pdf[self.gap_start + 1 : self.gap_end - 1].decode("ascii"))
        return raw[: _der_length(raw)]

    def is_plain_gap(self, pdf: bytes) -> bool:
        """The gap is ``<``, upper-case hexadecimal, zeros to the end, ``>``, and nothing else."""
        der = self.container(pdf)
        digits = der.hex().upper().encode()
        expected = b"<" + digits.ljust(self.gap_end - self.gap_start - 2, b"0") + b">"
        return pdf[self.gap_start : self.gap_end] == expected


def locate_seals(pdf: bytes) -> list[LocatedSeal]:
    """The seals in order of what they cover, at most eight; those with a damaged description come last.

    However often a seal is described, it is there once.
    """
    described: set[LocatedSeal] = set()
    for match in _first(_BYTE_RANGE.finditer(pdf)):
        zero, gap_start, gap_end, rest = (int(number) for number in match.groups())
        if zero == 0 and gap_start + 2 < gap_end <= len(pdf):
            described.add(LocatedSeal(gap_start, gap_end, gap_end + rest))
    found = sorted(described, key=lambda seal: (seal.covered_end, seal.gap_start, seal.gap_end))
    gaps = {(seal.gap_start, seal.gap_end) for seal in found}
    runs = [match.span() for match in _first(_HEXADECIMAL_RUN.finditer(pdf))]
    found.extend(
        LocatedSeal(start, end, len(pdf), described=False) for start, end in runs if (start, end) not in gaps
    )
    return found[:MOST_SEALS]


def find_code(pdf: bytes) -> str | None:
    """The document code under the seal; None where there is none or more than one."""
    codes = _CODE.findall(pdf)
    return codes[0].decode() if len(codes) == 1 else None


def _first(matches: Iterator[re.Match[bytes]]) -> list[re.Match[bytes]]:
    return list(islice(matches, MOST_SEALS))


def _der_length(der: bytes) -> int:
    """The length that the outermost DER element declares, header included (X.690 §8.1.3)."""
    if len(der) < 2:
        raise ValueError
    first = der[1]
    if first < 0x80:
        return 2 + first
    size = first & 0x7F
    if not 1 <= size <= 4 or len(der) < 2 + size:
        raise ValueError
    length = 2 + size + int.from_bytes(der[2 : 2 + size], "big")
    if length > len(der):
        raise ValueError
    return length
