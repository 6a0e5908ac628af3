"""The two services of the pack: short, cited, in four languages, and at one with the rest of the house."""

import json
from pathlib import Path

import pytest
from definitions import FOLDERS, ON, service
from ruamel.yaml import YAML

from mostovi.services.definition import evaluate_rules, life_of
from mostovi.services.definition.expressions import allowed_functions
from mostovi.services.definition.outcomes import Proposal, RuleState
from mostovi.services.definition.shape import schema_for
from mostovi.services.definition.values import FactKind, Kind, ValueKind
from mostovi.services.values import CaseState, Party, Step

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("birth-extract", "child-allowance")
CONTRACTS = YAML(typ="safe").load((FOLDERS.parent / "contracts.yaml").read_text("utf-8"))


@pytest.mark.parametrize(("key", "most"), [("birth-extract", 80), ("child-allowance", 250)])
def test_a_definition_is_short(key, most):
    files = {name: text for name, text in service(key).files.items() if name != "texts.yaml"}
    assert sum(len(text.splitlines()) for text in files.values()) <= most


def test_each_describes_a_whole_life():
    lives = {key: {way.step: way.parties for way in life_of(service(key))} for key in SERVICES}
    assert all({Step.WITHDRAW, Step.RESTORE} <= set(life) for life in lives.values())
    allowance = lives["child-allowance"]
    assert {Step.DECIDE, Step.REVOKE, Step.DECIDE_ANEW} <= set(allowance)
    assert allowance[Step.DECIDE] == {Party.CASEWORKER}
    assert {step.key for step in service("child-allowance").steps} == set(CaseState)
    assert not any(Party.CASEWORKER in who for who in lives["birth-extract"].values())


@pytest.mark.parametrize("key", SERVICES)
def test_every_fact_is_covered_by_a_contract_with_the_owner(key):
    definition = service(key)
    asked = [
        (provider, request)
        for request in definition.requests
        for provider in definition.providers_of(request.provider)
    ]
    for provider, request in asked:
        fields = {
            field
            for contract in CONTRACTS
            if contract.get("consumer") == definition.owner
            and contract["provider"] == provider
            and contract["service"] == request.service
            for field in contract["fields"]
        }
        assert set(request.fields) <= fields


@pytest.mark.parametrize("key", SERVICES)
def test_the_owner_and_every_register_are_institutions_of_the_pack(key):
    rows = YAML(typ="safe").load((FOLDERS.parent / "institutions.yaml").read_text("utf-8"))
    codes = {row["code"] for row in rows}
    definition = service(key)
    asked = {place for fact in definition.facts for place in definition.providers_of(fact.provider)}
    assert {definition.owner, *asked} <= codes


def test_nothing_is_said_to_be_verified_that_is_not():
    definition = service("child-allowance")
    assert definition.law.number == "52/22"
    assert definition.law.illustrative
    assert definition.deadline.illustrative
    assert definition.deadline.days == 30
    assert all(rule.illustrative for rule in definition.rules)
    assert all(fact.illustrative for fact in definition.facts)


def test_an_extract_is_granted_to_whoever_is_in_the_register():
    assert evaluate_rules(service("birth-extract"), {}, {}, on_date=ON).proposal == "grant"


def test_the_three_languages_are_written_and_not_copied():
    texts = service("child-allowance").texts
    assert texts["title"]["bs"] == "Dječiji dodatak"
    assert texts["title"]["hr"] == "Dječji dodatak"
    assert texts["title"]["sr"] == "Дјечији додатак"
    together = {language: " ".join(text[language] for text in texts.values()) for language in ("bs", "hr")}
    for bosnian, croatian in (("sedmice", "tjedan"), ("domaćinstva", "kućanstva"), ("Svako ", "Svatko ")):
        assert bosnian in together["bs"]
        assert croatian in together["hr"]
        assert bosnian not in together["hr"]
        assert croatian not in together["bs"]


@pytest.mark.parametrize("file", ["service", "questions", "rules", "steps", "texts", "examples"])
def test_each_file_has_a_json_schema_in_the_package(file):
    schema = schema_for(f"{file}.yaml")
    assert schema["$schema"].endswith("2020-12/schema")
    assert schema["title"].startswith(f"{file}.yaml: ")
    assert json.dumps(schema)


def test_the_kinds_of_the_schemas_are_those_of_the_code():
    questions = schema_for("questions.yaml")["$defs"]
    assert questions["question"]["properties"]["kind"]["enum"] == list(Kind)
    assert set(questions["fact"]["properties"]["kind"]["enum"]) == set(FactKind)
    assert set(schema_for("rules.yaml")["$defs"]["value"]["properties"]["kind"]["enum"]) == set(ValueKind)


def test_the_pack_holds_data_only():
    assert not list(FOLDERS.rglob("*.py"))


def _keys(schema):
    """Every key that a schema offers, at any depth."""
    for key, part in schema.get("properties", {}).items():
        yield key
        yield from _keys(part)
    for part in schema.get("$defs", {}).values():
        yield from _keys(part)


@pytest.mark.parametrize("file", ["service", "questions", "rules", "steps", "texts", "examples"])
def test_every_key_is_explained_in_the_reference(file):
    reference = (ROOT / "docs" / "reference" / "service-definition.md").read_text("utf-8")
    missing = [key for key in _keys(schema_for(f"{file}.yaml")) if f"`{key}`" not in reference]
    assert missing == []


def test_every_function_and_state_is_explained_in_the_reference():
    reference = (ROOT / "docs" / "reference" / "service-definition.md").read_text("utf-8")
    words = [*allowed_functions(), *RuleState, *Proposal, *Kind, *FactKind, *ValueKind]
    assert [word for word in words if f"`{word}" not in reference and f".{word}(" not in reference] == []
