"""Cases and services as pages show them: in the language of the reader, every word ready."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from mostovi.kernel import clock
from mostovi.kernel.access import Actor
from mostovi.kernel.errors import NotFound
from mostovi.kernel.languages import current_variant
from mostovi.services import rules
from mostovi.services.definition import (
    Choice,
    FactRequest,
    Question,
    ServiceDefinition,
    answer_text,
    text_of,
)
from mostovi.services.definition.kinds import for_rules, for_words
from mostovi.services.definition.values import FactKind, FactSource, Kind
from mostovi.services.definition.wording import write_date, write_value
from mostovi.services.models import Case, Fact
from mostovi.services.queries import catalogue
from mostovi.services.values import CaseState, FactState, Step


@dataclass(frozen=True)
class Row:
    """A label and what stands beside it; ``key`` names the question or fact."""

    key: str
    label: str
    text: str


@dataclass(frozen=True)
class FactCard:
    """What one institution answered, or will."""

    key: str
    provider: str
    register: str
    rows: tuple[Row, ...]
    state: FactState
    in_force: bool | None
    why: str
    articles: tuple[str, ...]
    illustrative: bool
    as_of: datetime | None
    tried_at: datetime | None
    log_entry: str
    exchange_id: str
    remark: str
    remarked_at: datetime | None


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
class ProgressSheet:
    """How far the arch has grown."""

    facts_total: int
    facts_done: int
    facts_waiting: int
    questions_total: int
    questions_done: int
    current: int = 0
    sent: bool = False

    @property
    def complete(self) -> bool:
        return not self.sent and not self.current and self.questions_done == self.questions_total


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
    progress: ProgressSheet
    previous: str
    assisted: bool


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
    free: bool
    cards: tuple[FactCard, ...]
    answers: tuple[Row, ...]
    open_questions: tuple[str, ...]
    progress: ProgressSheet
    asked_at: datetime | None
    facts_agreed: bool
    due_on: date
    submission_token: str
    assisted: bool


@dataclass(frozen=True)
class RegisterLine:
    """What a service asks of one register."""

    provider: str
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


def find_service_sheet(service: str) -> ServiceSheet:
    """The start page of a service."""
    definition = catalogue.find_definition(service)
    return ServiceSheet(
        key=definition.key,
        title=_say(definition.title),
        summary=_text(definition, "summary"),
        owner=definition.owner,
        output=_text(definition, "output"),
        law=_say(definition.law.act),
        gazette=_say(definition.law.gazette),
        cost_km=Decimal(definition.cost.feninga) / 100,
        days=definition.deadline.days,
        questions=len(definition.questions),
        automatic=definition.automatic,
        registers=tuple(_register_line(definition, request) for request in definition.requests),
        channels=definition.channels,
    )


def find_draft_sheet(actor: Actor, code: str) -> DraftSheet:
    """An application of the actor that is not sent yet. NotFound for others, WrongState when it is sent."""
    return _draft_sheet(_own_draft(actor, code))


def find_fact_sheet(actor: Actor, code: str, key: str) -> FactSheet:
    """One register's answer, for the page where the person says that it is wrong."""
    case = Case.objects.select_related("version").filter(code=code).first()
    if case is None:
        raise rules.CaseNotFound
    rules.check_can(Step.DISPUTE, actor, case.standing())
    card = next((card for card in describe_facts(case) if card.key == key), None)
    if card is None:
        raise FactUnknown
    return FactSheet(card, code, is_draft=case.state == CaseState.DRAFT)


def list_counter_services() -> list[ServiceSheet]:
    """What a clerk may apply for with somebody at the counter, by title."""
    sheets = [find_service_sheet(definition.key) for definition in catalogue.list_definitions()]
    return sorted((sheet for sheet in sheets if "counter" in sheet.channels), key=lambda sheet: sheet.title)


def find_question_sheet(actor: Actor, code: str, key: str) -> QuestionSheet:
    """One question of a draft; QuestionUnknown when this person is not asked."""
    case = _own_draft(actor, code)
    questions = catalogue.list_questions(case)
    keys = [question.key for question in questions]
    if key not in keys:
        raise catalogue.QuestionUnknown
    place = keys.index(key)
    question = questions[place]
    return QuestionSheet(
        key=key,
        kind=question.kind,
        service_title=_say(catalogue.definition_of(case).title),
        title=_say(question.title),
        hint=_say(question.hint),
        why=_say(question.why),
        optional=question.optional,
        choices=_shown_choices(question),
        answer=case.answers.get(key),
        progress=replace(_progress(case, questions), current=place + 1),
        previous=keys[place - 1] if place else "",
        assisted=case.assisted_by_id is not None,
    )


def find_next_question(actor: Actor, code: str, after: str = "") -> str:
    """The key of the next open question, of the one behind ``after`` first; empty when all are answered."""
    case = _own_draft(actor, code)
    keys = [question.key for question in catalogue.list_questions(case)]
    start = keys.index(after) + 1 if after in keys else 0
    still_open = [key for key in [*keys[start:], *keys[:start]] if key not in case.answers]
    return still_open[0] if still_open else ""


def describe_answers(case: Case) -> tuple[Row, ...]:
    """What the person told us, as it is read back."""
    return tuple(
        Row(question.key, _say(question.title), _say_answer(question, case.answers[question.key]))
        for question in catalogue.list_questions(case)
        if question.key in case.answers
    )


def describe_facts(case: Case) -> tuple[FactCard, ...]:
    """What registers answered, one card per institution."""
    definition = catalogue.definition_of(case)
    by_key = {fact.key: fact for fact in case.facts.exclude(key=catalogue.DOCUMENT_KEY)}
    return tuple(
        _card(definition, request, by_key[request.key])
        for request in definition.requests
        if request.key in by_key
    )


def describe_progress(case: Case) -> ProgressSheet:
    return _progress(case, catalogue.list_questions(case))


def _own_draft(actor: Actor, code: str) -> Case:
    case = Case.objects.select_related("version").filter(code=code).first()
    if case is None:
        raise rules.CaseNotFound
    rules.check_can_see(actor, case.standing())
    if case.state != CaseState.DRAFT:
        raise rules.WrongState
    return case


def _draft_sheet(case: Case) -> DraftSheet:
    definition = catalogue.definition_of(case)
    questions = catalogue.list_questions(case)
    cards = describe_facts(case)
    return DraftSheet(
        code=case.code,
        service=case.service,
        service_title=_say(definition.title),
        law=_say(definition.law.act),
        gazette=_say(definition.law.gazette),
        institution=case.institution,
        automatic=definition.automatic,
        free=definition.cost.feninga == 0,
        cards=cards,
        answers=describe_answers(case),
        open_questions=tuple(question.key for question in questions if question.key not in case.answers),
        progress=_progress(case, questions),
        asked_at=min((card.tried_at for card in cards if card.tried_at), default=None),
        facts_agreed=case.facts_agreed_at is not None,
        due_on=catalogue.due_on(case, clock.now()),
        submission_token=case.submission_token,
        assisted=case.assisted_by_id is not None,
    )


def _progress(case: Case, questions: Iterable[Question]) -> ProgressSheet:
    states = list(case.facts.exclude(key=catalogue.DOCUMENT_KEY).values_list("state", flat=True))
    asked = [question.key for question in questions]
    return ProgressSheet(
        facts_total=len(states),
        facts_done=sum(state in (FactState.ANSWERED, FactState.NOT_FOUND) for state in states),
        facts_waiting=sum(state in (FactState.WAITING, FactState.NOT_ASKED) for state in states),
        questions_total=len(asked),
        questions_done=sum(key in case.answers for key in asked),
        sent=case.received_at is not None,
    )


def _card(definition: ServiceDefinition, request: FactRequest, fact: Fact) -> FactCard:
    return FactCard(
        key=fact.key,
        provider=fact.provider,
        register=_text(definition, f"registers.{request.service}"),
        rows=tuple(_rows(definition, request, fact.values)) if fact.state == FactState.ANSWERED else (),
        state=FactState(fact.state),
        in_force=fact.contract.get("in_force"),
        why=_text(definition, f"why.{request.service}") or _say(fact.contract.get("purpose")),
        articles=request.articles,
        illustrative=request.illustrative,
        as_of=fact.as_of,
        tried_at=fact.tried_at,
        log_entry=fact.log_entry,
        exchange_id=fact.exchange_id,
        remark=fact.dispute_text,
        remarked_at=fact.disputed_at,
    )


def _rows(definition: ServiceDefinition, request: FactRequest, fields: Mapping[str, Any]) -> Iterable[Row]:
    for source in request.facts:
        value = fields.get(source.field)
        if value is not None:
            label = _text(definition, f"facts.{source.key}")
            yield Row(source.key, label, _say_fact(source, value))


def _say_fact(source: FactSource, value: Any) -> str:
    if source.kind == FactKind.PEOPLE:
        return "; ".join(map(_say_person, for_rules(source.kind, value)))
    typed = for_rules(source.kind, value)
    shown = Decimal(typed) if source.kind == FactKind.MONEY_KM else for_words(source.kind, typed)
    return write_value(shown, current_variant())


def _say_person(person: Mapping[str, Any]) -> str:
    return _("{given_name} {family_name}, born {born_on} in {born_in}").format(
        given_name=person.get("given_name", ""),
        family_name=person.get("family_name", ""),
        born_on=write_date(person["born_on"], current_variant(), genitive=True),
        born_in=person.get("born_in", ""),
    )


def _say_answer(question: Question, value: Any) -> str:
    if value is None:
        return _("Not answered")
    if question.kind == Kind.IBAN:
        # An account stays half covered, as on a bank's slip: somebody may look over her shoulder.
        return f"{value[:4]} •••• •••• •••• {value[-4:]}"
    if question.kind == Kind.PHONE:
        return f"{value[:6]} ••• {value[-3:]}"
    return _say(answer_text(question, value))


def _shown_choices(question: Question) -> tuple[ShownChoice, ...]:
    if question.kind == Kind.YES_NO:
        return (ShownChoice("yes", _("Yes"), ""), ShownChoice("no", _("No"), ""))
    return tuple(_shown_choice(choice) for choice in question.choices)


def _shown_choice(choice: Choice) -> ShownChoice:
    return ShownChoice(choice.value, _say(choice.texts), _say(choice.hint))


def _register_line(definition: ServiceDefinition, request: FactRequest) -> RegisterLine:
    return RegisterLine(
        provider=request.provider,
        register=_text(definition, f"registers.{request.service}"),
        facts=tuple(_text(definition, f"facts.{fact.key}") for fact in request.facts),
        articles=request.articles,
    )


def _text(definition: ServiceDefinition, key: str) -> str:
    return _say(definition.texts.get(key))


def _say(texts: Mapping[str, str] | None) -> str:
    return text_of(texts, current_variant()) if texts else ""
