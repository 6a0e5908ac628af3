"""Which bucket a number belongs to: the top bits of its floating-point form, so no logarithm and no rounding.

Every power of two is cut into 128 buckets of equal width (the linear mapping of DDSketch, Masson and others,
VLDB 2019, and of HdrHistogram). A bucket is reported as the harmonic mean of its limits, which is at most
1/257 of the number away from any number inside. The same bits give the same bucket on every machine.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

BUCKET_BITS = 12
"""A bucket's number takes this many bits."""
RELATIVE_ERROR = 1 / 257
"""How far a reported quantile may be from the exact one, as a part of the exact one."""
LEAST = 2.0**-10
"""Anything below counts as zero: 1 kbit/s where the unit is Mbit/s, 1 µs where it is ms."""
LARGEST = 2.0**21
"""No speed in Mbit/s and no delay in ms reaches this."""

_SHIFT = 52 - 7
_BELOW_THE_FIRST = (int(np.float64(LEAST).view(np.int64)) >> _SHIFT) - 1


class OutOfRange(ValueError):
    """A number that is negative, infinite, not a number, or too large to have been measured."""


def bucket_of(values: npt.ArrayLike) -> Integers:
    """The bucket of each number, 0 for those below ``LEAST``; of the shape of ``values``.

    Raises OutOfRange.
    """
    numbers = np.asarray(values, np.float64)
    if numbers.size and not (numbers.min() >= 0 and numbers.max() < LARGEST):
        raise OutOfRange(f"each number must lie between 0 and {LARGEST:.0f}, the latter not included")
    buckets: Integers = (numbers.view(np.int64) >> _SHIFT) - _BELOW_THE_FIRST
    return np.maximum(buckets, 0)


def lower_limit(buckets: npt.ArrayLike) -> Floats:
    """The smallest number of each bucket."""
    numbers = np.asarray(buckets, np.int64)
    limits = ((np.maximum(numbers, 1) + _BELOW_THE_FIRST) << _SHIFT).view(np.float64)
    return np.where(numbers > 0, limits, 0.0)


def upper_limit(buckets: npt.ArrayLike) -> Floats:
    """The number at which the next bucket begins."""
    return lower_limit(np.asarray(buckets, np.int64) + 1)


def value_of(buckets: npt.ArrayLike) -> Floats:
    """What each bucket is reported as: at most ``RELATIVE_ERROR`` from all it holds; 0 for bucket 0."""
    low, high = lower_limit(buckets), upper_limit(buckets)
    return 2 * low * high / (low + high)


def part_below(buckets: npt.ArrayLike, benchmark: npt.ArrayLike) -> Floats:
    """Which part of each bucket lies below the benchmark, taking its numbers as evenly spread.

    0 or 1 but for the bucket that holds the benchmark.
    """
    low, high = lower_limit(buckets), upper_limit(buckets)
    return np.clip((np.asarray(benchmark, np.float64) - low) / (high - low), 0.0, 1.0)
