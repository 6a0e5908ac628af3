"""Figures and look-ups that name nobody: for everyone, signed in or not."""

from math import asin, cos, radians, sin, sqrt

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from mostovi.kernel.errors import NotFound
from mostovi.kernel.institutions import find_institution
from mostovi.services import rules
from mostovi.services.catalogue import DOCUMENT_KEY
from mostovi.services.models import Case, Fact
from mostovi.services.values import CaseState, FactState, Savings, Tracking

_EARTH_KM = 6371


def find_by_tracking_code(code: str) -> Tracking:
    """State and due date of a sent application: nothing about the person, so no sign-in is needed."""
    case = Case.objects.filter(code=code, received_at__isnull=False).first()
    if case is None:
        raise rules.TrackingUnknown
    return Tracking(code=case.code, state=CaseState(case.state), due_on=case.due_on)


def count_cases_by_state() -> dict[CaseState, int]:
    """All cases of all institutions, drafts included."""
    counted = dict(Case.objects.values_list("state").annotate(Count("pk")).order_by())
    return {state: counted.get(state.value, 0) for state in CaseState}


def count_savings() -> Savings:
    """Every answer of a register spares one paper, and one way there and back to its counter.

    The way is the straight line between the institution that decides and the one that answered, so the
    real road is longer. For a document that a register issues by itself only that document counts.
    """
    spared = _spared_facts().values_list("case__institution", "provider")
    answers = list(spared.annotate(Count("pk")).order_by())
    papers = sum(count for _, _, count in answers)
    ways = [count * 2 * _kilometres(institution, provider) for institution, provider, count in answers]
    visits = _spared_facts().values("case", "provider").distinct().count()
    return Savings(papers=papers, visits=visits, kilometres=round(sum(ways)))


def _spared_facts() -> QuerySet[Fact]:
    issues_itself = Exists(Fact.objects.filter(case=OuterRef("case"), key=DOCUMENT_KEY))
    sent = Fact.objects.filter(state=FactState.ANSWERED, case__received_at__isnull=False)
    return sent.filter(Q(key=DOCUMENT_KEY) | ~issues_itself)


def _kilometres(one: str, other: str) -> float:
    """The great circle between two institutions; none when the pack does not know one of them."""
    try:
        a, b = find_institution(one), find_institution(other)
    except NotFound:
        return 0
    north, east = radians(b.latitude - a.latitude), radians(b.longitude - a.longitude)
    across = cos(radians(a.latitude)) * cos(radians(b.latitude)) * sin(east / 2) ** 2
    return 2 * _EARTH_KM * asin(sqrt(sin(north / 2) ** 2 + across))
