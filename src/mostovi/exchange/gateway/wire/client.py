"""The client half of the wire: pooled keep-alive connections, one request at a time on each."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import httptools

from mostovi.exchange.gateway.wire.messages import Headers, Limits, Response
from mostovi.exchange.gateway.wire.turns import Turns


class WireFault(Exception):
    """The other side did not give a whole answer."""


class Unreachable(WireFault):
    """No connection: nothing was sent."""


class Interrupted(WireFault):
    """The connection ended before the whole answer was here."""


class TooSlow(WireFault):
    """The answer did not come in time."""


class MalformedAnswer(WireFault):
    """What came is not an HTTP/1.1 answer within our limits."""


Open = Callable[[Callable[[], "ClientConnection"]], Awaitable[tuple[Any, "ClientConnection"]]]


class ClientConnection(asyncio.Protocol):
    """One connection to the other side."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.loop = asyncio.get_running_loop()
        self.transport: Any = None
        self.answer: asyncio.Future[Response] | None = None
        self.idle_since = 0.0
        self.reusable = True
        self.answers = 0
        self.without_body = False
        self.deadline = 0.0
        self.parser = httptools.HttpResponseParser(self)
        self._begin()

    def _begin(self) -> None:
        self.headers: Headers = []
        self.body: list[bytes] = []
        self.body_bytes = 0
        self.fed_bytes = 0
        self.head_complete = False
        self.fault: str | None = None

    async def send(self, message: bytes, *, without_body: bool) -> Response:
        """Raises Interrupted, MalformedAnswer, and TooSlow if ``fail_when_late`` says so."""
        self._begin()
        self.without_body = without_body
        self.answer = self.loop.create_future()
        self.transport.write(message)
        try:
            return await self.answer
        except asyncio.CancelledError:
            self.abort()
            raise
        finally:
            self.answer = None

    def fail_when_late(self, now: float) -> None:
        if now >= self.deadline:
            self._fail(TooSlow())

    def is_open(self) -> bool:
        return self.reusable and not self.transport.is_closing()

    def abort(self) -> None:
        self.reusable = False
        self.transport.abort()

    def _fail(self, fault: WireFault) -> None:
        self.reusable = False
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(fault)
        if self.transport is not None:
            self.transport.abort()

    # Transport callbacks

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def connection_lost(self, _exc: Exception | None) -> None:
        if self.answer is None or self.answer.done():
            return
        if self.head_complete and self._ends_with_connection():
            self.on_message_complete()
        else:
            self._fail(Interrupted())

    def data_received(self, data: bytes) -> None:
        if self.answer is None or self.answer.done():
            self.abort()  # an answer nobody asked for
            return
        self.fed_bytes += len(data)
        try:
            self.parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self.fault = "not HTTP/1.1"
        if self.fed_bytes > 4 * (self.limits.body_bytes + self.limits.head_bytes):
            self.fault = "too long"
        if self.fault is not None:
            self._fail(MalformedAnswer(self.fault))

    def _ends_with_connection(self) -> bool:
        names = {name for name, _ in self.headers}
        return not names & {"content-length", "transfer-encoding"}

    # Parser callbacks

    def on_header(self, name: bytes, value: bytes) -> None:
        if self.head_complete:
            return
        self.headers.append((name.decode("latin-1").lower(), value.decode("latin-1")))
        if len(self.headers) > self.limits.header_count:
            self.fault = "too many headers"

    def on_headers_complete(self) -> None:
        self.head_complete = True
        if self.without_body and self.parser.get_status_code() >= 200:
            self.reusable = False
            self.on_message_complete()

    def on_body(self, body: bytes) -> None:
        self.body_bytes += len(body)
        if self.body_bytes > self.limits.body_bytes:
            self.fault = "body too long"
        else:
            self.body.append(body)

    def on_message_complete(self) -> None:
        status = self.parser.get_status_code()
        if 100 <= status < 200:
            self._begin()
            return
        if self.fault is not None or self.answer is None or self.answer.done():
            return
        self.answers += 1
        self.reusable = self.reusable and self.parser.should_keep_alive()
        self.answer.set_result(Response(status, self.headers, b"".join(self.body)))


class Pool:
    """Connections to one address. Idle ones are kept for a while; a fresh one is opened when none is free."""

    def __init__(
        self, opener: Open, limits: Limits, turns: Turns, *, idle_seconds: float, connect_seconds: float = 5
    ) -> None:
        self.opener = opener
        self.limits = limits
        self.turns = turns
        self.idle_seconds = idle_seconds
        self.connect_seconds = connect_seconds
        self.loop = asyncio.get_running_loop()
        self.idle: deque[ClientConnection] = deque()
        self.busy: set[ClientConnection] = set()
        self.timer: asyncio.TimerHandle | None = None

    async def send(
        self, message: bytes, *, within_seconds: float, repeatable: bool, without_body: bool = False
    ) -> Response:
        """The answer to ``message``.

        ``repeatable``: a connection kept from before may have died unnoticed; the message may then be sent
        once more because the other side does not act on it twice. Raises a WireFault.
        """
        connection = self._take() or await self._connect()
        try:
            response = await self._ask(connection, message, within_seconds, without_body=without_body)
        except Interrupted:
            if not (repeatable and connection.answers and not connection.fed_bytes):
                raise
            connection = await self._connect()
            response = await self._ask(connection, message, within_seconds, without_body=without_body)
        self._give_back(connection)
        await self.turns.wait()
        return response

    async def _ask(
        self, connection: ClientConnection, message: bytes, within_seconds: float, *, without_body: bool
    ) -> Response:
        connection.deadline = self.loop.time() + within_seconds
        self.busy.add(connection)
        if self.timer is None or self.timer.when() > connection.deadline:
            self._watch_until(connection.deadline)
        try:
            return await connection.send(message, without_body=without_body)
        finally:
            self.busy.discard(connection)

    # One timer for all that wait: a timer for each costs more than the request it watches.

    def _watch_until(self, deadline: float) -> None:
        if self.timer is not None:
            self.timer.cancel()
        self.timer = self.loop.call_at(deadline, self._fail_the_late)

    def _fail_the_late(self) -> None:
        self.timer = None
        now = self.loop.time()
        for connection in list(self.busy):
            connection.fail_when_late(now)
        deadlines = [each.deadline for each in self.busy if each.deadline > now]
        if deadlines:
            self._watch_until(min(deadlines))

    def _take(self) -> ClientConnection | None:
        oldest = self.loop.time() - self.idle_seconds
        while self.idle:
            connection = self.idle.pop()
            if connection.is_open() and connection.idle_since >= oldest:
                return connection
            connection.abort()
        return None

    def _give_back(self, connection: ClientConnection) -> None:
        if not connection.is_open():
            connection.transport.close()
            return
        connection.idle_since = self.loop.time()
        self.idle.append(connection)

    async def _connect(self) -> ClientConnection:
        try:
            async with asyncio.timeout(self.connect_seconds):
                _, connection = await self.opener(lambda: ClientConnection(self.limits))
        except (OSError, TimeoutError) as error:
            raise Unreachable(type(error).__name__) from error
        return connection

    def drop_idle(self) -> None:
        """Close what has been idle for too long; called now and then, so that quiet pools shrink."""
        oldest = self.loop.time() - self.idle_seconds
        while self.idle and self.idle[0].idle_since < oldest:
            self.idle.popleft().abort()

    def close(self) -> None:
        while self.idle:
            self.idle.pop().abort()
