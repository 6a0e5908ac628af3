"""What a batch of measurements changes in the hours of lines: everything above is made of their medians."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mostovi.connectivity.aggregation.columns import (
    HOUR_BITS,
    HOUR_MASK,
    PERIOD_BITS,
    PERIOD_MASK,
    PROVIDER_BITS,
    Grouping,
    Measurements,
    Metric,
)
from mostovi.connectivity.sketches.buckets import BUCKET_BITS, Integers
from mostovi.connectivity.sketches.table import SketchTable, run_starts

_NOWHERE = np.int64(-1)
_DENSE = 1 << 16


@dataclass(frozen=True, eq=False)
class Change:
    """The hours of lines that a batch touches: the batch's own tests, all tests before and all after."""

    batch: SketchTable
    before: SketchTable
    after: SketchTable
    adds: bool

    @property
    def lines(self) -> Integers:
        """Each touched hour of a line, ascending: site, provider and hour in one number."""
        return self.batch.cells

    @cached_property
    def difference(self) -> SketchTable:
        """What changes in the hours themselves."""
        return self.batch if self.adds else self.batch.negative()

    @property
    def hour(self) -> Integers:
        return self.lines & HOUR_MASK

    def group(self, grouping: Grouping) -> Integers:
        """The group of each touched line, -1 for those outside the grouping."""
        members = self.lines >> HOUR_BITS
        number = members & ((1 << PROVIDER_BITS) - 1) if grouping.by_provider else members >> PROVIDER_BITS
        if len(number) and number.max() < len(grouping.group_of):
            groups: Integers = grouping.group_of[number]
            return groups
        known = number < len(grouping.group_of)
        return np.where(known, grouping.group_of[np.where(known, number, 0)], _NOWHERE)

    def medians(self, cells: Integers) -> SketchTable:
        """What changes in cells above; ``cells`` says where each of ``lines`` counts, negative: nowhere."""
        return self._medians(self.after, cells).merge(self._medians(self.before, cells).negative())

    def tests(self, cells: Integers, periods: Integers) -> SketchTable:
        """How many tests the cells above gain, or lose; ``periods`` are those of ``lines``.

        Hours of one line and period stand beside each other: they are put together first.
        """
        starts = run_starts((self.lines & ~HOUR_MASK) | periods)
        totals = np.add.reduceat(self.difference.totals, starts)
        counted = cells[starts] >= 0
        return _totals(cells[starts][counted], totals[counted])

    def _medians(self, tests: SketchTable, cells: Integers) -> SketchTable:
        if len(tests.cells) != len(cells):
            cells = cells[np.searchsorted(self.lines, tests.cells)]
        counted = cells >= 0
        if counted.all():
            return SketchTable.of_buckets(cells, tests.median_buckets)
        return SketchTable.of_buckets(cells[counted], tests.median_buckets[counted])


def _totals(cells: Integers, counts: Integers) -> SketchTable:
    """The sum of each cell; in one pass where a number for each possible cell is not too much."""
    if not len(cells):
        return SketchTable.empty()
    period = cells & PERIOD_MASK
    first, group = int(period.min()), cells >> PERIOD_BITS
    width = int(period.max()) - first + 1
    if (int(group.max()) + 1) * width > max(_DENSE, 4 * len(cells)):
        return SketchTable.of_counts(cells, counts)
    sums = np.bincount(group * width + (period - first), counts).astype(np.int64)
    held = np.flatnonzero(sums)
    names = (held // width << PERIOD_BITS) | (held % width + first)
    return SketchTable(names << BUCKET_BITS, sums[held])


def batch_of(measurements: Measurements, metric: Metric) -> SketchTable:
    """The tests of each line in each hour. Raises OutOfRange."""
    values = measurements.values.get(metric)
    if values is None:
        return SketchTable.empty()
    measured = ~np.isnan(values)
    line = (measurements.site << PROVIDER_BITS) | measurements.provider
    return SketchTable.of_values(((line << HOUR_BITS) | measurements.hour)[measured], values[measured])
