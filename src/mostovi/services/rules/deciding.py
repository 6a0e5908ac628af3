"""Deciding, signing in once more for it, and taking a sealed decision back."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from mostovi.kernel.access import Actor, check_is_official
from mostovi.kernel.plain_text import count_signs
from mostovi.services.definition.outcomes import Proposal
from mostovi.services.rules.applying import check_length
from mostovi.services.rules.refusals import (
    AmountUnknown,
    AnotherPersonSignedIn,
    DecisionAltered,
    NotSeenYet,
    NotSignedInAnew,
    OutcomeMissing,
    ReasonsMissing,
    ReasonsTooShort,
    ReauthenticationMissing,
    ReauthenticationTooOld,
    ReauthenticationUsed,
    SealedElsewhere,
)
from mostovi.services.rules.steps import check_can, check_can_work_on, check_not_own
from mostovi.services.values import (
    Outcome,
    PreparedDecision,
    ReauthenticationView,
    Standing,
    Step,
    TakingBack,
)

REAUTHENTICATION_HOLDS = timedelta(minutes=5)
CLOCKS_DIFFER_BY = timedelta(minutes=1)
SHORTEST_REASONS = 20


def check_can_decide(actor: Actor, case: Standing) -> None:
    """An official of the owning institution who has taken the case; a fresh sign-in is asked for apart."""
    check_can_work_on(Step.DECIDE, actor, case)
    check_is_official(actor, case.institution, "caseworker")


def first_day_without_seeing(told_on: Iterable[date], days: int) -> date | None:
    """From when it may be decided although the applicant has not seen what came late: she has ``days`` full
    days after she was told. None when there is nothing that she has not seen."""
    latest = max(told_on, default=None)
    return None if latest is None else latest + timedelta(days=days + 1)


def check_was_seen(first_day: date | None, *, today: date) -> None:
    """Nobody decides on what the applicant had no chance to see and to call wrong."""
    if first_day is not None and today < first_day:
        raise NotSeenYet


def check_outcome(chosen: str, *, ready: bool) -> Outcome | None:
    """What the official chose. Saving for later needs no choice yet, and a question decides nothing."""
    if chosen in set(Outcome):
        return Outcome(chosen)
    if ready or chosen not in ("", "ask"):
        raise OutcomeMissing
    return None


def check_reviewed(reviewed: str, decision: PreparedDecision) -> None:
    """What is sealed is what was read; ``reviewed`` is the digest of what the official had before them."""
    if reviewed != decision.digest:
        raise DecisionAltered


def check_signed_in_anew(
    asked: ReauthenticationView, *, person_id: int | None, authenticated_at: datetime | None, now: datetime
) -> None:
    """The provider saw the same person, after we asked it to. A request is answered once.

    ``auth_time`` counts whole seconds (OpenID Connect Core 2), so the second of the request is not too early.
    """
    if asked.authenticated_at is not None or asked.failure:
        raise ReauthenticationUsed
    if person_id != asked.official_id:
        raise AnotherPersonSignedIn
    earliest, latest = asked.asked_at.replace(microsecond=0), now + CLOCKS_DIFFER_BY
    if authenticated_at is None or not earliest <= authenticated_at <= latest:
        raise NotSignedInAnew


def check_signed_in_for(
    decision: PreparedDecision | TakingBack,
    actor: Actor,
    signed_in: ReauthenticationView | None,
    *,
    now: datetime,
) -> datetime:
    """Whoever seals has signed in for exactly this decision in this case, within five minutes, once, and in
    this browser: another one, in which they signed in before, does not go on with it.

    Gives when the provider saw the official.
    """
    if signed_in is None or signed_in.authenticated_at is None or signed_in.case != decision.case:
        raise ReauthenticationMissing
    if signed_in.official_id != actor.person_id or _was_seen_before(actor, signed_in.authenticated_at):
        raise ReauthenticationMissing
    if isinstance(decision, TakingBack) and signed_in.decision != decision.digest:
        raise ReauthenticationMissing
    if signed_in.used_at is not None:
        raise ReauthenticationUsed
    if signed_in.decision != decision.digest:
        raise DecisionAltered
    if now - signed_in.authenticated_at > REAUTHENTICATION_HOLDS:
        raise ReauthenticationTooOld
    return signed_in.authenticated_at


def _was_seen_before(actor: Actor, moment: datetime) -> bool:
    return actor.authenticated_at is None or actor.authenticated_at < moment


def check_can_take_back(step: Step, actor: Actor, case: Standing, *, sealed_here: bool) -> None:
    """Withdrawing a sealed decision, or deciding anew: any official of the office that sealed it, also the
    one who decided; never in their own case. A fresh sign-in is asked for apart."""
    check_can(step, actor, case)
    check_not_own(actor, case)
    if not sealed_here:
        raise SealedElsewhere
    check_is_official(actor, case.institution, "caseworker")


def check_withdrawal_reason(reason: str) -> None:
    """The person reads why; one word is not enough."""
    if count_signs(reason) < SHORTEST_REASONS:
        raise ReasonsTooShort(least=SHORTEST_REASONS, count=count_signs(reason))
    check_length(reason)


def check_reasons(outcome: Outcome, proposal: Proposal, reasons: str) -> None:
    """Whoever approves what the rules propose gives the rules' reasons; everybody else writes their own."""
    if outcome == Outcome.APPROVED and proposal == Proposal.GRANT:
        return
    if count_signs(reasons) < SHORTEST_REASONS:
        raise ReasonsMissing(least=SHORTEST_REASONS, count=count_signs(reasons))


def departing_outcome(proposal: Proposal) -> Outcome | None:
    """What would be the opposite of what the rules propose; none where they leave it to the official."""
    return {Proposal.GRANT: Outcome.REFUSED, Proposal.REFUSE: Outcome.APPROVED}.get(proposal)


def is_left_open(proposal: Proposal) -> bool:
    """The rules propose nothing, since an official weighs it or a fact is missing: no outcome departs from
    them, and none has their reasons."""
    return proposal in {Proposal.JUDGE, Proposal.UNKNOWN}


def may_approve(amount_feninga: int | None, *, pays: bool) -> bool:
    """Nobody approves a benefit of which the rules do not say how much."""
    return amount_feninga is not None or not pays


def check_amount(amount_feninga: int | None) -> None:
    if not may_approve(amount_feninga, pays=True):
        raise AmountUnknown
