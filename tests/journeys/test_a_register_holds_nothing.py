"""A register holds no such entry: Milan is told so before anything is sent, and what he can do about it."""

from journeys import applying
from journeys.conftest import OpenWindow


def test_the_wrong_registrar_is_asked_and_milan_chooses_another(window: OpenWindow) -> None:
    milan = window(scripts=False)
    milan.sign_in("milan", applying.BIRTH_EXTRACT)
    applying.begin(milan)
    applying.choose_registrar(milan, "brcko-registrar")
    assert milan.reads("Nothing was sent.")
    milan.submit("main a.btn[href$='/pitanje/registrar']")
    assert applying.answer_all(milan)[0] == "registrar"
    applying.send(milan)
    assert milan.reads("We have your application")


def test_no_child_is_entered_so_milan_is_asked_nothing_more_and_stops(window: OpenWindow) -> None:
    milan = window(scripts=False)
    milan.sign_in("milan", applying.CHILD_ALLOWANCE)
    applying.begin(milan)
    applying.agree(milan)
    assert milan.path.endswith("/zastoj")
    milan.follow("Withdraw the application")
    milan.press("Withdraw the application")
    assert milan.reads("You withdrew this application")
