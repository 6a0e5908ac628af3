"""Quantile sketches against exact quantiles, and the algebra that makes them merge in any order."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effort import examples
from mostovi.connectivity.sketches.buckets import (
    LARGEST,
    LEAST,
    RELATIVE_ERROR,
    OutOfRange,
    bucket_of,
    lower_limit,
    upper_limit,
    value_of,
)
from mostovi.connectivity.sketches.ranks import rank_below_median, rank_of_quantile
from mostovi.connectivity.sketches.sketch import MalformedSketch, Sketch
from mostovi.connectivity.sketches.table import NeverCounted, SketchTable

numbers = st.floats(0, LARGEST, exclude_max=True) | st.sampled_from([0.0, LEAST, 1.0, 20.0, 2.0**20])
columns = st.lists(numbers, min_size=1, max_size=60)
tables = st.lists(st.tuples(st.integers(0, 4), numbers), max_size=40).map(
    lambda rows: SketchTable.of_values([cell for cell, _ in rows], [value for _, value in rows])
)


def same(one: SketchTable, other: SketchTable) -> bool:
    return np.array_equal(one.keys, other.keys) and np.array_equal(one.counts, other.counts)


def exact(values: list[float], per_mille: int) -> float:
    return sorted(values)[max(math.ceil(per_mille * len(values) / 1000), 1) - 1]


@given(numbers)
@settings(max_examples=examples(300))
def test_a_number_lies_in_its_bucket_and_near_what_the_bucket_is_reported_as(value: float) -> None:
    bucket = bucket_of(value)
    assert lower_limit(bucket) <= value < upper_limit(bucket)
    assert abs(value_of(bucket) - value) <= (
        value * RELATIVE_ERROR * (1 + 1e-12) if value >= LEAST else LEAST
    )


def test_buckets_follow_each_other_without_a_gap_and_fit_their_bits() -> None:
    every = np.arange(int(bucket_of(np.nextafter(LARGEST, 0))) + 1)
    assert len(every) < 4096
    assert np.array_equal(bucket_of(lower_limit(every)), every)
    assert np.array_equal(bucket_of(np.nextafter(upper_limit(every), 0)), every)


@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf, LARGEST])
def test_what_nothing_can_measure_is_refused(value: float) -> None:
    with pytest.raises(OutOfRange):
        bucket_of([1.0, value])


@given(columns, st.sampled_from([0, 100, 250, 500, 900, 990, 1000]))
@settings(max_examples=examples(300))
def test_a_quantile_is_as_near_to_the_exact_one_as_stated(values: list[float], per_mille: int) -> None:
    found, true = Sketch.of(values).quantile(per_mille), exact(values, per_mille)
    assert found is not None
    assert abs(found - true) <= max(true * RELATIVE_ERROR * (1 + 1e-12), LEAST if true < LEAST else 0)


@given(columns, numbers)
@settings(max_examples=examples(200))
def test_the_share_below_is_exact_for_a_benchmark_as_near_as_stated(
    values: list[float], limit: float
) -> None:
    share = Sketch.of(values).share_below(limit)
    assert share is not None
    low, high = lower_limit(bucket_of(limit)), upper_limit(bucket_of(limit))
    below = [sum(value < edge for value in values) / len(values) for edge in (low, high)]
    assert below[0] - 1e-12 <= share <= below[1] + 1e-12


@given(tables, tables, tables)
@settings(max_examples=examples(150))
def test_merging_is_exact_in_any_order_and_grouping(a: SketchTable, b: SketchTable, c: SketchTable) -> None:
    assert same(a.merge(b), b.merge(a))
    assert same(a.merge(b).merge(c), a.merge(b.merge(c)))
    assert same(a.merge(SketchTable.empty()), a)
    assert same(a.merge(b).take_away(b), a)


@given(st.lists(st.tuples(st.integers(0, 4), numbers), min_size=1, max_size=60), st.randoms())
@settings(max_examples=examples(100))
def test_a_table_filled_bit_by_bit_in_any_order_is_the_table_of_all(rows: list, random: object) -> None:
    whole = SketchTable.of_values([cell for cell, _ in rows], [value for _, value in rows])
    shuffled = rows[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    table = SketchTable.empty()
    for start in range(0, len(shuffled), 7):
        part = shuffled[start : start + 7]
        table = table.merge(SketchTable.of_values([cell for cell, _ in part], [value for _, value in part]))
    assert same(table, whole)


@given(tables, st.sampled_from([100, 500, 900]), numbers)
@settings(max_examples=examples(150))
def test_a_table_says_of_each_cell_what_its_own_sketch_says(
    table: SketchTable, per_mille: int, limit: float
) -> None:
    quantiles, shares = table.quantiles(per_mille), table.shares_below(limit)
    low, high = table.median_intervals()
    for place, cell in enumerate(table.cells.tolist()):
        sketch = Sketch.in_cell(table, cell)
        assert sketch.total == table.totals[place]
        assert sketch.quantile(per_mille) == quantiles[place]
        assert sketch.share_below(limit) == shares[place]
        interval = sketch.median_interval()
        assert interval == (None if np.isnan(low[place]) else (low[place], high[place]))


def test_a_benchmark_of_its_own_for_each_cell_and_none_where_there_is_none() -> None:
    table = SketchTable.of_values([1, 1, 2, 3], [5.0, 15.0, 5.0, 5.0])
    assert table.shares_below([10.0, 4.0, math.nan]).tolist()[:2] == [0.5, 0.0]
    assert np.isnan(table.shares_below([10.0, 4.0, math.nan])[2])


def test_nothing_is_taken_away_that_was_not_there() -> None:
    with pytest.raises(NeverCounted):
        SketchTable.of_values([1], [5.0]).take_away(SketchTable.of_values([1], [9.0]))
    with pytest.raises(NeverCounted):
        Sketch.of([5.0]).take_away(Sketch.of([5.0, 5.0]))


@given(columns)
@settings(max_examples=examples(150))
def test_a_sketch_comes_back_from_its_bytes(values: list[float]) -> None:
    sketch = Sketch.of(values)
    assert Sketch.from_bytes(sketch.to_bytes()) == sketch


@given(st.binary(max_size=40))
@settings(max_examples=examples(300))
def test_bytes_are_one_sketch_or_refused(data: bytes) -> None:
    try:
        sketch = Sketch.from_bytes(data)
    except MalformedSketch:
        return
    assert sketch.to_bytes() == data
    assert all(count > 0 for count in sketch.counts.values())
    assert all(a < b for a, b in pairwise(sketch.counts))


def test_ranks_of_quantiles_are_whole_numbers_by_the_nearest_rank_rule() -> None:
    assert rank_of_quantile([1, 2, 3, 4, 10, 1000], 500).tolist() == [1, 1, 2, 2, 5, 500]
    assert rank_of_quantile([1, 10, 11], 900).tolist() == [1, 9, 10]
    with pytest.raises(ValueError, match="per mille"):
        rank_of_quantile(3, 1001)


def coverage(count: int, rank: int) -> float:
    """How sure the median lies between the r-th smallest and the r-th largest: exact binomial."""
    return 1 - 2 * sum(math.comb(count, k) for k in range(rank)) / 2**count


def test_confidence_is_never_below_95_percent_and_seldom_a_rank_too_wide() -> None:
    for count in [*range(6, 300), 500, 777, 999]:
        rank = int(rank_below_median(count))
        assert rank >= 1
        assert coverage(count, rank) >= 0.95
        assert coverage(count, rank + 2) < 0.95
    assert rank_below_median([0, 1, 5]).tolist() == [0, 0, 0]
