"""One call to ``/v1/…``: its parts, read strictly, and its reply."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from mostovi.exchange.gateway.wire.messages import Response
from mostovi.exchange.protocol.instants import parse_instant
from mostovi.kernel.errors import Invalid, NotAllowed, NotFound, Refusal


class UnknownPath(NotFound):
    code = "unknown_path"
    message = "There is nothing at this address. docs/reference/gateway-api.md lists what there is."


class WrongMethod(Refusal):
    code = "wrong_method"
    status = 405
    message = "This address cannot be called in this way."


class SystemNotProved(NotAllowed):
    code = "system_not_proved"
    status = 401
    message = "The connection does not prove which system is calling."


class OnlyForAuditors(NotAllowed):
    code = "only_for_auditors"
    message = "This system may not read the whole log."


class InvalidCall(Invalid):
    """``field`` names what is missing or of another shape; it never repeats a value."""

    code = "invalid_call"
    message = "This part of the call is missing or has another shape: {field}."


@dataclass(frozen=True)
class Call:
    """``parts`` are the segments after ``/v1/``; ``subsystem`` is what the connection proves."""

    method: str
    parts: tuple[str, ...]
    query: dict[str, str]
    body: bytes
    subsystem: str

    def fields(self) -> "Fields":
        """The JSON object in the body. Raises InvalidCall."""
        try:
            return Fields(json.loads(self.body))
        except (ValueError, RecursionError):
            raise InvalidCall(field="body") from None

    def number(self, name: str, default: int | None) -> int | None:
        """A number in the query. Raises InvalidCall."""
        text = self.query.get(name)
        if text is None:
            return default
        if not (text.isascii() and text.isdigit() and len(text) < 16):
            raise InvalidCall(field=name)
        return int(text)


class Fields:
    """A JSON object, read by name and kind. Every method raises InvalidCall."""

    def __init__(self, value: Any, name: str = "body") -> None:
        if not isinstance(value, dict):
            raise InvalidCall(field=name)
        self.value = value

    def text(self, name: str, longest: int = 500) -> str:
        found = self.value.get(name)
        if not isinstance(found, str) or not 0 < len(found) <= longest:
            raise InvalidCall(field=name)
        return found

    def optional_text(self, name: str, longest: int = 500) -> str | None:
        return None if self.value.get(name) in {None, ""} else self.text(name, longest)

    def moment(self, name: str) -> datetime:
        try:
            return parse_instant(self.text(name, 40))
        except ValueError:
            raise InvalidCall(field=name) from None

    def optional_moment(self, name: str) -> datetime | None:
        return None if self.value.get(name) is None else self.moment(name)

    def inner(self, name: str) -> "Fields":
        return Fields(self.value.get(name), name)

    def optional_inner(self, name: str) -> "Fields | None":
        return None if self.value.get(name) is None else self.inner(name)

    def many(self, name: str, most: int) -> "list[Fields]":
        found = self.value.get(name)
        if not isinstance(found, list) or len(found) > most:
            raise InvalidCall(field=name)
        return [Fields(each, name) for each in found]


def read_call(method: str, target: str, body: bytes, subsystem: str) -> Call:
    path, _, query = target.partition("?")
    values = {name: found[-1] for name, found in parse_qs(query).items()}
    return Call(method, tuple(path.removeprefix("/v1/").split("/")), values, body, subsystem)


def reply(content: Any, status: int = 200) -> Response:
    body = json.dumps(content, ensure_ascii=False).encode()
    return Response(status, [("content-type", "application/json; charset=utf-8")], body)


def problem(refusal: Refusal) -> Response:
    """RFC 9457."""
    content = {
        "type": "about:blank",
        "title": refusal.sentence(),
        "status": refusal.status,
        "code": refusal.code,
    }
    body = json.dumps(content, ensure_ascii=False).encode()
    return Response(refusal.status, [("content-type", "application/problem+json")], body)
