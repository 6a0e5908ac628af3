"""From a decision to its sealed document: reserve a code, set the page, let the owner's gateway seal it.

Each step is kept before the next begins, so a crash or an outage anywhere is taken up where it was left:
the code is reserved once and the page is set once, whatever is repeated afterwards.
"""

import logging
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from mostovi.exchange import public as exchange
from mostovi.kernel import clock
from mostovi.kernel.access import system_actor
from mostovi.kernel.people import personal_number_of, pseudonym_for
from mostovi.services import rules
from mostovi.services.actions.delivering import deliver
from mostovi.services.actions.taking_back import tell_gateway
from mostovi.services.catalogue import definition_of
from mostovi.services.documents import render_template
from mostovi.services.models import Case, Decision, Document
from mostovi.services.papers import decision_data
from mostovi.services.recording import find_case, move, note, why
from mostovi.services.values import CaseState, PaperState, Step

logger = logging.getLogger(__name__)
MOSTOVI = system_actor("worker")
LEASE = timedelta(seconds=60)


def seal_decision(*, code: str, now: datetime) -> None:
    """Seal and deliver. When the gateway or the time-stamp authority is away, the worker tries again."""
    case = find_case(code)
    decision = Decision.objects.get(case=case, superseded_at=None)
    if not _lease(decision, now):
        return
    try:
        document = _reserved(case) or _reserve(case)
        pdf = bytes(document.unsealed_pdf) or _set_page(case, decision, document)
        record = _record(case, decision, document, pdf)
        sealed = exchange.seal_document(
            institution=case.institution, code=document.code, pdf=pdf, decision=record
        )
        for old in _being_replaced(case):
            tell_gateway(case=case, document=old, reason=old.reason, replaced_by=document.code)
    except (exchange.NoAnswer, exchange.BridgeRefused) as refusal:
        logger.warning("The decision of case %s is not sealed yet: %s", code, refusal.code)
        _postpone(decision)
        return
    _keep(case, document, sealed)
    deliver(code=code)


def _lease(decision: Decision, now: datetime) -> bool:
    """Two workers must not seal the same decision at the same time, however old the list they work from."""
    due = Decision.objects.filter(case__state=CaseState.DECIDED, next_try_at__lte=now)
    mine = due.filter(pk=decision.pk, tries=decision.tries)
    return bool(mine.update(tries=F("tries") + 1, next_try_at=now + LEASE))


def _postpone(decision: Decision) -> None:
    later = clock.now() + rules.retry_delay(decision.tries + 1)
    Decision.objects.filter(pk=decision.pk).update(next_try_at=later)


def _reserved(case: Case) -> Document | None:
    return case.documents.filter(kind=definition_of(case).output, state=PaperState.VALID).first()


def _being_replaced(case: Case) -> QuerySet[Document]:
    return case.documents.filter(state=PaperState.BEING_REPLACED)


def _reserve(case: Case) -> Document:
    kind = definition_of(case).output
    reserved = exchange.reserve_document(
        institution=case.institution,
        kind=kind,
        case=case.code,
        subject_jmb=personal_number_of(case.applicant_id, actor=MOSTOVI, purpose=f"seal case {case.code}"),
        verify_base_url=settings.BASE_URL,
    )
    return Document.objects.create(
        case=case,
        code=reserved.code,
        issuer=case.institution,
        kind=kind,
        issued_on=reserved.issued_on,
        verify_url=reserved.verify_url,
    )


def _set_page(case: Case, decision: Decision, document: Document) -> bytes:
    """The page, kept: a repeated try sends exactly the same bytes."""
    definition = definition_of(case)
    pdf = render_template(
        definition.files[definition.template],
        definition.texts,
        decision_data(case, decision, issued_on=document.issued_on),
        language=decision.language,
        qr_url=document.verify_url,
        code=document.code,
    )
    Document.objects.filter(pk=document.pk).update(unsealed_pdf=pdf)
    return pdf


def _record(case: Case, decision: Decision, document: Document, pdf: bytes) -> exchange.DecisionRecord:
    return exchange.DecisionRecord(
        case=case.code,
        code=document.code,
        pdf_sha256=sha256(pdf).hexdigest(),
        user=pseudonym_for(decision.official_id, case.institution),
        authenticated_at=decision.authenticated_at,
        decided_at=decision.decided_at,
        **why(case),
    )


@transaction.atomic
def _keep(case: Case, document: Document, sealed: bytes) -> None:
    now = clock.now()
    move(case, Step.SEAL)
    Document.objects.filter(pk=document.pk).update(
        pdf=sealed, sha256=sha256(sealed).hexdigest(), sealed_at=now, unsealed_pdf=b""
    )
    Decision.objects.filter(case=case).update(next_try_at=None)
    _being_replaced(case).update(state=PaperState.REPLACED, state_since=now)
    note(case, "sealed", actor=MOSTOVI, now=now, document=document.code)
