"""Puts a gateway together, runs it until it is told to stop, and stops it in order."""

import asyncio
import contextlib
import fcntl
import gc
import os
import signal
import sqlite3
from collections.abc import Coroutine
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import IO, Any

from mostovi.exchange.gateway import journal
from mostovi.exchange.gateway.built_in import offer_built_in
from mostovi.exchange.gateway.configuration import Configuration, InvalidConfiguration, SocketEdge
from mostovi.exchange.gateway.consumer import Consumer
from mostovi.exchange.gateway.context import Gateway
from mostovi.exchange.gateway.documents.papers import Documents
from mostovi.exchange.gateway.edge import LocalEdge, identify_by_certificate, identify_by_socket
from mostovi.exchange.gateway.events import Events
from mostovi.exchange.gateway.keys import load_keys
from mostovi.exchange.gateway.log import Log
from mostovi.exchange.gateway.native.routes import NativeInterface
from mostovi.exchange.gateway.peers import Peers
from mostovi.exchange.gateway.provider import Provider
from mostovi.exchange.gateway.receipts import keep_certificates
from mostovi.exchange.gateway.services import Services
from mostovi.exchange.gateway.statistics import Statistics, count_logged
from mostovi.exchange.gateway.store import reader
from mostovi.exchange.gateway.store.reader import Reader
from mostovi.exchange.gateway.store.writer import StoreFailed, Transaction, Writer
from mostovi.exchange.gateway.trust import Trust
from mostovi.exchange.gateway.wire.addresses import client_context, server_context
from mostovi.exchange.gateway.wire.messages import Limits
from mostovi.exchange.gateway.wire.server import Handler, Identify, Listener
from mostovi.exchange.gateway.wire.turns import Turns
from mostovi.exchange.protocol.replay import ReplayWindow
from mostovi.exchange.protocol.signatures import WINDOW_SECONDS
from mostovi.kernel import clock

_REPLAY_SECONDS = 2 * WINDOW_SECONDS
_PRUNE_SECONDS = 30
_COLLECTOR_THRESHOLDS = (10_000, 20, 50)
# Seals travel inside JSON, where a page of a megabyte takes a third more.
_LOCAL_LIMITS = Limits(body_bytes=1536 * 1024)
_PEER_LIMITS = Limits()


class Program:
    """The parts of one running gateway."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self.keys = load_keys(configuration)
        self.writer = Writer(configuration.store)
        self.reader = Reader(configuration.store)
        log = Log(configuration.member, self.keys.signer, self.writer, self.reader)
        self.gateway = Gateway(
            configuration=configuration,
            keys=self.keys,
            trust=Trust(configuration, self.keys.root),
            log=log,
            statistics=Statistics(clock.now()),
            events=Events(configuration.live_socket),
        )
        self.turns = Turns()
        self.services = Services(configuration.services, _PEER_LIMITS, self.turns)
        self.documents = Documents(self.gateway)
        offer_built_in(self.gateway, self.services, self.documents)
        files = configuration.keys
        self.peers = Peers(
            client_context(files.tls_certificate, files.tls_key, files.root), _PEER_LIMITS, self.turns
        )
        self.listeners: list[Listener] = []
        self.tasks: list[asyncio.Task[None]] = []
        self.kept_serial = 0

    async def start(self) -> None:
        """After this every edge answers."""
        size = self.writer.tree.size
        await self.gateway.log.start()
        await self.gateway.trust.start()
        await self._keep_certificates()
        provider = Provider(self.gateway, self.services, await self._remember_nonces())
        consumer = Consumer(self.gateway, self.peers, provider.answer)
        local = LocalEdge(self.gateway, consumer, NativeInterface(self.gateway, self.documents).answer)
        await self._listen_to_peers(provider.answer)
        for edge in self.configuration.sockets:
            await self._listen_on_socket(edge, local.answer)
        await self._listen_to_local_tls(local.answer)
        for work in (
            self.gateway.log.sign_forever(),
            self.gateway.events.send_forever(),
            self._refresh_forever(),
            self._tidy_forever(),
            self._count_logged(size),
        ):
            self._keep_running(work)
        journal.say(
            "started",
            member=str(self.configuration.member),
            log_size=self.writer.tree.size,
            process=os.getpid(),
        )

    async def stop(self) -> None:
        """Finish what is under way, write what waits, leave the log in order."""
        seconds = self.configuration.stop_seconds
        await asyncio.gather(*(each.close(seconds) for each in self.listeners))
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        self.services.close()
        self.peers.close()
        await self.writer.close()
        self.reader.close()
        for edge in self.configuration.sockets:
            edge.path.unlink(missing_ok=True)
        journal.say("stopped", log_size=self.writer.tree.size)

    # Listening

    async def _listen_to_peers(self, handler: Handler) -> None:
        files = self.configuration.keys
        context = server_context(files.tls_certificate, files.tls_key, files.root)
        listener = self._listener(handler, identify_by_certificate(None), _PEER_LIMITS)
        await listener.listen_tcp(self.configuration.peer_host, self.configuration.peer_port, context)

    async def _listen_on_socket(self, edge: SocketEdge, handler: Handler) -> None:
        edge.path.unlink(missing_ok=True)
        listener = self._listener(handler, identify_by_socket(edge), _LOCAL_LIMITS)
        before = os.umask(0o177)
        try:
            await listener.listen_unix(str(edge.path))
        finally:
            os.umask(before)
        if edge.user_id != os.getuid():
            os.chown(edge.path, edge.user_id, -1)

    async def _listen_to_local_tls(self, handler: Handler) -> None:
        edge = self.configuration.tls_edge
        if edge is None:
            return
        context = server_context(edge.certificate, edge.key, edge.client_roots, optional=True)
        listener = self._listener(handler, identify_by_certificate(edge), _LOCAL_LIMITS)
        await listener.listen_tcp(edge.host, edge.port, context)

    def _listener(self, handler: Handler, identify: Identify, limits: Limits) -> Listener:
        listener = Listener(handler, identify, limits, self.turns)
        self.listeners.append(listener)
        return listener

    # Work that goes on beside the exchanges

    def _keep_running(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        task.add_done_callback(_tell_of_crash)
        self.tasks.append(task)

    async def _refresh_forever(self) -> None:
        while True:
            await asyncio.sleep(self.configuration.directory.refresh_seconds)
            await self.gateway.trust.refresh()
            await self._keep_certificates()

    async def _keep_certificates(self) -> None:
        directory = self.gateway.trust.directory
        if directory is None or directory.serial == self.kept_serial:
            return
        with contextlib.suppress(StoreFailed):
            await self.writer.change(partial(keep_certificates, directory=directory))
            self.kept_serial = directory.serial

    async def _count_logged(self, size: int) -> None:
        """Of what the log held before we started; the rest is counted as it comes."""
        now = clock.now()
        logged = await self.reader.read(partial(count_logged, now=now, size=size))
        self.gateway.statistics.resume(clock.now(), logged)

    async def _remember_nonces(self) -> ReplayWindow:
        since = int((clock.now() - timedelta(seconds=_REPLAY_SECONDS)).timestamp())
        return ReplayWindow(await self.reader.read(partial(reader.list_accepted_since, created_at=since)))

    async def _tidy_forever(self) -> None:
        while True:
            await asyncio.sleep(_PRUNE_SECONDS)
            self.peers.drop_idle()
            self.services.drop_idle()
            oldest = int(clock.now().timestamp()) - 2 * _REPLAY_SECONDS
            with contextlib.suppress(StoreFailed):
                await self.writer.change(partial(_forget_nonces, oldest=oldest))


def _forget_nonces(transaction: Transaction, *, oldest: int) -> None:
    # Numbers grow with time, so the old ones are a range at the beginning and no index is needed.
    first_kept: tuple[int] | None = transaction.execute(
        "SELECT number FROM seen_nonce WHERE created_at >= ? ORDER BY number LIMIT 1", (oldest,)
    ).fetchone()
    if first_kept is None:
        transaction.execute("DELETE FROM seen_nonce")
    else:
        transaction.execute("DELETE FROM seen_nonce WHERE number < ?", first_kept)


def _calm_the_collector() -> None:
    # Exchanges leave hardly any cycles, and what was made at the start stays: it need not be looked through.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTOR_THRESHOLDS)


def _tell_of_crash(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        journal.describe_crash("background", error)


async def run(configuration: Configuration) -> None:
    """Until SIGTERM or SIGINT."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopped.set)
    with hold_alone(configuration.store):
        try:
            program = Program(configuration)
        except sqlite3.Error as error:
            raise InvalidConfiguration(
                f"The store {configuration.store} cannot be opened: {error}."
            ) from error
        await program.start()
        _calm_the_collector()
        await stopped.wait()
        await program.stop()


@contextlib.contextmanager
def hold_alone(store: Path) -> Any:
    """One gateway for one log: a second one would give the same places twice. Raises InvalidConfiguration."""
    store.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file: IO[str]
    with store.with_name(store.name + ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise InvalidConfiguration(f"Another gateway already works on {store}.") from error
        yield
