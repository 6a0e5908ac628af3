"""Which of n ordered numbers is a quantile, and between which two the true median lies."""

import numpy as np
import numpy.typing as npt

from mostovi.connectivity.sketches.buckets import Integers

_Z = 1.96  # two-sided 95 %


def rank_of_quantile(count: npt.ArrayLike, per_mille: int) -> Integers:
    """The rank (from 1) of a quantile by the nearest-rank rule: the first that has ``per_mille`` at or below.

    In whole numbers, so that no rounding moves it. The median of an even count is the lower of the two.
    """
    if not 0 <= per_mille <= 1000:
        raise ValueError("a quantile lies between 0 and 1000 per mille")
    counts = np.asarray(count, np.int64)
    return np.maximum((counts * per_mille + 999) // 1000, 1)


def rank_below_median(count: npt.ArrayLike) -> Integers:
    """The rank r such that the true median lies between the r-th smallest and the r-th largest, 95 % sure.

    Free of any assumption on the distribution (sign test), but the numbers must be independent. 0 where
    there are too few numbers (5 or fewer) to say. The normal approximation used is held against the exact
    binomial by a test, which finds it never too narrow.
    """
    counts = np.asarray(count, np.int64)
    return np.where(counts > 5, np.floor((counts + 1 - _Z * np.sqrt(counts)) / 2), 0).astype(np.int64)
