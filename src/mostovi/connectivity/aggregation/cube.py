"""All tables at once, kept up to date: a measurement recomputes the cells it touches and nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mostovi.connectivity.aggregation.columns import (
    PERIOD_BITS,
    PERIOD_MASK,
    Grouping,
    Measurements,
    Metric,
    Period,
    Place,
    Summaries,
)
from mostovi.connectivity.aggregation.growing import GrowingTable
from mostovi.connectivity.aggregation.hours import Change, batch_of
from mostovi.connectivity.aggregation.periods import period_of
from mostovi.connectivity.sketches.buckets import Integers
from mostovi.connectivity.sketches.table import SketchTable


@dataclass(frozen=True, eq=False)
class Cells:
    """Cells of one table: the sketches of their hours, and how many tests they rest on."""

    sketches: SketchTable
    tests: SketchTable

    def summaries(self, benchmark: npt.ArrayLike = np.nan) -> Summaries:
        """What is said of each cell; the benchmark is one for all or one for each cell, NaN for none."""
        table = self.sketches
        low, high = table.median_intervals()
        return Summaries(
            group=table.cells >> PERIOD_BITS,
            period=table.cells & PERIOD_MASK,
            tests=self.tests.totals,
            hours=table.totals,
            p10=table.quantiles(100),
            median=table.quantiles(500),
            p90=table.quantiles(900),
            median_low=low,
            median_high=high,
            share_below=table.shares_below(benchmark),
        )


class Cube:
    """Sketches by every grouping, period and metric asked for. ``zone`` names the time zone of local days.

    For one thread at a time. Tables lie in memory, 16 bytes for each bucket that holds anything: whoever
    needs them once and has little memory makes one cube for each grouping, one after the other.
    """

    def __init__(self, groupings: Sequence[Grouping], periods: Sequence[Period], zone: str) -> None:
        self._groupings = tuple(groupings)
        self._periods = tuple(periods)
        self._zone = zone
        self._hours = {metric: GrowingTable() for metric in Metric}
        self._tables = {
            Place(grouping.name, period, metric): (GrowingTable(), GrowingTable())
            for grouping in groupings
            for period in periods
            for metric in Metric
        }

    @property
    def places(self) -> tuple[Place, ...]:
        """Every table there is."""
        return tuple(self._tables)

    def table(self, place: Place) -> Cells:
        """All cells of a table."""
        sketches, tests = self._tables[place]
        return Cells(sketches.whole(), tests.whole())

    def cells(self, place: Place, group: int, periods: npt.ArrayLike) -> Cells:
        """The cells of one group in these periods (ascending): its history."""
        return self._select(place, (group << PERIOD_BITS) | np.asarray(periods, np.int64))

    def tests_by_hour(self, metric: Metric) -> SketchTable:
        """The single tests of each line in each hour, of which everything else is made."""
        return self._hours[metric].whole()

    def add(self, measurements: Measurements) -> Mapping[Place, Cells]:
        """Count these too; all that is then known of the cells they touch. Raises OutOfRange."""
        return self._change(measurements, adds=True)

    def take_away(self, measurements: Measurements) -> Mapping[Place, Cells]:
        """Count these no longer. Raises NeverCounted, and leaves everything as it was, if they never were."""
        return self._change(measurements, adds=False)

    def _change(self, measurements: Measurements, *, adds: bool) -> dict[Place, Cells]:
        changes = {
            metric: self._change_of(metric, batch_of(measurements, metric), adds=adds) for metric in Metric
        }
        touched: dict[Place, Cells] = {}
        for metric, change in changes.items():
            if len(change.lines):
                self._hours[metric].change(change.difference)
                touched |= self._carry_up(metric, change)
        return touched

    def _change_of(self, metric: Metric, batch: SketchTable, *, adds: bool) -> Change:
        before = self._hours[metric].select(batch.cells)
        return Change(batch, before, before.merge(batch) if adds else before.take_away(batch), adds)

    def _carry_up(self, metric: Metric, change: Change) -> dict[Place, Cells]:
        periods = {period: period_of(change.hour, period, self._zone) for period in self._periods}
        touched = {}
        for grouping in self._groupings:
            groups = change.group(grouping) << PERIOD_BITS
            for period, number in periods.items():
                place = Place(grouping.name, period, metric)
                touched[place] = self._settle(place, change, groups, number)
        return touched

    def _settle(self, place: Place, change: Change, groups: Integers, periods: Integers) -> Cells:
        sketches, tests = self._tables[place]
        cells = groups | periods
        gained = change.tests(cells, periods)
        sketches.change(change.medians(cells))
        tests.change(gained)
        return self._select(place, gained.cells)

    def _select(self, place: Place, cells: Integers) -> Cells:
        sketches, tests = self._tables[place]
        return Cells(sketches.select(cells), tests.select(cells))
