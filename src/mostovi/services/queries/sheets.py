"""Cases and services as pages show them: in the language of the reader, every word ready."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from mostovi.kernel import clock
from mostovi.kernel.access import Actor, check_is_official
from mostovi.kernel.errors import NotFound, Refusal
from mostovi.services import catalogue, rules
from mostovi.services.definition import (
    Choice,
    FactRequest,
    Question,
    ServiceDefinition,
)
from mostovi.services.definition.values import Kind
from mostovi.services.describing import (
    FactCard,
    ProgressSheet,
    Row,
    describe_answers,
    describe_facts,
    describe_progress,
    say,
    text,
)
from mostovi.services.models import Case
from mostovi.services.values import CaseState, FactState, Standing, Step


class FactUnknown(NotFound):
    code = "fact_unknown"
    message = "This application does not use such an answer of a register."


@dataclass(frozen=True)
class FactSheet:
    """One answer of a register and the application it serves."""

    card: FactCard
    code: str
    is_draft: bool


@dataclass(frozen=True)
class Way:
    """Where somebody goes on with an application: the name of a page, and of a question if it is one."""

    page: str
    question: str = ""


@dataclass(frozen=True)
class StopSheet:
    """What a register denies, so that there is nothing more to ask; and what the person can do about it."""

    code: str
    service_title: str
    institution: str
    law: str
    gazette: str
    title: str
    article: str
    illustrative: bool
    card: FactCard
    assisted: bool


@dataclass(frozen=True)
class ShownChoice:
    value: str
    label: str
    hint: str


@dataclass(frozen=True)
class QuestionSheet:
    """One question, ready for its page."""

    key: str
    kind: Kind
    service_title: str
    title: str
    hint: str
    why: str
    optional: bool
    choices: tuple[ShownChoice, ...]
    answer: Any
    doubt: str
    is_sent: bool
    progress: ProgressSheet
    previous: str
    service: str
    chooses_register: bool
    assisted: bool


@dataclass(frozen=True)
class OpenAlready:
    """Another application for the same, sent before."""

    code: str
    sent_at: datetime


@dataclass(frozen=True)
class DraftSheet:
    """An application before it is sent: what registers and the person said so far."""

    code: str
    service: str
    service_title: str
    law: str
    gazette: str
    institution: str
    automatic: bool
    no_entry_at: str
    chooses_by: str
    free: bool
    cards: tuple[FactCard, ...]
    answers: tuple[Row, ...]
    open_questions: tuple[str, ...]
    progress: ProgressSheet
    asked_at: datetime | None
    facts_agreed: bool
    identity_confirmed: bool
    due_on: date
    submission_token: str
    assisted: bool
    already_open: tuple[OpenAlready, ...]


@dataclass(frozen=True)
class RegisterLine:
    """What a service asks of one register."""

    providers: tuple[str, ...]
    register: str
    facts: tuple[str, ...]
    articles: tuple[str, ...]


@dataclass(frozen=True)
class ServiceSheet:
    """What a person reads before she begins."""

    key: str
    title: str
    summary: str
    owner: str
    output: str
    law: str
    gazette: str
    cost_km: Decimal
    days: int
    questions: int
    automatic: bool
    registers: tuple[RegisterLine, ...]
    channels: tuple[str, ...]
    may_start: bool


def find_service_sheet(actor: Actor, service: str) -> ServiceSheet:
    """The start page of a service, and whether this actor may begin."""
    return _service_sheet(catalogue.find_definition(service), may_start=actor.kind in ("anonymous", "person"))


def _service_sheet(definition: ServiceDefinition, *, may_start: bool) -> ServiceSheet:
    return ServiceSheet(
        key=definition.key,
        title=say(definition.title),
        summary=text(definition, "summary"),
        owner=definition.owner,
        output=text(definition, "output"),
        law=say(definition.law.act),
        gazette=say(definition.law.gazette),
        cost_km=Decimal(definition.cost.feninga) / 100,
        days=definition.deadline.days,
        questions=len(definition.questions),
        automatic=definition.automatic,
        registers=tuple(_register_line(definition, request) for request in definition.requests),
        channels=definition.channels,
        may_start=may_start,
    )


def find_draft_sheet(actor: Actor, code: str) -> DraftSheet:
    """An application of the actor that is not sent yet. NotFound for others, WrongState when it is sent."""
    return _draft_sheet(actor, _own_draft(actor, code))


def find_fact_sheet(actor: Actor, code: str, key: str) -> FactSheet:
    """One register's answer, for the page where the person says that it is wrong."""
    case = Case.objects.select_related("version").filter(code=code).first()
    if case is None:
        raise rules.CaseNotFound
    rules.check_can(Step.DISPUTE, actor, case.standing())
    cards = describe_facts(case, at_counter=_is_typed_by(actor, case))
    card = next((card for card in cards if card.key == key), None)
    if card is None:
        raise FactUnknown
    return FactSheet(card, code, is_draft=case.state == CaseState.DRAFT)


def list_counter_services(actor: Actor) -> list[ServiceSheet]:
    """What a clerk may apply for with somebody at the counter, by title: the own institution's services."""
    check_is_official(actor, role="clerk")
    own = [each for each in catalogue.list_definitions() if each.owner == actor.institution]
    sheets = [_service_sheet(definition, may_start=True) for definition in own]
    return sorted((sheet for sheet in sheets if "counter" in sheet.channels), key=lambda sheet: sheet.title)


def find_question_sheet(actor: Actor, code: str, key: str) -> QuestionSheet:
    """One question of an application that is not sent, or waits for answers.

    QuestionUnknown when this person is not asked; WrongState when nothing can be answered any more.
    """
    case = _own_open(actor, code)
    questions = catalogue.list_questions(case)
    keys = [question.key for question in questions]
    if key not in keys:
        raise catalogue.QuestionUnknown
    place = keys.index(key)
    question = questions[place]
    return QuestionSheet(
        key=key,
        kind=question.kind,
        service_title=say(catalogue.definition_of(case).title),
        title=say(question.title),
        hint=say(question.hint),
        why=say(question.why),
        optional=question.optional,
        choices=_shown_choices(question),
        answer=case.answers.get(key),
        doubt=_doubt(case, question),
        is_sent=case.received_at is not None,
        progress=replace(describe_progress(case, questions), current=place + 1),
        previous=keys[place - 1] if place else "",
        service=case.service,
        chooses_register=key in catalogue.definition_of(case).choosing,
        assisted=_is_typed_by(actor, case),
    )


def find_next_question(actor: Actor, code: str, after: str = "") -> str:
    """The key of the next open question, of the one behind ``after`` first; empty when all are answered."""
    return _next_question(_own_open(actor, code), after)


def _next_question(case: Case, after: str) -> str:
    keys = [question.key for question in catalogue.list_questions(case)]
    still_open = {question.key for question in catalogue.list_open_questions(case)}
    start = keys.index(after) + 1 if after in keys else 0
    return next((key for key in [*keys[start:], *keys[:start]] if key in still_open), "")


def find_way_on(actor: Actor, code: str, after: str = "") -> Way:
    """The first page on which something is left to do; behind the question ``after`` first."""
    case = _own(actor, code)
    if case.state != CaseState.DRAFT and not _may_answer(actor, case.standing()):
        return Way("case")
    if case.state == CaseState.DRAFT and _facts_are_first(case):
        return Way("facts")
    if catalogue.list_stops(case):
        return Way("stop")
    key = _next_question(case, after)
    if key:
        return Way("question", key)
    return Way("check" if case.state == CaseState.DRAFT else "case")


def find_stop_sheet(actor: Actor, code: str) -> StopSheet:
    """What a register denies. WrongState when nothing stops this application."""
    case = _own_open(actor, code)
    stops = catalogue.list_stops(case)
    if not stops:
        raise rules.WrongState
    definition, stop = catalogue.definition_of(case), stops[0]
    return StopSheet(
        code=code,
        service_title=say(definition.title),
        institution=case.institution,
        law=say(definition.law.act),
        gazette=say(definition.law.gazette),
        title=say(stop.sentence),
        article=stop.article,
        illustrative=stop.illustrative,
        card=next(card for card in describe_facts(case) if card.key == stop.fact),
        assisted=_is_typed_by(actor, case),
    )


def _facts_are_first(case: Case) -> bool:
    """Registers were asked, and the person has not agreed yet or no register knows her."""
    asked = bool(describe_facts(case))
    no_entry = catalogue.definition_of(case).automatic and bool(_no_entry_at(case))
    confirmed = catalogue.is_identity_confirmed(case)
    return asked and (no_entry or case.facts_agreed_at is None or not confirmed)


def _own(actor: Actor, code: str) -> Case:
    case = Case.objects.select_related("version").filter(code=code).first()
    if case is None:
        raise rules.CaseNotFound
    rules.check_can_see(actor, case.standing())
    return case


def _own_draft(actor: Actor, code: str) -> Case:
    case = _own(actor, code)
    if case.state != CaseState.DRAFT:
        raise rules.WrongState
    return case


def _own_open(actor: Actor, code: str) -> Case:
    """Not sent yet, or waiting for answers of the applicant."""
    case = _own(actor, code)
    rules.check_can(Step.ANSWER, actor, case.standing())
    return case


def _may_answer(actor: Actor, standing: Standing) -> bool:
    try:
        rules.check_can(Step.ANSWER, actor, standing)
    except Refusal:
        return False
    return True


def _doubt(case: Case, question: Question) -> str:
    """What is wrong with a saved answer by now, in the service's words."""
    if question.key not in case.answers or not question.check_text:
        return ""
    still_open = {each.key for each in catalogue.list_open_questions(case)}
    return say(question.check_text) if question.key in still_open else ""


def _draft_sheet(actor: Actor, case: Case) -> DraftSheet:
    definition = catalogue.definition_of(case)
    questions = catalogue.list_questions(case)
    cards = describe_facts(case, at_counter=_is_typed_by(actor, case))
    return DraftSheet(
        code=case.code,
        service=case.service,
        service_title=say(definition.title),
        law=say(definition.law.act),
        gazette=say(definition.law.gazette),
        institution=case.institution,
        automatic=definition.automatic,
        no_entry_at=_no_entry_at(case) if definition.automatic else "",
        chooses_by=definition.choosing[0] if definition.choosing else "",
        free=definition.cost.feninga == 0,
        cards=cards,
        answers=describe_answers(case),
        open_questions=tuple(question.key for question in catalogue.list_open_questions(case)),
        progress=describe_progress(case, questions),
        asked_at=min((card.tried_at for card in cards if card.tried_at), default=None),
        facts_agreed=case.facts_agreed_at is not None,
        identity_confirmed=catalogue.is_identity_confirmed(case),
        due_on=catalogue.due_on(case, clock.now()),
        submission_token=case.submission_token,
        assisted=_is_typed_by(actor, case),
        already_open=tuple(
            OpenAlready(other.code, other.received_at)
            for other in catalogue.list_open_already(case)
            if other.received_at is not None
        ),
    )


def _is_typed_by(actor: Actor, case: Case) -> bool:
    """The clerk at the counter goes back to the counter; the person whose application it is does not."""
    return case.assisted_by_id is not None and case.assisted_by_id == actor.person_id


def _no_entry_at(case: Case) -> str:
    """The institution whose register does not know the person; empty when each does."""
    fact = case.facts.filter(state=FactState.NOT_FOUND).first()
    return fact.provider if fact else ""


def _shown_choices(question: Question) -> tuple[ShownChoice, ...]:
    if question.kind == Kind.YES_NO:
        return (ShownChoice("yes", _("Yes"), ""), ShownChoice("no", _("No"), ""))
    return tuple(_shown_choice(choice) for choice in question.choices)


def _shown_choice(choice: Choice) -> ShownChoice:
    return ShownChoice(choice.value, say(choice.texts), say(choice.hint))


def _register_line(definition: ServiceDefinition, request: FactRequest) -> RegisterLine:
    return RegisterLine(
        providers=definition.providers_of(request.provider),
        register=text(definition, f"registers.{request.service}"),
        facts=tuple(text(definition, f"facts.{fact.key}") for fact in request.facts),
        articles=request.articles,
    )
