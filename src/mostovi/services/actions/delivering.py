"""Handing a sealed document over to the person."""

from django.db import transaction

from mostovi.kernel import clock
from mostovi.kernel.access import Actor, system_actor
from mostovi.services import rules
from mostovi.services.catalogue import standing_of
from mostovi.services.models import Document
from mostovi.services.recording import find_case, move, note
from mostovi.services.telling import tell
from mostovi.services.values import Step

MOSTOVI = system_actor("worker")


@transaction.atomic
def deliver(*, code: str) -> None:
    """Tell the person that the document is there; harmless to repeat."""
    case = find_case(code)
    try:
        move(case, Step.DELIVER)
    except rules.WrongState:
        return
    note(case, "delivered", actor=MOSTOVI, now=clock.now())
    tell(case, "delivered")


@transaction.atomic
def note_reading(*, actor: Actor, code: str, document: str) -> None:
    """The person opened the document for the first time."""
    case = find_case(code)
    rules.check_can_see(actor, standing_of(case))
    now = clock.now()
    unread = Document.objects.filter(case=case, code=document, first_read_at=None, sealed_at__isnull=False)
    if actor.person_id == case.applicant_id and unread.update(first_read_at=now):
        note(case, "read", actor=actor, now=now, document=document)
