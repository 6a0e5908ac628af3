import html
import re

import pytest
from django.test import Client

from demo.portal.conftest import BRCKO
from exchange.sealed_documents import LATER, seal_one
from mostovi.demo.population.cast import AMRA
from mostovi.demo.portal import views
from mostovi.demo.portal.actions import curiosity
from mostovi.demo.portal.queries.papers import Paper
from mostovi.exchange.public import BridgeRefused

REFUSAL = BridgeRefused("Server.ClientProxy.CaseReferenceMissing")
BUTTONS = ("/most/bajt", "/most/prekid", "/most/veza", "/most/zavirivanje")


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.mark.parametrize("address", BUTTONS)
def test_a_button_is_pressed_only_from_our_own_page(db, address):
    assert Client(enforce_csrf_checks=True).post(address).status_code == 403
    assert Client().get(address).status_code == 405


def test_brcko_is_unplugged_and_the_page_says_so_calmly_once(page, live, supervisor):
    response = page.post("/most/prekid")
    assert response.status_code == 302
    assert response.url == "/#result"
    assert supervisor.asked[0] == f"POST /unplug/{BRCKO}"
    assert "Brčko is off the bridge" in text_of(page.get("/"))
    assert "Brčko is off the bridge" not in text_of(page.get("/"))


def test_brcko_is_plugged_in_again(page, live, supervisor, monkeypatch):
    monkeypatch.setattr("mostovi.demo.portal.actions.plugs.answers", lambda _: True)
    supervisor.unplugged.add(BRCKO)
    page.post("/most/veza")
    assert f"POST /plug/{BRCKO}" in supervisor.asked
    assert "Brčko is back on the bridge" in text_of(page.get("/"))


def test_a_plug_that_does_not_move_is_said(page, live, supervisor):
    supervisor.status = 404
    page.post("/most/prekid")
    assert "The plug did not move" in text_of(page.get("/"))


def test_without_a_supervisor_the_button_says_so(page, live, tmp_path, monkeypatch):
    monkeypatch.setenv("MOSTOVI_DEMO_CONTROL", str(tmp_path / "nobody"))
    page.post("/most/prekid")
    assert "does not answer. Nothing is lost" in text_of(page.get("/"))


def test_a_nosy_official_is_refused_and_led_to_where_amra_sees_it(page, live, monkeypatch):
    asked = {}

    def ask_register(**question):
        asked.update(question)
        raise REFUSAL

    monkeypatch.setattr(curiosity.exchange, "ask_register", ask_register)
    page.post("/most/zavirivanje")
    response = page.get("/")
    assert asked["case"] is None
    assert asked["institution"] == "banja-luka-administration"
    assert "Refused, counted and logged" in text_of(response)
    assert REFUSAL.message in html.unescape(text_of(response))
    assert "CaseReferenceMissing" in text_of(response)
    assert "login_hint=amra&amp;next=%2Fmoji-podaci%2F" in response.content.decode()
    assert AMRA.number not in response.content.decode()
    assert asked["subject_jmb"] == AMRA.number


def test_should_the_register_ever_answer_the_nosy_the_page_sounds_the_alarm(page, live, monkeypatch):
    monkeypatch.setattr(curiosity.exchange, "ask_register", lambda **_: None)
    page.post("/most/zavirivanje")
    assert "That must not happen" in text_of(page.get("/"))


def test_one_byte_altered_turns_the_check_red(page, live, monkeypatch, settings, tmp_path):
    sealed = seal_one(tmp_path / "keys")
    settings.TRUST_ROOT = str(sealed.keys / "root.pem")
    paper = Paper("J7K4T92M7", "tuzla-social-work", LATER.date(), sealed.pdf)
    monkeypatch.setattr(views, "find_played_paper", lambda: paper)
    monkeypatch.setattr(views.clock, "now", lambda: LATER)
    page.post("/most/bajt")
    response = page.get("/")
    assert 'class="verdict bad"' in response.content.decode()
    assert "the file was changed after it was sealed" in text_of(response)
    assert "J7K-4T9-2M7" in text_of(response)
    assert "genuine, every byte as it was sealed" in text_of(response)
    said = text_of(response)
    changed = int(re.search(r"byte ([\d,]+)", said)[1].replace(",", ""))
    first_end, second = re.search(r"bytes 0–([\d,]+) and ([\d,]+)–", said).groups()
    assert "," in first_end, "as the byte that was changed is written"
    assert changed <= int(first_end.replace(",", "")) < int(second.replace(",", ""))


def test_without_a_sealed_document_the_page_says_so_and_offers_a_seeded_one(page, live, monkeypatch):
    page.post("/most/bajt")
    said = page.get("/")
    assert "No document has been sealed yet" in text_of(said)
    assert 'name="seeded"' not in said.content.decode()
    monkeypatch.setattr(views, "find_seeded_paper", lambda: Paper("J7K4T92M7", "x", LATER.date(), b""))
    page.post("/most/bajt")
    assert 'name="seeded"' in page.get("/").content.decode()
