"""Arches: stones that fit between two circles, and a drawing that says what its words say."""

import math
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mostovi.front.drawing.arches import Cut, Ring, mirrored, right_bank, voussoir
from mostovi.front.drawing.bars import BLOCK, JOINT, count_per_block, draw_course
from mostovi.front.drawing.progress import Progress, draw_progress
from mostovi.front.drawing.verdict import draw_verdict
from mostovi.front.drawing.viaduct import Bay, draw_viaduct


def points(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path)]


def stones(path: str) -> int:
    return path.count("Z")


def test_the_corners_of_a_stone_lie_on_its_two_circles():
    ring = Ring(x=80, y=84.3, inner=67.2, outer=81.6)
    corner, outer, _, far, inner, _, again = points(voussoir(ring, Cut(10, 22)))
    for x, y in (corner, inner):
        assert math.isclose(math.hypot(x - 80, y - 84.3), 67.2, abs_tol=0.1)
    for x, y in (outer, far):
        assert math.isclose(math.hypot(x - 80, y - 84.3), 81.6, abs_tol=0.1)
    assert corner == again


@given(number=st.integers(1, 12))
def test_the_stones_of_a_bank_fill_it_from_the_springing_to_the_keystone(number):
    cuts = right_bank(number, springing=59.2, key=5.4, joint=2.1)
    assert len(cuts) == number
    assert math.isclose(cuts[0].end, 59.2)
    assert math.isclose(cuts[-1].start, 5.4)
    assert all(math.isclose(lower.start - upper.end, 2.1) for lower, upper in pairwise(cuts))


def test_the_left_bank_mirrors_the_right():
    assert list(mirrored([Cut(10, 22, rise=1)])) == [Cut(-22, -10, rise=1)]


@given(
    facts=st.tuples(st.integers(0, 9), st.integers(0, 9)).map(sorted),
    questions=st.tuples(st.integers(0, 9), st.integers(0, 9)).map(sorted),
    current=st.integers(0, 9),
)
def test_every_stone_is_drawn_exactly_once(facts, questions, current):
    (facts_done, facts_total), (questions_done, questions_total) = facts, questions
    arch = draw_progress(Progress(facts_total, facts_done, questions_total, questions_done, current))
    drawn = (arch.answered_by_registers, arch.answered_by_person, arch.being_answered, arch.open)
    assert sum(map(stones, drawn)) == facts_total + questions_total
    assert stones(arch.answered_by_registers) == facts_done
    assert stones(arch.keystone) == 1


def test_each_verdict_looks_different():
    drawings = {draw_verdict(look) for look in ("whole", "outlined", "fallen", "dashed")}
    assert len(drawings) == 4


def test_a_silent_institution_has_no_reflection():
    answering, silent = draw_viaduct([Bay(answering=True, share=1), Bay(answering=False, share=0.5)])
    assert answering.reflection.count("M") == 9
    assert silent.reflection == ""


def lengths_of(course: str) -> list[float]:
    return [float(length) for length in re.findall(r"h([\d.]+)v", course)]


@pytest.mark.parametrize(
    ("count", "most", "blocks"),
    [(6, 6, 6), (1, 6, 1), (10, 10, 10), (1, 10, 1), (13, 13, 6.5), (1, 13, 0.5), (0, 6, 0), (90, 480, 1.8)],
)
def test_a_course_has_as_many_blocks_as_it_says(count, most, blocks):
    course = draw_course(count, count_per_block(most))
    assert sum(lengths_of(course)) / BLOCK == pytest.approx(blocks)


@given(st.lists(st.integers(0, 1_000_000), min_size=1, max_size=9))
def test_courses_are_in_proportion_and_fit_their_drawing(counts):
    per_block = count_per_block(max(counts))
    for count in counts:
        lengths = lengths_of(draw_course(count, per_block))
        assert sum(lengths) == pytest.approx(BLOCK * count / per_block, rel=1e-4)
        assert sum(lengths) + JOINT * len(lengths) <= 230
