"""Steps that many tests begin with, made by the real actions."""

from dataclasses import replace

from mostovi.kernel import clock
from mostovi.kernel.access import Actor
from mostovi.services.actions.applying import agree_to_facts, record_answer, start_case, submit_case
from mostovi.services.actions.asking import ask_facts
from mostovi.services.actions.desk import decide_case, prepare_decision
from mostovi.services.actions.reauthenticating import ask_to_reauthenticate, reauthenticate
from mostovi.services.models import Case
from mostovi.services.queries.question_sheets import find_next_question
from mostovi.services.values import CaseState, Outcome

ANSWERS = {
    "lives_with_you": "all",
    "lives_since": "2. 9. 2019.",
    "account": "BA39 1290 0794 0102 8494",
    "tell_by": "here",
    "registrar": "zenica-registrar",
    "language": "sr-Cyrl",
}


def a_draft(actor: Actor, service: str = "child-allowance") -> str:
    code = start_case(actor=actor, service=service)
    if service == "birth-extract":
        record_answer(actor=actor, code=code, question="registrar", answer=ANSWERS["registrar"])
    ask_facts(actor=actor, code=code)
    return code


def answer_all(actor: Actor, code: str) -> None:
    agree_to_facts(actor=actor, code=code)
    while key := find_next_question(actor, code):
        record_answer(actor=actor, code=code, question=key, answer=ANSWERS[key])


def send(actor: Actor, code: str) -> CaseState:
    token = Case.objects.get(code=code).submission_token
    return submit_case(actor=actor, code=code, token=token, deliberate=True).state


def a_sent_case(actor: Actor, service: str = "child-allowance") -> str:
    code = a_draft(actor, service)
    answer_all(actor, code)
    send(actor, code)
    return code


def seen_again(official: Actor) -> Actor:
    """In the browser in which they have just signed in once more."""
    return replace(official, authenticated_at=clock.now())


def decide(official: Actor, code: str, outcome: Outcome = Outcome.APPROVED, reasons: str = "") -> None:
    """Read, sign in once more, seal: as the pages of the desk lead through it."""
    read = prepare_decision(actor=official, code=code, outcome=outcome, reasons=reasons)
    key = ask_to_reauthenticate(actor=official, code=code, reviewed=read)
    reauthenticate(actor=official, key=key, person_id=official.person_id, authenticated_at=clock.now())
    decide_case(actor=seen_again(official), code=code, reviewed=read)
