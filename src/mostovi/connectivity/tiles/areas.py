"""Areas with boundaries, cut for each zoom so that neighbours share every corner and leave no gap."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from mostovi.connectivity.sketches.buckets import Integers
from mostovi.connectivity.tiles import wire
from mostovi.connectivity.tiles.mercator import EXTENT, EXTENT_BITS, LAST_ZOOM, TileName, project
from mostovi.connectivity.tiles.wire import Value

BUFFER = 64
"""How far beyond its edge a tile is drawn, in units of the extent, so that edges of clipping stay unseen."""
Mask = npt.NDArray[np.bool_]

_STEP_BITS = 2  # corners lie on every fourth unit: half a pixel of a tile drawn at 512 pixels


class AreasRefused(ValueError):
    """Shapes that bound no area."""


@dataclass(frozen=True)
class Area:
    """Something with boundaries: polygons, each of rings of (longitude, latitude), the outer one first."""

    identifier: int
    polygons: Sequence[Sequence[Sequence[tuple[float, float]]]]
    properties: Mapping[str, Value]


@dataclass(frozen=True, eq=False)
class _Shape:
    """An area on one zoom: rings of corners, outer ones clockwise as drawn, holes the other way."""

    area: Area
    polygons: tuple[tuple[Integers, ...], ...]
    box: Integers


class AreaLayer:
    """The areas of one layer, ready to be cut into tiles."""

    def __init__(self, name: str, areas: Sequence[Area], first_zoom: int = 0) -> None:
        """Areas appear from ``first_zoom`` on. Raises AreasRefused and NotOnTheMap."""
        self.name = name
        self._first_zoom = first_zoom
        self._areas = sorted(areas, key=lambda area: area.identifier)
        self._grid = [
            [[_on_grid(ring) for ring in polygon] for polygon in area.polygons] for area in self._areas
        ]
        self._shapes = lru_cache(maxsize=LAST_ZOOM + 1)(self._shapes_of)

    def tile(self, tile: TileName) -> bytes:
        """The layer as this tile has it, empty bytes where it has none of it. Raises NoSuchTile."""
        tile.check()
        if tile.zoom < self._first_zoom:
            return b""
        corner = np.array([tile.column, tile.row], np.int64) << EXTENT_BITS
        tags = Tags()
        features = [
            wire.feature(shape.area.identifier, tags.of(shape.area.properties), wire.POLYGON, geometry)
            for shape in self._shapes(tile.zoom)
            if _meets(shape.box, corner) and (geometry := _geometry(shape, corner))
        ]
        return wire.layer(tags.frame(self.name), b"".join(features)) if features else b""

    def _shapes_of(self, zoom: int) -> tuple[_Shape, ...]:
        found = []
        for area, grid in zip(self._areas, self._grid, strict=True):
            polygons = tuple(polygon for each in grid if (polygon := _on_zoom(each, LAST_ZOOM - zoom)))
            if polygons:
                corners = np.concatenate([polygon[0] for polygon in polygons])
                box = np.concatenate((corners.min(axis=0), corners.max(axis=0)))
                found.append(_Shape(area, polygons, box))
        return tuple(found)


class Tags:
    """Keys and values of one layer of one tile, numbered in the order in which they are first needed."""

    def __init__(self) -> None:
        self._keys: dict[str, int] = {}
        self._values: dict[tuple[type, Value], int] = {}

    def of(self, properties: Mapping[str, Value]) -> list[int]:
        found = []
        for key, value in properties.items():
            found.append(self._keys.setdefault(key, len(self._keys)))
            found.append(self._values.setdefault((type(value), value), len(self._values)))
        return found

    def frame(self, name: str) -> tuple[bytes, bytes]:
        return wire.layer_frame(name, self._keys, [value for _, value in self._values])


def _on_grid(ring: Sequence[tuple[float, float]]) -> Integers:
    places = np.asarray(ring, np.float64)
    if places.ndim != 2 or places.shape[1] != 2 or len(places) < 3:
        raise AreasRefused("a ring needs three or more pairs of longitude and latitude")
    return np.stack(project(places[:, 0], places[:, 1]), axis=1)


def _on_zoom(polygon: Sequence[Integers], shift: int) -> tuple[Integers, ...]:
    """The rings as this zoom can show them; none when the outer one is too small to be seen."""
    rings = []
    for place, ring in enumerate(polygon):
        left = shift + _STEP_BITS
        seen = _without_needless(((ring + ((1 << left) >> 1)) >> left) << _STEP_BITS)
        if len(seen):
            rings.append(_turned(seen, outer=place == 0))
        elif place == 0:
            return ()
    return tuple(rings)


def _without_needless(ring: Integers) -> Integers:
    """Without repeated corners, corners on a straight line, and needles; nothing if no area is left."""
    while len(ring) > 2:
        ring = ring[(ring != np.roll(ring, 1, axis=0)).any(axis=1)]
        ahead, behind = np.roll(ring, -1, axis=0) - ring, ring - np.roll(ring, 1, axis=0)
        straight = ahead[:, 0] * behind[:, 1] == ahead[:, 1] * behind[:, 0]
        if not straight.any():
            break
        ring = ring[~_no_two_neighbours(straight)]
    return ring if len(ring) > 2 else ring[:0]


def _no_two_neighbours(chosen: Mask) -> Mask:
    """Every second of those in a row: what lies straight may be a corner when its neighbour is gone."""
    places = np.arange(len(chosen))
    run = places - np.maximum.accumulate(np.where(chosen, -1, places))
    second: Mask = chosen & (run % 2 == 1)
    if second[0] and second[-1]:
        second[-1] = False
    return second


def _turned(ring: Integers, *, outer: bool) -> Integers:
    return ring if (_twice_area(ring) > 0) == outer else np.flip(ring, axis=0)


def _twice_area(ring: Integers) -> int:
    after = np.roll(ring, -1, axis=0)
    return int((ring[:, 0] * after[:, 1] - after[:, 0] * ring[:, 1]).sum())


def _meets(box: Integers, corner: Integers) -> bool:
    low, high = corner - BUFFER, corner + EXTENT + BUFFER
    return bool((box[:2] <= high).all() and (box[2:] >= low).all())


def _geometry(shape: _Shape, corner: Integers) -> bytes:
    """The commands that draw the shape on the tile with this corner, empty when nothing of it is there."""
    commands: list[Integers] = []
    cursor = np.zeros(2, np.int64)
    for polygon in shape.polygons:
        for place, ring in enumerate(polygon):
            seen = _clipped(ring - corner)
            if (_twice_area(seen) > 0) == (place == 0) and len(seen) > 2:
                commands.append(_draw(seen, cursor))
                cursor = seen[-1]
            elif place == 0:
                break
    return wire.numbers(np.concatenate(commands)) if commands else b""


def _draw(ring: Integers, cursor: Integers) -> Integers:
    steps = wire.zigzag(np.diff(ring, axis=0, prepend=cursor[None])).ravel()
    lines = (len(ring) - 1) << 3 | wire.LINE_TO
    return np.concatenate(
        ([1 << 3 | wire.MOVE_TO], steps[:2], [lines], steps[2:], [1 << 3 | wire.CLOSE_PATH])
    )


def _clipped(ring: Integers) -> Integers:
    """The part of a ring inside the tile and its buffer (Sutherland and Hodgman, Commun. ACM 17, 1974)."""
    low, high = -BUFFER, EXTENT + BUFFER
    for axis, sign, limit in _edges(ring, low, high):
        ring = _clipped_at(ring, axis, sign, limit)
        if len(ring) < 3:
            return ring[:0]
    return _without_needless(ring)


def _edges(ring: Integers, low: int, high: int) -> Iterator[tuple[int, int, int]]:
    """The edges that the ring goes beyond: axis, side and limit."""
    for axis in (0, 1):
        if ring[:, axis].min() < low:
            yield axis, -1, low
        if ring[:, axis].max() > high:
            yield axis, 1, high


def _clipped_at(ring: Integers, axis: int, sign: int, limit: int) -> Integers:
    after = np.roll(ring, -1, axis=0)
    inside = (ring[:, axis] - limit) * sign <= 0
    crossing = inside != np.roll(inside, -1)
    run = np.where(crossing, after[:, axis] - ring[:, axis], 1)
    other = ring[:, 1 - axis]
    crossed = np.empty_like(ring)
    crossed[:, axis] = limit
    crossed[:, 1 - axis] = other + (limit - ring[:, axis]) * (after[:, 1 - axis] - other) // run
    kept: Integers = np.stack((ring, crossed), axis=1)[np.stack((inside, crossing), axis=1)]
    return kept
