"""The index of each site, its rank, and what contributed to it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mostovi.connectivity.criteria.values import (
    Criteria,
    Direction,
    Indicator,
    Missing,
    Scale,
    Sites,
    SitesRefused,
)
from mostovi.connectivity.sketches.buckets import Floats, Integers

FULL = 100.0
"""The index of a site that is at the worst end of every indicator."""
_STEPS = 1e9  # the finest difference between two indexes that counts as one


@dataclass(frozen=True, eq=False)
class Assessment:
    """n sites by k indicators.

    ``need`` is between 0 and 1, NaN where it is left out; ``share`` the part of the weight each indicator has
    for each site, 1 in all; ``index`` from 0 to 100; ``rank`` 1 for the greatest need, equal needs share it.
    """

    criteria: Criteria
    sites: Sites
    indicators: tuple[str, ...]
    need: Floats
    share: Floats
    index: Floats
    rank: Integers

    @property
    def points(self) -> Floats:
        """What each indicator adds to the index of each site: n by k, the index being its sum."""
        return FULL * self.share * np.nan_to_num(self.need)


@dataclass(frozen=True)
class Contribution:
    """What one indicator adds to the index of a site, and how much more than to the average site's."""

    indicator: str
    value: float | None
    need: float | None
    share: float
    points: float
    above_average: float


@dataclass(frozen=True)
class Standing:
    """A site's place in the ranking and why: contributions, what sets it apart most first."""

    rank: int
    sites: int
    index: float
    contributions: tuple[Contribution, ...]


def assess(criteria: Criteria, sites: Sites) -> Assessment:
    """Index and rank of every site. Raises SitesRefused."""
    _check_sites(criteria, sites)
    needs = [_need(each, sites.columns[name]) for name, each in criteria.indicators.items()]
    need = np.stack(needs, axis=1)
    weights = np.array([each.weight for each in criteria.indicators.values()])
    index, share = weighted(need, weights)
    return Assessment(criteria, sites, tuple(criteria.indicators), need, share, FULL * index, ranks(index))


def weighted(need: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """The weighted mean of each row without what is NaN, and the share of each; a row of nothing counts 0."""
    known = np.where(np.isnan(need), 0.0, weights)
    total = np.zeros(len(need))
    for column in known.T:
        total += column
    share = np.divide(known, total[:, None], out=np.zeros_like(known), where=total[:, None] > 0)
    index = np.zeros(len(need))
    for column in (share * np.nan_to_num(need)).T:
        index += column
    return index, share


def ranks(index: Floats) -> Integers:
    """1 for the greatest; those that are equal share the best of their ranks."""
    steps = np.round(index * _STEPS).astype(np.int64)
    return len(steps) - np.searchsorted(np.sort(steps), steps, side="right") + 1


def standing(assessment: Assessment, identifier: int) -> Standing:
    """A site's place and why. Raises KeyError."""
    place = place_of(assessment.sites, identifier)
    points = assessment.points
    average = points.mean(axis=0)
    parts = [
        Contribution(
            indicator=name,
            value=_known(assessment.sites.columns[name][place]),
            need=_known(assessment.need[place, column]),
            share=float(assessment.share[place, column]),
            points=float(points[place, column]),
            above_average=float(points[place, column] - average[column]),
        )
        for column, name in enumerate(assessment.indicators)
    ]
    parts.sort(key=lambda part: (-part.above_average, part.indicator))
    rank, index = int(assessment.rank[place]), float(assessment.index[place])
    return Standing(rank, len(assessment.sites), index, tuple(parts))


def place_of(sites: Sites, identifier: int) -> int:
    """Which row a site is. Raises KeyError."""
    found = np.flatnonzero(sites.identifier == identifier)
    if not len(found):
        raise KeyError(identifier)
    return int(found[0])


def _need(indicator: Indicator, values: Floats) -> Floats:
    known = ~np.isnan(values)
    need = np.full(len(values), np.nan)
    need[known] = _SCALES[indicator.scale](indicator, values[known])
    if indicator.missing is Missing.LEFT_OUT or known.all():
        return need
    middle = float(np.median(need[known])) if known.any() else 0.5
    instead = {Missing.AS_WORST: 1.0, Missing.AS_BEST: 0.0, Missing.AS_MEDIAN: middle}[indicator.missing]
    return np.where(known, need, instead)


def _linear(indicator: Indicator, values: Floats) -> Floats:
    assert indicator.worst is not None
    assert indicator.best is not None
    return np.clip((values - indicator.best) / (indicator.worst - indicator.best), 0.0, 1.0)


def _logarithmic(indicator: Indicator, values: Floats) -> Floats:
    assert indicator.worst is not None
    assert indicator.best is not None
    ends = np.log([indicator.best, indicator.worst])
    least = min(indicator.worst, indicator.best)
    between: Floats = (np.log(np.maximum(values, least)) - ends[0]) / (ends[1] - ends[0])
    return np.clip(between, 0.0, 1.0)


def _percentile(indicator: Indicator, values: Floats) -> Floats:
    worse = values if indicator.direction is Direction.MORE_IS_WORSE else -values
    ordered = np.sort(worse)
    below = np.searchsorted(ordered, worse, side="left")
    up_to = np.searchsorted(ordered, worse, side="right")
    between: Floats = (below + up_to) / (2 * max(len(values), 1))
    return between


def _threshold(indicator: Indicator, values: Floats) -> Floats:
    assert indicator.limit is not None
    more = indicator.direction is Direction.MORE_IS_WORSE
    return np.where(values > indicator.limit if more else values < indicator.limit, 1.0, 0.0)


def _yes_no(indicator: Indicator, values: Floats) -> Floats:
    return values if indicator.direction is Direction.MORE_IS_WORSE else 1 - values


_SCALES = {
    Scale.LINEAR: _linear,
    Scale.LOGARITHMIC: _logarithmic,
    Scale.PERCENTILE: _percentile,
    Scale.THRESHOLD: _threshold,
    Scale.YES_NO: _yes_no,
}


def _known(value: np.float64) -> float | None:
    return None if np.isnan(value) else float(value)


def _check_sites(criteria: Criteria, sites: Sites) -> None:
    if len(np.unique(sites.identifier)) != len(sites):
        raise SitesRefused("two sites have the same number")
    for name, indicator in criteria.indicators.items():
        if name not in sites.columns:
            there = ", ".join(sorted(sites.columns)) or "none"
            raise SitesRefused(f"no column for the indicator {name}; there are: {there}")
        _check_column(name, indicator, sites.columns[name], len(sites))


def _check_column(name: str, indicator: Indicator, values: npt.NDArray[np.float64], count: int) -> None:
    if values.shape != (count,):
        raise SitesRefused(f"the column {name} must have one value for each of the {count} sites")
    if np.isinf(values).any():
        raise SitesRefused(f"the column {name} holds an infinite value")
    if indicator.scale is Scale.YES_NO and not np.isin(values[~np.isnan(values)], (0.0, 1.0)).all():
        raise SitesRefused(f"the column {name} must hold 1 for yes and 0 for no")


def shares(criteria: Criteria) -> Mapping[str, float]:
    """Each indicator's part of the whole weight."""
    whole = sum(each.weight for each in criteria.indicators.values())
    return {name: each.weight / whole for name, each in criteria.indicators.items()}
