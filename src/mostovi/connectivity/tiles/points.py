"""Points of one layer, sorted so that those of a tile stand beside each other on every zoom."""

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from mostovi.connectivity.sketches.buckets import Integers
from mostovi.connectivity.tiles import wire
from mostovi.connectivity.tiles.mercator import (
    EXTENT,
    GRID_BITS,
    LAST_ZOOM,
    TileName,
    path_of,
    paths_of_tile,
    project,
    tiles_of,
)
from mostovi.connectivity.tiles.wire import Bytes, Value

ZOOMS = range(LAST_ZOOM + 1)
Mask = npt.NDArray[np.bool_]

_MOST_CODES = 128
_LARGEST_IDENTIFIER = 1 << 53
# Of each row the last seven: geometry (0x22), its length, MoveTo once (0x09), two bytes for each coordinate.
_ENDING = 7
_BLOCK = 1 << 15  # rows that fit into the processor's cache together


class PointsRefused(ValueError):
    """Columns that are no layer of points; the message says which and why."""


@dataclass(frozen=True)
class Attribute:
    """Something said of every point by one of a few values, for example its status."""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True, eq=False)
class Points:
    """n points as columns of n.

    ``identifier`` is unique and below 2**53; ``longitude`` and ``latitude`` are degrees (WGS 84). ``codes``
    says for each attribute which of its values each point has, -1 for none.
    """

    identifier: Integers
    longitude: npt.NDArray[np.float64]
    latitude: npt.NDArray[np.float64]
    codes: Mapping[str, Integers]

    def __len__(self) -> int:
        return len(self.identifier)


@dataclass(frozen=True, eq=False)
class _Sorted:
    """Points by path and identifier: grid columns and rows, and the bytes of each feature but its place."""

    identifier: Integers
    path: Integers
    column: Integers
    row: Integers
    bytes: Bytes
    used: Mask

    def only(self, chosen: Integers | Mask) -> "_Sorted":
        return _Sorted(
            self.identifier[chosen],
            self.path[chosen],
            self.column[chosen],
            self.row[chosen],
            self.bytes[chosen],
            self.used[chosen],
        )

    def in_order(self) -> "_Sorted":
        return self.only(np.lexsort((self.identifier, self.path)))


class PointLayer:
    """The points of one layer, ready to be cut into tiles. Never changes: ``with_changes`` makes another."""

    def __init__(self, name: str, attributes: Sequence[Attribute], points: Points) -> None:
        """Raises PointsRefused and NotOnTheMap."""
        self.name = name
        self._attributes = tuple(attributes)
        values = [value for each in self._attributes for value in each.values]
        self._frame = wire.layer_frame(name, [each.name for each in self._attributes], values)
        if len(values) > _MOST_CODES:
            raise PointsRefused(f"the attributes have {len(values)} values, {_MOST_CODES} are possible")
        self._points = self._read(points).in_order()

    def __len__(self) -> int:
        return len(self._points.identifier)

    def tile(self, tile: TileName) -> bytes:
        """The layer as this tile has it, empty bytes where there is no point. Raises NoSuchTile."""
        tile.check()
        begin, end = np.searchsorted(self._points.path, paths_of_tile(tile)).tolist()
        if begin == end:
            return b""
        features = b"".join(block.tobytes() for block, _ in self._features(begin, end, tile.zoom))
        return wire.layer(self._frame, features)

    def tiles(self, zooms: range = ZOOMS) -> Iterator[tuple[TileName, bytes]]:
        """Every tile that is not empty, on these zooms: what ``tile`` gives, much faster than one by one."""
        for zoom in zooms:
            yield from self._tiles_of_zoom(zoom)

    def with_changes(self, put: Points, gone: Sequence[int] = ()) -> tuple["PointLayer", set[TileName]]:
        """The layer with these points added or replaced and those gone; and the tiles that differ.

        Raises PointsRefused and NotOnTheMap.
        """
        new = self._read(put)
        leaving = np.isin(self._points.identifier, np.concatenate((new.identifier, np.array(gone, np.int64))))
        changed = copy(self)
        changed._points = _together(self._points.only(~leaving), new.in_order())
        return changed, _tiles_of_all(self._points.only(leaving)) | _tiles_of_all(new)

    def _read(self, points: Points) -> _Sorted:
        _check_columns(points, self._attributes)
        column, row = project(points.longitude, points.latitude)
        rows, used = _feature_bytes(points, self._attributes)
        return _Sorted(points.identifier, path_of(column, row), column, row, rows, used)

    def _tiles_of_zoom(self, zoom: int) -> Iterator[tuple[TileName, bytes]]:
        shift = GRID_BITS - zoom
        starts = np.flatnonzero(np.diff(self._points.path >> (2 * shift), prepend=-1))
        blocks = list(self._features(0, len(self), zoom))
        if not blocks:
            return
        features = np.concatenate([block for block, _ in blocks]).tobytes()
        ends = np.concatenate(
            (np.zeros(1, np.int64), np.cumsum(np.concatenate([sizes for _, sizes in blocks])))
        )
        limits = ends[np.append(starts, len(self))].tolist()
        columns = (self._points.column[starts] >> shift).tolist()
        rows = (self._points.row[starts] >> shift).tolist()
        for column, row, (begin, end) in zip(columns, rows, pairwise(limits), strict=True):
            yield TileName(zoom, column, row), wire.layer(self._frame, features[begin:end])

    def _features(self, begin: int, end: int, zoom: int) -> Iterator[tuple[Bytes, Integers]]:
        """The features of these points on this zoom, and how long each is, block by block."""
        for first in range(begin, end, _BLOCK):
            yield _placed(self._points, slice(first, min(first + _BLOCK, end)), LAST_ZOOM - zoom)


def _placed(points: _Sorted, chosen: slice, shift: int) -> tuple[Bytes, Integers]:
    rows, used = points.bytes[chosen].copy(), points.used[chosen].copy()
    wide = np.zeros(len(rows), np.uint8)
    for place, coordinate in ((-4, points.column), (-2, points.row)):
        twice = ((coordinate[chosen] >> shift) & (EXTENT - 1)).astype(np.uint16) << 1
        high = (twice >> 7).astype(np.uint8)
        two = high > 0
        rows[:, place] = twice.astype(np.uint8) & 0x7F | two.view(np.uint8) << 7
        rows[:, place + 1] = high
        used[:, place + 1] = two
        wide += two
    rows[:, 1 - _ENDING] += wide
    rows[:, 1] += wide
    return rows[used], rows[:, 1].astype(np.int64) + 2


def _feature_bytes(points: Points, attributes: Sequence[Attribute]) -> tuple[Bytes, Mask]:
    """All of each feature but where it lies; lengths as if each coordinate took one byte."""
    count = len(points)
    identifier, identifier_used = wire.spread_numbers(points.identifier)
    tags, tags_used = _tags(points, attributes)
    tagged: Mask = np.any(tags_used, axis=1, keepdims=True)
    head = [
        _constant(count, 1 << 3),
        (identifier, identifier_used),
        (np.full(tagged.shape, 2 << 3 | 2, np.uint8), tagged),
        (np.sum(tags_used, axis=1, keepdims=True, dtype=np.uint8), tagged),
        (tags, tags_used),
        _constant(count, 3 << 3, wire.POINT),
    ]
    length = sum((used.sum(axis=1, dtype=np.uint8) for _, used in head), np.zeros(count, np.uint8))
    begin = [_constant(count, 2 << 3 | 2), ((length + 5)[:, None], np.ones((count, 1), np.bool_))]
    ending = [_constant(count, 4 << 3 | 2, 3, 1 << 3 | wire.MOVE_TO, 0, 0, 0, 0)]
    parts = begin + head + ending
    return np.hstack([rows for rows, _ in parts]), np.hstack([used for _, used in parts])


def _tags(points: Points, attributes: Sequence[Attribute]) -> tuple[Bytes, Mask]:
    tags = np.zeros((len(points), 2 * len(attributes)), np.uint8)
    used = np.zeros(tags.shape, np.bool_)
    before = 0
    for place, attribute in enumerate(attributes):
        codes = points.codes[attribute.name]
        tags[:, 2 * place] = place
        tags[:, 2 * place + 1] = np.maximum(codes, 0) + before
        used[:, 2 * place : 2 * place + 2] = (codes >= 0)[:, None]
        before += len(attribute.values)
    return tags, used


def _constant(count: int, *content: int) -> tuple[Bytes, Mask]:
    return np.tile(np.array(content, np.uint8), (count, 1)), np.ones((count, len(content)), np.bool_)


def _together(many: _Sorted, few: _Sorted) -> _Sorted:
    """Both in order, as sorting all of them would give it."""
    width = max(many.bytes.shape[1], few.bytes.shape[1])
    one, two = _widened(many, width), _widened(few, width)
    places = _places_among(one, two)
    return _Sorted(
        np.insert(one.identifier, places, two.identifier),
        np.insert(one.path, places, two.path),
        np.insert(one.column, places, two.column),
        np.insert(one.row, places, two.row),
        np.insert(one.bytes, places, two.bytes, axis=0),
        np.insert(one.used, places, two.used, axis=0),
    )


def _places_among(many: _Sorted, few: _Sorted) -> Integers:
    """Before which of many each of few comes: by path, and on one spot by identifier."""
    first, last = (np.searchsorted(many.path, few.path, side) for side in ("left", "right"))
    places = first.copy()
    for each in np.flatnonzero(first < last):
        on_the_spot = many.identifier[first[each] : last[each]]
        places[each] += np.searchsorted(on_the_spot, few.identifier[each])
    return places


def _widened(points: _Sorted, width: int) -> _Sorted:
    """The same with unused bytes after the second of each row, where longer identifiers need more."""
    missing = width - points.bytes.shape[1]
    if not missing:
        return points
    return replace(
        points,
        bytes=np.insert(points.bytes, [2] * missing, 0, axis=1),
        used=np.insert(points.used, [2] * missing, values=False, axis=1),
    )


def _tiles_of_all(points: _Sorted) -> set[TileName]:
    return {
        tile
        for column, row in zip(points.column.tolist(), points.row.tolist(), strict=True)
        for tile in tiles_of(column, row, ZOOMS)
    }


def _check_columns(points: Points, attributes: Sequence[Attribute]) -> None:
    if len(np.unique(points.identifier)) != len(points):
        raise PointsRefused("two points have the same identifier")
    if len(points) and not 0 <= points.identifier.min() <= points.identifier.max() < _LARGEST_IDENTIFIER:
        raise PointsRefused("identifiers must lie between 0 and 2**53 - 1")
    for column in (points.longitude, points.latitude):
        if column.shape != points.identifier.shape:
            raise PointsRefused("each point needs one longitude and one latitude")
    for attribute in attributes:
        _check_codes(attribute, points)


def _check_codes(attribute: Attribute, points: Points) -> None:
    codes = points.codes.get(attribute.name)
    if codes is None or codes.shape != points.identifier.shape:
        raise PointsRefused(f"each point needs a code for the attribute {attribute.name}")
    if len(codes) and not -1 <= codes.min() <= codes.max() < len(attribute.values):
        raise PointsRefused(f"a code of the attribute {attribute.name} names none of its values")
