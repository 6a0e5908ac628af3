"""What a question and an answer between systems look like, and that they stay within their contract.

Question: ``{"subject": {"jmb": "…"}, "fields": ["name", …], "parameters": {…}, "salt": "…"}``.
Answer: ``{"facts": {field: value, …}, "as_of": "2026-11-21T14:05:00Z", "salt": "…"}``.

Digests of both stand in receipts, which are shown to others. Without the salt whoever holds one could try all
personal numbers, or all likely facts, until the digest fits.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mostovi.exchange.protocol.canonical import MalformedJson, parse_json
from mostovi.exchange.protocol.contracts import Contract, check_fields
from mostovi.exchange.protocol.contracts.values import DEFAULT_SUBJECT
from mostovi.exchange.protocol.faults import Fault, ProtocolRefusal
from mostovi.exchange.protocol.shapes import Shape

SALT = "salt"
_SALT_BYTES = 16
_WRITTEN_SALT = re.compile(r"[A-Za-z0-9_-]{22,64}", re.ASCII)
_WITHOUT_SALT = f"it lacks the salt: {SALT}, 22 to 64 signs of base64url, made anew at random each time"


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


def fresh_salt() -> str:
    """A salt for one question or one answer: 16 random bytes in base64url, 22 signs."""
    return secrets.token_urlsafe(_SALT_BYTES)


def parse_question(body: bytes, contract: Contract) -> Question:
    """The question in a request body, within its contract. Raises InvalidQuestion or FieldNotInContract.

    A question about a person needs a salt, whatever the contract says it is about.
    """
    try:
        whole = parse_json(body)
        shape = Shape(whole, InvalidQuestion, "the question")
        fields = shape.texts("fields", 200)
    except MalformedJson as refusal:
        raise InvalidQuestion(refusal.detail) from None
    if not fields:
        raise InvalidQuestion("no field is asked for")
    check_fields(contract, fields)
    question = Question(fields, _read_subject(whole, contract), _read_parameters(whole))
    if (contract.about_person or _find(whole, DEFAULT_SUBJECT) is not None) and not _is_salt(whole.get(SALT)):
        raise InvalidQuestion(_WITHOUT_SALT)
    return question


def parse_answer(body: bytes, contract: Contract, asked: Sequence[str]) -> Facts:
    """The facts in a response body with status 200. Raises InvalidAnswer or FieldNotInContract.

    An answer about a person needs a salt of its own.
    """
    try:
        shape = Shape(parse_json(body), InvalidAnswer, "the answer")
    except MalformedJson as refusal:
        raise InvalidAnswer(refusal.detail) from None
    facts, as_of = shape.value("facts"), shape.instant("as_of")
    salt = shape.value(SALT) if SALT in shape else None
    shape.close()
    if contract.about_person and not _is_salt(salt):
        raise InvalidAnswer(_WITHOUT_SALT)
    if not isinstance(facts, dict):
        raise InvalidAnswer("facts is not an object")
    check_fields(contract, tuple(facts))
    if not facts.keys() <= set(asked):
        raise InvalidAnswer("facts that were not asked for")
    return Facts(facts, as_of)


def hides_content(body: bytes) -> bool:
    """Whether a digest of ``body`` tells nobody what it says: it carries a salt, or says nothing."""
    if not body:
        return True
    try:
        whole = parse_json(body)
    except MalformedJson:
        return False
    return isinstance(whole, dict) and _is_salt(whole.get(SALT))


def _is_salt(value: Any) -> bool:
    return isinstance(value, str) and _WRITTEN_SALT.fullmatch(value) is not None


def _find(whole: Any, pointer: str) -> Any:
    found = whole
    for step in pointer.split("/")[1:]:
        found = found.get(step) if isinstance(found, dict) else None
    return found


def _read_subject(whole: Any, contract: Contract) -> str | None:
    if contract.subject is None:
        return None
    found = _find(whole, contract.subject)
    if not isinstance(found, str) or not 0 < len(found) <= 100:
        raise InvalidQuestion("the question names no subject")
    return found


def _read_parameters(whole: dict[str, Any]) -> Mapping[str, Any]:
    parameters = whole.get("parameters", {})
    if not isinstance(parameters, dict):
        raise InvalidQuestion("parameters is not an object")
    return parameters
