"""HTTP/1.1 for the place where measurements arrive: small, bounded in everything, httptools does the parsing.

aiohttp's server costs as much per request as reading, judging and writing a measurement together.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import cast
from urllib.parse import unquote

import httptools

_MOST_HEADER_BYTES = 1 << 14
_SMALL_BODY_BYTES = 1 << 18
_BACKLOG = 2_048
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Request:
    """``headers`` by their names in small letters."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Bounds:
    """How much at once and for how long. ``most_body_bytes`` says how long a body may be at a path."""

    most_body_bytes: Callable[[str], int]
    most_connections: int = 2_000
    most_buffered_bytes: int = 1 << 27
    silence_seconds: float = 15
    body_seconds: float = 120
    idle_seconds: float = 75
    goodbye_seconds: float = 2


Handler = Callable[[Request], Awaitable[Answer]]


class HttpServer:
    """``handle`` answers one request; ``refuse`` makes the answer to what never becomes one."""

    def __init__(self, handle: Handler, refuse: Callable[[int], Answer], bounds: Bounds) -> None:
        self.handle = handle
        self.refuse = refuse
        self.bounds = bounds
        self.open: set[_Connection] = set()
        self.turned_away = 0
        self.buffered = 0

    @asynccontextmanager
    async def listening(self, host: str, port: int) -> AsyncIterator[int]:
        """The port it listens on, for as long as the block lasts. Raises OSError."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Connection(self), host, port, backlog=_BACKLOG)
        watching = loop.create_task(self._watch())
        try:
            yield int(server.sockets[0].getsockname()[1])
        finally:
            server.close()
            watching.cancel()
            await self._say_goodbye()

    async def _watch(self) -> None:
        """Let go of those whose time is over."""
        pause = min(self.bounds.silence_seconds, 2.0) / 2
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(pause)
            now = loop.time()
            for connection in [each for each in self.open if each.deadline < now]:
                connection.abort()

    async def _say_goodbye(self) -> None:
        tasks = [each.task for each in self.open if each.task is not None]
        if tasks:
            await asyncio.wait(tasks, timeout=self.bounds.goodbye_seconds)
        for connection in list(self.open):
            connection.abort()


class _Connection(asyncio.Protocol):
    """One client. Requests are answered in turn; while one is answered, nothing more is read."""

    def __init__(self, server: HttpServer) -> None:
        self.server = server
        self.loop = asyncio.get_running_loop()
        self.parser = httptools.HttpRequestParser(self)
        self.transport: asyncio.Transport | None = None
        self.waiting: list[tuple[Request, bool]] = []
        self.task: asyncio.Task[None] | None = None
        self.deadline = math.inf
        self.reserved = 0
        self.refusal: int | None = None
        self.is_ending = False
        self._begin()

    def _begin(self) -> None:
        self.url = b""
        self.headers: dict[str, str] = {}
        self.header_bytes = 0
        self.parts: list[bytes] = []
        self.size = 0
        self.most = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        if len(self.server.open) >= self.server.bounds.most_connections:
            self.server.turned_away += 1
            self._refuse(503)
            return
        self.server.open.add(self)
        self._wait(self.server.bounds.silence_seconds)

    def connection_lost(self, _: Exception | None) -> None:
        self.server.open.discard(self)
        self._release()
        self.transport = None

    def data_received(self, data: bytes) -> None:
        if self.is_ending or not self._is_open():
            return
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # We speak nothing else; its request is answered like any other, and is the last.
            self.is_ending = True
        except httptools.HttpParserError:
            self._refuse(400)

    def abort(self) -> None:
        if self.transport is not None:
            self.transport.abort()

    # What httptools calls while it parses.

    def on_url(self, url: bytes) -> None:
        self.url += url
        self._count_header(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count_header(len(name) + len(value))
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        self.most = self.server.bounds.most_body_bytes(_path(self.url))
        announced = self.headers.get("content-length", "0")
        if not announced.isdecimal() or int(announced) > self.most:
            self._refuse(413)
            return
        self._reserve(int(announced))
        self._wait(self.server.bounds.body_seconds)
        if self.headers.get("expect", "").lower() == "100-continue" and self._is_open():
            assert self.transport is not None
            self.transport.write(_CONTINUE)

    def on_body(self, body: bytes) -> None:
        self.size += len(body)
        if self.size > self.most:
            self._refuse(413)
            return
        self._reserve(self.size)
        self.parts.append(body)

    def on_message_complete(self) -> None:
        if self.is_ending or not self._is_open():
            return
        method = self.parser.get_method().decode("latin-1")
        request = Request(method, _path(self.url), self.headers, b"".join(self.parts))
        self.waiting.append((request, self.parser.should_keep_alive()))
        self._begin()
        if self.task is None:
            self.deadline = math.inf
            assert self.transport is not None
            self.transport.pause_reading()
            self.task = self.loop.create_task(self._answer_all())

    def _count_header(self, size: int) -> None:
        self.header_bytes += size
        if self.header_bytes > _MOST_HEADER_BYTES:
            self._refuse(431)

    def _reserve(self, size: int) -> None:
        """Large bodies share a bounded space, so that many at once cannot fill the memory."""
        more = size - self.reserved if size > _SMALL_BODY_BYTES else 0
        if more <= 0:
            return
        if self.server.buffered + more > self.server.bounds.most_buffered_bytes:
            self._refuse(503)
            return
        self.reserved += more
        self.server.buffered += more

    def _release(self) -> None:
        self.server.buffered -= self.reserved
        self.reserved = 0

    async def _answer_all(self) -> None:
        while self.waiting:
            request, stays = self.waiting.pop(0)
            answer = await self.server.handle(request)
            stays = stays and not self.is_ending
            self._write(answer, stays=stays or bool(self.waiting) or self.refusal is not None)
        self.task = None
        self._release()
        self._wait(self.server.bounds.idle_seconds)
        if self.refusal is not None:
            self._refuse(self.refusal)
        elif self.transport is not None and not self.transport.is_closing():
            self.transport.resume_reading()

    def _write(self, answer: Answer, *, stays: bool) -> None:
        if self.transport is None or self.transport.is_closing():
            return
        self.transport.write(_packed(answer, stays=stays))
        if not stays:
            self.is_ending = True
            self.transport.close()

    def _refuse(self, status: int) -> None:
        """Then the connection ends; those who wait for an answer get theirs first."""
        self.is_ending = True
        if self.task is not None:
            self.refusal = self.refusal or status
        elif self.transport is not None and not self.transport.is_closing():
            self.transport.write(_packed(self.server.refuse(status), stays=False))
            self._end(self.transport)

    def _end(self, transport: asyncio.Transport) -> None:
        """Closed while the client still sends, its answer would be lost: what comes is thrown away."""
        if self not in self.server.open:
            transport.close()
            return
        transport.resume_reading()
        transport.write_eof()
        self._wait(self.server.bounds.goodbye_seconds)

    def _is_open(self) -> bool:
        return self.transport is not None and not self.transport.is_closing()

    def _wait(self, seconds: float) -> None:
        self.deadline = self.loop.time() + seconds


def _packed(answer: Answer, *, stays: bool) -> bytes:
    extra = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
    end = "" if stays else "Connection: close\r\n"
    head = (
        f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}\r\n"
        f"Content-Type: {answer.content_type}\r\nContent-Length: {len(answer.body)}\r\n{extra}{end}\r\n"
    )
    return head.encode("latin-1") + answer.body


def _path(url: bytes) -> str:
    path = url.partition(b"?")[0]
    with suppress(UnicodeDecodeError):
        return unquote(path.decode("ascii"), errors="strict")
    return ""
