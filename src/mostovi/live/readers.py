"""Those who listen. Each has a short queue; whoever reads too slowly is let go with word to start afresh."""

import asyncio
from collections.abc import Iterable

from mostovi.kernel.errors import Unavailable
from mostovi.live.values import Numbered, belongs_to

HEARTBEAT = b": heartbeat\n\n"


class TooManyReaders(Unavailable):
    code = "too_many_readers"
    message = "Very many people are watching. The list of messages on the page works as before."


def resync_frame(newest: int) -> bytes:
    """Tells the browser that it has missed events and should load the page's list again."""
    return f'id: {newest}\nevent: resync\ndata: {{"newest":{newest}}}\n\n'.encode()


class Reader:
    """One open stream of one topic."""

    def __init__(self, topic: str, *, queue_length: int) -> None:
        self.topic = topic
        self.is_dropped = False
        self._frames: asyncio.Queue[bytes] = asyncio.Queue(queue_length)

    def offer(self, numbered: Numbered, frame: bytes) -> None:
        if self.is_dropped or not belongs_to(numbered.event, self.topic):
            return
        if self._frames.full():
            self._drop(numbered.number)
        else:
            self._frames.put_nowait(frame)

    async def next_frame(self, *, heartbeat_seconds: float) -> bytes:
        """The next frame, or a heartbeat when nothing happened for so long."""
        try:
            async with asyncio.timeout(heartbeat_seconds):
                return await self._frames.get()
        except TimeoutError:
            return HEARTBEAT

    @property
    def is_over(self) -> bool:
        return self.is_dropped and self._frames.empty()

    def _drop(self, newest: int) -> None:
        self.is_dropped = True
        while not self._frames.empty():
            self._frames.get_nowait()
        self._frames.put_nowait(resync_frame(newest))


class Readers:
    """Everybody who listens now."""

    def __init__(self, *, most: int = 5_000, queue_length: int = 64) -> None:
        self._most = most
        self._queue_length = queue_length
        self._open: set[Reader] = set()
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._open)

    def admit(self, topic: str) -> Reader:
        if len(self._open) >= self._most:
            raise TooManyReaders
        reader = Reader(topic, queue_length=self._queue_length)
        self._open.add(reader)
        return reader

    def release(self, reader: Reader) -> None:
        self._open.discard(reader)
        self.dropped += reader.is_dropped

    def tell(self, events: Iterable[Numbered]) -> None:
        for numbered in events:
            frame = numbered.frame()
            for reader in self._open:
                reader.offer(numbered, frame)
