"""Asking a register over the exchange."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from mostovi.exchange.bridge.client import Reply, call, call_native, raise_refusal
from mostovi.exchange.bridge.members import client_id, service_target
from mostovi.exchange.bridge.refusals import BridgeRefused, NoAnswer
from mostovi.exchange.bridge.values import Answer, ContractSummary
from mostovi.exchange.protocol.questions import SALT, fresh_salt
from mostovi.kernel.errors import NotFound

PERSON_NOT_FOUND = "person_not_found"


class PersonNotInRegister(NotFound):
    """The register answered that it does not know this person."""

    code = PERSON_NOT_FOUND
    message = "This register does not know this person."


def ask_register(
    *,
    institution: str,
    provider: str,
    service: str,
    subject_jmb: str,
    fields: Sequence[str],
    case: str | None,
    user: str,
    acting: str = "",
    parameters: Mapping[str, Any] | None = None,
    timeout_seconds: float = 4,
) -> Answer:
    """What the register of ``provider`` answers to ``institution`` about one person, within their contract.

    ``case`` is the tracking code the question belongs to, ``user`` the pseudonym of who acts and
    ``acting`` their part (person, official, clerk, caseworker, supervisor), which the person is told. Raises
    BridgeRefused when a gateway refuses, PersonNotInRegister when the register does not know the person,
    NoAnswer when it, or a gateway on the way, does not answer in time.
    """
    question = {"subject": {"jmb": subject_jmb}, "fields": list(fields), "parameters": dict(parameters or {})}
    reply = send_question(
        institution=institution,
        target=service_target(provider, "register", service),
        question=question,
        case=case,
        user=user,
        acting=acting,
        timeout_seconds=timeout_seconds,
    )
    content = read_facts(reply, provider)
    return Answer(
        exchange_id=reply.headers.get("x-road-id", ""),
        provider=provider,
        facts=content["facts"],
        as_of=datetime.fromisoformat(content["as_of"]),
        contract=find_contract(institution=institution, provider=provider, service=service),
        log_entry=reply.headers.get("mostovi-log-entry", ""),
    )


def send_question(
    *,
    institution: str,
    target: str,
    question: Mapping[str, Any],
    case: str | None,
    user: str,
    timeout_seconds: float,
    acting: str = "",
) -> Reply:
    """One X-Road call, with a fresh salt. Raises BridgeRefused or NoAnswer when a gateway refuses."""
    headers = {"X-Road-Client": client_id(institution)}
    if case:
        headers["X-Road-Issue"] = case
    if user:
        headers["X-Road-UserId"] = user if user.startswith("BA") else f"BA{user}"
    if acting:
        headers["Mostovi-Acting"] = acting
    body = {**question, SALT: fresh_salt()}
    reply = call(institution, "POST", target, body=body, headers=headers, timeout_seconds=timeout_seconds)
    raise_refusal(reply, target.split("/")[4])
    return reply


def read_facts(reply: Reply, provider: str) -> Any:
    """The body of a success. Raises PersonNotInRegister or NoAnswer for the register's own refusals."""
    content = reply.json()
    if reply.status == 200:
        return content
    code = content.get("code") if isinstance(content, dict) else None
    if code == PERSON_NOT_FOUND:
        raise PersonNotInRegister
    raise NoAnswer(provider, str(code or reply.status))


def find_contract(*, institution: str, provider: str, service: str) -> ContractSummary:
    """The contract under which ``institution`` may ask. Raises BridgeRefused (none) or NoAnswer."""
    for contract in list_contracts(institution=institution, provider=provider, service=service):
        if contract.consumer == institution:
            return contract
    raise BridgeRefused("Server.ServerProxy.AccessDenied")


def list_contracts(*, institution: str, provider: str = "", service: str = "") -> list[ContractSummary]:
    """What ``institution`` is a party to. Raises NoAnswer."""
    asked = urlencode(
        {name: value for name, value in (("provider", provider), ("service", service)) if value}
    )
    content = call_native(institution, "GET", f"/v1/contracts?{asked}")
    return [read_contract(each) for each in content["contracts"]]


def read_contract(content: Mapping[str, Any]) -> ContractSummary:
    return ContractSummary(
        id=content["id"],
        consumer=content["consumer"],
        provider=content["provider"],
        service=content["service"],
        purpose=content["purpose"],
        legal_basis=content["legal_basis"],
        in_force=content["in_force"],
        crosses_entities=content["crosses_entities"],
        fields=tuple(content["fields"]),
    )
