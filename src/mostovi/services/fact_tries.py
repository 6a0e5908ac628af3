"""One try at one register's fact: leased, asked on the applicant's behalf, and what its row says then."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from mostovi.exchange import public as exchange
from mostovi.kernel.access import Actor
from mostovi.kernel.people import personal_number_of, pseudonym_for
from mostovi.services import rules
from mostovi.services.catalogue import standing_of
from mostovi.services.inquiries import Asker, Reply, describe_contract
from mostovi.services.models import Case, Fact
from mostovi.services.values import FactState, Party

LEASE = timedelta(seconds=30)
NO_REMARK = {"dispute_text": "", "disputed_at": None, "disputed_facts": (), "confirmed_at": None}
_EVIDENCE = ("exchange_id", "log_entry", "contract", "as_of")


def asker_for(case: Case, actor: Actor, *, anew_by: int | None = None) -> Asker:
    """Who asks, also when our worker asks again: the applicant, the clerk who applies with her, or the
    official ``anew_by``, who had the question put anew."""
    person_id, acting = (anew_by, Party.CASEWORKER) if anew_by is not None else _acting_in(case, actor)
    return Asker(
        institution=case.institution,
        case=case.code,
        user=pseudonym_for(person_id, case.institution),
        acting=acting,
        subject_jmb=personal_number_of(case.applicant_id, actor=actor, purpose=f"case {case.code}"),
    )


def _acting_in(case: Case, actor: Actor) -> tuple[int, str]:
    if actor.kind == "official" and actor.person_id is not None:
        return actor.person_id, rules.party_of(actor, standing_of(case)) or actor.kind
    if actor.person_id is None and case.assisted_by_id is not None:
        return case.assisted_by_id, Party.CLERK
    return case.applicant_id, "person"


def lease(fact: Fact, now: datetime) -> bool:
    """Two requests, or a request and the worker, must not ask the same register at the same time."""
    state = fact.state if fact.asked_anew_at else FactState.WAITING
    return bool(
        Fact.objects.filter(pk=fact.pk, state=fact.state, tries=fact.tries).update(
            state=state, tries=F("tries") + 1, tried_at=now, next_try_at=now + LEASE
        )
    )


def columns_of(reply: Reply, *, tries: int, now: datetime) -> dict[str, Any]:
    """What a fact's row says after one try."""
    if reply.answer is not None:
        return {
            "state": FactState.ANSWERED,
            "values": dict(reply.answer.facts),
            "exchange_id": reply.answer.exchange_id,
            "log_entry": reply.answer.log_entry,
            "contract": describe_contract(reply.answer.contract),
            "as_of": reply.answer.as_of,
            "answered_at": now,
            "next_try_at": None,
        }
    if reply.refusal is not None:
        not_found = isinstance(reply.refusal, exchange.PersonNotInRegister)
        told: dict[str, Any] = {"refusal_code": reply.refusal.code, "next_try_at": None}
        if not_found:
            return told | {"state": FactState.NOT_FOUND, "answered_at": now}
        return told | {"state": FactState.REFUSED}
    return {"state": FactState.WAITING, "next_try_at": now + rules.retry_delay(tries)}


def columns_anew(columns: Mapping[str, Any], said: Fact) -> dict[str, Any]:
    """The same for a question put anew: what the register ``said`` counts until it says something else."""
    if columns["state"] == FactState.WAITING:
        return {"next_try_at": columns["next_try_at"]}
    over: dict[str, Any] = {"next_try_at": None, "asked_anew_at": None, "asked_anew_by_id": None}
    if columns["state"] == FactState.REFUSED:
        return over
    if (columns["state"], columns.get("values", {})) == (said.state, said.values):
        evidence = {name: columns[name] for name in _EVIDENCE if name in columns}
        # To somebody who has taken the remark back meanwhile nothing is confirmed.
        return {**evidence, **over, "confirmed_at": columns["answered_at"] if said.disputed_at else None}
    none: dict[str, Any] = {
        "values": {},
        "exchange_id": "",
        "log_entry": "",
        "as_of": None,
        "refusal_code": "",
        "seen_at": None,
    }
    return {**none, **columns, **over, **NO_REMARK}
