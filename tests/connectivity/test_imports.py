"""Bringing a list of schools: as previewed, once, by whom it belongs to, and undone as a whole."""

import uuid
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from connectivity.conftest import NOW, an_official
from connectivity.lists import BREZA, GRADACAC, HEADER, LIPA, a_list, bring
from effort import examples
from mostovi.connectivity import rules
from mostovi.connectivity.actions import importing
from mostovi.connectivity.actions.importing import choose_columns, confirm_import, undo_import, upload_schools
from mostovi.connectivity.models import ImportChange, SchoolImport, Site
from mostovi.connectivity.public import (
    SiteKind,
    count_schools,
    find_import,
    list_findings,
    list_imports,
    list_master_values,
    list_sites,
    plan_import,
    write_schools,
)
from mostovi.kernel import clock
from mostovi.kernel.access import ANONYMOUS, Actor
from mostovi.kernel.errors import NotAllowed
from mostovi.kernel.models import AuditLine

pytestmark = pytest.mark.django_db
TUZLA = "tuzla-canton-education"


def columns_of(name: str) -> dict[str, object]:
    return Site.objects.values().get(name=name)


def test_a_list_is_taken_and_each_school_knows_its_place_and_authority(tea: Actor) -> None:
    key = bring(tea, a_list(LIPA, BREZA, GRADACAC))
    summary = find_import(tea, key).summary
    assert (summary.new, summary.changed, summary.unchanged, summary.rejected) == (3, 0, 0, 0)
    assert [(site.name, site.municipality, site.authority) for site in list_sites(tea)] == [
        ("OŠ Breza", "ba-tuzla", TUZLA),
        ("OŠ Jela", "ba-gradacac", TUZLA),
        ("OŠ Lipa", "ba-tuzla", TUZLA),
    ]
    assert count_schools(tea, authority=TUZLA) == {"yes": 2, "no": 1}


def test_an_import_is_one_transaction_with_one_line_for_the_audit(tea: Actor) -> None:
    key = bring(tea, a_list(LIPA))
    line = AuditLine.objects.get(action="schools_imported")
    assert line.institution == TUZLA
    assert line.detail["import"] == str(key)
    assert line.detail["new"] == "1"


def test_the_same_list_again_changes_nothing(tea: Actor) -> None:
    bring(tea, a_list(LIPA, BREZA))
    before = list(Site.objects.order_by("pk").values())
    summary = find_import(tea, bring(tea, a_list(LIPA, BREZA))).summary
    assert (summary.new, summary.changed, summary.unchanged) == (0, 0, 2)
    assert list(Site.objects.order_by("pk").values()) == before


def test_a_column_that_is_not_in_the_file_stays_and_an_empty_cell_is_emptied(tea: Actor) -> None:
    bring(tea, a_list(LIPA, BREZA))
    rows = [[*row[:4], row[5]] for row in (LIPA, [*BREZA[:5], "", "ne"])]
    bring(tea, a_list(*rows, header=[*HEADER[:4], HEADER[5]]))
    lipa, breza = columns_of("OŠ Lipa"), columns_of("OŠ Breza")
    assert (lipa["students"], lipa["connected"]) == (120, "yes")
    assert (breza["students"], breza["connected"]) == (None, "no")


def test_schools_that_are_not_in_the_file_stay(tea: Actor) -> None:
    bring(tea, a_list(LIPA, BREZA))
    bring(tea, a_list(GRADACAC))
    assert Site.objects.count() == 3


def test_undoing_takes_new_schools_out_and_gives_changed_ones_back(tea: Actor) -> None:
    bring(tea, a_list(LIPA))
    before = columns_of("OŠ Lipa")
    key = bring(tea, a_list([*LIPA[:5], "999", "ne"], BREZA))
    assert columns_of("OŠ Lipa")["students"] == 999
    undo_import(actor=tea, key=key)
    after = columns_of("OŠ Lipa")
    assert {**after, "changed_at": None} == {**before, "changed_at": None}
    assert not Site.objects.filter(name="OŠ Breza").exists()
    assert find_import(tea, key).summary.state == "undone"


def test_an_import_is_undone_once(tea: Actor) -> None:
    key = bring(tea, a_list(LIPA))
    undo_import(actor=tea, key=key)
    with pytest.raises(rules.WrongImportState):
        undo_import(actor=tea, key=key)


def test_what_a_later_import_changed_is_undone_after_it(tea: Actor) -> None:
    first = bring(tea, a_list(LIPA, BREZA))
    second = bring(tea, a_list([*LIPA[:5], "130", "da"]))
    assert not find_import(tea, first).may_undo
    with pytest.raises(rules.ChangedSince) as refused:
        undo_import(actor=tea, key=first)
    assert refused.value.params["count"] == 1
    undo_import(actor=tea, key=second)
    undo_import(actor=tea, key=first)
    assert not Site.objects.exists()


def test_only_what_was_previewed_is_confirmed(tea: Actor) -> None:
    key = upload_schools(actor=tea, authority=TUZLA, file_name="a.csv", content=a_list(LIPA))
    seen = plan_import(tea, key).digest
    bring(tea, a_list([*LIPA[:5], "7", "da"]))
    with pytest.raises(rules.PreviewChanged):
        confirm_import(actor=tea, key=key, reviewed=seen)
    assert columns_of("OŠ Lipa")["students"] == 7


def test_a_file_is_confirmed_once_and_its_content_forgotten(tea: Actor) -> None:
    key = bring(tea, a_list(LIPA))
    assert bytes(SchoolImport.objects.get(key=key).content) == b""
    with pytest.raises(rules.WrongImportState):
        confirm_import(actor=tea, key=key, reviewed="")


def test_a_file_that_nobody_confirmed_is_cleared_away_after_a_day(
    tea: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload_schools(actor=tea, authority=TUZLA, file_name="a.csv", content=a_list(LIPA))
    later = NOW + rules.KEPT_UNCONFIRMED + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    upload_schools(actor=tea, authority=TUZLA, file_name="b.csv", content=a_list(LIPA))
    assert [held.file_name for held in SchoolImport.objects.all()] == ["b.csv"]


def test_who_confirms_the_same_school_a_moment_later_sees_the_preview_again(
    tea: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = upload_schools(actor=tea, authority=TUZLA, file_name="a.csv", content=a_list(LIPA))
    plan = plan_import(tea, key)
    bring(tea, a_list(LIPA))
    monkeypatch.setattr(importing, "plan_import", lambda *_: plan)
    with pytest.raises(rules.PreviewChanged):
        confirm_import(actor=tea, key=key, reviewed=plan.digest)
    assert Site.objects.count() == 1


def test_rows_that_are_not_taken_are_kept_with_their_reason(tea: Actor) -> None:
    zagreb = ["104", "OŠ Bor", "45.815", "15.98", "Zagreb", "10", "da"]
    swapped = ["105", "OŠ Cer", "18.67", "44.54", "Tuzla", "10", "da"]
    doboj = ["106", "OŠ Dub", "44.734", "18.087", "Doboj", "10", "da"]
    key = bring(tea, a_list(LIPA, zagreb, swapped, doboj, ["107", "", "44.5", "18.6", "", "", "možda"]))
    assert [(found.row, found.code, found.fatal) for found in list_findings(tea, key)] == [
        (3, "outside_country", True),
        (4, "swapped", True),
        (5, "other_authority", True),
        (6, "not_yes_or_no", True),
        (6, "missing_name", True),
    ]
    assert [site.name for site in list_sites(tea)] == ["OŠ Lipa"]


def test_a_list_of_which_nothing_can_be_taken_is_not_confirmed(tea: Actor) -> None:
    key = upload_schools(
        actor=tea, authority=TUZLA, file_name="a.csv", content=a_list(["1", "", "", "", "", "", ""])
    )
    with pytest.raises(rules.NothingToTake):
        confirm_import(actor=tea, key=key, reviewed=plan_import(tea, key).digest)


def test_a_municipality_that_does_not_fit_the_place_is_told_and_the_place_counts(tea: Actor) -> None:
    key = bring(tea, a_list([*LIPA[:4], "Gradačac", "1", "da"], [*BREZA[:4], "Atlantida", "1", "da"]))
    assert [(found.code, found.place, found.fatal) for found in list_findings(tea, key)] == [
        ("other_municipality", "ba-tuzla", False),
        ("unknown_municipality", "ba-tuzla", False),
    ]
    assert {site.municipality for site in list_sites(tea)} == {"ba-tuzla"}


def test_where_borders_are_wrong_a_row_with_both_names_is_believed(operator: Actor) -> None:
    """The seat of Istočni Mostar lies, by the borders that are openly published, in Mostar."""
    header = ["admin1", *HEADER]
    school = ["1", "OŠ Lipa", "43.4705", "17.98245", "Istočni Mostar", "1", "da"]
    key = bring(operator, a_list(["", *school], header=header), "")
    assert [found.code for found in list_findings(operator, key)] == ["other_municipality"]
    undo_import(actor=operator, key=key)
    key = bring(operator, a_list(["Republika Srpska", *school], header=header), "")
    assert list_findings(operator, key) == []
    assert list_sites(operator)[0].authority == "rs-education"


@pytest.mark.parametrize("written", ["Gradiška", "Општина Градишка", "GRADIŠKA", "Grad Gradiška"])
def test_a_municipality_is_known_however_it_is_written(operator: Actor, written: str) -> None:
    row = ["1", "OŠ Lipa", "45.1452", "17.2536", written, "1", "da"]
    content = "\n".join(";".join(each) for each in (HEADER, row)).encode()
    key = bring(operator, content, "")
    assert list_findings(operator, key) == []


def test_the_operator_brings_the_whole_country_in_one_file(operator: Actor) -> None:
    doboj = ["101", "OŠ Dub", "44.734", "18.087", "Doboj", "10", "da"]
    header = ["admin1", *HEADER]
    bring(operator, a_list(["TK", *LIPA], ["RS", *doboj], header=header), "")
    found = {site.name: site.authority for site in list_sites(operator)}
    assert found == {"OŠ Lipa": TUZLA, "OŠ Dub": "rs-education"}
    assert len({site.uid for site in list_sites(operator)}) == 2


def test_a_branch_school_finds_its_central_school_in_any_order(tea: Actor) -> None:
    header = [*HEADER, "Matična škola"]
    bring(tea, a_list([*BREZA, "101"], [*LIPA, ""], header=header))
    sites = {site.name: site for site in list_sites(tea)}
    assert sites["OŠ Breza"].parent == sites["OŠ Lipa"].uid
    assert sites["OŠ Lipa"].parent is None


def test_a_school_takes_gigas_identifier_as_its_own_when_it_gets_one(tea: Actor) -> None:
    bring(tea, a_list(LIPA))
    before = list_sites(tea)[0].uid
    giga_id = uuid.uuid4()
    bring(tea, a_list([*LIPA, str(giga_id)], header=[*HEADER, "school_id_giga"]))
    assert [site.uid for site in list_sites(tea)] == [giga_id]
    undo_import(actor=tea, key=list_imports(tea)[0].key)
    assert [site.uid for site in list_sites(tea)] == [before]


def test_identifiers_of_two_schools_in_one_row_are_not_guessed(tea: Actor) -> None:
    giga_id = str(uuid.uuid4())
    header = [*HEADER, "school_id_giga"]
    bring(tea, a_list([*LIPA, giga_id], [*BREZA, ""], header=header))
    key = bring(tea, a_list([*BREZA, giga_id], [*GRADACAC, ""], header=header))
    assert [(found.row, found.code) for found in list_findings(tea, key)] == [(2, "two_schools")]


@pytest.mark.parametrize(
    ("institution", "role"), [("rs-education", "schools"), (TUZLA, "clerk"), ("tuzla-social-work", "schools")]
)
def test_nobody_else_sees_or_undoes_an_authoritys_import(tea: Actor, institution: str, role: str) -> None:
    key = bring(tea, a_list(LIPA))
    stranger = an_official(institution, role)
    with pytest.raises((NotAllowed, rules.ImportNotFound)):
        find_import(stranger, key)
    with pytest.raises(NotAllowed):
        undo_import(actor=stranger, key=key)
    with pytest.raises(NotAllowed):
        upload_schools(actor=stranger, authority=TUZLA, file_name="a.csv", content=a_list(LIPA))
    with pytest.raises(NotAllowed):
        undo_import(actor=ANONYMOUS, key=key)


def test_columns_are_checked_before_anything_is_planned(tea: Actor) -> None:
    key = upload_schools(actor=tea, authority=TUZLA, file_name="a.csv", content=a_list(LIPA))
    with pytest.raises(rules.ColumnsIncomplete):
        choose_columns(actor=tea, key=key, columns={"school_name": 1, "latitude": 2, "longitude": 3})
    with pytest.raises(rules.ColumnTwice):
        choose_columns(
            actor=tea,
            key=key,
            columns={"school_name": 1, "school_id_govt": 1, "latitude": 2, "longitude": 3},
        )


def test_coordinates_swapped_in_the_file_are_put_right_by_choosing_the_columns(tea: Actor) -> None:
    swapped = ["101", "OŠ Lipa", "18.67", "44.54", "Tuzla", "120", "da"]
    key = upload_schools(actor=tea, authority=TUZLA, file_name="a.csv", content=a_list(swapped))
    assert [found.code for found in plan_import(tea, key).findings] == ["swapped"]
    columns = SchoolImport.objects.get(key=key).columns
    changed = {**columns, "latitude": columns["longitude"], "longitude": columns["latitude"]}
    choose_columns(actor=tea, key=key, columns=changed)
    assert len(plan_import(tea, key).new) == 1


def exported(actor: Actor, authority: str = "") -> bytes:
    return "".join(write_schools(list_master_values(actor, authority=authority))).encode()


STEPS = st.lists(
    st.tuples(
        st.lists(
            st.tuples(st.integers(101, 106), st.integers(0, 3), st.sampled_from(["da", "ne", ""])),
            min_size=1,
            max_size=4,
            unique_by=lambda row: row[0],
        ),
        st.booleans(),
    ),
    min_size=1,
    max_size=5,
)


@hypothesis_settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_imports_undone_backwards_leave_the_list_as_it_was_at_every_step(
    tea: Actor, steps: list[tuple[list[tuple[int, int, str]], bool]]
) -> None:
    ImportChange.objects.all().delete()
    Site.objects.all().delete()
    SchoolImport.objects.all().delete()
    done = []
    for rows, _ in steps:
        before = exported(tea)
        listed = [
            [str(number), f"OŠ {number}", f"44.5{number}", "18.6", "", str(pupils), internet]
            for number, pupils, internet in rows
        ]
        done.append((bring(tea, a_list(*listed)), before, exported(tea)))
    for key, before, after in reversed(done):
        assert exported(tea) == after
        sheet = find_import(tea, key)
        if sheet.may_undo:
            undo_import(actor=tea, key=key)
        assert exported(tea) == before


def test_what_was_exported_is_brought_back_without_a_change(tea: Actor) -> None:
    header = [*HEADER, "school_id_giga", "num_tablets", "download_speed_contracted", "disputed_region"]
    rows = [[*LIPA, str(uuid.uuid4()), "12", "20", "=no"], [*BREZA, "", "", "4,5", ""]]
    bring(tea, a_list(*rows, header=header))
    first = exported(tea)
    summary = find_import(tea, bring(tea, first)).summary
    assert (summary.new, summary.changed, summary.unchanged, summary.rejected) == (0, 0, 2, 0)
    assert exported(tea) == first


def test_other_kinds_of_sites_are_no_schools(operator: Actor) -> None:
    bring(operator, a_list(LIPA), "")
    assert list_sites(operator, kind=SiteKind.LIBRARY) == []
    assert len(list_sites(operator, kind=None)) == 1
