"""Asks a program on this machine, at ``host:port``, ``unix:PATH`` or an absolute path, and reads JSON."""

import http.client
import json
import socket
from typing import Any

from mostovi.kernel.errors import Unavailable


class ProgramSilent(Unavailable):
    code = "program_silent"
    message = "A program of the demonstration does not answer. Nothing is lost; try again in a moment."


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def ask(address: str, method: str, path: str, *, timeout_seconds: float = 2) -> tuple[int, Any]:
    """Status and JSON of the reply, None for an empty one. Raises ProgramSilent."""
    connection = _connect(address, timeout_seconds)
    try:
        connection.request(method, path, headers={"Accept": "application/json"})
        with connection.getresponse() as response:
            body = response.read()
        return response.status, json.loads(body) if body else None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise ProgramSilent from error
    finally:
        connection.close()


def _connect(address: str, timeout_seconds: float) -> http.client.HTTPConnection:
    if address.startswith(("unix:", "/")):
        return _UnixConnection(address.removeprefix("unix:"), timeout_seconds)
    return http.client.HTTPConnection(address, timeout=timeout_seconds)
