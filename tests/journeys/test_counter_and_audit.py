"""Sanja helps somebody at the counter; Zlata audits every look and learns no name."""

import re
import time

from journeys import applying
from journeys.conftest import OpenWindow
from journeys.test_milan_gets_his_extract import until_the_document_is_there
from journeys.visiting import Visitor
from mostovi.demo.population.cast import MILAN, cast_population


def test_sanja_issues_an_extract_at_the_counter_for_somebody_who_came(window: OpenWindow) -> None:
    sanja = window(scripts=False)
    sanja.go("/")
    sanja.follow("Sanja")
    assert sanja.path == "/salter/"
    sanja.picture("counter")
    refuses_a_mistyped_number(sanja)
    sanja.find("input[name=service][value=birth-extract]").check()
    sanja.find("input[name=identity_document][value=identity_card]").check()
    sanja.find("#name").fill("Milan Savić")
    sanja.find("#personal_number").fill(MILAN.number)
    sanja.press("Ask the registers")
    assert MILAN.number not in sanja.page.content()
    applying.answer_all(sanja)
    code = applying.send(sanja)
    assert sanja.reads("typed at the counter with your help")
    until_the_document_is_there(sanja, code)

    milan = window(scripts=False)
    milan.sign_in("milan", "/moji-podaci/")
    at_the_counter = milan.say("a clerk at a counter")
    until_he_reads(milan, f"{at_the_counter}, {milan.say('identity card shown')}")
    looks = milan.find("ol.log > li").filter(has_text=applying.displayed(code)).all_inner_texts()
    exchanges = [look for look in looks if milan.say("Asked by") in look]
    assert exchanges
    assert all(at_the_counter in look for look in exchanges), "nobody would be untrue"
    assert not [look for look in looks if milan.say("none given") in look]
    assert all(milan.say("Legal basis") in look for look in looks)


def until_he_reads(milan: Visitor, words: str) -> None:
    """The worker writes what was done at the counter into the log a moment later."""
    for _ in range(40):
        if words in milan.reading:
            return
        time.sleep(0.5)
        milan.press("Ask them again")
    raise AssertionError(words)


def types_who_stands_there(sanja: Visitor, number: str) -> None:
    sanja.find("input[name=identity_document]").first.check()
    sanja.find("#name").fill("Milan Savić")
    sanja.find("#personal_number").fill(number)
    sanja.press("Ask the registers")
    assert MILAN.number not in sanja.page.content()


def refuses_a_mistyped_number(sanja: Visitor) -> None:
    sanja.find("#name").fill("Milan Savić")
    sanja.find("input[name=identity_document][value=identity_card]").check()
    sanja.find("#personal_number").fill(MILAN.number[:-1] + str((int(MILAN.number[-1]) + 1) % 10))
    sanja.press("Ask the registers")
    assert sanja.status == 422
    assert sanja.page.title().startswith(sanja.say("Error:"))
    assert sanja.find("#personal_number").input_value() == "", "a screen at a counter has onlookers"


def test_zlata_reads_every_look_and_no_name(window: OpenWindow) -> None:
    zlata = window(scripts=False)
    zlata.go("/")
    zlata.follow("Zlata")
    assert zlata.path == "/revizija/"
    zlata.sees(".facts > article.fact", 7)
    zlata.go("/revizija/")
    assert zlata.reads("only added to"), "the proof from the first visit to the second"
    zlata.picture("audit")
    knows_nobody(zlata)
    looks = 0
    for address in zlata.find('.facts a[href^="/revizija/"]').evaluate_all(
        "all => all.map(one => one.pathname)"
    ):
        zlata.go(address)
        looks += zlata.find("table tbody tr").count()
        knows_nobody(zlata)
    assert looks > 50
    zlata.picture("log-entries")


def knows_nobody(zlata: Visitor) -> None:
    """No name and no number of anybody in the country's cast, and nothing that looks like a number."""
    page = zlata.page.content().replace("Zlata", "")
    for person in cast_population().persons:
        assert person.number not in page
        assert f"{person.given_name} {person.family_name}" not in page
        assert person.family_name not in page
    assert not re.search(r"(?<!\d)\d{13}(?!\d)", zlata.reading)
