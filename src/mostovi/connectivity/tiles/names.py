"""Settlements and other names on the base map: points that appear from a zoom of their own on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mostovi.connectivity.tiles import wire
from mostovi.connectivity.tiles.areas import Tags
from mostovi.connectivity.tiles.mercator import (
    EXTENT,
    LAST_ZOOM,
    TileName,
    path_of,
    paths_of_tile,
    project,
)
from mostovi.connectivity.tiles.wire import Value


@dataclass(frozen=True)
class NamedPlace:
    """A place with its names, drawn from ``first_zoom`` on."""

    identifier: int
    longitude: float
    latitude: float
    first_zoom: int
    properties: Mapping[str, Value]


class NameLayer:
    """The named places of one layer, ready to be cut into tiles; within a tile, those seen first lead."""

    def __init__(self, name: str, places: Sequence[NamedPlace]) -> None:
        """Raises NotOnTheMap."""
        self.name = name
        column, row = project([each.longitude for each in places], [each.latitude for each in places])
        path = path_of(column, row)
        self._first_zoom = np.array([each.first_zoom for each in places], np.int64)
        identifier = np.array([each.identifier for each in places], np.int64)
        order = np.lexsort((identifier, path))
        self._places = [places[each] for each in order]
        self._first_zoom, self._path = self._first_zoom[order], path[order]
        self._column, self._row = column[order], row[order]

    def tile(self, tile: TileName) -> bytes:
        """The layer as this tile has it, empty bytes where it has no name. Raises NoSuchTile."""
        tile.check()
        begin, end = np.searchsorted(self._path, paths_of_tile(tile)).tolist()
        shown = np.flatnonzero(self._first_zoom[begin:end] <= tile.zoom) + begin
        order = shown[np.argsort(self._first_zoom[shown], kind="stable")].tolist()
        tags = Tags()
        features = [self._feature(each, tags, LAST_ZOOM - tile.zoom) for each in order]
        return wire.layer(tags.frame(self.name), b"".join(features)) if features else b""

    def _feature(self, each: int, tags: Tags, shift: int) -> bytes:
        place = self._places[each]
        within = [(int(grid[each]) >> shift) & (EXTENT - 1) for grid in (self._column, self._row)]
        geometry = b"".join(map(wire.number, (1 << 3 | wire.MOVE_TO, within[0] << 1, within[1] << 1)))
        return wire.feature(place.identifier, tags.of(place.properties), wire.POINT, geometry)
