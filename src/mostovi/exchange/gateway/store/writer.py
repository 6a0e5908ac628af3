"""The one thread that writes. What waits is written together and flushed once: group commit.

An entry's future is done only after the flush, so whoever awaits it may rely on the log across a power cut.
"""

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from mostovi.exchange.gateway import journal
from mostovi.exchange.gateway.store import database
from mostovi.exchange.protocol.merkle import HASH_BYTES, Frontier

Result = TypeVar("Result")
_LARGEST_BATCH = 200
_ROWS_PER_STATEMENT = 64
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
    """Owns the writing connection. All methods are called from the event loop's thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.loop = asyncio.get_running_loop()
        self.connection: sqlite3.Connection | None = database.open_for_writing(path)
        database.migrate(self.connection)
        self.tree = _read_tree(self.connection)
        self.jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self.thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self.thread.start()

    def append(self, entry: Entry) -> "asyncio.Future[int]":
        """The entry's position, once it is on the disk. Raises StoreFailed."""
        future: asyncio.Future[int] = self.loop.create_future()
        self.jobs.put((entry, future))
        return future

    def change(self, change: Change[Result]) -> "asyncio.Future[Result]":
        """What ``change`` returns, once on the disk; what it raises undoes it alone. Raises StoreFailed."""
        future: asyncio.Future[Result] = self.loop.create_future()
        self.jobs.put((change, future))
        return future

    async def close(self) -> None:
        """Write what waits, then stop."""
        self.jobs.put(None)
        await asyncio.to_thread(self.thread.join)

    # In the thread

    def _run(self) -> None:
        going = True
        while going:
            jobs, going = self._collect()
            if jobs:
                outcomes = self._commit(jobs)
                self.loop.call_soon_threadsafe(_deliver, outcomes)
        if self.connection is not None:
            self.connection.close()

    def _collect(self) -> tuple[list[_Job], bool]:
        job = self.jobs.get()
        jobs: list[_Job] = []
        while job is not None:
            jobs.append(job)
            if len(jobs) >= _LARGEST_BATCH:
                return jobs, True
            try:
                job = self.jobs.get_nowait()
            except queue.Empty:
                return jobs, True
        return jobs, False

    def _commit(self, jobs: list[_Job]) -> list[_Outcome]:
        try:
            connection = self._open()
            connection.execute("BEGIN IMMEDIATE")
            transaction = Transaction(connection, self.tree)
            outcomes = [_perform(transaction, job) for job in jobs]
            tree = _write(transaction, self.tree)
            connection.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of it, and the thread must go on
            return self._fail(jobs, error)
        self.tree = tree
        return outcomes

    def _open(self) -> sqlite3.Connection:
        if self.connection is None:
            self.connection = database.open_for_writing(self.path)
            self.tree = _read_tree(self.connection)
        return self.connection

    def _fail(self, jobs: list[_Job], error: Exception) -> list[_Outcome]:
        # Whether a commit that failed reached the disk is not known: the database is opened and read again.
        journal.say(
            "log_not_written", kind=type(error).__name__, reason=getattr(error, "sqlite_errorname", "")
        )
        connection, self.connection = self.connection, None
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()
        return [(future, None, StoreFailed()) for _, future in jobs]


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
    entries = transaction.entries
    if not entries:
        return tree
    first = transaction.first
    grown, nodes = tree.extend([entry.leaf_hash for entry in entries])
    kept = [(node.level, node.index, node.hash) for node in nodes if node.level >= LOWEST_KEPT_LEVEL]
    _insert(transaction, "arriving", [_row(first + n, each) for n, each in enumerate(entries)])
    _insert(transaction, "subtree", kept)
    transaction.execute("UPDATE tree SET size = ?, frontier = ?", (grown.size, b"".join(grown.peaks)))
    return grown


def _row(position: int, entry: Entry) -> tuple[Any, ...]:
    accepted = entry.accepted or (None, None, None)
    return (position, entry.leaf_hash, entry.nonce, entry.record, entry.pair, entry.subject, *accepted)


def _insert(transaction: Transaction, table: str, rows: list[tuple[Any, ...]]) -> None:
    # Many rows in one statement: each statement gives up the interpreter lock and has to win it back.
    for start in range(0, len(rows), _ROWS_PER_STATEMENT):
        chunk = rows[start : start + _ROWS_PER_STATEMENT]
        sql = _insert_statement(table, len(chunk[0]), len(chunk))
        transaction.connection.execute(sql, [value for row in chunk for value in row])


@lru_cache(maxsize=512)
def _insert_statement(table: str, columns: int, rows: int) -> str:
    row = f"({', '.join('?' * columns)})"
    return f"INSERT INTO {table} VALUES {', '.join([row] * rows)}"  # noqa: S608 - our own table names
