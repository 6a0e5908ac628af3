"""Documents that a register composes and its own gateway seals: no official is involved."""

import base64
import binascii
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.db import transaction

from mostovi.kernel import clock, codes
from mostovi.kernel.access import system_actor
from mostovi.kernel.errors import Refusal
from mostovi.services import rules
from mostovi.services.actions.delivering import deliver
from mostovi.services.catalogue import DOCUMENT_FIELDS, DOCUMENT_KEY, issue_request
from mostovi.services.fact_tries import asker_for, columns_of, lease
from mostovi.services.inquiries import Inquiry, Reply, ask
from mostovi.services.models import Case, Document, Fact
from mostovi.services.pausing import waiting_columns
from mostovi.services.recording import find_case, move, note
from mostovi.services.telling import tell
from mostovi.services.values import CaseState, FactState, Step, WaitsFor

MOSTOVI = system_actor("worker")
TIMEOUT_SECONDS = 4.0


@dataclass(frozen=True)
class IssuedDocument:
    """A sealed document as the register handed it over."""

    code: str
    issued_on: date
    pdf: bytes


def issue_extract(*, code: str, now: datetime) -> None:
    """Ask the register for the sealed document, keep and deliver it. Silent: the worker asks again."""
    case = find_case(code)
    fact = case.facts.get(key=DOCUMENT_KEY)
    if not _is_due(fact, now) or not lease(fact, now):
        return
    issue = issue_request(case)
    inquiry = Inquiry(
        key=fact.key,
        provider=issue.provider,
        service=issue.service,
        fields=DOCUMENT_FIELDS,
        parameters=issue.parameters,
    )
    reply = ask(inquiry, asker_for(case, MOSTOVI), TIMEOUT_SECONDS)
    try:
        _keep(case, fact, reply)
    except rules.WrongState:
        return  # withdrawn while the register was writing
    if reply.answer is not None:
        deliver(code=code)


def _is_due(fact: Fact, now: datetime) -> bool:
    """Not asked yet, or silent some time ago; while somebody else is asking it is not."""
    if fact.state == FactState.WAITING:
        return fact.next_try_at is not None and fact.next_try_at <= now
    return fact.state == FactState.NOT_ASKED


@transaction.atomic
def _keep(case: Case, fact: Fact, reply: Reply) -> None:
    now = clock.now()
    columns = columns_of(reply, tries=fact.tries + 1, now=now)
    document = _read(reply.answer.facts) if reply.answer is not None else None
    if document is not None:
        columns["values"] = {"code": document.code, "issued_on": document.issued_on.isoformat()}
    if reply.answer is not None and document is None:
        columns |= {"state": FactState.REFUSED, "values": {}, "refusal_code": "unreadable_document"}
    Fact.objects.filter(pk=fact.pk).update(**columns)
    if document is not None:
        _keep_document(case, fact, document, now)
    elif columns["state"] == FactState.WAITING:
        _keep_waiting(case, now)
    else:
        return_to_applicant(case=case, now=now, provider=fact.provider)


def _keep_document(case: Case, fact: Fact, document: IssuedDocument, now: datetime) -> None:
    Document.objects.create(
        case=case,
        code=document.code,
        issuer=fact.provider,
        kind=case.service,
        issued_on=document.issued_on,
        pdf=document.pdf,
        sha256=sha256(document.pdf).hexdigest(),
        sealed_at=now,
    )
    move(case, Step.ISSUE, decided_at=now)
    note(case, "issued", actor=MOSTOVI, now=now, provider=fact.provider, document=document.code)


def return_to_applicant(*, case: Case, now: datetime, provider: str) -> None:
    """No entry, or no document: nobody else decides, so the person chooses what next."""
    waiting = waiting_columns(case, WaitsFor.ANOTHER_PLACE, now)
    move(case, Step.RETURN_TO_APPLICANT, **waiting)
    note(case, "returned", actor=MOSTOVI, now=now, provider=provider)
    tell(case, "returned")


def _keep_waiting(case: Case, now: datetime) -> None:
    if case.state == CaseState.RECEIVED:
        move(case, Step.WAIT_FOR_FACTS)
        note(case, "waiting_for_facts", actor=MOSTOVI, now=now)


def _read(facts: Any) -> IssuedDocument | None:
    """The document, or None when what came is not one."""
    try:
        pdf = base64.b64decode(facts["document_base64"], validate=True)
        document = IssuedDocument(
            code=codes.normalise(facts["code"]), issued_on=date.fromisoformat(facts["issued_on"]), pdf=pdf
        )
    except (KeyError, TypeError, ValueError, binascii.Error, Refusal):
        return None
    return document if pdf.startswith(b"%PDF-") else None
