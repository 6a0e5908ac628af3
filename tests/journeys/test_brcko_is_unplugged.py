"""A register is down, gateways are killed: the person reads a calm sentence; the case completes itself."""

from collections.abc import Iterator

import pytest

from journeys import applying
from journeys.conftest import OpenWindow
from journeys.country import Country, until
from journeys.test_damir_decides import decide, until_it_is_sealed
from journeys.visiting import Visitor

BRCKO = "brcko-registrar"


@pytest.fixture
def whole_again(country: Country) -> Iterator[None]:
    """However the journey ends, the next one finds every register on the bridge."""
    yield
    country.plug_in(BRCKO)


def state_of(person: Visitor, code: str) -> str:
    """What anybody who knows the code is told."""
    person.go(f"/pracenje?code={code}")
    return person.find("#state").inner_text()


@pytest.mark.usefixtures("whole_again")
def test_a_register_is_unplugged_and_the_case_completes_itself_when_it_is_back(
    window: OpenWindow, country: Country
) -> None:
    anybody = window(scripts=False)
    anybody.go("/")
    anybody.press("Unplug Brčko")
    assert anybody.reads("Brčko is off the bridge")
    anybody.picture("unplugged")

    amra = window(scripts=False)
    amra.sign_in("amra", applying.CHILD_ALLOWANCE)
    applying.begin(amra)
    assert amra.reads("This register is not answering.")
    assert amra.reads("Nothing is lost. We ask again by ourselves; you need not wait.")
    amra.picture("calm-sentence")
    applying.agree(amra)
    applying.answer_all(amra)
    code = applying.send(amra)
    assert amra.reads("We have your application")
    waiting = state_of(amra, code)

    country.kill("gateway-fbih-tax-administration")
    country.kill("portal")
    country.wait_until_running("portal")
    country.wait_until_running("gateway-fbih-tax-administration")
    assert state_of(amra, code) == waiting, "nothing that was acknowledged is lost"

    anybody.go("/")
    anybody.submit("form[action$='/most/veza'] button")
    assert anybody.reads("Brčko is back on the bridge")
    until(lambda: state_of(amra, code) != waiting, seconds=90)
    completes_itself(window, amra, code)


def completes_itself(window: OpenWindow, amra: Visitor, code: str) -> None:
    """The children are there; an official decides, and the seal is made although the gateway was killed."""
    damir = window(scripts=False)
    damir.sign_in("damir", f"/predmeti/{code}/")
    assert damir.reads("The applicant has not seen everything yet")
    amra.go(f"/zahtjevi/{code}/")
    assert "Dino" in amra.find("#late").inner_text()
    amra.press("I have seen it")
    amra.sees("#late", 0)
    decide(damir, code)
    amra.country.kill("gateway-tuzla-social-work")
    amra.country.wait_until_running("gateway-tuzla-social-work")
    damir.press("Decide and seal")
    until_it_is_sealed(damir, code)
