"""Two versions of criteria on the same sites: what was changed, which sites moved, and why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from mostovi.connectivity.criteria.index import FULL, Assessment, assess, place_of
from mostovi.connectivity.criteria.values import Criteria, Sites
from mostovi.connectivity.criteria.writing import as_mapping
from mostovi.connectivity.sketches.buckets import Floats, Integers


class Cause(StrEnum):
    """What of an indicator was changed."""

    WEIGHT = "weight"
    SCALE = "scale"
    """Everything that makes a need of a value: scale, ends, direction, what is missing."""


@dataclass(frozen=True)
class Change:
    """One value of the document that differs; None where it is absent."""

    where: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Reason:
    """How many points a cause adds to a site's index, and how many more than on average.

    A site that gains less than the average falls back although its index grew.
    """

    indicator: str
    cause: Cause
    points: float
    above_average: float


@dataclass(frozen=True, eq=False)
class Comparison:
    """n sites under both versions; effects are n by indicators and add up to the change of the index."""

    sites: Sites
    indicators: tuple[str, ...]
    rank_before: Integers
    rank_after: Integers
    index_before: Floats
    index_after: Floats
    weight_effect: Floats
    scale_effect: Floats

    @property
    def moved(self) -> Integers:
        """By how many places each site moved up."""
        return self.rank_before - self.rank_after

    def reasons(self, identifier: int) -> tuple[Reason, ...]:
        """Why a site moved, what matters most first. Raises KeyError."""
        place = place_of(self.sites, identifier)
        found = [
            Reason(
                name,
                cause,
                float(effect[place, column]),
                float(effect[place, column] - effect[:, column].mean()),
            )
            for cause, effect in ((Cause.WEIGHT, self.weight_effect), (Cause.SCALE, self.scale_effect))
            for column, name in enumerate(self.indicators)
            if effect[:, column].any()
        ]
        return tuple(sorted(found, key=lambda each: (-abs(each.above_average), each.indicator, each.cause)))


def changes(before: Criteria, after: Criteria) -> tuple[Change, ...]:
    """Every value that differs between two documents, in the order of the older one."""
    one, other = dict(_flat(as_mapping(before))), dict(_flat(as_mapping(after)))
    return tuple(
        Change(where, one.get(where), other.get(where))
        for where in [*one, *(each for each in other if each not in one)]
        if one.get(where) != other.get(where)
    )


def compare(before: Criteria, after: Criteria, sites: Sites) -> Comparison:
    """Both versions on the same sites. Raises SitesRefused.

    An indicator's points are share x need; half of each change is reckoned at the old value of the other and
    half at the new one, so that both causes are treated alike and nothing is left over.
    """
    old, new = assess(before, sites), assess(after, sites)
    names = tuple(dict.fromkeys((*old.indicators, *new.indicators)))
    share_old, share_new = _by_name(old, old.share, names), _by_name(new, new.share, names)
    need_old, need_new = _needs(old, names), _needs(new, names)
    need_old, need_new = _or_the_other(need_old, need_new), _or_the_other(need_new, need_old)
    return Comparison(
        sites=sites,
        indicators=names,
        rank_before=old.rank,
        rank_after=new.rank,
        index_before=old.index,
        index_after=new.index,
        weight_effect=FULL * (share_new - share_old) * (need_old + need_new) / 2,
        scale_effect=FULL * (need_new - need_old) * (share_old + share_new) / 2,
    )


def _by_name(assessment: Assessment, columns: Floats, names: tuple[str, ...], absent: float = 0.0) -> Floats:
    found = np.full((len(assessment.sites), len(names)), absent)
    for column, name in enumerate(assessment.indicators):
        found[:, names.index(name)] = columns[:, column]
    return found


def _needs(assessment: Assessment, names: tuple[str, ...]) -> Floats:
    return _by_name(assessment, assessment.need, names, np.nan)


def _or_the_other(need: Floats, other: Floats) -> Floats:
    """Where one version does not look at an indicator, only the weight has changed."""
    return np.nan_to_num(np.where(np.isnan(need), other, need))


def _flat(mapping: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in mapping.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value
