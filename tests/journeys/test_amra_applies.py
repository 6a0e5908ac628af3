"""Amra applies for child allowance: she carries no paper, and every look at her data is told to her."""

import json
import re
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import expect

from journeys import applying
from journeys.conftest import OpenWindow
from journeys.country import Country
from journeys.visiting import Visitor

FOUR_SOURCES = ["tuzla-canton-interior", "brcko-registrar", "bijeljina-registrar", "fbih-tax-administration"]


def sees_four_facts_with_source_and_basis(amra: Visitor) -> None:
    applying.wait_until_all_have_answered(amra)
    amra.sees(".facts > .fact", 4)
    facts = amra.find(".facts > .fact")
    for number in range(4):
        fact = facts.nth(number)
        expect(fact.locator("h2.pier")).not_to_be_empty()
        in_force = fact.locator("dl .tag").last
        is_yes = "ok" in str(in_force.get_attribute("class"))
        expect(in_force).to_have_text(amra.say("yes" if is_yes else "no: demonstration agreement"))
        expect(fact.locator("footer")).to_contain_text(re.compile(r"\b20\d\d\b.*\b\d?\d:\d\d\b"))
    assert "Dino" in amra.reading
    assert "Емир Ковач" in amra.reading, "as the register of Bijeljina writes it"
    assert "Ulica lipa 14" in amra.reading


def test_amra_applies_without_javascript_and_sees_who_looked(
    window: OpenWindow, country: Country, tmp_path: Path
) -> None:
    amra = window(scripts=False)
    amra.go("/")
    amra.follow("Amra")
    assert amra.path == applying.CHILD_ALLOWANCE
    amra.picture("service")

    applying.begin(amra)
    sees_four_facts_with_source_and_basis(amra)
    amra.picture("facts")
    says_the_income_is_wrong_and_takes_it_back(amra)
    applying.agree(amra)

    answers_wrongly_first(amra)
    assert applying.answer_all(amra)[-1] == "tell_by"
    amra.picture("check-your-answers")
    cases_before = number_of_cases(amra)
    amra.page.go_back()
    code = sends_twice(amra)
    assert number_of_cases(amra) == cases_before, "the draft became one case"

    amra.go(f"/zahtjevi/{code}/potvrda")
    assert amra.reads("We have your application")
    assert applying.displayed(code) in amra.reading
    amra.sees("article.receipt dl div", 4)
    amra.picture("receipt")
    follows_the_case_by_its_code(window, code)
    sees_who_looked_with_receipts(amra, country, code, tmp_path)


def says_the_income_is_wrong_and_takes_it_back(amra: Visitor) -> None:
    income = 'a[href$="/podaci/householdIncome/primjedba"]'
    amra.submit(income)
    amra.press("Save the remark")
    assert amra.page.title().startswith(amra.say("Error:"))
    amra.sees(".errors", 1)
    amra.find("input[name=named][value=monthly_income]").check()
    amra.find("#text").fill("U septembru više nisam radila; prihod je manji.")
    amra.press("Save the remark")
    assert amra.reads("You said this is wrong.")
    amra.picture("this-is-wrong")
    amra.submit(income)
    amra.press("Take the remark back")
    assert not amra.reads("You said this is wrong.")


def answers_wrongly_first(amra: Visitor) -> None:
    """One question per page; a mistake is told on top, at the field and in the title."""
    assert applying.current_question(amra) == "lives_with_you"
    assert amra.page.locator("h1").count() == 1
    amra.press("Continue")
    assert amra.status == 422
    assert amra.page.title().startswith(amra.say("Error:"))
    amra.sees(".errors a[href='#answer']", 1)
    amra.sees(".field .err", 1)
    assert amra.find(".errors a").inner_text() in amra.find(".field .err").inner_text()
    amra.picture("question-with-an-error")


def number_of_cases(amra: Visitor) -> int:
    amra.go("/zahtjevi/")
    return amra.find("ul.tasks > li").count()


def sends_twice(amra: Visitor) -> str:
    """The same form posted again, as an impatient finger or a lost reply does."""
    address, token = amra.page.url, amra.find("input[name=token]").get_attribute("value")
    csrf = amra.find("main input[name=csrfmiddlewaretoken]").get_attribute("value")
    code = applying.send(amra)
    form = {"token": token or "", "csrfmiddlewaretoken": csrf or ""}
    again = amra.context.request.post(address, form=form, headers={"Referer": address})
    assert again.ok
    assert again.url.endswith(f"/zahtjevi/{code}/potvrda")
    assert applying.displayed(code) in again.text()
    return code


def follows_the_case_by_its_code(window: OpenWindow, code: str) -> None:
    anybody = window(scripts=False)
    anybody.go("/pracenje")
    anybody.find("#code").fill(code.lower())
    anybody.press("Show where it stands")
    assert anybody.status == 200
    assert applying.displayed(code) in anybody.reading
    assert "Kovač" not in anybody.reading
    anybody.picture("track-by-code")


def sees_who_looked_with_receipts(amra: Visitor, country: Country, code: str, folder: Path) -> None:
    amra.go("/moji-podaci/")
    amra.picture("who-looked")
    institutions = amra.find("select[name=institution] option").evaluate_all(
        "all => all.map(one => one.value)"
    )
    assert set(FOUR_SOURCES) <= set(institutions)
    looks = amra.find("ol.log > li").filter(has_text=applying.displayed(code))
    assert looks.count() >= 4
    for number in range(looks.count()):
        expect(looks.nth(number).locator("time").first).not_to_be_empty()
        assert looks.nth(number).locator('a[href$="/potvrda.json"]').count() == 1
    link = looks.first.locator('a[href$="/potvrda.json"]').get_attribute("href")
    assert link
    receipt = folder / "receipt.json"
    receipt.write_bytes(amra.context.request.get(country.base_url + link).body())
    assert json.loads(receipt.read_text())
    assert verify(receipt, country.trust_root) == 0
    receipt.write_text(receipt.read_text().replace(code, code[::-1]))
    assert verify(receipt, country.trust_root) == 1, "a receipt that names another case is false"


def verify(file: Path, root: Path) -> int:
    command = [sys.executable, "-m", "mostovi.config.command_line", "verify", str(file), "--trust", str(root)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ("Proved" in told.stdout or "proved" in told.stdout) or told.returncode, told.stdout
    return told.returncode
