"""An official opens somebody's data without a case. The gateway refuses and writes it down; so do we."""

from django.db import transaction

from mostovi.exchange import public as exchange
from mostovi.kernel import audit, people
from mostovi.kernel.access import Actor, check_is_official, role_of
from mostovi.kernel.personal_number import check_personal_number
from mostovi.services.catalogue import find_lookup
from mostovi.services.values import Lookup


def look_up_person(*, actor: Actor, personal_number: str) -> exchange.Answer:
    """Ask without naming a case. Raises BridgeRefused, as it must; the person sees the attempt."""
    check_is_official(actor)
    assert actor.institution is not None
    assert actor.person_id is not None
    number = personal_number.strip()
    check_personal_number(number)
    asked = find_lookup()
    _write_down(actor, asked)
    return exchange.ask_register(
        institution=actor.institution,
        provider=asked.provider,
        service=asked.service,
        subject_jmb=number,
        fields=asked.fields,
        case=None,
        user=people.pseudonym_for(actor.person_id, actor.institution),
        acting=role_of(actor) or actor.kind,
    )


@transaction.atomic
def _write_down(actor: Actor, asked: Lookup) -> None:
    """Before the request leaves, so that the attempt stands in the log whatever happens to it."""
    audit.record(
        actor=actor,
        action="look_without_case",
        institution=actor.institution or "",
        purpose="none given",
        detail={"provider": asked.provider, "service": asked.service},
    )
