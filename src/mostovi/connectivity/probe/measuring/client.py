"""An ndt7 client, written to the specification."""

import asyncio
import contextlib
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI
from websockets.typing import Subprotocol

from mostovi.connectivity.probe.measuring.values import Half
from mostovi.connectivity.probe.ndt7 import values
from mostovi.connectivity.probe.ndt7.rules import next_size
from mostovi.connectivity.probe.ndt7.values import Direction

_HANDSHAKE_SECONDS = 10
_ZEROS = bytes(values.LARGEST_SENT)


class NotMeasured(Exception):
    """The server cannot be reached or does not measure now; the text says what happened."""


async def measure(
    server: str, direction: Direction, metadata: Mapping[str, str], seconds: float = values.RUNTIME_SECONDS
) -> Half:
    """One test against ``ws://host:port`` or ``wss://…``. Raises NotMeasured."""
    url = f"{server}/ndt/v7/{direction}?{urlencode(metadata)}"
    try:
        async with connect(
            url,
            subprotocols=[Subprotocol(values.SUBPROTOCOL)],
            compression=None,
            max_size=values.LARGEST_MESSAGE,
            open_timeout=_HANDSHAKE_SECONDS,
            close_timeout=2,
            ping_interval=None,
        ) as connection:
            return await _Test(connection, direction, seconds).run()
    except (OSError, TimeoutError, InvalidHandshake, InvalidURI, ConnectionClosed) as error:
        raise NotMeasured(f"{type(error).__name__}: {error}") from error


class _Test:
    def __init__(self, connection: ClientConnection, direction: Direction, seconds: float) -> None:
        self.connection = connection
        self.direction = direction
        self.seconds = seconds
        self.loop = asyncio.get_running_loop()
        self.started = self.loop.time()
        self.bytes = 0
        self.lasted = 0.0
        self.server: dict[str, Any] = {}

    async def run(self) -> Half:
        """A connection that breaks off after a measurement has still measured. Raises ConnectionClosed."""
        listening = asyncio.create_task(self._listen())
        try:
            async with asyncio.timeout(values.LONGEST_SECONDS):
                if self.direction is Direction.UPLOAD:
                    await self._load()
                    await self.connection.close()
                await listening
        except (TimeoutError, ConnectionClosed):
            if not self.server:
                raise
        finally:
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionClosed):
                await listening
        return self._result()

    async def _listen(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            while True:
                message = await self.connection.recv()
                if isinstance(message, str):
                    self._take(message)
                if self.direction is Direction.DOWNLOAD:
                    self.bytes += len(message)
                    self.lasted = self.loop.time() - self.started

    def _take(self, text: str) -> None:
        with contextlib.suppress(ValueError):
            told = json.loads(text)
            if isinstance(told, dict):
                self.server = told

    async def _load(self) -> None:
        size = values.FIRST_MESSAGE
        while (elapsed := self.loop.time() - self.started) < self.seconds:
            await self.connection.send(_ZEROS[:size])
            self.bytes += size
            self.lasted = elapsed
            size = next_size(size, self.bytes)

    def _result(self) -> Half:
        sent = self.bytes
        if self.direction is Direction.UPLOAD:
            # What lies in our own buffers has not arrived: the server knows better.
            sent, self.lasted = _received(self.server) or (sent, self.lasted)
        kbps = 8 * sent / self.lasted / 1_000 if self.lasted else 0.0
        return Half(kbps, self.lasted, sent, self.server)


def _received(server: dict[str, Any]) -> tuple[int, float] | None:
    tcp = server.get("TCPInfo")
    if not isinstance(tcp, dict) or not tcp.get("ElapsedTime") or "BytesReceived" not in tcp:
        return None
    return int(tcp["BytesReceived"]), tcp["ElapsedTime"] / 1_000_000
