"""Institutions by their own names in each language."""

import csv

import pytest
from django.utils import translation

from mostovi.kernel.institutions import (
    find_school_authority,
    list_on_the_bridge,
    translate_certificate_name,
)
from mostovi.kernel.pack import pack_directory


@pytest.mark.parametrize(
    ("variant", "name"),
    [("en", "Registrar of Zenica"), ("hr", "Matični ured Zenica"), ("sr-Cyrl", "Матична служба Зеница")],
)
def test_the_english_name_in_a_certificate_is_told_in_the_language_of_the_page(
    variant: str, name: str
) -> None:
    with translation.override(variant):
        assert translate_certificate_name("Registrar of Zenica") == name


def test_a_name_nobody_knows_stays_as_it_is() -> None:
    assert translate_certificate_name("Registrar of Atlantis") == "Registrar of Atlantis"


def units_of(place: str) -> list[str]:
    with (pack_directory() / "territory" / "admin_units.csv").open(encoding="utf-8", newline="") as file:
        parents = {row["id"]: row["parent_id"] for row in csv.DictReader(file)}
    units = [place]
    while parents[units[-1]]:
        units.append(parents[units[-1]])
    return units


def test_twelve_authorities_answer_for_the_schools_of_every_municipality() -> None:
    with (pack_directory() / "territory" / "admin_units.csv").open(encoding="utf-8", newline="") as file:
        places = [
            row["id"] for row in csv.DictReader(file) if row["level"] in {"municipality", "city", "district"}
        ]
    authorities = [find_school_authority(units_of(place)) for place in places]
    assert None not in authorities
    assert len({authority.code for authority in authorities if authority}) == 12


@pytest.mark.parametrize(
    ("place", "authority"),
    [
        ("ba-tuzla", "tuzla-canton-education"),
        ("ba-banja-luka", "rs-education"),
        ("ba-bd", "brcko-education"),
    ],
)
def test_a_canton_an_entity_or_the_district_answers(place: str, authority: str) -> None:
    found = find_school_authority(units_of(place))
    assert found is not None
    assert found.code == authority


def test_nobody_answers_for_the_schools_of_a_whole_country() -> None:
    assert find_school_authority(["ba"]) is None


def test_who_has_no_system_of_their_own_is_not_on_the_bridge() -> None:
    codes = {institution.code for institution in list_on_the_bridge()}
    assert "tuzla-social-work" in codes
    assert "tuzla-canton-education" not in codes
