"""A client written to the specification, for tests that measure and tests that break a rule."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from mostovi.connectivity.probe.ndt7.server import Limits, Ndt7Server
from mostovi.connectivity.probe.ndt7.values import SUBPROTOCOL, Summary

QUICK = Limits(
    most_tests=4, handshake_seconds=0.5, goodbye_seconds=0.3, runtime_seconds=0.6, longest_seconds=1.2
)


@dataclass
class Running:
    server: Ndt7Server
    port: int
    summaries: list[Summary]

    async def only_summary(self) -> Summary:
        for _ in range(300):
            if self.summaries:
                break
            await asyncio.sleep(0.01)
        (summary,) = self.summaries
        return summary


@asynccontextmanager
async def running(limits: Limits = QUICK) -> AsyncIterator[Running]:
    summaries: list[Summary] = []
    server = Ndt7Server(limits, summaries.append)
    async with server.listening("127.0.0.1", 0) as addresses:
        yield Running(server, addresses[0][1], summaries)


@dataclass
class Heard:
    """What a client saw of a test."""

    measurements: list[dict[str, Any]] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    code: int | None = None


def opening(port: int, test: str, query: str = "") -> connect:
    url = f"ws://127.0.0.1:{port}/ndt/v7/{test}{query}"
    return connect(
        url, subprotocols=[Subprotocol(SUBPROTOCOL)], compression=None, max_size=1 << 24, proxy=None
    )


async def listen(connection: ClientConnection, heard: Heard) -> Heard:
    try:
        while True:
            message = await connection.recv()
            if isinstance(message, str):
                heard.measurements.append(json.loads(message))
            else:
                heard.sizes.append(len(message))
    except ConnectionClosed as closed:
        heard.code = closed.rcvd.code if closed.rcvd else None
    return heard


async def download(port: int, query: str = "") -> Heard:
    async with opening(port, "download", query) as connection:
        return await listen(connection, Heard())


async def upload(port: int, seconds: float | None = None, size: int = 1 << 13) -> Heard:
    """Sends until the server closes, or for so many seconds."""
    loop = asyncio.get_running_loop()
    async with opening(port, "upload") as connection:
        listening = asyncio.create_task(listen(connection, Heard()))
        ends_at = loop.time() + (seconds or 1_000)
        while not listening.done() and loop.time() < ends_at:
            try:
                await connection.send(bytes(size))
            except ConnectionClosed:
                break
        await connection.close()
        return await listening
