"""Tiles kept in memory as long as what they show is unchanged, each with an entity tag."""

import gzip
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from threading import Lock
from typing import Protocol

from mostovi.connectivity.tiles.mercator import TileName
from mostovi.connectivity.tiles.points import PointLayer, Points

_MOST_BYTES = 64 * 1024 * 1024


class Layer(Protocol):
    """What a tile is made of."""

    @property
    def name(self) -> str:
        """Unique among the layers of a tile."""
        ...

    def tile(self, tile: TileName) -> bytes:
        """The layer as this tile has it. Raises NoSuchTile."""
        ...


@dataclass(frozen=True)
class Tile:
    """The bytes of a tile (application/vnd.mapbox-vector-tile)."""

    content: bytes

    @property
    def entity_tag(self) -> str:
        """A strong one: equal tags, equal bytes, also after a restart and on another machine."""
        return f'"{self._digest}"'

    @property
    def compressed_entity_tag(self) -> str:
        """That of ``compressed``: another form needs another tag (RFC 9110 §8.8.3.3)."""
        return f'"{self._digest}-gzip"'

    @cached_property
    def _digest(self) -> str:
        return blake2b(self.content, digest_size=16).hexdigest()

    @cached_property
    def compressed(self) -> bytes:
        """The same for ``Content-Encoding: gzip``, without a time in it."""
        return gzip.compress(self.content, compresslevel=6, mtime=0)


class TileStore:
    """Tiles of these layers, cut when first asked for; the least used are forgotten first."""

    def __init__(self, layers: Sequence[Layer], most_bytes: int = _MOST_BYTES) -> None:
        self._layers = {layer.name: layer for layer in layers}
        self._kept: OrderedDict[TileName, Tile] = OrderedDict()
        self._bytes = 0
        self._most_bytes = most_bytes
        self._lock = Lock()

    def tile(self, name: TileName) -> Tile:
        """A tile; its content is empty where there is nothing to show. Raises NoSuchTile."""
        with self._lock:
            kept = self._kept.get(name)
            if kept:
                self._kept.move_to_end(name)
                return kept
            layers = tuple(self._layers.values())
        tile = Tile(b"".join(layer.tile(name) for layer in layers))
        with self._lock:
            if layers == tuple(self._layers.values()):
                self._keep(name, tile)
        return tile

    def change(self, layer: str, put: Points, gone: Sequence[int] = ()) -> set[TileName]:
        """Add, replace and remove points of a layer of points; only the tiles that differ are made anew.

        Returns those. Raises PointsRefused, NotOnTheMap, and KeyError when there is no such layer of points.
        """
        with self._lock:
            points = self._layers[layer]
            if not isinstance(points, PointLayer):
                raise KeyError(layer)
            self._layers[layer], touched = points.with_changes(put, gone)
            self._forget(touched)
        return touched

    def _keep(self, name: TileName, tile: Tile) -> None:
        self._forget([name])
        self._kept[name] = tile
        self._bytes += len(tile.content)
        while self._bytes > self._most_bytes and self._kept:
            self._bytes -= len(self._kept.popitem(last=False)[1].content)

    def _forget(self, names: Iterable[TileName]) -> None:
        for name in names:
            kept = self._kept.pop(name, None)
            if kept:
                self._bytes -= len(kept.content)
