"""Who may take which step of a case now."""

from datetime import datetime, timedelta

from mostovi.kernel.access import Actor
from mostovi.kernel.errors import NotAllowed
from mostovi.services.rules.refusals import (
    CaseNotFound,
    NotTaken,
    OwnCase,
    RestoreTooLate,
    TakenByColleague,
    WrongState,
)
from mostovi.services.rules.transitions import BRINGS, ways
from mostovi.services.values import CaseState, Party, Standing, Step

RESTORE_WITHIN = timedelta(hours=24)


def party_of(actor: Actor, case: Standing) -> Party | None:
    """Who the actor is to this case; None for everybody it does not concern."""
    if actor.kind == "system":
        return Party.SYSTEM
    if actor.kind == "person" and actor.person_id == case.applicant_id:
        return Party.APPLICANT
    if actor.kind != "official":
        return None
    if "caseworker" in actor.roles and actor.institution == case.institution and _is_with_the_office(case):
        return Party.CASEWORKER
    if "clerk" in actor.roles and actor.person_id is not None and actor.person_id == case.assisted_by_id:
        return Party.CLERK
    return None


def _is_with_the_office(case: Standing) -> bool:
    if case.state == CaseState.WITHDRAWN:
        return case.state_before_withdrawal != CaseState.DRAFT
    return case.state != CaseState.DRAFT


def check_can_see(actor: Actor, case: Standing) -> Party:
    """Other people's cases do not exist for you: NotFound, so that nobody learns which codes are in use."""
    party = party_of(actor, case)
    if party is None:
        raise CaseNotFound
    return party


def check_can(step: Step, actor: Actor, case: Standing) -> None:
    """Raise unless the steps of the service let this actor take this step now."""
    party = check_can_see(actor, case)
    allowed = [way for way in ways(step, case.life) if party in way.parties]
    if not allowed:
        raise NotAllowed
    if not any(case.state == way.source for way in allowed) or not _is_waited_for(step, case):
        raise WrongState
    if not _fits_the_paper(step, case):
        raise WrongState


def _fits_the_paper(step: Step, case: Standing) -> bool:
    """Decided anew, the old paper is still out there: only the office that sealed it can take it back."""
    if step == Step.WITHDRAW:
        return not case.has_valid_paper
    return step != Step.REVOKE or case.has_valid_paper


def _is_waited_for(step: Step, case: Standing) -> bool:
    waits = case.state == CaseState.WAITING_FOR_APPLICANT
    return not waits or BRINGS.get(step, case.waits_for) == case.waits_for


def check_can_take(actor: Actor, case: Standing) -> None:
    check_can(Step.TAKE, actor, case)
    check_not_own(actor, case)


def check_can_work_on(step: Step, actor: Actor, case: Standing) -> None:
    """Preparing, asking and deciding are for the official who has taken the case."""
    check_can(step, actor, case)
    check_not_own(actor, case)
    if case.assigned_to_id is None:
        raise NotTaken
    if case.assigned_to_id != actor.person_id:
        raise TakenByColleague


def check_not_own(actor: Actor, case: Standing) -> None:
    if actor.person_id == case.applicant_id:
        raise OwnCase


def check_can_restore(actor: Actor, case: Standing, now: datetime) -> None:
    check_can(Step.RESTORE, actor, case)
    if case.withdrawn_at is None or now - case.withdrawn_at > RESTORE_WITHIN:
        raise RestoreTooLate
