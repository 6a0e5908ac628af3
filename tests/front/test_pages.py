"""What holds on every page: language, headers, navigation, errors in plain words."""

import gzip
import re
from datetime import date
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import get_resolver

from mostovi.front.errors import server_error
from mostovi.kernel.languages import VARIANTS
from mostovi.kernel.territory import load_territory
from mostovi.services import catalogue
from mostovi.services.values import LifeEvent
from test_architecture import walk_routes

pytestmark = pytest.mark.django_db
PUBLIC = (
    "/",
    "/?q=tuzla",
    "/mjesto?place=Tuzla",
    "/pracenje",
    "/prijava/odustajanje",
    "/odjava/",
    "/provjera",
    "/stanje/",
    "/o/pomoc/",
    "/o/pristupacnost/",
    "/o/privatnost/",
    "/o/izvori/",
)


@pytest.fixture
def territory(db):
    load_territory(today=date(2026, 12, 9))


def test_the_bar_writes_the_name_in_the_script_of_the_page(signed_in):
    client = signed_in("Sanja Marić", "banja-luka-administration", "clerk")
    assert "Као <strong>Сања</strong>" in client.get("/provjera?lang=sr-Cyrl").content.decode()
    assert "Kao <strong>Sanja</strong>" in client.get("/provjera?lang=sr-Latn").content.decode()


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "PUT", "DELETE", "PATCH"])
def test_a_page_answers_to_no_other_method_and_says_which(method):
    response = Client(enforce_csrf_checks=True).generic(method, "/provjera")
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize(
    ("address", "way_on"),
    [("/provjera/potvrda", "/"), ("/zahtjevi/K4T92M7AE/ponovo", "/zahtjevi/K4T92M7AE/")],
)
def test_an_address_that_takes_forms_alone_says_so_on_a_page(client, bridge, address, way_on):
    response = client.get(address, headers={"Accept-Language": "en"})
    assert response.status_code == 405
    assert response["Allow"] == "POST"
    page = response.content.decode()
    assert "<h1>This cannot be opened in this way</h1>" in page
    assert f'href="{way_on}' in page


FILLED = {"code": "ABCDEFGHJ", "document": "ABCDEFGHJ", "number": 1, "typed": "ABCDEFGHJ"}


@pytest.mark.parametrize("urlconf", ["mostovi.config.urls", "mostovi.demo.urls"])
@pytest.mark.usefixtures("bridge", "territory", "provider")
def test_every_address_answers_head_as_it_answers_get(client, settings, urlconf):
    settings.ROOT_URLCONF = urlconf
    different = []
    for route, _entry in walk_routes(get_resolver(urlconf)):
        address = "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda name: str(FILLED.get(name[1], "x")), route)
        got, headed = client.get(address), client.head(address)
        if (got.status_code, b"") != (headed.status_code, headed.content):
            different.append(address)
    assert different == []


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("address", PUBLIC)
def test_every_page_is_there_in_every_variant(client, bridge, territory, address, variant):
    client.cookies["mostovi_language"] = variant
    page = client.get(address).content.decode()
    assert f'<html lang="{variant}">' in page
    assert page.count("<h1") == 1
    assert "<main" in page


@pytest.mark.parametrize("address", PUBLIC)
def test_no_page_needs_or_brings_a_script_or_a_style_of_its_own(client, bridge, territory, address):
    page = client.get(address).content.decode()
    assert "<script" not in page
    assert not re.search(r"\sstyle=|\son[a-z]+=", page)


def test_the_first_page_lists_services_by_what_happens_in_a_life(client, bridge):
    page = client.get("/?lang=en").content.decode()
    events = page.partition("What is happening in your life?")[2].partition("</section>")[0]
    assert re.findall(r"<h3>([^<]+)</h3>", events) == ["A child is born", "Papers about yourself"]
    assert re.findall(r'<a href="(/usluge/[^"]+)">', events) == [
        *("/usluge/child-allowance/", "/usluge/birth-extract/"),
        "/usluge/birth-extract/",
    ]


def test_a_life_event_without_a_service_is_not_shown(client, bridge, monkeypatch):
    planned = LifeEvent(
        "moving", dict.fromkeys(("bs", "hr", "sr", "en"), "Moving home"), ("no-such-service",)
    )
    monkeypatch.setattr(catalogue, "list_life_events", lambda: (planned,))
    assert "Moving home" not in client.get("/?lang=en").content.decode()


def test_a_service_is_found_by_what_happens_in_a_life(client, bridge):
    page = client.get("/?q=child+born&lang=en").content.decode()
    assert "2 answers to what you looked for" in page


def test_the_language_bar_stays_on_the_page_and_keeps_what_was_asked(client, bridge):
    page = client.get("/?q=tuzla&lang=en").content.decode()
    assert 'href="?q=tuzla&amp;lang=hr"' in page
    names = re.findall(r'hreflang="[\w-]+"[^>]*>([^<]+)</a>', page)
    assert names == ["Bosanski", "English", "Hrvatski", "Srpski"]


@pytest.mark.parametrize(("variant", "scripts"), [("sr-Latn", True), ("sr-Cyrl", True), ("bs", False)])
def test_a_script_is_chosen_only_where_there_is_a_choice(client, variant, scripts):
    assert ("Ћирилица" in client.get(f"/o/pomoc/?lang={variant}").content.decode()) == scripts


def test_a_chosen_language_is_remembered(client):
    client.get("/o/pomoc/?lang=hr")
    assert '<html lang="hr">' in client.get("/o/pomoc/").content.decode()


@pytest.mark.parametrize(
    ("header", "variant"),
    [
        ("hr-HR,en;q=0.5", "hr"),
        ("de, sr;q=0.7", "sr-Cyrl"),
        ("de", "bs"),
        ("sr-Latn-RS", "sr-Latn"),
    ],
)
def test_without_a_choice_the_browser_is_asked(client, header, variant):
    page = client.get("/o/pomoc/", headers={"accept-language": header}).content.decode()
    assert f'<html lang="{variant}">' in page


def test_headers_bind_the_browser(client, settings):
    settings.OIDC_ISSUER = "https://login.example/realm"
    response = client.get("/o/pomoc/")
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "form-action 'self' https://login.example;" in policy
    assert "frame-ancestors 'none'" in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert {"Accept-Language", "Cookie"} <= {name.strip() for name in response["Vary"].split(",")}


def test_a_personal_page_stays_in_no_cache(bridge, signed_in):
    client = signed_in("Amra Kovač", number="1503990554515")
    assert client.get("/moji-podaci/")["Cache-Control"] == "no-store"
    assert client.get("/o/pomoc/")["Cache-Control"] == "no-store"


def test_the_banner_says_that_people_are_synthetic_and_whose_shoes_one_is_in(settings, signed_in):
    settings.DEMONSTRATION = True
    page = signed_in("Amra Kovač").get("/o/pomoc/?lang=en").content.decode()
    assert "Every person, case and figure on this page is synthetic." in page
    assert "As <strong>Amra</strong>" in page
    settings.DEMONSTRATION = False
    assert "synthetic" not in Client().get("/o/pomoc/?lang=en").content.decode()


@pytest.mark.parametrize(
    ("name", "office", "sees"),
    [
        ("Amra Kovač", (), ["/moji-podaci/"]),
        ("Damir Babić", ("tuzla-social-work", "caseworker"), ["/predmeti/"]),
        ("Sanja Marić", ("banja-luka-administration", "clerk"), ["/salter/"]),
        ("Zlata Begić", (None, "auditor"), ["/revizija/"]),
    ],
)
def test_the_navigation_shows_what_belongs_to_ones_task(signed_in, name, office, sees):
    page = signed_in(name, *office).get("/o/pomoc/").content.decode()
    navigation = page.partition('class="nav"')[2].partition("</nav>")[0]
    places = ("/moji-podaci/", "/predmeti/", "/salter/", "/revizija/")
    assert [place for place in places if f'href="{place}"' in navigation] == sees


def test_a_missing_page_says_what_to_do(client):
    response = client.get("/nowhere?lang=en")
    assert response.status_code == 404
    assert "<title>Error: We did not find this page" in response.content.decode()


def test_a_form_that_was_open_for_too_long_is_not_taken(db):
    response = Client(enforce_csrf_checks=True).post("/odjava/?lang=en")
    assert response.status_code == 403
    assert "Nothing was sent" in response.content.decode()


def test_a_mistake_of_ours_needs_no_database(rf, django_db_blocker):
    with django_db_blocker.block():
        response = server_error(rf.get("/"))
    assert response.status_code == 500
    assert b"<h1>" in response.content


def test_a_page_of_somebody_else_is_refused_in_words(signed_in):
    response = signed_in("Amra Kovač").get("/revizija/?lang=en")
    assert response.status_code == 403
    assert "This page is for auditors." in response.content.decode()


def test_whoever_is_not_signed_in_is_sent_to_sign_in_and_back(client):
    assert (
        client.get("/moji-podaci/?period=all")["Location"]
        == "/prijava/?next=%2Fmoji-podaci%2F%3Fperiod%3Dall"
    )


@pytest.mark.parametrize("asked", ["zenica", "Зеница", "registrar zen"])
def test_an_institution_is_found_in_either_script_by_beginnings_of_words(client, asked):
    page = client.get("/", {"q": asked, "lang": "en"}).content.decode()
    assert "Registrar of Zenica" in page


@pytest.mark.parametrize("asked", ["child allow", "дјечији", "djeciji dodatak"])
def test_a_service_is_found_in_any_language(client, asked):
    page = client.get("/", {"q": asked, "lang": "en"}).content.decode()
    found = page.partition('id="found"')[2].partition("</section>")[0]
    assert "/usluge/child-allowance/" in found


def test_a_place_names_who_is_responsible_at_every_level(client, territory):
    page = client.get("/mjesto", {"place": "Тузла", "lang": "en"}).content.decode()
    assert "Centre for Social Work Tuzla" in page
    assert "Tax Administration of the Federation" in page
    assert "Registrar of Zenica" not in page


def test_a_tracking_code_that_cannot_be_says_so_at_the_field(client):
    response = client.get("/pracenje?code=xyz&lang=en")
    assert response.status_code == 422
    page = response.content.decode()
    assert page.count("A code has nine characters") == 2
    assert 'aria-invalid="true"' in page


def test_guessing_tracking_codes_ends(client):
    answers = [client.get("/pracenje?code=AAAAAAAAA").status_code for _ in range(22)]
    assert answers == [404] * 20 + [429] * 2


def test_the_frame_of_a_page_is_light():
    style = Path(finders.find("mostovi/mostovi.css")).read_bytes()
    icon = Path(finders.find("mostovi/favicon.svg")).read_bytes()
    page = Client().get("/o/pristupacnost/").content
    assert len(gzip.compress(style)) + len(gzip.compress(icon)) + len(gzip.compress(page)) < 16_000


def test_browsers_find_the_icon_where_they_look_for_it(client):
    response = client.get("/favicon.ico")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "image/svg+xml"
    assert response.content.startswith(b"<svg")
