"""From measurements to tables, against a recomputation by hand, in any order and at any instant."""

import math
from collections import defaultdict
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effort import examples
from mostovi.connectivity.aggregation.columns import (
    NEVER,
    Grouping,
    Measurements,
    MeasurementsRefused,
    Metric,
    Period,
    Place,
)
from mostovi.connectivity.aggregation.cube import Cells, Cube
from mostovi.connectivity.aggregation.knowledge import Cell, cube_as_known_at, revisions
from mostovi.connectivity.aggregation.periods import period_of, start_of
from mostovi.connectivity.sketches.buckets import RELATIVE_ERROR, OutOfRange
from mostovi.connectivity.sketches.table import NeverCounted

SARAJEVO = "Europe/Sarajevo"
AUTUMN = 1_761_400_800  # 25 October 2025, the night in which clocks go back
MUNICIPALITY = np.array([0, 0, 1, 2, 2])
CANTON = np.array([0, 0, 0, -1, -1])
GROUPINGS = (
    Grouping("school", np.arange(5)),
    Grouping("municipality", MUNICIPALITY),
    Grouping("canton", CANTON),
    Grouping("provider", np.arange(3), by_provider=True),
)

rows = st.tuples(
    st.integers(0, 4),
    st.integers(0, 2),
    st.integers(AUTUMN, AUTUMN + 3 * 86400),
    st.integers(0, 5),
    st.sampled_from([1, 2, 4, NEVER]),
    st.floats(0, 1000) | st.just(math.nan),
)
batches = st.lists(rows, max_size=40)


def measurements(given_rows: list) -> Measurements:
    site, provider, measured, received, lasts, value = np.array(given_rows, object).reshape(-1, 6).T
    received_at = AUTUMN + received.astype(np.int64)
    known_for = lasts.astype(np.int64)
    return Measurements(
        site.astype(np.int64),
        provider.astype(np.int64),
        measured.astype(np.int64),
        received_at,
        np.where(known_for == NEVER, NEVER, received_at + np.minimum(known_for, 10)),
        {Metric.DOWNLOAD: value.astype(np.float64)},
    )


def cube_of(*batches: Measurements) -> Cube:
    cube = Cube(GROUPINGS, list(Period), SARAJEVO)
    for batch in batches:
        cube.add(batch)
    return cube


def same(one: Cells, other: Cells) -> bool:
    pairs = ((one.sketches, other.sketches), (one.tests, other.tests))
    return all(np.array_equal(a.keys, b.keys) and np.array_equal(a.counts, b.counts) for a, b in pairs)


def same_cubes(one: Cube, other: Cube) -> bool:
    return all(same(one.table(place), other.table(place)) for place in one.places)


def by_hand(batch: Measurements, grouping: Grouping, period: Period) -> dict[tuple[int, object], list[float]]:
    """The median of each line and hour, in the cells they belong to; cells named by group and local date."""
    hours = defaultdict(list)
    for site, provider, at, value in zip(
        batch.site, batch.provider, batch.measured_at, batch.values[Metric.DOWNLOAD], strict=True
    ):
        if not math.isnan(value):
            hours[int(site), int(provider), int(at) // 3600].append(float(value))
    cells = defaultdict(list)
    for (site, provider, hour), values in hours.items():
        group = int(grouping.group_of[provider if grouping.by_provider else site])
        begin = datetime.fromtimestamp(hour * 3600, UTC)
        local = begin.astimezone(ZoneInfo(SARAJEVO)).date()
        monday = date.fromordinal(local.toordinal() - local.weekday())
        name = {Period.HOUR: begin, Period.DAY: local, Period.WEEK: monday, Period.ALL: None}[period]
        if group >= 0:
            cells[group, name].append(sorted(values)[(len(values) - 1) // 2])
    return cells


@given(batches, st.sampled_from(GROUPINGS), st.sampled_from(list(Period)))
@settings(max_examples=examples(120))
def test_every_cell_says_what_a_recomputation_by_hand_says(
    given_rows: list, grouping: Grouping, period: Period
) -> None:
    batch = measurements(given_rows)
    expected = by_hand(batch, grouping, period)
    found = cube_of(batch).table(Place(grouping.name, period, Metric.DOWNLOAD)).summaries(20.0)
    names = [(int(g), start_of(int(p), period)) for g, p in zip(found.group, found.period, strict=True)]
    assert sorted(names, key=str) == sorted(expected, key=str)
    for place, name in enumerate(names):
        exact = sorted(expected[name])
        assert found.hours[place] == len(exact)
        for column, share in ((found.p10, 10), (found.median, 50), (found.p90, 90)):
            true = exact[math.ceil(share * len(exact) / 100) - 1]
            assert abs(column[place] - true) <= max(true * RELATIVE_ERROR * 1.0000001, 0.001)
        near = [sum(value < 20 * edge for value in exact) / len(exact) for edge in (0.992, 1.008)]
        assert near[0] - 1e-9 <= found.share_below[place] <= near[1] + 1e-9


@given(batches, st.randoms(), st.integers(1, 9))
@settings(max_examples=examples(60))
def test_one_by_one_in_any_order_is_all_at_once(given_rows: list, random: object, size: int) -> None:
    shuffled = given_rows[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    parts = [measurements(shuffled[start : start + size]) for start in range(0, len(shuffled), size)]
    assert same_cubes(cube_of(*parts), cube_of(measurements(given_rows)))


@given(batches, batches)
@settings(max_examples=examples(60))
def test_what_is_taken_away_leaves_no_trace(kept: list, withdrawn: list) -> None:
    cube = cube_of(measurements(kept), measurements(withdrawn))
    cube.take_away(measurements(withdrawn))
    assert same_cubes(cube, cube_of(measurements(kept)))


@given(batches, st.lists(rows, min_size=1, max_size=5))
@settings(max_examples=examples(60))
def test_a_change_names_the_cells_it_touches_and_no_other(known: list, new: list) -> None:
    cube, added = cube_of(measurements(known)), measurements(new)
    before = {place: cube.table(place) for place in cube.places}
    touched = cube.add(added)
    alone = cube_of(added)
    for place in cube.places:
        names = alone.table(place).sketches.cells
        now, then = cube.table(place), before[place]
        rest = np.setdiff1d(now.sketches.cells, names)
        if len(names):
            assert np.array_equal(touched[place].sketches.cells, names)
            assert same(touched[place], Cells(now.sketches.select(names), now.tests.select(names)))
        assert same(
            Cells(now.sketches.select(rest), now.tests.select(rest)),
            Cells(then.sketches.select(rest), then.tests.select(rest)),
        )


@given(batches, st.integers(0, 15))
@settings(max_examples=examples(60))
def test_what_we_knew_at_an_instant_is_what_had_come_and_not_gone(given_rows: list, later: int) -> None:
    batch, instant = measurements(given_rows), AUTUMN + later
    known = [
        place
        for place in range(len(batch))
        if batch.received_at[place] <= instant < batch.withdrawn_at[place]
    ]
    cube = cube_as_known_at(instant, batch, GROUPINGS, list(Period), SARAJEVO)
    assert same_cubes(cube, cube_of(batch.where(np.array(known, np.int64))))


@given(batches, st.sampled_from(GROUPINGS), st.integers(0, 2))
@settings(max_examples=examples(60))
def test_the_revisions_of_a_cell_are_what_the_cube_said_at_each_instant(
    given_rows: list, grouping: Grouping, group: int
) -> None:
    batch = measurements(given_rows)
    number = int(period_of(batch.hour[:1], Period.DAY, SARAJEVO)[0]) if len(batch) else 0
    cell = Cell(grouping, group, Period.DAY, number, Metric.DOWNLOAD)
    place = Place(grouping.name, Period.DAY, Metric.DOWNLOAD)
    for instant, said in revisions(batch, cell, SARAJEVO, 20.0):
        cube = cube_as_known_at(instant, batch, [grouping], [Period.DAY], SARAJEVO)
        expected = cube.cells(place, group, [number]).summaries(20.0)
        assert said.hours.tolist() == expected.hours.tolist()
        assert said.median.tolist() == expected.median.tolist()
        assert said.tests.tolist() == expected.tests.tolist()


def test_a_flood_within_an_hour_weighs_as_much_as_one_test() -> None:
    quiet = [(0, 0, AUTUMN + 3600 * hour, 0, NEVER, 5.0) for hour in range(9)]
    flood = [(1, 0, AUTUMN + second, 0, NEVER, 900.0) for second in range(1000)]
    said = cube_of(measurements(quiet + flood)).table(Place("municipality", Period.ALL, Metric.DOWNLOAD))
    summary = said.summaries(20.0)
    assert summary.tests.tolist() == [1009]
    assert summary.hours.tolist() == [10]
    assert summary.median[0] == pytest.approx(5.0, rel=0.004)
    assert summary.share_below.tolist() == [0.9]


def test_the_hour_that_comes_twice_in_autumn_belongs_to_one_day_of_25_hours() -> None:
    midnight = int(datetime(2025, 10, 26, tzinfo=ZoneInfo(SARAJEVO)).timestamp())
    hours = measurements([(0, 0, midnight + 3600 * hour, 0, NEVER, 1.0) for hour in range(-1, 26)]).hour
    days = period_of(hours, Period.DAY, SARAJEVO).tolist()
    assert [start_of(day, Period.DAY) for day in (days[0], days[1], days[25], days[26])] == [
        date(2025, 10, 25),
        date(2025, 10, 26),
        date(2025, 10, 26),
        date(2025, 10, 27),
    ]
    weeks = period_of(hours, Period.WEEK, SARAJEVO)
    assert start_of(int(weeks[0]), Period.WEEK) == date(2025, 10, 20)
    assert start_of(int(weeks[-1]), Period.WEEK) == date(2025, 10, 27)


def test_what_was_never_counted_cannot_be_taken_away_and_nothing_changes() -> None:
    known = measurements([(0, 0, AUTUMN, 0, NEVER, 5.0)])
    cube = cube_of(known)
    with pytest.raises(NeverCounted):
        cube.take_away(measurements([(0, 0, AUTUMN, 0, NEVER, 5.0), (0, 0, AUTUMN, 0, NEVER, 7.0)]))
    assert same_cubes(cube, cube_of(known))


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("site", 1 << 22, "site must lie between 0 and 4194303"),
        ("provider", -1, "provider must lie between"),
        ("measured_at", 0, "in hours since 2015"),
        ("received_at", None, "received_at must be a column of 1"),
    ],
)
def test_columns_that_are_no_measurements_are_named(column: str, value: int | None, says: str) -> None:
    one = dict.fromkeys(("site", "provider", "received_at", "withdrawn_at"), np.zeros(1, np.int64))
    columns = {**one, "measured_at": np.array([AUTUMN])}
    columns[column] = np.array([] if value is None else [value], np.int64)
    with pytest.raises(MeasurementsRefused, match=says):
        Measurements(**columns, values={})


def test_a_negative_speed_is_refused_before_anything_is_counted() -> None:
    cube = cube_of()
    with pytest.raises(OutOfRange):
        cube.add(measurements([(0, 0, AUTUMN, 0, NEVER, 5.0), (0, 0, AUTUMN, 0, NEVER, -5.0)]))
    assert same_cubes(cube, cube_of())
