"""Damir asks, Amra answers. She withdraws her application, thinks again and takes it up as it was."""

from journeys import applying
from journeys.conftest import OpenWindow
from journeys.visiting import Visitor

QUESTION = "Idete li s djetetom na duži boravak van kantona?"
ANSWER = "Ne, ove godine ostajemo u Tuzli."


def test_damir_asks_amra_answers_and_what_she_withdraws_she_can_take_up_again(window: OpenWindow) -> None:
    amra, damir = window(scripts=False), window(scripts=False)
    amra.sign_in("amra", applying.CHILD_ALLOWANCE)
    code = applying.apply(amra, applying.CHILD_ALLOWANCE)
    damir.sign_in("damir", f"/predmeti/{code}/")
    asks(damir)
    answers(amra, code)
    reads_the_answer_and_gives_the_case_back(damir, code)
    withdraws(amra, code)
    damir.go(f"/predmeti/{code}/")
    damir.sees("button", 1)
    takes_it_up_again(amra, code)


def asks(damir: Visitor) -> None:
    damir.press("Take this case")
    damir.find("input[name=outcome][value=ask]").check()
    damir.press("Preview and seal")
    assert damir.status == 422
    damir.find("#reasons").fill(QUESTION)
    damir.press("Preview and seal")
    assert damir.reads("Asked of the applicant")
    assert QUESTION in damir.reading


def answers(amra: Visitor, code: str) -> None:
    amra.go(f"/zahtjevi/{code}/")
    assert amra.reads("The official has a question")
    amra.submit('a[href$="/odgovor"]')
    assert QUESTION in amra.reading
    amra.press("Send the answer")
    assert amra.status == 422
    assert amra.page.title().startswith(amra.say("Error:"))
    amra.find("#text").fill(ANSWER)
    amra.press("Send the answer")
    assert amra.path == f"/zahtjevi/{code}/"
    assert ANSWER in amra.reading


def reads_the_answer_and_gives_the_case_back(damir: Visitor, code: str) -> None:
    damir.go(f"/predmeti/{code}/")
    assert ANSWER in damir.reading
    damir.press("Give the case back to the office")
    assert damir.reads("Nobody works on this case yet")


def withdraws(amra: Visitor, code: str) -> None:
    amra.go(f"/zahtjevi/{code}/")
    amra.follow("Withdraw the application")
    amra.press("Withdraw the application")
    assert amra.path == f"/zahtjevi/{code}/"
    assert amra.reads("You withdrew this application")


def takes_it_up_again(amra: Visitor, code: str) -> None:
    amra.press("Take it up again")
    assert amra.path == f"/zahtjevi/{code}/"
    assert amra.reads("We have your application")
    assert ANSWER in amra.reading
