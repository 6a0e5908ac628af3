"""A museum of broken definitions: each is refused with its file, its line and what to do."""

from contextlib import suppress
from pathlib import Path

import pytest
from definitions import FOLDERS, changed, service
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from mostovi.services.definition import DefinitionInvalid, load_files, load_service
from mostovi.services.definition.loading import YAML_FILES

ALLOWANCE, EXTRACT = "child-allowance", "birth-extract"
TABLE = """
  band:
    kind: text
    since:
      2024-01-01:
        - {if: [household_members < 3], then: "'small'"}
        - {if: [household_members >= 3], then: "'large'"}
"""

MUSEUM = YAML(typ="safe").load(Path(__file__).with_name("broken_definitions.yaml"))


@pytest.mark.parametrize("name", MUSEUM)
def test_each_broken_definition_is_refused_with_place_and_remedy(name):
    piece = MUSEUM[name]
    with pytest.raises(DefinitionInvalid) as refusal:
        changed(ALLOWANCE, piece["file"], piece["old"], piece["new"])
    mistakes = [mistake for mistake in refusal.value.mistakes if piece["what"] in mistake.what]
    assert mistakes, str(refusal.value)
    assert piece["remedy"] in mistakes[0].remedy
    assert mistakes[0].file in YAML_FILES
    assert mistakes[0].line > 0


def test_the_line_is_the_line_of_the_mistake():
    text = service(ALLOWANCE).files["rules.yaml"].splitlines()
    with pytest.raises(DefinitionInvalid) as refusal:
        changed(ALLOWANCE, "rules.yaml", "percent(lowest_wage, 40)", "percent(lowest_wages, 40)")
    (mistake,) = refusal.value.mistakes
    assert "percent(lowest_wage, 40)" in text[mistake.line - 1]


def test_all_mistakes_are_told_at_once():
    files = dict(service(ALLOWANCE).files)
    files["rules.yaml"] = (
        files["rules.yaml"].replace("monthly_income /", "incom /").replace("rounded(", "round(")
    )
    files["texts.yaml"] = files["texts.yaml"].replace("  sr: Дјеца", "  sr: Деца")
    with pytest.raises(DefinitionInvalid) as refusal:
        load_files(files, key=ALLOWANCE)
    assert {mistake.file for mistake in refusal.value.mistakes} == {"rules.yaml", "texts.yaml"}
    assert len(refusal.value.mistakes) == 3


def test_a_missing_file_is_named():
    files = dict(service(EXTRACT).files)
    del files["steps.yaml"]
    with pytest.raises(DefinitionInvalid, match=r"steps\.yaml:1: The file is missing"):
        load_files(files, key=EXTRACT)


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DefinitionInvalid, match="no such folder"):
        load_service(tmp_path / "nothing")


def with_table(rows):
    return changed(ALLOWANCE, "rules.yaml", "\n  lowest_wage:", f"{rows}\n  lowest_wage:")


def test_a_table_that_covers_everything_once_is_accepted():
    definition = with_table(TABLE)
    assert any(rule.key == "band" for rule in definition.rules)


def test_a_gap_in_a_table_is_found_at_its_border():
    with pytest.raises(DefinitionInvalid) as refusal:
        with_table(TABLE.replace(">= 3", "> 3"))
    assert "No row holds when household_members is 3" in str(refusal.value)


def test_an_overlap_in_a_table_is_found_at_its_border():
    with pytest.raises(DefinitionInvalid) as refusal:
        with_table(TABLE.replace("< 3", "<= 3"))
    assert "both hold when household_members is 3" in str(refusal.value)


def test_a_gap_between_two_columns_is_found():
    rows = """
  band:
    kind: text
    since:
      2024-01-01:
        - {if: [lives_with_you == "all", monthly_income <= km(500)], then: "'a'"}
        - {if: [lives_with_you == "all", monthly_income > km(500)], then: "'b'"}
        - {if: [lives_with_you == "part"], then: "'c'"}
"""
    with pytest.raises(DefinitionInvalid) as refusal:
        with_table(rows)
    assert "lives_with_you is none" in str(refusal.value)


def test_comments_and_spaces_keep_the_version_and_a_changed_rule_does_not():
    before = service(ALLOWANCE).version
    spaced = changed(ALLOWANCE, "rules.yaml", "values:\n", "# a remark\nvalues:\n\n")
    assert spaced.version == before
    examples = changed(ALLOWANCE, "examples.yaml", "At 742 KM it is not", "At 742 KM it is not passed")
    assert examples.version == before, "examples are tests"
    assert (
        changed(ALLOWANCE, "rules.yaml", "percent(lowest_wage, 19)", "percent(lowest_wage, 20)").version
        != before
    )
    assert changed(ALLOWANCE, "decision.typ", "texts.appeal", "texts.legal").version != before


def test_the_order_of_questions_is_part_of_the_version():
    definition = service(ALLOWANCE)
    account = "  account:\n    kind: iban\n"
    text = definition.files["questions.yaml"].replace(account, "") + account
    assert (
        load_files({**definition.files, "questions.yaml": text}, key=ALLOWANCE).version != definition.version
    )


def test_what_a_case_has_pinned_loads_again_to_the_same_version():
    definition = load_service(FOLDERS / ALLOWANCE)
    assert load_files(definition.files, key=ALLOWANCE) == definition


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(YAML_FILES), st.data())
def test_a_file_cut_or_garbled_anywhere_is_refused_calmly_or_still_a_service(file, data):
    files = dict(service(EXTRACT).files)
    text = files[file]
    place = data.draw(st.integers(0, len(text)))
    extra = data.draw(st.text(alphabet="{}[]:&*!|>-'\"%@` \n\tabя0", max_size=4))
    files[file] = text[:place] + extra + text[place + data.draw(st.integers(0, 5)) :]
    with suppress(DefinitionInvalid):
        load_files(files, key=EXTRACT)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(YAML_FILES), st.text(max_size=200))
def test_any_text_as_a_file_is_refused_calmly(file, text):
    files = {**service(EXTRACT).files, file: text}
    with suppress(DefinitionInvalid):
        load_files(files, key=EXTRACT)


def test_a_very_deep_file_is_refused_calmly():
    files = {**service(EXTRACT).files, "rules.yaml": "[" * 5000}
    with pytest.raises(DefinitionInvalid):
        load_files(files, key=EXTRACT)
