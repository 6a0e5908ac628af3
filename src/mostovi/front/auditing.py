"""What an auditor sees: that logs only ever grow, and pseudonymous entries. No name reaches these pages."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from mostovi.exchange import public as exchange
from mostovi.front.monitoring import list_gateways
from mostovi.kernel.access import Actor, check_is_auditor
from mostovi.kernel.errors import NotFound, Refusal
from mostovi.kernel.institutions import Institution

PER_PAGE = 50
MOST_PARTS = 20
OWN_QUESTIONS = frozenset({"findUsage", "usageReceipt"})


@dataclass(frozen=True)
class InspectedLog:
    """One gateway's log. ``check`` compares it with the last visit; ``broken`` says that the proof failed."""

    institution: Institution
    gateway: exchange.GatewayStatus
    check: exchange.LogCheck | None = None
    broken: bool = False
    first_visit: bool = False


@dataclass(frozen=True)
class LogPage:
    institution: Institution
    entries: tuple[exchange.LogEntry, ...]
    older_before: int | None
    kind: str = ""


def inspect_logs(actor: Actor, *, seen: Mapping[str, Any]) -> list[InspectedLog]:
    """Every log this portal can reach; ``seen`` holds size and root by member code from the last visit."""
    check_is_auditor(actor)
    institutions = list_gateways()
    with ThreadPoolExecutor(max_workers=max(len(institutions), 1)) as pool:
        return list(pool.map(lambda each: _inspect(each, seen.get(each.code)), institutions))


def remember(logs: Sequence[InspectedLog], seen: Mapping[str, Any]) -> dict[str, Any]:
    """What to compare with next time. A log that failed its proof keeps the older, trusted state."""
    now = {log.institution.code: _state_of(log) for log in logs if log.gateway.answering and not log.broken}
    return {**seen, **now}


def _state_of(log: InspectedLog) -> dict[str, Any]:
    """The proved state where there is a proof: the log may have grown between the two questions."""
    if log.check is not None:
        return {"size": log.check.new_size, "root": log.check.root}
    return {"size": log.gateway.tree_size, "root": log.gateway.root_hash}


def read_log(actor: Actor, *, institution: str, before: int | None, kind: str = "") -> LogPage:
    """One page of entries, the newest first. Of one ``kind``, a bounded part of the log is searched."""
    check_is_auditor(actor)
    found = next((each for each in list_gateways() if each.code == institution), None)
    if found is None:
        raise NotFound
    entries: list[exchange.LogEntry] = []
    older = before
    for _ in range(MOST_PARTS if kind else 1):
        part = exchange.list_log_entries(institution=institution, before=older, limit=PER_PAGE)
        entries += [entry for entry in part if not kind or kind_of(entry) == kind]
        older = _number(part[-1]) if len(part) == PER_PAGE and _number(part[-1]) > 0 else None
        if older is None or len(entries) >= PER_PAGE:
            break
    return LogPage(found, tuple(entries), older, kind)


def kind_of(entry: exchange.LogEntry) -> str:
    """What an auditor tells apart: each entry is of one kind."""
    if entry.outcome == "refused" or entry.action == "refused":
        return "refused"
    if entry.service in OWN_QUESTIONS:
        return "own"
    if entry.action in {"asked", "answered"}:
        return "exchanges"
    if entry.action == "sealed":
        return "seals"
    return "looks" if entry.service.endswith(("_read", "_searched")) else "deeds"


def _inspect(institution: Institution, seen: Mapping[str, Any] | None) -> InspectedLog:
    gateway = exchange.gateway_status(institution=institution.code)
    if not gateway.answering or seen is None:
        return InspectedLog(institution, gateway, first_visit=seen is None)
    try:
        check = exchange.check_log_consistency(
            institution=institution.code, old_size=seen["size"], old_root=seen["root"]
        )
    except Refusal as refusal:
        return InspectedLog(institution, gateway, broken=refusal.status != 503)
    return InspectedLog(institution, gateway, check, broken=not check.consistent)


def _number(entry: exchange.LogEntry) -> int:
    return int(entry.log_entry.rpartition("/")[2])
