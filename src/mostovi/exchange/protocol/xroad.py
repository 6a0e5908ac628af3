"""The edge towards local systems, as X-Road's REST protocol defines it: headers and errors."""

import json
import re
import uuid
from collections.abc import Iterable
from enum import StrEnum
from xml.sax.saxutils import escape

from mostovi.exchange.protocol.faults import Fault

CLIENT = "x-road-client"
SERVICE = "x-road-service"
ID = "x-road-id"
USER_ID = "x-road-userid"
ISSUE = "x-road-issue"
SECURITY_SERVER = "x-road-security-server"
REPRESENTED_PARTY = "x-road-represented-party"
REQUEST_ID = "x-road-request-id"
REQUEST_HASH = "x-road-request-hash"
ERROR = "x-road-error"

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})

DROPPED_HEADERS = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "host",
        "user-agent",
        "server",
        "content-length",
        "expect",
    }
)
"""Headers that end at a gateway (exchange protocol for REST, §4.5). All others pass."""

_SET_BY_GATEWAYS = DROPPED_HEADERS | {REQUEST_ID, REQUEST_HASH}
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SNAKE_EXCEPTIONS = {"OutdatedGlobalConf": "global_conf_outdated", "IOError": "io_error"}
_XML_TYPES = ("text/xml", "application/xml", "text/*")


class Side(StrEnum):
    """Where a fault arose: the first half of an error type."""

    CLIENT = "Client"
    CONSUMER_GATEWAY = "Server.ClientProxy"
    PROVIDER_GATEWAY = "Server.ServerProxy"


class Spelling(StrEnum):
    """How error types are spelled: up to X-Road 7.7, or from 7.8 on."""

    PASCAL = "pascal"
    SNAKE = "snake"


def error_type(fault: Fault, side: Side, spelling: Spelling = Spelling.PASCAL) -> str:
    """``Server.ServerProxy.AccessDenied`` or ``server.serverproxy.access_denied``."""
    if spelling is Spelling.PASCAL:
        return f"{side}.{fault.kind}"
    snake = _SNAKE_EXCEPTIONS.get(fault.kind) or _WORD.sub("_", fault.kind).lower()
    return f"{side.lower()}.{snake}"


def find_fault(type_text: str) -> Fault | None:
    """The fault behind an error type in either spelling, or None for one that is not ours."""
    return _FAULTS.get(type_text.rpartition(".")[2])


def error_status(type_text: str) -> int:
    """500 if the type begins with ``Server.``, otherwise 400; so a denied access is 500, as with X-Road."""
    return 500 if type_text.lower().startswith("server.") else 400


def error_reply(
    type_text: str, message: str, detail: str, accept: str | None
) -> tuple[list[tuple[str, str]], bytes]:
    """The headers and body of an error made by a gateway.

    ``detail`` is an id to look it up in the gateway's log.
    """
    if _wants_xml(accept):
        content_type = "text/xml; charset=utf-8"
        parts = (("type", type_text), ("message", message), ("detail", detail))
        body = (
            f"<error>{''.join(f'<{name}>{escape(text)}</{name}>' for name, text in parts)}</error>".encode()
        )
    else:
        content_type = "application/json; charset=utf-8"
        body = json.dumps(
            {"type": type_text, "message": message, "detail": detail}, ensure_ascii=False
        ).encode()
    return [("content-type", content_type), (ERROR, type_text)], body


def kept_headers(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The header lines that travel on, names in lower case; the gateway sets hash and request id anew."""
    return [(lowered, value) for name, value in headers if (lowered := name.lower()) not in _SET_BY_GATEWAYS]


def new_message_id(instance: str) -> str:
    """The default of ``X-Road-Id``: ``BA-`` and a random UUID."""
    return f"{instance}-{uuid.uuid4()}"


def new_request_id() -> str:
    """A fresh ``X-Road-Request-Id``, shared by both sides."""
    return str(uuid.uuid4())


def _wants_xml(accept: str | None) -> bool:
    ranges = [part.partition(";")[0].strip().lower() for part in (accept or "application/json").split(",")]
    return "application/json" not in ranges and any(kind in _XML_TYPES for kind in ranges)


_FAULTS = {
    error_type(fault, Side.CLIENT, spelling).rpartition(".")[2]: fault
    for fault in Fault
    for spelling in Spelling
}
