"""Which local day and week an hour belongs to."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from mostovi.connectivity.aggregation.columns import FIRST_HOUR, Period
from mostovi.connectivity.sketches.buckets import Integers

FIRST_MONDAY = date(2014, 12, 29)
"""Day 0 and the beginning of week 0."""


def period_of(hours: Integers, period: Period, zone: str) -> Integers:
    """The number of the period of each hour (counted from ``FIRST_HOUR``); days and weeks of that zone."""
    if period is Period.HOUR:
        return hours
    if period is Period.ALL or not len(hours):
        return np.zeros_like(hours)
    first = int(hours.min())
    occurring = np.flatnonzero(np.bincount(hours - first))
    days = np.zeros(int(occurring[-1]) + 1, np.int64)
    days[occurring] = [_day(first + each, zone) for each in occurring.tolist()]
    return days[hours - first] // (7 if period is Period.WEEK else 1)


def start_of(number: int, period: Period) -> datetime | date | None:
    """When a period begins: an instant for an hour, a local date for a day or a week, None for all time."""
    if period is Period.HOUR:
        return datetime.fromtimestamp((number + FIRST_HOUR) * 3600, UTC)
    if period is Period.ALL:
        return None
    return FIRST_MONDAY + timedelta(days=number * (7 if period is Period.WEEK else 1))


@lru_cache(maxsize=1 << 17)
def _day(hour: int, zone: str) -> int:
    local = datetime.fromtimestamp((hour + FIRST_HOUR) * 3600, ZoneInfo(zone))
    return (local.date() - FIRST_MONDAY).days
