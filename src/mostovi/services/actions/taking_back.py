"""A sealed decision is withdrawn, or decided anew: from then on everybody who checks the paper is told."""

from datetime import datetime

from django.db import transaction

from mostovi.exchange import public as exchange
from mostovi.kernel import clock
from mostovi.kernel.access import Actor
from mostovi.kernel.plain_text import plain_text
from mostovi.services import rules
from mostovi.services.actions.reauthenticating import use_reauthentication
from mostovi.services.catalogue import due_on
from mostovi.services.models import Case, Document
from mostovi.services.queries.reauthentications import find_latest_reauthentication
from mostovi.services.queries.taking_back import check_can_take_back
from mostovi.services.recording import find_case, move, note
from mostovi.services.telling import tell
from mostovi.services.values import PaperState, Step, TakingBack

ALREADY = "not_in_force"


def revoke_decision(*, actor: Actor, code: str, reason: str) -> None:
    """Withdraw it, also while it is decided anew. The gateway first: a withdrawal that nobody can check would
    be none."""
    case = find_case(code)
    document = _check(Step.REVOKE, actor, case, reason)
    latest = find_latest_reauthentication(actor, case)
    rules.check_signed_in_for(TakingBack(case.code, document.code), actor, latest, now=clock.now())
    tell_gateway(case=case, document=document, reason=plain_text(reason))
    _keep_revoked(case, document, actor=actor, reason=plain_text(reason))


def decide_anew(*, actor: Actor, code: str, reason: str) -> None:
    """The case lies on the desk again. A decision in force stays so until the new one is sealed."""
    case = find_case(code)
    document = _check(Step.DECIDE_ANEW, actor, case, reason)
    _keep_reopened(case, document, actor=actor, reason=plain_text(reason))


def tell_gateway(*, case: Case, document: Document, reason: str, replaced_by: str | None = None) -> None:
    """Harmless to repeat. Raises NoAnswer or BridgeRefused."""
    try:
        exchange.revoke_document(
            institution=case.institution, code=document.code, reason=reason, replaced_by=replaced_by
        )
    except exchange.BridgeRefused as refusal:
        if refusal.error_type != ALREADY:
            raise


def _check(step: Step, actor: Actor, case: Case, reason: str) -> Document:
    document = check_can_take_back(step, actor, case)
    rules.check_withdrawal_reason(reason)
    return document


def _spend_sign_in(actor: Actor, case: Case, document: Document, now: datetime) -> None:
    use_reauthentication(actor=actor, case=case, decision=TakingBack(case.code, document.code), now=now)


@transaction.atomic
def _keep_revoked(case: Case, document: Document, *, actor: Actor, reason: str) -> None:
    now = clock.now()
    _spend_sign_in(actor, case, document, now)
    # Reopened, the case stays on the desk: what was applied for is still to be decided.
    move(case, Step.REVOKE)
    Document.objects.filter(pk=document.pk).update(state=PaperState.REVOKED, state_since=now, reason=reason)
    note(case, "revoked", actor=actor, now=now, document=document.code, reason=reason)
    tell(case, "revoked", reason=reason)


@transaction.atomic
def _keep_reopened(case: Case, document: Document, *, actor: Actor, reason: str) -> None:
    now = clock.now()
    _spend_sign_in(actor, case, document, now)
    move(
        case,
        Step.DECIDE_ANEW,
        due_on=due_on(case, now),
        decided_at=None,
        assigned_to_id=actor.person_id,
        assigned_to_name=actor.name,
        draft_outcome="",
        draft_reasons="",
    )
    case.decisions.filter(superseded_at=None).update(superseded_at=now, next_try_at=None)
    Document.objects.filter(pk=document.pk, state=PaperState.VALID).update(
        state=PaperState.BEING_REPLACED, state_since=now, reason=reason
    )
    note(case, "decided_anew", actor=actor, now=now, document=document.code, reason=reason)
    tell(case, "decided_anew", reason=reason)
