"""The words of criteria."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from mostovi.connectivity.sketches.buckets import Floats, Integers


class Direction(StrEnum):
    """Which way of an indicator speaks of greater need."""

    MORE_IS_WORSE = "more_is_worse"
    LESS_IS_WORSE = "less_is_worse"


class Scale(StrEnum):
    """How a value becomes a need between 0 and 1."""

    LINEAR = "linear"
    """0 at ``best`` and beyond, 1 at ``worst`` and beyond, evenly in between."""
    LOGARITHMIC = "logarithmic"
    """The same on the logarithm of the value: halving counts the same everywhere, as for speeds."""
    PERCENTILE = "percentile"
    """The share of sites that are better off, of two equal ones half."""
    THRESHOLD = "threshold"
    """1 on the worse side of ``limit``, else 0; a value at the limit meets it."""
    YES_NO = "yes_no"
    """The value is 1 for yes and 0 for no."""


class Missing(StrEnum):
    """What a site without a value is taken for."""

    AS_WORST = "as_worst"
    AS_BEST = "as_best"
    AS_MEDIAN = "as_median"
    """As the middle of those that have a value."""
    LEFT_OUT = "left_out"
    """The site's other indicators share the weight."""


class Method(StrEnum):
    """How weights are moved to see how stable a ranking is."""

    DIRICHLET = "dirichlet"
    """All together, around the given ones: the higher ``concentration``, the closer."""
    BOX = "box"
    """Each by itself, evenly by up to ``spread`` of its own size."""


@dataclass(frozen=True)
class Benchmark:
    """From which value a metric is good, and from which at least moderate; good below moderate for delays.

    Nothing is said on fewer than ``least_hours`` measured hours.
    """

    good: float
    moderate: float
    least_hours: int = 1


@dataclass(frozen=True)
class Indicator:
    """One reason to need a connection. The scale decides which of ``worst``, ``best`` and ``limit`` count."""

    weight: float
    direction: Direction
    scale: Scale
    says: str
    missing: Missing
    worst: float | None = None
    best: float | None = None
    limit: float | None = None


@dataclass(frozen=True)
class Stability:
    """How stability is tried: so many draws of weights, and an interval that holds ``level`` % of them."""

    method: Method = Method.DIRICHLET
    concentration: float = 50.0
    spread: float = 0.3
    draws: int = 1000
    level: int = 90
    seed: int = 1


@dataclass(frozen=True)
class Criteria:
    """One version of one partner's criteria."""

    criteria: str
    version: int
    owner: str
    title: str
    valid_from: date
    note: str
    benchmarks: Mapping[str, Benchmark]
    indicators: Mapping[str, Indicator]
    stability: Stability = field(default_factory=Stability)


@dataclass(frozen=True, eq=False)
class Sites:
    """n sites as columns of n: a unique number of each, and a value for each indicator, NaN where unknown."""

    identifier: Integers
    columns: Mapping[str, Floats]

    def __len__(self) -> int:
        return len(self.identifier)


@dataclass(frozen=True)
class Mistake:
    """One thing to put right in a document."""

    line: int
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.what} {self.remedy}"


class CriteriaRefused(ValueError):
    """A document that is no criteria; ``mistakes`` lists everything found, from the top."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(sorted(mistakes, key=lambda each: each.line))
        super().__init__("\n".join(map(str, self.mistakes)))


class SitesRefused(ValueError):
    """Columns that these criteria cannot be computed from; the message says which and why."""
