"""Holds the number of open HTTP connections, and lets go of those that say nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import cast

from aiohttp import web
from aiohttp.typedefs import Middleware

_BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 30\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Doorkeeper:
    """Lets in ``most`` connections at once; others hear 503. Silent ones go after ``silence_seconds``."""

    def __init__(self, most: int, silence_seconds: float) -> None:
        self.most = most
        self.silence_seconds = silence_seconds
        self.silent: set[asyncio.BaseProtocol] = set()
        self.coming = 0
        self.turned_away = 0

    def middleware(self) -> Middleware:
        @web.middleware
        async def hear(request: web.Request, handler: Handler) -> web.StreamResponse:
            self.silent.discard(request.protocol)
            return await handler(request)

        return hear

    def let_in(self, server: web.Server) -> asyncio.BaseProtocol:
        """The protocol of a new connection."""
        if len(server.connections) + self.coming >= self.most:
            self.turned_away += 1
            return _Busy()
        protocol = server()
        self.silent.add(protocol)
        self.coming += 1
        loop = asyncio.get_running_loop()
        # aiohttp counts it among its connections one turn of the loop later.
        loop.call_soon(loop.call_soon, self._has_come)
        loop.call_later(self.silence_seconds, self._look_at, protocol)
        return protocol

    def _has_come(self) -> None:
        self.coming -= 1

    def _look_at(self, protocol: web.RequestHandler) -> None:
        if protocol in self.silent:
            self.silent.discard(protocol)
            if protocol.transport is not None:
                protocol.transport.abort()


class _Busy(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast("asyncio.Transport", transport).write(_BUSY)
        transport.close()
