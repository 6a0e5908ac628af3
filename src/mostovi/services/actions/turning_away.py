"""What was typed at a counter is not confirmed: nothing is shown, and the person sees it."""

from typing import Any

from django.db import transaction

from mostovi.kernel import audit, clock
from mostovi.kernel.access import Actor, system_actor
from mostovi.services import rules
from mostovi.services.catalogue import definition_of, identity_states, registered_name
from mostovi.services.models import Case
from mostovi.services.recording import move, note
from mostovi.services.values import Channel, FactState, Party, Step

MOSTOVI = system_actor("worker")
OTHER_PERSON = "other_person"
_FORGOTTEN: dict[str, Any] = {
    "values": {},
    "as_of": None,
    "log_entry": "",
    "exchange_id": "",
    "next_try_at": None,
    "tries": 0,
}


def turn_away_others(*, case: Case) -> None:
    """Compare once the register has said who the person is. In the caller's transaction."""
    if case.channel != Channel.COUNTER:
        return
    if not definition_of(case).identity:
        return  # begun under a definition that did not name it yet
    try:
        rules.check_register_confirms(identity_states(case), case.applicant_name, registered_name(case))
    except rules.OtherPerson:
        _turn_away(case)


def _turn_away(case: Case) -> None:
    """What the registers answered is forgotten, also that they did; it cannot be taken up again."""
    before, now = case.state, clock.now()
    case.facts.update(state=FactState.REFUSED, refusal_code=OTHER_PERSON, **_FORGOTTEN)
    move(case, Step.TURN_AWAY, state_before_withdrawal=before)
    # Also when the worker asked: it was for the clerk.
    note(
        case,
        OTHER_PERSON,
        actor=MOSTOVI,
        now=now,
        role=Party.CLERK,
        actor_institution=case.institution,
        refusal=OTHER_PERSON,
    )


def check_may_try(*, actor: Actor, person_id: int, purpose: str) -> None:
    """Before anything is compared: who may not try any more learns nothing by the right name either."""
    now = clock.now()
    wrong = audit.list_times(
        action=OTHER_PERSON,
        institution=actor.institution or "",
        subject_person_id=person_id,
        since=now - rules.WRONG_TRIES_COUNT_FOR,
    )
    try:
        rules.check_may_try(wrong, now=now)
    except rules.TooManyTries as refusal:
        _note(actor, refusal.code, person_id, purpose)
        raise


def check_same_person(*, actor: Actor, person_id: int, purpose: str, typed: str, known: str) -> None:
    """A register has said before whose number it is; none need be asked again."""
    try:
        rules.check_same_person(typed, known)
    except rules.OtherPerson as refusal:
        _note(actor, refusal.code, person_id, purpose)
        raise


@transaction.atomic
def _note(actor: Actor, refusal: str, person_id: int, purpose: str) -> None:
    """Refused before there is a case."""
    audit.record(
        actor=actor,
        action=refusal,
        institution=actor.institution or "",
        subject_person_id=person_id,
        purpose=purpose,
        detail={"refusal": refusal},
    )
