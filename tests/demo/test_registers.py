"""What each register answers: the asked facts about one person, and no other."""

import asyncio
import contextlib
import json
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from effort import examples
from mostovi.demo.members import find_member, list_members
from mostovi.demo.population import cast
from mostovi.demo.population.families import generate_population
from mostovi.demo.population.scripts import to_cyrillic
from mostovi.demo.population.values import Population
from mostovi.demo.registers.answers import answer, read_question
from mostovi.demo.registers.entitlements import INCOME_LIMIT_KM, Entitlement, grant_rights
from mostovi.demo.registers.filling import last_three_months, make_register
from mostovi.demo.registers.openapi import describe_register
from mostovi.demo.registers.program import Register, make_application, open_database
from mostovi.demo.registers.values import RIGHTS, SERVICES, BadQuestion, PersonNotFound, Question, services_of

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def population() -> Population:
    return generate_population(3, people_at_least=600)


@pytest.fixture(scope="module")
def many() -> Population:
    return generate_population(1)


@pytest.fixture(scope="module")
def databases(population: Population, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("registers")
    found = {}
    for member in list_members():
        make_register(folder / f"{member.code}.sqlite3", member, population, today=TODAY)
        found[member.code] = open_database(folder / f"{member.code}.sqlite3")
    yield found
    for connection in found.values():
        connection.close()


def ask(connection: sqlite3.Connection, service: str, number: str, *fields: str) -> dict[str, Any]:
    return answer(connection, service, Question(number, fields or SERVICES[service], {}, "K4T92M7AE"))


def test_bijeljina_knows_amras_wedding_and_writes_cyrillic(databases: dict[str, Any]) -> None:
    facts = ask(databases["bijeljina-registrar"], "marriageRecord", cast.AMRA.number)
    assert facts["spouse_name"] == "Емир Ковач"
    assert facts["married_on"] == "2018-06-08"
    assert facts["married_in"] == "Бијељина"
    assert facts["register_number"].endswith("/2018")


def test_both_spouses_find_the_same_entry(databases: dict[str, Any]) -> None:
    register = databases["bijeljina-registrar"]
    hers = ask(register, "marriageRecord", cast.AMRA.number)
    his = ask(register, "marriageRecord", cast.EMIR.number)
    assert hers["register_number"] == his["register_number"]
    assert his["spouse_name"] == "Амра Ковач"


def test_brcko_knows_amras_son(databases: dict[str, Any]) -> None:
    facts = ask(databases["brcko-registrar"], "childrenOfParent", cast.AMRA.number)
    assert facts == {
        "children": [
            {
                "given_name": "Dino",
                "family_name": "Kovač",
                "born_on": "2019-09-02",
                "born_in": "Brčko",
            }
        ]
    }


def test_father_and_mother_get_the_same_children(databases: dict[str, Any]) -> None:
    register = databases["brcko-registrar"]
    assert ask(register, "childrenOfParent", cast.EMIR.number) == ask(
        register, "childrenOfParent", cast.AMRA.number
    )


def test_no_child_in_a_register_is_an_answer_and_not_a_refusal(databases: dict[str, Any]) -> None:
    assert ask(databases["zenica-registrar"], "childrenOfParent", cast.AMRA.number) == {"children": []}


def test_zenica_knows_milans_birth_and_writes_latin(databases: dict[str, Any]) -> None:
    facts = ask(databases["zenica-registrar"], "birthRecord", cast.MILAN.number)
    assert facts == {
        "given_name": "Milan",
        "family_name": "Savić",
        "born_on": "1988-03-21",
        "born_in": "Zenica",
        "mother_name": "Gordana Savić",
        "father_name": "Branko Savić",
        "citizenship": "Bosna i Hercegovina",
        "register_number": facts["register_number"],
    }


def test_tuzla_canton_knows_where_amra_lives(databases: dict[str, Any]) -> None:
    assert ask(databases["tuzla-canton-interior"], "residence", cast.AMRA.number) == {
        "name": "Amra Kovač",
        "address": "Ulica lipa 14",
        "municipality": "Tuzla",
        "since": "2019-03-12",
        "household_size": 3,
    }


def test_the_tax_administration_knows_the_income_of_the_household(databases: dict[str, Any]) -> None:
    assert ask(databases["fbih-tax-administration"], "householdIncome", cast.AMRA.number) == {
        "monthly_income_km": 690,
        "household_members": 3,
        "period": "2026-08/2026-10",
    }


def test_every_institution_keeps_a_register_that_answers() -> None:
    assert [member.code for member in list_members() if not services_of(member.registers)] == []


def test_banja_luka_knows_who_was_born_there_and_writes_cyrillic(
    databases: dict[str, Any], population: Population
) -> None:
    register = databases["banja-luka-administration"]
    child = next(each for each in population.persons if each.birthplace == "ba-banja-luka" and each.mother)
    facts = ask(register, "birthRecord", child.number)
    assert facts["given_name"] == to_cyrillic(child.given_name)
    assert (facts["born_on"], facts["born_in"]) == (child.born_on.isoformat(), "Бања Лука")
    theirs = ask(register, "childrenOfParent", str(child.mother))["children"]
    assert facts["born_on"] in {each["born_on"] for each in theirs}


def test_banja_luka_knows_who_married_there(databases: dict[str, Any], population: Population) -> None:
    wedding = next(each for each in population.marriages if each.place == "ba-banja-luka")
    facts = ask(databases["banja-luka-administration"], "marriageRecord", wedding.spouses[0])
    assert (facts["married_on"], facts["married_in"]) == (wedding.married_on.isoformat(), "Бања Лука")


def test_milan_is_not_in_the_register_of_the_city_he_moved_to(databases: dict[str, Any]) -> None:
    with pytest.raises(PersonNotFound):
        ask(databases["banja-luka-administration"], "birthRecord", cast.MILAN.number)


def test_the_centre_knows_the_rights_of_a_family_in_tuzla(databases: dict[str, Any]) -> None:
    register = databases["tuzla-social-work"]
    holders = register.execute("SELECT DISTINCT person_number FROM entitlements").fetchall()
    assert holders
    for (number,) in holders:
        for right in ask(register, "entitlements", number)["rights"]:
            assert set(right) == {"right", "since", "until", "amount_km"}
            assert right["right"] in RIGHTS
            assert right["since"] <= (right["until"] or TODAY.isoformat()) <= TODAY.isoformat()
            assert right["amount_km"] > 0


def test_nothing_was_granted_to_amra_or_anyone_whose_case_the_stories_decide(
    databases: dict[str, Any],
) -> None:
    for person in cast.cast_population().persons:
        assert ask(databases["tuzla-social-work"], "entitlements", person.number) == {"rights": []}


def rights_in_tuzla(population: Population, today: date) -> list[Entitlement]:
    homes = [home for home in population.households if home.place == "ba-tuzla"]
    return list(grant_rights(homes, {person.number: person for person in population.persons}, today))


@settings(max_examples=examples(20), deadline=None)
@given(st.dates(date(2024, 1, 1), date(2030, 12, 31)))
def test_child_allowance_goes_to_parents_of_minors_with_little_income(many: Population, today: date) -> None:
    persons = {person.number: person for person in many.persons}
    home_of = {number: home for home in many.households for number in home.members}
    granted = [each for each in rights_in_tuzla(many, today) if each.right == "child-allowance"]
    for each in granted:
        home = home_of[each.holder]
        assert home.monthly_income_km <= INCOME_LIMIT_KM * len(home.members)
        children = [persons[number] for number in home.members if persons[number].mother == each.holder]
        assert any((today - child.born_on).days < 18 * 366 for child in children)
        assert each.since <= today


def test_every_right_of_the_register_is_granted_to_somebody(many: Population) -> None:
    assert {each.right for each in rights_in_tuzla(many, TODAY)} == set(RIGHTS)
    assert rights_in_tuzla(many, TODAY) == rights_in_tuzla(many, TODAY)


def test_who_lives_elsewhere_is_not_found(databases: dict[str, Any]) -> None:
    for register, service in (
        ("tuzla-canton-interior", "residence"),
        ("fbih-tax-administration", "householdIncome"),
    ):
        with pytest.raises(PersonNotFound):
            ask(databases[register], service, cast.MILAN.number)


def test_each_register_holds_only_what_happened_in_its_place(
    databases: dict[str, Any], population: Population
) -> None:
    for code, connection in databases.items():
        (births,) = connection.execute("SELECT count(*) FROM births").fetchone()
        here = [person for person in population.persons if person.birthplace == find_member(code).unit]
        assert births == (len(here) if "births" in find_member(code).registers else 0)


def test_brcko_writes_in_both_scripts(databases: dict[str, Any]) -> None:
    rows = databases["brcko-registrar"].execute("SELECT DISTINCT script FROM births")
    assert {row["script"] for row in rows} == {"Latn", "Cyrl"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sets(st.sampled_from([*SERVICES["residence"], "person_number", "synthetic", "sex", ""])))
def test_an_answer_holds_exactly_the_asked_fields_that_are_known(
    databases: dict[str, Any], fields: set[str]
) -> None:
    question = Question(cast.AMRA.number, tuple(fields), {}, "")
    facts = answer(databases["tuzla-canton-interior"], "residence", question)
    assert set(facts) == fields & set(SERVICES["residence"])


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    )
)
def test_no_body_breaks_the_reading_of_a_question(body: Any) -> None:
    with contextlib.suppress(BadQuestion):
        assert isinstance(read_question(body, "").subject, str)


def test_the_last_three_whole_months_cross_the_new_year() -> None:
    assert last_three_months(date(2027, 2, 3)) == "2026-11/2027-01"


def test_a_register_is_the_same_bytes_for_the_same_country(population: Population, tmp_path: Path) -> None:
    files = [tmp_path / "first.sqlite3", tmp_path / "second.sqlite3"]
    for file in files:
        make_register(file, find_member("brcko-registrar"), population, today=TODAY)
    assert files[0].read_bytes() == files[1].read_bytes()


def over_http(connection: sqlite3.Connection, code: str, path: str, body: bytes | None) -> tuple[int, Any]:
    async def run() -> tuple[int, Any]:
        application = make_application(Register(find_member(code), connection, None))
        async with TestClient(TestServer(application)) as gateway:
            method = gateway.get if body is None else gateway.post
            response = await method(path, data=body)
            return response.status, await response.json(content_type=None)

    return asyncio.run(run())


def test_a_register_answers_over_http_with_its_moment(databases: dict[str, Any]) -> None:
    question = {"subject": {"jmb": cast.AMRA.number}, "fields": ["municipality"]}
    status, told = over_http(
        databases["tuzla-canton-interior"],
        "tuzla-canton-interior",
        "/residence",
        json.dumps(question).encode(),
    )
    assert status == 200
    assert told["facts"] == {"municipality": "Tuzla"}
    assert told["as_of"].endswith("Z")
    assert len(told["salt"]) >= 22


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/residence", b"not json", 400, "bad_question"),
        ("/residence", b"[]", 400, "bad_question"),
        ("/residence", b'{"subject":{"jmb":"0101990550000"},"fields":["name"]}', 404, "person_not_found"),
        ("/birthRecord", b"{}", 404, "unknown_service"),
    ],
)
def test_a_bad_question_is_refused_without_repeating_it(
    databases: dict[str, Any], path: str, body: bytes, status: int, code: str
) -> None:
    told = over_http(databases["tuzla-canton-interior"], "tuzla-canton-interior", path, body)
    assert told[0] == status
    assert told[1]["code"] == code
    assert "0101990550000" not in json.dumps(told[1])


@pytest.mark.parametrize("member", [member.code for member in list_members()])
def test_every_service_of_a_register_is_described(databases: dict[str, Any], member: str) -> None:
    status, described = over_http(databases[member], member, "/openapi.json", None)
    assert status == 200
    assert described == describe_register(find_member(member))
    assert set(described["paths"]) == {f"/{name}" for name in services_of(find_member(member).registers)}
    assert described["openapi"].startswith("3.")
