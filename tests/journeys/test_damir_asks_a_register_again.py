"""Amra calls a register's answer wrong; Damir has it asked again; nobody decides before she has seen."""

from journeys import applying
from journeys.conftest import OpenWindow
from journeys.test_damir_decides import REASONS
from journeys.visiting import Visitor

SAID = "Primanja su mi manja od augusta."
INCOME = "householdIncome"


def test_what_amra_calls_wrong_is_asked_again_and_she_sees_what_came(window: OpenWindow) -> None:
    amra, damir = window(scripts=False), window(scripts=False)
    amra.sign_in("amra", applying.CHILD_ALLOWANCE)
    code = applying.apply(amra, applying.CHILD_ALLOWANCE)
    calls_it_wrong(amra, code)
    damir.sign_in("damir", f"/predmeti/{code}/")
    has_it_asked_again(damir)
    may_not_seal_yet(damir, code)
    sees_what_came(amra, code)
    damir.go(f"/predmeti/{code}/pregled")
    damir.sees("input[name=decision]")
    assert not damir.reads("The applicant has not seen everything yet")


def calls_it_wrong(amra: Visitor, code: str) -> None:
    amra.go(f"/zahtjevi/{code}/podaci/{INCOME}/primjedba")
    amra.find("input[name=named][value=monthly_income]").check()
    amra.find("#text").fill(SAID)
    amra.press("Save the remark")
    assert amra.path == f"/zahtjevi/{code}/"


def has_it_asked_again(damir: Visitor) -> None:
    assert damir.reads("rests on a fact the applicant calls wrong")
    damir.sees("form[action*='/ponovni-upit/']", 0)
    damir.press("Take this case")
    damir.submit(f"form[action$='/ponovni-upit/{INCOME}'] button")
    assert damir.reads("The register answered again; from then on its new answer counts")
    assert not damir.reads("rests on a fact the applicant calls wrong")
    assert SAID in damir.reading


def may_not_seal_yet(damir: Visitor, code: str) -> None:
    assert damir.reads("not seen by the applicant yet")
    damir.find("input[name=outcome][value=approved]").check()
    damir.find("#reasons").fill(REASONS)
    damir.press("Preview and seal")
    assert damir.path == f"/predmeti/{code}/pregled"
    assert damir.reads("The applicant has not seen everything yet")
    damir.sees("input[name=decision]", 0)


def sees_what_came(amra: Visitor, code: str) -> None:
    amra.go(f"/zahtjevi/{code}/")
    assert amra.reads("Answered since you last looked")
    assert SAID in amra.reading
    amra.sees(f"#late a[href$='/{INCOME}/primjedba']")
    amra.press("I have seen it")
    assert amra.path == f"/zahtjevi/{code}/"
    amra.sees("#late", 0)
