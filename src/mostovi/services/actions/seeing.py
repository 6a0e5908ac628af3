"""What registers answered is seen by the applicant before it is used: on the page from which she sends, or,
when it comes later, on the page of her application."""

from collections.abc import Container

from django.db import transaction

from mostovi.kernel import clock
from mostovi.kernel.access import Actor
from mostovi.services import rules
from mostovi.services.catalogue import first_day_without_seeing, list_unseen, standing_of
from mostovi.services.models import Case, Fact
from mostovi.services.recording import find_case, note
from mostovi.services.telling import tell
from mostovi.services.values import Step


@transaction.atomic
def see_answers(*, actor: Actor, code: str, shown: Container[str]) -> None:
    """The applicant has seen what came late. ``shown``: the keys of the answers that her page held."""
    case = find_case(code)
    rules.check_can(Step.SEE_ANSWERS, actor, standing_of(case))
    seen = mark_seen(case=case, shown=shown)
    if seen:
        note(case, "answers_seen", actor=actor, now=clock.now(), keys=seen)


def mark_seen(*, case: Case, shown: Container[str]) -> list[str]:
    """The keys of the facts whose answers she saw; one that came in the meantime is not among them."""
    return [
        fact.key
        for fact in list_unseen(case)
        if fact.answer_key in shown
        and Fact.objects.filter(pk=fact.pk, answered_at=fact.answered_at).update(seen_at=clock.now())
    ]


def tell_of_unseen(*, case: Case) -> None:
    """In the transaction in which it came, so that her days begin with the message."""
    first_day = first_day_without_seeing(case)
    if first_day is not None:
        tell(case, "late_answer", day=first_day.isoformat())
