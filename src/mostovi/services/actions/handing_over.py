"""An official gives a case back, so that a colleague can take it."""

from django.db import transaction

from mostovi.kernel import clock
from mostovi.kernel.access import Actor
from mostovi.services import rules
from mostovi.services.catalogue import standing_of
from mostovi.services.recording import find_case, move, note
from mostovi.services.values import Step


@transaction.atomic
def give_back_case(*, actor: Actor, code: str) -> None:
    """The case lies in the office again; what was prepared stays with it."""
    case = find_case(code)
    rules.check_can_work_on(Step.DRAFT_DECISION, actor, standing_of(case))
    move(case, Step.TAKE, assigned_to_id=None, assigned_to_name="")
    note(case, "given_back", actor=actor, now=clock.now())
