"""What an official does with a case."""

from dataclasses import asdict

from django.db import transaction

from mostovi.kernel import clock
from mostovi.kernel.access import Actor
from mostovi.kernel.plain_text import plain_text
from mostovi.services import rules
from mostovi.services.actions.reauthenticating import use_reauthentication
from mostovi.services.actions.settling import settle
from mostovi.services.catalogue import definition_of, evaluate, standing_of
from mostovi.services.models import Decision
from mostovi.services.papers import check_can_be_sealed, prepared_decision
from mostovi.services.pausing import resumed_columns, waiting_columns
from mostovi.services.queries.reauthentications import has_decided
from mostovi.services.recording import find_case, hold_case, move, note, write_audit_line
from mostovi.services.telling import tell
from mostovi.services.values import Outcome, Step, WaitsFor


@transaction.atomic
def take_case(*, actor: Actor, code: str) -> None:
    """The official works on this case from now on; also takes it over from a colleague."""
    case = find_case(code)
    rules.check_can_take(actor, standing_of(case))
    if case.assigned_to_id == actor.person_id:
        return
    move(case, Step.TAKE, assigned_to_id=actor.person_id, assigned_to_name=actor.name)
    note(case, "taken", actor=actor, now=clock.now())


@transaction.atomic
def ask_applicant(*, actor: Actor, code: str, question: str) -> None:
    case = find_case(code)
    rules.check_can_work_on(Step.ASK_APPLICANT, actor, standing_of(case))
    rules.check_text(question)
    now = clock.now()
    move(
        case,
        Step.ASK_APPLICANT,
        question_from_official=plain_text(question),
        reply_from_applicant="",
        **waiting_columns(case, WaitsFor.REPLY, now),
    )
    note(case, "applicant_asked", actor=actor, now=now)
    tell(case, "question_from_official")


@transaction.atomic
def answer_official(*, actor: Actor, code: str, text: str) -> None:
    """The applicant answers what the official asked."""
    case = find_case(code)
    rules.check_can(Step.REPLY, actor, standing_of(case))
    rules.check_text(text)
    now = clock.now()
    move(
        case,
        Step.REPLY,
        reply_from_applicant=plain_text(text),
        **resumed_columns(case, now),
    )
    note(case, "applicant_replied", actor=actor, now=now)
    settle(code=code)


@transaction.atomic
def save_draft_decision(*, actor: Actor, code: str, outcome: Outcome | None, reasons: str) -> None:
    """Keep what the official has prepared, so that signing in again loses nothing."""
    case = find_case(code)
    rules.check_can_work_on(Step.DRAFT_DECISION, actor, standing_of(case))
    rules.check_length(reasons)
    move(
        case,
        Step.DRAFT_DECISION,
        draft_outcome=outcome or "",
        draft_reasons=plain_text(reasons),
        draft_saved_at=clock.now(),
    )
    write_audit_line(case, "decision_drafted", actor=actor)


@transaction.atomic
def prepare_decision(*, actor: Actor, code: str, outcome: Outcome, reasons: str) -> str:
    """Keep a decision that is ready to be read once more and sealed. Gives its digest."""
    save_draft_decision(actor=actor, code=code, outcome=outcome, reasons=reasons)
    case = find_case(code)
    result = evaluate(case)
    if outcome == Outcome.APPROVED and definition_of(case).amount:
        rules.check_amount(result.amount_feninga)
    rules.check_reasons(outcome, result.proposal, reasons)
    return prepared_decision(case).digest


@transaction.atomic
def decide_case(*, actor: Actor, code: str, reviewed: str) -> None:
    """Decide what was prepared and read, once. Sealing and delivery follow by themselves.

    ``reviewed`` is the digest of the decision the official read and signed in once more for.
    """
    now = clock.now()
    case = hold_case(code)
    if has_decided(actor, case, reviewed):
        return
    rules.check_can_decide(actor, standing_of(case))
    assert actor.person_id is not None
    decision = prepared_decision(case)
    rules.check_reviewed(reviewed, decision)
    check_can_be_sealed(case, decision)
    authenticated_at = use_reauthentication(actor=actor, case=case, decision=decision, now=now)
    move(case, Step.DECIDE, decided_at=now)
    Decision.objects.create(
        case=case,
        outcome=decision.outcome,
        amount_feninga=decision.amount_feninga,
        reasons=decision.reasons,
        articles=list(decision.articles),
        language=decision.language,
        text=[asdict(part) for part in decision.text],
        official_id=actor.person_id,
        official_name=actor.name,
        authenticated_at=authenticated_at,
        decided_at=now,
        next_try_at=now,
    )
    note(case, "decided", actor=actor, now=now)
