"""What the country pack names, and that it names whatever its own files speak of."""

import pytest
from definitions import FOLDERS
from django.utils.translation import override
from ruamel.yaml import YAML

from mostovi.exchange.public import find_document_kind_name, find_service_name
from mostovi.front import words
from mostovi.kernel.institutions import find_institution
from mostovi.services.catalogue import find_lookup, list_definitions, list_life_events

PACK = FOLDERS.parent
ROWS = YAML(typ="safe").load(PACK / "contracts.yaml")
CONTRACTS = [row for row in ROWS if "service" in row]
LANGUAGES = {"bs", "hr", "sr", "en"}


@pytest.mark.parametrize("service", sorted({contract["service"] for contract in CONTRACTS}))
def test_whatever_may_be_asked_has_a_name_for_the_person_it_is_about(service: str) -> None:
    assert (find_service_name(service) or {}).keys() == LANGUAGES


@pytest.mark.parametrize("definition", list_definitions(), ids=lambda each: each.key)
def test_whatever_a_service_gives_has_a_name(definition) -> None:
    assert (find_document_kind_name(definition.output) or {}).keys() == LANGUAGES


def test_names_are_said_in_the_language_of_the_page() -> None:
    said = {
        "bs": ("vaša adresa", "Rješenje"),
        "en": ("your address", "Decision"),
        "hr": ("vaša adresa", "Rješenje"),
        "sr-Cyrl": ("ваша адреса", "Рјешење"),
        "sr-Latn": ("vaša adresa", "Rješenje"),
    }
    for variant, names in said.items():
        with override(variant):
            assert (words.what_was_asked("residence"), words.name_document_kind("decision")) == names


def test_what_the_pack_does_not_know_keeps_its_own_name() -> None:
    with override("en"):
        assert words.what_was_asked("landRegister") == "landRegister"
        assert words.what_was_asked("findUsage") == "who looked at your data"
        assert words.name_document_kind("deed") == "deed"


def test_the_look_up_asks_a_register_of_the_pack_for_fields_it_has() -> None:
    asked = find_lookup()
    pair = (asked.provider, asked.service)
    known = [each for each in CONTRACTS if (each["provider"], each["service"]) == pair]
    assert find_institution(asked.provider).registers
    assert set(asked.fields) <= set(known[0]["fields"])
    assert asked.told.keys() == LANGUAGES


def test_every_service_belongs_to_what_happens_in_a_life_and_every_event_has_one() -> None:
    events = list_life_events()
    assert {key for event in events for key in event.services} == {each.key for each in list_definitions()}
    assert all(event.services and event.name.keys() == LANGUAGES for event in events)


def test_the_pack_holds_no_code() -> None:
    found = {path.relative_to(PACK).as_posix() for path in PACK.rglob("*.py")}
    assert found == {"__init__.py"}
    assert (PACK / "__init__.py").read_text(encoding="utf-8") == ""
