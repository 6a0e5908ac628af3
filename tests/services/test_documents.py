import re
import subprocess
import sys
import unicodedata
from datetime import date

import pytest
from definitions import FOLDERS, ON, service
from documents_made import (
    HAS_POPPLER,
    URL,
    VARIANTS,
    decision,
    decision_values,
    extract,
    text_in,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st

from effort import examples
from mostovi.services.documents import (
    DocumentDataMissing,
    DocumentFailed,
    read_template,
    render_template,
)
from mostovi.services.values import PaperPart

needs_poppler = pytest.mark.skipif(
    not HAS_POPPLER, reason="pdftotext and pdftoppm (poppler-utils) are not here"
)
MARKUP = [
    "#strong[Amra]",
    "*Amra* _Kovač_",
    '#import "/layout.typ": sheet',
    '#read("/layout.typ")',
    "$x^2$ @ref <label> `code` = Title",
    "\\ // comment /* */ ~ -- --- ...",
    '"quoted" \' #{1 + 1} [a] {b}',
    "- list\n+ enum",
    "{name} {amount:of} {x|y}",
]


@pytest.mark.parametrize("language", VARIANTS)
def test_a_document_is_tagged_pdf_a_with_its_language(language):
    pdf = extract(language)
    assert pdf.startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert b"/MarkInfo" in pdf
    assert f"/Lang({language.split('-')[0]}".encode() in pdf


def test_the_same_input_gives_the_same_bytes_in_another_process():
    script = "import sys; from documents_made import extract; sys.stdout.buffer.write(extract('hr'))"
    folder = str(FOLDERS.parents[4] / "tests" / "services")
    other = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        check=True,
        env={"PYTHONPATH": folder, "TZ": "Asia/Tokyo"},
    )
    assert other.stdout == extract("hr")


def test_another_day_or_name_gives_other_bytes():
    assert len({extract(), extract(given_name="Mila"), extract(issued_on=date(2026, 11, 22))}) == 3


def test_fonts_come_with_us_and_are_embedded_in_the_page():
    pdf = extract("sr-Cyrl")
    assert b"LibertinusSerif" in pdf
    assert b"DejaVuSansMono" in pdf
    assert pdf.count(b"/FontFile") >= 2


@needs_poppler
@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "bs",
            ["Izvod iz matične knjige rođenih", "21. mart 1988.", "Tehnička demonstracija", "kvalifikovani"],
        ),
        ("hr", ["Izvod iz matične knjige rođenih", "21. ožujka 1988.", "kvalificirani", "Oznaka isprave"]),
        ("sr-Cyrl", ["Извод из матичне књиге рођених", "21. март 1988.", "Техничка демонстрација", "Savić"]),
        ("sr-Latn", ["Izvod iz matične knjige rođenih", "21. mart 1988.", "može provjeriti"]),
        ("en", ["Extract from the register of births", "21 March 1988", "not a qualified seal"]),
    ],
)
def test_an_extract_is_written_in_the_persons_language(language, words):
    text = text_in(extract(language)).replace("\u00a0", " ")
    for word in [*words, "J8M-4KE-92A", "mostovi.example/provjera"]:
        assert word in text


@needs_poppler
@pytest.mark.parametrize("language", VARIANTS)
def test_a_decision_says_what_why_and_how_to_appeal(language):
    text = text_in(decision(language)).replace("\u00a0", " ")
    for word in [
        "Amra Kovač",
        "Dino Kovač",
        "118",
        "K4T-92M-7AE",
        "Damir Babić",
        "52/22",
        "15",
        "J7M-4KE-92A",
    ]:
        assert word in text
    assert "…" not in text


@needs_poppler
def test_a_refusal_grants_nothing():
    text = text_in(decision("bs", granted=False))
    assert "odbija" in text
    assert "118" not in text


APART = {
    "bs": ("Šta po ovim činjenicama kažu pravila", "odlučila drugačije nego što predlažu pravila"),
    "hr": ("Što prema ovim činjenicama kažu pravila", "odlučila drukčije nego što predlažu pravila"),
    "sr-Cyrl": ("Шта према овим чињеницама кажу правила", "одлучило другачије него што предлажу правила"),
    "sr-Latn": ("Šta prema ovim činjenicama kažu pravila", "odlučilo drugačije nego što predlažu pravila"),
    "en": ("What the rules say by these facts", "decided otherwise than the rules propose"),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_what_the_rules_say_stands_apart_from_the_reasons_of_a_refusal_against_them(variant: str) -> None:
    """The reasons are the official's own words; the rules, all met, come after and are called so."""
    said = decision_lines(variant, granted=False, departs=True)
    heading, otherwise = APART[variant]
    own, rules = said.index("Iznos je ispravljen."), said.index(heading)
    condition = next(line for line in said if "247" in line)
    assert own < rules < said.index(condition)
    assert otherwise in said[said.index(condition) + 1]


@pytest.mark.parametrize("granted", [True, False])
def test_where_the_rules_propose_the_outcome_their_results_are_the_reasons(granted: bool) -> None:  # noqa: FBT001
    said = decision_lines("bs", granted=granted, departs=False)
    condition = next(line for line in said if "247" in line)
    assert said.index("Obrazloženje") < said.index(condition) < said.index("Iznos je ispravljen.")
    assert not set(APART["bs"]) & set(said)


LEFT_OPEN = {
    "bs": "Pravila ovdje ništa ne predlažu.",
    "hr": "Pravila ovdje ništa ne predlažu.",
    "sr-Cyrl": "Правила овдје не предлажу ништа.",
    "sr-Latn": "Pravila ovdje ne predlažu ništa.",
    "en": "The rules propose nothing here.",
}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("granted", [True, False])
def test_where_the_rules_propose_nothing_the_words_are_the_officials(variant: str, *, granted: bool) -> None:
    said = decision_lines(variant, granted=granted, departs=False, left_open=True)
    own, apart = said.index("Iznos je ispravljen."), said.index(APART[variant][0])
    condition = next(line for line in said if "247" in line)
    assert own < apart < said.index(condition)
    assert said[said.index(condition) + 1].startswith(LEFT_OPEN[variant])


def decision_lines(variant: str, *, granted: bool, departs: bool, left_open: bool = False) -> list[str]:
    definition = service("child-allowance")
    data = decision_values(variant, granted=granted) | {"departs": departs, "left_open": left_open}
    template = definition.files[definition.template]
    parts = read_template(template, definition.texts, data, language=variant)
    return [line for part in parts for line in part.lines]


@needs_poppler
@pytest.mark.parametrize("name", MARKUP)
def test_a_name_with_markup_is_printed_as_it_is(name):
    text = text_in(extract(given_name=name))
    for word in name.split():
        assert word in text


SIGNS = "#$*_`@<>[]{}\\/\"'~-+=.,:;!?&%^|()\n aAčĆđШљџ0"
BARE_PAGE = '#import "/layout.typ": data\n#set document(title: "Title")\n= Name\n#data.given_name'


@needs_poppler
@settings(max_examples=examples(80), deadline=None)
@given(st.text(alphabet=SIGNS, min_size=1, max_size=30))
def test_data_is_never_markup(name):
    data = {"institution": name, "place": name, "issued_on": date(2026, 1, 1), "given_name": name}
    pdf = render_template(BARE_PAGE, {}, data, language="bs", qr_url="https://a.ba/", code="J7M4KE92A")
    assert "".join(text_in(pdf).split()) == "Name" + "".join(name.split())


@settings(max_examples=examples(25), deadline=None)
@given(st.text(max_size=40), st.text(max_size=40))
@example("1\U0001f3fb", "")
def test_any_name_can_be_printed(given_name, reasons):
    assert extract(given_name=given_name, mother_name=reasons).startswith(b"%PDF")


@needs_poppler
def test_a_sign_that_no_font_has_is_printed_by_its_number():
    assert "Li [U+4E2D][U+6587]" in text_in(extract(given_name="Li 中文"))


@needs_poppler
def test_an_invisible_sign_that_no_font_has_changes_no_other_sign():
    text = text_in(extract(given_name="Li\u1680Mu 168", mother_name='"u\u1680\\u"'))
    assert "Li[U+1680]Mu 168" in text
    assert '"u[U+1680]\\u"' in text
    assert "Matični ured Zenica" in text


@needs_poppler
@pytest.mark.parametrize("typed", ["1\U0001f3fb", "Amra 1\U0001f3fb\u200d", "U+\U0001f3fb0041"])
def test_a_modifier_after_a_digit_is_spelled_out_alone(typed: str) -> None:
    text = text_in(extract(given_name=typed, mother_name="1 and 0031"))
    assert "[U+1F3FB]" in text
    assert "1 and 0031" in text


@needs_poppler
def test_control_signs_and_turned_directions_are_left_out():
    text = text_in(extract(given_name="Mi\u202elan\x00\u200b"))
    assert "Milan" in text
    assert not [sign for sign in text if unicodedata.category(sign) in {"Cf", "Co"}]


def test_a_fact_that_is_not_known_is_left_out_of_the_table():
    assert extract(father_name=None).startswith(b"%PDF")


def test_a_document_without_its_data_names_what_is_missing():
    template = (FOLDERS / "child-allowance" / "decision.typ").read_text("utf-8")
    texts = {"document.preamble": dict.fromkeys(("bs", "hr", "sr", "en"), "{name}")}
    data = {"institution": "a", "place": "b", "issued_on": date(2026, 1, 1)}
    with pytest.raises(DocumentDataMissing, match=r"document\.preamble needs name"):
        render_template(template, texts, data, language="bs", qr_url="https://a.ba/", code="J7M4KE92A")
    with pytest.raises(DocumentDataMissing, match="issued_on, place"):
        render_template(template, texts, {"institution": "a"}, language="bs", qr_url="x", code="J7M4KE92A")


def test_a_template_cannot_read_files_outside_the_layout():
    data = {"institution": "a", "place": "b", "issued_on": date(2026, 1, 1)}
    for path in ("/../../../../pyproject.toml", "/etc/passwd", "../definition/values.py"):
        with pytest.raises(DocumentFailed):
            render_template(f'#read("{path}")', {}, data, language="bs", qr_url="x", code="J7M4KE92A")


def test_a_template_with_a_zero_byte_ends_at_once():
    data = {"institution": "a", "place": "b", "issued_on": date(2026, 1, 1)}
    with pytest.raises(DocumentFailed, match="zero byte"):
        render_template("= A\0", {}, data, language="bs", qr_url="x", code="J7M4KE92A")


def test_a_template_takes_nothing_from_the_network():
    data = {"institution": "a", "place": "b", "issued_on": date(2026, 1, 1)}
    with pytest.raises(DocumentFailed, match="no packages"):
        render_template('#import "@preview/a:1.0.0"', {}, data, language="bs", qr_url="x", code="J7M4KE92A")


@needs_poppler
def test_a_long_decision_keeps_its_code_on_the_last_page_and_the_footer_on_each():
    text = text_in(decision("en", reasons="\n".join(["A long reason that explains a lot. " * 6] * 30)))
    pages = text.strip("\f\n").split("\f")
    assert len(pages) > 1
    assert all("/provjera" in page for page in pages)
    assert sum("Code of this document" in page for page in pages) == 1


@needs_poppler
@pytest.mark.parametrize("granted", [True, False])
@pytest.mark.parametrize("variant", VARIANTS)
def test_what_is_read_before_sealing_is_what_is_printed(variant: str, granted: bool) -> None:  # noqa: FBT001
    """Whatever the paper says beyond it is its frame: institution, place, day, code, how to check it."""
    data, definition = decision_values(variant, granted=granted), service("child-allowance")
    template = definition.files[definition.template]
    parts = read_template(template, definition.texts, data, language=variant)
    said = words_of(" ".join(line for part in parts for line in part.lines))
    printed = words_of(text_in(decision(variant, granted=granted)))
    assert said <= printed
    empty = '#import "/layout.typ": sheet\n#show: sheet.with(title: "T")'
    frame = render_template(empty, {}, data, language=variant, qr_url=URL, code="J7M4KE92A")
    assert printed - said <= words_of(text_in(frame))
    assert [part.kind for part in parts][:3] == ["title", "paragraph", "numbers"]


@needs_poppler
@pytest.mark.parametrize(
    "word",
    ["W" * 200, "https://mostovi.example/" + "dugacka-putanja/" * 20, "Ш" * 200, "a\u00a0" * 150, "中" * 40],
)
def test_a_word_longer_than_a_line_is_printed_whole_as_it_was_read(word: str) -> None:
    """What runs off the edge of the page is not in its text; nor is any sign put in to break the word."""
    definition, data = service("child-allowance"), decision_values("en", granted=False)
    data |= {"reasons": f"Because {word} is long.", "name": word[:60]}
    template = definition.files[definition.template]
    parts = read_template(template, definition.texts, data, language="en")
    printed = without_spaces(
        text_in(decision("en", granted=False, reasons=data["reasons"], name=data["name"]))
    )
    spelled = [without_spaces(line).replace("中", "[U+4E2D]") for part in parts for line in part.lines]
    assert without_spaces(f"Because {word} is long.").replace("中", "[U+4E2D]") in spelled
    assert [line for line in spelled if line not in printed] == []


def without_spaces(text: str) -> str:
    return "".join(text.split())


def test_nothing_is_said_on_the_terminal_while_a_template_is_read(capfd: pytest.CaptureFixture[str]) -> None:
    """The typesetter warns each time that its HTML may change; what we read of it is held above."""
    definition = service("child-allowance")
    template = definition.files[definition.template]
    assert read_template(template, definition.texts, decision_values("bs"), language="bs")
    assert capfd.readouterr() == ("", "")


def words_of(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


def test_labels_and_lines_are_read_as_text_and_markup_stays_what_was_typed() -> None:
    template = (
        '#import "/layout.typ": data, entries, sheet\n#show: sheet.with(title: "T")\n#entries("born_in")\n'
    )
    template += "#data.reasons \\\n second line"
    data = {"institution": "A", "place": "B", "issued_on": ON, "born_in": "Zenica", "reasons": "<b>#x</b>"}
    texts = {"document.born_in": dict.fromkeys(("bs", "hr", "sr", "en"), "Born")}
    parts = read_template(template, texts, data, language="en")
    assert PaperPart("list", ("Born: Zenica",)) in parts
    assert PaperPart("paragraph", ("<b>#x</b>\nsecond line",)) in parts


def test_a_template_that_cannot_be_read_is_told_by_its_mistake() -> None:
    data = {"institution": "A", "place": "B", "issued_on": ON}
    with pytest.raises(DocumentFailed, match="unknown variable"):
        read_template("#nothing", {}, data, language="bs")
