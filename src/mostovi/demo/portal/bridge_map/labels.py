"""Puts the names of places beside their arches, where nothing else stands: for a desk and for a phone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from mostovi.demo.portal.bridge_map.values import FRAME, Box, Point

_OVERLAP = 100
_LINE_HEIGHT, _KIND_RISE = 18, 14
# Widths of signs in ems, of the widest font of the style sheet.
_NARROW, _NARROW_WIDTH, _LATIN_WIDTH, _CYRILLIC_WIDTH = "ijlј ", 0.33, 0.58, 0.66
_SHIFTS = (0, 10, -10, 20, -20, 34, -34, 50, -50)


@dataclass(frozen=True)
class Lettering:
    """How large a name is written, in units of the drawing; the style sheet says the same.

    ``place`` and ``kind`` are the sizes of a place's name and of a kind, whose font is a little narrower,
    or 0 if kinds are not written; ``below`` and ``above`` lead from the foot of an arch to the first line
    below and to the last line above; ``beside`` and ``higher`` let a name stand further away; ``arch_scale``
    is how large an arch is drawn.
    """

    place: int
    kind: float
    rise: int
    below: int
    above: int
    beside: tuple[int, ...] = ()
    higher: int = 0
    arch_scale: float = 1


DESK = Lettering(place=20, kind=14.5, rise=16, below=24, above=-34)
PHONE = Lettering(
    place=28,
    kind=0,
    rise=22,
    below=30,
    above=-42,
    beside=(66, -66, 84, -84, 104, -104),
    higher=26,
    arch_scale=1.15,
)


@dataclass(frozen=True)
class Labelled:
    """A place to be named: the foot of its arches, its name, and what stands there."""

    foot: Point
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Label:
    x: int
    lines: tuple[tuple[int, str], ...]  # baseline and text; the first is the place
    boxes: tuple[Box, ...]  # one for each line

    @property
    def box(self) -> Box:
        left = min(box.left for box in self.boxes)
        right = max(box.right for box in self.boxes)
        return Box(left, self.boxes[0].top, right, self.boxes[-1].bottom)


def place_labels(
    places: Sequence[Labelled], arches: Sequence[Box], dots: Sequence[Point], lettering: Lettering = DESK
) -> list[Label]:
    """One label per place, in the order given; ``dots`` are points of lines better left uncovered."""
    candidates = [list(_candidates(place, lettering)) for place in places]
    for rank, place in enumerate(places):
        if lettering.higher and min(_cost(label, arches, ()) for label in candidates[rank]) >= _OVERLAP:
            candidates[rank] = list(_higher(place, lettering))
    placed: dict[int, Label] = {}
    # The fewer choices a name has, the sooner it chooses.
    for index in sorted(range(len(places)), key=lambda index: (len(candidates[index]), places[index].foot.y)):
        taken = [*arches, *(box for label in placed.values() for box in label.boxes)]
        costs = [_cost(label, taken, dots) + rank / 100 for rank, label in enumerate(candidates[index])]
        placed[index] = candidates[index][costs.index(min(costs))]
    return [placed[index] for index in range(len(places))]


def _candidates(place: Labelled, lettering: Lettering) -> Iterator[Label]:
    height = _LINE_HEIGHT * (len(place.lines) - 1)
    for shift in (*_SHIFTS, *lettering.beside):
        for first in (place.foot.y + lettering.below, place.foot.y + lettering.above - height):
            yield _label(place, Point(place.foot.x + shift, first), lettering)
    for shift in lettering.beside:
        yield _label(place, Point(place.foot.x + shift, place.foot.y - 6), lettering)


def _higher(place: Labelled, lettering: Lettering) -> Iterator[Label]:
    """For a name that has no place close to its arches."""
    first = place.foot.y + lettering.above - lettering.higher
    return (_label(place, Point(place.foot.x + shift, first), lettering) for shift in _SHIFTS)


def _label(place: Labelled, at: Point, lettering: Lettering) -> Label:
    x, first = at
    halves = [_width(rank, text, lettering) / 2 for rank, text in enumerate(place.lines)]
    x = min(max(x, FRAME.left + max(halves)), FRAME.right - max(halves))
    baselines = tuple((round(first) + rank * _LINE_HEIGHT, text) for rank, text in enumerate(place.lines))
    boxes = tuple(
        Box(x - half, baseline - (_KIND_RISE if rank else lettering.rise), x + half, baseline + 4)
        for rank, (half, (baseline, _)) in enumerate(zip(halves, baselines, strict=True))
    )
    return Label(round(x), baselines, boxes)


@lru_cache(maxsize=512)
def _width(rank: int, text: str, lettering: Lettering) -> float:
    return (lettering.kind if rank else lettering.place) * sum(map(_sign_width, text))


def _sign_width(sign: str) -> float:
    if sign in _NARROW:
        return _NARROW_WIDTH
    return _CYRILLIC_WIDTH if "\u0400" <= sign <= "\u04ff" else _LATIN_WIDTH


def _cost(label: Label, taken: Sequence[Box], dots: Sequence[Point]) -> float:
    overlaps = sum(line.meets(box) for box in taken for line in label.boxes)
    whole = label.box
    outside = whole.top < FRAME.top - 10 or whole.bottom > FRAME.bottom
    return _OVERLAP * overlaps + 50 * outside + sum(whole.holds(dot) for dot in dots) / 4
