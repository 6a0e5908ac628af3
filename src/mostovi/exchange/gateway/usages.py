"""Who looked: the built-in services by which a person, through any portal, asks this institution's log."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from mostovi.exchange.gateway.context import Gateway
from mostovi.exchange.gateway.exchange import outcome_of
from mostovi.exchange.gateway.metadata.members import name_of
from mostovi.exchange.gateway.metadata.methods import JSON_HEADERS
from mostovi.exchange.gateway.receipts import make_receipt
from mostovi.exchange.gateway.services import Question
from mostovi.exchange.gateway.store import reader
from mostovi.exchange.gateway.store.reader import Opening
from mostovi.exchange.gateway.wire.messages import Response
from mostovi.exchange.protocol.contracts import Contract
from mostovi.exchange.protocol.instants import format_instant, parse_instant
from mostovi.exchange.protocol.questions import InvalidQuestion, fresh_salt
from mostovi.exchange.protocol.records import Outcome, RecordKind
from mostovi.kernel import clock

FIND_USAGE = "findUsage"
USAGE_RECEIPT = "usageReceipt"
_OWN_SERVICES = (FIND_USAGE, USAGE_RECEIPT)
_MOST = 1000
_SHOWN = frozenset(
    {
        RecordKind.EXCHANGE_REQUEST,
        RecordKind.EXCHANGE_RESPONSE,
        RecordKind.REFUSAL,
        RecordKind.AUDIT,
        RecordKind.SEAL,
    }
)


class Usages:
    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway

    async def find(self, question: Question) -> Response:
        """What the log holds about the person asked about, as RIA's data tracker shapes it, and more."""
        asked = _parameters(question)
        since, offset, limit = _since(asked), _number(asked, "offset", 0), _number(asked, "limit", _MOST)
        openings = await self.gateway.log.reader.read(
            partial(reader.list_openings_about, subject=question.subject or "", limit=10 * _MOST)
        )
        told = [each for each in _latest_of_each(openings) if not _is_own_question(each, question.user)]
        agreed = _contracts_of_cases(self.gateway, openings)
        usages = [
            describe_usage(self.gateway, each, agreed) for each in told if since is None or _at(each) >= since
        ]
        shown = usages[offset : offset + min(limit, _MOST)]
        return _facts(question, {"totalUsages": len(usages), "usages": shown})

    async def receipt(self, question: Question) -> Response:
        """The receipt of an entry that is about the person asked about; for any other there is none."""
        position = self.gateway.log.position_of(str(_parameters(question).get("log_entry", "")))
        if position is None or not await self.gateway.log.reader.read(
            partial(reader.is_about, subject=question.subject or "", position=position)
        ):
            return _not_found()
        receipt = await make_receipt(self.gateway, position)
        return _not_found() if receipt is None else _facts(question, {"receipt": receipt})


def describe_usage(
    gateway: Gateway, opening: Opening, agreed: Mapping[str, Contract] | None = None
) -> dict[str, Any]:
    """One use of somebody's data: the data tracker's five names first, then ours.

    ``agreed`` are contracts by case: a register that seals what it was asked for does so under one of them.
    """
    record = opening.record
    requester = _requester(gateway, record)
    detail = record.get("detail", {})
    contract = find_contract(gateway, record)
    if contract is None and record["kind"] == RecordKind.SEAL and not detail.get("purpose"):
        contract = (agreed or {}).get(record.get("case", ""))
    return {
        "logtime": record["at"],
        "action": action_of(gateway, record),
        "receiverCode": requester,
        "receiverName": _name(gateway, requester),
        "receiverSystem": record.get("consumer") or f"{gateway.member}/portal",
        "service": record.get("service", "").rpartition("/")[2] or detail.get("action", ""),
        "purpose": purpose_of(record, contract),
        "legalBasis": contract.legal_basis.citation() if contract else detail.get("legal_basis", {}),
        "inForce": contract.in_force if contract else False,
        "case": record.get("case"),
        "exchangeId": record.get("exchange_id"),
        "logEntry": gateway.log.name_of(opening.position),
        "seenBy": detail.get("role") or detail.get("actor_kind") or record.get("acting"),
        "identityShown": detail.get("identity_document"),
        "refusal": record.get("error"),
        "fields": record.get("fields", []),
    }


def action_of(gateway: Gateway, record: dict[str, Any]) -> str:
    """answered, asked, read, refused or sealed: what happened, seen from this institution."""
    kind, outcome = record["kind"], record["outcome"]
    if outcome == Outcome.REFUSED and outcome_of(record.get("error")) is Outcome.REFUSED:
        return "refused"
    if kind == RecordKind.SEAL:
        return "sealed"
    if kind == RecordKind.AUDIT:
        return "read"
    answered_here = record.get("provider", "").startswith(f"{gateway.member}/")
    return "answered" if answered_here and outcome == Outcome.ANSWERED else "asked"


def find_contract(gateway: Gateway, record: dict[str, Any]) -> Contract | None:
    """The contract an entry names, if it is still among ours."""
    wanted = record.get("contract_id")
    return next((each for each in gateway.trust.contracts if each.id == wanted), None) if wanted else None


def _contracts_of_cases(gateway: Gateway, openings: Iterable[Opening]) -> dict[str, Contract]:
    """The contract under which we were last asked in each case. ``openings`` are newest first."""
    found: dict[str, Contract] = {}
    for opening in reversed(list(openings)):
        contract = find_contract(gateway, opening.record)
        if contract is not None and "case" in opening.record:
            found[opening.record["case"]] = contract
    return found


def purpose_of(record: dict[str, Any], contract: Contract | None) -> dict[str, str]:
    if contract is not None:
        return dict(contract.purpose)
    stated = record.get("detail", {}).get("purpose")
    if isinstance(stated, dict):
        return stated
    words = record.get("purpose", "")
    return dict.fromkeys(("bs", "hr", "sr", "en"), words) if words else {}


def code_in(identifier: str) -> str:
    """The member code in a member's, subsystem's or service's id."""
    parts = identifier.split("/")
    return parts[2] if len(parts) > 2 else ""


def _requester(gateway: Gateway, record: dict[str, Any]) -> str:
    acted_for = record.get("detail", {}).get("actor_institution")
    return acted_for or code_in(record.get("consumer", "")) or gateway.member.member_code


def _name(gateway: Gateway, code: str) -> str | None:
    members = gateway.trust.directory.members if gateway.trust.directory else ()
    return next((name_of(member) for member in members if member.code == code), None)


def _latest_of_each(openings: Iterable[Opening]) -> list[Opening]:
    """One entry for each exchange, its outcome if that is known. ``openings`` are newest first."""
    seen: set[str] = set()
    kept = []
    for opening in openings:
        request_id = opening.record.get("request_id")
        if opening.record["kind"] not in _SHOWN or (request_id and request_id in seen):
            continue
        if request_id:
            seen.add(request_id)
        kept.append(opening)
    return kept


def _is_own_question(opening: Opening, user: str | None) -> bool:
    """A person's own look at this list is no use of their data; somebody else's is."""
    record = opening.record
    own_service = record.get("service", "").endswith(tuple(f"/gateway/{name}" for name in _OWN_SERVICES))
    return own_service and user is not None and record.get("user") == user


def _at(opening: Opening) -> datetime:
    return parse_instant(opening.record["at"])


def _parameters(question: Question) -> dict[str, Any]:
    parameters = json.loads(question.body).get("parameters", {})
    if not isinstance(parameters, dict):
        raise InvalidQuestion("parameters is not an object")
    return parameters


def _since(parameters: dict[str, Any]) -> datetime | None:
    text = parameters.get("since")
    if text is None:
        return None
    try:
        return parse_instant(str(text))
    except ValueError:
        raise InvalidQuestion("since is not a time") from None


def _number(parameters: dict[str, Any], name: str, default: int) -> int:
    value = parameters.get(name, default)
    if type(value) is not int or value < 0:
        raise InvalidQuestion(f"{name} is not a number")
    return value


def _facts(question: Question, known: Mapping[str, Any]) -> Response:
    """What was asked and no more, as of every register."""
    facts = {name: known[name] for name in question.fields if name in known}
    content = {"facts": facts, "as_of": format_instant(clock.now()), "salt": fresh_salt()}
    return Response(200, list(JSON_HEADERS), json.dumps(content, ensure_ascii=False).encode())


def _not_found() -> Response:
    return Response(404, list(JSON_HEADERS), b'{"code": "entry_not_found"}')
