"""Who may do what to a case, and when. A policy officer can read this page aloud and correct it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mostovi.kernel.access import Actor, check_is_official
from mostovi.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from mostovi.services.definition.values import Proposal
from mostovi.services.same_name import is_same_name
from mostovi.services.values import (
    CaseState,
    Channel,
    FactState,
    IdentityDocument,
    Outcome,
    Party,
    PreparedDecision,
    ReauthenticationView,
    Standing,
    Step,
    TakingBack,
    WaitsFor,
)

RESTORE_WITHIN = timedelta(hours=24)
REAUTHENTICATION_HOLDS = timedelta(minutes=5)
CLOCKS_DIFFER_BY = timedelta(minutes=1)
SHORTEST_REASONS = 20
LONGEST_TEXT = 2000
LONGEST_NAME = 200
QUICK_TRIES = 40
_STATE = CaseState
BEFORE_DECISION = (
    _STATE.RECEIVED,
    _STATE.WAITING_FOR_FACTS,
    _STATE.TO_DECIDE,
    _STATE.WAITING_FOR_APPLICANT,
)


@dataclass(frozen=True)
class Transition:
    """One step: who may take it, from which states, and to which. Without targets the case stays."""

    step: Step
    parties: frozenset[Party]
    sources: tuple[CaseState, ...]
    targets: tuple[CaseState, ...] = ()


def _may(
    step: Step, parties: Iterable[Party], sources: Iterable[CaseState], *targets: CaseState
) -> Transition:
    return Transition(step, frozenset(parties), tuple(sources), targets)


_APPLYING = (Party.APPLICANT, Party.CLERK)

TRANSITIONS: tuple[Transition, ...] = (
    _may(Step.ASK_FACTS, _APPLYING, [_STATE.DRAFT]),
    _may(Step.AGREE, _APPLYING, [_STATE.DRAFT]),
    _may(Step.ANSWER, _APPLYING, [_STATE.DRAFT, _STATE.WAITING_FOR_APPLICANT]),
    _may(Step.DISPUTE, _APPLYING, [_STATE.DRAFT]),
    _may(Step.DISPUTE, [Party.APPLICANT], BEFORE_DECISION),
    _may(Step.SUBMIT, _APPLYING, [_STATE.DRAFT], _STATE.RECEIVED),
    _may(
        Step.WAIT_FOR_FACTS,
        [Party.SYSTEM],
        [_STATE.RECEIVED, _STATE.WAITING_FOR_APPLICANT],
        _STATE.WAITING_FOR_FACTS,
    ),
    _may(
        Step.ASK_MISSING,
        [Party.SYSTEM],
        [_STATE.RECEIVED, _STATE.WAITING_FOR_FACTS, _STATE.TO_DECIDE],
        _STATE.WAITING_FOR_APPLICANT,
    ),
    _may(
        Step.COMPLETE,
        [Party.SYSTEM],
        [_STATE.RECEIVED, _STATE.WAITING_FOR_FACTS, _STATE.WAITING_FOR_APPLICANT],
        _STATE.TO_DECIDE,
    ),
    _may(Step.ISSUE, [Party.SYSTEM], [_STATE.RECEIVED, _STATE.WAITING_FOR_FACTS], _STATE.SEALED),
    _may(Step.TAKE, [Party.CASEWORKER], [_STATE.TO_DECIDE]),
    _may(Step.ASK_APPLICANT, [Party.CASEWORKER], [_STATE.TO_DECIDE], _STATE.WAITING_FOR_APPLICANT),
    _may(Step.REPLY, [Party.APPLICANT], [_STATE.WAITING_FOR_APPLICANT], _STATE.TO_DECIDE),
    _may(
        Step.RETURN_TO_APPLICANT,
        [Party.SYSTEM],
        [_STATE.RECEIVED, _STATE.WAITING_FOR_FACTS],
        _STATE.WAITING_FOR_APPLICANT,
    ),
    _may(Step.START_OVER, _APPLYING, [_STATE.WAITING_FOR_APPLICANT], _STATE.WITHDRAWN),
    _may(Step.DRAFT_DECISION, [Party.CASEWORKER], [_STATE.TO_DECIDE]),
    _may(Step.DECIDE, [Party.CASEWORKER], [_STATE.TO_DECIDE], _STATE.DECIDED),
    _may(Step.SEAL, [Party.SYSTEM], [_STATE.DECIDED], _STATE.SEALED),
    _may(Step.DELIVER, [Party.SYSTEM], [_STATE.SEALED], _STATE.DELIVERED),
    _may(Step.REVOKE, [Party.CASEWORKER], [_STATE.DELIVERED], _STATE.REVOKED),
    _may(Step.DECIDE_ANEW, [Party.CASEWORKER], [_STATE.DELIVERED, _STATE.REVOKED], _STATE.TO_DECIDE),
    _may(Step.WITHDRAW, [Party.APPLICANT], (_STATE.DRAFT, *BEFORE_DECISION), _STATE.WITHDRAWN),
    _may(Step.TURN_AWAY, [Party.SYSTEM], [_STATE.DRAFT, *BEFORE_DECISION], _STATE.WITHDRAWN),
    _may(Step.RESTORE, [Party.APPLICANT], [_STATE.WITHDRAWN], _STATE.DRAFT, *BEFORE_DECISION),
)

# An application that waits for its applicant waits for one thing; only the step that brings it goes on.
_BRINGS = {
    Step.REPLY: WaitsFor.REPLY,
    Step.START_OVER: WaitsFor.ANOTHER_PLACE,
    Step.ANSWER: WaitsFor.ANSWERS,
    Step.COMPLETE: WaitsFor.ANSWERS,
    Step.WAIT_FOR_FACTS: WaitsFor.ANSWERS,
}


class WrongState(Conflict):
    code = "wrong_state"
    message = "This application has moved on in the meantime. Look at the page again to see where it stands."


class CaseNotFound(NotFound):
    code = "case_not_found"
    message = "We did not find this application among yours. Check the code on your receipt."


class TrackingUnknown(NotFound):
    code = "tracking_unknown"
    message = "No application that was sent has this code. Compare it with your receipt, sign by sign."


class OwnCase(NotAllowed):
    code = "own_case"
    message = "Nobody decides their own case. A colleague has to take it."


class TakenByColleague(Conflict):
    code = "taken_by_colleague"
    message = "A colleague works on this case. Ask them, or take it over first."


class NotTaken(Conflict):
    code = "not_taken"
    message = "Take the case first, so that your colleagues see who works on it."


class ReasonsMissing(Invalid):
    code = "reasons_missing"
    message = (
        "Write the reasons in your own words, in at least {least} signs, so that the person understands the "
        "decision. Yours have {count}."
    )


class DecisionNotPrepared(Conflict):
    code = "decision_not_prepared"
    message = "No decision has been prepared. Go back to the case and choose one."


class DecisionAltered(Conflict):
    code = "decision_altered"
    message = "The decision is no longer the one you read. Read it again, then sign in once more for it."


class ReauthenticationMissing(Conflict):
    code = "reauthentication_missing"
    message = "Sign in once more for this decision, then seal it."


class ReauthenticationTooOld(Conflict):
    code = "reauthentication_too_old"
    message = (
        "More than five minutes have passed since you signed in for this decision. "
        "Nothing was decided; sign in once more."
    )


class ReauthenticationUsed(Conflict):
    code = "reauthentication_used"
    message = "This sign-in has served once already. Look at the case to see where it stands."


class AnotherPersonSignedIn(NotAllowed):
    code = "another_person_signed_in"
    message = (
        "Somebody else signed in, so nothing was decided. Your decision is kept; sign in as yourself "
        "to seal it."
    )


class NotSignedInAnew(NotAllowed):
    code = "not_signed_in_anew"
    message = (
        "The identity provider did not ask you to sign in once more, so nothing was decided. "
        "Your decision is kept; try again."
    )


class ReasonsTooShort(Invalid):
    code = "reasons_too_short"
    message = (
        "Write the reason in at least {least} signs, so that the person understands it; yours has {count}."
    )


class SealedElsewhere(NotAllowed):
    code = "sealed_elsewhere"
    message = "Another institution sealed this document. Only that one can withdraw it."


class AnotherSubmission(Conflict):
    code = "another_submission"
    message = "This page is older than your application. Open the application again and send it from there."


class RestoreTooLate(Conflict):
    code = "restore_too_late"
    message = (
        "An application can be taken up again for one day after it was withdrawn. Please start a new one."
    )


class QuestionsOpen(Conflict):
    code = "questions_open"
    message = "Some questions are not answered yet. Answer them, then send the application."


class AlreadyOpen(Invalid):
    code = "already_open"
    message = "You already have an open application for this. Say that you want to send another one."


class RegisterDenies(Conflict):
    code = "register_denies"
    message = "A register denies what this application rests on. Say that its answer is wrong, or stop here."


class NoEntry(Conflict):
    code = "no_entry"
    message = "This register has no entry for you. Choose another place, or ask at its counter."


class AmountUnknown(Invalid):
    code = "amount_unknown"
    message = "By these facts the rules give no amount. Ask the applicant, or refuse with reasons."


class IdentityNotSeen(Invalid):
    code = "identity_not_seen"
    message = "Ask for an identity document, look at it, and choose which one the person showed you."


class OtherPerson(NotAllowed):
    code = "other_person"
    message = (
        "The name and the personal number do not belong to the same person. Nothing was shown. "
        "Compare both with the document before you. "
        "The attempt is written down, and the person whose number it is sees it."
    )


class IdentityNotConfirmed(Conflict):
    code = "identity_not_confirmed"
    message = (
        "The register has not confirmed yet that the name and the number belong together. "
        "Until it does, nothing about the person is shown at a counter."
    )


class TextMissing(Invalid):
    code = "text_missing"
    message = "Write a sentence or two, so that the other side knows what is meant."


class TooLong(Invalid):
    code = "too_long"
    message = "At most {most} signs; yours has {count}."


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
    """Raise unless the table allows this actor to take this step now."""
    party = check_can_see(actor, case)
    allowed = [row for row in TRANSITIONS if row.step == step and party in row.parties]
    if not allowed:
        raise NotAllowed
    if not any(case.state in row.sources for row in allowed) or not _is_waited_for(step, case):
        raise WrongState


def _is_waited_for(step: Step, case: Standing) -> bool:
    waits = case.state == CaseState.WAITING_FOR_APPLICANT
    return not waits or _BRINGS.get(step, case.waits_for) == case.waits_for


def check_target(step: Step, source: CaseState, target: CaseState) -> None:
    """Raise unless the table lets this step lead from one state to the other."""
    rows = [row for row in TRANSITIONS if row.step == step and source in row.sources]
    if not any(target in (row.targets or (source,)) for row in rows):
        raise WrongState


def check_can_take(actor: Actor, case: Standing) -> None:
    check_can(Step.TAKE, actor, case)
    _check_not_own(actor, case)


def check_can_work_on(step: Step, actor: Actor, case: Standing) -> None:
    """Preparing, asking and deciding are for the official who has taken the case."""
    check_can(step, actor, case)
    _check_not_own(actor, case)
    if case.assigned_to_id is None:
        raise NotTaken
    if case.assigned_to_id != actor.person_id:
        raise TakenByColleague


def check_can_decide(actor: Actor, case: Standing) -> None:
    """An official of the owning institution who has taken the case; a fresh sign-in is asked for apart."""
    check_can_work_on(Step.DECIDE, actor, case)
    check_is_official(actor, case.institution, "caseworker")


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
    """Whoever seals has signed in for exactly this decision in this case, within five minutes, once.

    Gives when the provider saw the official.
    """
    if signed_in is None or signed_in.authenticated_at is None or signed_in.case != decision.case:
        raise ReauthenticationMissing
    if signed_in.official_id != actor.person_id:
        raise ReauthenticationMissing
    if signed_in.used_at is not None:
        raise ReauthenticationUsed
    if signed_in.decision != decision.digest:
        raise DecisionAltered
    if now - signed_in.authenticated_at > REAUTHENTICATION_HOLDS:
        raise ReauthenticationTooOld
    return signed_in.authenticated_at


def check_can_take_back(step: Step, actor: Actor, case: Standing, *, sealed_here: bool) -> None:
    """Withdrawing a sealed decision, or deciding anew: any official of the office that sealed it, also the
    one who decided; never in their own case. A fresh sign-in is asked for apart."""
    check_can(step, actor, case)
    _check_not_own(actor, case)
    if not sealed_here:
        raise SealedElsewhere
    check_is_official(actor, case.institution, "caseworker")


def check_withdrawal_reason(reason: str) -> None:
    """The person reads why; one word is not enough."""
    if len(reason.strip()) < SHORTEST_REASONS:
        raise ReasonsTooShort(least=SHORTEST_REASONS, count=len(reason.strip()))
    check_length(reason)


def check_reasons(outcome: Outcome, proposal: Proposal, reasons: str) -> None:
    """Whoever approves what the rules propose gives the rules' reasons; everybody else writes their own."""
    if outcome == Outcome.APPROVED and proposal == Proposal.GRANT:
        return
    if len(reasons.strip()) < SHORTEST_REASONS:
        raise ReasonsMissing(least=SHORTEST_REASONS, count=len(reasons.strip()))


def _check_not_own(actor: Actor, case: Standing) -> None:
    if actor.person_id == case.applicant_id:
        raise OwnCase


def check_can_restore(actor: Actor, case: Standing, now: datetime) -> None:
    check_can(Step.RESTORE, actor, case)
    if case.withdrawn_at is None or now - case.withdrawn_at > RESTORE_WITHIN:
        raise RestoreTooLate


def is_unsettled(case: Standing) -> bool:
    """Whether what registers and the applicant said may move the case on by itself."""
    if case.state == CaseState.WAITING_FOR_APPLICANT:
        return case.waits_for == WaitsFor.ANSWERS
    return case.state in (CaseState.RECEIVED, CaseState.WAITING_FOR_FACTS, CaseState.TO_DECIDE)


def due_after_pause(due_on: date | None, paused_on: date | None, today: date) -> date | None:
    """Days spent waiting for the applicant do not count against the office."""
    if due_on is None or paused_on is None:
        return due_on
    return due_on + (today - paused_on)


def check_is_meant(*, already_open: bool, deliberate: bool) -> None:
    """A second application for the same child is sent only by somebody who says so."""
    if already_open and not deliberate:
        raise AlreadyOpen


def may_approve(amount_feninga: int | None, *, pays: bool) -> bool:
    """Nobody approves a benefit of which the rules do not say how much."""
    return amount_feninga is not None or not pays


def check_amount(amount_feninga: int | None) -> None:
    if not may_approve(amount_feninga, pays=True):
        raise AmountUnknown


def check_nothing_open(*, questions: bool, denied: bool) -> None:
    """It is sent when each question has an answer that fits, and no register denies what it rests on."""
    if denied:
        raise RegisterDenies
    if questions:
        raise QuestionsOpen


def check_can_start_at_counter(actor: Actor, owner: str) -> None:
    """A clerk types only what the clerk's own institution answers for. ``owner`` is the service's."""
    check_is_official(actor, owner, "clerk")


def check_identity_seen(document: str) -> IdentityDocument:
    """Nobody applies at a counter for somebody who is not there."""
    if document not in set(IdentityDocument):
        raise IdentityNotSeen
    return IdentityDocument(document)


def check_same_person(typed: str, known: str) -> None:
    """At a counter the name that was typed must be the one that goes with the number."""
    if not is_same_name(typed, known):
        raise OtherPerson


def is_identity_confirmed(channel: Channel, registers: Iterable[FactState]) -> bool:
    """``registers``: how those stand that say who the person is. Whoever signs in has shown it already."""
    states = list(registers)
    return channel != Channel.COUNTER or not states or all(each == FactState.ANSWERED for each in states)


def check_text(text: str, most: int = LONGEST_TEXT) -> None:
    """Something is written, and not more than somebody can be asked to read."""
    if not text.strip():
        raise TextMissing
    check_length(text, most)


def check_length(text: str, most: int = LONGEST_TEXT) -> None:
    # A browser counts a new line as one sign and sends two.
    count = len(text.strip().replace("\r\n", "\n"))
    if count > most:
        raise TooLong(most=most, count=count)


def state_after_facts(facts: Iterable[FactState], *, automatic: bool, is_open: bool = False) -> CaseState:
    """Where a sent application goes: it waits for registers, is issued by itself, or lies on the desk.

    ``is_open``: what a register answered late asks something more of the applicant, or contradicts what
    she said; then it goes to her first. A service that issues by itself has no official: when a register
    refuses or does not know the person, it goes back to her.
    """
    states = set(facts)
    if is_open and not automatic:
        return CaseState.WAITING_FOR_APPLICANT
    if FactState.WAITING in states or FactState.NOT_ASKED in states:
        return CaseState.WAITING_FOR_FACTS
    if automatic:
        return CaseState.SEALED if states <= {FactState.ANSWERED} else CaseState.WAITING_FOR_APPLICANT
    return CaseState.TO_DECIDE


def retry_delay(tries: int) -> timedelta:
    """Ask again after 2, 4, 8, then every 15 seconds; after ten minutes every ten minutes."""
    if tries > QUICK_TRIES:
        return timedelta(minutes=10)
    return timedelta(seconds=min(2 ** min(max(tries, 1), 4), 15))


def channel_of(actor: Actor) -> Channel:
    """A clerk who types for somebody marks the application as assisted."""
    return Channel.COUNTER if actor.kind == "official" else Channel.ONLINE


def diagram() -> str:
    """The table as a Mermaid state diagram; docs/reference/case-states.md holds exactly this text."""
    lines = ["stateDiagram-v2", f"    [*] --> {CaseState.DRAFT}"]
    for row in TRANSITIONS:
        for source in row.sources:
            lines += [f"    {source} --> {target}: {row.step}" for target in row.targets]
    endings = (CaseState.DELIVERED, CaseState.REVOKED, CaseState.WITHDRAWN)
    return "\n".join([*lines, *(f"    {state} --> [*]" for state in endings)]) + "\n"


def table() -> str:
    """The same as a table: step, who may take it, from where, to where."""
    rows = ["| step | who | from | to |", "|---|---|---|---|"]
    for row in TRANSITIONS:
        who, sources = ", ".join(sorted(row.parties)), ", ".join(row.sources)
        rows.append(f"| {row.step} | {who} | {sources} | {', '.join(row.targets) or 'stays'} |")
    return "\n".join(rows) + "\n"
