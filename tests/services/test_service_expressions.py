import re
import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mostovi.services.definition.expressions import (
    ExpressionFailed,
    ExpressionInvalid,
    allowed_functions,
    compile_expression,
)
from mostovi.services.definition.kinds import MOST_PEOPLE, UnexpectedValue, read_fact
from mostovi.services.definition.values import FactKind


def value_of(source, **values):
    return compile_expression(source).evaluate(values)


def test_shares_are_rounded_half_up_in_whole_numbers():
    assert value_of("percent(61900, 40)") == 24_760
    assert value_of("percent(61900, 19)") == 11_761
    assert value_of("rounded(11761, km(1))") == 11_800
    assert value_of("rounded(11750, km(1))") == 11_800
    assert value_of("rounded(11749, km(1))") == 11_700


@given(st.integers(0, 10**9), st.integers(1, 10**6))
def test_rounding_is_never_off_by_more_than_half_a_step(amount, step):
    rounded = value_of("rounded(amount, step)", amount=amount, step=step)
    assert rounded % step == 0
    assert 2 * abs(rounded - amount) <= step


def test_days_compare_with_days():
    assert value_of("born > date('2010-01-01')", born=date(2019, 9, 2)) is True
    assert value_of("years_between(born, day)", born=date(2008, 2, 29), day=date(2026, 2, 28)) == 17
    assert value_of("days_between(a, b)", a=date(2026, 11, 21), b=date(2026, 12, 21)) == 30
    assert value_of("born", born=date(2019, 9, 2)) == date(2019, 9, 2)


def test_what_is_not_known_but_not_needed_does_not_disturb():
    assert value_of("known || missing", known=True) is True
    with pytest.raises(ExpressionFailed, match="not known"):
        value_of("known && missing", known=True)


def test_the_names_of_a_loop_are_its_own():
    expression = compile_expression("children.exists(child, child.born_on > today)")
    assert expression.names == {"children", "today"}


@pytest.mark.parametrize(
    "source",
    [
        "1.5 * 2",
        ".5 + 1",
        "1e3",
        "double(3)",
        "timestamp('2020-01-01T00:00:00Z')",
        "open('x')",
        "'a'.matches('b')",
        "optional.none()",
        "(" * 40 + "1" + ")" * 40,
        "a" * 601,
        "",
        "1 +",
        "a.map(b, b.map(c, c.map(d, d)))",
    ],
)
def test_what_we_do_not_offer_is_refused(source):
    with pytest.raises(ExpressionInvalid):
        compile_expression(source)


@pytest.mark.parametrize(
    ("source", "what", "remedy"),
    [
        ("  ", "there is nothing here", "Write an expression"),
        ("a +", "after `+` something is missing", "Write what belongs there"),
        ("a b", "cannot be read from `b` on", "Connect two parts"),
        ("a\n+ b c", "cannot be read from `c` on", "Connect two parts"),
        ("a == 'x", "not closed", "Close the quotation mark"),
        ("a == “x”", "no quotation mark", "Write a text as"),
        ("(a[1)", "nothing was opened that ) closes", "Take the ) away"),
        ("size(a", "a ( is opened", "Close the bracket"),
        ("not a", "`not` is written as a sign", "Write ! for `not`"),
        ("a = b", "a single = compares nothing", "Write =="),
        ("a <> b", "<> compares nothing", "Write !="),
        ("a ? b", "one is missing", "otherwise"),
        ("'and' b", "cannot be read from `b` on", "Connect two parts"),
        ("rond(a)", "no function 'rond'", "Did you mean `rounded`?"),
    ],
)
def test_why_it_is_no_expression_is_said_in_our_words(source, what, remedy):
    with pytest.raises(ExpressionInvalid) as refusal:
        compile_expression(source)
    assert what in str(refusal.value)
    assert remedy in refusal.value.remedy


def test_a_point_inside_a_text_is_no_broken_number():
    assert value_of("'1.5'") == "1.5"


@pytest.mark.parametrize(
    "source", ["1 / 0", "9223372036854775807 + 1", "'a' + 1", "[1][2]", "{'a': 1}['b']", "int('x')"]
)
def test_what_cannot_be_computed_fails_and_stays_inside(source):
    with pytest.raises(ExpressionFailed):
        value_of(source)


def test_a_failure_never_repeats_a_value(capfd):
    with pytest.raises(ExpressionFailed) as failure:
        value_of("name + 1", name="Amra Kovač")
    assert "Amra" not in str(failure.value)
    assert value_of("years_between(name, name)", name="Amra Kovač") is None
    assert "Amra" not in "".join(capfd.readouterr())


@given(st.text(alphabet="abc()[]{}.,+-*/%<>=!&|?:'\"1 0", max_size=60))
def test_any_text_is_an_expression_or_refused(source):
    told = ""
    try:
        expression = compile_expression(source)
        expression.evaluate({"a": 1, "b": [1, 2], "c": "x"})
    except (ExpressionInvalid, ExpressionFailed) as refusal:
        told = str(refusal)
    assert not re.search("input|EOF|IDENTIFIER", told)


def test_the_most_work_an_expression_can_do_is_done_quickly():
    people = [{"age": age} for age in range(MOST_PEOPLE)]
    started = time.perf_counter()
    compile_expression("people.map(a, people.filter(b, b.age > a.age))").evaluate({"people": people})
    assert time.perf_counter() - started < 2


def test_the_functions_are_those_of_the_reference():
    assert allowed_functions() == [
        "contains",
        "date",
        "days_between",
        "endsWith",
        "int",
        "km",
        "percent",
        "rounded",
        "size",
        "startsWith",
        "string",
        "years_between",
    ]


def test_a_register_that_sends_too_many_people_is_refused():
    with pytest.raises(UnexpectedValue):
        read_fact(FactKind.PEOPLE, [{"given_name": "Dino"}] * (MOST_PEOPLE + 1))
