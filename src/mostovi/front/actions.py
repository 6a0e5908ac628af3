"""What a person does on pages that belong to no single module."""

from django.conf import settings
from django.db import transaction

from mostovi.front.checking import asking_institution
from mostovi.kernel import audit, messages
from mostovi.kernel.access import Actor, check_is_person


@transaction.atomic
def question_look(*, actor: Actor, institution: str, log_entry: str) -> None:
    """The person does not recognise a look: the institution's own log says so from now on."""
    check_is_person(actor)
    assert actor.person_id is not None
    audit.record(
        actor=actor,
        action="look_questioned",
        subject_person_id=actor.person_id,
        institution=institution if institution in settings.GATEWAYS else asking_institution(),
        purpose="own-data",
        detail={"log_entry": log_entry, "institution": institution},
    )
    messages.send(
        person_id=actor.person_id,
        template="front.look_questioned",
        context={"log_entry": log_entry, "institution": institution},
    )
