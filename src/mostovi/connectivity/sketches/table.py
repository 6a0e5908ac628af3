"""Many sketches in two columns: one row for each bucket of each cell that holds anything.

A cell is a number below 2**51 - 1 that says whose sketch it is, for example school and week. Rows are sorted
by cell and bucket, and none counts zero: equal content is equal bytes.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from mostovi.connectivity.sketches import buckets as numbers
from mostovi.connectivity.sketches.buckets import BUCKET_BITS, Floats, Integers
from mostovi.connectivity.sketches.ranks import rank_below_median, rank_of_quantile

CELL_BITS = 63 - BUCKET_BITS
_MASK = (1 << BUCKET_BITS) - 1


class NeverCounted(ValueError):
    """What shall be taken away was never there."""


@dataclass(frozen=True, eq=False)
class SketchTable:
    """``keys`` are cell x 4096 + bucket, ascending and unique; ``counts`` says how many each holds."""

    keys: Integers
    counts: Integers

    @staticmethod
    def empty() -> "SketchTable":
        return SketchTable(np.empty(0, np.int64), np.empty(0, np.int64))

    @staticmethod
    def of_values(cells: npt.ArrayLike, values: npt.ArrayLike) -> "SketchTable":
        """The sketches of these numbers, each belonging to the cell beside it. Raises OutOfRange."""
        return SketchTable.of_buckets(np.asarray(cells, np.int64), numbers.bucket_of(values))

    @staticmethod
    def of_buckets(cells: Integers, buckets: Integers) -> "SketchTable":
        """The same for numbers that are buckets already."""
        keys = (cells << BUCKET_BITS) | buckets
        keys.sort()
        starts = run_starts(keys)
        return SketchTable(keys[starts], np.diff(starts, append=len(keys)))

    @staticmethod
    def of_counts(cells: Integers, counts: Integers) -> "SketchTable":
        """How many each cell holds without saying what: all in bucket 0. Cells may repeat."""
        order = np.argsort(cells, kind="stable")
        starts = run_starts(cells[order])
        return _without_zeros(cells[order][starts] << BUCKET_BITS, _sums(counts[order], starts))

    @cached_property
    def starts(self) -> Integers:
        """Where the rows of each cell begin."""
        return run_starts(self.keys >> BUCKET_BITS)

    @cached_property
    def cells(self) -> Integers:
        """The cells, ascending."""
        return self.keys[self.starts] >> BUCKET_BITS

    @cached_property
    def totals(self) -> Integers:
        """How many numbers each cell holds."""
        return _sums(self.counts, self.starts)

    @cached_property
    def _counted_before(self) -> Integers:
        """How many all rows above each row hold, and at the end how many all hold."""
        return np.concatenate((np.zeros(1, np.int64), np.cumsum(self.counts)))

    @property
    def buckets(self) -> Integers:
        return self.keys & _MASK

    @cached_property
    def median_buckets(self) -> Integers:
        """The bucket of each cell's median, in the order of ``cells``."""
        return self._buckets_at(rank_of_quantile(self.totals, 500))

    def merge(self, other: "SketchTable") -> "SketchTable":
        """Both together. Exact; in any order, in any grouping, the same bytes."""
        more, less = (self, other) if len(self.keys) >= len(other.keys) else (other, self)
        if not len(less.keys):
            return more
        return _summed(more, less) if len(less.keys) * 8 > len(more.keys) else _inserted(more, less)

    def take_away(self, other: "SketchTable") -> "SketchTable":
        """What is left without the other. Raises NeverCounted when it was not part of this."""
        left = self.merge(other.negative())
        if (left.counts < 0).any():
            raise NeverCounted("the sketch does not hold what shall be taken away")
        return left

    def negative(self) -> "SketchTable":
        """What undoes this when merged."""
        return SketchTable(self.keys, -self.counts)

    def select(self, cells: Integers) -> "SketchTable":
        """The rows of these cells (ascending, unique); cells that are not here have none."""
        if len(cells) == len(self.cells) and np.array_equal(cells, self.cells):
            return self
        begin = np.searchsorted(self.keys, cells << BUCKET_BITS)
        lengths = np.searchsorted(self.keys, (cells + 1) << BUCKET_BITS) - begin
        ends = np.cumsum(lengths)
        rows = np.arange(ends[-1] if len(ends) else 0) + np.repeat(begin - (ends - lengths), lengths)
        return SketchTable(self.keys[rows], self.counts[rows])

    def quantiles(self, per_mille: int) -> Floats:
        """Each cell's quantile, at most ``RELATIVE_ERROR`` from the exact one (``rank_of_quantile``)."""
        return numbers.value_of(self._buckets_at(rank_of_quantile(self.totals, per_mille)))

    def median_intervals(self) -> tuple[Floats, Floats]:
        """Lower and upper limit of the 95 % confidence interval of each cell's median; NaN where n < 6.

        Limits are those of the buckets, so that the interval of the exact numbers lies inside.
        """
        rank = rank_below_median(self.totals)
        known = rank > 0
        low = numbers.lower_limit(self._buckets_at(np.maximum(rank, 1)))
        high = numbers.upper_limit(
            self._buckets_at(np.maximum(self.totals + 1 - rank, 1).clip(max=self.totals))
        )
        return np.where(known, low, np.nan), np.where(known, high, np.nan)

    def shares_below(self, benchmark: npt.ArrayLike) -> Floats:
        """Which share of each cell's numbers lies below the benchmark: one for all, or one for each cell.

        Exact for a benchmark at most ``RELATIVE_ERROR`` from the one given. NaN where the benchmark is NaN.
        """
        limits = np.broadcast_to(np.asarray(benchmark, np.float64), self.cells.shape)
        known = np.isfinite(limits)
        at = numbers.bucket_of(np.where(known, limits, 0.0))
        first = np.searchsorted(self.keys, (self.cells << BUCKET_BITS) | at)
        inside = first < np.append(self.starts[1:], len(self.keys))[: len(first)]
        inside[inside] = self.buckets[first[inside]] == at[inside]
        under = self._counted_before[first] - self._counted_before[self.starts]
        here = np.zeros(len(first), np.int64)
        here[inside] = self.counts[first[inside]]
        part = numbers.part_below(at, np.where(known, limits, 0.0))
        return np.where(known, (under + here * part) / self.totals, np.nan)

    def _buckets_at(self, rank: Integers) -> Integers:
        wanted = self._counted_before[self.starts] + rank
        return self.keys[np.searchsorted(self._counted_before, wanted) - 1] & _MASK


def run_starts(ascending: Integers) -> Integers:
    """Where each run of equal numbers begins."""
    if not len(ascending):
        return np.empty(0, np.int64)
    return np.concatenate((np.zeros(1, np.int64), np.flatnonzero(ascending[1:] != ascending[:-1]) + 1))


def _sums(counts: Integers, starts: Integers) -> Integers:
    return np.add.reduceat(counts, starts) if len(starts) else np.empty(0, np.int64)


def _summed(one: SketchTable, other: SketchTable) -> SketchTable:
    keys = np.concatenate((one.keys, other.keys))
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    starts = run_starts(ordered)
    sums = _sums(np.concatenate((one.counts, other.counts))[order], starts)
    return _without_zeros(ordered[starts], sums)


def _inserted(table: SketchTable, few: SketchTable) -> SketchTable:
    """The same sum, when few rows come to many."""
    rows = np.searchsorted(table.keys, few.keys)
    known = table.keys[np.minimum(rows, len(table.keys) - 1)] == few.keys
    counts = table.counts.copy()
    counts[rows[known]] += few.counts[known]
    new = ~known
    keys = np.insert(table.keys, rows[new], few.keys[new])
    return _without_zeros(keys, np.insert(counts, rows[new], few.counts[new]))


def _without_zeros(keys: Integers, counts: Integers) -> SketchTable:
    held = counts != 0
    return SketchTable(keys, counts) if held.all() else SketchTable(keys[held], counts[held])
