"""Arches: stones that fit between two circles, and a drawing that says what its words say."""

import math
import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mostovi.front.drawing.arches import Cut, Ring, mirrored, right_bank, voussoir
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
