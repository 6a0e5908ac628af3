"""Asking registers for the facts of an application, and asking again when one is silent."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from mostovi.exchange import public as exchange
from mostovi.kernel import clock
from mostovi.kernel.access import Actor, system_actor
from mostovi.kernel.errors import NotFound
from mostovi.kernel.people import personal_number_of, pseudonym_for
from mostovi.services import rules
from mostovi.services.actions.inquiries import (
    Asker,
    Inquiry,
    Reply,
    ask_all,
    describe_contract,
    find_contract,
)
from mostovi.services.actions.recording import find_case, note
from mostovi.services.definition import facts_from_register
from mostovi.services.definition.kinds import UnexpectedValue
from mostovi.services.models import Case, Fact
from mostovi.services.queries.catalogue import DOCUMENT_KEY, definition_of
from mostovi.services.values import CaseState, FactState, Step

MOSTOVI = system_actor("worker")
LEASE = timedelta(seconds=30)
CASES_PER_ROUND = 20


def ask_facts(*, actor: Actor, code: str) -> None:
    """Ask every register that was not asked yet. Who is silent is asked again by the worker."""
    case = find_case(code)
    rules.check_can(Step.ASK_FACTS, actor, case.standing())
    ask_registers(case, case.facts.filter(state=FactState.NOT_ASKED).exclude(key=DOCUMENT_KEY), actor=actor)


def list_cases_with_due_facts(now: datetime) -> list[str]:
    """Codes of cases whose silent registers are due; a draft untouched for a day is left alone."""
    sent = Q(case__state__in=rules.BEFORE_DECISION)
    fresh = Q(case__state=CaseState.DRAFT, case__started_at__gte=now - timedelta(days=1))
    due = Fact.objects.filter(sent | fresh, state=FactState.WAITING, next_try_at__lte=now)
    codes = due.exclude(key=DOCUMENT_KEY).order_by("next_try_at").values_list("case__code", flat=True)
    return list(dict.fromkeys(codes))[:CASES_PER_ROUND]


def ask_again(*, code: str, now: datetime, silent: set[str]) -> None:
    """Ask the due registers of one case. A provider in ``silent`` was silent a moment ago and is spared."""
    case = find_case(code)
    due = case.facts.filter(state=FactState.WAITING, next_try_at__lte=now).exclude(key=DOCUMENT_KEY)
    replies = ask_registers(case, due.exclude(provider__in=silent), actor=MOSTOVI)
    silent.update(reply.inquiry.provider for reply in replies if reply.is_silent)


def ask_registers(case: Case, facts: Any, *, actor: Actor) -> list[Reply]:
    """Lease the facts, ask outside of any transaction, keep what came. Each try is a new exchange."""
    now = clock.now()
    leased = [fact for fact in facts if lease(fact, now)]
    if not leased:
        return []
    try:
        asker = asker_for(case, actor)
    except NotFound:
        _keep_no_personal_number(case, leased, actor=actor)
        return []
    replies = ask_all([_inquiry(case, fact) for fact in leased], asker)
    contracts = {
        reply.inquiry.key: find_contract(case.institution, reply.inquiry)
        for reply in replies
        if reply.answer is None
    }
    _keep(case, leased, replies, contracts, actor=actor)
    return replies


def asker_for(case: Case, actor: Actor) -> Asker:
    """The applicant is the one who asks, also when our worker asks again on her behalf."""
    acting = actor.person_id if actor.person_id is not None else case.applicant_id
    return Asker(
        institution=case.institution,
        case=case.code,
        user=pseudonym_for(acting, case.institution),
        subject_jmb=personal_number_of(case.applicant_id, actor=actor, purpose=f"case {case.code}"),
    )


def lease(fact: Fact, now: datetime) -> bool:
    """Two requests, or a request and the worker, must not ask the same register at the same time."""
    return bool(
        Fact.objects.filter(pk=fact.pk, state=fact.state, tries=fact.tries).update(
            state=FactState.WAITING, tries=F("tries") + 1, tried_at=now, next_try_at=now + LEASE
        )
    )


def _inquiry(case: Case, fact: Fact) -> Inquiry:
    request = next(request for request in definition_of(case).requests if request.key == fact.key)
    return Inquiry(key=fact.key, provider=fact.provider, service=fact.exchange_service, fields=request.fields)


@transaction.atomic
def _keep(
    case: Case,
    facts: Sequence[Fact],
    replies: Sequence[Reply],
    contracts: dict[str, dict[str, Any]],
    *,
    actor: Actor,
) -> None:
    now = clock.now()
    outcomes: dict[str, list[str]] = {}
    for fact, reply in zip(facts, replies, strict=True):
        columns = columns_of(reply, tries=fact.tries + 1, now=now)
        if not _is_readable(case, fact, columns):
            columns |= {"state": FactState.REFUSED, "refusal_code": "unexpected_value", "values": {}}
        if contracts.get(fact.key):
            columns["contract"] = contracts[fact.key]
        Fact.objects.filter(pk=fact.pk, state=FactState.WAITING).update(**columns)
        outcomes.setdefault(columns["state"], []).append(fact.provider)
    if any(state != FactState.WAITING for state in outcomes) or any(fact.tries == 0 for fact in facts):
        note(case, "registers_asked", actor=actor, now=now, **outcomes)


def _is_readable(case: Case, fact: Fact, columns: dict[str, Any]) -> bool:
    try:
        facts_from_register(
            definition_of(case), fact.provider, fact.exchange_service, columns.get("values", {})
        )
    except UnexpectedValue:
        return False
    return True


def columns_of(reply: Reply, *, tries: int, now: datetime) -> dict[str, Any]:
    """What a fact's row says after one try."""
    if reply.answer is not None:
        return {
            "state": FactState.ANSWERED,
            "values": dict(reply.answer.facts),
            "exchange_id": reply.answer.exchange_id,
            "log_entry": reply.answer.log_entry,
            "contract": describe_contract(reply.answer.contract),
            "as_of": reply.answer.as_of,
            "next_try_at": None,
        }
    if reply.refusal is not None:
        not_found = isinstance(reply.refusal, exchange.PersonNotInRegister)
        state = FactState.NOT_FOUND if not_found else FactState.REFUSED
        return {"state": state, "refusal_code": reply.refusal.code, "next_try_at": None}
    return {"state": FactState.WAITING, "next_try_at": now + rules.retry_delay(tries)}


@transaction.atomic
def _keep_no_personal_number(case: Case, facts: Sequence[Fact], *, actor: Actor) -> None:
    """Somebody without a personal number cannot be found in registers; an official looks at her papers."""
    keys = [fact.key for fact in facts]
    case.facts.filter(key__in=keys).update(
        state=FactState.NOT_FOUND, refusal_code="no_personal_number", next_try_at=None
    )
    note(case, "registers_not_asked", actor=actor, now=clock.now(), keys=keys)
