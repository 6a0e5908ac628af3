"""Where gateways publish: a unix socket that takes one JSON event per line and answers nothing."""

import asyncio
import logging
from pathlib import Path

from mostovi.live.readers import Readers
from mostovi.live.ring import Ring
from mostovi.live.rules import LONGEST_LINE_BYTES, EventRefused, read_event
from mostovi.live.values import Event

logger = logging.getLogger(__name__)


def unlink_left_over(socket: Path) -> None:
    """Remove the socket of a program that was killed, which would stop the next one from binding."""
    socket.unlink(missing_ok=True)


def keep_private(socket: Path) -> None:
    socket.chmod(0o600)


class Publishing:
    """Takes events, keeps those of one moment in one transaction, and only then tells the readers."""

    def __init__(self, ring: Ring, readers: Readers) -> None:
        self._ring = ring
        self._readers = readers
        self._waiting: list[Event] = []
        self._settling: asyncio.Handle | None = None
        self._server: asyncio.Server | None = None
        self.refused = 0

    async def open(self, socket: Path) -> None:
        unlink_left_over(socket)
        self._server = await asyncio.start_unix_server(self._receive, socket, limit=LONGEST_LINE_BYTES)
        keep_private(socket)

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
        self._settle()

    def take(self, line: bytes) -> None:
        """Accept one line, or count it as refused. What a refused line held is written nowhere."""
        try:
            self._waiting.append(read_event(line))
        except EventRefused:
            self.refused += 1
            logger.warning("a gateway published something that is not an event; %d so far", self.refused)
            return
        if self._settling is None:
            self._settling = asyncio.get_running_loop().call_later(0.01, self._settle)

    def _settle(self) -> None:
        self._settling = None
        events, self._waiting = self._waiting, []
        if events:
            self._readers.tell(self._ring.add(events))

    async def _receive(self, gateway: asyncio.StreamReader, reply: asyncio.StreamWriter) -> None:
        try:
            while line := await gateway.readline():
                self.take(line)
        except asyncio.CancelledError:
            pass  # we are being stopped; let through, Python 3.11 prints it as an error
        except (ValueError, ConnectionError):
            self.refused += 1
            logger.warning("a gateway published a line that is too long; its connection was closed")
        finally:
            reply.close()
