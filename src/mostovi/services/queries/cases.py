"""Reading cases. Everybody gets what concerns them, and an official's look at personal data leaves a line."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from mostovi.kernel.access import Actor, check_is_official, check_is_person
from mostovi.services import rules
from mostovi.services.catalogue import standing_of
from mostovi.services.models import Case, Document, Fact
from mostovi.services.recording import write_audit_line
from mostovi.services.values import (
    CaseState,
    CaseSummary,
    DocumentFile,
    Party,
    Receipt,
    Standing,
)

PAGE = 50
ON_THE_DESK = (
    CaseState.RECEIVED,
    CaseState.WAITING_FOR_FACTS,
    CaseState.TO_DECIDE,
    CaseState.WAITING_FOR_APPLICANT,
)


def _with_disputes(cases: QuerySet[Case]) -> QuerySet[Case]:
    disputed = Fact.objects.filter(case=OuterRef("pk"), disputed_at__isnull=False)
    return cases.annotate(disputed=Exists(disputed))


def _summaries(cases: Iterable[Case]) -> list[CaseSummary]:
    return [case.summary(disputed=getattr(case, "disputed", False)) for case in cases]


def list_my_cases(actor: Actor) -> list[CaseSummary]:
    """The person's own applications, the newest first."""
    check_is_person(actor)
    assert actor.person_id is not None
    mine = Case.objects.filter(applicant_id=actor.person_id).exclude(
        state=CaseState.WITHDRAWN, state_before_withdrawal=CaseState.DRAFT
    )
    return _summaries(_with_disputes(mine).order_by("-started_at"))


def list_own_codes(actor: Actor) -> frozenset[str]:
    """The codes of everything the person began herself or had typed for her, also what she gave up.

    Not what was begun under her number by somebody with another name.
    """
    check_is_person(actor)
    assert actor.person_id is not None
    mine = Case.objects.filter(applicant_id=actor.person_id).exclude(history__event="other_person")
    return frozenset(mine.values_list("code", flat=True))


def list_assisted_cases(actor: Actor) -> list[CaseSummary]:
    """What the clerk typed for people at the counter, the newest first."""
    check_is_official(actor, role="clerk")
    rows = Case.objects.filter(assisted_by_id=actor.person_id).order_by("-started_at")
    return _summaries(_with_disputes(rows)[:PAGE])


def open_case(actor: Actor, code: str) -> Case:
    """The row for the sheets of this room; an official's look leaves a line in the caller's transaction."""
    case = Case.objects.select_related("version").filter(code=code).first()
    if case is None:
        raise rules.CaseNotFound
    party = rules.check_can_see(actor, standing_of(case))
    if party != Party.APPLICANT:
        write_audit_line(case, "case_read", actor=actor)
    return case


def find_own_case(actor: Actor, code: str) -> Case:
    """The row for the pages that lead through an application."""
    case = Case.objects.select_related("version").filter(code=code).first()
    if case is None:
        raise rules.CaseNotFound
    rules.check_can_see(actor, standing_of(case))
    return case


def is_typed_by(actor: Actor, case: Case) -> bool:
    """The clerk at the counter goes back to the counter; the person whose application it is does not."""
    return case.assisted_by_id is not None and case.assisted_by_id == actor.person_id


def find_standing(actor: Actor, code: str) -> Standing:
    """Where a case stands, without its contents."""
    case = Case.objects.filter(code=code).first()
    if case is None:
        raise rules.CaseNotFound
    rules.check_can_see(actor, standing_of(case))
    return standing_of(case)


def find_receipt(actor: Actor, code: str) -> Receipt:
    """The receipt of a sent application, for the applicant or the clerk who helped. WrongState before."""
    case = Case.objects.filter(code=code).first()
    if case is None:
        raise rules.CaseNotFound
    rules.check_can_see(actor, standing_of(case))
    if case.received_at is None or case.due_on is None:
        raise rules.WrongState
    return Receipt(case.code, CaseState(case.state), case.received_at, case.due_on)


@transaction.atomic
def find_document(actor: Actor, code: str, document: str) -> DocumentFile:
    """A sealed document of a case, for whom the case concerns."""
    case = Case.objects.filter(code=code).first()
    if case is None:
        raise rules.CaseNotFound
    party = rules.check_can_see(actor, standing_of(case))
    found = _sealed_documents(case).filter(code=document).first()
    if found is None:
        raise rules.CaseNotFound
    if party != Party.APPLICANT:
        write_audit_line(case, "document_read", actor=actor)
    return DocumentFile(found.code, found.kind, bytes(found.pdf))


def _sealed_documents(case: Case) -> QuerySet[Document]:
    return case.documents.filter(sealed_at__isnull=False)
