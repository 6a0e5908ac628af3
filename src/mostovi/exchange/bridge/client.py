"""One call to the gateway of an institution: over its unix socket, or https with mutual TLS."""

import http.client
import json
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from mostovi.exchange.bridge.refusals import BridgeRefused, NoAnswer, refusal_for

_LONGEST_REPLY = 16 * 1024 * 1024
_OWN_SECONDS = 5.0


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Raises NoAnswer when it is none: then something else than a gateway answers there."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise NoAnswer from error


class _SocketConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def call(
    institution: str,
    method: str,
    target: str,
    *,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    timeout_seconds: float = _OWN_SECONDS,
) -> Reply:
    """What the gateway of ``institution`` replies, whatever the status. Raises NoAnswer."""
    data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
    sent = {
        "Accept": "application/json",
        **({"Content-Type": "application/json"} if data else {}),
        **(headers or {}),
    }
    connection = _connect(institution, timeout_seconds)
    try:
        connection.request(method, target, body=data, headers=sent)
        with connection.getresponse() as response:
            received = response.read(_LONGEST_REPLY + 1)
        if len(received) > _LONGEST_REPLY:
            raise NoAnswer(institution)
        fields = {name.lower(): value for name, value in response.getheaders()}
        return Reply(response.status, fields, received)
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer(institution) from error
    finally:
        connection.close()


def call_native(
    institution: str, method: str, target: str, *, body: Any = None, timeout_seconds: float = _OWN_SECONDS
) -> Any:
    """The JSON that ``/v1/…`` answers. Raises BridgeRefused with the problem's code, or NoAnswer."""
    reply = call(institution, method, target, body=body, timeout_seconds=timeout_seconds)
    content = reply.json()
    if reply.status < 400:
        return content
    code, title = str(content.get("code", "")), str(content.get("title", ""))
    if reply.status >= 500:
        raise NoAnswer(institution, code)
    raise BridgeRefused(code, message=title, detail=str(content.get("detail", "")), status=reply.status)


def raise_refusal(reply: Reply, institution: str) -> None:
    """Raise what an ``X-Road-Error`` stands for; do nothing when there is none."""
    error_type = reply.headers.get("x-road-error")
    if error_type is None:
        return
    content = reply.json()
    raise refusal_for(
        error_type, str(content.get("message", "")), str(content.get("detail", "")), institution
    )


def _connect(institution: str, timeout: float) -> http.client.HTTPConnection:
    gateway = settings.GATEWAYS.get(institution)
    if gateway is None:
        raise BridgeRefused("Server.ClientProxy.UnknownMember", detail=institution)
    if "socket" in gateway:
        return _SocketConnection(gateway["socket"], timeout)
    address = urlsplit(gateway["url"])
    context = _context(gateway["certificate"], gateway["key"], gateway["root"])
    return http.client.HTTPSConnection(
        address.hostname or "", address.port or 443, timeout=timeout, context=context
    )


@lru_cache(maxsize=64)
def _context(certificate: str, key: str, root: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=root)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(certificate, key)
    return context
