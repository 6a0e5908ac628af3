"""Keeps one program running as long as it is wanted; what it prints goes to a log file of its own."""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from mostovi.demo.supervisor.values import Program, ProgramStatus, State
from mostovi.kernel import clock

_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 15.0
_LIVED_WELL_SECONDS = 30.0
_STOP_SECONDS = 5.0
_PR_SET_PDEATHSIG = 1  # prctl(2)


def pause_before_restart(failures: int) -> float:
    """Seconds: half of one after the first failure, twice as long after each further one, at most 15."""
    return float(min(_FIRST_PAUSE_SECONDS * 2 ** min(failures - 1, 16), _LONGEST_PAUSE_SECONDS))


def dies_with(parent: int) -> Callable[[], None] | None:
    """On Linux a program ends with the supervisor, however that ends."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl

    def tie() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    return tie


class Keeper:
    """Keeps one program. ``plug`` and ``unplug`` say whether it is wanted."""

    def __init__(self, program: Program, log: Path) -> None:
        self.program = program
        self.log = log
        self.restarts = 0
        self.state: State = "stopped"
        self.since = clock.now()
        self._process: asyncio.subprocess.Process | None = None
        self._wanted = asyncio.Event()
        self._changed = asyncio.Event()

    def status(self) -> ProgramStatus:
        return ProgramStatus(
            name=self.program.name,
            member=self.program.member,
            state=self.state,
            since=self.since.isoformat(timespec="seconds").replace("+00:00", "Z"),
            restarts=self.restarts,
            process=self._process.pid if self._process else None,
        )

    def is_wanted(self) -> bool:
        return self._wanted.is_set()

    def plug(self) -> None:
        if not self.is_wanted():
            self._become("starting")
        self._wanted.set()
        self._changed.set()

    async def unplug(self, state: State = "unplugged") -> None:
        """Stop the program and leave it stopped; returns when its process is gone."""
        self._wanted.clear()
        self._changed.set()
        await self._end()
        self._become(state)

    def answers(self) -> None:
        """Somebody saw that the program answers."""
        if self.state == "starting":
            self._become("running")

    def _become(self, state: State) -> None:
        self.state, self.since = state, clock.now()

    async def keep(self) -> None:
        """Runs until cancelled."""
        failures, loop = 0, asyncio.get_running_loop()
        while True:
            await self._wanted.wait()
            self._changed.clear()
            begun = loop.time()
            await self._run_once()
            if not self.is_wanted():
                failures = 0
                continue
            self.restarts += 1
            failures = 1 if loop.time() - begun > _LIVED_WELL_SECONDS else failures + 1
            self._become("starting")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), pause_before_restart(failures))

    async def _run_once(self) -> None:
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self.program.arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **self.program.environment},
                start_new_session=True,
                # One thread here and one system call there: nothing that a fork could leave half-done.
                preexec_fn=dies_with(os.getpid()),
            )
        if not self.is_wanted():
            self._signal(signal.SIGTERM)
        try:
            await self._process.wait()
        finally:
            if self._process.returncode is not None:
                self._process = None

    async def _end(self) -> None:
        process = self._process
        if process is None:
            return
        self._signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), _STOP_SECONDS)
        except TimeoutError:
            self._signal(signal.SIGKILL)
            await process.wait()

    def _signal(self, number: signal.Signals) -> None:
        """To the program and whatever it started."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)
