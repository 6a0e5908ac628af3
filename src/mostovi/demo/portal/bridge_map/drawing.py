"""The whole drawing, as a template needs it: land, water, arches, lines, the lit line, labels."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from mostovi.demo.portal.bridge_map.boundaries import (
    draw_unit,
    fit_country,
    is_on_land,
    project_units,
    read_boundaries,
)
from mostovi.demo.portal.bridge_map.labels import (
    DESK,
    PHONE,
    Label,
    Labelled,
    Lettering,
    place_labels,
)
from mostovi.demo.portal.bridge_map.lines import draw_broken, draw_cut, span
from mostovi.demo.portal.bridge_map.projection import Projection
from mostovi.demo.portal.bridge_map.simplification import simplify_units
from mostovi.demo.portal.bridge_map.values import Box, Point, Unit
from mostovi.demo.portal.bridge_map.water import draw_water

_TOLERANCE = 1.4
_HALF_ARCH, _CROWN, _BESIDE = 17, 25, 41  # half the width of an arch, its crown, from one arch to the next


@dataclass(frozen=True)
class Standing:
    """An institution to be drawn. Those with the same ``place`` stand side by side, west to east."""

    code: str
    longitude: float
    latitude: float
    place: str
    kind: str
    answers: bool


@dataclass(frozen=True)
class Arch:
    code: str
    foot: Point
    answers: bool

    @property
    def crown(self) -> Point:
        return Point(self.foot.x, self.foot.y - _CROWN)

    def box(self, scale: float) -> Box:
        x, y = self.foot
        return Box(x - _HALF_ARCH * scale, y - 29 * scale, x + _HALF_ARCH * scale, y)

    def draw(self) -> str:
        return (
            f"M{round(self.foot.x) - 17} {round(self.foot.y)}v-7a17 17 0 0 1 34 0v7h-8v-7a9 9 0 0 0-18 0v7z"
        )

    def draw_keystone(self) -> str:
        return f"M{round(self.foot.x) - 5} {round(self.foot.y) - 27}h10l-2.3 12h-5.4z"


@dataclass(frozen=True)
class PlaceName:
    label: Label
    is_on_land: bool
    answers: bool

    @property
    def css(self) -> str:
        return " ".join([*["in"] * self.is_on_land, *["off"] * (not self.answers)])


@dataclass(frozen=True)
class Country:
    """What never changes between two pages."""

    projection: Projection
    units: tuple[Unit, ...]
    land: tuple[str, ...]
    water: str


@dataclass(frozen=True)
class LitLine:
    path: str
    keystone: str


@dataclass(frozen=True)
class BridgeMap:
    land: tuple[str, ...]
    water: str
    lines: str
    cuts: str
    arches: tuple[Arch, ...]
    names: tuple[PlaceName, ...]
    names_on_phones: tuple[PlaceName, ...]
    lit: LitLine | None


@lru_cache(maxsize=2)
def load_country(boundaries: Path) -> Country:
    """Read, project and simplify once per process."""
    degrees = read_boundaries(boundaries)
    projection = fit_country(degrees)
    units = simplify_units(project_units(degrees, projection), tolerance=_TOLERANCE)
    return Country(projection, units, tuple(draw_unit(unit) for unit in units), draw_water(units))


def draw_bridge_map(
    country: Country,
    institutions: Sequence[Standing],
    contracts: Iterable[tuple[str, str]],
    lit: tuple[str, str] | None,
) -> BridgeMap:
    """``contracts`` are pairs of codes; ``lit`` is who told whom last, from the answer to the question."""
    arches = {arch.code: arch for arch in _stand(country, institutions)}
    curves = [
        (span(arches[one].crown, arches[other].crown), arches[one].answers and arches[other].answers)
        for one, other in sorted({(min(pair), max(pair)) for pair in contracts})
    ]
    dots = [curve.at(step / 12) for curve, _ in curves for step in range(13)]
    return BridgeMap(
        land=country.land,
        water=country.water,
        lines="".join(curve.draw() if whole else draw_broken(curve) for curve, whole in curves),
        cuts="".join(draw_cut(curve) for curve, whole in curves if not whole),
        arches=tuple(arches.values()),
        names=_name_places(country, institutions, arches, dots, DESK),
        names_on_phones=_name_places(country, institutions, arches, dots, PHONE),
        lit=_light(arches, lit),
    )


def _stand(country: Country, institutions: Sequence[Standing]) -> list[Arch]:
    arches = []
    for group in _by_place(institutions):
        feet = [country.projection.place(one.longitude, one.latitude) for one in group]
        middle = sum(foot.x for foot in feet) / len(feet) - _BESIDE * (len(feet) - 1) / 2
        ground = max(foot.y for foot in feet)
        arches += [
            Arch(one.code, Point(middle + _BESIDE * rank, ground), one.answers)
            for rank, one in enumerate(group)
        ]
    return arches


def _by_place(institutions: Sequence[Standing]) -> list[list[Standing]]:
    groups: dict[str, list[Standing]] = defaultdict(list)
    for one in sorted(institutions, key=lambda one: one.longitude):
        groups[one.place].append(one)
    return list(groups.values())


def _name_places(
    country: Country,
    institutions: Sequence[Standing],
    arches: dict[str, Arch],
    dots: Sequence[Point],
    lettering: Lettering,
) -> tuple[PlaceName, ...]:
    groups = _by_place(institutions)
    places = [_labelled(group, arches, lettering) for group in groups]
    labels = place_labels(
        places, [arch.box(lettering.arch_scale) for arch in arches.values()], dots, lettering
    )
    return tuple(
        PlaceName(label, _is_on_land(label, country), all(one.answers for one in group))
        for label, group in zip(labels, groups, strict=True)
    )


def _labelled(group: list[Standing], arches: dict[str, Arch], lettering: Lettering) -> Labelled:
    feet = [arches[one.code].foot for one in group]
    middle = Point(sum(foot.x for foot in feet) / len(feet), feet[0].y)
    kinds = [one.kind for one in group] if lettering.kind else []
    return Labelled(middle, (group[0].place, *kinds))


def _is_on_land(label: Label, country: Country) -> bool:
    """Whether most of the label lies on land; its box is a little wider than its letters."""
    box = label.box
    middle, reach = (box.top + box.bottom) / 2, (box.right - box.left) * 0.35
    return all(is_on_land(Point(label.x + side * reach, middle), country.units) for side in (-1, 1))


def _light(arches: dict[str, Arch], lit: tuple[str, str] | None) -> LitLine | None:
    if lit is None or lit[0] == lit[1] or not all(code in arches for code in lit):
        return None
    curve = span(arches[lit[0]].crown, arches[lit[1]].crown)
    middle = curve.at(0.5)
    return LitLine(curve.draw(), f"M{round(middle.x) - 9} {round(middle.y) - 10}h18l-4 20h-10z")
