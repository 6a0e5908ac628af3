"""Properties of the synthetic country."""

import dataclasses
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effort import examples
from mostovi.demo.population import cast, personal_numbers
from mostovi.demo.population.families import TODAY, generate_population
from mostovi.demo.population.places import find_place, list_places
from mostovi.demo.population.scripts import is_writable, to_cyrillic, to_latin
from mostovi.demo.population.values import Person, Population
from mostovi.kernel.personal_number import check_digit, check_personal_number, is_synthetic

BIRTHDAYS = st.dates(date(1900, 1, 1), TODAY)


@pytest.fixture(scope="module")
def population() -> Population:
    return generate_population(7)


@given(BIRTHDAYS, st.integers(51, 59), st.integers(0, 999))
def test_a_composed_number_is_strictly_right_and_nobodys(born_on: date, region: int, serial: int) -> None:
    number = personal_numbers.compose(born_on, str(region), serial)
    if number is None:
        assert check_digit(f"{born_on:%d%m}{born_on.year % 1000:03}{region}{serial:03}") is None
    else:
        check_personal_number(number)
        assert is_synthetic(number)
        personal_numbers.check_cannot_be_a_living_persons(number)


@given(BIRTHDAYS, st.sampled_from(["10", "15", "18", "50", "71", "05"]), st.integers(0, 999))
def test_a_number_with_a_region_that_was_issued_is_refused(born_on: date, region: str, serial: int) -> None:
    number = personal_numbers.compose(born_on, region, serial)
    if number is not None:
        with pytest.raises(ValueError, match="never issued"):
            personal_numbers.check_cannot_be_a_living_persons(number)


def test_no_number_of_the_country_can_be_a_living_persons(population: Population) -> None:
    for person in population.persons:
        personal_numbers.check_cannot_be_a_living_persons(person.number)


def test_no_number_is_given_twice(population: Population) -> None:
    assert len({person.number for person in population.persons}) == len(population.persons) >= 5_000


@settings(max_examples=examples(3), deadline=None)
@given(st.integers(0, 2**32))
def test_the_same_seed_makes_the_same_bytes(seed: int) -> None:
    first, second = (generate_population(seed, people_at_least=200) for _ in range(2))
    assert repr(first).encode() == repr(second).encode()


def test_another_seed_makes_other_people() -> None:
    assert generate_population(1, people_at_least=200) != generate_population(2, people_at_least=200)


def test_the_cast_is_there_whatever_the_seed(population: Population) -> None:
    assert {cast.AMRA, cast.EMIR, cast.DINO, cast.MILAN} <= set(population.persons)
    assert set(cast.cast_population().households) <= set(population.households)


def test_amras_family_is_the_one_of_the_story() -> None:
    home = next(home for home in cast.cast_population().households if cast.AMRA.number in home.members)
    assert (cast.AMRA.name, home.place, home.address, home.since) == (
        "Amra Kovač",
        "ba-tuzla",
        "Ulica lipa 14",
        date(2019, 3, 12),
    )
    assert home.members == (cast.AMRA.number, cast.EMIR.number, cast.DINO.number)
    assert home.monthly_income_km == 690
    assert (cast.DINO.born_on, cast.DINO.birthplace) == (date(2019, 9, 2), "ba-bd")
    wedding = next(w for w in cast.cast_population().marriages if cast.AMRA.number in w.spouses)
    assert (wedding.married_on, wedding.place) == (date(2018, 6, 8), "ba-bijeljina")


def test_milan_lives_in_banja_luka_and_was_born_in_zenica() -> None:
    assert (cast.MILAN.birthplace, cast.MILAN.born_on.year) == ("ba-zenica", 1988)
    assert cast.MILANS_HOUSEHOLD.place == "ba-banja-luka"


def test_every_person_says_that_they_are_synthetic(population: Population) -> None:
    assert all(person.synthetic is True for person in population.persons)


def test_no_field_tells_a_people_a_faith_or_a_sex() -> None:
    assert {field.name for field in dataclasses.fields(Person)} == {
        "number",
        "given_name",
        "family_name",
        "birth_name",
        "born_on",
        "birthplace",
        "mother",
        "father",
        "synthetic",
    }


def test_parents_are_adults_and_brothers_and_sisters_a_year_apart(population: Population) -> None:
    persons = {person.number: person for person in population.persons}
    births: dict[str, list[date]] = {}
    for child in population.persons:
        if child.mother and child.father:
            assert child.born_on - persons[child.mother].born_on > timedelta(days=18 * 365)
            assert child.born_on - persons[child.father].born_on > timedelta(days=18 * 365)
            assert child.born_on <= TODAY
            births.setdefault(child.mother, []).append(child.born_on)
    for days in births.values():
        ordered = sorted(days)
        assert all(later - sooner >= timedelta(days=365) for sooner, later in pairwise(ordered))


def test_nobody_marries_as_a_child_or_before_being_born(population: Population) -> None:
    persons = {person.number: person for person in population.persons}
    for marriage in population.marriages:
        for spouse in marriage.spouses:
            assert marriage.married_on - persons[spouse].born_on > timedelta(days=18 * 365)
        assert marriage.married_on <= TODAY


def test_everyone_lives_in_one_household_of_a_real_place(population: Population) -> None:
    at_home = [number for home in population.households for number in home.members]
    assert sorted(at_home) == sorted(person.number for person in population.persons)
    assert all(find_place(home.place) in list_places() for home in population.households)


def test_there_are_143_places_and_almost_all_have_settlements() -> None:
    assert len(list_places()) == 143
    assert [place.id for place in list_places() if not place.settlements] == ["ba-stanari"]


def test_every_name_reads_the_same_in_both_scripts(population: Population) -> None:
    for person in population.persons:
        assert is_writable(person.name)
        assert to_latin(to_cyrillic(person.name)) == person.name


def test_letters_of_two_signs_become_one() -> None:
    assert to_cyrillic("Džejla Njegovan Ljubojević") == "Џејла Његован Љубојевић"
