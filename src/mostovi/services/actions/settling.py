"""Where a sent application goes by itself: to the registers once more, to its applicant, to the desk, or to
its document."""

from contextlib import suppress
from typing import Any

from django.db import transaction

from mostovi.kernel import clock
from mostovi.kernel.access import system_actor
from mostovi.services import rules
from mostovi.services.actions.issuing import issue_extract, return_to_applicant
from mostovi.services.catalogue import definition_of, is_open, list_gaps, needed_facts
from mostovi.services.models import Case
from mostovi.services.pausing import resumed_columns, waiting_columns
from mostovi.services.recording import find_case, move, note
from mostovi.services.telling import tell
from mostovi.services.values import CaseState, FactState, Step, WaitsFor

MOSTOVI = system_actor("worker")
_STEPS = {
    CaseState.WAITING_FOR_FACTS: Step.WAIT_FOR_FACTS,
    CaseState.WAITING_FOR_APPLICANT: Step.ASK_MISSING,
    CaseState.TO_DECIDE: Step.COMPLETE,
}


def settle(*, code: str) -> None:
    """Move a sent application on if registers and answers allow; harmless to repeat."""
    case = find_case(code)
    if not rules.is_unsettled(case.standing()):
        return
    definition = definition_of(case)
    states = map(FactState, needed_facts(case).values_list("state", flat=True))
    target = rules.state_after_facts(states, automatic=definition.automatic, is_open=is_open(case))
    if target == CaseState.SEALED:
        issue_extract(code=code, now=clock.now())
    elif definition.automatic and target == CaseState.WAITING_FOR_APPLICANT:
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
    came_from, now = CaseState(case.state), clock.now()
    columns: dict[str, Any] = {}
    if target == CaseState.WAITING_FOR_APPLICANT:
        columns = waiting_columns(case, WaitsFor.ANSWERS, now)
    elif came_from == CaseState.WAITING_FOR_APPLICANT:
        columns = resumed_columns(case, now)
    try:
        move(case, _STEPS[target], target, **columns)
    except rules.WrongState:
        return  # withdrawn, decided, or the worker was faster
    event = _event(case, target)
    note(case, event, actor=MOSTOVI, now=now)
    if event == "answers_missing" or came_from == CaseState.WAITING_FOR_FACTS:
        tell(case, event)


def _event(case: Case, target: CaseState) -> str:
    """What the person and the desk read: that everything is there is said only when it is."""
    if target == CaseState.WAITING_FOR_FACTS:
        return "waiting_for_facts"
    if target == CaseState.WAITING_FOR_APPLICANT:
        return "answers_missing"
    return "complete_with_gaps" if list_gaps(case) else "complete"
