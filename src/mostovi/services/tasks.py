"""What goes on without anybody clicking; the worker calls each of these every second."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from mostovi.kernel.access import system_actor
from mostovi.services.actions.asking import ask_again
from mostovi.services.actions.delivering import deliver
from mostovi.services.actions.issuing import issue_extract
from mostovi.services.actions.sealing import seal_decision
from mostovi.services.actions.settling import settle
from mostovi.services.queries import due

WORKER = system_actor("worker")
logger = logging.getLogger(__name__)


def retry_waiting_facts(now: datetime) -> None:
    """Ask silent registers again; a provider that is silent is tried once per round, not once per case."""
    silent: set[str] = set()

    def again(code: str) -> None:
        ask_again(code=code, now=now, silent=silent)
        settle(code=code)

    _each(due.list_cases_with_due_facts(WORKER, now), again)


def settle_sent_cases(now: datetime) -> None:
    """Take up what a killed process left between sending and asking."""
    _each(due.list_unsettled_cases(WORKER, now), lambda code: settle(code=code))


def issue_waiting_extracts(now: datetime) -> None:
    _each(due.list_cases_to_issue(WORKER, now), lambda code: issue_extract(code=code, now=now))


def seal_decided_cases(now: datetime) -> None:
    _each(due.list_cases_to_seal(WORKER, now), lambda code: seal_decision(code=code, now=now))


def deliver_sealed_cases() -> None:
    _each(due.list_cases_to_deliver(WORKER), lambda code: deliver(code=code))


def _each(codes: Iterable[str], work: Callable[[str], None]) -> None:
    """One case that fails must not keep the others waiting."""
    for code in codes:
        try:
            work(code)
        except Exception:
            logger.exception("Work on case %s failed; it is tried again.", code)
