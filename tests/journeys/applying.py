"""What a citizen does on the way from a service's page to the receipt."""

import re

from journeys.country import until
from journeys.visiting import Visitor

CHILD_ALLOWANCE, BIRTH_EXTRACT = "/usluge/child-allowance/", "/usluge/birth-extract/"
# An IBAN with right check digits (ISO 13616) of a bank that does not exist.
ACCOUNT = "BA39 1290 0794 0102 8494"
ANSWERS = {"lives_with_you": "all", "tell_by": "here", "which_child": "1", "registrar": "zenica-registrar"}


def begin(person: Visitor) -> None:
    """From the service's page to the facts, or to the question which register holds them."""
    person.press("Start")
    assert code_of(person)


def wait_until_all_have_answered(person: Visitor) -> None:
    """A register on a busy machine may be late; then the page of facts asks to look again."""

    def all_have_answered() -> bool:
        if person.find('main a[href$="?pazi=1"]').count() == 0:
            return True
        person.go(person.path)
        return False

    until(all_have_answered)


def choose_registrar(person: Visitor, member: str) -> None:
    """Also when the application was begun before, with another place."""
    person.go(f"/zahtjevi/{code_of(person)}/pitanje/registrar")
    person.find(f"input[name=answer][value={member}]").check()
    person.press("Continue")


def agree(person: Visitor) -> None:
    person.press("Use them and continue")


def current_question(person: Visitor) -> str:
    found = re.search(r"/pitanje/([a-z_]+)$", person.path)
    return found[1] if found else ""


def answer(person: Visitor, question: str) -> None:
    """Fill in one question as it stands and go on."""
    if question == "lives_since":
        for name, value in zip(("day", "month", "year"), ("2", "9", "2019"), strict=True):
            person.find(f"#{name}").fill(value)
    elif question == "account":
        person.find("#answer").fill(ACCOUNT)
    elif question == "language":
        person.find(f"input[name=answer][value={person.variant}]").check()
    else:
        person.find(f"input[name=answer][value='{ANSWERS[question]}']").check()
    person.press("Continue")


def answer_all(person: Visitor) -> list[str]:
    """Agree to the facts and answer every question, one page each; the questions in their order."""
    asked = []
    while not person.path.endswith("/pregled"):
        if question := current_question(person):
            asked.append(question)
            answer(person, question)
        else:
            agree(person)
    return asked


def send(person: Visitor) -> str:
    """The tracking code from the receipt's address. Whoever applied for the child before says so."""
    if person.find("#deliberate").count():
        person.find("#deliberate").check()
    person.press("Send application")
    return code_of(person)


def code_of(person: Visitor) -> str:
    found = re.search(r"/zahtjevi/([AEJKMT2-9]{9})/", person.path)
    assert found, person.path
    return found[1]


def displayed(code: str) -> str:
    return f"{code[:3]}-{code[3:6]}-{code[6:]}"


def apply(person: Visitor, service: str) -> str:
    """Everything at once, for the stories that begin later."""
    person.go(service)
    begin(person)
    wait_until_all_have_answered(person)
    answer_all(person)
    return send(person)
