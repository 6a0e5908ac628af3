"""What a question and an answer between systems look like, and that they stay within their contract.

Question: ``{"subject": {"jmb": "…"}, "fields": ["name", …], "parameters": {…}}``.
Answer: ``{"facts": {field: value, …}, "as_of": "2026-11-21T14:05:00Z"}``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mostovi.exchange.protocol.canonical import MalformedJson, parse_json
from mostovi.exchange.protocol.contracts import Contract, check_fields
from mostovi.exchange.protocol.faults import Fault, ProtocolRefusal
from mostovi.exchange.protocol.shapes import Shape


class InvalidQuestion(ProtocolRefusal):
    """The body does not say about whom and what is asked. The detail never repeats the body."""

    fault = Fault.INVALID_QUESTION


class InvalidAnswer(ProtocolRefusal):
    """The register's answer has another shape, or holds facts that were not asked for."""

    fault = Fault.SERVICE_FAILED


@dataclass(frozen=True)
class Question:
    """``subject`` is the personal number asked about, None when it is about nobody; never log it."""

    fields: tuple[str, ...]
    subject: str | None = field(default=None, repr=False)
    parameters: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Facts:
    """The facts a register holds, and when it held them."""

    facts: Mapping[str, Any] = field(repr=False)
    as_of: datetime


def parse_question(body: bytes, contract: Contract) -> Question:
    """The question in a request body, within its contract. Raises InvalidQuestion or FieldNotInContract."""
    try:
        whole = parse_json(body)
        shape = Shape(whole, InvalidQuestion, "the question")
        fields = shape.texts("fields", 200)
    except MalformedJson as refusal:
        raise InvalidQuestion(refusal.detail) from None
    if not fields:
        raise InvalidQuestion("no field is asked for")
    check_fields(contract, fields)
    return Question(fields, _read_subject(whole, contract), _read_parameters(whole))


def parse_answer(body: bytes, contract: Contract, asked: Sequence[str]) -> Facts:
    """The facts in a response body with status 200. Raises InvalidAnswer or FieldNotInContract."""
    try:
        shape = Shape(parse_json(body), InvalidAnswer, "the answer")
    except MalformedJson as refusal:
        raise InvalidAnswer(refusal.detail) from None
    facts, as_of = shape.value("facts"), shape.instant("as_of")
    shape.close()
    if not isinstance(facts, dict):
        raise InvalidAnswer("facts is not an object")
    check_fields(contract, tuple(facts))
    if not facts.keys() <= set(asked):
        raise InvalidAnswer("facts that were not asked for")
    return Facts(facts, as_of)


def _read_subject(whole: Any, contract: Contract) -> str | None:
    if contract.subject is None:
        return None
    found = whole
    for step in contract.subject.split("/")[1:]:
        found = found.get(step) if isinstance(found, dict) else None
    if not isinstance(found, str) or not 0 < len(found) <= 100:
        raise InvalidQuestion("the question names no subject")
    return found


def _read_parameters(whole: dict[str, Any]) -> Mapping[str, Any]:
    parameters = whole.get("parameters", {})
    if not isinstance(parameters, dict):
        raise InvalidQuestion("parameters is not an object")
    return parameters
