"""A sent application as its pages show it: to the person, to the clerk who helped, and at the desk."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mostovi.kernel import clock
from mostovi.kernel.access import Actor, check_is_official
from mostovi.kernel.errors import Refusal
from mostovi.kernel.languages import current_variant
from mostovi.services import rules
from mostovi.services.definition import RuleStep, text_of
from mostovi.services.definition.values import Proposal
from mostovi.services.models import Case
from mostovi.services.queries import catalogue
from mostovi.services.queries.cases import (
    list_assisted_cases,
    list_my_cases,
    open_case,
)
from mostovi.services.queries.sheets import FactCard, Row, describe_answers, describe_facts
from mostovi.services.values import (
    CaseState,
    CaseSummary,
    Channel,
    DocumentSummary,
    Outcome,
    Party,
    Standing,
    Step,
)


@dataclass(frozen=True)
class CaseLine:
    """One line of a list of cases."""

    summary: CaseSummary
    title: str
    state_text: str


@dataclass(frozen=True)
class Happening:
    """One line of a case's history, in words."""

    event: str
    title: str
    at: datetime
    by: Party


@dataclass(frozen=True)
class DecisionSheet:
    """A decision in words."""

    outcome: Outcome
    amount_km: Decimal | None
    reasons: str
    articles: tuple[str, ...]
    official_name: str
    decided_at: datetime


@dataclass(frozen=True)
class CaseSheet:
    """A sent application in words, with what the reader may do now."""

    code: str
    service: str
    service_title: str
    institution: str
    law: str
    gazette: str
    state: CaseState
    state_text: str
    channel: Channel
    applicant_name: str
    received_at: datetime | None
    due_on: date | None
    automatic: bool
    answers: tuple[Row, ...]
    cards: tuple[FactCard, ...]
    history: tuple[Happening, ...]
    decision: DecisionSheet | None
    documents: tuple[DocumentSummary, ...]
    question_from_official: str
    reply_from_applicant: str
    steps: frozenset[Step]


@dataclass(frozen=True)
class RuleLine:
    """One step of the rules as the official reads it: the result and the article it rests on."""

    key: str
    state: str
    sentence: str
    article: str
    illustrative: bool


@dataclass(frozen=True)
class DeskSheet:
    """A case as the official works on it. ``proposal`` is what the rules say; the official decides."""

    case: CaseSheet
    proposal: Proposal
    amount_km: Decimal | None
    lines: tuple[RuleLine, ...]
    assigned_to_name: str
    assigned_to_me: bool
    own_case: bool
    draft_outcome: Outcome | None
    draft_reasons: str
    suggested_reasons: str
    days_left: int | None


def list_case_lines(actor: Actor) -> list[CaseLine]:
    """The person's applications, the newest first."""
    return [describe_line(summary) for summary in list_my_cases(actor)]


def list_assisted_lines(actor: Actor) -> list[CaseLine]:
    return [describe_line(summary) for summary in list_assisted_cases(actor)]


def describe_line(summary: CaseSummary) -> CaseLine:
    title = text_of(catalogue.find_title(summary.service), current_variant())
    return CaseLine(summary, title, describe_state(summary.state))


@transaction.atomic
def find_case_sheet(actor: Actor, code: str) -> CaseSheet:
    """The case for whom it concerns; an official's look is written down."""
    return _sheet(open_case(actor, code), actor)


@transaction.atomic
def find_desk_sheet(actor: Actor, code: str) -> DeskSheet:
    """The case with the rules' result, for officials of the institution that owns it."""
    check_is_official(actor, role="caseworker")
    case = open_case(actor, code)
    result = catalogue.evaluate(case)
    lines = tuple(_rule_line(step) for step in result.conditions)
    return DeskSheet(
        case=_sheet(case, actor),
        proposal=result.proposal,
        amount_km=_marks(result.amount_feninga),
        lines=lines,
        assigned_to_name=case.assigned_to_name,
        assigned_to_me=case.assigned_to_id == actor.person_id,
        own_case=case.applicant_id == actor.person_id,
        draft_outcome=Outcome(case.draft_outcome) if case.draft_outcome else None,
        draft_reasons=case.draft_reasons,
        suggested_reasons=" ".join(line.sentence for line in lines),
        days_left=(case.due_on - clock.now().date()).days if case.due_on else None,
    )


def describe_state(state: CaseState) -> str:
    """The state in one or two words, as a tag shows it."""
    return {
        CaseState.DRAFT: _("Not sent yet"),
        CaseState.RECEIVED: _("Received"),
        CaseState.WAITING_FOR_FACTS: _("Waiting for a register"),
        CaseState.TO_DECIDE: _("With the official"),
        CaseState.WAITING_FOR_APPLICANT: _("Waiting for you"),
        CaseState.DECIDED: _("Decided, being sealed"),
        CaseState.SEALED: _("Sealed"),
        CaseState.DELIVERED: _("Done"),
        CaseState.WITHDRAWN: _("Withdrawn"),
    }[state]


def describe_event(event: str) -> str:
    """What happened, as a line of the history says it."""
    return {
        "started": _("The application was begun"),
        "registers_asked": _("Registers were asked"),
        "registers_not_asked": _("Registers could not be asked without a personal number"),
        "facts_agreed": _("The use of the registers' answers was agreed"),
        "fact_disputed": _("A register's answer was called wrong"),
        "dispute_taken_back": _("The remark on a register's answer was taken back"),
        "received": _("The application was sent"),
        "waiting_for_facts": _("A register does not answer; we ask again by ourselves"),
        "complete": _("Everything is there; an official decides"),
        "handed_to_official": _("The register could not write the document; an official looks at it"),
        "taken": _("An official took the case"),
        "applicant_asked": _("The official asked a question"),
        "applicant_replied": _("The question was answered"),
        "decided": _("The decision was made"),
        "sealed": _("The decision was sealed"),
        "issued": _("The register wrote and sealed the document"),
        "delivered": _("The document was delivered"),
        "read": _("The document was opened"),
        "withdrawn": _("The application was withdrawn"),
        "restored": _("The application was taken up again"),
    }.get(event, event)


def _sheet(case: Case, actor: Actor) -> CaseSheet:
    definition = catalogue.definition_of(case)
    standing = case.standing()
    return CaseSheet(
        code=case.code,
        service=case.service,
        service_title=_say(definition.title),
        institution=case.institution,
        law=_say(definition.law.act),
        gazette=_say(definition.law.gazette),
        state=standing.state,
        state_text=describe_state(standing.state),
        channel=Channel(case.channel),
        applicant_name=case.applicant_name,
        received_at=case.received_at,
        due_on=case.due_on,
        automatic=definition.automatic,
        answers=describe_answers(case),
        cards=describe_facts(case),
        history=_history(case),
        decision=_decision(case),
        documents=tuple(document.summary() for document in case.documents.filter(sealed_at__isnull=False)),
        question_from_official=case.question_from_official,
        reply_from_applicant=case.reply_from_applicant,
        steps=_possible_steps(actor, standing),
    )


def _history(case: Case) -> tuple[Happening, ...]:
    entries = [entry.view() for entry in case.history.all()]
    return tuple(Happening(line.event, describe_event(line.event), line.at, line.by) for line in entries)


def _decision(case: Case) -> DecisionSheet | None:
    decision = getattr(case, "decision", None)
    if decision is None:
        return None
    view = decision.view()
    return DecisionSheet(
        outcome=view.outcome,
        amount_km=_marks(view.amount_feninga),
        reasons=view.reasons,
        articles=view.articles,
        official_name=view.official_name,
        decided_at=view.decided_at,
    )


def _possible_steps(actor: Actor, standing: Standing) -> frozenset[Step]:
    """What the reader may do now, so that a page offers nothing that would be refused."""
    return frozenset(step for step in Step if _is_possible(step, actor, standing))


def _is_possible(step: Step, actor: Actor, standing: Standing) -> bool:
    try:
        if step == Step.RESTORE:
            rules.check_can_restore(actor, standing, clock.now())
        else:
            rules.check_can(step, actor, standing)
    except Refusal:
        return False
    return True


def _rule_line(step: RuleStep) -> RuleLine:
    return RuleLine(
        key=step.key,
        state=step.state.value.replace(" ", "_"),
        sentence=_say(step.sentence),
        article=step.article,
        illustrative=step.illustrative,
    )


def _marks(feninga: int | None) -> Decimal | None:
    return None if feninga is None else Decimal(feninga) / 100


def _say(texts: Mapping[str, Any] | None) -> str:
    return text_of(texts, current_variant()) if texts else ""
