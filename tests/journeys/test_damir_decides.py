"""Damir decides from the desk: facts, rules, reasons, one more sign-in; his institution seals."""

from pathlib import Path

from playwright.sync_api import expect

from journeys import applying
from journeys.conftest import OpenWindow
from journeys.country import Country, until
from journeys.sealed_files import pdfsig_says, short_code
from journeys.test_amra_applies import verify
from journeys.visiting import Visitor

REASONS = "Podnositeljica živi u Tuzli s djetetom, a prihod po članu domaćinstva je ispod granice."


def decide(damir: Visitor, code: str) -> None:
    """From the office's pile to the page where one press seals the decision."""
    damir.go(f"/predmeti/{code}/")
    damir.press("Take this case")
    prepare(damir)


def prepare(damir: Visitor) -> None:
    damir.find("input[name=outcome][value=approved]").check()
    damir.find("#reasons").fill(REASONS)
    damir.press("Preview and seal")
    signs_in_once_more(damir)


def signs_in_once_more(damir: Visitor) -> None:
    is_himself(damir)
    assert damir.reads("You signed in once more")


def is_himself(damir: Visitor) -> None:
    """The identity provider asks him to confirm, whatever session it has; he comes back to where he was."""
    here = damir.path
    damir.press("Sign in once more")
    assert "/demo-idp/" in damir.path
    assert "Damir" in damir.reading
    damir.picture("confirm-that-it-is-you")
    damir.submit("main form[action='sign-in'] button.btn")
    assert damir.path == here


def until_it_is_sealed(damir: Visitor, code: str, *, papers: int = 1) -> None:
    def sealed() -> bool:
        damir.go(f"/predmeti/{code}/")
        return damir.find('#case a[href$=".pdf"]').count() == papers

    until(sealed)


def test_damir_decides_with_reasons_and_amra_reads_a_decision_that_anybody_can_check(
    window: OpenWindow, country: Country, tmp_path: Path
) -> None:
    amra = window(scripts=False)
    amra.sign_in("amra", applying.CHILD_ALLOWANCE)
    code = applying.apply(amra, applying.CHILD_ALLOWANCE)

    damir = window(scripts=False)
    damir.go("/")
    damir.follow("Damir")
    assert damir.path == "/predmeti/"
    damir.picture("desk")
    damir.find("#dq").fill(applying.displayed(code))
    damir.press("Find")
    damir.submit(f'.queue a[href*="{code}"]')
    reads_facts_with_evidence_and_rules_with_articles(damir, tmp_path)
    needs_reasons(damir, code)
    damir.find("#reasons").fill(REASONS)
    damir.press("Preview and seal")
    assert damir.path == f"/predmeti/{code}/pregled"
    assert REASONS in damir.reading
    damir.picture("preview-of-the-decision")
    goes_back_at_the_provider_and_loses_nothing(damir, code)
    signs_in_once_more(damir)
    assert REASONS in damir.reading
    damir.press("Decide and seal")
    until_it_is_sealed(damir, code)
    damir.picture("sealed")

    reads_her_decision(amra, country, code, tmp_path)


def reads_facts_with_evidence_and_rules_with_articles(damir: Visitor, folder: Path) -> None:
    damir.press("Take this case")
    assert damir.find("#case table.stack tbody tr").count() >= 10
    evidence = '#case td a[href*="/predmeti/"]'
    assert damir.find(evidence).count() >= 8
    assert verify(damir.download(evidence, folder), damir.country.trust_root) == 0
    case = damir.find("#case").inner_text()
    for article in ("5", "9", "11"):
        assert article in case
    damir.picture("case")


def needs_reasons(damir: Visitor, code: str) -> None:
    """Approving what the rules propose gives the rules' reasons; refusing needs words of his own."""
    damir.find("input[name=outcome][value=refused]").check()
    damir.find("#reasons").fill(" ")
    damir.press("Preview and seal")
    assert damir.status == 422
    assert damir.page.title().startswith(damir.say("Error:"))
    damir.find("input[name=outcome][value=approved]").check()


def goes_back_at_the_provider_and_loses_nothing(damir: Visitor, code: str) -> None:
    """Without signing in nothing is sealed; a calm sentence, and what he wrote stands there as before."""
    damir.sees(f"form[action='/predmeti/{code}/pregled'] button.btn", 0)
    damir.press("Sign in once more")
    damir.submit("main form[action='cancel'] button")
    assert damir.path == f"/predmeti/{code}/pregled"
    assert damir.reads(
        "You went back before signing in. Nothing was decided, and your decision is kept as you wrote it."
    )
    assert REASONS in damir.reading


def reads_her_decision(amra: Visitor, country: Country, code: str, folder: Path) -> None:
    amra.go(f"/zahtjevi/{code}/")
    assert amra.reads("Your application is approved")
    assert REASONS in amra.reading
    expect(amra.find("article.sheet")).to_contain_text("Damir Babić")
    amra.picture("decision")
    pdf = amra.download('a[href$=".pdf"]', folder)
    assert short_code(pdf)
    assert verify(pdf, country.trust_root) == 0
    said = pdfsig_says(pdf, country.trust_root, folder)
    assert "Signature is Valid" in said
    assert "Certificate is Trusted" in said
