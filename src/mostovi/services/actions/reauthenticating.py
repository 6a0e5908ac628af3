"""Before a decision is sealed, or a sealed one taken back, its official signs in once more, for exactly this.

The official is sent to the identity provider with ``prompt=login`` and ``max_age=0`` (OpenID Connect Core
3.1.2.1); what comes back is kept with the request and serves one decision, once.
"""

import secrets
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from mostovi.kernel import clock
from mostovi.kernel.access import Actor
from mostovi.services import rules
from mostovi.services.catalogue import standing_of
from mostovi.services.models import Case, Reauthentication
from mostovi.services.papers import check_can_be_sealed, prepared_decision
from mostovi.services.queries.reauthentications import (
    find_latest_reauthentication,
    list_own_reauthentications,
)
from mostovi.services.queries.taking_back import what_is_taken_back
from mostovi.services.recording import find_case, write_audit_line
from mostovi.services.values import PreparedDecision, TakingBack


@transaction.atomic
def ask_to_reauthenticate(*, actor: Actor, code: str, reviewed: str) -> str:
    """The official has read the decision and wants to seal it. Gives the key of the request."""
    case = find_case(code)
    rules.check_can_decide(actor, standing_of(case))
    decision = prepared_decision(case)
    rules.check_reviewed(reviewed, decision)
    check_can_be_sealed(case, decision)
    return _ask(actor, case, decision)


@transaction.atomic
def ask_to_reauthenticate_to_take_back(*, actor: Actor, code: str) -> str:
    """The official wants to withdraw a sealed decision, or decide anew. Gives the key of the request."""
    case = find_case(code)
    return _ask(actor, case, what_is_taken_back(actor, case))


def _ask(actor: Actor, case: Case, what: PreparedDecision | TakingBack) -> str:
    assert actor.person_id is not None
    asked = Reauthentication.objects.create(
        key=secrets.token_urlsafe(32),
        case=case,
        official_id=actor.person_id,
        decision_digest=what.digest,
        asked_at=clock.now(),
    )
    write_audit_line(case, "reauthentication_asked", actor=actor)
    return asked.key


@transaction.atomic
def reauthenticate(
    *, actor: Actor, key: str, person_id: int | None, authenticated_at: datetime | None
) -> None:
    """The provider vouched for ``person_id``; raises unless that is the official, seen after the request."""
    row = list_own_reauthentications(actor).filter(key=key).first()
    if row is None:
        raise rules.ReauthenticationMissing
    rules.check_signed_in_anew(
        row.view(), person_id=person_id, authenticated_at=authenticated_at, now=clock.now()
    )
    if not _unanswered(actor, key).update(authenticated_at=authenticated_at):
        raise rules.ReauthenticationUsed
    write_audit_line(row.case, "reauthenticated", actor=actor)


@transaction.atomic
def fail_reauthentication(*, actor: Actor, key: str, failure: str) -> None:
    """Nobody, or somebody else, came back. The page of the decision says so; what was prepared stays."""
    row = _unanswered(actor, key).first()
    if row is None or not _unanswered(actor, key).update(failure=failure):
        return
    write_audit_line(row.case, "reauthentication_failed", actor=actor, detail={"failure": failure})


def _unanswered(actor: Actor, key: str) -> QuerySet[Reauthentication]:
    return list_own_reauthentications(actor).filter(key=key, authenticated_at=None, failure="")


def use_reauthentication(
    *, actor: Actor, case: Case, decision: PreparedDecision | TakingBack, now: datetime
) -> datetime:
    """Spend the sign-in on this decision, in the caller's transaction. Gives when the provider saw them."""
    latest = find_latest_reauthentication(actor, case)
    authenticated_at = rules.check_signed_in_for(decision, actor, latest, now=now)
    own = list_own_reauthentications(actor).filter(case=case, authenticated_at=authenticated_at)
    if not own.filter(decision_digest=decision.digest, used_at=None).update(used_at=now):
        raise rules.ReauthenticationUsed
    return authenticated_at
