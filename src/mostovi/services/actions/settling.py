"""Where a sent application goes by itself: to the registers once more, to its applicant, to the desk, or to
its document. What comes next is the word of its service's steps."""

from contextlib import suppress
from typing import Any

from django.db import transaction

from mostovi.kernel import clock
from mostovi.kernel.access import system_actor
from mostovi.services import rules
from mostovi.services.actions.issuing import issue_extract, return_to_applicant
from mostovi.services.catalogue import list_gaps, list_unseen, next_step, standing_of
from mostovi.services.models import Case
from mostovi.services.pausing import resumed_columns, waiting_columns
from mostovi.services.recording import find_case, move, note
from mostovi.services.telling import tell
from mostovi.services.values import CaseState, FactState, Step, WaitsFor

MOSTOVI = system_actor("worker")


def settle(*, code: str) -> None:
    """Move a sent application on if registers and answers allow; harmless to repeat."""
    case = find_case(code)
    if not rules.is_unsettled(standing_of(case)):
        return
    step = next_step(case)
    if step == Step.ISSUE:
        issue_extract(code=code, now=clock.now())
    elif step == Step.RETURN_TO_APPLICANT:
        _return(case)
    elif step is not None:
        _move_on(case, step)


@transaction.atomic
def _return(case: Case) -> None:
    at_fault = case.facts.filter(state__in=(FactState.NOT_FOUND, FactState.REFUSED)).first()
    with suppress(rules.WrongState):  # withdrawn, or the worker was faster
        return_to_applicant(case=case, now=clock.now(), provider=at_fault.provider if at_fault else "")


@transaction.atomic
def _move_on(case: Case, step: Step) -> None:
    came_from, now = CaseState(case.state), clock.now()
    columns: dict[str, Any] = {}
    if step == Step.ASK_MISSING:
        columns = waiting_columns(case, WaitsFor.ANSWERS, now)
    elif came_from == CaseState.WAITING_FOR_APPLICANT:
        columns = resumed_columns(case, now)
    try:
        move(case, step, **columns)
    except rules.WrongState:
        return  # withdrawn, decided, or the worker was faster
    event = _event(case, step)
    note(case, event, actor=MOSTOVI, now=now)
    # What came late she was told of when it came.
    if event == "answers_missing" or (came_from == CaseState.WAITING_FOR_FACTS and not list_unseen(case)):
        tell(case, event)


def _event(case: Case, step: Step) -> str:
    """What the person and the desk read: that everything is there is said only when it is."""
    if step == Step.WAIT_FOR_FACTS:
        return "waiting_for_facts"
    if step == Step.ASK_MISSING:
        return "answers_missing"
    return "complete_with_gaps" if list_gaps(case) else "complete"
