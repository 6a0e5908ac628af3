"""The door of services for other modules: services, cases, figures, the desk's work and the worker's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from mostovi.kernel.languages import current_variant
from mostovi.services import tasks
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
from mostovi.services.catalogue import list_definitions
from mostovi.services.definition import text_of
from mostovi.services.describing import CaseLine, FactCard, Row
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
from mostovi.services.queries.cases import find_document
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
    "do_due_work",
    "fail_reauthentication",
    "find_by_tracking_code",
    "find_desk_sheet",
    "find_document",
    "list_case_lines",
    "list_services",
    "prepare_decision",
    "reauthenticate",
    "save_draft_decision",
    "take_case",
]


@dataclass(frozen=True)
class ServiceSummary:
    """One service as lists and the search show it. ``event`` is the reason in life for which one needs it."""

    key: str
    title: str
    summary: str
    event: str
    institution: str
    path: str
    titles: Mapping[str, str]
    keywords: Mapping[str, str]


def list_services() -> tuple[ServiceSummary, ...]:
    """Every service of the country pack in the reader's language, by title."""
    variant = current_variant()
    summaries = []
    for definition in list_definitions():
        texts = definition.texts
        summaries.append(
            ServiceSummary(
                key=definition.key,
                title=text_of(definition.title, variant),
                summary=text_of(texts["summary"], variant) if "summary" in texts else "",
                event=text_of(texts["event"], variant) if "event" in texts else "",
                institution=definition.owner,
                path=f"/usluge/{definition.key}/",
                titles=definition.title,
                keywords=texts.get("keywords", {}),
            )
        )
    return tuple(sorted(summaries, key=lambda summary: summary.title))


def do_due_work(now: datetime) -> None:
    """Everything that is due: silent registers, documents to issue, decisions to seal and deliver."""
    tasks.retry_waiting_facts(now)
    tasks.settle_sent_cases(now)
    tasks.issue_waiting_extracts(now)
    tasks.seal_decided_cases(now)
    tasks.deliver_sealed_cases()
