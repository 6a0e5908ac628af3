"""What a person does with her own application, or a clerk with her at the counter, until it is sent."""

import secrets
from collections.abc import Container
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from mostovi.kernel import clock
from mostovi.kernel.access import Actor, check_is_person
from mostovi.kernel.codes import new_code
from mostovi.kernel.errors import Conflict
from mostovi.kernel.people import find_or_create_person_at_counter, find_person
from mostovi.kernel.personal_number import check_personal_number
from mostovi.kernel.plain_text import plain_text
from mostovi.services import catalogue, rules
from mostovi.services.actions.seeing import mark_seen, tell_of_unseen
from mostovi.services.actions.settling import settle
from mostovi.services.actions.turning_away import check_may_try, check_same_person
from mostovi.services.models import Case, Fact
from mostovi.services.recording import find_case, move, note, write_audit_line
from mostovi.services.telling import tell
from mostovi.services.values import CaseState, Channel, Receipt, Step


class NotAgreed(Conflict):
    code = "facts_not_agreed"
    message = "Look at what the registers answered and agree to its use, then send the application."


def start_case(*, actor: Actor, service: str) -> str:
    """The code of the person's draft of this service; a second click finds the draft of the first."""
    check_is_person(actor)
    assert actor.person_id is not None
    catalogue.find_offered(service, Channel.ONLINE)
    return _start(actor=actor, service=service, applicant_id=actor.person_id)


def start_case_at_counter(
    *, actor: Actor, service: str, personal_number: str, name: str, identity_document: str
) -> str:
    """The person stands at the counter; the application is marked as assisted, with the clerk."""
    rules.check_can_start_at_counter(actor, catalogue.find_offered(service, Channel.COUNTER).owner)
    seen = rules.check_identity_seen(identity_document)
    check_personal_number(personal_number)
    rules.check_name(name)
    name = " ".join(plain_text(name).split())
    person = find_or_create_person_at_counter(personal_number=personal_number, name=name)
    check_may_try(actor=actor, person_id=person.id, purpose=service)
    known = _name_confirmed_before(person.id, service)
    if known:
        check_same_person(actor=actor, person_id=person.id, purpose=service, typed=name, known=known)
    return _start(actor=actor, service=service, applicant_id=person.id, typed=name, identity_document=seen)


def _name_confirmed_before(person_id: int, service: str) -> str:
    """By the register that answered for what was begun at the counter.

    What an identity provider said is not asked: whether somebody uses the portal is nothing a counter learns.
    """
    begun = _drafts(person_id, service, Channel.COUNTER).first()
    return catalogue.registered_name(begun) if begun else ""


def _drafts(applicant_id: int, service: str, channel: Channel) -> QuerySet[Case]:
    return Case.objects.filter(
        applicant_id=applicant_id, service=service, channel=channel, state=CaseState.DRAFT
    )


def _start(*, actor: Actor, service: str, applicant_id: int, typed: str = "", **seen: str) -> str:
    drafts = _drafts(applicant_id, service, rules.channel_of(actor))
    draft = drafts.first()
    if draft is None:
        try:
            return _create(actor=actor, service=service, applicant_id=applicant_id, typed=typed, **seen)
        except IntegrityError:
            # The other click of a double click was faster.
            draft = drafts.get()
    _go_on_with(draft, actor, typed=typed, **seen)
    return draft.code


@transaction.atomic
def _create(*, actor: Actor, service: str, applicant_id: int, typed: str = "", **seen: str) -> str:
    now = clock.now()
    definition = catalogue.find_definition(service)
    case = Case.objects.create(
        code=_unused_code(),
        institution=definition.owner,
        service=service,
        version=catalogue.pin(definition, now),
        applicant_id=applicant_id,
        applicant_name=typed or find_person(applicant_id).name,
        channel=rules.channel_of(actor),
        assisted_by_id=actor.person_id if actor.kind == "official" else None,
        submission_token=secrets.token_urlsafe(24),
        started_at=now,
    )
    _prepare_facts(case)
    note(case, "started", actor=actor, now=now, channel=case.channel, **seen)
    return case.code


def _unused_code() -> str:
    while Case.objects.filter(code=(code := new_code())).exists():
        continue
    return code


def _prepare_facts(case: Case) -> None:
    Fact.objects.bulk_create(
        Fact(case=case, key=key, provider=provider, exchange_service=service)
        for key, (provider, service) in catalogue.providers_by_fact(case).items()
    )


def _point_facts_at(case: Case) -> None:
    """The person chose another institution: what the one before answered does not count any more."""
    for key, (provider, service) in catalogue.providers_by_fact(case).items():
        stale = case.facts.filter(key=key).exclude(provider=provider)
        if stale.delete()[0]:
            Fact.objects.create(case=case, key=key, provider=provider, exchange_service=service)
            Case.objects.filter(pk=case.pk).update(facts_agreed_at=None)


@transaction.atomic
def _go_on_with(draft: Case, actor: Actor, *, typed: str = "", **seen: str) -> None:
    """A clerk goes on with what was begun at the counter, by a colleague or before."""
    if actor.kind != "official":
        return
    if typed:
        Case.objects.filter(pk=draft.pk).update(applicant_name=typed)
    event = "draft_resumed"
    if draft.assisted_by_id != actor.person_id:
        Case.objects.filter(pk=draft.pk).update(assisted_by_id=actor.person_id)
        event = "draft_handed_over"
    write_audit_line(draft, event, actor=actor, detail=seen)


@transaction.atomic
def agree_to_facts(*, actor: Actor, code: str) -> None:
    """The person has seen what registers answered and lets this one application use it."""
    case = find_case(code)
    rules.check_can(Step.AGREE, actor, catalogue.standing_of(case))
    catalogue.check_can_go_on(case)
    if case.facts_agreed_at is None:
        now = clock.now()
        move(case, Step.AGREE, facts_agreed_at=now)
        note(case, "facts_agreed", actor=actor, now=now)


@transaction.atomic
def record_answer(*, actor: Actor, code: str, question: str, answer: str | None) -> None:
    """Keep one answer. Answers to questions that are no longer asked are forgotten."""
    case = Case.objects.select_for_update().select_related("version").filter(code=code).first()
    if case is None:
        raise rules.CaseNotFound
    rules.check_can(Step.ANSWER, actor, catalogue.standing_of(case))
    if question not in catalogue.definition_of(case).choosing:
        catalogue.check_may_be_told(actor, case)
    answers = catalogue.check_and_keep(case, question, answer)
    move(case, Step.ANSWER, answers=answers)
    write_audit_line(case, "answered", actor=actor, detail={"question": question})
    if case.state == CaseState.DRAFT:
        _point_facts_at(find_case(code))
    else:
        settle(code=code)


def submit_case(
    *, actor: Actor, code: str, token: str, deliberate: bool = False, shown: Container[str] | None = None
) -> Receipt:
    """Send the application once, however often the button is pressed; every time the same receipt.

    ``deliberate``: the person knows that she has an open application or a decision for the same child.
    ``shown``: the keys of the answers that she saw when she sent; None for all that there are.
    """
    case = find_case(code)
    rules.check_can_see(actor, catalogue.standing_of(case))
    if not secrets.compare_digest(token.encode(), case.submission_token.encode()):
        raise rules.AnotherSubmission
    if case.received_at is None:
        _submit_once(case, actor, deliberate=deliberate, shown=shown)
        settle(code=code)
    return _receipt_of(find_case(code))


def _submit_once(case: Case, actor: Actor, *, deliberate: bool, shown: Container[str] | None) -> None:
    rules.check_can(Step.SUBMIT, actor, catalogue.standing_of(case))
    rules.check_is_meant(already_there=bool(catalogue.list_other_cases(case)), deliberate=deliberate)
    try:
        _submit(case, actor, clock.now(), shown)
    except rules.WrongState:
        # A second press of the button: the first one sent it.
        if find_case(case.code).received_at is None:
            raise


@transaction.atomic
def _submit(case: Case, actor: Actor, now: datetime, shown: Container[str] | None) -> None:
    rules.check_nothing_open(
        questions=bool(catalogue.list_open_questions(case)), denied=bool(catalogue.list_stops(case))
    )
    catalogue.check_can_go_on(case)
    if case.facts_agreed_at is None and case.facts.exclude(key=catalogue.DOCUMENT_KEY).exists():
        raise NotAgreed
    due_on = catalogue.due_on(case, now)
    move(case, Step.SUBMIT, received_at=now, due_on=due_on)
    note(case, "received", actor=actor, now=now)
    tell(case, "receipt", due_on=due_on.isoformat())
    answers = [fact.answer_key for fact in case.facts.all()] if shown is None else shown
    mark_seen(case=case, shown=answers)
    tell_of_unseen(case=case)


def _receipt_of(case: Case) -> Receipt:
    assert case.received_at is not None
    assert case.due_on is not None
    return Receipt(
        code=case.code, state=CaseState(case.state), received_at=case.received_at, due_on=case.due_on
    )


@transaction.atomic
def withdraw_case(*, actor: Actor, code: str) -> None:
    """Nothing more happens with the application; for one day it can be taken up again."""
    now = clock.now()
    case = find_case(code)
    if case.state == CaseState.WITHDRAWN:
        rules.check_can_see(actor, catalogue.standing_of(case))
        return
    rules.check_can(Step.WITHDRAW, actor, catalogue.standing_of(case))
    before = case.state
    move(case, Step.WITHDRAW, state_before_withdrawal=before, withdrawn_at=now)
    note(case, "withdrawn", actor=actor, now=now)


def start_over(*, actor: Actor, code: str) -> str:
    """A register could not help: the application ends, and the code of a new draft is given."""
    case = find_case(code)
    rules.check_can(Step.START_OVER, actor, catalogue.standing_of(case))
    _end_returned(actor=actor, code=code)
    typed = case.applicant_name if case.channel == Channel.COUNTER else ""
    return _start(actor=actor, service=case.service, applicant_id=case.applicant_id, typed=typed)


@transaction.atomic
def _end_returned(*, actor: Actor, code: str) -> None:
    now, case = clock.now(), find_case(code)
    before = case.state
    move(case, Step.START_OVER, state_before_withdrawal=before, withdrawn_at=now)
    note(case, "withdrawn", actor=actor, now=now)


def restore_case(*, actor: Actor, code: str) -> None:
    """Undo a withdrawal."""
    _restore(actor=actor, code=code)
    settle(code=code)


@transaction.atomic
def _restore(*, actor: Actor, code: str) -> None:
    now = clock.now()
    case = find_case(code)
    rules.check_can_restore(actor, catalogue.standing_of(case), now)
    before = CaseState(case.state_before_withdrawal)
    move(case, Step.RESTORE, back_to=before, state_before_withdrawal="", withdrawn_at=None)
    note(case, "restored", actor=actor, now=now)
