"""The door of services for other modules: services, cases, figures, the desk's work and the worker's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from mostovi.kernel.languages import current_variant
from mostovi.services import catalogue, tasks
from mostovi.services.actions.desk import (
    ask_applicant,
    decide_case,
    prepare_decision,
    save_draft_decision,
    take_case,
)
from mostovi.services.actions.reauthenticating import (
    ask_to_reauthenticate,
    fail_reauthentication,
    reauthenticate,
)
from mostovi.services.definition import ServiceDefinition, text_of
from mostovi.services.describing import CaseLine, FactCard, Row, describe_event
from mostovi.services.figures import count_cases_by_state, count_savings, find_by_tracking_code
from mostovi.services.queries.case_sheets import (
    CaseSheet,
    DecisionSheet,
    DeskSheet,
    Happening,
    RuleLine,
    find_desk_sheet,
    list_case_lines,
)
from mostovi.services.queries.cases import find_document, list_own_codes
from mostovi.services.values import (
    CaseState,
    CaseSummary,
    Channel,
    DocumentFile,
    DocumentSummary,
    FactState,
    Outcome,
    Savings,
    Step,
    Tracking,
)

__all__ = [
    "CaseLine",
    "CaseSheet",
    "CaseState",
    "CaseSummary",
    "Channel",
    "DecisionSheet",
    "DeskSheet",
    "DocumentFile",
    "DocumentSummary",
    "FactCard",
    "FactState",
    "Happening",
    "LifeEventSummary",
    "Outcome",
    "Row",
    "RuleLine",
    "Savings",
    "ServiceSummary",
    "Step",
    "Tracking",
    "ask_applicant",
    "ask_to_reauthenticate",
    "count_cases_by_state",
    "count_savings",
    "decide_case",
    "describe_event",
    "do_due_work",
    "fail_reauthentication",
    "find_by_tracking_code",
    "find_desk_sheet",
    "find_document",
    "list_case_lines",
    "list_life_events",
    "list_own_codes",
    "list_services",
    "prepare_decision",
    "reauthenticate",
    "save_draft_decision",
    "take_case",
]


@dataclass(frozen=True)
class ServiceSummary:
    """One service as lists and the search show it. ``events`` are the life events in which one needs it."""

    key: str
    title: str
    summary: str
    events: tuple[str, ...]
    institution: str
    path: str
    titles: Mapping[str, str]
    keywords: Mapping[str, str]


@dataclass(frozen=True)
class LifeEventSummary:
    """What happens in a life, with the services one then needs."""

    name: str
    services: tuple[ServiceSummary, ...]


def list_services() -> tuple[ServiceSummary, ...]:
    """Every service of the country pack in the reader's language, by title."""
    summaries = [_summary(definition) for definition in catalogue.list_definitions()]
    return tuple(sorted(summaries, key=lambda summary: summary.title))


def list_life_events() -> tuple[LifeEventSummary, ...]:
    """Life events for which there are services, in the reader's language and the pack's order."""
    by_key = {service.key: service for service in list_services()}
    variant = current_variant()
    found = [
        (text_of(event.name, variant), tuple(by_key[key] for key in event.services if key in by_key))
        for event in catalogue.list_life_events()
    ]
    return tuple(LifeEventSummary(name, services) for name, services in found if services)


def _summary(definition: ServiceDefinition) -> ServiceSummary:
    variant, texts = current_variant(), definition.texts
    return ServiceSummary(
        key=definition.key,
        title=text_of(definition.title, variant),
        summary=text_of(texts["summary"], variant) if "summary" in texts else "",
        events=tuple(
            text_of(event.name, variant)
            for event in catalogue.list_life_events()
            if definition.key in event.services
        ),
        institution=definition.owner,
        path=f"/usluge/{definition.key}/",
        titles=definition.title,
        keywords=texts.get("keywords", {}),
    )


def do_due_work(now: datetime) -> None:
    """Everything that is due: silent registers, documents to issue, decisions to seal and deliver."""
    tasks.retry_waiting_facts(now)
    tasks.settle_sent_cases(now)
    tasks.issue_waiting_extracts(now)
    tasks.seal_decided_cases(now)
    tasks.deliver_sealed_cases()
