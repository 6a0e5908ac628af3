"""Listens, lets in as many as the machine can measure at once, and hands on each finished test."""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any, cast

from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request as Handshake
from websockets.http11 import Response
from websockets.typing import Subprotocol

from mostovi.connectivity.probe.ndt7 import values
from mostovi.connectivity.probe.ndt7.rules import HandshakeRefused, read_request
from mostovi.connectivity.probe.ndt7.session import Session
from mostovi.connectivity.probe.ndt7.values import Request, Summary

logger = logging.getLogger(__name__)
_CONNECTIONS_PER_TEST = 4
_BUFFER_BYTES = 1 << 17
# websockets reports each handshake that a stranger broke off, with a traceback; that is no news.
_quiet = logging.getLogger(f"{__name__}.websockets")
_quiet.setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Limits:
    """How much at once and for how long. ``most_tests`` run at once; others hear 503 and come back."""

    most_tests: int = 8
    handshake_seconds: float = 5.0
    goodbye_seconds: float = 2.0
    runtime_seconds: float = values.RUNTIME_SECONDS
    longest_seconds: float = values.LONGEST_SECONDS

    @property
    def most_connections(self) -> int:
        return self.most_tests * _CONNECTIONS_PER_TEST


class Ndt7Server:
    """``finished`` is called with the summary of each test, however it ended."""

    def __init__(self, limits: Limits, finished: Callable[[Summary], None]) -> None:
        self.limits = limits
        self.finished = finished
        self.open: set[_Counted] = set()
        self.testing: dict[ServerConnection, Request] = {}
        self.refused = 0

    @asynccontextmanager
    async def listening(
        self, host: str, port: int, tls: ssl.SSLContext | None = None
    ) -> AsyncIterator[list[tuple[str, int]]]:
        """The addresses it listens on, for as long as the block lasts. Raises OSError."""
        async with serve(
            self._run,
            host,
            port,
            ssl=tls,
            subprotocols=[Subprotocol(values.SUBPROTOCOL)],
            process_request=self._admit,
            create_connection=cast("type[ServerConnection]", partial(_Counted, self)),
            compression=None,
            open_timeout=self.limits.handshake_seconds,
            close_timeout=self.limits.goodbye_seconds,
            ping_interval=None,
            max_size=values.LARGEST_MESSAGE,
            max_queue=(1, 0),
            write_limit=_BUFFER_BYTES,
            server_header=None,
            logger=_quiet,
        ) as server:
            yield [each.getsockname()[:2] for each in server.sockets]

    def _admit(self, connection: ServerConnection, handshake: Handshake) -> Response | None:
        offered = ",".join(handshake.headers.get_all("Sec-WebSocket-Protocol")).split(",")
        try:
            request = read_request(handshake.path, [each.strip() for each in offered])
        except HandshakeRefused as refused:
            return connection.respond(HTTPStatus(refused.status), f"{refused}\n")
        if len(self.testing) >= self.limits.most_tests:
            self.refused += 1
            busy = connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "Other schools are measuring.\n")
            busy.headers["Retry-After"] = str(round(2 * self.limits.longest_seconds))
            return busy
        self.testing[connection] = request
        return None

    async def _run(self, connection: ServerConnection) -> None:
        session = Session(
            connection,
            self.testing[connection],
            runtime=self.limits.runtime_seconds,
            longest=self.limits.longest_seconds,
        )
        summary = await session.run()
        self.finished(summary)

    def forget(self, connection: "_Counted") -> None:
        self.open.discard(connection)
        self.testing.pop(connection, None)


class _Counted(ServerConnection):
    """Turned away before a word is read when too many are open, so that nobody can fill the memory."""

    def __init__(self, owner: Ndt7Server, *positional: Any, **named: Any) -> None:
        super().__init__(*positional, **named)
        self.owner = owner
        self.is_let_in = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if len(self.owner.open) >= self.owner.limits.most_connections:
            self.owner.refused += 1
            cast("asyncio.Transport", transport).abort()
            return
        self.is_let_in = True
        self.owner.open.add(self)
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.is_let_in:
            self.owner.forget(self)
            super().connection_lost(exc)
