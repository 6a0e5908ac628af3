"""Somebody is nosy: refused, counted, and the person whose data it was sees the attempt."""

import re
import time
from pathlib import Path

from playwright.sync_api import expect

from journeys import applying
from journeys.conftest import OpenWindow
from journeys.country import until
from journeys.visiting import Visitor
from mostovi.demo.population.cast import AMRA


def attempts_refused(amra: Visitor) -> int:
    amra.go("/moji-podaci/")
    amra.press("Ask them again")
    return int(amra.find("dl.stats dd").last.inner_text())


def refused_today(anybody: Visitor) -> int:
    anybody.go("/stanje/")
    row = anybody.find("table.stack").last.locator("tr").filter(has_text=re.compile("Banj|Бањ"))
    return int(row.locator("td").last.inner_text())


def test_a_clerk_is_nosy_without_a_case_and_amra_sees_it(window: OpenWindow) -> None:
    amra, sanja = window(scripts=False), window(scripts=False)
    amra.sign_in("amra", "/moji-podaci/")
    before, counted = attempts_refused(amra), refused_today(amra)

    sanja.sign_in("sanja", "/predmeti/upit")
    sanja.find("#number").fill(AMRA.number)
    sanja.press("Try to open the data")
    assert sanja.status == 403
    assert sanja.reads("Refused. Nothing was shown.")
    assert "Ulica lipa" not in sanja.page.content()
    assert AMRA.number not in sanja.page.content()
    assert AMRA.number not in sanja.page.url

    assert attempts_refused(amra) == before + 1
    newest = amra.find("ol.log > li").first
    expect(newest).to_contain_text(amra.say("Refused. Nothing was shown."))
    amra.picture("attempt-seen")
    # The status page is some seconds old.
    until(lambda: refused_today(amra) == counted + 1)
    asks_for_an_explanation(amra)


def asks_for_an_explanation(amra: Visitor) -> None:
    amra.go("/moji-podaci/")
    amra.submit('ol.log > li a[href$="/pitanje"]')
    amra.press("Write it down")
    assert amra.reads("Your question is written down")


def test_three_buttons_teach_trust(window: OpenWindow, tmp_path: Path) -> None:
    """Alter one byte and be nosy; unplugging Brčko has a journey of its own."""
    milan = window(scripts=False)
    milan.sign_in("milan", applying.BIRTH_EXTRACT)
    applying.apply(milan, applying.BIRTH_EXTRACT)

    anybody = window()
    anybody.go("/")
    anybody.press("Alter one byte")
    anybody.sees("article.verdict.bad", 1)
    anybody.picture("one-byte")
    anybody.press("Be nosy")
    assert anybody.reads("Refused, counted and logged")
    anybody.follow("See the attempt as Amra sees it")
    assert anybody.path == "/moji-podaci/"


def test_the_live_bridge_lights_when_a_signed_message_travels(window: OpenWindow) -> None:
    watching = window()
    watching.go("/")
    newest = int(watching.find("#bridge").get_attribute("data-newest") or 0)
    # A ticket is fetched and the stream opened after the page has loaded.
    watching.page.wait_for_timeout(1500)
    begun = time.monotonic()
    milan = window(scripts=False)
    milan.sign_in("milan", applying.BIRTH_EXTRACT)
    # Sent, not left open: who comes back to an open application has been answered already.
    applying.apply(milan, applying.BIRTH_EXTRACT)
    lit = watching.find("#feed > li").first
    expect(lit).not_to_have_id(f"message-{newest}", timeout=10_000)
    assert time.monotonic() - begun < 15
    expect(watching.find("#bridge .now strong")).not_to_be_empty()
    expect(watching.find("#bridge svg path.h")).to_have_count(1)
    watching.arrive()
    watching.picture("first-page")
    telephone = window(viewport={"width": 360, "height": 740})
    telephone.go("/")
    telephone.picture("first-page-on-a-telephone")
