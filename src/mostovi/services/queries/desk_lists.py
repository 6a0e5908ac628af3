"""What lies on the desk: my cases, those of the office, those that are late, and finding one."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.db.models import Q, QuerySet
from django.utils import timezone

from mostovi.kernel import audit, clock, codes
from mostovi.kernel.access import Actor, check_is_official
from mostovi.kernel.languages import current_variant
from mostovi.services import catalogue
from mostovi.services.definition import text_of
from mostovi.services.models import Case
from mostovi.services.queries.cases import ON_THE_DESK
from mostovi.services.values import CaseState

PER_PAGE = 20
URGENT_DAYS = 5


class Pile(StrEnum):
    """Which cases the official wants to see."""

    MINE = "mine"
    OFFICE = "office"
    LATE = "late"


@dataclass(frozen=True)
class DeskLine:
    """One case in the queue. ``days_left`` is negative when it is late, None while nothing is due."""

    code: str
    applicant_name: str
    title: str
    about: str
    state: CaseState
    days_left: int | None
    assigned_to_name: str

    @property
    def urgency(self) -> str:
        if self.state == CaseState.WAITING_FOR_APPLICANT or self.days_left is None:
            return "waits"
        return "late" if self.days_left < 0 else "soon" if self.days_left <= URGENT_DAYS else "later"


@dataclass(frozen=True)
class DeskList:
    """One page of the queue, by due date, with the height of each pile."""

    lines: tuple[DeskLine, ...]
    total: int
    page: int
    pages: int
    mine: int
    office: int
    late: int

    @property
    def first(self) -> int:
        return (self.page - 1) * PER_PAGE + 1 if self.total else 0

    @property
    def last(self) -> int:
        return self.first + len(self.lines) - 1 if self.total else 0


def list_desk(actor: Actor, *, pile: Pile = Pile.OFFICE, text: str = "", page: int = 1) -> DeskList:
    """The queue of the official's institution. Each look is written down, for names are in it."""
    check_is_official(actor, role="caseworker")
    today = timezone.localdate(clock.now())
    office = Case.objects.filter(institution=actor.institution, state__in=ON_THE_DESK)
    piles = {
        Pile.MINE: office.filter(assigned_to_id=actor.person_id),
        Pile.OFFICE: office,
        Pile.LATE: office.filter(due_on__lt=today),
    }
    found = _search(actor, text) if text else piles[pile]
    if not text:
        _note_look(actor, "desk_read", purpose="see what is due")
    total = found.count()
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(page, 1), pages)
    rows = found.order_by("due_on", "id")[(page - 1) * PER_PAGE : page * PER_PAGE]
    return DeskList(
        lines=tuple(_line(case, today) for case in rows),
        total=total,
        page=page,
        pages=pages,
        mine=piles[Pile.MINE].count(),
        office=piles[Pile.OFFICE].count(),
        late=piles[Pile.LATE].count(),
    )


def _search(actor: Actor, text: str) -> QuerySet[Case]:
    """By code, however it is typed, or by a part of the name; decided cases are found too."""
    sent = Case.objects.filter(institution=actor.institution, received_at__isnull=False)
    _note_look(actor, "cases_searched", purpose="find a case")
    try:
        return sent.filter(code=codes.normalise(text))
    except codes.InvalidCode:
        words = [Q(applicant_name__icontains=word) for word in text.split()]
        return sent.filter(*words)


def _note_look(actor: Actor, action: str, *, purpose: str) -> None:
    """A list shows names: it is a look at personal data, too."""
    audit.record(actor=actor, action=action, institution=actor.institution or "", purpose=purpose)


def _line(case: Case, today: date) -> DeskLine:
    left: timedelta | None = case.due_on - today if case.due_on else None
    return DeskLine(
        code=case.code,
        applicant_name=case.applicant_name,
        about=_about(case),
        title=text_of(catalogue.find_title(case.service), current_variant()),
        state=CaseState(case.state),
        days_left=left.days if left is not None else None,
        assigned_to_name=case.assigned_to_name,
    )


def _about(case: Case) -> str:
    """For whom it is, so that two lines of one applicant can be told apart: Dino, 2019."""
    concerned = catalogue.person_concerned(case) or {}
    parts = [concerned.get("given_name"), str(concerned.get("born_on") or "")[:4]]
    return ", ".join(part for part in parts if part)
