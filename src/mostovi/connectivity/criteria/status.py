"""Good, moderate, bad or unknown: one rule, by benchmark."""

from enum import StrEnum

import numpy as np
import numpy.typing as npt

from mostovi.connectivity.criteria.values import Benchmark


class Status(StrEnum):
    """What the colour of a site says."""

    GOOD = "good"
    MODERATE = "moderate"
    BAD = "bad"
    UNKNOWN = "unknown"


STATUSES = tuple(Status)
"""In the order of the codes of ``status_codes``."""


def status_of(value: float | None, hours: int, benchmark: Benchmark) -> Status:
    """The status of one site: a value at a limit meets it."""
    return STATUSES[int(status_codes(np.nan if value is None else value, hours, benchmark))]


def status_codes(values: npt.ArrayLike, hours: npt.ArrayLike, benchmark: Benchmark) -> npt.NDArray[np.int64]:
    """The status of many sites, as places in ``STATUSES``; NaN is unknown.

    Where good lies below moderate, as for delays, less is better.
    """
    sign = 1.0 if benchmark.good >= benchmark.moderate else -1.0
    reached = np.asarray(values, np.float64) * sign
    known = ~np.isnan(reached) & (np.asarray(hours) >= benchmark.least_hours)
    code = np.where(reached >= benchmark.moderate * sign, 1, 2)
    code = np.where(reached >= benchmark.good * sign, 0, code)
    return np.where(known, code, 3).astype(np.int64)


def is_sure(low: float, high: float, benchmark: Benchmark) -> bool:
    """Whether both limits of a confidence interval have the same status; NaN is not sure."""
    if np.isnan(low) or np.isnan(high):
        return False
    return status_of(low, benchmark.least_hours, benchmark) is status_of(
        high, benchmark.least_hours, benchmark
    )
