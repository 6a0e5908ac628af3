"""One sketch by itself, as a row of a database keeps it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from mostovi.connectivity.sketches import buckets as numbers
from mostovi.connectivity.sketches.ranks import rank_below_median, rank_of_quantile
from mostovi.connectivity.sketches.table import NeverCounted, SketchTable


class MalformedSketch(ValueError):
    """Bytes that no sketch is written as."""


@dataclass(frozen=True)
class Sketch:
    """How many numbers each bucket holds; buckets ascending, none counting zero."""

    counts: Mapping[int, int] = field(default_factory=dict)

    @staticmethod
    def of(values: Iterable[float]) -> "Sketch":
        """The sketch of these numbers. Raises OutOfRange."""
        return Sketch.in_cell(SketchTable.of_values(*_in_cell_zero(values)), 0)

    @staticmethod
    def in_cell(table: SketchTable, cell: int) -> "Sketch":
        """The sketch of one cell of a table."""
        rows = table.select(np.array([cell], np.int64))
        return Sketch(dict(zip(rows.buckets.tolist(), rows.counts.tolist(), strict=True)))

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def merge(self, other: "Sketch") -> "Sketch":
        """Both together: exact, in any order."""
        return self._summed(other, 1)

    def take_away(self, other: "Sketch") -> "Sketch":
        """What is left without the other. Raises NeverCounted when it was not part of this."""
        return self._summed(other, -1)

    def quantile(self, per_mille: int) -> float | None:
        """The quantile, at most ``RELATIVE_ERROR`` from the exact one; None when nothing was counted."""
        if not self.counts:
            return None
        return float(numbers.value_of(self._bucket_at(int(rank_of_quantile(self.total, per_mille)))))

    def median_interval(self) -> tuple[float, float] | None:
        """The 95 % confidence interval of the median; None with fewer than six numbers."""
        rank = int(rank_below_median(self.total))
        if not rank:
            return None
        low, high = self._bucket_at(rank), self._bucket_at(self.total + 1 - rank)
        return float(numbers.lower_limit(low)), float(numbers.upper_limit(high))

    def share_below(self, benchmark: float) -> float | None:
        """Which share of the numbers lies below; None when nothing was counted. Raises OutOfRange."""
        if not self.counts:
            return None
        limit = int(numbers.bucket_of(benchmark))
        under = sum(count for bucket, count in self.counts.items() if bucket < limit)
        part = float(numbers.part_below(limit, benchmark))
        return (under + self.counts.get(limit, 0) * part) / self.total

    def to_bytes(self) -> bytes:
        """Steps from bucket to bucket and counts, as base-128 numbers: two or three bytes for each bucket."""
        written = bytearray()
        before = -1
        for bucket, count in self.counts.items():
            written += _base_128(bucket - before) + _base_128(count)
            before = bucket
        return bytes(written)

    @staticmethod
    def from_bytes(data: bytes) -> "Sketch":
        """The sketch that these bytes were written from, and no other. Raises MalformedSketch."""
        read = list(_read_base_128(data))
        steps, counts = read[::2], read[1::2]
        found = np.cumsum([-1, *steps])[1:].tolist()
        sketch = Sketch(dict(zip(found, counts, strict=False)))
        if len(steps) != len(counts) or 0 in read or sum(steps) > 1 << numbers.BUCKET_BITS:
            raise MalformedSketch("steps and counts must be paired, positive and within the buckets")
        if sketch.to_bytes() != data:
            raise MalformedSketch("a sketch is written in one way only")
        return sketch

    def _summed(self, other: "Sketch", sign: int) -> "Sketch":
        sums = dict(self.counts)
        for bucket, count in other.counts.items():
            sums[bucket] = sums.get(bucket, 0) + sign * count
        if any(count < 0 for count in sums.values()):
            raise NeverCounted("the sketch does not hold what shall be taken away")
        return Sketch({bucket: sums[bucket] for bucket in sorted(sums) if sums[bucket]})

    def _bucket_at(self, rank: int) -> int:
        left = rank
        for bucket, count in self.counts.items():
            left -= count
            if left <= 0:
                return bucket
        raise IndexError("no number has this rank")


def _in_cell_zero(values: Iterable[float]) -> tuple[np.ndarray, np.ndarray]:
    numbers_given = np.fromiter(values, np.float64)
    return np.zeros(len(numbers_given), np.int64), numbers_given


def _base_128(number: int) -> bytes:
    written = bytearray()
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    written.append(number)
    return bytes(written)


def _read_base_128(data: bytes) -> Iterator[int]:
    number = shift = 0
    for byte in data:
        number |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            yield number
            number = shift = 0
        elif shift > 56:
            raise MalformedSketch("a number longer than any count")
    if shift:
        raise MalformedSketch("the last number is cut off")
