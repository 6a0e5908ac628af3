"""Tiles, decoded by another's library."""

import gzip
import json
import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Polygon, box, shape

import mostovi.packs.bih
from effort import examples
from mostovi.connectivity.tiles.areas import BUFFER, Area, AreaLayer, AreasRefused
from mostovi.connectivity.tiles.mercator import (
    EXTENT,
    GRID_BITS,
    NoSuchTile,
    NotOnTheMap,
    TileName,
    project,
)
from mostovi.connectivity.tiles.names import NamedPlace, NameLayer
from mostovi.connectivity.tiles.points import ZOOMS, Attribute, PointLayer, Points, PointsRefused
from mostovi.connectivity.tiles.store import TileStore

ATTRIBUTES = (
    Attribute("status", ("good", "moderate", "bad", "unknown")),
    Attribute("challenged", (False, True)),
    Attribute("level", (-3, 2.5, 7)),
)
BOUNDARIES = Path(mostovi.packs.bih.__file__).parent / "territory/boundaries/gb_adm2_simplified.geojson"

# Few places, so that several schools fall on one spot and on edges of tiles.
somewhere = st.floats(-180, 180) | st.sampled_from([-180.0, 0.0, 17.5, 17.500001, 180.0])
northing = st.floats(-90, 90) | st.sampled_from([-90.0, 0.0, 43.9, 44.0, 85.06])
school = st.tuples(somewhere, northing, st.integers(-1, 3), st.integers(-1, 1), st.integers(-1, 2))
schools = st.dictionaries(st.integers(0, 400) | st.integers(0, 2**53 - 1), school, max_size=25)


def points(by_identifier: dict[int, tuple]) -> Points:
    columns = list(zip(*by_identifier.values(), strict=True)) or [()] * 5
    return Points(
        np.array(list(by_identifier), np.int64),
        np.array(columns[0], np.float64),
        np.array(columns[1], np.float64),
        {each.name: np.array(columns[2 + n], np.int64) for n, each in enumerate(ATTRIBUTES)},
    )


def layer(by_identifier: dict[int, tuple]) -> PointLayer:
    return PointLayer("sites", ATTRIBUTES, points(by_identifier))


def decode(content: bytes) -> dict[str, Any]:
    return mapbox_vector_tile.decode(content, default_options={"y_coord_down": True})


def features(content: bytes, name: str = "sites") -> list[dict[str, Any]]:
    return decode(content)[name]["features"] if content else []


def expected_properties(one: tuple) -> dict[str, Any]:
    return {each.name: each.values[one[2 + n]] for n, each in enumerate(ATTRIBUTES) if one[2 + n] >= 0}


def tile_of(one: tuple, zoom: int) -> TileName:
    column, row = (int(grid) >> (GRID_BITS - zoom) for grid in project(one[0], one[1]))
    return TileName(zoom, column, row)


@given(schools)
@settings(max_examples=examples(60))
def test_every_school_is_on_every_zoom_once_where_it_lies_and_says_what_it_says(every: dict) -> None:
    found: dict[int, list[int]] = {zoom: [] for zoom in ZOOMS}
    for tile, content in layer(every).tiles():
        assert decode(content)["sites"]["extent"] == EXTENT
        for feature in features(content):
            one = every[feature["id"]]
            assert feature["properties"] == expected_properties(one)
            assert tile == tile_of(one, tile.zoom)
            place = [(int(grid) >> (14 - tile.zoom)) % EXTENT for grid in project(one[0], one[1])]
            assert feature["geometry"] == {"type": "Point", "coordinates": place}
            found[tile.zoom].append(feature["id"])
    assert all(sorted(identifiers) == sorted(every) for identifiers in found.values())


@given(schools, st.randoms())
@settings(max_examples=examples(60))
def test_the_same_schools_in_any_order_are_the_same_bytes(every: dict, random: Any) -> None:
    names = list(every)
    random.shuffle(names)
    assert dict(layer({name: every[name] for name in names}).tiles()) == dict(layer(every).tiles())


@given(schools)
@settings(max_examples=examples(40))
def test_a_tile_cut_by_itself_is_the_tile_built_with_all(every: dict) -> None:
    whole = layer(every)
    built = dict(whole.tiles())
    assert {tile: whole.tile(tile) for tile in built} == built
    empty = {tile_of((17.5, 43.9), zoom) for zoom in ZOOMS} - set(built)
    assert all(whole.tile(tile) == b"" for tile in empty)


@given(schools, schools, st.sets(st.integers(0, 400), max_size=5))
@settings(max_examples=examples(60))
def test_a_change_makes_the_layer_that_building_anew_makes_and_names_the_tiles_that_differ(
    every: dict, put: dict, gone: set
) -> None:
    before = layer(every)
    after, touched = before.with_changes(points(put), sorted(gone))
    left = {name: one for name, one in every.items() if name not in gone} | put
    then, now = dict(before.tiles()), dict(after.tiles())
    assert now == dict(layer(left).tiles())
    differing = {tile for tile in {*then, *now} if then.get(tile) != now.get(tile)}
    assert differing <= touched
    assert dict(before.tiles()) == then


def test_one_school_touches_one_tile_of_each_zoom() -> None:
    every = {1: (17.5, 43.9, 0, 0, 0), 2: (17.5001, 43.9, 0, 0, 0)}
    _, touched = layer(every).with_changes(points({1: (17.5, 43.9, 2, 0, 0)}))
    assert sorted(touched) == sorted(tile_of(every[1], zoom) for zoom in ZOOMS)


def one_point(**columns: Any) -> Points:
    usual = {"identifier": [1], "longitude": [17.5], "latitude": [43.9]}
    given_columns = {**usual, **columns}
    kinds = {"identifier": np.int64, "longitude": np.float64, "latitude": np.float64}
    arrays = {name: np.array(given_columns.pop(name), kind) for name, kind in kinds.items()}
    codes = {each.name: np.array(given_columns.pop(each.name, [0])) for each in ATTRIBUTES}
    return Points(**arrays, codes=codes)


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"identifier": [1, 1], "longitude": [1, 1], "latitude": [1, 1]}, "same identifier"),
        ({"identifier": [-1]}, "between 0 and 2"),
        ({"longitude": [1, 2]}, "one longitude"),
        ({"status": [4]}, "attribute status names none"),
        ({"status": [0, 0]}, "code for the attribute status"),
    ],
)
def test_columns_that_are_no_layer_are_refused_by_name(columns: dict, says: str) -> None:
    with pytest.raises(PointsRefused, match=says):
        PointLayer("sites", ATTRIBUTES, one_point(**columns))


@pytest.mark.parametrize("place", [(181, 0), (0, 91), (math.nan, 0), (0, math.inf)])
def test_no_place_on_earth_is_refused(place: tuple[float, float]) -> None:
    with pytest.raises(NotOnTheMap):
        PointLayer("sites", ATTRIBUTES, one_point(longitude=[place[0]], latitude=[place[1]]))


@pytest.mark.parametrize("name", [(-1, 0, 0), (15, 0, 0), (3, 8, 0), (3, 0, -1)])
def test_addresses_of_no_tile_are_refused(name: tuple[int, int, int]) -> None:
    with pytest.raises(NoSuchTile):
        layer({}).tile(TileName(*name))


def test_more_values_than_a_byte_can_name_are_refused() -> None:
    with pytest.raises(PointsRefused, match="129 values"):
        PointLayer("sites", [Attribute("n", tuple(range(129)))], points({}))


def test_a_kept_tile_stays_the_same_object_until_its_own_school_changes() -> None:
    store = TileStore([layer({1: (17.5, 43.9, 0, 0, 0), 2: (-60.0, -20.0, 0, 0, 0)})])
    here, there = tile_of((17.5, 43.9), 9), tile_of((-60.0, -20.0), 9)
    kept = {name: store.tile(name) for name in (here, there)}
    touched = store.change("sites", points({1: (17.5, 43.9, 2, 0, 0)}))
    assert here in touched
    assert there not in touched
    assert store.tile(there) is kept[there]
    assert store.tile(here).entity_tag != kept[here].entity_tag
    assert features(store.tile(here).content)[0]["properties"]["status"] == "bad"
    store.change("sites", points({1: (17.5, 43.9, 0, 0, 0)}))
    assert store.tile(here).entity_tag == kept[here].entity_tag
    assert store.tile(here).compressed == kept[here].compressed
    assert gzip.decompress(kept[here].compressed) == kept[here].content
    assert kept[here].compressed_entity_tag not in {kept[here].entity_tag, kept[there].compressed_entity_tag}


def test_a_store_forgets_what_is_least_used_before_it_grows_too_large() -> None:
    every = {name: (name / 2.0, 40.0, 0, 0, 0) for name in range(100)}
    store = TileStore([layer(every)], most_bytes=500)
    names = [tile_of(one, 12) for one in every.values()]
    first = store.tile(names[0])
    for name in names:
        store.tile(name)
    assert store.tile(names[0]) is not first
    assert store.tile(names[0]).content == first.content
    with pytest.raises(KeyError):
        store.change("areas", points({}))


def municipalities() -> Iterator[Area]:
    for number, feature in enumerate(json.loads(BOUNDARIES.read_text(encoding="utf-8"))["features"]):
        geometry = feature["geometry"]
        several = geometry["type"] == "MultiPolygon"
        yield Area(
            number, geometry["coordinates"] if several else [geometry["coordinates"]], {"name": f"№ {number}"}
        )


def on_tile(area: Area, tile: TileName) -> Any:
    """The area in units of a tile, by shapely from exact coordinates."""

    def ring(places: Any) -> list[tuple[float, float]]:
        grid = np.stack(project(*np.array(places).T), axis=1) / 2 ** (14 - tile.zoom)
        return [tuple(each) for each in grid - np.array([tile.column, tile.row]) * EXTENT]

    parts = [Polygon(ring(polygon[0]), [ring(hole) for hole in polygon[1:]]) for polygon in area.polygons]
    whole = parts[0].buffer(0)
    for part in parts[1:]:
        whole = whole.union(part.buffer(0))
    return whole.intersection(box(-BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER))


@pytest.mark.parametrize("zoom", [0, 4, 6, 7, 9, 11, 14])
def test_areas_are_drawn_where_they_lie_to_half_a_pixel(zoom: int) -> None:
    areas = list(municipalities())
    cut = AreaLayer("areas", areas)
    tiles = {tile_of(place, zoom) for place in ((18.41, 43.86), (17.19, 44.77), (17.81, 43.34))}
    for tile in tiles:
        drawn = {feature["id"]: feature for feature in features(cut.tile(tile), "areas")}
        for area in areas:
            true = on_tile(area, tile)
            if area.identifier not in drawn:
                assert true.area <= 6 * (true.length + 8)
                continue
            found = shape(drawn[area.identifier]["geometry"]).buffer(0)
            assert found.symmetric_difference(true).area <= 6 * (true.length + 8)
            assert drawn[area.identifier]["properties"] == area.properties


corner = st.tuples(st.floats(-170, 170), st.floats(-80, 80))


@given(st.lists(corner, min_size=3, max_size=12), st.integers(0, 14), corner)
@settings(max_examples=examples(150))
def test_any_ring_becomes_a_polygon_turned_as_the_specification_wants(
    ring: list, zoom: int, place: tuple[float, float]
) -> None:
    for tile in (tile_of(place, zoom), tile_of(ring[0], zoom)):
        for feature in features(AreaLayer("areas", [Area(1, [[ring]], {})]).tile(tile), "areas"):
            geometry = feature["geometry"]
            assert geometry["type"] == "Polygon"
            outer = np.array(geometry["coordinates"][0])
            assert len(geometry["coordinates"]) == 1
            assert outer.min() >= -BUFFER
            assert outer.max() <= EXTENT + BUFFER
            after = np.roll(outer, -1, axis=0)
            assert (outer[:, 0] * after[:, 1] - after[:, 0] * outer[:, 1]).sum() > 0


def zigzag_border(side: float) -> list[tuple[float, float]]:
    middle = [(17.0 + 0.013 * (n % 3), 43.0 + n / 40) for n in range(41)]
    return [*middle, (side, 44.0), (side, 43.0)]


@pytest.mark.parametrize("zoom", [3, 5, 8, 10])
def test_neighbours_share_their_border_without_gap_or_overlap(zoom: int) -> None:
    west, east = (Area(n, [[zigzag_border(side)]], {}) for n, side in enumerate((16.0, 18.0)))
    frame = Area(2, [[[(16.0, 43.0), (18.0, 43.0), (18.0, 44.0), (16.0, 44.0)]]], {})
    tile = tile_of((17.0, 43.5), zoom)
    one, two, whole = (
        shape(feature["geometry"])
        for feature in features(AreaLayer("areas", [west, east, frame]).tile(tile), "areas")
    )
    assert one.area + two.area == whole.area
    assert one.intersection(two).area == 0


def test_holes_are_kept_and_turned_the_other_way() -> None:
    square = [(16.0, 43.0), (18.0, 43.0), (18.0, 44.5), (16.0, 44.5)]
    hole = [(16.8, 43.5), (17.2, 43.5), (17.2, 43.8), (16.8, 43.8)]
    content = AreaLayer("areas", [Area(1, [[square, hole]], {})]).tile(tile_of((17.0, 43.6), 6))
    geometry = shape(features(content, "areas")[0]["geometry"])
    assert len(geometry.interiors) == 1
    assert geometry.is_valid


def test_a_ring_of_two_corners_bounds_nothing() -> None:
    with pytest.raises(AreasRefused, match="three or more"):
        AreaLayer("areas", [Area(1, [[[(16.0, 43.0), (17.0, 44.0)]]], {})])


def test_names_appear_from_their_zoom_on_those_seen_first_leading() -> None:
    places = [
        NamedPlace(2, 17.19, 44.77, 5, {"name": "Бања Лука", "population": 185042}),
        NamedPlace(1, 17.195, 44.775, 9, {"name": "Село", "capital": False, "share": 0.5}),
    ]
    names = NameLayer("names", places)
    seen = Counter(
        feature["properties"]["name"]
        for zoom in ZOOMS
        for tile in {tile_of((each.longitude, each.latitude), zoom) for each in places}
        for feature in features(names.tile(tile), "names")
    )
    assert seen == {"Бања Лука": 10, "Село": 6}
    both = features(names.tile(tile_of((17.19, 44.77), 9)), "names")
    assert [feature["id"] for feature in both] == [2, 1]
    assert [feature["properties"] for feature in both] == [each.properties for each in places]
    assert AreaLayer("areas", list(municipalities()), first_zoom=6).tile(TileName(5, 17, 11)) == b""


def test_a_tile_of_several_layers_is_read_as_all_of_them() -> None:
    every = {1: (17.5, 43.9, 0, 0, 0)}
    store = TileStore([AreaLayer("areas", list(municipalities())), layer(every)])
    decoded = decode(store.tile(tile_of(every[1], 7)).content)
    assert set(decoded) == {"areas", "sites"}
