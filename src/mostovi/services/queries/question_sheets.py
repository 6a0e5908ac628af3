"""What an application still asks: its questions, what stops it, and the page on which one goes on."""

from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from mostovi.kernel.access import Actor
from mostovi.kernel.errors import Refusal
from mostovi.services import catalogue, rules
from mostovi.services.definition import Choice, Question
from mostovi.services.definition.values import Kind
from mostovi.services.describing import FactCard, ProgressSheet, describe_facts, describe_progress, say
from mostovi.services.models import Case
from mostovi.services.queries.cases import find_own_case, is_typed_by
from mostovi.services.values import CaseState, Standing, Step


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


def find_question_sheet(actor: Actor, code: str, key: str) -> QuestionSheet:
    """One question of an application that is not sent, or waits for answers.

    QuestionUnknown when this person is not asked; WrongState when nothing can be answered any more.
    """
    case = _own_open(actor, code)
    chooses_register = key in catalogue.definition_of(case).choosing
    if not chooses_register:
        catalogue.check_may_be_told(actor, case)
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
        progress=replace(describe_progress(case, at_counter=is_typed_by(actor, case)), current=place + 1),
        previous=keys[place - 1] if place else "",
        service=case.service,
        chooses_register=chooses_register,
        assisted=is_typed_by(actor, case),
    )


def find_next_question(actor: Actor, code: str, after: str = "") -> str:
    """The key of the next open question, of the one behind ``after`` first; empty when all are answered."""
    return _next_question(_own_open(actor, code), after)


def find_way_on(actor: Actor, code: str, after: str = "") -> Way:
    """The first page on which something is left to do; behind the question ``after`` first."""
    case = find_own_case(actor, code)
    if case.state != CaseState.DRAFT and not _may_answer(actor, catalogue.standing_of(case)):
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
    catalogue.check_may_be_told(actor, case)
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
        assisted=is_typed_by(actor, case),
    )


def _next_question(case: Case, after: str) -> str:
    keys = [question.key for question in catalogue.list_questions(case)]
    still_open = {question.key for question in catalogue.list_open_questions(case)}
    start = keys.index(after) + 1 if after in keys else 0
    return next((key for key in [*keys[start:], *keys[:start]] if key in still_open), "")


def _facts_are_first(case: Case) -> bool:
    """Registers were asked, and the person has not agreed yet or no register knows her."""
    asked = bool(describe_facts(case))
    no_entry = catalogue.definition_of(case).automatic and bool(catalogue.no_entry_at(case))
    confirmed = catalogue.is_identity_confirmed(case)
    return asked and (no_entry or case.facts_agreed_at is None or not confirmed)


def _own_open(actor: Actor, code: str) -> Case:
    """Not sent yet, or waiting for answers of the applicant."""
    case = find_own_case(actor, code)
    rules.check_can(Step.ANSWER, actor, catalogue.standing_of(case))
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


def _shown_choices(question: Question) -> tuple[ShownChoice, ...]:
    if question.kind == Kind.YES_NO:
        return (ShownChoice("yes", _("Yes"), ""), ShownChoice("no", _("No"), ""))
    return tuple(_shown_choice(choice) for choice in question.choices)


def _shown_choice(choice: Choice) -> ShownChoice:
    return ShownChoice(choice.value, say(choice.texts), say(choice.hint))
