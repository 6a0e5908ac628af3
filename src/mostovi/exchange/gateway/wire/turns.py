"""Work that is ready goes on in groups.

All that is ready in one round of the loop would otherwise go through each step together: while one gateway
signs sixty requests in a row, the other stands idle, and then the other way round. One by one would be no
better: code that has just run is still in the processor's caches for the next of its kind, and what is
written to the log together costs one flush.
"""

import asyncio
from collections import deque

GROUP = 24


class Turns:
    """One for each loop; whoever has read a whole message waits here for its turn."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.waiting: deque[asyncio.Future[None]] = deque()
        self.is_going = False

    async def wait(self) -> None:
        """Returns in the order of arrival, to ``GROUP`` in one round of the loop."""
        turn: asyncio.Future[None] = self.loop.create_future()
        self.waiting.append(turn)
        if not self.is_going:
            self.is_going = True
            self.loop.call_soon(self._let_go)
        await turn

    def _let_go(self) -> None:
        for _ in range(min(GROUP, len(self.waiting))):
            turn = self.waiting.popleft()
            if not turn.done():
                turn.set_result(None)
        self.is_going = bool(self.waiting)
        if self.is_going:
            self.loop.call_soon(self._let_go)
