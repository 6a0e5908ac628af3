"""The words of aggregation."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mostovi.connectivity.sketches.buckets import Floats, Integers

NEVER = np.iinfo(np.int64).max
"""``withdrawn_at`` of a measurement that stands."""
FIRST_HOUR = 1_420_070_400 // 3600
"""2015-01-01 00:00 UTC: nothing earlier is aggregated."""
SITE_BITS, PROVIDER_BITS, HOUR_BITS = 22, 9, 20
HOUR_MASK = (1 << HOUR_BITS) - 1
PERIOD_BITS = HOUR_BITS
PERIOD_MASK = (1 << PERIOD_BITS) - 1


class MeasurementsRefused(ValueError):
    """Columns that are no measurements; the message says which and why."""


class Metric(StrEnum):
    """What is measured; the unit decides the width of the smallest bucket."""

    DOWNLOAD = "download"
    """Mbit/s."""
    UPLOAD = "upload"
    """Mbit/s."""
    LATENCY = "latency"
    """Milliseconds."""


class Period(StrEnum):
    """Over which time measurements are put together; days and weeks are local ones, weeks begin on Monday."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    ALL = "all"


@dataclass(frozen=True, eq=False)
class Measurements:
    """n measurements as columns of n.

    ``site`` below 4,194,304 and ``provider`` below 512 are numbers the caller gave out. ``measured_at`` is
    when it was true, ``received_at`` when we learned it, ``withdrawn_at`` when we learned that it was wrong
    (``NEVER``): whole seconds since 1970, UTC. ``values`` may leave metrics out; NaN is not measured.
    """

    site: Integers
    provider: Integers
    measured_at: Integers
    received_at: Integers
    withdrawn_at: Integers
    values: Mapping[Metric, Floats]

    def __post_init__(self) -> None:
        for name in ("provider", "measured_at", "received_at", "withdrawn_at"):
            _check_length(name, getattr(self, name), len(self))
        for metric, column in self.values.items():
            _check_length(metric, column, len(self))
        _check_within("site", self.site, 1 << SITE_BITS)
        _check_within("provider", self.provider, 1 << PROVIDER_BITS)
        _check_within("measured_at, in hours since 2015,", self.hour, (1 << HOUR_BITS) - 1)

    def __len__(self) -> int:
        return len(self.site)

    @property
    def hour(self) -> Integers:
        """The hour of each measurement, counted from ``FIRST_HOUR``, UTC."""
        return self.measured_at // 3600 - FIRST_HOUR

    def where(self, chosen: npt.NDArray[np.bool_] | Integers) -> "Measurements":
        """Those chosen by a mask or by their places."""
        columns = {
            each.name: getattr(self, each.name)[chosen] for each in fields(self) if each.name != "values"
        }
        return replace(self, **columns, values={metric: v[chosen] for metric, v in self.values.items()})

    def known_at(self, instant: int) -> "Measurements":
        """What we knew at this instant: received by then and not yet withdrawn."""
        return self.where((self.received_at <= instant) & (self.withdrawn_at > instant))


@dataclass(frozen=True, eq=False)
class Grouping:
    """Whose measurements are put together.

    ``group_of`` says for each site, or for each provider, the number of its group, below 2**31 - 1; -1
    leaves it out, as a school that lies in no canton.
    """

    name: str
    group_of: Integers
    by_provider: bool = False

    def __post_init__(self) -> None:
        most = 1 << (PROVIDER_BITS if self.by_provider else SITE_BITS)
        if len(self.group_of) > most:
            raise MeasurementsRefused(f"the grouping {self.name} has more than {most} entries")
        if len(self.group_of) and not -1 <= self.group_of.min() <= self.group_of.max() < (1 << 31) - 1:
            raise MeasurementsRefused(f"a group of {self.name} has a number outside -1 to 2**31 - 2")


class Place(NamedTuple):
    """Which table: by school, by week, of downloads."""

    grouping: str
    period: Period
    metric: Metric


@dataclass(frozen=True, eq=False)
class Summaries:
    """One row for each cell of a table: which group, which period, and what is said of it.

    ``hours`` is what was counted, ``tests`` how many measurements they rest on. ``median_low`` and
    ``median_high`` are the 95 % confidence interval, NaN below six hours, if hours are independent.
    ``share_below`` is the share of measured hours below the benchmark, NaN without one.
    """

    group: Integers
    period: Integers
    tests: Integers
    hours: Integers
    p10: Floats
    median: Floats
    p90: Floats
    median_low: Floats
    median_high: Floats
    share_below: Floats

    def __len__(self) -> int:
        return len(self.group)


def _check_length(name: str, column: npt.NDArray[np.generic], length: int) -> None:
    if column.shape != (length,):
        raise MeasurementsRefused(f"{name} must be a column of {length}, as site is")


def _check_within(name: str, column: Integers, end: int) -> None:
    if len(column) and not 0 <= column.min() <= column.max() < end:
        raise MeasurementsRefused(f"{name} must lie between 0 and {end - 1}")
