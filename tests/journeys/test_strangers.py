"""What is not yours does not exist for you; who is not signed in is asked to, and comes back."""

from journeys import applying
from journeys.conftest import OpenWindow

CLOSED = {
    "/zahtjevi/": "milan",
    "/moji-podaci/": "milan",
    "/predmeti/": "damir",
    "/predmeti/upit": "damir",
    "/salter/": "sanja",
    "/revizija/": "zlata",
}


def test_the_case_of_somebody_else_does_not_exist(window: OpenWindow) -> None:
    jelena = window(scripts=False)
    jelena.sign_in("jelena", applying.CHILD_ALLOWANCE)
    applying.begin(jelena)
    code = applying.code_of(jelena)
    own = jelena.path

    milan = window(scripts=False)
    milan.sign_in("milan", "/zahtjevi/")
    for page in ("", "podaci", "pregled", "potvrda", "nastavak", "pitanje/account", "odustajanje"):
        milan.go(f"/zahtjevi/{code}/{page}")
        assert milan.status == 404, page
        assert "Ilić" not in milan.page.content()
    theirs = milan.page.content()
    milan.go(f"/zahtjevi/{code[::-1]}/odustajanje")
    assert milan.status == 404
    assert milan.page.content() == theirs.replace(code, code[::-1]), "as if there were no such case"
    for page in (f"/predmeti/{code}/", "/salter/", "/revizija/"):
        milan.go(page)
        assert milan.status == 403, page
    jelena.go(own)
    assert jelena.status == 200


def test_who_is_not_signed_in_is_asked_to_and_comes_back(window: OpenWindow) -> None:
    for address, person in CLOSED.items():
        somebody = window(scripts=False)
        somebody.go(address)
        assert "/demo-idp/" in somebody.path
        somebody.submit(f"form:has(input[name=person][value={person}]) button")
        assert somebody.path == address
        assert somebody.status == 200
