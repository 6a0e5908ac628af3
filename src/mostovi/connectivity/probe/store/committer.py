"""Many wait, one thread writes: what arrived while a batch went to the disk is the next batch."""

import asyncio
import contextlib
import logging
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mostovi.connectivity.probe.store.ledger import Ledger
from mostovi.connectivity.probe.store.sorting import Floods, sort
from mostovi.connectivity.probe.values import Arrival, Outcome, Record

logger = logging.getLogger(__name__)
_LARGEST_BATCH = 2_000
_MOST_WAITING = 20_000


class Overloaded(Exception):
    """So many wait already that the client shall come back later."""


class NotWritten(Exception):
    """The database failed; nothing of this was acknowledged."""


@dataclass
class _Job:
    arrivals: Sequence[Arrival]
    done: "asyncio.Future[list[Outcome]]"
    work: Callable[[Ledger], None] | None = None


class Committer:
    """Owns the ledger's thread. ``told`` is called in the event loop with the newest sequence number."""

    def __init__(self, open_ledger: Callable[[], Ledger], told: Callable[[int], None] | None = None) -> None:
        self.open_ledger = open_ledger
        self.ledger: Ledger | None = open_ledger()
        self.secret = self.ledger.secret()
        self.newest = self.ledger.newest()
        self.floods = Floods()
        self.told = told
        self.loop = asyncio.get_running_loop()
        self.jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self.waiting = 0
        self.is_ending = False
        self.thread = threading.Thread(target=self._run, name="committer", daemon=True)
        self.thread.start()

    async def commit(self, arrivals: Sequence[Arrival]) -> list[Outcome]:
        """The outcome of each, once all are on the disk. Raises Overloaded and NotWritten."""
        if self.waiting + len(arrivals) > _MOST_WAITING:
            raise Overloaded
        self.waiting += len(arrivals)
        job = _Job(arrivals, self.loop.create_future())
        self.jobs.put(job)
        try:
            return await job.done
        finally:
            self.waiting -= len(arrivals)

    async def do(self, work: Callable[[Ledger], None]) -> None:
        """Something rarer, in the ledger's thread. Raises NotWritten."""
        job = _Job((), self.loop.create_future(), work)
        self.jobs.put(job)
        await job.done

    async def close(self) -> None:
        """Write what waits, then stop."""
        self.jobs.put(None)
        await asyncio.to_thread(self.thread.join)

    def _run(self) -> None:
        while not self.is_ending:
            jobs = self._next_jobs()
            if jobs:
                self._write(jobs)
        if self.ledger is not None:
            self.ledger.close()

    def _next_jobs(self) -> list[_Job]:
        """Waits for one, and takes what else is there up to the largest batch."""
        jobs: list[_Job] = []
        size = 0
        while size < _LARGEST_BATCH:
            try:
                job = self.jobs.get(block=not jobs)
            except queue.Empty:
                break
            if job is None:
                self.is_ending = True
                break
            jobs.append(job)
            size += len(job.arrivals)
        return jobs

    def _write(self, jobs: list[_Job]) -> None:
        arrivals = [arrival for job in jobs for arrival in job.arrivals]
        try:
            outcomes = self._settle(arrivals)
            for job in jobs:
                if job.work is not None:
                    job.work(self._opened())
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of it
            self._give_up(error)
            self._deliver(jobs, None)
        else:
            self._deliver(jobs, outcomes)

    def _settle(self, arrivals: list[Arrival]) -> list[Outcome]:
        ledger = self._opened()
        records = [each.item for each in arrivals if isinstance(each.item, Record)]
        known = ledger.find_digests([record.key for record in records])
        self.floods.learn([record for record in records if record.key not in known], ledger.count_hours)
        batch, outcomes = sort(arrivals, known, self.floods, self.newest + 1)
        if batch.records or batch.asides or batch.floods:
            ledger.write(batch)
        self.newest += len(batch.records)
        return outcomes

    def _opened(self) -> Ledger:
        if self.ledger is None:
            self.ledger = self.open_ledger()
            self.newest = self.ledger.newest()
        return self.ledger

    def _give_up(self, error: Exception) -> None:
        # Whether what failed reached the disk is not known: the database is opened and read again.
        logger.error("the store failed: %s %s", type(error).__name__, error)
        ledger, self.ledger = self.ledger, None
        self.floods.forget()
        if ledger is not None:
            with contextlib.suppress(Exception):
                ledger.close()

    def _deliver(self, jobs: list[_Job], outcomes: list[Outcome] | None) -> None:
        try:
            self.loop.call_soon_threadsafe(self._hand_out, jobs, outcomes, self.newest)
        except RuntimeError:
            logger.warning("the program ended before its clients were answered")

    def _hand_out(self, jobs: list[_Job], outcomes: list[Outcome] | None, newest: int) -> None:
        start = 0
        for job in jobs:
            end = start + len(job.arrivals)
            if job.done.done():
                pass
            elif outcomes is None:
                job.done.set_exception(NotWritten())
            else:
                job.done.set_result(outcomes[start:end])
            start = end
        if self.told is not None and outcomes is not None:
            self.told(newest)
