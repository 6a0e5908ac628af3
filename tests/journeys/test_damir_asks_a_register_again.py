"""Amra calls a register's answer wrong; Damir has it asked again; the register confirms what it said."""

from journeys import applying
from journeys.conftest import OpenWindow
from journeys.visiting import Visitor

# A long word breaks, so that no page grows wider than a phone.
SAID = f"Primanja su mi manja od augusta{'a' * 100}."
INCOME = "householdIncome"


def test_what_amra_calls_wrong_is_asked_again_and_stays_so_until_she_takes_it_back(
    window: OpenWindow,
) -> None:
    amra, damir = window(scripts=False), window(scripts=False)
    amra.sign_in("amra", applying.CHILD_ALLOWANCE)
    code = applying.apply(amra, applying.CHILD_ALLOWANCE)
    calls_it_wrong(amra, code)
    damir.sign_in("damir", f"/predmeti/{code}/")
    has_it_asked_again(damir)
    reads_that_it_was_confirmed(amra, code)
    takes_it_back(amra, code)
    damir.go(f"/predmeti/{code}/")
    assert not damir.reads("rests on a fact the applicant calls wrong")


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
    assert damir.reads("The register was asked again and confirmed its answer")
    assert damir.reads("rests on a fact the applicant calls wrong")
    assert SAID in damir.reading


def reads_that_it_was_confirmed(amra: Visitor, code: str) -> None:
    amra.go(f"/zahtjevi/{code}/")
    amra.sees("#late", 0)
    assert amra.reads("You can let your remark stand, and the official weighs both, or take it back.")


def takes_it_back(amra: Visitor, code: str) -> None:
    amra.go(f"/zahtjevi/{code}/podaci/{INCOME}/primjedba")
    assert SAID in amra.reading
    amra.press("Take the remark back")
    assert amra.path == f"/zahtjevi/{code}/"
    assert not amra.reads("You said this is wrong.")
