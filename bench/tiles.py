"""Vector tiles of one million schools, beside mapbox-vector-tile, and of a country cut on demand.

- ``built``: 1,000,000 synthetic, seeded schools around 2,000 towns; sorting them, and every tile of zooms 0
  to 10 as bytes, in processor seconds of one thread.
- ``peer``: in each round the same 20 tiles of 500 to 5,000 schools, cut by us from the index and encoded by
  mapbox-vector-tile from features and geometries that are there already, in units of the tile; what either
  takes for one school. Building all tiles is compared with it too.
- ``on_demand``: single tiles around random schools, nothing kept: of 2,061 synthetic schools around the
  settlements of the country pack on zooms 0 to 14, of the base map (boundaries and settlements of the pack)
  on the same, and of the million on zooms 6 to 14.
- ``change``: one school's status changes: the layer made anew, and its 15 tiles.

Usage: bench/tiles.py [--rounds 5] [--only-print].
"""

import argparse
import csv
import gzip
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import mapbox_vector_tile
import numpy as np
from shapely.geometry import Point

import mostovi.packs.bih
from mostovi.connectivity.tiles.areas import Area, AreaLayer
from mostovi.connectivity.tiles.mercator import GRID_BITS, TileName, project
from mostovi.connectivity.tiles.names import NamedPlace, NameLayer
from mostovi.connectivity.tiles.points import ZOOMS, Attribute, PointLayer, Points
from mostovi.connectivity.tiles.store import TileStore
from timing import machine, milliseconds, timed, write

TERRITORY = Path(mostovi.packs.bih.__file__).parent / "territory"
ATTRIBUTES = (
    Attribute("status", ("good", "moderate", "bad", "unknown")),
    Attribute("kind", ("school", "clinic", "library", "local community", "town hall")),
)
FIRST_ZOOM = {"city": 5, "town": 8, "village": 11, "suburb": 12}
MILLION = 1_000_000


def points(longitude: np.ndarray, latitude: np.ndarray, random: np.random.RandomState) -> Points:
    count = len(longitude)
    codes = {each.name: random.randint(0, len(each.values), count) for each in ATTRIBUTES}
    return Points(np.arange(1, count + 1), longitude, latitude, codes)


def million_schools() -> Points:
    random = np.random.RandomState(3)
    towns = random.uniform([-15, -30], [45, 60], (2000, 2))[random.randint(0, 2000, MILLION)]
    return points(*(towns + random.normal(0, 0.6, towns.shape)).T, random)


def settlements() -> list[dict[str, str]]:
    with (TERRITORY / "settlements_osm.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def country_schools() -> Points:
    random = np.random.RandomState(4)
    rows = settlements()
    chosen = [rows[each] for each in random.randint(0, len(rows), 2061)]
    longitude, latitude = (np.array([float(row[name]) for row in chosen]) for name in ("lon", "lat"))
    return points(longitude + random.normal(0, 0.01, 2061), latitude + random.normal(0, 0.01, 2061), random)


def base_map() -> TileStore:
    boundaries = json.loads((TERRITORY / "boundaries/gb_adm2_simplified.geojson").read_text(encoding="utf-8"))
    areas = [
        Area(number, polygons(feature["geometry"]), {"number": number})
        for number, feature in enumerate(boundaries["features"])
    ]
    places = [
        NamedPlace(
            number, float(row["lon"]), float(row["lat"]), FIRST_ZOOM[row["place"]], {"name": row["name"]}
        )
        for number, row in enumerate(settlements())
    ]
    return TileStore([AreaLayer("areas", areas), NameLayer("names", places)], most_bytes=0)


def polygons(geometry: dict) -> list:
    return geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]


def tile_around(given: Points, place: int, zoom: int) -> TileName:
    column, row = (
        int(grid) >> (GRID_BITS - zoom) for grid in project(given.longitude[place], given.latitude[place])
    )
    return TileName(zoom, column, row)


def build(given: Points) -> tuple[PointLayer, dict[str, float]]:
    layer = PointLayer("sites", ATTRIBUTES, given)
    found = {"tiles": 0, "features": 0, "megabytes": 0.0}
    for zoom in range(11):
        for _, content in layer.tiles(range(zoom, zoom + 1)):
            found["tiles"] += 1
            found["megabytes"] += len(content) / 1e6
        found["features"] += len(layer)
    return layer, found


def tiles_for_the_peer(given: Points, layer: PointLayer) -> list[tuple[TileName, list[dict]]]:
    """Tiles of 500 to 5,000 schools, and their features as the peer wants them."""
    random = np.random.RandomState(5)
    chosen: dict[TileName, list[dict]] = {}
    while len(chosen) < 20:
        tile = tile_around(given, random.randint(MILLION), random.randint(5, 11))
        decoded = mapbox_vector_tile.decode(layer.tile(tile), default_options={"y_coord_down": True})
        features = decoded["sites"]["features"]
        if 500 <= len(features) <= 5000:
            chosen[tile] = [{**each, "geometry": Point(each["geometry"]["coordinates"])} for each in features]
    return list(chosen.items())


def peer_encodes(tiles: list[tuple[TileName, list[dict]]]) -> list[bytes]:
    options = {"y_coord_down": True, "extents": 4096}
    return [
        mapbox_vector_tile.encode([{"name": "sites", "features": features}], default_options=options)
        for _, features in tiles
    ]


def check_same(tiles: list[tuple[TileName, list[dict]]], layer: PointLayer) -> None:
    """Both say the same: only then is comparing them fair."""
    for (tile, _), theirs in zip(tiles, peer_encodes(tiles), strict=True):
        one, other = (
            mapbox_vector_tile.decode(content, default_options={"y_coord_down": True})["sites"]["features"]
            for content in (layer.tile(tile), theirs)
        )
        assert one == other


class Spent:
    """What many short runs take, by the wall and of the processor: they differ where others work too."""

    def __init__(self) -> None:
        self._wall: list[float] = []
        self._processor: list[float] = []

    def on(self, run: Callable[[], Any]) -> Any:
        wall, processor = time.perf_counter(), time.process_time()
        found = run()
        self._processor.append(time.process_time() - processor)
        self._wall.append(time.perf_counter() - wall)
        return found

    def said(self) -> dict[str, dict[str, float]]:
        return {"wall": milliseconds(self._wall), "processor": milliseconds(self._processor)}


def on_demand(given: Points, cut: Callable[[TileName], object], zooms: range) -> dict[str, dict[str, float]]:
    random = np.random.RandomState(6)
    spent = Spent()
    for _ in range(2000):
        tile = tile_around(given, random.randint(len(given)), random.randint(zooms.start, zooms.stop))
        spent.on(partial(cut, tile))
    return spent.said()


def change_one(layer: PointLayer, given: Points) -> dict[str, object]:
    """A status changes; the layer is made anew and then the tiles that differ."""
    random = np.random.RandomState(7)
    making, cutting = Spent(), Spent()
    for _ in range(20):
        place = np.array([random.randint(len(given))])
        codes = {each.name: random.randint(0, len(each.values), 1) for each in ATTRIBUTES}
        put = Points(given.identifier[place], given.longitude[place], given.latitude[place], codes)
        layer, touched = making.on(partial(layer.with_changes, put))
        assert len(touched) == len(ZOOMS)
        for tile in touched:
            cutting.on(partial(layer.tile, tile))
    return {"layer": making.said(), "each_tile": cutting.said(), "tiles": len(ZOOMS)}


def one_round(million: Points, layer: PointLayer, tiles: list[tuple[TileName, list[dict]]]) -> dict:
    schools = sum(len(features) for _, features in tiles)
    building, (_, built) = timed(lambda: build(million))
    ours, _ = timed(lambda: [layer.tile(tile) for tile, _ in tiles * 20])
    theirs, _ = timed(lambda: peer_encodes(tiles))
    return {
        "spent": building,
        "built": built,
        "microseconds_per_school": {
            "built": 1e6 * building["processor_seconds"] / built["features"],
            "cut": 1e6 * ours["processor_seconds"] / (20 * schools),
            "mapbox_vector_tile": 1e6 * theirs["processor_seconds"] / schools,
        },
    }


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only-print", action="store_true", help="leave the published result as it is")
    options = parser.parse_args()
    facts = machine("numpy", "mapbox-vector-tile", "shapely", "protobuf")
    million, country = million_schools(), country_schools()
    layer, _ = build(million)
    tiles = tiles_for_the_peer(million, layer)
    check_same(tiles, layer)
    rounds = []
    for number in range(options.rounds):
        rounds.append(one_round(million, layer, tiles))
        print(f"round {number + 1}", rounds[-1], flush=True)
    whole = PointLayer("sites", ATTRIBUTES, country)
    world = whole.tile(TileName(0, 0, 0))
    result = {
        "what": "vector tiles of 1,000,000 schools, zooms 0 to 10, beside mapbox-vector-tile",
        "built": {
            **{key: median(each["spent"][key] for each in rounds) for key in rounds[0]["spent"]},
            **{key: round(value, 1) for key, value in rounds[0]["built"].items()},
        },
        "microseconds_per_school": {
            key: round(median(each["microseconds_per_school"][key] for each in rounds), 3)
            for key in rounds[0]["microseconds_per_school"]
        },
        "times_faster_than_mapbox_vector_tile": {key: ratio(rounds, key) for key in ("built", "cut")},
        "on_demand_milliseconds": {
            "country": on_demand(country, whole.tile, ZOOMS),
            "base_map": on_demand(country, base_map().tile, ZOOMS),
            "million_from_zoom_6": on_demand(million, layer.tile, range(6, 15)),
        },
        "change_milliseconds": {
            "country": change_one(whole, country),
            "million": change_one(layer, million),
        },
        "country_on_one_tile_kilobytes": {
            "schools": len(whole),
            "plain": round(len(world) / 1000, 1),
            "gzip": round(len(gzip.compress(world, 6)) / 1000, 1),
        },
        "rounds": rounds,
        "machine": facts,
    }
    print(json.dumps({key: value for key, value in result.items() if key != "rounds"}, indent=1))
    if not options.only_print:
        write("tiles", result)
    return 0


def ratio(rounds: list[dict], key: str) -> float:
    """The median of the rounds' ratios."""
    each = [one["microseconds_per_school"] for one in rounds]
    return round(median(one["mapbox_vector_tile"] / one[key] for one in each), 1)


if __name__ == "__main__":
    sys.exit(main())
