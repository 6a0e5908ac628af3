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
class _Ring:
    """Corners on one zoom, with the box around them and how they are drawn from the first one on."""

    corners: Integers
    low: Integers
    high: Integers
    drawn: bytes

    @staticmethod
    def of(corners: Integers) -> "_Ring":
        return _Ring(corners, corners.min(axis=0), corners.max(axis=0), _draw(corners))


@dataclass(frozen=True, eq=False)
class _Shape:
    """An area on one zoom: rings of corners, outer ones clockwise as drawn, holes the other way."""

    area: Area
    polygons: tuple[tuple[_Ring, ...], ...]


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
        self._zooms = lru_cache(maxsize=LAST_ZOOM + 1)(self._on_zoom)

    def tile(self, tile: TileName) -> bytes:
        """The layer as this tile has it, empty bytes where it has none of it. Raises NoSuchTile."""
        tile.check()
        if tile.zoom < self._first_zoom:
            return b""
        corner = np.array([tile.column, tile.row], np.int64) << EXTENT_BITS
        tags = Tags()
        features = []
        for shape in self._zooms(tile.zoom).meeting(corner):
            geometry = _geometry(shape, corner)
            if geometry:
                tagged = tags.of(shape.area.properties)
                features.append(wire.feature(shape.area.identifier, tagged, wire.POLYGON, geometry))
        return wire.layer(tags.frame(self.name), b"".join(features)) if features else b""

    def _on_zoom(self, zoom: int) -> "_Zoom":
        found = []
        for area, grid in zip(self._areas, self._grid, strict=True):
            polygons = tuple(polygon for each in grid if (polygon := _polygon(each, LAST_ZOOM - zoom)))
            if polygons:
                found.append(_Shape(area, polygons))
        return _Zoom.of(found)


@dataclass(frozen=True, eq=False)
class _Zoom:
    """All areas on one zoom, with the box around each."""

    shapes: Sequence[_Shape]
    low: Integers
    high: Integers

    @staticmethod
    def of(shapes: Sequence[_Shape]) -> "_Zoom":
        low = [np.min([polygon[0].low for polygon in shape.polygons], axis=0) for shape in shapes]
        high = [np.max([polygon[0].high for polygon in shape.polygons], axis=0) for shape in shapes]
        return _Zoom(shapes, np.reshape(low, (-1, 2)), np.reshape(high, (-1, 2)))

    def meeting(self, corner: Integers) -> list[_Shape]:
        """Those whose box the tile with this corner meets."""
        meets = (self.low - corner <= EXTENT + BUFFER) & (self.high - corner >= -BUFFER)
        return [self.shapes[each] for each in np.flatnonzero(meets.all(axis=1)).tolist()]


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


def _polygon(polygon: Sequence[Integers], shift: int) -> tuple[_Ring, ...]:
    """The rings as this zoom can show them; none when the outer one is too small to be seen."""
    rings = []
    for place, ring in enumerate(polygon):
        left = shift + _STEP_BITS
        seen = _without_needless(((ring + ((1 << left) >> 1)) >> left) << _STEP_BITS)
        if len(seen):
            rings.append(_Ring.of(_turned(seen, outer=place == 0)))
        elif place == 0:
            return ()
    return tuple(rings)


def _without_needless(ring: Integers) -> Integers:
    """Without repeated corners, corners on a straight line, and needles; nothing if no area is left."""
    while len(ring) > 2:
        ring = _without_repeated(ring)
        if not len(ring):
            break
        ahead = _next(ring) - ring
        behind = np.concatenate((ahead[-1:], ahead[:-1]))
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
    after = _next(ring)
    return int(np.dot(ring[:, 0], after[:, 1]) - np.dot(after[:, 0], ring[:, 1]))


def _next(ring: Integers) -> Integers:
    """The corner after each; np.roll takes five times as long."""
    return np.concatenate((ring[1:], ring[:1]))


def _without_repeated(ring: Integers) -> Integers:
    differs = ring != _next(ring)
    kept: Integers = ring[differs[:, 0] | differs[:, 1]]
    return kept


def _geometry(shape: _Shape, corner: Integers) -> bytes:
    """The commands that draw the shape on the tile with this corner, empty when nothing of it is there."""
    drawn = bytearray()
    cursor = np.zeros(2, np.int64)
    for polygon in shape.polygons:
        for place, ring in enumerate(polygon):
            seen, commands = _seen(ring, corner)
            if not commands and place == 0:
                break
            if commands:
                drawn += _move(seen[0] - cursor) + commands
                cursor = seen[-1]
    return bytes(drawn)


def _seen(ring: _Ring, corner: Integers) -> tuple[Integers, bytes]:
    """What is seen of a ring, in units of the tile, and how it is drawn from its first corner on."""
    low, high = ring.low - corner, ring.high - corner
    local = ring.corners - corner
    if low.min() >= -BUFFER and high.max() <= EXTENT + BUFFER:
        return local, ring.drawn
    for axis, sign, limit in _edges(low, high):
        local = _clipped_at(local, axis, sign, limit)
    local = _without_repeated(local)
    if len(local) < 3 or (_twice_area(local) > 0) != (_twice_area(ring.corners) > 0):
        return local, b""
    return local, _draw(local)


def _move(step: Integers) -> bytes:
    return wire.number(1 << 3 | wire.MOVE_TO) + b"".join(map(wire.number, wire.zigzag(step).tolist()))


def _draw(ring: Integers) -> bytes:
    """From the first corner along the others and back."""
    steps = wire.zigzag(ring[1:] - ring[:-1]).ravel()
    return b"".join(
        (
            wire.number((len(ring) - 1) << 3 | wire.LINE_TO),
            wire.numbers(steps),
            wire.number(1 << 3 | wire.CLOSE_PATH),
        )
    )


def _edges(low: Integers, high: Integers) -> Iterator[tuple[int, int, int]]:
    """The edges of the tile that a ring goes beyond: axis, side and limit."""
    for axis in (0, 1):
        if low[axis] < -BUFFER:
            yield axis, -1, -BUFFER
        if high[axis] > EXTENT + BUFFER:
            yield axis, 1, EXTENT + BUFFER


def _clipped_at(ring: Integers, axis: int, sign: int, limit: int) -> Integers:
    """The part of a ring on one side of a line (Sutherland and Hodgman, Commun. ACM 17, 1974)."""
    after = _next(ring)
    inside = (ring[:, axis] - limit) * sign <= 0
    crossing = inside != np.concatenate((inside[1:], inside[:1]))
    found = np.stack((ring, ring), axis=1)
    found[:, 1, axis] = limit
    begin, end = ring[crossing], after[crossing]
    run, rise = end[:, axis] - begin[:, axis], end[:, 1 - axis] - begin[:, 1 - axis]
    found[crossing, 1, 1 - axis] += (limit - begin[:, axis]) * rise // run
    kept: Integers = found[np.stack((inside, crossing), axis=1)]
    return kept
