import gzip
import re

import pytest

from demo.portal.conftest import BRCKO
from mostovi.kernel import clock
from mostovi.kernel.languages import VARIANTS
from mostovi.kernel.tickets import check_ticket

NOSY = {
    "kind": "refusal", "outcome": "refused", "provider": "tuzla-canton-interior", "service": "residence",
    "mark": None, "error": "Server.ClientProxy.CaseReferenceMissing", "signatures": "none",
}  # fmt: skip


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_page_renders_in_every_variant_without_scripts(page, live, variant):
    live()
    live(**NOSY)
    response = page.get("/", {"lang": variant})
    assert response.status_code == 200
    html = response.content.decode()
    assert f'lang="{variant}"' in html
    assert html.count("<h1") == 1
    assert html.count('<li id="message-') == 2
    assert "<svg" in html
    assert not re.search(r"<script(?![^>]+src=)|\son\w+=|\sstyle=", html)


def test_every_card_leads_to_what_the_person_came_to_do(page, live):
    html = page.get("/").content.decode()
    leads = re.findall(r'<a href="([^"]+)">(Amra|Milan|Damir|Sanja|Zlata|A stranger)</a>', html)
    assert [name for _, name in leads] == ["Amra", "Milan", "Damir", "Sanja", "Zlata", "A stranger"]
    addresses = {name: href for href, name in leads}
    assert addresses["Amra"] == "/prijava/?login_hint=amra&amp;next=%2Fusluge%2Fchild-allowance%2F"
    assert addresses["Milan"] == "/prijava/?login_hint=milan&amp;next=%2Fusluge%2Fbirth-extract%2F"
    assert addresses["Damir"].endswith("next=%2Fpredmeti%2F")
    assert addresses["Sanja"].endswith("next=%2Fsalter%2F")
    assert addresses["Zlata"].endswith("next=%2Frevizija%2F")


def test_a_message_can_be_opened_and_read(page, live):
    live(fields=["born_on", "born_in"], mark="kmwraz")
    said = text_of(page.get("/"))
    for words in (
        "Registrar of Zenica answered City Administration of Banja Luka",
        "City Administration of Banja Luka asked Registrar of Zenica",
        "kmwraz",
        "no: demonstration agreement",
        "date of birth, place of birth",
        "fine, from both gateways",
        "zenica-registrar/8",
    ):
        assert words in said


def test_the_line_of_the_last_message_is_lit(page, live):
    live()
    html = page.get("/").content.decode()
    assert html.count('class="h" pathLength="1"') == 1
    assert "issue a birth extract" in text_of(page.get("/")).lower()


def test_a_refused_question_lights_no_line_and_says_so(page, live):
    live(**NOSY)
    response = page.get("/")
    assert 'class="h"' not in response.content.decode()
    assert (
        "City Administration of Banja Luka asked Interior ministry of Tuzla Canton without a case"
        in text_of(response)
    )
    assert "Refused, counted and logged" in text_of(response)


def test_a_message_within_one_town_names_both_offices(page, live):
    live(consumer="tuzla-social-work", provider="tuzla-canton-interior", service="residence")
    assert "Interior ministry of Tuzla Canton answered Centre for Social Work Tuzla" in text_of(page.get("/"))


def test_an_institution_that_sealed_a_document_says_so(page, live):
    live(kind="seal", consumer="tuzla-social-work", provider="tuzla-social-work", service="seal", fields=[])
    response = page.get("/")
    assert "Tuzla sealed a document" in text_of(response) or "sealed a document" in text_of(response)
    assert 'class="h"' not in response.content.decode()


def test_a_question_about_no_person_needs_no_contract(page, live):
    live(service="documentStatus", purpose={}, legal_basis={}, mark=None, fields=[])
    said = text_of(page.get("/"))
    assert "a question about no person, which needs no contract" in said
    assert "not needed" in said


def test_a_refusal_without_a_contract_has_no_law_in_force(page, live):
    live(**NOSY, purpose={}, legal_basis={})
    said = text_of(page.get("/"))
    assert "Purpose none given" in said
    assert "Legal basis none" in said


def test_a_question_that_waits_is_shown_as_waiting(page, live):
    live(outcome="silent", signatures="one", provider=BRCKO)
    assert "no answer yet" in text_of(page.get("/"))


def test_an_unplugged_institution_is_dashed_its_line_cut_and_the_sentence_is_read(page, live, stand):
    live()
    stand(unplugged={BRCKO})
    response = page.get("/")
    html = response.content.decode()
    assert 'class="e off"' in html
    assert 'class="cut"' in html
    assert "6 of 7 answer" in text_of(response)
    assert "Brčko is unplugged" in text_of(response)
    assert "The register in Brčko is not answering. Your answers are saved." in text_of(response)
    assert "Plug Brčko in again" in text_of(response)


def test_an_institution_that_is_silent_by_itself_is_not_called_unplugged(page, live, stand):
    live()
    stand(silent={BRCKO})
    response = page.get("/")
    assert 'class="e off"' in response.content.decode()
    assert "unplugged" not in text_of(response)


def test_without_live_the_page_still_stands(page, stand, monkeypatch, tmp_path):
    monkeypatch.setenv("MOSTOVI_LIVE_LISTEN", f"unix:{tmp_path}/nobody")
    monkeypatch.setenv("MOSTOVI_LIVE_SECRET", "x")
    response = page.get("/")
    assert response.status_code == 200
    assert "Nothing has travelled yet" in text_of(response)
    assert "The bridge is quiet" in text_of(response)


def test_the_script_gets_the_bridge_as_it_was_at_a_message(page, live):
    first, second = live(), live(provider=BRCKO, consumer="tuzla-social-work")
    html = page.get("/most/stanje", {"message": first}).content.decode()
    assert f'id="message-{first}"' in html
    assert f'id="message-{second}"' not in html
    assert f'id="message-{second}"' in page.get("/most/stanje", {"message": "x"}).content.decode()


def test_a_ticket_admits_to_the_bridge_for_a_minute(page, live):
    given = page.get("/most/ulaznica").json()
    check_ticket("only-for-tests", given["ticket"], "bridge", clock.now())
    with pytest.raises(Exception, match="not valid any more"):
        check_ticket("only-for-tests", given["ticket"], "bridge", clock.now().replace(year=2099))


def test_what_was_saved_stands_with_its_assumptions(page, live):
    said = text_of(page.get("/"))
    assert "papers not carried" in said
    assert "Each answer that was used" in said
    assert "Boundaries: geoBoundaries, public domain" in said


def test_a_stranger_at_a_bank_is_told_when_there_is_no_paper_yet(page, live):
    response = page.get("/most/papir")
    assert "No document has been sealed yet" in text_of(response)
    assert 'href="/provjera"' in response.content.decode()
    assert page.get("/most/papir.pdf").status_code == 404


def test_the_page_weighs_little(page, live):
    for _ in range(12):
        live()
    assert len(gzip.compress(page.get("/").content)) < 25_000
