"""Saying that a register's answer is wrong, and taking the remark back."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from mostovi.kernel import clock
from mostovi.kernel.access import Actor
from mostovi.kernel.errors import Conflict
from mostovi.kernel.plain_text import plain_text
from mostovi.services import rules
from mostovi.services.actions.settling import settle
from mostovi.services.catalogue import DOCUMENT_KEY, check_may_be_told, list_told, standing_of
from mostovi.services.fact_tries import NO_REMARK
from mostovi.services.models import Case, Fact
from mostovi.services.queries.draft_sheets import FactUnknown
from mostovi.services.recording import find_case, note
from mostovi.services.values import FactState, Step


class NothingToDispute(Conflict):
    code = "nothing_to_dispute"
    message = "This register has not answered, so there is nothing to correct yet."


class AnotherAnswer(Conflict):
    code = "another_answer"
    message = (
        "The register has answered again since you opened this page, so nothing was changed. Look at the new "
        "answer, and say so if something in it is wrong."
    )


@transaction.atomic
def dispute_fact(
    *, actor: Actor, code: str, key: str, text: str, named: Iterable[str] = (), shown: str | None = None
) -> None:
    """Say which facts of an answer are wrong. The official sees the remark; the application goes on.

    ``shown``: the key of the answer that the person had before her; None for the one that there is.
    """
    case = find_case(code)
    fact = _fact(case, key, actor, shown)
    if fact.state not in (FactState.ANSWERED, FactState.NOT_FOUND):
        raise NothingToDispute
    wrong = rules.named_facts(named, list_told(case, fact))
    rules.check_text(text)
    now = clock.now()
    remark = {"dispute_text": plain_text(text), "disputed_at": now, "disputed_facts": wrong, "seen_at": now}
    _write(case, fact, NO_REMARK | remark, actor=actor, event="fact_disputed")
    settle(code=code)


@transaction.atomic
def take_back_dispute(*, actor: Actor, code: str, key: str, shown: str | None = None) -> None:
    """Undo the remark on the answer that was ``shown``."""
    case = find_case(code)
    fact = _fact(case, key, actor, shown)
    if fact.disputed_at is not None:
        _write(case, fact, NO_REMARK, actor=actor, event="dispute_taken_back")
        settle(code=code)


def _fact(case: Case, key: str, actor: Actor, shown: str | None) -> Fact:
    rules.check_can(Step.DISPUTE, actor, standing_of(case))
    check_may_be_told(actor, case)
    fact = case.facts.filter(key=key).exclude(key=DOCUMENT_KEY).first()
    if fact is None:
        raise FactUnknown
    if shown is not None and shown != fact.answer_key:
        raise AnotherAnswer
    return fact


def _write(case: Case, fact: Fact, remark: Mapping[str, Any], *, actor: Actor, event: str) -> None:
    if not Fact.objects.filter(pk=fact.pk, answered_at=fact.answered_at).update(**remark):
        raise AnotherAnswer
    named = list(remark["disputed_facts"])
    note(case, event, actor=actor, now=clock.now(), key=fact.key, provider=fact.provider, named=named)
