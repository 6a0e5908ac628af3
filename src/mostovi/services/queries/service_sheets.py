"""Services as somebody reads about them before beginning: on their page, and in the list at a counter."""

from dataclasses import dataclass
from decimal import Decimal

from mostovi.kernel.access import Actor, check_is_official
from mostovi.services import catalogue
from mostovi.services.definition import FactRequest, ServiceDefinition
from mostovi.services.describing import say, text


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


def list_counter_services(actor: Actor) -> list[ServiceSheet]:
    """What a clerk may apply for with somebody at the counter, by title: the own institution's services."""
    check_is_official(actor, role="clerk")
    own = [each for each in catalogue.list_definitions() if each.owner == actor.institution]
    sheets = [_service_sheet(definition, may_start=True) for definition in own]
    return sorted((sheet for sheet in sheets if "counter" in sheet.channels), key=lambda sheet: sheet.title)


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


def _register_line(definition: ServiceDefinition, request: FactRequest) -> RegisterLine:
    return RegisterLine(
        providers=definition.providers_of(request.provider),
        register=text(definition, f"registers.{request.service}"),
        facts=tuple(text(definition, f"facts.{fact.key}") for fact in request.facts),
        articles=request.articles,
    )
