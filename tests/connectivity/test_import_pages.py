"""Bringing a list of schools on screen: file, columns, preview, report, undo; without JavaScript."""

import re
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from connectivity.conftest import an_official, seat
from connectivity.lists import BREZA, HEADER, LIPA, a_list, bring
from connectivity.spreadsheets import an_xlsx
from mostovi.connectivity.models import SchoolImport, Site
from mostovi.connectivity.public import write_schools
from mostovi.kernel.access import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(tea: Actor) -> Client:
    return seat(tea)


def upload(desk: Client, content: bytes, name: str = "skole.csv"):
    return desk.post("/skole/uvoz/", {"file": SimpleUploadedFile(name, content)})


def key_in(address: str) -> UUID:
    found = re.search(r"[0-9a-f-]{36}", address)
    assert found
    return UUID(found[0])


def plan_in(page: str) -> str:
    found = re.search(r'name="plan" value="(\w+)"', page)
    assert found
    return found[1]


def test_a_list_goes_from_the_file_over_columns_and_preview_to_the_report(desk: Client) -> None:
    sent = upload(desk, an_xlsx([HEADER, LIPA, BREZA, ["103", "", "1", "2", "", "", ""]]), "Škole 2026.xlsx")
    assert sent.status_code == 302
    columns = desk.get(sent.url).content.decode()
    assert "Škole 2026.xlsx" in columns
    assert re.search(
        r'name="column_school_name">.*?<option value="1" selected>Naziv škole', columns, re.DOTALL
    )
    key = key_in(sent.url)
    chosen = {
        f"column_{field}": number for field, number in SchoolImport.objects.get(key=key).columns.items()
    }
    moved = desk.post(sent.url, chosen)
    preview = desk.get(moved.url).content.decode()
    assert re.search(r"<dt>new</dt><dd>2</dd>", preview)
    assert re.search(r"<dt>not taken</dt><dd>1</dd>", preview)
    assert "The name of the school is missing." in preview
    assert Site.objects.count() == 0
    done = desk.post(moved.url, {"plan": plan_in(preview)})
    assert done.url == f"/skole/uvoz/{key}/"
    assert Site.objects.count() == 2
    report = desk.get(done.url).content.decode()
    assert "Undo this list" in report
    listed = desk.get("/skole/uvoz/").content.decode()
    assert "Škole 2026.xlsx" in listed
    assert re.search(r"<dt>with internet</dt><dd>1</dd>", listed)


def test_undoing_needs_one_press_and_says_what_happened(desk: Client, tea: Actor) -> None:
    key = bring(tea, a_list(LIPA))
    desk.post(f"/skole/uvoz/{key}/povlacenje")
    page = desk.get(f"/skole/uvoz/{key}/").content.decode()
    assert "every school is as it was before" in page
    assert "Undo this list" not in page
    again = desk.post(f"/skole/uvoz/{key}/povlacenje")
    assert again.status_code == 409
    assert "already confirmed or undone" in again.content.decode()


def test_a_file_that_is_no_table_is_told_at_its_field(desk: Client) -> None:
    page = upload(desk, b"PK\x03\x04 nothing", "skole.xlsx")
    assert page.status_code == 422
    assert "This spreadsheet cannot be opened." in page.content.decode()
    assert SchoolImport.objects.count() == 0


def test_a_form_without_a_file_says_so(desk: Client) -> None:
    page = desk.post("/skole/uvoz/", {})
    assert page.status_code == 422
    assert "Choose the file with the list of schools." in page.content.decode()


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({}, "Say which columns hold the name"),
        (
            {
                "column_school_name": "1",
                "column_school_id_govt": "1",
                "column_latitude": "2",
                "column_longitude": "3",
            },
            "One column is chosen for two things.",
        ),
        ({"column_school_name": "-1", "column_latitude": "x", "column_evil": "3"}, "Say which columns hold"),
    ],
)
def test_columns_that_do_not_do_are_told(desk: Client, form: dict[str, str], sentence: str) -> None:
    sent = upload(desk, a_list(LIPA))
    page = desk.post(sent.url, form)
    assert page.status_code == 422
    assert sentence in page.content.decode()


def test_a_column_beyond_the_file_is_an_empty_one(desk: Client) -> None:
    sent = upload(desk, a_list(LIPA))
    form = {
        "column_school_name": "99",
        "column_school_id_govt": "0",
        "column_latitude": "2",
        "column_longitude": "3",
    }
    moved = desk.post(sent.url, form)
    assert "The name of the school is missing." in desk.get(moved.url).content.decode()


def test_a_preview_that_is_out_of_date_is_shown_again(desk: Client, tea: Actor) -> None:
    sent = upload(desk, a_list(LIPA))
    address = sent.url.replace("polja", "pregled")
    seen = plan_in(desk.get(address).content.decode())
    bring(tea, a_list([*LIPA[:5], "7", "da"]))
    page = desk.post(address, {"plan": seen})
    assert page.status_code == 409
    assert "changed since this preview" in page.content.decode()


def test_columns_with_gigas_own_names_are_taken_without_choosing(desk: Client) -> None:
    sent = upload(desk, a_list([*LIPA, "12"], header=[*HEADER, "num_tablets"]))
    page = desk.get(sent.url).content.decode()
    assert "Also taken, since they have a name of Giga’s school master: num_tablets." in page
    form = {"column_school_name": 1, "column_school_id_govt": 0, "column_latitude": 2, "column_longitude": 3}
    moved = desk.post(sent.url, form)
    desk.post(moved.url, {"plan": plan_in(desk.get(moved.url).content.decode())})
    assert Site.objects.get().more == {"num_tablets": 12}


def test_remarks_can_be_taken_along_as_a_table(desk: Client, tea: Actor) -> None:
    key = bring(tea, a_list(LIPA, [*LIPA[:1], *BREZA[1:]]))
    text = desk.get(f"/skole/uvoz/{key}/nalazi.csv").content.decode("utf-8-sig")
    assert text.splitlines()[1].startswith("3;Šifra;101;Row 2 has the same identifier.;")


def test_what_somebody_wrote_into_a_list_is_never_markup(desk: Client) -> None:
    evil = ["104", "<script>alert(1)</script>", "1", "2", "<b>", "-1", "da"]
    sent = upload(desk, a_list(LIPA, evil, header=[*HEADER[:6], "<img src=x>"]), "<i>.csv")
    page = (
        desk.get(sent.url).content.decode() + desk.get(sent.url.replace("polja", "pregled")).content.decode()
    )
    assert "<script>alert" not in page
    assert "<img src" not in page
    assert "<i>" not in page


@pytest.mark.parametrize("address", ["/skole/uvoz/", "/skole/uvoz/{key}/", "/skole/uvoz/{key}/nalazi.csv"])
def test_another_office_finds_nothing_here(tea: Actor, address: str) -> None:
    key = bring(tea, a_list(LIPA))
    assert Client().get(address.format(key=key)).status_code == 302
    clerk = seat(an_official("banja-luka-administration", "clerk"))
    assert clerk.get(address.format(key=key)).status_code == 403
    other = seat(an_official("rs-education", "schools"))
    assert other.get(address.format(key=key)).status_code == (200 if address == "/skole/uvoz/" else 404)


def test_the_export_is_public_and_says_what_is_synthetic(tea: Actor) -> None:
    bring(tea, a_list(LIPA))
    answer = Client().get("/skole/izvoz.csv?authority=tuzla-canton-education")
    text = answer.content.decode()
    assert answer["Content-Disposition"] == 'attachment; filename="school-master.csv"'
    assert text.splitlines()[0] == next(write_schools([])).strip()
    assert "OŠ Lipa" in text
    Site.objects.update(synthetic=True)
    assert "school-master-synthetic.csv" in Client().get("/skole/izvoz.csv")["Content-Disposition"]


@pytest.mark.parametrize("variant", ["bs", "hr", "sr-Cyrl", "sr-Latn", "en"])
def test_every_page_speaks_the_five_variants(desk: Client, tea: Actor, variant: str) -> None:
    key = bring(tea, a_list(LIPA, [*LIPA[:1], *BREZA[1:]]))
    sent = upload(desk, a_list(BREZA, ["", "", "", "", "", "", "možda"]))
    for address in (
        "/skole/uvoz/",
        f"/skole/uvoz/{key}/",
        sent.url,
        sent.url.replace("polja", "pregled"),
    ):
        page = desk.get(f"{address}?lang={variant}")
        assert page.status_code == 200
        assert f'<html lang="{variant}">' in page.content.decode()
