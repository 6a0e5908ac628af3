import math
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mostovi.packs.bih
from mostovi.demo.portal.bridge_map.boundaries import (
    draw_ring,
    fit_country,
    is_inside,
    project_units,
    read_boundaries,
)
from mostovi.demo.portal.bridge_map.drawing import Standing, draw_bridge_map, load_country
from mostovi.demo.portal.bridge_map.labels import DESK, PHONE, Labelled, place_labels
from mostovi.demo.portal.bridge_map.lines import span
from mostovi.demo.portal.bridge_map.projection import fit_projection
from mostovi.demo.portal.bridge_map.simplification import simplify_line, simplify_units
from mostovi.demo.portal.bridge_map.values import FRAME, Point
from mostovi.demo.portal.queries.bridge import list_contract_pairs
from mostovi.kernel.institutions import list_on_the_bridge
from mostovi.kernel.languages import VARIANTS, text_in

BOUNDARIES = Path(mostovi.packs.bih.__file__).parent / "territory/boundaries/gb_adm2_simplified.geojson"
COORDINATE = st.floats(-1000, 1000)
POINT = st.builds(Point, COORDINATE, COORDINATE)


def the_country():
    return load_country(BOUNDARIES)


def standing(variant="en", off=()):
    return [
        Standing(
            code=one.code,
            longitude=one.longitude,
            latitude=one.latitude,
            place=one.place_in(variant),
            kind=text_in(one.kind, variant),
            answers=one.code not in off,
        )
        for one in list_on_the_bridge()
    ]


def edges_of(units):
    counted = Counter()
    for unit in units:
        for ring in unit.rings:
            counted.update(frozenset(edge) for edge in zip(ring, (*ring[1:], ring[0]), strict=True))
    return counted


def test_twelve_units_are_drawn_each_by_one_path():
    assert len(the_country().land) == 12
    assert all(path.startswith("M") and path.endswith("z") for path in the_country().land)


def test_neighbours_still_share_their_border_after_simplification():
    degrees = read_boundaries(BOUNDARIES)
    full = project_units(degrees, fit_country(degrees))
    simple = simplify_units(full, tolerance=1.4)
    before, after = edges_of(full), edges_of(simple)
    assert set(after.values()) <= {1, 2}
    shared = {point for edge, times in before.items() if times == 2 for point in edge}
    between = [edge for edge, times in after.items() if times == 1 and all(point in shared for point in edge)]
    assert not [edge for edge in between if edge in before and before[edge] == 2]
    assert sum(after.values()) < sum(before.values()) / 2


@pytest.mark.parametrize("tolerance", [0.5, 1.4, 4])
def test_simplified_units_keep_only_points_they_had(tolerance):
    degrees = read_boundaries(BOUNDARIES)
    full = project_units(degrees, fit_country(degrees))
    for before, after in zip(full, simplify_units(full, tolerance=tolerance), strict=True):
        assert after.id == before.id
        assert after.rings
        assert {point for ring in after.rings for point in ring} <= {
            point for ring in before.rings for point in ring
        }


@given(st.lists(POINT, min_size=2, max_size=30), st.floats(0, 100))
def test_a_simplified_line_keeps_its_ends_and_stays_close(points, tolerance):
    line = tuple(points)
    simple = simplify_line(line, tolerance)
    assert (simple[0], simple[-1]) == (line[0], line[-1])
    assert set(simple) <= set(line)
    for point in line:
        assert min(distance(point, *ends) for ends in pairwise(simple)) <= tolerance + 1e-6


def distance(point, start, end):
    length = math.dist(start, end) ** 2
    along = 0.0 if length == 0 else (
        ((point.x - start.x) * (end.x - start.x) + (point.y - start.y) * (end.y - start.y)) / length
    )  # fmt: skip
    along = min(1.0, max(0.0, along))
    return math.dist(point, (start.x + along * (end.x - start.x), start.y + along * (end.y - start.y)))


@given(st.floats(15.8, 19.6), st.floats(42.6, 45.2), st.floats(0.001, 0.5))
def test_east_is_right_and_north_is_up(longitude, latitude, step):
    projection = the_country().projection
    here = projection.place(longitude, latitude)
    assert projection.place(longitude + step, latitude).x > here.x
    assert projection.place(longitude, latitude + step).y < here.y


@given(st.floats(15.8, 19.5), st.floats(42.7, 45.2))
def test_the_map_keeps_angles(longitude, latitude):
    projection, step = the_country().projection, 1e-4
    here = projection.place(longitude, latitude)
    east = projection.place(longitude + step / math.cos(math.radians(latitude)), latitude)
    north = projection.place(longitude, latitude + step)
    assert (east.x - here.x) / (here.y - north.y) == pytest.approx(1, rel=1e-3)


def test_the_projection_fills_its_frame():
    projection = fit_projection([(15, 42), (20, 45)], left=10, top=5, width=100)
    assert projection.place(15, 45) == pytest.approx((10, 5))
    assert projection.place(20, 42).x == pytest.approx(110)


def test_every_institution_stands_in_its_own_unit():
    country = the_country()
    within = {"ba-banja-luka": "ba-rs", "ba-bijeljina": "ba-rs", "ba-bd": "ba-bd", "ba-fbih": "ba-k09",
              "ba-k03": "ba-k03", "ba-tuzla": "ba-k03", "ba-zenica": "ba-k04"}  # fmt: skip
    for one in list_on_the_bridge():
        unit = next(unit for unit in country.units if unit.id == within[one.unit])
        place = country.projection.place(one.longitude, one.latitude)
        assert any(is_inside(place, ring) for ring in unit.rings), one.code


@given(POINT, POINT)
def test_a_line_is_the_same_from_both_ends_and_never_sags(start, end):
    there, back = span(start, end), span(end, start)
    assert there.control == pytest.approx(back.control, abs=1e-6)
    assert there.at(0) == pytest.approx(start)
    assert there.at(1) == pytest.approx(end)
    assert there.control.y <= (start.y + end.y) / 2 + 1e-9


@given(POINT, POINT, st.floats(0.01, 0.99), st.floats(0, 1))
def test_the_first_part_of_a_line_lies_on_the_line(start, end, part, along):
    curve = span(start, end)
    assert curve.until(part).at(along) == pytest.approx(curve.at(part * along), abs=1e-6)


@given(st.lists(POINT, min_size=3, max_size=20))
def test_a_drawn_ring_walks_back_to_every_corner(ring):
    path = draw_ring(ring)
    start, _, steps = path[1:-1].partition("l")
    x, y = map(int, start.split())
    numbers = list(map(int, steps.split()))
    corners = [(x, y)]
    for step_x, step_y in zip(numbers[::2], numbers[1::2], strict=True):
        x, y = x + step_x, y + step_y
        corners.append((x, y))
    rounded = [(round(point.x), round(point.y)) for point in ring]
    assert corners == [
        corner for rank, corner in enumerate(rounded) if rank == 0 or corner != rounded[rank - 1]
    ]


@pytest.mark.parametrize("contracts", [(), list_contract_pairs()], ids=["bare", "with contracts"])
@pytest.mark.parametrize("on_phones", [False, True])
@pytest.mark.parametrize("variant", VARIANTS)
def test_no_name_covers_another_or_an_arch_or_leaves_the_frame(variant, on_phones, contracts):
    drawn = draw_bridge_map(the_country(), standing(variant), contracts, None)
    names, lettering = (drawn.names_on_phones, PHONE) if on_phones else (drawn.names, DESK)
    boxes = [(rank, box) for rank, name in enumerate(names) for box in name.label.boxes]
    for rank, box in boxes:
        assert not any(box.meets(other) for place, other in boxes if place > rank)
        assert not any(box.meets(arch.box(lettering.arch_scale)) for arch in drawn.arches)
        assert FRAME.left <= box.left <= box.right <= FRAME.right
        assert FRAME.top - 10 <= box.top <= box.bottom <= FRAME.bottom


def test_labels_come_in_the_order_of_their_places():
    places = [Labelled(Point(300, 400), ("Jajce", "registrar")), Labelled(Point(200, 100), ("Bihać",))]
    assert [label.lines[0][1] for label in place_labels(places, [], [])] == ["Jajce", "Bihać"]


def test_two_institutions_of_one_town_stand_side_by_side():
    arches = {arch.code: arch for arch in draw_bridge_map(the_country(), standing(), [], None).arches}
    west, east = arches["tuzla-canton-interior"], arches["tuzla-social-work"]
    assert west.foot.y == east.foot.y
    assert east.foot.x - west.foot.x == 41


def test_an_institution_that_does_not_answer_has_its_lines_cut():
    contracts = [("tuzla-social-work", "brcko-registrar"), ("banja-luka-administration", "zenica-registrar")]
    drawn = draw_bridge_map(the_country(), standing(off={"brcko-registrar"}), contracts, None)
    assert drawn.cuts.count("M") == 1
    assert drawn.lines.count("M") == 3
    assert [arch.code for arch in drawn.arches if not arch.answers] == ["brcko-registrar"]
    assert sum(not name.answers for name in drawn.names) == 1


def test_the_lit_line_runs_from_who_answered_to_who_asked():
    lit = ("zenica-registrar", "banja-luka-administration")
    drawn = draw_bridge_map(the_country(), standing(), [], lit)
    arches = {arch.code: arch for arch in drawn.arches}
    start = arches["zenica-registrar"].crown
    assert drawn.lit.path.startswith(f"M{round(start.x)} {round(start.y)}Q")


@pytest.mark.parametrize(
    "lit", [None, ("zenica-registrar", "zenica-registrar"), ("zenica-registrar", "nobody")]
)
def test_nothing_is_lit_when_nothing_crossed_the_bridge(lit):
    assert draw_bridge_map(the_country(), standing(), [], lit).lit is None


def test_water_lies_off_the_land_and_is_always_the_same():
    load_country.cache_clear()
    water = the_country().water
    load_country.cache_clear()
    assert the_country().water == water
    assert water.count("M") > 30
