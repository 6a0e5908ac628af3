"""Puts the names of places beside their arches: above or below, where nothing else stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mostovi.demo.portal.bridge_map.values import FRAME, Box, Point

_LINE_HEIGHT = 18
_PLACE_SIGN, _KIND_SIGN = 10.5, 8.2  # mean width of a sign, in units, at 20 and 16 px
_BELOW, _ABOVE = 24, -34  # from the foot of the arch to the first line below, and to the last line above


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


def place_labels(places: Sequence[Labelled], arches: Sequence[Box], dots: Sequence[Point]) -> list[Label]:
    """One label per place, in the order given; ``dots`` are points of lines better left uncovered."""
    placed: dict[int, Label] = {}
    for index in sorted(range(len(places)), key=lambda index: places[index].foot.y):
        taken = [*arches, *(label.box for label in placed.values())]
        candidates = list(_candidates(places[index]))
        costs = [_cost(label, taken, dots) + rank / 100 for rank, label in enumerate(candidates)]
        placed[index] = candidates[costs.index(min(costs))]
    return [placed[index] for index in range(len(places))]


def _candidates(place: Labelled) -> Iterator[Label]:
    height = _LINE_HEIGHT * (len(place.lines) - 1)
    for shift in (0, 10, -10, 20, -20, 34, -34, 50, -50):
        for first in (place.foot.y + _BELOW, place.foot.y + _ABOVE - height):
            yield _label(place, place.foot.x + shift, first)


def _label(place: Labelled, x: float, first: float) -> Label:
    half = max(_width(rank, text) for rank, text in enumerate(place.lines)) / 2
    x = min(max(x, FRAME.left + half), FRAME.right - half)
    baselines = tuple((round(first) + rank * _LINE_HEIGHT, text) for rank, text in enumerate(place.lines))
    box = Box(x - half, first - 16, x + half, first + _LINE_HEIGHT * (len(place.lines) - 1) + 4)
    return Label(round(x), baselines, box)


def _width(rank: int, text: str) -> float:
    return len(text) * (_PLACE_SIGN if rank == 0 else _KIND_SIGN)


def _cost(label: Label, taken: Sequence[Box], dots: Sequence[Point]) -> float:
    overlaps = sum(label.box.meets(box) for box in taken)
    outside = label.box.top < FRAME.top - 10 or label.box.bottom > FRAME.bottom
    return 100 * overlaps + 50 * outside + sum(label.box.holds(dot) for dot in dots) / 4
