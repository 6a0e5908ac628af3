"""The rounds the worker makes each second."""

from collections.abc import Callable, Iterable

from django.conf import settings

from mostovi.connectivity import public as connectivity
from mostovi.exchange import public as exchange
from mostovi.kernel import audit, clock, messages, people
from mostovi.kernel.access import system_actor
from mostovi.services import public as services

_WORKER = system_actor("worker")


def _entry(line: audit.UnsealedLine) -> exchange.AuditEntry:
    subject = line.subject_person_id
    jmb = None
    if subject is not None and people.has_personal_number(subject):
        jmb = people.personal_number_of(
            subject, actor=_WORKER, purpose="find the pseudonym for the gateway log"
        )
    user = people.pseudonym_for(line.actor_person_id, line.institution) if line.actor_person_id else ""
    return exchange.AuditEntry(
        id=str(line.id),
        at=line.at,
        actor_kind=line.actor_kind,
        user=user,
        action=line.action,
        subject_jmb=jmb,
        case=line.case or None,
        purpose=line.purpose,
        detail=dict(line.detail),
    )


def seal_audit_lines() -> None:
    """Put audit lines into the log of the gateway of the institution they belong to."""
    by_institution: dict[str, list[audit.UnsealedLine]] = {}
    for line in audit.list_unsealed_lines():
        by_institution.setdefault(_log_for(line.institution), []).append(line)
    for institution, lines in by_institution.items():
        _seal(institution, lines)


def _log_for(institution: str) -> str:
    """An institution without a gateway of its own, such as an education authority that this portal hosts, has
    its lines in the log of the institution that runs the portal."""
    return institution if institution in settings.GATEWAYS else settings.HOME_INSTITUTION or institution


def _seal(institution: str, lines: Iterable[audit.UnsealedLine]) -> None:
    kept = list(lines)
    try:
        entries = exchange.append_audit_lines(institution=institution, lines=[_entry(line) for line in kept])
    except (exchange.NoAnswer, exchange.BridgeRefused):
        return  # the gateway is away; the lines wait in their order
    audit.mark_sealed(zip((line.id for line in kept), entries, strict=True), at=clock.now())


def do_due_work() -> None:
    services.do_due_work(clock.now())


def deliver_messages() -> None:
    messages.deliver_due(clock.now())


ROUNDS: tuple[Callable[[], object], ...] = (
    do_due_work,
    seal_audit_lines,
    deliver_messages,
    connectivity.write_list_for_probe,
)
