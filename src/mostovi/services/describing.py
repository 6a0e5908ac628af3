"""Words for what a case holds, in the language of the reader. Who may read it is asked elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from mostovi.kernel.languages import current_variant
from mostovi.services import catalogue, rules
from mostovi.services.definition import FactRequest, Question, ServiceDefinition, answer_text, text_of
from mostovi.services.definition.kinds import for_rules, for_words
from mostovi.services.definition.values import FactKind, FactSource, Kind
from mostovi.services.definition.wording import write_date, write_value
from mostovi.services.models import Case, EarlierAnswer, Fact
from mostovi.services.values import CaseState, CaseSummary, FactState


@dataclass(frozen=True)
class Row:
    """A label and what stands beside it; ``key`` names the question or fact."""

    key: str
    label: str
    text: str


@dataclass(frozen=True)
class CaseLine:
    """One line of a list of cases."""

    summary: CaseSummary
    title: str
    state_text: str


@dataclass(frozen=True)
class EarlierCard:
    """What one institution answered before it was asked anew, and what the applicant said of it."""

    rows: tuple[Row, ...]
    remark: str
    remarked_at: datetime | None
    named_wrong: tuple[str, ...]
    replaced_at: datetime


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
    named_wrong: tuple[str, ...] = ()
    confirmed_at: datetime | None = None
    asked_anew_at: datetime | None = None
    answer_key: str = ""
    unseen: bool = False
    earlier: tuple[EarlierCard, ...] = ()

    @property
    def wrong_rows(self) -> list[Row]:
        """What the remark is about; none where the register told nothing."""
        return [row for row in self.rows if row.key in self.named_wrong]


@dataclass(frozen=True)
class ProgressSheet:
    """How far the arch has grown."""

    facts_total: int
    facts_done: int
    facts_waiting: int
    facts_missing: int
    questions_total: int
    questions_done: int
    questions_most: int = 0
    current: int = 0
    sent: bool = False
    asked: bool = True

    @property
    def answered(self) -> bool:
        """The person has done her part."""
        return not self.sent and not self.current and self.questions_done == self.questions_total

    @property
    def complete(self) -> bool:
        """Both banks are built: only then is the keystone all that is missing."""
        return self.answered and not self.facts_waiting and not self.facts_missing


def describe_answers(case: Case) -> tuple[Row, ...]:
    """What the person told us, as it is read back."""
    return tuple(
        Row(question.key, say(question.title), _say_answer(question, case.answers[question.key]))
        for question in catalogue.list_questions(case)
        if question.key in case.answers
    )


def describe_facts(case: Case, *, at_counter: bool = False) -> tuple[FactCard, ...]:
    """What registers answered, one card per institution; to a clerk nothing before the name is confirmed."""
    definition = catalogue.definition_of(case)
    by_key = {fact.key: fact for fact in case.facts.exclude(key=catalogue.DOCUMENT_KEY)}
    hidden = at_counter and not catalogue.is_identity_confirmed(case)
    unseen = {fact.key for fact in catalogue.list_unseen(case)}
    return tuple(
        replace(
            _card(definition, request, _veiled(by_key[request.key]) if hidden else by_key[request.key]),
            unseen=request.key in unseen,
        )
        for request in definition.requests
        if request.key in by_key and by_key[request.key].provider
    )


def _veiled(fact: Fact) -> Fact:
    """Only whether a register has spoken, not what it said nor whether it knows the person."""
    return Fact(
        key=fact.key,
        provider=fact.provider,
        exchange_service=fact.exchange_service,
        state=_veiled_state(FactState(fact.state)),
        contract=fact.contract,
        tried_at=fact.tried_at,
    )


def _veiled_state(state: FactState) -> FactState:
    return state if state in (FactState.NOT_ASKED, FactState.WAITING) else FactState.ANSWERED


def describe_progress(case: Case, *, at_counter: bool = False) -> ProgressSheet:
    """To a clerk it tells as little as the cards: not which questions the registers' answers lead to."""
    states = list(
        map(FactState, case.facts.exclude(key=catalogue.DOCUMENT_KEY).values_list("state", flat=True))
    )
    questions = catalogue.list_questions(case)
    if at_counter and not catalogue.is_identity_confirmed(case):
        states = list(map(_veiled_state, states))
        questions = catalogue.definition_of(case).questions
    asked = [question.key for question in questions]
    return ProgressSheet(
        facts_total=len(states),
        facts_done=states.count(FactState.ANSWERED),
        facts_waiting=sum(state in (FactState.WAITING, FactState.NOT_ASKED) for state in states),
        facts_missing=sum(state in (FactState.NOT_FOUND, FactState.REFUSED) for state in states),
        asked=any(state != FactState.NOT_ASKED for state in states) or not states,
        questions_total=len(asked),
        questions_done=sum(key in case.answers for key in asked),
        questions_most=len(catalogue.definition_of(case).questions),
        sent=case.received_at is not None,
    )


def _card(definition: ServiceDefinition, request: FactRequest, fact: Fact) -> FactCard:
    return FactCard(
        key=fact.key,
        provider=fact.provider,
        register=text(definition, f"registers.{request.service}"),
        rows=_rows(definition, request, fact),
        state=FactState(fact.state),
        in_force=fact.contract.get("in_force"),
        why=text(definition, f"why.{request.service}") or say(fact.contract.get("purpose")),
        articles=request.articles,
        illustrative=request.illustrative,
        as_of=fact.as_of,
        tried_at=fact.tried_at,
        log_entry=fact.log_entry,
        exchange_id=fact.exchange_id,
        remark=fact.dispute_text,
        remarked_at=fact.disputed_at,
        named_wrong=tuple(fact.disputed_facts),
        confirmed_at=fact.confirmed_at,
        asked_anew_at=fact.asked_anew_at,
        answer_key=fact.answer_key,
        earlier=tuple(_earlier(definition, request, was) for was in fact.earlier.all()) if fact.pk else (),
    )


def _earlier(definition: ServiceDefinition, request: FactRequest, was: EarlierAnswer) -> EarlierCard:
    return EarlierCard(
        rows=_rows(definition, request, was),
        remark=was.dispute_text,
        remarked_at=was.disputed_at,
        named_wrong=tuple(was.disputed_facts),
        replaced_at=was.replaced_at,
    )


def _rows(
    definition: ServiceDefinition, request: FactRequest, answer: Fact | EarlierAnswer
) -> tuple[Row, ...]:
    if answer.state != FactState.ANSWERED:
        return ()
    return tuple(
        Row(source.key, text(definition, f"facts.{source.key}"), _say_fact(source, value))
        for source in request.facts
        if (value := answer.values.get(source.field)) is not None
    )


def _say_fact(source: FactSource, value: Any) -> str:
    if source.kind == FactKind.PEOPLE:
        if not value:
            return _("none entered")
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
    return say(answer_text(question, value))


def text(definition: ServiceDefinition, key: str) -> str:
    return say(definition.texts.get(key))


def say(texts: Mapping[str, str] | None) -> str:
    return text_of(texts, current_variant()) if texts else ""


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
        CaseState.REVOKED: _("Decision withdrawn"),
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
        "answers_seen": _("What a register answered later was seen by the applicant"),
        "fact_asked_anew": _("The official had a register asked again about what was called wrong"),
        "answered_anew": _("The register answered again; from then on its new answer counts"),
        "confirmed_anew": _("The register was asked again and confirmed its answer"),
        "refused_anew": _("The register refused to answer again; its earlier answer counts"),
        "dispute_taken_back": _("The remark on a register's answer was taken back"),
        "received": _("The application was sent"),
        "waiting_for_facts": _("A register does not answer; we ask again by ourselves"),
        "complete": _("Everything is there; an official decides"),
        "complete_with_gaps": _("Not every register could answer; an official looks at it"),
        "answers_missing": _("A register answered, and something more was asked of the applicant"),
        "returned": _("The register has no entry; the application came back to the person"),
        "taken": _("An official took the case"),
        "given_back": _("The official gave the case back to the office"),
        "applicant_asked": _("The official asked a question"),
        "applicant_replied": _("The question was answered"),
        "decided": _("The decision was made"),
        "sealed": _("The decision was sealed"),
        "issued": _("The register wrote and sealed the document"),
        "delivered": _("The document was delivered"),
        "revoked": _("The decision was withdrawn; it is no longer valid"),
        "decided_anew": _("The office took the case up again, to decide anew"),
        "read": _("The document was opened"),
        "withdrawn": _("The application was withdrawn"),
        "other_person": _("The register did not confirm what was typed at the counter; it ended here"),
        "restored": _("The application was taken up again"),
    }.get(event, event)


def describe_sign_in_failure(code: str) -> str:
    """Why a decision cannot be sealed yet. Whatever the provider said, what was prepared is kept."""
    told = (
        *(rules.AnotherPersonSignedIn, rules.NotSignedInAnew),
        *(rules.DecisionAltered, rules.ReauthenticationTooOld, rules.ReauthenticationUsed),
    )
    ours = {refusal.code: _(refusal.message) for refusal in told}
    theirs = {
        "sign_in_cancelled": _(
            "You went back before signing in. Nothing was decided, and your decision is kept as you wrote it."
        ),
        "identity_provider_silent": _(
            "The identity provider does not answer at the moment. Nothing was decided, and your decision is "
            "kept. Try again in a few minutes."
        ),
    }
    other = _(
        "The identity provider did not confirm who you are. Nothing was decided, and your decision is kept. "
        "Try again."
    )
    return (ours | theirs).get(code, other)


def describe_take_back_failure(code: str) -> str:
    """Why nothing was withdrawn or decided anew. There is nothing prepared that could be kept."""
    other = _(
        "The identity provider did not confirm who you are. Nothing was withdrawn or decided anew. Try again."
    )
    return {
        "reauthentication_used": _(rules.ReauthenticationUsed.message),
        "reauthentication_missing": _("First sign in once more for this; then you can do it."),
        "reauthentication_too_old": _(
            "More than five minutes have passed since you signed in for this. Nothing was withdrawn or "
            "decided anew; sign in once more."
        ),
        "another_person_signed_in": _(
            "Somebody else signed in, so nothing was withdrawn or decided anew. Sign in as yourself."
        ),
        "not_signed_in_anew": _(
            "The identity provider did not ask you to sign in once more, so nothing was withdrawn or decided "
            "anew. Try again."
        ),
        "sign_in_cancelled": _("You went back before signing in. Nothing was withdrawn or decided anew."),
        "identity_provider_silent": _(
            "The identity provider does not answer at the moment. Nothing was withdrawn or decided anew. Try "
            "again in a few minutes."
        ),
    }.get(code, other)


def describe_line(summary: CaseSummary) -> CaseLine:
    title = say(catalogue.find_title(summary.service))
    return CaseLine(summary, title, describe_state(summary.state))
