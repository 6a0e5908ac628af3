"""Lists of schools as offices send them: read, told row by row what is wrong, and written without loss."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from connectivity.spreadsheets import a_bomb, an_ods, an_xlsx, one_cell_at
from effort import examples
from mostovi.connectivity.school_master import (
    FIELDS,
    Kind,
    Reading,
    TableUnreadable,
    read_schools,
    read_table,
    suggest_columns,
    write_schools,
)
from mostovi.connectivity.school_master.borders import find_area, read_areas
from mostovi.connectivity.school_master.columns import fold

HEADER = ["Šifra škole", "Naziv škole", "Geografska širina", "Geografska dužina", "Općina", "Broj učenika"]
LIPA = [101, "OŠ Lipa", 44.5, 18.6, "Tuzla", 120]
BREZA = [102, "OŠ Breza", 44.51, 18.61, "Tuzla", 88]
LISTED = [HEADER, LIPA, BREZA]
ONE_FILE = an_xlsx(LISTED)


def read(content: bytes) -> Reading:
    table = read_table(content)
    return read_schools(table, suggest_columns(table.header))


def a_csv(rows: list[list[object]], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def codes(reading: Reading) -> list[tuple[int, str]]:
    return [(finding.row, finding.code) for finding in reading.findings]


@pytest.mark.parametrize(
    "content",
    [
        a_csv(LISTED),
        a_csv(LISTED, ";", "utf-8-sig"),
        a_csv(LISTED, ";", "cp1250"),
        a_csv(LISTED, "\t", "utf-16"),
        an_xlsx(LISTED),
        an_ods(LISTED),
    ],
    ids=["UTF-8", "semicolons and a mark", "Windows-1250", "UTF-16 with tabs", "xlsx", "ods"],
)
def test_one_list_reads_alike_however_it_was_saved(content: bytes) -> None:
    reading = read(content)
    assert reading.findings == ()
    assert [row.values["school_name"] for row in reading.rows] == ["OŠ Lipa", "OŠ Breza"]
    assert dict(reading.rows[0].values) == {
        "school_id_govt": "101",
        "school_name": "OŠ Lipa",
        "latitude": 44.5,
        "longitude": 18.6,
        "admin2": "Tuzla",
        "num_students": 120,
    }


def test_the_words_of_a_header_are_known_in_every_script() -> None:
    assert suggest_columns(["Назив школе", "Општина", "ŠIFRA USTANOVE", "Napomena"]) == {
        "school_name": 0,
        "admin2": 1,
        "school_id_govt": 2,
    }
    assert fold("Општина / Grad (sjedište)") == "opstina grad sjediste"


def test_a_title_above_the_header_is_no_row() -> None:
    reading = read(an_xlsx([["Spisak škola"], [], *LISTED], merged=["A1:F1"]))
    assert [row.row for row in reading.rows] == [4, 5]


def test_a_place_joined_over_several_rows_belongs_to_each_but_a_number_does_not() -> None:
    rows = [
        HEADER,
        LIPA,
        [102, "OŠ Breza", 44.51, 18.61, None, 88],
        [103, "OŠ Jela", 44.52, 18.6, None, None],
    ]
    reading = read(an_xlsx(rows, merged=["E2:E4", "F3:F4"]))
    assert [row.values["admin2"] for row in reading.rows] == ["Tuzla", "Tuzla"]
    assert codes(reading) == [(4, "merged_cell")]


def test_numbers_are_read_as_people_here_write_them() -> None:
    rows = [
        HEADER,
        [1, "A", "44,51", "18,6°", "", "1.234"],
        [2, "B", "44.52", "18.6", "", "1 234"],
        [3, "C", "44.53", "18.6", "", "-"],
        [4, "D", "44.54", "18.6", "", "120.0"],
    ]
    reading = read(a_csv(rows, ";"))
    assert reading.findings == ()
    assert [row.values.get("num_students") for row in reading.rows] == [1234, 1234, None, 120]
    assert reading.rows[0].values["latitude"] == 44.51


def test_each_fault_of_a_row_is_told_with_its_column() -> None:
    rows = [HEADER, ["", "", "sjever", "", "Tuzla", "-3"], [2, "B", 44.5, 18.6, "", "dvanaest"], LIPA]
    reading = read(a_csv(rows, ";"))
    assert [row.row for row in reading.rows] == [4]
    assert [(finding.row, finding.column, finding.code) for finding in reading.findings] == [
        (2, "Geografska širina", "not_degrees"),
        (2, "Broj učenika", "negative"),
        (2, "Naziv škole", "missing_name"),
        (2, "Geografska dužina", "missing_place"),
        (2, "Šifra škole", "missing_id"),
        (3, "Broj učenika", "not_a_number"),
    ]
    assert reading.rejected == {2, 3}


def test_an_identifier_is_taken_once() -> None:
    reading = read(a_csv([*LISTED, [101, "OŠ Jela", 44.9, 18.1, "", 5]]))
    assert codes(reading) == [(4, "duplicate_id")]
    assert reading.findings[0].other_row == 2


def test_two_schools_on_one_spot_are_taken_and_told_but_one_school_twice_is_not() -> None:
    rows = [*LISTED, [103, "OŠ Jela", 44.5, 18.6, "", 5], [104, "OS LIPA", 44.5, 18.6, "", 5]]
    reading = read(a_csv(rows))
    assert [row.row for row in reading.rows] == [2, 3, 4]
    assert codes(reading) == [(4, "same_spot"), (5, "duplicate_school")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"only one word", "not_a_table"),
        (b"\x00\x01\x02", "not_a_table"),
        (b"a,b\n", "no_rows"),
        (b"a;b\n" + b"1;2\n" * 20_001, "too_many_rows"),
        (b";".join([b"a"] * 301) + b"\n", "too_many_columns"),
        (b"PK\x03\x04 and nothing more", "spreadsheet_unreadable"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "spreadsheet_unreadable"),
    ],
)
def test_a_file_that_is_no_list_says_why(content: bytes, code: str) -> None:
    with pytest.raises(TableUnreadable) as refused:
        read_table(content)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: one_cell_at("XFD1048576"), id="one far cell"),
        pytest.param(a_bomb, id="a bomb", marks=pytest.mark.slow),
    ],
)
def test_a_small_file_that_unpacks_to_a_large_one_takes_nobody_elses_memory(
    make: Callable[[], bytes],
) -> None:
    with pytest.raises(TableUnreadable) as refused:
        read_table(make())
    assert refused.value.code in {"too_large", "spreadsheet_unreadable"}


@given(st.binary(max_size=400))
def test_any_bytes_are_a_table_or_refused(content: bytes) -> None:
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return
    try:
        table = read_table(content)
    except TableUnreadable:
        return
    read_schools(table, suggest_columns(table.header))


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)


@given(cells=st.lists(st.lists(CELLS, min_size=6, max_size=6), min_size=1, max_size=8))
def test_any_cells_are_taken_or_told_and_no_row_is_lost(cells: list[list[str]]) -> None:
    table = read_table(a_csv([HEADER, [5, "X", 44.4, 18.0, "", 1], *cells]))
    reading = read_schools(table, suggest_columns(table.header))
    taken = {row.row for row in reading.rows}
    assert taken | reading.rejected == {number for number, _ in table.rows}
    assert not taken & reading.rejected


@hypothesis_settings(max_examples=examples(25))
@given(st.data())
def test_a_spreadsheet_with_any_byte_changed_is_a_table_or_refused(data: st.DataObject) -> None:
    content = bytearray(ONE_FILE)
    at = data.draw(st.integers(min_value=4, max_value=len(content) - 1))
    content[at] = data.draw(st.integers(min_value=0, max_value=255))
    try:
        read_table(bytes(content))
    except TableUnreadable:
        return


def _texts() -> st.SearchStrategy[str]:
    words = st.text(st.characters(categories=["L", "N", "P", "S"], codec="utf-8"), min_size=1, max_size=12)
    return st.lists(words, min_size=1, max_size=3).map(" ".join)


VALUES = {
    Kind.TEXT: _texts(),
    Kind.GIGA_ID: st.uuids().map(str),
    Kind.YES_NO: st.sampled_from(["yes", "no", "unknown"]),
    Kind.COUNT: st.integers(min_value=0, max_value=100_000),
    Kind.YEAR: st.integers(min_value=1800, max_value=2100),
    Kind.NUMBER: st.floats(min_value=0, max_value=10_000),
    Kind.DEGREES: st.floats(min_value=-90, max_value=90),
}
REQUIRED = ("school_name", "latitude", "longitude", "school_id_govt", "school_id_giga")
SCHOOLS = st.lists(
    st.fixed_dictionaries(
        {field.name: VALUES[field.kind] for field in FIELDS if field.name in REQUIRED},
        optional={field.name: VALUES[field.kind] for field in FIELDS if field.name not in REQUIRED},
    ),
    min_size=1,
    max_size=5,
    unique_by=(
        lambda school: school["school_id_giga"],
        lambda school: school["school_id_govt"],
        lambda school: (school["latitude"], school["longitude"]),
    ),
)


@given(SCHOOLS)
def test_what_is_written_is_read_again_as_it_was(schools: list[dict[str, str | int | float]]) -> None:
    written = "".join(write_schools(schools)).encode()
    reading = read(written)
    assert reading.findings == ()
    assert [dict(row.values) for row in reading.rows] == schools
    assert reading.fields == {field.name for field in FIELDS}
    assert "".join(write_schools(row.values for row in reading.rows)).encode() == written


PACK = Path(__file__).parents[2] / "src" / "mostovi" / "packs" / "bih"


def test_every_settlement_lies_where_the_borders_say() -> None:
    areas = read_areas(PACK / "territory" / "boundaries" / "adm3_municipalities_simplified.geojson")
    with (PACK / "territory" / "settlements_osm.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[::10]
    found = [find_area(areas, float(row["lat"]), float(row["lon"]), within_km=1) for row in rows]
    same = sum(code == row["municipality_id"] for code, row in zip(found, rows, strict=True))
    assert "" not in found
    assert same / len(rows) > 0.98


@pytest.mark.parametrize(
    ("latitude", "longitude", "area"),
    [
        (44.54, 18.67, "ba-tuzla"),
        (45.815, 15.98, ""),  # Zagreb
        (18.67, 44.54, ""),  # swapped
        (45.0425, 18.706, "ba-orasje"),  # on the bank of the Sava
    ],
)
def test_a_point_outside_the_country_lies_nowhere(latitude: float, longitude: float, area: str) -> None:
    areas = read_areas(PACK / "territory" / "boundaries" / "adm3_municipalities_simplified.geojson")
    assert find_area(areas, latitude, longitude, within_km=1) == area
