"""Writes the log. What waits is written together and flushed once: group commit.

An entry's future is done only after the flush, so whoever awaits it may rely on the log across a power cut.
The flush is waited for in a thread of its own. Writing is not: it only fills the page cache, and SQLite in a
second thread would fight for the interpreter's lock at each of its steps.
"""

import asyncio
import contextlib
import sqlite3
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

from mostovi.exchange.gateway import journal
from mostovi.exchange.gateway.store import database
from mostovi.exchange.gateway.store.flusher import Flusher
from mostovi.exchange.protocol.merkle import HASH_BYTES, Frontier, Node

Result = TypeVar("Result")
LARGEST_BATCH = 32
LOWEST_KEPT_LEVEL = 8


class StoreFailed(Exception):
    """Nothing of this was written: the disk is full or the database cannot be reached."""


@dataclass(slots=True)
class Entry:
    """One line for the log.

    ``pair`` is the position of the request that a response belongs to; ``subject`` (a pseudonym) makes the
    entry findable for the person it is about; ``accepted`` is the key id, nonce and time of the request
    whose acceptance this entry records.
    """

    leaf_hash: bytes
    nonce: bytes
    record: str
    pair: int | None = None
    subject: str | None = None
    accepted: tuple[str, str, int] | None = None


class Transaction:
    """What a change may do inside the batch it is part of."""

    def __init__(self, connection: sqlite3.Connection, tree: Frontier) -> None:
        self.connection = connection
        self.first = tree.size
        self.entries: list[Entry] = []

    def append(self, entry: Entry) -> int:
        """The entry's position in the log."""
        self.entries.append(entry)
        return self.first + len(self.entries) - 1

    def execute(self, sql: str, parameters: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        return self.connection.execute(sql, parameters)


Change = Callable[[Transaction], Result]
_Job = tuple[Entry | Change[Any], "asyncio.Future[Any]"]
_Outcome = tuple["asyncio.Future[Any]", Any, BaseException | None]


class Writer:
    """Owns the writing connection. All methods are called from the event loop's thread.

    While a batch is flushed, what arrives waits for the next. ``tree`` is what is on the disk.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.loop = asyncio.get_running_loop()
        self.connection: sqlite3.Connection | None = database.open_for_writing(path)
        database.migrate(self.connection)
        self.tree = self.written = _read_tree(self.connection)
        self.waiting: deque[_Job] = deque()
        self.flushing: list[_Outcome] | None = None
        self.turn: asyncio.Handle | None = None
        self.idle = asyncio.Event()
        self.idle.set()
        self.flusher = Flusher(path, self._flushed, self._flushed_in_thread)

    def append(self, entry: Entry) -> "asyncio.Future[int]":
        """The entry's position, once it is on the disk. Raises StoreFailed."""
        future: asyncio.Future[int] = self.loop.create_future()
        self._add((entry, future))
        return future

    def change(self, change: Change[Result]) -> "asyncio.Future[Result]":
        """What ``change`` returns, once on the disk; what it raises undoes it alone. Raises StoreFailed."""
        future: asyncio.Future[Result] = self.loop.create_future()
        self._add((change, future))
        return future

    async def close(self) -> None:
        """Write what waits, then stop."""
        await self.idle.wait()
        await asyncio.to_thread(self.flusher.stop)
        if self.connection is not None:
            self.connection.close()

    def _add(self, job: _Job) -> None:
        self.waiting.append(job)
        if self.idle.is_set():
            self.idle.clear()
            self.turn = self.loop.call_soon(self._write_waiting)
        elif self.turn is not None and len(self.waiting) >= LARGEST_BATCH:
            self._write_waiting()

    def _write_waiting(self) -> None:
        if self.turn is not None:
            self.turn.cancel()
            self.turn = None
        jobs = [self.waiting.popleft() for _ in range(min(len(self.waiting), LARGEST_BATCH))]
        try:
            self.flushing = self._write(jobs)
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of it, and others come after
            self._fail([future for _, future in jobs], error)
            self._go_on()
        else:
            self.flusher.flush()

    def _write(self, jobs: list[_Job]) -> list[_Outcome]:
        connection = self._open()
        transaction = Transaction(connection, self.written)
        entries = [work for work, _ in jobs if isinstance(work, Entry)]
        if len(entries) == len(jobs):
            transaction.entries = entries
            self.written = _write(transaction, self.written)
            return [(future, position, None) for position, (_, future) in enumerate(jobs, transaction.first)]
        connection.execute("BEGIN IMMEDIATE")
        outcomes = [_perform(transaction, job) for job in jobs]
        written = _write(transaction, self.written)
        connection.execute("COMMIT")
        self.written = written
        return outcomes

    def _open(self) -> sqlite3.Connection:
        if self.connection is None:
            self.connection = database.open_for_writing(self.path)
            self.written = _read_tree(self.connection)
        return self.connection

    def _flushed_in_thread(self, error: OSError | None) -> None:
        with contextlib.suppress(RuntimeError):  # the loop may be closed already
            self.loop.call_soon_threadsafe(self._flushed, error)

    def _flushed(self, error: OSError | None) -> None:
        outcomes, self.flushing = self.flushing or [], None
        if error is not None:
            self._fail([future for future, _, _ in outcomes], error)
        else:
            self.tree = self.written
            _deliver(outcomes)
        self._go_on()

    def _go_on(self) -> None:
        if self.waiting:
            self.turn = self.loop.call_soon(self._write_waiting)
        else:
            self.idle.set()

    def _fail(self, futures: list["asyncio.Future[Any]"], error: Exception) -> None:
        # Whether what failed reached the disk is not known: the database is opened and read again.
        journal.say(
            "log_not_written", kind=type(error).__name__, reason=getattr(error, "sqlite_errorname", "")
        )
        connection, self.connection = self.connection, None
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()
        _deliver([(future, None, StoreFailed()) for future in futures])


def _deliver(outcomes: list[_Outcome]) -> None:
    for future, result, error in outcomes:
        if future.done():
            continue
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)


def _perform(transaction: Transaction, job: _Job) -> _Outcome:
    work, future = job
    if isinstance(work, Entry):
        return future, transaction.append(work), None
    appended = len(transaction.entries)
    transaction.execute("SAVEPOINT change")
    try:
        outcome: _Outcome = (future, work(transaction), None)
    except sqlite3.OperationalError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a change raises is its caller's, not the batch's
        transaction.execute("ROLLBACK TO change")
        del transaction.entries[appended:]
        outcome = (future, None, error)
    transaction.execute("RELEASE change")
    return outcome


def _read_tree(connection: sqlite3.Connection) -> Frontier:
    size, frontier = connection.execute("SELECT size, frontier FROM tree").fetchone()
    last = connection.execute("SELECT max(position) FROM leaf").fetchone()[0]
    if size != (0 if last is None else last + 1):
        raise database.NotAGatewayStore("The log is damaged: its tree and its leaves differ. Restore a copy.")
    peaks = [frontier[start : start + HASH_BYTES] for start in range(0, len(frontier), HASH_BYTES)]
    return Frontier(size, tuple(peaks))


def _write(transaction: Transaction, tree: Frontier) -> Frontier:
    """Write the entries. Outside a transaction that is one statement, which is a transaction by itself."""
    entries = transaction.entries
    if not entries:
        return tree
    grown, kept = tree.extend([entry.leaf_hash for entry in entries], LOWEST_KEPT_LEVEL)
    rows = [_row(position, each) for position, each in enumerate(entries, transaction.first)]
    rows[-1] = (*rows[-1][:-1], b"".join(grown.peaks))
    if kept and not transaction.connection.in_transaction:
        with transaction.connection:
            transaction.execute("BEGIN IMMEDIATE")
            _insert_all(transaction, rows, kept)
    else:
        _insert_all(transaction, rows, kept)
    return grown


def _insert_all(transaction: Transaction, rows: list[tuple[Any, ...]], kept: list[Node]) -> None:
    # Each statement gives up the interpreter's lock and has to win it back: so a batch is one.
    for start in range(0, len(rows), LARGEST_BATCH):
        chunk = rows[start : start + LARGEST_BATCH]
        transaction.execute(_insert_statement(len(chunk)), tuple(chain.from_iterable(chunk)))
    for node in kept:
        transaction.execute("INSERT INTO subtree VALUES (?, ?, ?)", (node.level, node.index, node.hash))


def _row(position: int, entry: Entry) -> tuple[Any, ...]:
    accepted = entry.accepted or (None, None, None)
    return (position, entry.leaf_hash, entry.nonce, entry.record, entry.pair, entry.subject, *accepted, None)


@lru_cache(maxsize=LARGEST_BATCH)
def _insert_statement(rows: int) -> str:
    places = ", ".join(["(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"] * rows)
    return f"INSERT INTO arriving VALUES {places}"  # noqa: S608 - nothing but question marks
