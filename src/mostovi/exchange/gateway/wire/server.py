"""The server half of the wire: reads whole requests, answers them one after the other per connection."""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import httptools

from mostovi.exchange.gateway.journal import describe_crash
from mostovi.exchange.gateway.wire.messages import (
    Caller,
    Headers,
    Limits,
    Request,
    Response,
    format_response,
)
from mostovi.exchange.gateway.wire.turns import Turns

Handler = Callable[[Request, Caller], Awaitable[Response]]
Identify = Callable[[Any], Caller]

_LONGEST_QUEUE = 8


def _plain_refusal(status: int, sentence: str) -> Response:
    body = json.dumps({"status": status, "title": sentence}).encode()
    return Response(status, [("content-type", "application/problem+json")], body)


def _names_its_host(headers: Headers, version: str) -> bool:
    """One ``Host`` line, which only HTTP/1.0 may leave out (RFC 9112 §3.2)."""
    hosts = [name for name, _ in headers].count("host")
    return hosts == 1 or (hosts == 0 and version == "1.0")


class ServerConnection(asyncio.Protocol):
    """One connection. Requests that arrive together wait their turn; a malformed one ends it."""

    def __init__(self, listener: "Listener") -> None:
        self.listener = listener
        self.limits = listener.limits
        self.transport: Any = None
        self.caller = Caller(edge="")
        self.parser = httptools.HttpRequestParser(self)
        self.waiting: deque[Request] = deque()
        self.task: asyncio.Task[None] | None = None
        self.refusal: Response | None = None
        self.last_active = listener.loop.time()
        self.reading_since: float | None = None
        self._begin()

    def _begin(self) -> None:
        self.target = b""
        self.headers: Headers = []
        self.head_bytes = 0
        self.message_bytes = 0
        self.head_complete = False
        self.body: list[bytes] = []
        self.body_bytes = 0

    # Transport callbacks

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.caller = self.listener.identify(transport)
        self.listener.connections.add(self)

    def connection_lost(self, _exc: Exception | None) -> None:
        self.listener.connections.discard(self)

    def data_received(self, data: bytes) -> None:
        if self.refusal is not None:
            return
        self.last_active = self.listener.loop.time()
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self.refusal = _plain_refusal(400, "This connection does not change its protocol.")
        except httptools.HttpParserError:
            self.refusal = _plain_refusal(400, "This is not a well-formed HTTP/1.1 request.")
        self.message_bytes += len(data)
        self._check_size()
        if self.refusal is not None:
            self._refuse()

    def _check_size(self) -> None:
        # httptools gathers an unfinished header or chunk head by itself, so what was fed is counted too.
        limits = self.limits
        if not self.head_complete and self.message_bytes > 2 * limits.head_bytes + limits.body_bytes:
            self.refusal = _plain_refusal(431, "The header of this request is too long.")
        elif self.message_bytes > 4 * (limits.head_bytes + limits.body_bytes):
            self.refusal = _plain_refusal(413, "This request is too long.")

    def _refuse(self) -> None:
        self.waiting.clear()
        if self.task is None and self.refusal is not None:
            self._write(self.refusal, close=True, without_body=False)

    # Parser callbacks

    def on_message_begin(self) -> None:
        self._begin()
        self.reading_since = self.last_active

    def on_url(self, url: bytes) -> None:
        self.target += url
        self.head_bytes += len(url)
        if self.head_bytes > self.limits.head_bytes:
            self.refusal = _plain_refusal(414, "The address of this request is too long.")

    def on_header(self, name: bytes, value: bytes) -> None:
        if self.head_complete:
            return  # trailers carry nothing we would act on
        self.head_bytes += len(name) + len(value)
        self.headers.append((name.decode("latin-1").lower(), value.decode("latin-1")))
        if self.head_bytes > self.limits.head_bytes or len(self.headers) > self.limits.header_count:
            self.refusal = _plain_refusal(431, "The header of this request is too long.")

    def on_headers_complete(self) -> None:
        self.head_complete = True
        if self.refusal is None:
            self._check_head()

    def _check_head(self) -> None:
        fields = dict(self.headers)
        version = self.parser.get_http_version()
        if version not in {"1.1", "1.0"} or not self.target.startswith(b"/"):
            self.refusal = _plain_refusal(400, "This is not a well-formed HTTP/1.1 request.")
        elif version == "1.0" and "transfer-encoding" in fields:
            self.refusal = _plain_refusal(400, "HTTP/1.0 has no transfer encodings.")
        elif fields.get("transfer-encoding", "chunked").lower() != "chunked":
            self.refusal = _plain_refusal(501, "The only transfer encoding here is chunked.")
        elif int(fields.get("content-length") or 0) > self.limits.body_bytes:
            self.refusal = _plain_refusal(413, "The body of this request is too long.")
        elif not _names_its_host(self.headers, version):
            self.refusal = _plain_refusal(400, "This request does not name its host once.")
        elif fields.get("expect", "").lower() == "100-continue":
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self.fields = fields

    def on_body(self, body: bytes) -> None:
        self.body_bytes += len(body)
        if self.body_bytes > self.limits.body_bytes:
            self.refusal = _plain_refusal(413, "The body of this request is too long.")
        else:
            self.body.append(body)

    def on_message_complete(self) -> None:
        self.reading_since = None
        if self.refusal is not None:
            return
        self.waiting.append(
            Request(
                method=self.parser.get_method().decode("latin-1"),
                target=self.target.decode("latin-1"),
                headers=self.headers,
                body=b"".join(self.body),
                keep_alive=self.parser.should_keep_alive(),
                fields=self.fields,
            )
        )
        if len(self.waiting) >= _LONGEST_QUEUE:
            self.transport.pause_reading()
        if self.task is None:
            self.task = self.listener.loop.create_task(self._serve())

    # Answering

    async def _serve(self) -> None:
        try:
            while self.waiting:
                request = self.waiting.popleft()
                await self.listener.turns.wait()
                response = await self._answer(request)
                close = not request.keep_alive or self.listener.closing
                self._write(response, close=close, without_body=request.method == "HEAD")
                if close:
                    return
        finally:
            self.task = None
            self._go_on()

    def _go_on(self) -> None:
        if self.refusal is not None:
            self._refuse()
        elif not self.transport.is_closing():
            self.last_active = self.listener.loop.time()
            self.transport.resume_reading()

    async def _answer(self, request: Request) -> Response:
        try:
            return await self.listener.handler(request, self.caller)
        except Exception as error:  # noqa: BLE001 - one request's bug must not end the others
            describe_crash("request", error)
            return _plain_refusal(500, "The gateway could not finish this request.")

    def _write(self, response: Response, *, close: bool, without_body: bool) -> None:
        if self.transport.is_closing():
            return
        self.transport.write(format_response(response, close=close, without_body=without_body))
        if close:
            self.transport.close()

    # Time

    def check_time(self, now: float) -> None:
        """Called by the listener: ends what has been idle or half sent for too long."""
        if self.reading_since is not None and now - self.reading_since > self.limits.read_seconds:
            self.refusal = _plain_refusal(408, "The request did not arrive in time.")
            self._refuse()
        elif self.is_idle() and now - self.last_active > self.limits.idle_seconds:
            self.transport.close()

    def is_idle(self) -> bool:
        return self.task is None and self.reading_since is None


class Listener:
    """A listening socket with its connections. ``identify`` says what a fresh connection proves."""

    def __init__(self, handler: Handler, identify: Identify, limits: Limits, turns: Turns) -> None:
        self.handler = handler
        self.identify = identify
        self.limits = limits
        self.turns = turns
        self.loop = asyncio.get_running_loop()
        self.connections: set[ServerConnection] = set()
        self.closing = False
        self.server: asyncio.AbstractServer | None = None
        self._sweep: asyncio.TimerHandle | None = None

    async def listen_unix(self, path: str) -> None:
        self.server = await self.loop.create_unix_server(self._connect, path, backlog=512)
        self._check_times()

    async def listen_tcp(self, host: str, port: int, ssl_context: Any) -> None:
        self.server = await self.loop.create_server(self._connect, host, port, ssl=ssl_context, backlog=512)
        self._check_times()

    def _connect(self) -> ServerConnection:
        return ServerConnection(self)

    def _check_times(self) -> None:
        now = self.loop.time()
        for connection in list(self.connections):
            connection.check_time(now)
        self._sweep = self.loop.call_later(1, self._check_times)

    async def close(self, within_seconds: float) -> None:
        """Accept nothing new, finish what is under way, then end every connection."""
        self.closing = True
        if self._sweep is not None:
            self._sweep.cancel()
        if self.server is not None:
            self.server.close()
        deadline = self.loop.time() + within_seconds
        while any(not connection.is_idle() for connection in self.connections):
            if self.loop.time() > deadline:
                break
            await asyncio.sleep(0.02)
        for connection in list(self.connections):
            connection.transport.close()
