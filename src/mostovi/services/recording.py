"""How every action finds its case, moves it and writes down what happened."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from mostovi.kernel import audit
from mostovi.kernel.access import Actor
from mostovi.services import rules
from mostovi.services.catalogue import definition_of, standing_of
from mostovi.services.definition import life_of
from mostovi.services.models import Case, HistoryEntry
from mostovi.services.values import CaseState, Party, Step


def find_case(code: str) -> Case:
    """The row, for an action that checks who asks; NotFound like for a stranger's code."""
    case = Case.objects.select_related("version").filter(code=code).first()
    if case is None:
        raise rules.CaseNotFound
    return case


def hold_case(code: str) -> Case:
    """The row, held until the transaction ends: a second press of the same button waits for the first."""
    held = Case.objects.select_related("version").select_for_update(of=("self",)).filter(code=code).first()
    if held is None:
        raise rules.CaseNotFound
    return held


def move(case: Case, step: Step, *, back_to: CaseState | None = None, **columns: Any) -> None:
    """To where the steps of the service lead, once: whoever comes second finds that the case has moved on."""
    life = life_of(definition_of(case))
    columns["state"] = rules.target_of(step, CaseState(case.state), life, back_to=back_to)
    if not Case.objects.filter(pk=case.pk, state=case.state).update(**columns):
        raise rules.WrongState
    for name, value in columns.items():
        setattr(case, name, value)


def note(
    case: Case, event: str, *, actor: Actor, now: datetime, reason: str = "", **detail: str | list[str]
) -> None:
    """One line of history for the person and one audit line for the log, in the caller's transaction.

    ``reason`` is in an official's own words: it stays with the case.
    """
    by = rules.party_of(actor, standing_of(case)) or Party.SYSTEM
    told = {**detail, "reason": reason} if reason else detail
    HistoryEntry.objects.create(case=case, event=event, at=now, by=by, detail=told)
    write_audit_line(case, event, actor=actor, detail=detail)


def write_audit_line(
    case: Case, event: str, *, actor: Actor, detail: Mapping[str, Any] | None = None
) -> None:
    assert transaction.get_connection().in_atomic_block, "an audit line belongs to a transaction"
    audit.record(
        actor=actor,
        action=event,
        institution=case.institution,
        subject_person_id=case.applicant_id,
        case=case.code,
        purpose=case.service,
        detail={**why(case), **_part_of(actor, case), **(detail or {})},
    )


def why(case: Case) -> dict[str, Mapping[str, str]]:
    """What a case is for and by which law, per language: whoever the log is read to is told both."""
    definition = definition_of(case)
    law = definition.law
    cited = {language: f"{act} ({law.gazette[language]})" for language, act in law.act.items()}
    return {"purpose": dict(definition.title), "legal_basis": cited}


def _part_of(actor: Actor, case: Case) -> dict[str, str]:
    """An official may have several roles; in this case it is one."""
    party = rules.party_of(actor, standing_of(case))
    return {"role": str(party)} if party in {Party.CASEWORKER, Party.CLERK} else {}
