"""A museum of broken definitions: each is refused with its file, its line and what to do."""

import io
import re
import shutil
from contextlib import contextmanager, redirect_stdout, suppress
from pathlib import Path

import pytest
from definitions import FOLDERS, changed, country, service
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from effort import examples
from mostovi.services.command import main
from mostovi.services.definition import DefinitionInvalid, load_files, load_service
from mostovi.services.definition.examples import run_examples
from mostovi.services.definition.loading import YAML_FILES
from mostovi.services.definition.reading import decode_file, read_document
from mostovi.services.definition.scalars import why_no_day
from mostovi.services.values import Party

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


WAYS = [
    (key, step.key, action.name, party)
    for key in (ALLOWANCE, EXTRACT)
    for step in service(key).steps
    for action in step.actions
    for party in Party
    if party not in action.who
]


@pytest.mark.parametrize(("key", "step", "action", "party"), WAYS)
def test_nothing_is_given_to_whom_the_platform_does_not_let_have_it(key, step, action, party):
    """Each action to each other party: refused on the line of the action."""
    lines = service(key).files["steps.yaml"].splitlines(keepends=True)
    line = next(each.line for each in service(key).step(step).actions if each.name == action)
    lines[line - 1] = re.sub(r"who: \[.*?\]", f"who: [{party}]", lines[line - 1])
    with pytest.raises(DefinitionInvalid) as refusal:
        load_files({**service(key).files, "steps.yaml": "".join(lines)}, key=key)
    assert {(mistake.file, mistake.line) for mistake in refusal.value.mistakes} == {("steps.yaml", line)}
    assert any("Write `who: [" in mistake.remedy for mistake in refusal.value.mistakes)


def test_where_nobody_decides_no_decision_waits():
    cost, late = "cost: {feninga: 0", 'late_facts: {days: 5, article: "", illustrative: true}'
    with pytest.raises(DefinitionInvalid, match="No official decides here, so no decision waits"):
        changed(EXTRACT, "service.yaml", cost, f"{late}\n{cost}")


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


def test_a_file_that_cannot_be_read_hides_no_mistake_in_the_others():
    files = dict(service(ALLOWANCE).files)
    files["texts.yaml"] = 'title: "not closed'
    files["steps.yaml"] = files["steps.yaml"].replace("start:", "begin:")
    files["rules.yaml"] = files["rules.yaml"].replace("monthly_income /", "incom /")
    with pytest.raises(DefinitionInvalid) as refusal:
        load_files(files, key=ALLOWANCE)
    told = str(refusal.value)
    assert "texts.yaml:1: The file cannot be read" in told
    assert "There is no key `begin` here" in told
    assert "Nothing here is called `incom`" in told


@pytest.mark.parametrize("file", YAML_FILES)
@pytest.mark.parametrize("text", ["[", "- {}", "'': 1"])
def test_a_broken_file_brings_no_mistake_into_the_others(file, text):
    with pytest.raises(DefinitionInvalid) as refusal:
        load_files({**service(ALLOWANCE).files, file: text}, key=ALLOWANCE, country=country())
    assert {mistake.file for mistake in refusal.value.mistakes} == {file}


def test_an_expression_is_read_although_its_names_are_not_known():
    files = dict(service(ALLOWANCE).files)
    files["questions.yaml"] = "facts: ["
    files["rules.yaml"] = files["rules.yaml"].replace("size(children) > 0", "size(children) >")
    with pytest.raises(DefinitionInvalid) as refusal:
        load_files(files, key=ALLOWANCE)
    assert {mistake.file for mistake in refusal.value.mistakes} == {"questions.yaml", "rules.yaml"}


def test_bytes_that_are_no_text_hide_no_mistake_in_the_others(tmp_path):
    folder = shutil.copytree(FOLDERS / ALLOWANCE, tmp_path / ALLOWANCE)
    (folder / "decision.typ").write_bytes(b"\xff")
    (folder / "steps.yaml").write_text("start: draft\n")
    with pytest.raises(DefinitionInvalid) as refusal:
        load_service(folder)
    assert [mistake.file for mistake in refusal.value.mistakes] == ["decision.typ", "steps.yaml"]


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


@settings(max_examples=examples(60), deadline=None)
@given(st.sampled_from(YAML_FILES), st.data())
def test_a_file_cut_or_garbled_anywhere_is_refused_calmly_or_still_a_service(file, data):
    files = dict(service(EXTRACT).files)
    text = files[file]
    place = data.draw(st.integers(0, len(text)))
    extra = data.draw(st.text(alphabet="{}[]:&*!|>-'\"%@` \n\tabя0", max_size=4))
    files[file] = text[:place] + extra + text[place + data.draw(st.integers(0, 5)) :]
    with suppress(DefinitionInvalid):
        load_files(files, key=EXTRACT)


@settings(max_examples=examples(60), deadline=None)
@given(st.sampled_from(YAML_FILES), st.text(max_size=200))
def test_any_text_as_a_file_is_refused_calmly(file, text):
    files = {**service(EXTRACT).files, file: text}
    with suppress(DefinitionInvalid):
        load_files(files, key=EXTRACT)


FOLDER_FILES = (*YAML_FILES, "extract.typ", "further.typ")
# What YAML reads, but nobody can write, compare or keep.
ODDITIES = [
    rb'"\ud800"',
    rb'"\x00"',
    b"0x" + b"f" * 5000,
    b"? [1]\n: 2\n",
    b"? {a: b}\n: 2\n",
    b"~: x\n",
    b"1.5: x\n",
    b"7: x\n",
    b"2026-11-26T12:00:00Z",
    b".nan",
    b"!!binary aGVq",
    b"!!set {a, b}",
    b"!!omap [a: 1]",
    b"<<: {a: b}\n",
    b"%YAML 1.1\n---\n",
    b"--- a\n--- b\n",
    b"\xef\xbb\xbf",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return shutil.copytree(FOLDERS / EXTRACT, tmp_path_factory.mktemp("any") / EXTRACT)


def check_with(folder, file, content):
    """What the command prints about the folder with another content in one of its files."""
    printed = io.StringIO()
    with holding(folder, file, content), redirect_stdout(printed):
        assert main(["check", str(folder)]) in {0, 1}
    return printed.getvalue()


@contextmanager
def holding(folder, file, content):
    path = folder / file
    kept = path.read_bytes() if path.exists() else None
    path.write_bytes(content)
    try:
        yield
    finally:
        path.unlink() if kept is None else path.write_bytes(kept)


def load_and_run(folder, file, content):
    """As the command does, but for the trial print, which takes a second."""
    with holding(folder, file, content), suppress(DefinitionInvalid):
        run_examples(load_service(folder, country=country()))


@given(file=st.sampled_from(FOLDER_FILES), content=st.binary(max_size=200))
def test_any_bytes_as_a_file_give_mistakes_and_never_a_crash(folder, file, content):
    load_and_run(folder, file, content)


@settings(max_examples=examples(60))
@given(file=st.sampled_from(FOLDER_FILES), data=st.data())
def test_any_bytes_anywhere_in_a_file_give_mistakes_and_never_a_crash(folder, file, data):
    content = (folder / file).read_bytes() if (folder / file).exists() else b""
    place = data.draw(st.integers(0, len(content)))
    extra = data.draw(st.binary(max_size=6) | st.sampled_from(ODDITIES))
    load_and_run(folder, file, content[:place] + extra + content[place + data.draw(st.integers(0, 5)) :])


@pytest.mark.parametrize("content", [b"", b"\x00", b"#", b"#import", b"= A\n" * 3, b'#read("/etc/passwd")'])
def test_a_template_of_anything_gives_mistakes_and_never_a_crash(folder, content):
    check_with(folder, "extract.typ", content)


@pytest.mark.parametrize("file", YAML_FILES)
def test_what_yaml_reads_and_nobody_can_keep_gives_mistakes(folder, file):
    content = (folder / file).read_bytes()
    for odd in ODDITIES:
        for changed_content in (odd, odd + b"\n" + content, content.replace(b": ", b": " + odd, 1)):
            with suppress(DefinitionInvalid):
                files = {**service(EXTRACT).files, file: decode_file(file, changed_content)}
                load_files(files, key=EXTRACT)


def test_a_file_that_is_no_utf_8_is_named_with_line_and_remedy(folder):
    lines = (folder / "texts.yaml").read_bytes().split(b"\n")
    lines[4] += "č".encode("cp1250")
    said = check_with(folder, "texts.yaml", b"\n".join(lines))
    assert "texts.yaml:5: The file is not UTF-8: no letter is written with the byte 0xe8 here." in said
    assert "Save the file as UTF-8 in your editor." in said


def test_a_sign_that_no_editor_shows_is_named_with_its_line(folder):
    said = check_with(folder, "extract.typ", b"= Izvod\n\x00\n")
    assert "extract.typ:2: The file holds the sign U+0000, which no editor shows." in said


def test_a_template_that_is_no_utf_8_is_named_too(folder):
    assert "extract.typ:2: The file is not UTF-8" in check_with(folder, "extract.typ", b"= Izvod\n\xe8\n")


def test_a_file_saved_by_another_system_stays_the_same_service(folder):
    content = (folder / "rules.yaml").read_bytes().replace(b"\n", b"\r\n")
    said = check_with(folder, "rules.yaml", b"\xef\xbb\xbf" + content)
    assert f"{service(EXTRACT).version[:12]}:" in said


UNREADABLE = [
    ("a: 1\nb:\n  c: 2024-13-01\n", 3, "`2024-13-01` is no day: there is no month 13.", "2026-11-21"),
    ("a: 1\nb: 2024-02-30\n", 2, "`2024-02-30` is no day: that month has no day 30.", "01 to 29"),
    ("a:\n  2023-02-29: x\n", 2, "`2023-02-29` is no day: that month has no day 29.", "01 to 28"),
    ("a:\n  - 2024-01-01\n  - 0000-01-01\n", 3, "there is no year 0", "four digits"),
    ("a: 1\nb: 2024-01-01T10:00:00Z\n", 2, "is no day: it is not written as year-month-day", "digits"),
    ("a: 1\nb: 1e400\n", 2, "`1e400` is no whole number", "feninga"),
    ("a: 1\nb: .inf\n", 2, "`.inf` is no whole number", "Quote it"),
    ("a: 1\nb: 1.5\n", 2, "`1.5` is no whole number", "shares in percent"),
    (f"a: 1\nb: {'9' * 20}\n", 2, "too large", "Keep it under"),
    (f"a: 1\nb: {'9' * 5000}\n", 2, "too large", "Keep it under"),
    (f"a: 1\nb: 0x{'f' * 5000}\n", 2, "programs read differently", "digits alone"),
    ("a: 1\nb: 0125\n", 2, "`0125` is a number that programs read differently", "Quote it"),
    ("a: 1\nb: 1_000\n", 2, "`1_000` is a number that programs read differently", "digits alone"),
    ("%YAML 1.1\n---\na: no\n", 3, "`no` is neither true nor false", "Write true or false"),
    ("a: 1\nb: !!binary aGVq\n", 2, "marked as `binary`", "Quote it"),
    ("a: 1\nb: !!python/name:os.system [x]\n", 2, "The tag", "Take it away"),
    ("a: 1\nb: !!int x\n", 2, "`x` is a number that programs read differently", "Quote it"),
    ("a: 1\nb:\n  <<: {x: 1}\n", 3, "`<<` is marked as `merge`", "Quote it"),
    ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", 1, "Anchors and aliases", "Write the value out"),
    ("a: 1\nb: *x\n", 2, "undefined alias", "anchors and aliases are not used here"),
    ("a: 1\nb:\n  x: 1\n  y: 2\n  x: 3\n", 5, "The key `x` stands here twice, first in line 3.", "Keep one"),
    ("a:\n  2024-01-01: x\n  '2024-01-01': y\n", 3, "stands here twice", "Keep one"),
    ("a: 1\n7: x\n", 2, "The key `7` is no text", "quote it"),
    ("a: 1\n? [1]\n: 2\n", 2, "cannot be a key", "name"),
    ("a: 1\n\u00a0b: 2\n", 2, "The key `b` has a space before or after it", "ordinary spaces"),
    ("a:\n\tb: 1\n", 2, "cannot be read", "Indent with spaces, not with tabs"),
    ("a: 1\nb: 'x\nc: 2\n", 2, "cannot be read", "Close the quotation mark"),
    ("a: 1\nb: [x, y\nc: 2\n", 2, "cannot be read", "quote"),
    ("a: 1\nb\nc: 2\n", 2, "cannot be read", "quote"),
    ("a: 1\n--- b\n", 2, "another document", "Keep one document"),
    ('a: 1\nb: "\\ud800"\n', 2, "cannot be written", "Write the sign itself"),
    ("a: 1\nb:\n  " + "- " * 5000 + "x\n", 3, "nested too deeply", "Take levels away"),
    ("".join(" " * level + "a:\n" for level in range(800)), 13, "nested too deeply", "Take levels away"),
    ("a: 1\nb: " + "[" * 5000, 2, "nested too deeply", "Take levels away"),
    ("a: 1\nb: " + "{a: " * 2000, 2, "nested too deeply", "Take levels away"),
]


@pytest.mark.parametrize(("text", "line", "what", "remedy"), UNREADABLE)
def test_what_cannot_be_read_is_named_with_the_line_on_which_it_stands(text, line, what, remedy):
    with pytest.raises(DefinitionInvalid) as refusal:
        read_document("rules.yaml", text)
    (mistake,) = refusal.value.mistakes
    assert (mistake.file, mistake.line) == ("rules.yaml", line)
    assert what in mistake.what
    assert remedy in mistake.remedy


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("rules.yaml", "2023-01-01: km", "2023-13-01: km", "`2023-13-01` is no day: there is no month 13."),
        ("rules.yaml", "2023-01-01: km", '"2023-13-01": km', "`2023-13-01` is no day: there is no month 13."),
        ("examples.yaml", "on: 2026-11-21", "on: 2026-11-31", "no day: that month has no day 31."),
        ("examples.yaml", "on: 2026-11-21", "on: 2026-1-5", "it is not written as year-month-day."),
        ("questions.yaml", "needed: false", "needed: no", "is the text `no`. Write true or false."),
        ("service.yaml", "days: 30", "days: 030", "`030` is a number that programs read differently."),
    ],
)
def test_a_value_that_is_none_is_named_with_its_line(file, old, new, said):
    text = service(ALLOWANCE).files[file]
    line = text[: text.index(old)].count("\n") + 1
    with pytest.raises(DefinitionInvalid) as refusal:
        changed(ALLOWANCE, file, old, new)
    first = refusal.value.mistakes[0]
    assert (first.file, first.line) == (file, line)
    assert said in str(first)


def test_a_text_that_other_programs_read_as_false_stays_a_text():
    document = read_document("texts.yaml", "on: no\noff: [yes, n]\n")
    assert document.data == {"on": "no", "off": ["yes", "n"]}


@given(st.dates())
def test_every_day_of_the_calendar_is_one(day):
    assert why_no_day(day.isoformat()) is None
    assert read_document("rules.yaml", f"a: {day.isoformat()}\n").data == {"a": day.isoformat()}


def test_a_very_deep_file_is_refused_calmly():
    files = {**service(EXTRACT).files, "rules.yaml": "[" * 5000}
    with pytest.raises(DefinitionInvalid):
        load_files(files, key=EXTRACT)
