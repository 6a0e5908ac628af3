"""Saying that a register's answer is wrong, and taking the remark back."""

from datetime import datetime

from django.db import transaction

from mostovi.kernel import clock
from mostovi.kernel.access import Actor
from mostovi.kernel.errors import Conflict
from mostovi.services import rules
from mostovi.services.actions.settling import settle
from mostovi.services.catalogue import check_may_be_told, standing_of
from mostovi.services.models import Case, Fact
from mostovi.services.queries.draft_sheets import FactUnknown
from mostovi.services.recording import find_case, note
from mostovi.services.values import FactState, Step


class NothingToDispute(Conflict):
    code = "nothing_to_dispute"
    message = "This register has not answered, so there is nothing to correct yet."


@transaction.atomic
def dispute_fact(*, actor: Actor, code: str, key: str, text: str) -> None:
    """Say that an answer is wrong. The official sees the remark; the application goes on."""
    case = find_case(code)
    fact = _fact(case, key, actor)
    if fact.state not in (FactState.ANSWERED, FactState.NOT_FOUND):
        raise NothingToDispute
    rules.check_text(text)
    _write(case, fact, actor=actor, event="fact_disputed", text=text.strip(), at=clock.now())
    settle(code=code)


@transaction.atomic
def take_back_dispute(*, actor: Actor, code: str, key: str) -> None:
    """Undo the remark."""
    case = find_case(code)
    fact = _fact(case, key, actor)
    if fact.disputed_at is not None:
        _write(case, fact, actor=actor, event="dispute_taken_back", text="", at=None)
        settle(code=code)


def _fact(case: Case, key: str, actor: Actor) -> Fact:
    rules.check_can(Step.DISPUTE, actor, standing_of(case))
    check_may_be_told(actor, case)
    fact = case.facts.filter(key=key).first()
    if fact is None:
        raise FactUnknown
    return fact


def _write(case: Case, fact: Fact, *, actor: Actor, event: str, text: str, at: datetime | None) -> None:
    Fact.objects.filter(pk=fact.pk).update(dispute_text=text, disputed_at=at)
    note(case, event, actor=actor, now=clock.now(), key=fact.key, provider=fact.provider)
