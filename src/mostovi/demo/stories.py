"""The cases of other families, played through the real actions; what was done is not done again."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from mostovi.demo.identity_provider.persons import Identity, find_identity, pairwise_subject
from mostovi.demo.population import cast
from mostovi.demo.population.values import Person
from mostovi.demo.supervisor.layout import lay_out
from mostovi.demo.supervisor.programs import OIDC_CLIENT_ID
from mostovi.kernel import clock, environment, people
from mostovi.kernel.access import Actor
from mostovi.services.actions import applying
from mostovi.services.actions.asking import ask_facts
from mostovi.services.public import (
    CaseState,
    Outcome,
    ask_applicant,
    ask_to_reauthenticate,
    decide_case,
    prepare_decision,
    reauthenticate,
    take_case,
)
from mostovi.services.queries.cases import find_standing, list_my_cases
from mostovi.services.queries.draft_sheets import find_draft_sheet
from mostovi.services.queries.question_sheets import find_next_question

logger = logging.getLogger("mostovi.demo.seed")
SERVICE = "child-allowance"
OFFICE = "tuzla-social-work"
_LONGEST_WAIT_SECONDS = 60.0


class NotSettled(Exception):
    """A case did not come to where its story needs it in time."""


@dataclass(frozen=True)
class Story:
    """One family's case: who applies, in which language, and what the official does with it."""

    applicant: Person
    child: Person
    language: str
    lives_with_you: str
    decide: Callable[[str], None]


def play_all() -> None:
    for number, story in enumerate(list_stories(), start=1):
        play(story, number)


def list_stories() -> tuple[Story, ...]:
    peric, ilic, hadzic, savic, tomic, mujic = cast.NEIGHBOURS
    return (
        Story(peric.father, peric.children[0], "hr", "all", leave),
        Story(ilic.mother, ilic.children[0], "sr-Cyrl", "all", take),
        Story(hadzic.mother, hadzic.children[0], "bs", "all", leave),
        Story(savic.mother, savic.children[0], "sr-Latn", "all", approve),
        Story(tomic.father, tomic.children[0], "hr", "part", ask),
        Story(mujic.mother, mujic.children[0], "bs", "all", leave),
    )


def play(story: Story, number: int) -> None:
    """The application, and then what the official does; whatever was done before is not done again."""
    actor = sign_in(story)
    sent = [case for case in list_my_cases(actor) if case.state != CaseState.DRAFT]
    code = sent[0].code if sent else apply(actor, story, number)
    wait_until(actor, code, lambda state: state not in {CaseState.RECEIVED, CaseState.WAITING_FOR_FACTS})
    if state_of(actor, code) == CaseState.TO_DECIDE:
        story.decide(code)
    if story.decide is approve:
        wait_until(actor, code, lambda state: state in {CaseState.SEALED, CaseState.DELIVERED})
    logger.info("case %s is played", code)


def sign_in(story: Story) -> Actor:
    """As the identity provider would have it, with the language the person chose."""
    person = people.upsert_person(
        issuer=settings.OIDC_ISSUER,
        subject=_subject(story.applicant.number),
        name=story.applicant.name,
        personal_number=story.applicant.number,
        language=story.language,
    )
    return Actor(
        kind="person",
        person_id=person.id,
        name=person.name,
        assurance="substantial",
        authenticated_at=clock.now(),
    )


def sign_in_official() -> Actor:
    """Damir, freshly signed in."""
    damir = find_identity("damir")
    assert isinstance(damir, Identity)
    person = people.upsert_person(
        issuer=settings.OIDC_ISSUER,
        subject=_subject(damir.key),
        name=damir.name,
        offices={institution: list(roles) for institution, roles in damir.offices},
    )
    return Actor(
        kind="official",
        person_id=person.id,
        name=damir.name,
        institution=OFFICE,
        roles=frozenset({"caseworker"}),
        assurance="substantial",
        authenticated_at=clock.now(),
    )


def _subject(key: str) -> str:
    """The subject the identity provider gives: somebody of the cast who signs in later is the same person."""
    known = next((each.key for each in _citizens() if each.personal_number == key), key)
    secret = lay_out(Path(environment.secret("MOSTOVI_DEMO_DIRECTORY"))).secret("subject-key").read_bytes()
    return pairwise_subject(secret, OIDC_CLIENT_ID, known)


def _citizens() -> list[Identity]:
    keys = ("amra", "ivan", "jelena", "milan")
    return [identity for key in keys if (identity := find_identity(key)) is not None]


def apply(actor: Actor, story: Story, number: int) -> str:
    """Everything a person does, from the first page to the receipt."""
    code = applying.start_case(actor=actor, service=SERVICE)
    ask_facts(actor=actor, code=code)
    applying.agree_to_facts(actor=actor, code=code)
    answers = answers_of(story, number)
    while question := find_next_question(actor, code):
        applying.record_answer(actor=actor, code=code, question=question, answer=answers[question])
    token = find_draft_sheet(actor, code).submission_token
    applying.submit_case(actor=actor, code=code, token=token, deliberate=True)
    return code


def answers_of(story: Story, number: int) -> dict[str, str]:
    born_on = story.child.born_on
    return {
        "which_child": "1",
        "lives_with_you": story.lives_with_you,
        "lives_since": f"{born_on.day}. {born_on.month}. {born_on.year}.",
        "account": synthetic_account(number),
        "tell_by": "here",
    }


def synthetic_account(number: int) -> str:
    """An IBAN (ISO 13616) with right check digits that no bank can have issued: bank 000 does not exist."""
    rest = f"{number:016}"
    letters = "".join(str(ord(letter) - ord("A") + 10) for letter in "BA")
    return f"BA{98 - int(rest + letters + '00') % 97:02}{rest}"


def leave(_code: str) -> None:
    """The case waits on the desk."""


def take(code: str) -> None:

    take_case(actor=sign_in_official(), code=code)


def ask(code: str) -> None:

    take(code)
    question = "Navodite da dijete živi s vama dio vremena. Koliko dana u sedmici i od kada?"
    ask_applicant(actor=sign_in_official(), code=code, question=question)


def approve(code: str) -> None:

    take(code)
    damir = sign_in_official()
    read = prepare_decision(actor=damir, code=code, outcome=Outcome.APPROVED, reasons="")
    key = ask_to_reauthenticate(actor=damir, code=code, reviewed=read)
    reauthenticate(actor=damir, key=key, person_id=damir.person_id, authenticated_at=clock.now())
    decide_case(actor=sign_in_official(), code=code, reviewed=read)


def state_of(actor: Actor, code: str) -> str:

    return find_standing(actor, code).state


def wait_until(actor: Actor, code: str, is_there: Callable[[str], bool]) -> None:
    """The worker goes on with the case; raises NotSettled when it does not come so far."""
    until = time.monotonic() + _LONGEST_WAIT_SECONDS
    while not is_there(state_of(actor, code)):
        if time.monotonic() > until:
            raise NotSettled(f"case {code} stays {state_of(actor, code)}")
        time.sleep(0.2)
