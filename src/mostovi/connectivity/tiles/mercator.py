"""Web Mercator (EPSG:3857) as whole numbers: on a grid so fine that every zoom is a shift of it."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mostovi.connectivity.sketches.buckets import Integers

LAST_ZOOM = 14
EXTENT_BITS = 12
EXTENT = 1 << EXTENT_BITS
GRID_BITS = LAST_ZOOM + EXTENT_BITS
"""The world is a square of 2**26 by 2**26, 0.6 m at the equator; its origin is the north-west corner."""


class NoSuchTile(ValueError):
    """Zoom, column or row that no tile has."""


class NotOnTheMap(ValueError):
    """A longitude or latitude that is no number or no place on Earth."""


class TileName(NamedTuple):
    """Zoom, column from the west, row from the north, as in the address of a tile."""

    zoom: int
    column: int
    row: int

    def check(self) -> None:
        """Raises NoSuchTile."""
        if not 0 <= self.zoom <= LAST_ZOOM:
            raise NoSuchTile(f"tiles have zooms from 0 to {LAST_ZOOM}")
        if not (0 <= self.column < 1 << self.zoom and 0 <= self.row < 1 << self.zoom):
            raise NoSuchTile(f"on zoom {self.zoom} columns and rows go from 0 to {(1 << self.zoom) - 1}")


def project(longitude: npt.ArrayLike, latitude: npt.ArrayLike) -> tuple[Integers, Integers]:
    """Column and row on the grid of places in degrees (WGS 84); of the shape of what is given.

    Latitudes beyond 85.05 degrees lie on the edge of the map. Raises NotOnTheMap.
    """
    east, north = np.asarray(longitude, np.float64), np.asarray(latitude, np.float64)
    if not (np.all(np.abs(east) <= 180) and np.all(np.abs(north) <= 90)):
        raise NotOnTheMap("longitudes lie between -180 and 180, latitudes between -90 and 90 degrees")
    sine = np.sin(np.radians(np.clip(north, -89.9, 89.9)))
    across = east / 360 + 0.5
    down = 0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi)
    return _on_grid(across), _on_grid(down)


def path_of(column: Integers, row: Integers) -> Integers:
    """The Z-order of places on the grid: places of one tile, on any zoom, follow each other."""
    return _spread(column) | (_spread(row) << 1)


def paths_of_tile(tile: TileName) -> tuple[int, int]:
    """The first path of a tile and the first after it."""
    path = int(path_of(np.int64(tile.column), np.int64(tile.row)))  # type: ignore[arg-type]
    left = 2 * (GRID_BITS - tile.zoom)
    return path << left, (path + 1) << left


def tiles_of(column: int, row: int, zooms: range) -> list[TileName]:
    """The tiles that hold a place on the grid."""
    return [TileName(zoom, column >> (GRID_BITS - zoom), row >> (GRID_BITS - zoom)) for zoom in zooms]


def _on_grid(part: npt.NDArray[np.float64]) -> Integers:
    return np.clip(np.floor(part * (1 << GRID_BITS)), 0, (1 << GRID_BITS) - 1).astype(np.int64)


def _spread(number: Integers) -> Integers:
    """A zero bit after every bit."""
    for shift, mask in _STEPS:
        number = (number | (number << shift)) & mask
    return number


_STEPS = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)
