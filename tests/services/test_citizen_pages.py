"""The citizen's pages through Django's client: everything works without scripts."""

import gzip
import re
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpRequest
from django.test import Client

from mostovi.kernel.access import Actor
from mostovi.kernel.access_views import remember_actor
from mostovi.services import public
from mostovi.services.actions.desk import ask_applicant, take_case
from mostovi.services.models import Case
from mostovi.services.values import CaseState, Outcome
from services.cast import AMRA_NUMBER, MILAN_NUMBER, Bridge, Clock
from services.story import ANSWERS, a_draft, a_sent_case, answer_all, decide

pytestmark = [pytest.mark.django_db]
STYLE = Path(public.__file__).parents[1] / "front/static/mostovi/mostovi.css"
VARIANTS = ["bs", "en", "hr", "sr-Cyrl", "sr-Latn"]


def browser(actor: Actor, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    remember_actor(request, actor)
    request.session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key or ""
    return client


def text_of(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


def test_amra_applies_with_nothing_but_links_and_forms(amra: Actor, bridge: Bridge) -> None:
    client = browser(amra)
    assert "Child allowance" in text_of(client.get("/usluge/child-allowance/"))
    assert "<li>Municipality or city</li>" in client.get("/usluge/child-allowance/").content.decode()
    page = client.post("/usluge/child-allowance/", follow=True)
    assert "What institutions already know" in text_of(page)
    assert "Dino Kovač" in text_of(page)
    code = Case.objects.get().code
    page = client.post(f"/zahtjevi/{code}/podaci", follow=True)
    while "/pitanje/" in page.request["PATH_INFO"]:
        key = page.request["PATH_INFO"].rsplit("/", 1)[1]
        page = client.post(page.request["PATH_INFO"], _form(key), follow=True)
    assert "Check your answers before sending" in text_of(page)
    token = re.search(r'name="token" value="([^"]+)"', text_of(page))
    assert token
    page = client.post(f"/zahtjevi/{code}/pregled", {"token": token[1]}, follow=True)
    assert "We have your application" in text_of(page)
    assert code[:3] in text_of(page)
    assert Case.objects.get().state == CaseState.TO_DECIDE


def _form(key: str) -> dict[str, str]:
    if key == "lives_since":
        return {"day": "2", "month": "9", "year": "2019"}
    return {"answer": ANSWERS[key]}


def test_a_double_click_on_send_makes_one_case_and_shows_the_receipt_twice(
    amra: Actor, bridge: Bridge
) -> None:
    client, code = browser(amra), a_draft(amra)
    answer_all(amra, code)
    token = Case.objects.get().submission_token
    for _ in range(2):
        page = client.post(f"/zahtjevi/{code}/pregled", {"token": token}, follow=True)
        assert page.request["PATH_INFO"] == f"/zahtjevi/{code}/potvrda"
    assert Case.objects.count() == 1


def test_a_double_click_on_start_makes_one_draft(amra: Actor, bridge: Bridge) -> None:
    client = browser(amra)
    first = client.post("/usluge/child-allowance/")
    second = client.post("/usluge/child-allowance/")
    assert first.headers["Location"] == second.headers["Location"]


def test_a_wrong_date_is_said_at_the_top_at_the_field_and_in_the_title(amra: Actor, bridge: Bridge) -> None:
    client, code = browser(amra), a_draft(amra)
    client.post(f"/zahtjevi/{code}/podaci")
    client.post(f"/zahtjevi/{code}/pitanje/lives_with_you", {"answer": "all"})
    page = client.post(f"/zahtjevi/{code}/pitanje/lives_since", {"day": "2", "month": "23", "year": "2019"})
    assert page.status_code == 422
    html = text_of(page)
    assert re.search(r"<title>\s*Error:", html)
    assert 'href="#day"' in html
    assert 'value="23"' in html
    assert 'aria-invalid="true"' in html


def test_save_and_finish_later_comes_back_to_the_same_question(amra: Actor, bridge: Bridge) -> None:
    client, code = browser(amra), a_draft(amra)
    client.post(f"/zahtjevi/{code}/podaci")
    page = client.post(
        f"/zahtjevi/{code}/pitanje/lives_with_you", {"answer": "all", "later": "1"}, follow=True
    )
    assert "My applications" in text_of(page)
    page = client.get(f"/zahtjevi/{code}/nastavak", follow=True)
    assert page.request["PATH_INFO"].endswith("/pitanje/lives_since")


def test_a_silent_register_is_a_calm_sentence_and_the_page_can_look_again(
    amra: Actor, bridge: Bridge
) -> None:
    bridge.silent = {"brcko-registrar"}
    client, code = browser(amra), a_draft(amra)
    page = client.get(f"/zahtjevi/{code}/podaci")
    assert "This register is not answering." in text_of(page)
    assert "Refresh" not in page.headers
    page = client.get(f"/zahtjevi/{code}/podaci?pazi=1")
    assert page.headers["Refresh"] == "5"
    bridge.silent = set()
    Case.objects.get().facts.filter(state="waiting").update(state="answered")
    assert "Refresh" not in client.get(f"/zahtjevi/{code}/podaci?pazi=1").headers


def test_every_answer_says_whether_its_basis_is_in_force(amra: Actor, bridge: Bridge) -> None:
    client, code = browser(amra), a_draft(amra)
    assert text_of(client.get(f"/zahtjevi/{code}/podaci")).count("no: demonstration agreement") == 4


def test_she_says_that_a_fact_is_wrong_and_takes_it_back(amra: Actor, bridge: Bridge) -> None:
    client, code = browser(amra), a_draft(amra)
    address = f"/zahtjevi/{code}/podaci/householdIncome/primjedba"
    shown = {"shown": Case.objects.get().facts.get(key="householdIncome").answer_key}
    assert client.post(address, {**shown, "text": " ", "named": "monthly_income"}).status_code == 422
    page = client.post(address, {**shown, "text": "I earn less."})
    assert (page.status_code, text_of(page).count("Choose which of these is wrong.")) == (422, 2)
    assert "I earn less." in text_of(page)
    page = client.post(address, {**shown, "text": "I earn less.", "named": "monthly_income"}, follow=True)
    assert "You said this is wrong." in text_of(page)
    assert text_of(page).count("you said: wrong") == 1
    assert text_of(client.get(f"/zahtjevi/{code}/podaci/householdIncome/primjedba")).count(" checked") == 1
    page = client.post(address, {**shown, "take_back": "1"}, follow=True)
    assert "You said this is wrong." not in text_of(page)


def test_milan_gets_his_extract_at_once(milan: Actor, bridge: Bridge) -> None:
    client, code = browser(milan), a_sent_case(milan, "birth-extract")
    page = client.get(f"/zahtjevi/{code}/potvrda")
    link = re.search(r'href="(/zahtjevi/\w+/dokumenti/\w+\.pdf)"', text_of(page))
    assert link
    file = client.get(link[1])
    assert file.headers["Content-Type"] == "application/pdf"
    assert file.content == bridge.extract
    assert "The document was opened" in text_of(client.get(f"/zahtjevi/{code}/"))


def test_amra_reads_her_decision(amra: Actor, damir: Actor, bridge: Bridge, time: Clock) -> None:
    code = a_sent_case(amra)
    take_case(actor=damir, code=code)
    decide(damir, code, Outcome.APPROVED, "She lives here with her son.")
    public.do_due_work(time.now)
    html = text_of(browser(amra).get(f"/zahtjevi/{code}/"))
    assert "Your application is approved" in html
    assert "118" in html
    assert "She lives here with her son." in html


def test_she_answers_the_official(amra: Actor, damir: Actor, bridge: Bridge) -> None:
    code = a_sent_case(amra)
    take_case(actor=damir, code=code)
    ask_applicant(actor=damir, code=code, question="Which school?")
    client = browser(amra)
    assert "Which school?" in text_of(client.get(f"/zahtjevi/{code}/"))
    assert client.post(f"/zahtjevi/{code}/odgovor", {"text": ""}).status_code == 422
    client.post(f"/zahtjevi/{code}/odgovor", {"text": "The one in Sjenjak."})
    assert Case.objects.get().state == CaseState.TO_DECIDE


def test_withdrawing_asks_once_more_and_can_be_undone(amra: Actor, bridge: Bridge, time: Clock) -> None:
    client, code = browser(amra), a_sent_case(amra)
    assert "Withdraw the application?" in text_of(client.get(f"/zahtjevi/{code}/odustajanje"))
    assert Case.objects.get().state == CaseState.TO_DECIDE
    page = client.post(f"/zahtjevi/{code}/odustajanje", follow=True)
    assert "You withdrew this application" in text_of(page)
    client.post(f"/zahtjevi/{code}/obnova")
    assert Case.objects.get().state == CaseState.TO_DECIDE
    client.post(f"/zahtjevi/{code}/odustajanje")
    time.now += timedelta(days=2)
    assert "Take it up again" not in text_of(client.get(f"/zahtjevi/{code}/"))


@pytest.mark.parametrize(
    "page", ["", "podaci", "pregled", "potvrda", "nastavak", "odustajanje", "pitanje/account"]
)
def test_other_peoples_pages_do_not_exist(page: str, amra: Actor, milan: Actor, bridge: Bridge) -> None:
    code = a_draft(amra)
    assert browser(milan).get(f"/zahtjevi/{code}/{page}").status_code == 404


@pytest.mark.parametrize("page", ["", "AEJKMT234/", "AEJKMT234/podaci"])
def test_who_is_not_signed_in_is_sent_to_sign_in(page: str, db: None) -> None:
    answer = Client().get(f"/zahtjevi/{page}")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/prijava/")


def test_sanja_applies_with_milan_and_the_number_is_not_shown_again(sanja: Actor, bridge: Bridge) -> None:
    client = browser(sanja)
    form = {
        "service": "birth-extract",
        "name": "Milan Savić",
        "personal_number": "1234567890123",
        "identity_document": "passport",
    }
    page = client.post("/salter/", form)
    assert page.status_code == 422
    assert "1234567890123" not in text_of(page)
    page = client.post("/salter/", {**form, "personal_number": MILAN_NUMBER}, follow=True)
    assert "Where was your birth registered?" in text_of(page)
    assert MILAN_NUMBER not in text_of(page)
    question = f"/zahtjevi/{Case.objects.get().code}/pitanje/registrar"
    page = client.post(question, {"answer": "zenica-registrar"}, follow=True)
    assert "What institutions already know" in text_of(page)
    assert MILAN_NUMBER not in text_of(page)
    code = Case.objects.get().code
    client.post(f"/zahtjevi/{code}/podaci")
    client.post(f"/zahtjevi/{code}/pitanje/language", {"answer": "sr-Cyrl"})
    token = Case.objects.get().submission_token
    page = client.post(f"/zahtjevi/{code}/pregled", {"token": token}, follow=True)
    assert "typed at the counter with your help" in text_of(page)


def test_the_counter_is_for_clerks(amra: Actor, damir: Actor, bridge: Bridge) -> None:
    for actor in (amra, damir):
        assert browser(actor).get("/salter/").status_code == 403


@pytest.mark.parametrize("language", VARIANTS)
def test_every_page_is_there_in_every_language(
    language: str, amra: Actor, milan: Actor, bridge: Bridge
) -> None:
    draft, sent = a_draft(amra), a_sent_case(milan, "birth-extract")
    client = browser(amra, language)
    for path in (
        "podaci",
        "pitanje/lives_with_you",
        "pitanje/account",
        "podaci/residence/primjedba",
        "odustajanje",
    ):
        assert client.get(f"/zahtjevi/{draft}/{path}").status_code == 200, path
    client = browser(milan, language)
    for path in ("", "potvrda"):
        assert client.get(f"/zahtjevi/{sent}/{path}").status_code == 200, path
    for path in ("/zahtjevi/", "/usluge/child-allowance/", "/usluge/birth-extract/"):
        assert client.get(path).status_code == 200, path


@pytest.mark.parametrize("language", VARIANTS)
def test_a_question_page_weighs_at_most_25_kilobytes(language: str, amra: Actor, bridge: Bridge) -> None:
    client, code = browser(amra, language), a_draft(amra)
    answer_all(amra, code)
    style = len(gzip.compress(STYLE.read_bytes()))
    for key in ANSWERS:
        page = client.get(f"/zahtjevi/{code}/pitanje/{key}")
        if page.status_code == 200:
            assert len(gzip.compress(page.content)) + style <= 25_000
            assert b"<script" not in page.content


def test_the_personal_number_is_on_no_page(amra: Actor, bridge: Bridge) -> None:
    client, code = browser(amra), a_sent_case(amra)
    for path in ("", "potvrda"):
        assert AMRA_NUMBER not in text_of(client.get(f"/zahtjevi/{code}/{path}"))
