"""Ripples of night water around the country: short strokes where there is no land. Always the same."""

import random
from collections.abc import Iterator, Sequence

from mostovi.demo.portal.bridge_map.boundaries import is_on_land
from mostovi.demo.portal.bridge_map.values import FRAME, Point, Unit

_ROW, _LEAST, _MOST, _SHORE = 13, 11, 48, 14


def draw_water(units: Sequence[Unit]) -> str:
    """The ``d`` of one path."""
    return "".join(f"M{x} {y}h{length}" for x, y, length in _ripples(units))


def _ripples(units: Sequence[Unit]) -> Iterator[tuple[int, int, int]]:
    chance = random.Random(7)  # noqa: S311 - ripples are no secret
    for y in range(round(FRAME.top) + 40, round(FRAME.bottom), _ROW):
        for start in range(round(FRAME.left), round(FRAME.right), 90):
            x, length = start + chance.randrange(80), chance.randrange(_LEAST, _MOST)
            if chance.random() < 0.6 and x + length < FRAME.right and _is_open_water(x, y, length, units):
                yield x, y, length


def _is_open_water(x: int, y: int, length: int, units: Sequence[Unit]) -> bool:
    along = range(x - _SHORE, x + length + _SHORE + 1, 12)
    return not any(is_on_land(Point(step, y + over), units) for step in along for over in (-8, 8))
