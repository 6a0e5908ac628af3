"""Puts the names of places beside their arches, where nothing else stands: for a desk and for a phone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mostovi.demo.portal.bridge_map.values import FRAME, Box, Point

_LINE_HEIGHT = 18
_SHIFTS = (0, 10, -10, 20, -20, 34, -34, 50, -50)


@dataclass(frozen=True)
class Lettering:
    """How large a name is written, in units of the drawing; the style sheet says the same.

    ``place_sign`` and ``kind_sign`` are mean widths of a sign; ``below`` and ``above`` lead from the foot of
    an arch to the first line below and to the last line above; ``beside`` lets a name stand further away.
    """

    place_sign: float
    kind_sign: float
    rise: int
    below: int
    above: int
    beside: tuple[int, ...] = ()


DESK = Lettering(place_sign=10.5, kind_sign=8.2, rise=16, below=24, above=-34)
PHONE = Lettering(14.5, 0, rise=22, below=30, above=-42, beside=(66, -66, 84, -84, 104, -104))


@dataclass(frozen=True)
class Labelled:
    """A place to be named: the foot of its arches, its name, and what stands there."""

    foot: Point
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Label:
    x: int
    lines: tuple[tuple[int, str], ...]  # baseline and text; the first is the place
    box: Box


def place_labels(
    places: Sequence[Labelled], arches: Sequence[Box], dots: Sequence[Point], lettering: Lettering = DESK
) -> list[Label]:
    """One label per place, in the order given; ``dots`` are points of lines better left uncovered."""
    placed: dict[int, Label] = {}
    for index in sorted(range(len(places)), key=lambda index: places[index].foot.y):
        taken = [*arches, *(label.box for label in placed.values())]
        candidates = list(_candidates(places[index], lettering))
        costs = [_cost(label, taken, dots) + rank / 100 for rank, label in enumerate(candidates)]
        placed[index] = candidates[costs.index(min(costs))]
    return [placed[index] for index in range(len(places))]


def _candidates(place: Labelled, lettering: Lettering) -> Iterator[Label]:
    height = _LINE_HEIGHT * (len(place.lines) - 1)
    for shift in (*_SHIFTS, *lettering.beside):
        for first in (place.foot.y + lettering.below, place.foot.y + lettering.above - height):
            yield _label(place, Point(place.foot.x + shift, first), lettering)
    for shift in lettering.beside:
        yield _label(place, Point(place.foot.x + shift, place.foot.y - 6), lettering)


def _label(place: Labelled, at: Point, lettering: Lettering) -> Label:
    x, first = at
    half = max(_width(rank, text, lettering) for rank, text in enumerate(place.lines)) / 2
    x = min(max(x, FRAME.left + half), FRAME.right - half)
    baselines = tuple((round(first) + rank * _LINE_HEIGHT, text) for rank, text in enumerate(place.lines))
    box = Box(x - half, first - lettering.rise, x + half, first + _LINE_HEIGHT * (len(place.lines) - 1) + 4)
    return Label(round(x), baselines, box)


def _width(rank: int, text: str, lettering: Lettering) -> float:
    return len(text) * (lettering.place_sign if rank == 0 else lettering.kind_sign)


def _cost(label: Label, taken: Sequence[Box], dots: Sequence[Point]) -> float:
    overlaps = sum(label.box.meets(box) for box in taken)
    outside = label.box.top < FRAME.top - 10 or label.box.bottom > FRAME.bottom
    return 100 * overlaps + 50 * outside + sum(label.box.holds(dot) for dot in dots) / 4
