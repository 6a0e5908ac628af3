"""What the pack says: the definitions of services, today's and the one each case began under, and more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from ruamel.yaml import YAML

from mostovi.kernel.access import Actor
from mostovi.kernel.errors import NotFound
from mostovi.kernel.pack import pack_directory
from mostovi.services import rules
from mostovi.services.definition import (
    Question,
    RuleOutcome,
    ServiceDefinition,
    Situation,
    Stop,
    check_answer,
    due_date,
    evaluate_rules,
    facts_from_register,
    find_stops,
    goes_on,
    life_of,
    load_files,
    load_service,
    questions_to_answer,
    questions_to_ask,
)
from mostovi.services.definition.values import ValueKind
from mostovi.services.models import Case, Decision, Fact, ServiceVersion
from mostovi.services.values import (
    VALID_PAPERS,
    CaseState,
    Channel,
    FactState,
    LifeEvent,
    Lookup,
    OtherCase,
    Outcome,
    Standing,
    Step,
    WaitsFor,
)

DOCUMENT_KEY = "document"
WITH_DECISION = (CaseState.DECIDED, CaseState.SEALED, CaseState.DELIVERED)
DOCUMENT_FIELDS = ("document_base64", "code", "issued_on")


class ServiceUnknown(NotFound):
    code = "service_unknown"
    message = "We do not have this service. Search for it on the first page."


class QuestionUnknown(NotFound):
    code = "question_unknown"
    message = "This application does not ask this question. Go on with the next one."


@dataclass(frozen=True)
class IssueRequest:
    """What a register is asked for when it writes the document itself."""

    provider: str
    service: str
    parameters: Mapping[str, Any]


@lru_cache(maxsize=1)
def _all() -> Mapping[str, ServiceDefinition]:
    folders = sorted(path.parent for path in (pack_directory() / "services").rglob("service.yaml"))
    loaded = [load_service(folder) for folder in folders]
    return {definition.key: definition for definition in loaded}


@lru_cache(maxsize=1)
def list_life_events() -> tuple[LifeEvent, ...]:
    rows = YAML(typ="safe").load(pack_directory() / "life_events.yaml")
    return tuple(LifeEvent(**{**row, "services": tuple(row["services"])}) for row in rows)


@lru_cache(maxsize=1)
def find_lookup() -> Lookup:
    row = YAML(typ="safe").load(pack_directory() / "look_up.yaml")
    return Lookup(**{**row, "fields": tuple(row["fields"])})


def list_definitions() -> tuple[ServiceDefinition, ...]:
    return tuple(_all().values())


def find_definition(service: str) -> ServiceDefinition:
    if service not in _all():
        raise ServiceUnknown
    return _all()[service]


def find_offered(service: str, channel: Channel) -> ServiceDefinition:
    """The service, if one may apply for it in this way. Raises ServiceUnknown."""
    definition = find_definition(service)
    if channel not in definition.channels:
        raise ServiceUnknown
    return definition


def find_title(service: str) -> Mapping[str, str]:
    return find_definition(service).title


@lru_cache(maxsize=64)
def _pinned(digest: str) -> ServiceDefinition:
    version = ServiceVersion.objects.get(pk=digest)
    return load_files(version.files, key=version.service)


def definition_of(case: Case) -> ServiceDefinition:
    """The definition a case began under, whatever has been published since."""
    current = _all().get(case.service)
    return current if current is not None and current.version == case.version_id else _pinned(case.version_id)


def standing_of(case: Case) -> Standing:
    """What the rules look at: where the case stands, and what the steps of its service let happen."""
    before = case.state_before_withdrawal
    return Standing(
        code=case.code,
        institution=case.institution,
        state=CaseState(case.state),
        applicant_id=case.applicant_id,
        assisted_by_id=case.assisted_by_id,
        assigned_to_id=case.assigned_to_id,
        state_before_withdrawal=CaseState(before) if before else None,
        withdrawn_at=case.withdrawn_at,
        waits_for=WaitsFor(case.waits_for) if case.waits_for else None,
        has_valid_paper=case.documents.filter(sealed_at__isnull=False, state__in=VALID_PAPERS).exists(),
        life=life_of(definition_of(case)),
    )


def pin(definition: ServiceDefinition, now: datetime) -> ServiceVersion:
    """Keep this version's files for as long as cases rest on them."""
    defaults = {"service": definition.key, "files": dict(definition.files), "first_used_at": now}
    version, _ = ServiceVersion.objects.get_or_create(digest=definition.version, defaults=defaults)
    return version


def known_facts(case: Case) -> dict[str, Any]:
    """What registers answered, by the keys of the definition."""
    definition = definition_of(case)
    facts: dict[str, Any] = {}
    for fact in case.facts.filter(state=FactState.ANSWERED).exclude(key=DOCUMENT_KEY):
        facts |= facts_from_register(definition, fact.provider, fact.exchange_service, fact.values)
    return facts


def list_told(case: Case, fact: Fact) -> list[str]:
    """The facts that one register told, by the keys of the definition."""
    request = next(each for each in definition_of(case).requests if each.key == fact.key)
    return [source.key for source in request.facts if fact.values.get(source.field) is not None]


def list_unseen(case: Case) -> list[Fact]:
    """What registers answered after the page from which the applicant sent it, and she has not seen since."""
    if case.state not in rules.BEFORE_DECISION or definition_of(case).late_facts is None:
        return []
    return list(case.facts.filter(answered_at__isnull=False, seen_at=None))


def first_day_without_seeing(case: Case) -> date | None:
    """From when it may be decided all the same; None when she has seen everything."""
    term, sent = definition_of(case).late_facts, case.received_at
    if term is None or sent is None:
        return None
    told = [max(fact.answered_at, sent) for fact in list_unseen(case) if fact.answered_at]
    return rules.first_day_without_seeing(map(timezone.localdate, told), term.days)


def list_called_wrong(case: Case) -> frozenset[str]:
    """The facts that the applicant calls wrong; where a register told nothing, all it was asked for."""
    wrong: set[str] = set()
    for fact in case.facts.filter(disputed_at__isnull=False):
        asked = next(each for each in definition_of(case).requests if each.key == fact.key)
        wrong |= set(fact.disputed_facts) or {source.key for source in asked.facts}
    return frozenset(wrong)


def law_day(case: Case) -> date:
    """The day whose law applies: when the application was sent, until then today."""
    return timezone.localdate(case.received_at) if case.received_at else timezone.localdate()


def list_questions(case: Case) -> tuple[Question, ...]:
    """The questions of this case in order, answered or not."""
    return questions_to_ask(definition_of(case), known_facts(case), case.answers, on_date=law_day(case))


def list_open_questions(case: Case) -> list[Question]:
    """Those without an answer, and those whose answer does not fit what is known by now."""
    definition, facts = definition_of(case), known_facts(case)
    return list(questions_to_answer(definition, facts, case.answers, on_date=law_day(case)))


def list_stops(case: Case) -> list[Stop]:
    """What registers deny so that there is nothing more to ask, unless the person called it wrong."""
    stops = find_stops(definition_of(case), known_facts(case), case.answers, on_date=law_day(case))
    disputed = set(case.facts.filter(disputed_at__isnull=False).values_list("key", flat=True))
    return [stop for stop in stops if stop.fact not in disputed]


def is_open(case: Case) -> bool:
    """Whether something is left that only the applicant can say."""
    return bool(list_stops(case) or list_open_questions(case))


def situation_of(case: Case) -> Situation:
    """What the conditions of steps ask about a case."""
    states = set(needed_facts(case).values_list("state", flat=True))
    return Situation(
        proposal=evaluate(case).proposal,
        open=is_open(case),
        silent=bool(states & {FactState.WAITING, FactState.NOT_ASKED}),
        gaps=bool(states & {FactState.NOT_FOUND, FactState.REFUSED}),
    )


def next_step(case: Case) -> Step | None:
    """What happens next by itself, as the steps of the service say; None when somebody has to act first."""
    action = goes_on(definition_of(case).step(case.state), situation_of(case))
    return Step(action.name) if action else None


def needed_facts(case: Case) -> QuerySet[Fact]:
    """What registers must say before anybody can decide."""
    requests = definition_of(case).requests
    return case.facts.filter(
        key__in=[request.key for request in requests if any(fact.needed for fact in request.facts)]
    )


def list_gaps(case: Case) -> list[str]:
    """The institutions that could not say what is needed: they do not know the person, or refused."""
    gaps = needed_facts(case).filter(state__in=(FactState.NOT_FOUND, FactState.REFUSED))
    return list(gaps.values_list("provider", flat=True))


def no_entry_at(case: Case) -> str:
    """The institution whose register does not know the person; empty when each does."""
    fact = case.facts.filter(state=FactState.NOT_FOUND).first()
    return fact.provider if fact else ""


def check_and_keep(case: Case, key: str, raw: str | None) -> dict[str, Any]:
    """All answers with a new one, without those to questions no longer asked. Raises InvalidAnswer."""
    definition, facts, today = definition_of(case), known_facts(case), law_day(case)
    question = next((question for question in list_questions(case) if question.key == key), None)
    if question is None:
        raise QuestionUnknown
    value = check_answer(definition, question, raw, facts=facts, answers=case.answers, on_date=today)
    answers = {**case.answers, key: value}
    asked = {question.key for question in questions_to_ask(definition, facts, answers, on_date=today)}
    return {name: answer for name, answer in answers.items() if name in asked}


def evaluate(case: Case) -> RuleOutcome:
    """What the rules say about the case by the law of its day."""
    return evaluate_rules(definition_of(case), known_facts(case), case.answers, on_date=law_day(case))


def person_concerned(case: Case) -> dict[str, Any] | None:
    """The one for whom an application is, such as the child; None while it is not known, or for oneself."""
    outcome = evaluate(case)
    persons = [rule.key for rule in definition_of(case).rules if rule.kind == ValueKind.PERSON]
    return next((outcome.values[key] for key in persons if key in outcome.values), None)


def list_other_cases(case: Case) -> list[OtherCase]:
    """Applications of the same person for the same service and child: not decided yet, or granted."""
    concerned = person_concerned(case)
    if concerned is None:
        return []
    granted = Decision.objects.filter(outcome=Outcome.APPROVED, superseded_at=None)
    in_force = Q(state__in=WITH_DECISION, pk__in=granted.values("case"))
    others = Case.objects.select_related("version").filter(
        Q(state__in=rules.BEFORE_DECISION) | in_force, applicant_id=case.applicant_id, service=case.service
    )
    return [
        _other_case(other)
        for other in others.exclude(pk=case.pk).order_by("-received_at")
        if person_concerned(other) == concerned
    ]


def _other_case(case: Case) -> OtherCase:
    assert case.received_at is not None
    decision = case.decision if case.state in WITH_DECISION else None
    return OtherCase(case.code, case.received_at, decision.decided_at if decision else None)


def due_on(case: Case, now: datetime) -> date:
    return due_date(definition_of(case), timezone.localdate(now))


def issue_request(case: Case) -> IssueRequest:
    """Whom to ask for the document, in the language and script the person chose."""
    definition = definition_of(case)
    name, _, service = definition.issued_by.partition(".")
    parameters = {key: answer for key, answer in case.answers.items() if key not in definition.choosing}
    return IssueRequest(definition.provider_of(name, case.answers), service, parameters=parameters)


def check_can_go_on(case: Case) -> None:
    """An application that no official decides goes on only with a register that knows the person."""
    definition = definition_of(case)
    if any(question.key in definition.choosing for question in list_open_questions(case)):
        raise rules.QuestionsOpen
    if definition.automatic and case.facts.filter(state=FactState.NOT_FOUND).exists():
        raise rules.NoEntry
    if not is_identity_confirmed(case):
        raise rules.IdentityNotConfirmed


def is_identity_confirmed(case: Case) -> bool:
    """Whether what registers say of the person may be shown at the counter where she stands."""
    return rules.is_identity_confirmed(Channel(case.channel), identity_states(case))


def identity_states(case: Case) -> list[FactState]:
    """How the registers stand that say who the person is."""
    asked = case.facts.filter(key__in=definition_of(case).identity_requests)
    return list(map(FactState, asked.values_list("state", flat=True)))


def check_may_be_told(actor: Actor, case: Case) -> None:
    """A clerk learns nothing of what registers said before they have confirmed who stands there."""
    if actor.kind == "official" and not is_identity_confirmed(case):
        raise rules.IdentityNotConfirmed


def registered_name(case: Case) -> str:
    """The name as registers have it; empty while they have not said."""
    facts = known_facts(case)
    return " ".join(str(facts[key]) for key in definition_of(case).identity if key in facts)


def providers_by_fact(case: Case) -> dict[str, tuple[str, str]]:
    """Institution and exchange service of each fact; no institution while the person has not chosen one."""
    definition = definition_of(case)
    asked = {
        request.key: (definition.provider_of(request.provider, case.answers), request.service)
        for request in definition.requests
    }
    if definition.automatic:
        issue = issue_request(case)
        asked[DOCUMENT_KEY] = (issue.provider, issue.service)
    return asked
