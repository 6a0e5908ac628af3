"""Saying that a register's answer is wrong, and taking the remark back."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from mostovi.kernel import clock
from mostovi.kernel.access import Actor
from mostovi.kernel.errors import Conflict
from mostovi.services import rules
from mostovi.services.actions.settling import settle
from mostovi.services.catalogue import DOCUMENT_KEY, check_may_be_told, list_told, standing_of
from mostovi.services.models import Case, Fact
from mostovi.services.queries.draft_sheets import FactUnknown
from mostovi.services.recording import find_case, note
from mostovi.services.values import FactState, Step


class NothingToDispute(Conflict):
    code = "nothing_to_dispute"
    message = "This register has not answered, so there is nothing to correct yet."


@transaction.atomic
def dispute_fact(*, actor: Actor, code: str, key: str, text: str, named: Iterable[str] = ()) -> None:
    """Say which facts of an answer are wrong. The official sees the remark; the application goes on."""
    case = find_case(code)
    fact = _fact(case, key, actor)
    if fact.state not in (FactState.ANSWERED, FactState.NOT_FOUND):
        raise NothingToDispute
    wrong = rules.named_facts(named, list_told(case, fact))
    rules.check_text(text)
    now = clock.now()
    remark = {"dispute_text": text.strip(), "disputed_at": now, "disputed_facts": wrong, "seen_at": now}
    _write(case, fact, remark, actor=actor, event="fact_disputed")
    settle(code=code)


@transaction.atomic
def take_back_dispute(*, actor: Actor, code: str, key: str) -> None:
    """Undo the remark."""
    case = find_case(code)
    fact = _fact(case, key, actor)
    if fact.disputed_at is not None:
        remark = {"dispute_text": "", "disputed_at": None, "disputed_facts": ()}
        _write(case, fact, remark, actor=actor, event="dispute_taken_back")
        settle(code=code)


def _fact(case: Case, key: str, actor: Actor) -> Fact:
    rules.check_can(Step.DISPUTE, actor, standing_of(case))
    check_may_be_told(actor, case)
    fact = case.facts.filter(key=key).exclude(key=DOCUMENT_KEY).first()
    if fact is None:
        raise FactUnknown
    return fact


def _write(case: Case, fact: Fact, remark: Mapping[str, Any], *, actor: Actor, event: str) -> None:
    Fact.objects.filter(pk=fact.pk).update(**remark)
    named = list(remark["disputed_facts"])
    note(case, event, actor=actor, now=clock.now(), key=fact.key, provider=fact.provider, named=named)
