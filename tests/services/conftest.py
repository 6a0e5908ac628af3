"""The cast of the services tests, a clock that stands still, and a bridge that tests hold in their hands."""

import pytest

from mostovi.exchange import public as exchange
from mostovi.kernel import clock
from mostovi.kernel.access import Actor
from services.cast import AMRA_NUMBER, MILAN_NUMBER, NOW, Bridge, Clock, an_official, sign_in


@pytest.fixture
def bridge(monkeypatch: pytest.MonkeyPatch) -> Bridge:
    double = Bridge()
    for name in ("ask_register", "find_contract", "reserve_document", "seal_document", "revoke_document"):
        monkeypatch.setattr(exchange, name, getattr(double, name))
    return double


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    hands = Clock(NOW)
    monkeypatch.setattr(clock, "now", lambda: hands.now)
    return hands


@pytest.fixture
def amra(db: None, time: Clock) -> Actor:
    return sign_in("Amra Kovač", AMRA_NUMBER)


@pytest.fixture
def milan(db: None, time: Clock) -> Actor:
    return sign_in("Milan Savić", MILAN_NUMBER)


@pytest.fixture
def damir(db: None, time: Clock) -> Actor:
    return an_official("Damir Babić", "tuzla-social-work", "caseworker")


@pytest.fixture
def sanja(db: None, time: Clock) -> Actor:
    return an_official("Sanja Marić", "banja-luka-administration", "clerk")


@pytest.fixture
def zlata(db: None, time: Clock) -> Actor:
    return sign_in("Zlata Hodžić", None, kind="auditor", roles=frozenset({"auditor"}))
