"""Who looked at somebody's data: every member is asked, each over the exchange."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mostovi.exchange.bridge.members import list_members, service_target
from mostovi.exchange.bridge.refusals import BridgeRefused, NoAnswer
from mostovi.exchange.bridge.registers import read_facts, send_question
from mostovi.exchange.bridge.values import Usage, UsageReport
from mostovi.exchange.protocol.instants import format_instant
from mostovi.kernel.errors import NotFound

OWN_REQUEST = "own-request"
_SECONDS = 4.0
_MOST = 1000


class EntryNotFound(NotFound):
    """No such entry about this person."""

    code = "entry_not_found"
    message = "There is no such entry about you in this log."


def find_usages(
    *, institution: str, subject_jmb: str, user: str, since: datetime | None = None
) -> UsageReport:
    """Every use of the person's data that any member's log knows, the newest first.

    All members are asked at the same time through the gateway of ``institution``; who does not answer, or
    refuses, is named in ``silent``. Raises NoAnswer when no directory says who the members are.
    """
    codes = [member.code for member in list_members()]
    person = _Person(institution, subject_jmb, user)

    def ask(member: str) -> list[Usage] | None:
        try:
            return _ask_member(person, member, since)
        except (NoAnswer, BridgeRefused):
            return None

    with ThreadPoolExecutor(max_workers=min(16, len(codes) or 1), thread_name_prefix="usages") as pool:
        answers = dict(zip(codes, pool.map(ask, codes), strict=True))
    found = [usage for usages in answers.values() if usages for usage in usages]
    return UsageReport(
        usages=tuple(sorted(found, key=lambda usage: usage.at, reverse=True)),
        silent=tuple(code for code, usages in answers.items() if usages is None),
        # It answers for itself too: it is not there when not even that answer came.
        own_gateway_silent=institution in answers and all(usages is None for usages in answers.values()),
    )


def fetch_receipt(*, institution: str, log_entry: str, subject_jmb: str, user: str) -> dict[str, Any]:
    """The receipt (``mostovi-receipt/1``) of an entry in any member's log, such as ``zenica-registrar/104``.

    Raises EntryNotFound unless the entry is about this person, BridgeRefused or NoAnswer.
    """
    member = log_entry.partition("/")[0]
    question = {"fields": ["receipt"], "parameters": {"log_entry": log_entry}}
    facts = _ask(_Person(institution, subject_jmb, user), member, "usageReceipt", question)
    receipt: dict[str, Any] = facts["receipt"]
    return receipt


@dataclass(frozen=True)
class _Person:
    """Who asks about herself, and through whose gateway."""

    institution: str
    jmb: str = field(repr=False)
    user: str


def _ask_member(person: _Person, member: str, since: datetime | None) -> list[Usage]:
    parameters: dict[str, Any] = {"limit": _MOST}
    if since is not None:
        parameters["since"] = format_instant(since)
    question = {"fields": ["totalUsages", "usages"], "parameters": parameters}
    facts = _ask(person, member, "findUsage", question)
    return [_read_usage(member, each) for each in facts["usages"]]


def _ask(person: _Person, member: str, service: str, question: Mapping[str, Any]) -> Any:
    reply = send_question(
        institution=person.institution,
        target=service_target(member, "gateway", service),
        question={"subject": {"jmb": person.jmb}, **question},
        case=OWN_REQUEST,
        user=person.user,
        timeout_seconds=_SECONDS,
    )
    if reply.status == 404:
        raise EntryNotFound
    return read_facts(reply, member)["facts"]


def _read_usage(member: str, content: Mapping[str, Any]) -> Usage:
    return Usage(
        institution=member,
        at=datetime.fromisoformat(content["logtime"]),
        action=content["action"],
        requester=content["receiverCode"],
        requester_name=content.get("receiverName"),
        service=content.get("service", ""),
        purpose=content.get("purpose", {}),
        legal_basis=content.get("legalBasis", {}),
        in_force=content.get("inForce", False),
        case=content.get("case"),
        exchange_id=content.get("exchangeId"),
        log_entry=content["logEntry"],
        seen_by=content.get("seenBy"),
        refusal_code=content.get("refusal"),
        identity_shown=content.get("identityShown"),
    )
