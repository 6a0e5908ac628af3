"""Asking registers for the facts of an application, and asking again when one is silent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from mostovi.kernel import clock
from mostovi.kernel.access import Actor, system_actor
from mostovi.kernel.errors import Conflict, NotFound
from mostovi.services import rules
from mostovi.services.actions.seeing import tell_of_unseen
from mostovi.services.actions.settling import settle
from mostovi.services.actions.turning_away import turn_away_others
from mostovi.services.catalogue import DOCUMENT_KEY, definition_of, is_open, list_unseen, standing_of
from mostovi.services.definition import facts_from_register
from mostovi.services.definition.kinds import UnexpectedValue
from mostovi.services.fact_tries import LEASE, asker_for, columns_anew, columns_of, lease
from mostovi.services.inquiries import (
    Inquiry,
    Reply,
    ask_all,
    find_contract,
)
from mostovi.services.models import Case, EarlierAnswer, Fact
from mostovi.services.queries.draft_sheets import FactUnknown
from mostovi.services.recording import find_case, hold_case, note
from mostovi.services.telling import tell
from mostovi.services.values import CaseState, FactState, Step

MOSTOVI = system_actor("worker")
_KEPT = (
    *("state", "values", "exchange_id", "log_entry", "as_of"),
    *("dispute_text", "disputed_at", "disputed_facts"),
)


class NothingToAskAnew(Conflict):
    code = "nothing_to_ask_anew"
    message = (
        "The applicant no longer calls this answer wrong, or the register has answered again. "
        "Look at the case again."
    )


def ask_facts(*, actor: Actor, code: str) -> None:
    """Ask every register that was not asked yet. Who is silent is asked again by the worker."""
    case = find_case(code)
    rules.check_can(Step.ASK_FACTS, actor, standing_of(case))
    known = case.facts.filter(state=FactState.NOT_ASKED).exclude(key=DOCUMENT_KEY).exclude(provider="")
    _ask_registers(case, known, actor=actor)
    if find_case(code).state == CaseState.WITHDRAWN:
        raise rules.OtherPerson


def ask_again(*, code: str, now: datetime, silent: set[str]) -> None:
    """Ask the due registers of one case. A provider in ``silent`` was silent a moment ago and is spared."""
    case = find_case(code)
    due = case.facts.filter(next_try_at__lte=now).exclude(key=DOCUMENT_KEY).exclude(provider__in=silent)
    for official in set(due.values_list("asked_anew_by_id", flat=True)):
        replies = _ask_registers(case, due.filter(asked_anew_by_id=official), actor=MOSTOVI)
        silent.update(reply.inquiry.provider for reply in replies if reply.is_silent)


def ask_anew(*, actor: Actor, code: str, key: str) -> None:
    """The official has a register asked again about what the applicant calls wrong. What it answered before
    counts until it has; if it is silent, the worker goes on asking. Harmless to repeat."""
    if _begin_anew(actor=actor, code=code, key=key):
        case = find_case(code)
        _ask_registers(case, case.facts.filter(key=key), actor=actor)
        settle(code=code)


@transaction.atomic
def _begin_anew(*, actor: Actor, code: str, key: str) -> bool:
    case, now = hold_case(code), clock.now()
    rules.check_can_work_on(Step.ASK_ANEW, actor, standing_of(case))
    fact = case.facts.filter(key=key).exclude(key=DOCUMENT_KEY).first()
    if fact is None:
        raise FactUnknown
    if fact.disputed_at is None:
        raise NothingToAskAnew
    if fact.asked_anew_at is not None:
        return False
    case.facts.filter(key=key).update(
        asked_anew_at=now, asked_anew_by_id=actor.person_id, next_try_at=now + LEASE, tries=0
    )
    note(case, "fact_asked_anew", actor=actor, now=now, key=key, provider=fact.provider)
    return True


def _ask_registers(case: Case, facts: QuerySet[Fact], *, actor: Actor) -> list[Reply]:
    """Lease the facts, ask outside of any transaction, keep what came. Each try is a new exchange."""
    now = clock.now()
    leased = [fact for fact in facts if lease(fact, now)]
    if not leased:
        return []
    try:
        asker = asker_for(case, actor, anew_by=leased[0].asked_anew_by_id)
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
    outcomes: dict[str, Any] = {}
    for fact, reply in zip(facts, replies, strict=True):
        columns = columns_of(reply, tries=fact.tries + 1, now=now)
        if not _is_readable(case, fact, columns):
            columns |= {
                "state": FactState.REFUSED,
                "refusal_code": "unexpected_value",
                "values": {},
                "answered_at": None,
            }
        if contracts.get(fact.key):
            columns["contract"] = contracts[fact.key]
        if fact.asked_anew_at is not None:
            _keep_anew(case, fact, columns, actor=actor, now=now)
            continue
        Fact.objects.filter(pk=fact.pk, state=FactState.WAITING).update(**columns)
        outcomes.setdefault(columns["state"], []).append(fact.provider)
    first = any(fact.tries == 0 for fact in facts if fact.asked_anew_at is None)
    if first or any(state != FactState.WAITING for state in outcomes):
        note(case, "registers_asked", actor=actor, now=now, **outcomes)
    turn_away_others(case=case)
    _tell_what_came(case.code, now)


def _tell_what_came(code: str, now: datetime) -> None:
    """Unless it asks something more of her: then she is told that, and reads it there."""
    case = find_case(code)
    if any(fact.answered_at == now for fact in list_unseen(case)) and not is_open(case):
        tell_of_unseen(case=case)


def _keep_anew(case: Case, asked: Fact, columns: dict[str, Any], *, actor: Actor, now: datetime) -> None:
    """A new answer takes the place of the old one, which is kept with what the applicant said of it; the same
    one again confirms it, and what she said stands."""
    awaited = Fact.objects.select_for_update().filter(pk=asked.pk, asked_anew_at=asked.asked_anew_at)
    for fact in awaited:
        changes = columns_anew(columns, fact)
        if "state" in changes:
            EarlierAnswer.objects.create(
                fact=fact, replaced_at=now, **{name: getattr(fact, name) for name in _KEPT}
            )
        Fact.objects.filter(pk=fact.pk).update(**changes)
        if columns["state"] != FactState.WAITING:
            note(case, _came_of(changes), actor=actor, now=now, key=fact.key, provider=fact.provider)
        if changes.get("confirmed_at") and find_case(case.code).state in rules.BEFORE_DECISION:
            tell(case, "answer_confirmed")


def _came_of(changes: dict[str, Any]) -> str:
    if "state" in changes:
        return "answered_anew"
    return "confirmed_anew" if "confirmed_at" in changes else "refused_anew"


def _is_readable(case: Case, fact: Fact, columns: dict[str, Any]) -> bool:
    try:
        facts_from_register(
            definition_of(case), fact.provider, fact.exchange_service, columns.get("values", {})
        )
    except UnexpectedValue:
        return False
    return True


@transaction.atomic
def _keep_no_personal_number(case: Case, facts: Sequence[Fact], *, actor: Actor) -> None:
    """Somebody without a personal number cannot be found in registers; an official looks at her papers."""
    keys = [fact.key for fact in facts]
    case.facts.filter(key__in=keys).update(
        state=FactState.NOT_FOUND,
        refusal_code="no_personal_number",
        next_try_at=None,
        asked_anew_at=None,
        asked_anew_by_id=None,
    )
    note(case, "registers_not_asked", actor=actor, now=clock.now(), keys=keys)
