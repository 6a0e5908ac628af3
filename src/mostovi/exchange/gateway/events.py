"""Tells `mostovi live` what travels over the bridge, without personal data. Never delays an exchange."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

_LONGEST_QUEUE = 1000
_PAUSE_SECONDS = 2.0


class Events:
    """A bounded queue towards a unix socket. What does not fit is dropped: the log has it all."""

    def __init__(self, socket: str | None) -> None:
        self.socket = socket
        self.queue: asyncio.Queue[bytes] = asyncio.Queue(_LONGEST_QUEUE)

    def tell(self, describe: Callable[[], dict[str, Any]]) -> None:
        """Queue an event; it is described only when somebody listens."""
        if self.socket is None or self.queue.full():
            return
        self.queue.put_nowait(
            json.dumps(describe(), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        )

    async def send_forever(self) -> None:
        if self.socket is None:
            return
        line: bytes | None = None
        while True:
            try:
                _, writer = await asyncio.open_unix_connection(self.socket)
            except OSError:
                await asyncio.sleep(_PAUSE_SECONDS)
                continue
            try:
                while True:
                    line = line or await self.queue.get()
                    writer.write(line)
                    await writer.drain()
                    line = None
            except OSError:
                await asyncio.sleep(_PAUSE_SECONDS)
            finally:
                writer.close()
