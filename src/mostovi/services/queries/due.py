"""What the worker has to take up now."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from mostovi.kernel.access import Actor
from mostovi.kernel.errors import NotAllowed
from mostovi.services import rules
from mostovi.services.catalogue import DOCUMENT_KEY
from mostovi.services.models import Case, Decision, Fact
from mostovi.services.values import CaseState, FactState

CASES_PER_ROUND = 20
DOCUMENTS_PER_ROUND = 5
AT_WORK = timedelta(seconds=10)


def list_cases_with_due_facts(actor: Actor, now: datetime) -> list[str]:
    """Silent registers are due; a draft untouched for a day is left alone until its owner comes back."""
    _check_is_worker(actor)
    sent = Q(case__state__in=rules.BEFORE_DECISION)
    fresh = Q(case__state=CaseState.DRAFT, case__started_at__gte=now - timedelta(days=1))
    due = Fact.objects.filter(sent | fresh, next_try_at__lte=now)
    codes = due.exclude(key=DOCUMENT_KEY).order_by("next_try_at").values_list("case__code", flat=True)
    return list(dict.fromkeys(codes))[:CASES_PER_ROUND]


def list_unsettled_cases(actor: Actor, now: datetime) -> list[str]:
    """What a killed process left: sent some seconds ago and not moved, or waiting for nothing any more."""
    _check_is_worker(actor)
    left = Q(state=CaseState.RECEIVED, received_at__lte=now - AT_WORK)
    silent = Fact.objects.filter(case=OuterRef("pk"), state=FactState.WAITING)
    answered = Q(state=CaseState.WAITING_FOR_FACTS) & ~Exists(silent)
    cases = Case.objects.filter(left | answered).order_by("received_at")
    return list(cases.values_list("code", flat=True)[:CASES_PER_ROUND])


def list_cases_to_issue(actor: Actor, now: datetime) -> list[str]:
    """Waiting for a document that is due to be asked for again."""
    _check_is_worker(actor)
    due = Fact.objects.filter(key=DOCUMENT_KEY, state=FactState.WAITING, next_try_at__lte=now)
    sent = due.filter(case__state__in=[CaseState.RECEIVED, CaseState.WAITING_FOR_FACTS])
    codes = sent.order_by("next_try_at").values_list("case__code", flat=True)
    return list(codes[:DOCUMENTS_PER_ROUND])


def list_cases_to_seal(actor: Actor, now: datetime) -> list[str]:
    """Decided cases whose document is due to be sealed, the oldest first."""
    _check_is_worker(actor)
    due = Decision.objects.filter(case__state=CaseState.DECIDED, next_try_at__lte=now)
    return list(due.order_by("next_try_at").values_list("case__code", flat=True)[:DOCUMENTS_PER_ROUND])


def list_cases_to_deliver(actor: Actor) -> list[str]:
    _check_is_worker(actor)
    return list(Case.objects.filter(state=CaseState.SEALED).values_list("code", flat=True)[:CASES_PER_ROUND])


def _check_is_worker(actor: Actor) -> None:
    if actor.kind != "system":
        raise NotAllowed
