"""The program: opens its store, its ndt7 server and its address for measurements; closes all in order."""

import asyncio
import contextlib
import logging
import signal
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from mostovi.connectivity.probe.arrivals import Door
from mostovi.connectivity.probe.endpoints import Probe, most_body_bytes, refuse
from mostovi.connectivity.probe.ndt7.server import Limits, Ndt7Server
from mostovi.connectivity.probe.ndt7.values import Summary
from mostovi.connectivity.probe.privacy import Keeping
from mostovi.connectivity.probe.readmission import readmit
from mostovi.connectivity.probe.rules import DAY, read_test
from mostovi.connectivity.probe.schools import Schools
from mostovi.connectivity.probe.store.committer import Committer, NotWritten, Overloaded
from mostovi.connectivity.probe.store.ledger import Ledger, open_ledger
from mostovi.connectivity.probe.values import Arrival
from mostovi.connectivity.probe.wire import Bounds, HttpServer
from mostovi.kernel import clock

logger = logging.getLogger(__name__)
_LOOK_FOR_SCHOOLS_SECONDS = 2.0
_SWEEP_SECONDS = 3_600.0


@dataclass(frozen=True)
class Options:
    """``listen`` and ``ndt7_listen`` are ``host:port``; ``ndt7_url`` is what clients are told."""

    database: str
    listen: str
    ndt7_listen: str
    ndt7_url: str = ""
    schools: Path | None = None
    tokens: tuple[str, ...] = field(repr=False, default=())
    keeping: tuple[Keeping, ...] = ()
    certificate: Path | None = None
    key: Path | None = None
    limits: Limits = field(default_factory=Limits)
    bounds: Bounds = field(default_factory=lambda: Bounds(most_body_bytes))
    aside_days: int = 90


@dataclass(frozen=True)
class Running:
    """The open program; the addresses are those really listened on."""

    probe: Probe
    port: int
    ndt7_port: int


@asynccontextmanager
async def running(options: Options) -> AsyncIterator[Running]:
    """The probe, open and answering, for as long as the block lasts. Raises StoreRefused and OSError."""
    committer = Committer(lambda: open_ledger(options.database))
    schools = Schools(options.schools)
    new = schools.read_again()
    tests: set[asyncio.Task[None]] = set()

    def keep(summary: Summary) -> None:
        task = asyncio.get_running_loop().create_task(_keep(summary, committer, schools))
        tests.add(task)
        task.add_done_callback(tests.discard)

    ndt7 = Ndt7Server(options.limits, keep)
    door = Door(committer.secret, options.keeping, schools.find)
    host, port = _split(options.ndt7_listen)
    try:
        async with ndt7.listening(host, port, _tls(options)) as addresses:
            url = options.ndt7_url or f"{'wss' if options.certificate else 'ws'}://{host}:{addresses[0][1]}"
            probe = Probe(door, committer, ndt7, options.tokens, url)
            http = HttpServer(probe.answer, refuse, options.bounds)
            async with (
                http.listening(*_split(options.listen)) as open_port,
                _attending(probe, schools, new, options),
            ):
                yield Running(probe, open_port, addresses[0][1])
        await asyncio.gather(*tests, return_exceptions=True)
    finally:
        await committer.close()


async def _keep(summary: Summary, committer: Committer, schools: Schools) -> None:
    received_at = int(clock.now().timestamp() * 1_000)
    try:
        await committer.commit([Arrival(read_test(summary, received_at, schools.find))])
    except (Overloaded, NotWritten) as error:
        logger.warning("the result of a test is lost: %s", type(error).__name__)


@asynccontextmanager
async def _attending(probe: Probe, schools: Schools, new: list[str], options: Options) -> AsyncIterator[None]:
    """Looks for new schools and deletes what may be kept no longer, beside everything else."""
    tasks = [
        asyncio.create_task(_follow_schools(probe.committer, schools, new)),
        asyncio.create_task(_sweep(probe.committer, options.aside_days)),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _follow_schools(committer: Committer, schools: Schools, new: list[str]) -> None:
    while True:
        if new:
            with contextlib.suppress(Overloaded, NotWritten):
                await readmit(committer, new, schools.find)
        await asyncio.sleep(_LOOK_FOR_SCHOOLS_SECONDS)
        new = await asyncio.to_thread(schools.read_again)


async def _sweep(committer: Committer, aside_days: int) -> None:
    def sweep(ledger: Ledger) -> None:
        now = int(clock.now().timestamp() * 1_000)
        ledger.sweep(now, now - aside_days * DAY)

    while True:
        with contextlib.suppress(NotWritten):
            await committer.do(sweep)
        await asyncio.sleep(_SWEEP_SECONDS)


def _tls(options: Options) -> ssl.SSLContext | None:
    if options.certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.certificate, options.key)
    return context


def _split(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host or "127.0.0.1", int(port)


async def serve(options: Options) -> None:
    """Run until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with running(options) as probe:
        logger.info("measurements arrive at port %s, tests run at port %s", probe.port, probe.ndt7_port)
        await stop.wait()
