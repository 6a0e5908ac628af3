"""Schools of the demonstration: calibrated to what is published, always the same, and marked synthetic."""

import csv
import re

import pytest

from connectivity.lists import bring
from mostovi.connectivity.models import Site
from mostovi.connectivity.public import (
    SiteKind,
    Source,
    find_import,
    list_master_values,
    undo_import,
    write_schools,
)
from mostovi.connectivity.school_master import FIELDS, read_schools, read_table, suggest_columns
from mostovi.demo.population.names import LISTS
from mostovi.demo.schools.generating import generate_schools
from mostovi.demo.schools.loading import load_sites
from mostovi.demo.schools.places import list_municipalities, pack_rows
from mostovi.demo.schools.shares import share_out, share_within
from mostovi.kernel.access import ANONYMOUS, system_actor

SCHOOLS = generate_schools()
OFFLINE = [(draft, values) for draft, values in SCHOOLS if values["connectivity_govt"] == "no"]


def test_the_figures_are_the_published_ones() -> None:
    assert len(SCHOOLS) == 2061
    assert len(OFFLINE) == 583
    assert sum(1 for draft, _ in OFFLINE if draft.parent) == 579
    assert 14_000 < sum(int(values["num_students"]) for _, values in OFFLINE) < 15_000


def test_the_same_seed_gives_the_same_schools() -> None:
    assert generate_schools() == SCHOOLS
    assert generate_schools(2) != SCHOOLS


def test_every_municipality_has_a_school_of_its_own() -> None:
    assert {draft.municipality.code for draft, _ in SCHOOLS} == {each.code for each in list_municipalities()}


def test_every_branch_has_a_central_school_in_its_municipality() -> None:
    by_number = {draft.number: draft for draft, _ in SCHOOLS}
    assert len(by_number) == len(SCHOOLS)
    for draft, values in SCHOOLS:
        if draft.parent:
            central = by_number[draft.parent]
            assert central.municipality == draft.municipality
            assert not central.parent
            assert values["parent_school_id_govt"] == draft.parent


def test_a_school_stands_at_a_real_settlement() -> None:
    made = [draft for draft, _ in SCHOOLS if not draft.real]
    for draft in made:
        places = (*draft.municipality.towns, *draft.municipality.villages)
        assert min(abs(draft.latitude - each.latitude) for each in places) < 0.004


def test_real_schools_keep_their_names_and_places() -> None:
    known = {f"OSM-{row['osm_node_id']}": row for row in pack_rows("connectivity", "schools_osm.csv")}
    real = {draft.number: draft for draft, _ in SCHOOLS if draft.real}
    assert real.keys() == known.keys()
    assert all(real[number].name == row["name"] for number, row in known.items())
    assert all(real[number].latitude == float(row["latitude"]) for number, row in known.items())


def test_no_real_school_is_said_to_have_no_internet() -> None:
    assert [draft.name for draft, _ in OFFLINE if draft.real] == []


def test_no_generated_school_is_named_after_a_person() -> None:
    given = {name for names in LISTS for name in (*names.women, *names.men)}
    families = {name for names in LISTS for name in names.families}
    persons = re.compile(rf"\b({'|'.join(given)}) ({'|'.join(families)})\b")
    assert [draft.name for draft, _ in SCHOOLS if not draft.real and persons.search(draft.name)] == []


def test_both_scripts_stand_where_they_are_written() -> None:
    cyrillic = {draft.municipality.admin1 for draft, _ in SCHOOLS if draft.name.startswith("Основна школа")}
    latin = {draft.municipality.admin1 for draft, _ in SCHOOLS if draft.name.startswith("Osnovna škola")}
    assert {"ba-rs", "ba-bd"} <= cyrillic
    assert {"ba-rs", "ba-bd", "ba-k03", "ba-k08"} <= latin
    assert "ba-k03" not in cyrillic


def test_every_row_says_that_it_is_synthetic_and_what_is_real_of_it() -> None:
    for draft, values in SCHOOLS:
        source = str(values["school_data_source"])
        assert "synthetic" in source
        assert source.startswith("OpenStreetMap") == draft.real


def test_speeds_and_pupils_are_plausible() -> None:
    for draft, values in SCHOOLS:
        assert 3 <= int(values["num_students"]) <= 1200, draft
        assert int(values["num_students_girls"]) + int(values["num_students_boys"]) == values["num_students"]
        if values["connectivity_govt"] == "yes":
            assert 4 <= float(values["download_speed_contracted"]) <= 200
        else:
            assert "download_speed_contracted" not in values


def test_shares_add_up_and_nobody_gets_more_than_there_is_room_for() -> None:
    assert share_out(10, [1, 1, 1]) == [4, 3, 3]
    assert share_out(10, [1, 0, 3], at_least=1) == [3, 1, 6]
    assert share_within(10, [5, 1, 1], [2, 9, 9]) == [2, 5, 3]
    with pytest.raises(ValueError, match="too little"):
        share_out(2, [1, 1, 1], at_least=1)
    with pytest.raises(ValueError, match="more than all"):
        share_within(5, [1], [4])


@pytest.mark.django_db
def test_the_demonstration_loads_them_once_with_other_places(country: None) -> None:
    added = load_sites()
    assert added == Site.objects.count() == 2061 + len(list(pack_rows("connectivity", "facilities_osm.csv")))
    assert load_sites() == 0
    schools = Site.objects.filter(kind=SiteKind.SCHOOL)
    assert schools.filter(synthetic=True).count() == 2061
    assert schools.filter(connected="no", parent__isnull=False).count() == 579
    assert schools.filter(authority="").count() == 0
    assert schools.values_list("authority", flat=True).order_by().distinct().count() == 12
    others = Site.objects.exclude(kind=SiteKind.SCHOOL)
    assert not others.filter(synthetic=True).exists()
    assert set(others.values_list("source", flat=True)) == {Source.OPENSTREETMAP}


@pytest.mark.django_db
def test_their_export_has_exactly_gigas_fields_and_can_be_read_again(country: None) -> None:
    load_sites()
    written = "".join(write_schools(list_master_values(ANONYMOUS)))
    assert next(csv.reader([written.splitlines()[0]])) == [field.name for field in FIELDS]
    table = read_table(written.encode())
    reading = read_schools(table, suggest_columns(table.header))
    assert [finding for finding in reading.findings if finding.fatal] == []
    assert len(reading.rows) == 2061
    assert all("synthetic" in str(row.values["school_data_source"]) for row in reading.rows)


@pytest.mark.slow
@pytest.mark.django_db
def test_their_export_brought_back_changes_nothing_and_a_change_of_all_is_undone(country: None) -> None:
    load_sites()
    operator = system_actor("operator")
    written = "".join(write_schools(list_master_values(operator))).encode()
    summary = find_import(operator, bring(operator, written, "")).summary
    assert (summary.new, summary.changed, summary.unchanged, summary.rejected) == (0, 0, 2061, 0)
    key = bring(operator, written.replace(b",public,", b",private,"), "")
    assert find_import(operator, key).summary.changed == 2061
    undo_import(actor=operator, key=key)
    assert "".join(write_schools(list_master_values(operator))).encode() == written
