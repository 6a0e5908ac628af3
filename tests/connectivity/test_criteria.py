"""Criteria as documents, and the index, ranking, stability and comparison that follow from them."""

import math
from dataclasses import replace
from datetime import date
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effort import examples
from mostovi.connectivity.criteria.comparison import Cause, Change, changes, compare
from mostovi.connectivity.criteria.index import assess, ranks, shares, standing
from mostovi.connectivity.criteria.proxies import proxy_in
from mostovi.connectivity.criteria.reading import LARGEST, read_criteria
from mostovi.connectivity.criteria.stability import draw_weights, rank_intervals
from mostovi.connectivity.criteria.status import Status, is_sure, status_of
from mostovi.connectivity.criteria.values import (
    Benchmark,
    Criteria,
    CriteriaRefused,
    Direction,
    Indicator,
    Method,
    Missing,
    Mistake,
    Scale,
    Sites,
    SitesRefused,
    Stability,
)
from mostovi.connectivity.criteria.writing import write_json, write_yaml

DOCUMENT = dedent("""\
    criteria: vulnerability
    version: 2
    owner: GIZ
    title: Where a connection is needed most
    valid_from: 2026-09-01
    note: Poverty weighs more after the pilot.
    benchmarks:
      download: {good: 20, moderate: 1, least_hours: 6}
      latency: {good: 50, moderate: 150}
    indicators:
      download_per_pupil:
        weight: 30
        direction: less_is_worse
        scale: logarithmic
        worst: 0.01
        best: 1
        says: Measured download for each pupil in Mbit/s
        missing: as_worst
      branch_school:
        weight: 10
        direction: more_is_worse
        scale: yes_no
        says: Whether it is a branch school
        missing: as_best
      poverty:
        weight: 20
        direction: more_is_worse
        scale: percentile
        says: Share of pupils whose families receive social assistance
        missing: left_out
    stability: {method: dirichlet, concentration: 50, draws: 400, level: 90, seed: 7}
    """)
CRITERIA = read_criteria(DOCUMENT)


def sites(count: int = 60, seed: int = 3) -> Sites:
    random = np.random.RandomState(seed)
    poverty = random.uniform(0, 1, count)
    poverty[::7] = np.nan
    return Sites(
        np.arange(count) + 100,
        {
            "download_per_pupil": random.lognormal(-2, 1.5, count),
            "branch_school": random.randint(0, 2, count).astype(float),
            "poverty": poverty,
        },
    )


def mistakes_in(text: str) -> tuple[Mistake, ...]:
    try:
        read_criteria(text)
    except CriteriaRefused as refused:
        return refused.mistakes
    return ()


def mistakes_of(text: str) -> list[str]:
    return [str(mistake) for mistake in mistakes_in(text)]


def test_a_document_is_read_as_it_says() -> None:
    assert CRITERIA.valid_from == date(2026, 9, 1)
    assert CRITERIA.benchmarks["download"] == Benchmark(20, 1, 6)
    assert list(CRITERIA.indicators) == ["download_per_pupil", "branch_school", "poverty"]
    assert CRITERIA.indicators["download_per_pupil"].worst == 0.01
    assert shares(CRITERIA)["poverty"] == pytest.approx(1 / 3)


names = st.from_regex(r"x[a-z0-9_]{0,8}", fullmatch=True)
texts = st.text(st.characters(codec="utf-8", categories=["L", "Nd", "P", "Zs"]), max_size=30).map(
    lambda text: f"Says {text}."
)
numbers = st.floats(0.001, 1e6)


@st.composite
def indicators(draw: st.DrawFn) -> Indicator:
    scale, direction = draw(st.sampled_from(Scale)), draw(st.sampled_from(Direction))
    ends = sorted((draw(numbers), draw(numbers.map(lambda number: number + 1e7))))
    worst, best = reversed(ends) if direction is Direction.MORE_IS_WORSE else ends
    ranged = scale in (Scale.LINEAR, Scale.LOGARITHMIC)
    return Indicator(
        weight=draw(numbers),
        direction=direction,
        scale=scale,
        says=draw(texts.filter(lambda text: not proxy_in("x", text))),
        missing=draw(st.sampled_from(Missing)),
        worst=worst if ranged else None,
        best=best if ranged else None,
        limit=draw(numbers) if scale is Scale.THRESHOLD else None,
    )


documents = st.builds(
    Criteria,
    criteria=names,
    version=st.integers(1, 1000),
    owner=texts,
    title=texts,
    valid_from=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    note=texts,
    benchmarks=st.dictionaries(
        names, st.builds(Benchmark, st.floats(2, 9), st.floats(0, 1), st.integers(1, 9)), max_size=3
    ),
    indicators=st.dictionaries(names, indicators(), min_size=1, max_size=4),
    stability=st.builds(
        Stability,
        st.sampled_from(Method),
        st.floats(1, 1e6),
        st.floats(0, 0.99),
        st.integers(100, 10000),
        st.integers(50, 99),
        st.integers(0, 2**32 - 1),
    ),
)


@given(documents, st.sampled_from([write_yaml, write_json]))
@settings(max_examples=examples(60), deadline=None)
def test_what_is_written_is_read_back_as_the_same(criteria: Criteria, write: object) -> None:
    assert read_criteria(write(criteria)) == criteria  # type: ignore[operator]


@given(st.integers(0, len(DOCUMENT)), st.integers(0, len(DOCUMENT)), st.text(max_size=5))
@settings(max_examples=examples(100), deadline=None)
def test_a_spoilt_document_is_refused_with_a_line_or_read(start: int, end: int, instead: str) -> None:
    spoilt = DOCUMENT[: min(start, end)] + instead + DOCUMENT[max(start, end) :]
    mistakes = mistakes_in(spoilt)
    assert all(1 <= mistake.line <= spoilt.count("\n") + 2 for mistake in mistakes)
    assert all(mistake.what and mistake.remedy for mistake in mistakes)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("owner: GIZ\n", "", "line 1: The document lacks `owner`. Add `owner:` with a text."),
        (
            "weight: 30",
            "wieght: 30",
            "line 12: `download_per_pupil` has no key `wieght`. Did you mean `weight`?",
        ),
        (
            "weight: 30",
            "weight: much",
            "line 12: `weight` cannot be `much`. Write a number from 0 to 1,000,000.",
        ),
        ("version: 2", "version: 2.5", "line 2: `version` cannot be `2.5`. Write a whole number from 1 to"),
        (
            "scale: yes_no",
            "scale: maybe",
            "line 22: `scale` cannot be `maybe`. Write one of linear, logarithmic,",
        ),
        ("worst: 0.01", "worst: 0", "line 14: A logarithmic scale has no zero."),
        ("worst: 0.01", "worst: 5", "line 13: The worst is 5 and the best 1, but `less_is_worse`."),
        ("2026-09-01", "soon", "line 5: `valid_from` cannot be `soon`. Write a date like 2026-09-01."),
        (
            "  poverty:",
            "  Poverty Rate:",
            "line 25: `Poverty Rate` is no name. Write small letters, digits and _.",
        ),
        ("moderate: 1,", "moderate: 20,", "line 8: `good` and `moderate` are the same."),
        ("owner: GIZ", "owner: GIZ\nowner: ITU", "line 4: This cannot be read: found duplicate key"),
        ("owner: GIZ", "owner: 'GIZ", "line 3: This cannot be read"),
    ],
)
def test_a_mistake_names_its_line_and_the_remedy(old: str, new: str, says: str) -> None:
    assert old in DOCUMENT
    assert any(mistake.startswith(says) for mistake in mistakes_of(DOCUMENT.replace(old, new)))


def test_all_mistakes_are_told_at_once_from_the_top() -> None:
    spoilt = DOCUMENT.replace("version: 2", "version: x").replace("seed: 7", "seed: -1")
    assert [mistake.split(":")[0] for mistake in mistakes_of(spoilt)] == ["line 2", "line 31"]


@pytest.mark.parametrize(
    "text", ["", "[]", "just words", "a: " * 20, "x" * (LARGEST + 1), "&a [*a]", "{" * 50]
)
def test_what_is_no_document_at_all_is_refused(text: str) -> None:
    assert mistakes_of(text)


def test_weights_of_nothing_are_refused() -> None:
    spoilt = DOCUMENT
    for weight in (30, 10, 20):
        spoilt = spoilt.replace(f"weight: {weight}\n", "weight: 0\n")
    assert mistakes_of(spoilt) == ["line 10: No indicator has a weight. Give one of them a weight above 0."]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("share_of_returnees", ""),
        ("povratnici", ""),
        ("x", "Удио повратника у насељу"),
        ("ethnic_mix", ""),
        ("x", "Etnička pripadnost učenika"),
        ("x", "Udio Bošnjaka"),
        ("x", "Share of Croat pupils"),
        ("x", "Učenici srpske nacionalnosti"),
        ("language_of_teaching", ""),
        ("two_schools_under_one_roof", ""),
        ("population_1991", ""),
        ("entity", ""),
        ("canton", ""),
        ("x", "Vjerska nastava"),
    ],
)
def test_indicators_that_tell_who_people_are_are_refused(name: str, says: str) -> None:
    assert proxy_in(name, says)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("download_per_pupil", "Measured download for each pupil"),
        ("round_trip", "Vrijeme povratnog puta u ms"),
        ("ethernet_ports", "Broj mrežnih priključaka"),
        ("server_age", "Vjerovatnoća kvara servera"),
        ("distance_to_canton_seat", "Udaljenost do sjedišta kantona"),
        ("poverty", "Удио ученика из породица са социјалном помоћи"),
        ("description", "National programme, primary schools"),
    ],
)
def test_words_that_only_look_alike_are_not_refused(name: str, says: str) -> None:
    assert proxy_in(name, says) is None


def test_a_proxy_in_a_document_is_refused_where_it_stands() -> None:
    spoilt = DOCUMENT.replace("Whether it is a branch school", "Whether returnees live there")
    mistake = mistakes_of(spoilt)[0]
    assert mistake.startswith("line 23: `branch_school` tells who people are")
    assert "Measure what the site lacks" in mistake


@given(st.integers(1, 40), st.integers(0, 1000))
@settings(max_examples=examples(40))
def test_an_index_is_the_sum_of_its_contributions_and_ranks_follow_it(count: int, seed: int) -> None:
    assessment = assess(CRITERIA, sites(count, seed))
    assert np.allclose(assessment.points.sum(axis=1), assessment.index, atol=1e-9)
    assert np.all((assessment.index >= 0) & (assessment.index <= 100 + 1e-9))
    expected = [1 + sum(other > index + 1e-7 for other in assessment.index) for index in assessment.index]
    assert assessment.rank.tolist() == expected


def test_an_index_by_hand() -> None:
    columns = {
        "download_per_pupil": np.array([0.1, np.nan, 5.0]),
        "branch_school": np.array([1.0, 0.0, np.nan]),
        "poverty": np.array([0.5, 0.2, np.nan]),
    }
    assessment = assess(CRITERIA, Sites(np.array([7, 8, 9]), columns))
    assert assessment.need.tolist()[:2] == [[0.5, 1.0, 0.75], [1.0, 0.0, 0.25]]
    assert assessment.need[2, :2].tolist() == [0.0, 0.0]
    assert np.allclose(assessment.index, [100 * (15 + 10 + 15) / 60, 100 * (30 + 5) / 60, 0])
    assert assessment.rank.tolist() == [1, 2, 3]
    why = standing(assessment, 8)
    assert (why.rank, why.sites) == (2, 3)
    assert why.contributions[0].indicator == "download_per_pupil"
    assert why.contributions[0].value is None
    assert sum(part.points for part in why.contributions) == pytest.approx(why.index)
    assert standing(assessment, 9).contributions[-1].need == 0
    with pytest.raises(KeyError):
        standing(assessment, 10)


@pytest.mark.parametrize(
    ("scale", "bounds", "direction", "needs"),
    [
        (Scale.LINEAR, {"worst": 10, "best": 0}, Direction.MORE_IS_WORSE, [0, 0.2, 1]),
        (Scale.THRESHOLD, {"limit": 2}, Direction.MORE_IS_WORSE, [0, 0, 1]),
        (Scale.THRESHOLD, {"limit": 2}, Direction.LESS_IS_WORSE, [1, 0, 0]),
        (Scale.PERCENTILE, {}, Direction.LESS_IS_WORSE, [5 / 6, 0.5, 1 / 6]),
    ],
)
def test_every_scale_makes_a_need_of_a_value(
    scale: Scale, bounds: dict, direction: Direction, needs: list
) -> None:
    indicator = Indicator(1, direction, scale, "", Missing.AS_WORST, **bounds)
    criteria = replace(CRITERIA, indicators={"x": indicator})
    assessment = assess(criteria, Sites(np.arange(3), {"x": np.array([0.0, 2.0, 50.0])}))
    assert np.allclose(assessment.need[:, 0], needs)


@pytest.mark.parametrize(
    ("column", "values", "says"),
    [
        ("poverty", None, "no column for the indicator poverty; there are: branch_school"),
        ("poverty", [1.0], "one value for each of the 60"),
        ("poverty", [math.inf] * 60, "infinite"),
        ("branch_school", [0.5] * 60, "1 for yes"),
    ],
)
def test_columns_that_criteria_cannot_use_are_named(column: str, values: list | None, says: str) -> None:
    given_sites = sites()
    columns = dict(given_sites.columns)
    del columns[column]
    if values is not None:
        columns[column] = np.array(values)
    with pytest.raises(SitesRefused, match=says):
        assess(CRITERIA, Sites(given_sites.identifier, columns))


def test_two_sites_of_one_number_are_refused() -> None:
    columns = {name: values[:2] for name, values in sites().columns.items()}
    with pytest.raises(SitesRefused, match="same number"):
        assess(CRITERIA, Sites(np.array([1, 1]), columns))


@pytest.mark.parametrize("method", list(Method))
def test_rank_intervals_are_the_same_each_time_and_hold_most_draws(method: Method) -> None:
    criteria = replace(CRITERIA, stability=replace(CRITERIA.stability, method=method))
    assessment = assess(criteria, sites())
    one, again = rank_intervals(assessment, 6), rank_intervals(assessment, 6)
    assert np.array_equal(one.low, again.low)
    assert np.array_equal(one.high, again.high)
    weights = np.array([each.weight for each in criteria.indicators.values()])
    drawn = np.array(
        [
            ranks(np.nansum(assessment.need * w, axis=1) / (w * ~np.isnan(assessment.need)).sum(axis=1))
            for w in draw_weights(weights, criteria.stability)
        ]
    )
    inside = (drawn >= one.low) & (drawn <= one.high)
    assert inside.mean(axis=0).min() >= 0.9
    assert np.allclose(one.share_in_first, (drawn <= 6).mean(axis=0), atol=0.01)
    assert (one.low <= one.high).all()


def test_weights_that_do_not_move_leave_ranks_where_they_are() -> None:
    still = replace(CRITERIA, stability=Stability(Method.BOX, spread=0.0, draws=100))
    intervals = rank_intervals(assess(still, sites()), 10)
    assert np.array_equal(intervals.low, intervals.rank)
    assert np.array_equal(intervals.high, intervals.rank)


@pytest.mark.parametrize("method", list(Method))
def test_drawn_weights_sum_to_one_and_nothing_stays_nothing(method: Method) -> None:
    drawn = draw_weights(np.array([3.0, 0.0, 1.0]), Stability(method, draws=5000, concentration=100))
    assert np.allclose(drawn.sum(axis=1), 1)
    assert not drawn[:, 1].any()
    assert np.allclose(drawn.mean(axis=0), [0.75, 0, 0.25], atol=0.01)


def test_the_stream_of_weights_is_the_one_of_every_version_of_numpy() -> None:
    drawn = draw_weights(np.array([2.0, 1.0]), Stability(draws=100, seed=1))
    assert drawn[0].tolist() == pytest.approx([0.7556249718302187, 0.2443750281697811], abs=1e-12)


def test_more_ranks_than_memory_holds_are_refused_with_what_is_possible() -> None:
    many = replace(CRITERIA, stability=Stability(draws=10_000))
    count = 20_000
    assessment = assess(many, sites(count))
    with pytest.raises(SitesRefused, match="allow 5000 draws"):
        rank_intervals(assessment, 10)


def heavier_poverty() -> Criteria:
    indicators = dict(CRITERIA.indicators)
    indicators["poverty"] = replace(indicators["poverty"], weight=80.0)
    indicators["download_per_pupil"] = replace(indicators["download_per_pupil"], best=10.0)
    del indicators["branch_school"]
    indicators["distance"] = Indicator(
        5, Direction.MORE_IS_WORSE, Scale.LINEAR, "To the next fibre in km", Missing.AS_MEDIAN, 20, 0
    )
    return replace(CRITERIA, version=3, indicators=indicators)


@given(st.integers(0, 500))
@settings(max_examples=examples(20))
def test_causes_add_up_to_the_change_of_every_index(seed: int) -> None:
    given_sites = sites(30, seed)
    distance = np.random.RandomState(seed).uniform(0, 30, 30)
    found = compare(
        CRITERIA,
        heavier_poverty(),
        Sites(given_sites.identifier, {**given_sites.columns, "distance": distance}),
    )
    effects = found.weight_effect.sum(axis=1) + found.scale_effect.sum(axis=1)
    assert np.allclose(effects, found.index_after - found.index_before)
    assert np.array_equal(found.moved, found.rank_before - found.rank_after)
    new = found.indicators.index("distance")
    assert not found.scale_effect[:, new].any()
    reasons = found.reasons(int(given_sites.identifier[0]))
    assert sum(each.points for each in reasons) == pytest.approx(found.index_after[0] - found.index_before[0])
    assert {each.cause for each in reasons} == set(Cause)


def test_the_same_criteria_move_nobody() -> None:
    found = compare(CRITERIA, CRITERIA, sites())
    assert not found.moved.any()
    assert found.reasons(100) == ()


def test_changes_between_documents_are_named_one_by_one() -> None:
    listed = changes(CRITERIA, heavier_poverty())
    assert Change("version", 2, 3) in listed
    assert Change("indicators.poverty.weight", 20.0, 80.0) in listed
    assert Change("indicators.branch_school.scale", "yes_no", None) in listed
    assert Change("indicators.distance.worst", None, 20) in listed
    assert changes(CRITERIA, CRITERIA) == ()


@pytest.mark.parametrize(
    ("value", "hours", "status"),
    [
        (20.0, 6, Status.GOOD),
        (19.99, 6, Status.MODERATE),
        (1.0, 6, Status.MODERATE),
        (0.99, 6, Status.BAD),
        (0.0, 6, Status.BAD),
        (20.0, 5, Status.UNKNOWN),
        (None, 6, Status.UNKNOWN),
    ],
)
def test_a_speed_is_good_from_its_benchmark_on(value: float | None, hours: int, status: Status) -> None:
    assert status_of(value, hours, CRITERIA.benchmarks["download"]) is status


@pytest.mark.parametrize(
    ("value", "status"),
    [(50.0, Status.GOOD), (51.0, Status.MODERATE), (150.0, Status.MODERATE), (151.0, Status.BAD)],
)
def test_a_delay_is_good_up_to_its_benchmark(value: float, status: Status) -> None:
    assert status_of(value, 1, CRITERIA.benchmarks["latency"]) is status


def test_a_status_is_sure_when_the_whole_interval_has_it() -> None:
    benchmark = CRITERIA.benchmarks["download"]
    assert is_sure(21.0, 30.0, benchmark)
    assert not is_sure(19.0, 30.0, benchmark)
    assert not is_sure(math.nan, math.nan, benchmark)


def test_the_example_of_the_reference_is_a_document() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs/reference/criteria.md").read_text(encoding="utf-8")
    example = page.split("```yaml\n")[1].split("```")[0]
    assert read_criteria(example).owner == "GIZ"
    assert all(f"`{word}`" in page for kind in (Direction, Scale, Missing, Method) for word in kind)
