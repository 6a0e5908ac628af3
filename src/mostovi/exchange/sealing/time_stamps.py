"""Asks a time-stamp authority for a stamp: RFC 3161 §3.4, over HTTP, on TCP or on a unix socket."""

import socket
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Protocol
from urllib.parse import urlsplit

from mostovi.kernel.errors import Unavailable

MAXIMUM_REPLY = 64 * 1024


class NoTimeStamp(Unavailable):
    """The authority did not answer, or not with a time stamp. ``detail`` is for the operator's log."""

    code = "no_time_stamp"
    message = (
        "The time-stamp authority does not answer, so the document was not sealed. "
        "Nothing is lost; try again in a few minutes."
    )

    def __init__(self, detail: str) -> None:
        super().__init__()
        self.detail = detail


class TimeStampAuthority(Protocol):
    """Whatever turns a DER ``TimeStampReq`` into a DER ``TimeStampResp``. Raises NoTimeStamp."""

    def request(self, query: bytes) -> bytes: ...


@dataclass(frozen=True)
class HttpTimeStampAuthority:
    """An authority at ``url``; with ``socket_path`` the connection goes to that unix socket instead."""

    url: str
    socket_path: str | None = None
    timeout_seconds: float = 5.0

    def request(self, query: bytes) -> bytes:
        """POST the query; the reply's bytes, at most 64 KB. Raises NoTimeStamp."""
        try:
            return self._exchange(query)
        except (OSError, HTTPException) as trouble:
            raise NoTimeStamp(f"{type(trouble).__name__}: {trouble}") from trouble

    def _exchange(self, query: bytes) -> bytes:
        connection = self._connection()
        headers = {
            "Content-Type": "application/timestamp-query",
            "Accept": "application/timestamp-reply",
            "Connection": "close",
        }
        try:
            connection.request("POST", urlsplit(self.url).path or "/", body=query, headers=headers)
            with connection.getresponse() as response:
                reply = response.read(MAXIMUM_REPLY + 1)
        finally:
            connection.close()
        if response.status != 200 or len(reply) > MAXIMUM_REPLY:
            raise NoTimeStamp(f"status {response.status}, {len(reply)} bytes")
        return reply

    def _connection(self) -> HTTPConnection:
        address = urlsplit(self.url)
        host = address.hostname or "localhost"
        if self.socket_path is not None:
            return _SocketConnection(self.socket_path, host, self.timeout_seconds)
        if address.scheme == "https":
            return HTTPSConnection(host, address.port, timeout=self.timeout_seconds)
        return HTTPConnection(host, address.port, timeout=self.timeout_seconds)


class _SocketConnection(HTTPConnection):
    def __init__(self, path: str, host: str, timeout: float) -> None:
        super().__init__(host, timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)
