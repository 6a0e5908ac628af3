"""A sent application as its pages show it: to the person, to the clerk who helped, and at the desk."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from mostovi.kernel import clock
from mostovi.kernel.access import Actor, check_is_official
from mostovi.kernel.errors import Refusal
from mostovi.kernel.people import find_person
from mostovi.services import catalogue, rules
from mostovi.services.definition import RuleStep
from mostovi.services.definition.outcomes import Proposal, RuleState
from mostovi.services.describing import (
    CaseLine,
    FactCard,
    Row,
    describe_answers,
    describe_event,
    describe_facts,
    describe_line,
    describe_state,
    say,
)
from mostovi.services.models import Case
from mostovi.services.queries.cases import (
    list_assisted_cases,
    list_my_cases,
    open_case,
)
from mostovi.services.values import (
    CaseState,
    Channel,
    DocumentSummary,
    FactState,
    OtherCase,
    Outcome,
    PaperPart,
    PaperState,
    Party,
    Standing,
    Step,
    WaitsFor,
)

_IN_THE_WAY = (RuleState.UNKNOWN, RuleState.NOT_MET)
MAKING_TAKES = timedelta(minutes=1)


@dataclass(frozen=True)
class Happening:
    """One line of a case's history, in words."""

    event: str
    title: str
    at: datetime
    by: Party


@dataclass(frozen=True)
class RuleLine:
    """One step of the rules as the official reads it: the result, the article it rests on, and whether it
    rests on a fact that the applicant calls wrong."""

    key: str
    state: str
    sentence: str
    article: str
    illustrative: bool
    on_called_wrong: bool


@dataclass(frozen=True)
class DecisionSheet:
    """A decision in words; ``text`` is all that its document says, in the document's language."""

    outcome: Outcome
    amount_km: Decimal | None
    language: str
    text: tuple[PaperPart, ...]
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
    waits_for: WaitsFor | None
    still_asked: tuple[str, ...]
    denied: tuple[str, ...]
    gaps: tuple[str, ...]
    returned_by: str
    being_made: bool
    all_answered: bool
    waits_to_be_seen_until: date | None
    steps: frozenset[Step]

    @property
    def turned_away(self) -> bool:
        """At the counter the name typed was not the one in the register: nobody withdrew it."""
        return any(line.event == "other_person" for line in self.history)

    @property
    def unseen(self) -> list[FactCard]:
        """What came late and the applicant has not seen."""
        return [card for card in self.cards if card.unseen]

    @property
    def paper(self) -> DocumentSummary | None:
        """The paper of the decision in force, or what a register issued; none while it is being sealed."""
        state = PaperState.REVOKED if self.state == CaseState.REVOKED else PaperState.VALID
        return next((paper for paper in reversed(self.documents) if paper.state == state), None)

    @property
    def earlier_papers(self) -> tuple[DocumentSummary, ...]:
        """Papers of decisions that are decided anew."""
        return tuple(paper for paper in self.documents if paper != self.paper)


@dataclass(frozen=True)
class DeskSheet:
    """A case as the official works on it. ``proposal`` is what the rules say; the official decides.

    ``departing`` is the outcome that would go against what they propose.
    """

    case: CaseSheet
    proposal: Proposal
    departing: Outcome | None
    may_approve: bool
    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    other_cases: tuple[OtherCase, ...]
    amount_km: Decimal | None
    lines: tuple[RuleLine, ...]
    assigned_to_name: str
    assigned_to_me: bool
    own_case: bool
    draft_outcome: Outcome | None
    draft_reasons: str
    applicant_language_name: str
    days_left: int | None

    @property
    def lines_on_called_wrong(self) -> list[RuleLine]:
        return [line for line in self.lines if line.on_called_wrong]


def list_case_lines(actor: Actor) -> list[CaseLine]:
    """The person's applications, the newest first."""
    return [describe_line(summary) for summary in list_my_cases(actor)]


def list_assisted_lines(actor: Actor) -> list[CaseLine]:
    return [describe_line(summary) for summary in list_assisted_cases(actor)]


@transaction.atomic
def find_case_sheet(actor: Actor, code: str) -> CaseSheet:
    """The case for whom it concerns; an official's look is written down."""
    return _sheet(open_case(actor, code), actor)


@transaction.atomic
def find_desk_sheet(actor: Actor, code: str) -> DeskSheet:
    """The case with the rules' result, for officials of the institution that owns it."""
    check_is_official(actor, role="caseworker")
    case = open_case(actor, code)
    result, wrong = catalogue.evaluate(case), catalogue.list_called_wrong(case)
    language = find_person(case.applicant_id).language or "bs"
    return DeskSheet(
        case=_sheet(case, actor),
        proposal=result.proposal,
        departing=rules.departing_outcome(result.proposal),
        may_approve=rules.may_approve(result.amount_feninga, pays=bool(catalogue.definition_of(case).amount)),
        missing=tuple(say(step.sentence) for step in result.conditions if step.state in _IN_THE_WAY),
        unknown=tuple(say(step.sentence) for step in result.conditions if step.state == RuleState.UNKNOWN),
        other_cases=tuple(catalogue.list_other_cases(case)),
        amount_km=_marks(result.amount_feninga),
        lines=tuple(_rule_line(step, wrong) for step in result.conditions),
        assigned_to_name=case.assigned_to_name,
        assigned_to_me=case.assigned_to_id == actor.person_id,
        own_case=case.applicant_id == actor.person_id,
        draft_outcome=Outcome(case.draft_outcome) if case.draft_outcome else None,
        draft_reasons=case.draft_reasons,
        applicant_language_name=dict(settings.LANGUAGES).get(language.lower(), language),
        days_left=(case.due_on - clock.now().date()).days if case.due_on else None,
    )


def _sheet(case: Case, actor: Actor) -> CaseSheet:
    definition = catalogue.definition_of(case)
    standing = catalogue.standing_of(case)
    return CaseSheet(
        code=case.code,
        service=case.service,
        service_title=say(definition.title),
        institution=case.institution,
        law=say(definition.law.act),
        gazette=say(definition.law.gazette),
        state=standing.state,
        state_text=describe_state(standing.state),
        channel=Channel(case.channel),
        applicant_name=case.applicant_name,
        received_at=case.received_at,
        due_on=case.due_on,
        automatic=definition.automatic,
        answers=describe_answers(case),
        cards=describe_facts(case, at_counter=rules.party_of(actor, standing) == Party.CLERK),
        history=_history(case),
        decision=_decision(case),
        documents=tuple(document.summary() for document in case.documents.filter(sealed_at__isnull=False)),
        question_from_official=case.question_from_official,
        reply_from_applicant=case.reply_from_applicant,
        waits_for=standing.waits_for if standing.state == CaseState.WAITING_FOR_APPLICANT else None,
        **_left_open(case),
        returned_by=_returned_by(case),
        being_made=_is_being_made(case, automatic=definition.automatic),
        all_answered=not case.facts.filter(state__in=(FactState.WAITING, FactState.NOT_ASKED)).exists(),
        waits_to_be_seen_until=_waits_to_be_seen_until(case),
        steps=_possible_steps(actor, standing),
    )


def _waits_to_be_seen_until(case: Case) -> date | None:
    first_day = catalogue.first_day_without_seeing(case)
    return first_day if first_day and timezone.localdate(clock.now()) < first_day else None


def _left_open(case: Case) -> dict[str, tuple[str, ...]]:
    """What the applicant is asked once more, what a register denies, and who could not say what is needed."""
    waits = case.state == CaseState.WAITING_FOR_APPLICANT and case.waits_for == WaitsFor.ANSWERS
    stops = catalogue.list_stops(case) if waits else []
    questions = catalogue.list_open_questions(case) if waits and not stops else []
    return {
        "still_asked": tuple(say(question.title) for question in questions),
        "denied": tuple(say(stop.sentence) for stop in stops),
        "gaps": tuple(dict.fromkeys(catalogue.list_gaps(case))),
    }


def _returned_by(case: Case) -> str:
    """The institution that could not help and gave the application back; empty when it is elsewhere."""
    if case.state != CaseState.WAITING_FOR_APPLICANT or case.waits_for != WaitsFor.ANOTHER_PLACE:
        return ""
    fact = case.facts.filter(state__in=(FactState.NOT_FOUND, FactState.REFUSED)).first()
    return fact.provider if fact else case.institution


def _is_being_made(case: Case, *, automatic: bool) -> bool:
    """Sent less than a minute ago, and no register silent: one takes some seconds to seal a document."""
    sent = case.received_at
    if not automatic or sent is None or clock.now() - sent >= MAKING_TAKES:
        return False
    return not case.facts.filter(state=FactState.WAITING).exists()


def _history(case: Case) -> tuple[Happening, ...]:
    entries = [entry.view() for entry in case.history.all()]
    return tuple(Happening(line.event, describe_event(line.event), line.at, line.by) for line in entries)


def _decision(case: Case) -> DecisionSheet | None:
    decision = case.decision
    if decision is None:
        return None
    view = decision.view()
    return DecisionSheet(
        outcome=view.outcome,
        amount_km=_marks(view.amount_feninga),
        language=view.language,
        text=view.text,
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


def _rule_line(step: RuleStep, called_wrong: frozenset[str]) -> RuleLine:
    return RuleLine(
        key=step.key,
        state=step.state.value.replace(" ", "_"),
        sentence=say(step.sentence),
        article=step.article,
        illustrative=step.illustrative,
        on_called_wrong=bool(step.rests_on & called_wrong),
    )


def _marks(feninga: int | None) -> Decimal | None:
    return None if feninga is None else Decimal(feninga) / 100
