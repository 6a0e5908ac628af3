"""A decision as its official reads it before sealing, and whether they have signed in once more for it."""

from dataclasses import dataclass
from datetime import datetime

from mostovi.kernel import clock
from mostovi.kernel.access import Actor
from mostovi.kernel.errors import Conflict
from mostovi.services import rules
from mostovi.services.catalogue import standing_of
from mostovi.services.describing import describe_sign_in_failure
from mostovi.services.models import Case
from mostovi.services.papers import prepared_decision
from mostovi.services.queries.reauthentications import find_latest_reauthentication
from mostovi.services.values import CaseState, PaperPart, PreparedDecision, ReauthenticationView


@dataclass(frozen=True)
class SealingSheet:
    """What stands between the prepared decision and its seal.

    ``text`` is all of what is sealed, ``digest`` names it; ``signed_in_at`` says when the official signed in
    for it.
    """

    digest: str
    language: str
    text: tuple[PaperPart, ...]
    signed_in_at: datetime | None
    holds_until: datetime | None
    problem: str


def find_sealing_sheet(actor: Actor, code: str) -> SealingSheet | None:
    """Nothing unless a decision is prepared and this official may seal it."""
    case = Case.objects.select_related("version").filter(code=code).first()
    if case is None:
        raise rules.CaseNotFound
    rules.check_can_see(actor, standing_of(case))
    mine = case.state == CaseState.TO_DECIDE and case.assigned_to_id == actor.person_id
    return _sheet(actor, case, prepared_decision(case)) if mine and case.draft_outcome else None


def _sheet(actor: Actor, case: Case, decision: PreparedDecision) -> SealingSheet:
    signed_in, problem = find_latest_reauthentication(actor, case), ""
    try:
        at = rules.check_signed_in_for(decision, actor, signed_in, now=clock.now())
    except Conflict as missing:
        at, problem = None, _why_not_signed_in(signed_in, decision.digest, missing)
    until = at + rules.REAUTHENTICATION_HOLDS if at else None
    return SealingSheet(decision.digest, decision.language, decision.text, at, until, problem)


def _why_not_signed_in(signed_in: ReauthenticationView | None, digest: str, missing: Conflict) -> str:
    """Why the last attempt does not serve; nothing before the first one for this decision."""
    if signed_in is None:
        return ""
    if signed_in.failure:
        return describe_sign_in_failure(signed_in.failure) if signed_in.decision == digest else ""
    return describe_sign_in_failure(missing.code) if signed_in.authenticated_at else ""
