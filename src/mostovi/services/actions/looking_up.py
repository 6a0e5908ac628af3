"""An official opens somebody's data without a case. The gateway refuses and writes it down; so do we."""

from dataclasses import dataclass

from django.db import transaction

from mostovi.exchange import public as exchange
from mostovi.kernel import audit, people
from mostovi.kernel.access import Actor, check_is_official, role_of
from mostovi.kernel.personal_number import check_personal_number


@dataclass(frozen=True)
class Lookup:
    """What an office may ask of whom; the contract names the fields."""

    provider: str
    service: str
    fields: tuple[str, ...]


ADDRESS = Lookup("tuzla-canton-interior", "residence", ("name", "address"))


def look_up_person(*, actor: Actor, personal_number: str) -> exchange.Answer:
    """Ask for an address without naming a case. Raises BridgeRefused, as it must; the person sees this."""
    check_is_official(actor)
    assert actor.institution is not None
    assert actor.person_id is not None
    number = personal_number.strip()
    check_personal_number(number)
    _write_down(actor)
    return exchange.ask_register(
        institution=actor.institution,
        provider=ADDRESS.provider,
        service=ADDRESS.service,
        subject_jmb=number,
        fields=ADDRESS.fields,
        case=None,
        user=people.pseudonym_for(actor.person_id, actor.institution),
        acting=role_of(actor) or actor.kind,
    )


@transaction.atomic
def _write_down(actor: Actor) -> None:
    """Before the request leaves, so that the attempt stands in the log whatever happens to it."""
    audit.record(
        actor=actor,
        action="look_without_case",
        institution=actor.institution or "",
        purpose="none given",
        detail={"provider": ADDRESS.provider, "service": ADDRESS.service},
    )
