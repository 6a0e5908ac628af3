"""The supervisor: prepares the country, starts its programs, keeps them, and stops them all."""

import asyncio
import contextlib
import fcntl
import signal
from collections.abc import Awaitable, Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from mostovi.demo.supervisor.control import Control, open_control
from mostovi.demo.supervisor.layout import Layout, lay_out
from mostovi.demo.supervisor.ports import check_is_free, choose_ports
from mostovi.demo.supervisor.preparing import prepare, wipe
from mostovi.demo.supervisor.processes import Keeper
from mostovi.demo.supervisor.programs import DIRECTORY_PUBLISHER, Site, list_programs, needed_ports
from mostovi.demo.supervisor.readiness import wait_for_all, watch
from mostovi.demo.supervisor.seeding import is_seeded, seed

_READY_SECONDS = 120.0
Say = Callable[[str], None]


class AlreadyRunning(SystemExit):
    """Stops the command with a sentence."""


@contextlib.contextmanager
def locked(layout: Layout) -> Iterator[IO[str]]:
    """Only one supervisor for one directory."""
    with (layout.root / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(
                f"The demonstration in {layout.root} is running already. Stop it, or choose a --directory."
            ) from None
        yield lock


def choose_site(root: Path, port: int) -> Site:
    layout = lay_out(root)
    check_is_free(port)
    return Site(layout, port, choose_ports(layout.ports, needed_ports()))


class Supervisor:
    def __init__(self, site: Site, say: Say, on_open: Callable[[str], None]) -> None:
        self.site = site
        self.say = say
        self.on_open = on_open
        self.keepers = [
            Keeper(program, site.layout.logs / f"{program.name}.log") for program in list_programs(site)
        ]
        self._stop = asyncio.Event()
        self._reset = asyncio.Event()

    async def run(self, *, seed_only: bool = False) -> None:
        """Until Ctrl-C or SIGTERM; with ``seed_only`` until the country is ready and settled."""
        self._listen_for_signals()
        tasks = [asyncio.create_task(keeper.keep()) for keeper in self.keepers]
        tasks.append(asyncio.create_task(watch(self.keepers)))
        control = await open_control(Control(self.keepers, self._ask_for_reset), self.site.layout.control)
        try:
            await self._until_stopped(self._open())
            while not seed_only and not self._stop.is_set():
                self.on_open(self.site.base_url)
                await self._until_stopped(self._reset.wait())
                if self._reset.is_set() and not self._stop.is_set():
                    await self._until_stopped(self._begin_again())
        finally:
            self.say("stopping")
            await control.cleanup()
            await self._stop_all()
            await _cancel(tasks)

    def _listen_for_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._stop.set)

    async def _until_stopped(self, work: Awaitable[object]) -> None:
        """Do the work, unless somebody wants to stop before it is done."""
        doing, stopping = asyncio.ensure_future(work), asyncio.ensure_future(self._stop.wait())
        await asyncio.wait({doing, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not doing.done():
            await _cancel([doing])
        else:
            doing.result()

    async def _open(self) -> None:
        """Prepare, start, wait until all answer, and settle the country the first time."""
        await asyncio.to_thread(prepare, self.site, self.say)
        await self._start()
        if not is_seeded(self.site.layout):
            await seed(self.site)
            self.say("cases of other families")

    async def _start(self) -> None:
        """Gateways come when the directory is published; everything else at once."""
        gateways = [keeper for keeper in self.keepers if keeper.program.member]
        others = [keeper for keeper in self.keepers if not keeper.program.member]
        for keeper in others:
            keeper.plug()
        publisher = [keeper for keeper in others if keeper.program.name == DIRECTORY_PUBLISHER]
        await wait_for_all(publisher, seconds=_READY_SECONDS)
        for keeper in gateways:
            keeper.plug()
        await wait_for_all(self.keepers, seconds=_READY_SECONDS)
        self.say(f"{len(self.keepers)} programs answer")

    async def _ask_for_reset(self) -> None:
        self._reset.set()

    async def _begin_again(self) -> None:
        """A fresh country behind the same address; the door stays open and asks for patience."""
        self._reset.clear()
        self.say("beginning again")
        await asyncio.gather(
            *(keeper.unplug("stopped") for keeper in self.keepers if keeper.program.name != "door")
        )
        await asyncio.to_thread(wipe, self.site.layout)
        lay_out(self.site.layout.root)
        await self._open()

    async def _stop_all(self) -> None:
        await asyncio.gather(*(keeper.unplug("stopped") for keeper in self.keepers))


async def _cancel(tasks: Iterable[asyncio.Future[Any]]) -> None:
    cancelled = list(tasks)
    for task in cancelled:
        task.cancel()
    await asyncio.gather(*cancelled, return_exceptions=True)


def run(root: Path, *, port: int, fresh: bool, seed_only: bool, say: Say) -> int:
    """The whole life of the demonstration; returns the exit status."""
    layout = lay_out(root)
    with locked(layout):
        if fresh:
            wipe(layout)
        supervisor = Supervisor(choose_site(root, port), say, lambda url: say(f"open {url}"))
        asyncio.run(supervisor.run(seed_only=seed_only))
    return 0
