"""Flushes the log to the disk: in place while the disk is quick, otherwise in a thread that waits alone."""

import contextlib
import os
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

from mostovi.exchange.gateway import journal
from mostovi.exchange.gateway.store import database

_FLUSHES_BETWEEN_CHECKPOINTS = 500
_QUICK_SECONDS = 0.003
_SLOW_IN_A_ROW = 4
_PAUSE_SECONDS = 5.0

Done = Callable[[OSError | None], None]


class Flusher:
    """Flushes the write-ahead log on demand and, now and then, moves it into the database.

    To hand a flush to a thread and to hear of it costs more than the flush of a disk with a power-safe
    cache. So the caller's thread flushes, and calls ``done``, until that takes long several times in a row;
    for some seconds it is then the thread that does, and calls ``done_in_thread``. Both are told what went
    wrong, or None.
    """

    def __init__(self, path: Path, done: Done, done_in_thread: Done) -> None:
        self.path = path
        self.log = path.with_name(f"{path.name}-wal")
        self.done = done
        self.done_in_thread = done_in_thread
        self.slow = 0
        self.slow_until = 0.0
        self.descriptor: int | None = None
        self.orders: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self.flushed = 0
        self.thread = threading.Thread(target=self._run, name="flusher", daemon=True)
        self.thread.start()

    def flush(self) -> None:
        """Everything written before this call is on the disk when one of the two is called.

        Call it again only then.
        """
        started = time.monotonic()
        if started < self.slow_until:
            self.orders.put(self._flush_in_thread)
            return
        error = self._flush()
        self._judge(started, time.monotonic())
        self.done(error)

    def _judge(self, started: float, finished: float) -> None:
        self.slow = self.slow + 1 if finished - started > _QUICK_SECONDS else 0
        if self.slow == _SLOW_IN_A_ROW:
            self.slow = 0
            self.slow_until = finished + _PAUSE_SECONDS

    def stop(self) -> None:
        self.orders.put(None)
        self.thread.join()

    def _run(self) -> None:
        while order := self.orders.get():
            order()
        if self.descriptor is not None:
            os.close(self.descriptor)

    def _flush_in_thread(self) -> None:
        self.done_in_thread(self._flush())

    def _flush(self) -> OSError | None:
        self.flushed += 1
        if self.flushed % _FLUSHES_BETWEEN_CHECKPOINTS == 0:
            self.orders.put(self._checkpoint)
        try:
            os.fdatasync(self._current_descriptor())
        except OSError as error:
            return error
        return None

    def _current_descriptor(self) -> int:
        # SQLite removes the file when the last connection closes; what is flushed must be the one in use.
        status = self.log.stat()
        if self.descriptor is not None and not os.path.samestat(status, os.fstat(self.descriptor)):
            os.close(self.descriptor)
            self.descriptor = None
        if self.descriptor is None:
            self.descriptor = os.open(self.log, os.O_RDWR)
            _flush_folder(self.path.parent)
        return self.descriptor

    def _checkpoint(self) -> None:
        try:
            with contextlib.closing(database.open_for_writing(self.path)) as connection:
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        except sqlite3.Error as error:
            journal.say("checkpoint_failed", kind=type(error).__name__)


def _flush_folder(folder: Path) -> None:
    """A new file survives a power cut only when its folder's entry is on the disk too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
