"""How far each rank moves when weights do: a ranking is only as good as it is stable.

Weights are drawn many times around those of the document (a Dirichlet distribution, as for compositions, or
a box), the sites ranked anew, and the middle ``level`` percent of each site's ranks reported. The generator
is numpy's RandomState, whose stream NEP 19 keeps unchanged: equal documents and sites give equal intervals.
"""

from dataclasses import dataclass

import numpy as np

from mostovi.connectivity.criteria.index import Assessment, ranks, weighted
from mostovi.connectivity.criteria.values import Method, SitesRefused, Stability
from mostovi.connectivity.sketches.buckets import Floats, Integers

_MOST_RANKS = 100_000_000


@dataclass(frozen=True, eq=False)
class RankIntervals:
    """Of each site: the rank by the document's own weights, the interval, and how often it came first.

    ``share_in_first`` is the share of draws in which the site was among the first ``first``.
    """

    rank: Integers
    low: Integers
    high: Integers
    first: int
    share_in_first: Floats


def rank_intervals(assessment: Assessment, first: int) -> RankIntervals:
    """Rank intervals by the document's own settings. Raises SitesRefused for too many sites times draws."""
    how = assessment.criteria.stability
    count = len(assessment.sites)
    if count * how.draws > _MOST_RANKS:
        raise SitesRefused(
            f"{count} sites allow {_MOST_RANKS // count} draws at most, the criteria want {how.draws}"
        )
    weights = np.array([each.weight for each in assessment.criteria.indicators.values()])
    drawn = np.empty((how.draws, count), np.int32)
    for place, moved in enumerate(draw_weights(weights, how)):
        drawn[place] = ranks(weighted(assessment.need, moved)[0])
    often = (drawn <= first).mean(axis=0)
    drawn.sort(axis=0)
    beyond = how.draws * (100 - how.level) // 200
    low, high = drawn[beyond], drawn[how.draws - 1 - beyond]
    return RankIntervals(assessment.rank, low.astype(np.int64), high.astype(np.int64), first, often)


def draw_weights(weights: Floats, how: Stability) -> Floats:
    """As many rows of weights as there are draws, each summing to 1; what weighs nothing never does."""
    random = np.random.RandomState(how.seed)
    counting = weights > 0
    shares = weights[counting] / weights.sum()
    drawn = np.zeros((how.draws, len(weights)))
    if how.method is Method.DIRICHLET:
        drawn[:, counting] = random.dirichlet(how.concentration * shares, how.draws)
    else:
        moved = shares * (1 + how.spread * random.uniform(-1, 1, (how.draws, len(shares))))
        drawn[:, counting] = moved / moved.sum(axis=1, keepdims=True)
    return drawn
