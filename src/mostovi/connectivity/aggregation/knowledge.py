"""What we knew when: the same measurements as they stood at any instant."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mostovi.connectivity.aggregation.columns import (
    NEVER,
    Grouping,
    Measurements,
    Metric,
    Period,
    Place,
    Summaries,
)
from mostovi.connectivity.aggregation.cube import Cube
from mostovi.connectivity.aggregation.periods import period_of


def cube_as_known_at(
    instant: int,
    measurements: Measurements,
    groupings: Sequence[Grouping],
    periods: Sequence[Period],
    zone: str,
) -> Cube:
    """The cube as it stood at ``instant`` (seconds since 1970, UTC)."""
    cube = Cube(groupings, periods, zone)
    cube.add(measurements.known_at(instant))
    return cube


@dataclass(frozen=True, eq=False)
class Cell:
    """One cell of one table; ``number`` is that of the period (``period_of``)."""

    grouping: Grouping
    group: int
    period: Period
    number: int
    metric: Metric


def revisions(
    measurements: Measurements, cell: Cell, zone: str, benchmark: float = np.nan
) -> Iterator[tuple[int, Summaries]]:
    """Everything that was ever said of one cell: from which instant on, and what.

    One entry for each instant at which a measurement of the cell was received or withdrawn, in their order;
    summaries are empty while nothing was known.
    """
    concerned = measurements.where(_in_cell(measurements, cell, zone))
    cube = Cube([cell.grouping], [cell.period], zone)
    place = Place(cell.grouping.name, cell.period, cell.metric)
    for instant in np.union1d(concerned.received_at, concerned.withdrawn_at).tolist():
        if instant == NEVER:
            return
        gone = (concerned.withdrawn_at == instant) & (concerned.received_at < instant)
        cube.take_away(concerned.where(gone))
        come = (concerned.received_at == instant) & (concerned.withdrawn_at > instant)
        cube.add(concerned.where(come))
        yield instant, cube.cells(place, cell.group, [cell.number]).summaries(benchmark)


def _in_cell(measurements: Measurements, cell: Cell, zone: str) -> npt.NDArray[np.bool_]:
    member = measurements.provider if cell.grouping.by_provider else measurements.site
    of_group = np.isin(member, np.flatnonzero(cell.grouping.group_of == cell.group))
    chosen = np.zeros(len(measurements), np.bool_)
    chosen[of_group] = period_of(measurements.hour[of_group], cell.period, zone) == cell.number
    return chosen
