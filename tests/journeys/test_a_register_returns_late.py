"""Brčko returns after the mother of two has sent: she is asked what was not known, and only that, and says
that she has seen what came."""

from collections.abc import Iterator

import pytest

from journeys import applying
from journeys.conftest import OpenWindow
from journeys.country import Country, until
from journeys.test_brcko_is_unplugged import BRCKO, state_of
from journeys.visiting import Visitor
from mostovi.demo.population.cast import MILAN


@pytest.fixture
def whole_again(country: Country) -> Iterator[None]:
    yield
    country.plug_in(BRCKO)


@pytest.mark.usefixtures("whole_again")
def test_two_children_come_late_and_she_is_asked_which(window: OpenWindow, country: Country) -> None:
    anybody = window(scripts=False)
    anybody.go("/")
    anybody.press("Unplug Brčko")
    jelena = window(scripts=False)
    jelena.sign_in("jelena", applying.CHILD_ALLOWANCE)
    applying.begin(jelena)
    applying.agree(jelena)
    asked = applying.answer_all(jelena)
    assert "which_child" not in asked
    assert not jelena.reads("Only the keystone is missing: sending it.")
    code = applying.send(jelena)
    waiting = state_of(jelena, code)
    country.plug_in(BRCKO)
    until(lambda: state_of(jelena, code) != waiting, seconds=90)
    is_asked_and_answers(jelena, code)


def is_asked_and_answers(jelena: Visitor, code: str) -> None:
    jelena.go(f"/zahtjevi/{code}/")
    assert jelena.reads("We need an answer from you")
    jelena.follow("Answer now")
    assert applying.current_question(jelena) == "which_child"
    jelena.find("input[name=answer][value='2']").check()
    jelena.press("Continue")
    assert applying.current_question(jelena) == "lives_since", "the day lies before the birth"
    assert jelena.reads("Your answer does not fit what the register says.")
    for name, value in zip(("day", "month", "year"), ("1", "10", "2026"), strict=True):
        jelena.find(f"#{name}").fill(value)
    jelena.press("Continue")
    assert jelena.path == f"/zahtjevi/{code}/"
    assert not jelena.reads("We need an answer from you")
    jelena.press("I have seen it")
    jelena.sees("#late", 0)


@pytest.mark.usefixtures("whole_again")
def test_brcko_comes_late_without_an_entry_and_milan_begins_again(
    window: OpenWindow, country: Country
) -> None:
    anybody, milan = window(scripts=False), window(scripts=False)
    anybody.go("/")
    anybody.press("Unplug Brčko")
    milan.sign_in("milan", applying.BIRTH_EXTRACT)
    applying.begin(milan)
    applying.choose_registrar(milan, BRCKO)
    applying.answer_all(milan)
    code = applying.send(milan)
    country.plug_in(BRCKO)
    again = f"form[action='/zahtjevi/{code}/ponovo'] button"

    def has_no_entry() -> bool:
        milan.go(f"/zahtjevi/{code}/")
        return milan.find(again).count() == 1

    until(has_no_entry, seconds=90)
    assert milan.reads("No entry was found")
    milan.submit(again)
    assert applying.answer_all(milan)[0] == "registrar"
    assert applying.send(milan) != code


def test_at_the_counter_nothing_is_shown_under_another_name(window: OpenWindow) -> None:
    sanja = window(scripts=False)
    sanja.sign_in("sanja", "/salter/")
    types_another_name(sanja)
    if sanja.path != "/salter/":
        sanja.find("input[name=answer][value=zenica-registrar]").check()
        sanja.press("Continue")
    assert sanja.status == 403
    assert "Savić" not in sanja.reading


def types_another_name(sanja: Visitor) -> None:
    sanja.find("input[name=service][value=birth-extract]").check()
    sanja.find("input[name=identity_document][value=passport]").check()
    sanja.find("#name").fill("Pero Perić")
    sanja.find("#personal_number").fill(MILAN.number)
    sanja.press("Ask the registers")
