"""Where a sent application goes by itself: to the registers once more, to the desk, or to its document."""

from contextlib import suppress
from datetime import timedelta

from django.db import transaction

from mostovi.kernel import clock
from mostovi.kernel.access import system_actor
from mostovi.services import rules
from mostovi.services.actions.issuing import issue_extract, return_to_applicant
from mostovi.services.catalogue import definition_of
from mostovi.services.models import Case
from mostovi.services.recording import find_case, move, note
from mostovi.services.telling import tell
from mostovi.services.values import CaseState, FactState, Step

MOSTOVI = system_actor("worker")
UNSETTLED = (CaseState.RECEIVED, CaseState.WAITING_FOR_FACTS)
AT_WORK = timedelta(seconds=10)


def settle(*, code: str) -> None:
    """Move a sent application on if its registers allow; harmless to repeat."""
    case = find_case(code)
    if case.state not in UNSETTLED:
        return
    definition = definition_of(case)
    needed = [request.key for request in definition.requests if any(fact.needed for fact in request.facts)]
    states = case.facts.filter(key__in=needed).values_list("state", flat=True)
    target = rules.state_after_facts(map(FactState, states), automatic=definition.automatic)
    if target == CaseState.SEALED:
        issue_extract(code=code, now=clock.now())
    elif target == CaseState.WAITING_FOR_APPLICANT:
        _return(case)
    elif target != case.state:
        _move_on(case, target)


@transaction.atomic
def _return(case: Case) -> None:
    at_fault = case.facts.filter(state__in=(FactState.NOT_FOUND, FactState.REFUSED)).first()
    with suppress(rules.WrongState):  # withdrawn, or the worker was faster
        return_to_applicant(case=case, now=clock.now(), provider=at_fault.provider if at_fault else "")


@transaction.atomic
def _move_on(case: Case, target: CaseState) -> None:
    waited = case.state == CaseState.WAITING_FOR_FACTS
    step = Step.WAIT_FOR_FACTS if target == CaseState.WAITING_FOR_FACTS else Step.COMPLETE
    try:
        move(case, step, target)
    except rules.WrongState:
        return  # withdrawn, or the worker was faster
    event = "waiting_for_facts" if step == Step.WAIT_FOR_FACTS else "complete"
    note(case, event, actor=MOSTOVI, now=clock.now())
    if waited:
        tell(case, "complete")
