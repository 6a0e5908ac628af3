"""An application before it is sent: what registers answered, what was typed, and one answer called wrong."""

from dataclasses import dataclass
from datetime import date, datetime

from mostovi.kernel import clock
from mostovi.kernel.access import Actor
from mostovi.kernel.errors import NotFound
from mostovi.services import catalogue, rules
from mostovi.services.describing import (
    FactCard,
    ProgressSheet,
    Row,
    describe_answers,
    describe_facts,
    describe_progress,
    say,
)
from mostovi.services.models import Case
from mostovi.services.queries.cases import find_own_case, is_typed_by
from mostovi.services.values import CaseState, OtherCase, Step


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
    other_cases: tuple[OtherCase, ...]


def find_draft_sheet(actor: Actor, code: str) -> DraftSheet:
    """An application of the actor that is not sent yet. NotFound for others, WrongState when it is sent."""
    return _draft_sheet(actor, _own_draft(actor, code))


def find_fact_sheet(actor: Actor, code: str, key: str) -> FactSheet:
    """One register's answer, for the page where the person says that it is wrong."""
    case = Case.objects.select_related("version").filter(code=code).first()
    if case is None:
        raise rules.CaseNotFound
    rules.check_can(Step.DISPUTE, actor, catalogue.standing_of(case))
    catalogue.check_may_be_told(actor, case)
    cards = describe_facts(case, at_counter=is_typed_by(actor, case))
    card = next((card for card in cards if card.key == key), None)
    if card is None:
        raise FactUnknown
    return FactSheet(card, code, is_draft=case.state == CaseState.DRAFT)


def _own_draft(actor: Actor, code: str) -> Case:
    case = find_own_case(actor, code)
    if case.state != CaseState.DRAFT:
        raise rules.WrongState
    return case


def _draft_sheet(actor: Actor, case: Case) -> DraftSheet:
    definition, assisted = catalogue.definition_of(case), is_typed_by(actor, case)
    cards = describe_facts(case, at_counter=assisted)
    return DraftSheet(
        code=case.code,
        service=case.service,
        service_title=say(definition.title),
        law=say(definition.law.act),
        gazette=say(definition.law.gazette),
        institution=case.institution,
        automatic=definition.automatic,
        no_entry_at=catalogue.no_entry_at(case) if definition.automatic else "",
        chooses_by=definition.choosing[0] if definition.choosing else "",
        free=definition.cost.feninga == 0,
        cards=cards,
        answers=describe_answers(case),
        open_questions=tuple(question.key for question in catalogue.list_open_questions(case)),
        progress=describe_progress(case, at_counter=assisted),
        asked_at=min((card.tried_at for card in cards if card.tried_at), default=None),
        facts_agreed=case.facts_agreed_at is not None,
        identity_confirmed=catalogue.is_identity_confirmed(case),
        due_on=catalogue.due_on(case, clock.now()),
        submission_token=case.submission_token,
        assisted=assisted,
        other_cases=tuple(catalogue.list_other_cases(case)),
    )
