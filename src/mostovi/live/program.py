"""The program: opens its ring, its socket for gateways and its address for browsers; closes all in order."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from mostovi.live.endpoints import Live, Pace, make_application
from mostovi.live.publishing import Publishing
from mostovi.live.readers import Readers
from mostovi.live.ring import Ring


@dataclass(frozen=True)
class Options:
    """``listen`` is ``host:port`` or ``unix:PATH``; ``publish_socket`` and ``state`` belong to live alone."""

    secret: str = field(repr=False)
    listen: str
    publish_socket: Path
    state: Path
    capacity: int = 500
    most_readers: int = 5_000
    queue_length: int = 64
    pace: Pace = field(default_factory=Pace)


@asynccontextmanager
async def running(options: Options) -> AsyncIterator[Live]:
    """Live, open and answering, for as long as the block lasts."""
    options.state.parent.mkdir(parents=True, exist_ok=True)
    ring = Ring(options.state, capacity=options.capacity)
    readers = Readers(most=options.most_readers, queue_length=options.queue_length)
    publishing = Publishing(ring, readers)
    live = Live(options.secret, ring, readers, publishing, options.pace)
    # A reader who leaves is noticed at once, and open streams never hold up the end of the program.
    runner = web.AppRunner(
        make_application(live), handler_cancellation=True, shutdown_timeout=0.5, access_log=None
    )
    await runner.setup()
    try:
        await publishing.open(options.publish_socket)
        await _site(runner, options.listen).start()
        yield live
    finally:
        await runner.cleanup()
        publishing.close()
        ring.close()


# After a restart all browsers come back at once.
_BACKLOG = 2_048


def _site(runner: web.AppRunner, listen: str) -> web.BaseSite:
    if listen.startswith("unix:"):
        path = Path(listen.removeprefix("unix:"))
        path.unlink(missing_ok=True)
        return web.UnixSite(runner, path, backlog=_BACKLOG)
    host, _, port = listen.rpartition(":")
    return web.TCPSite(runner, host or "127.0.0.1", int(port), backlog=_BACKLOG)


async def serve(options: Options) -> None:
    """Run until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with running(options):
        await stop.wait()
