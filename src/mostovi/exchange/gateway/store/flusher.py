"""The thread that flushes: it alone waits for the disk, so that nothing else has to."""

import contextlib
import os
import queue
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

from mostovi.exchange.gateway import journal
from mostovi.exchange.gateway.store import database

_FLUSHES_BETWEEN_CHECKPOINTS = 500


class Flusher:
    """Flushes the write-ahead log to the disk on demand and, now and then, moves it into the database.

    ``done`` is called in this thread, with what went wrong or None.
    """

    def __init__(self, path: Path, done: Callable[[OSError | None], None]) -> None:
        self.path = path
        self.log = path.with_name(f"{path.name}-wal")
        self.done = done
        self.descriptor: int | None = None
        self.orders: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self.flushed = 0
        self.thread = threading.Thread(target=self._run, name="flusher", daemon=True)
        self.thread.start()

    def flush(self) -> None:
        """Everything written before this call will be on the disk when ``done`` is called."""
        self.orders.put("flush")

    def stop(self) -> None:
        self.orders.put(None)
        self.thread.join()

    def _run(self) -> None:
        while self.orders.get():
            self.done(self._flush())
            self.flushed += 1
            if self.flushed % _FLUSHES_BETWEEN_CHECKPOINTS == 0:
                self._checkpoint()
        if self.descriptor is not None:
            os.close(self.descriptor)

    def _flush(self) -> OSError | None:
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
            _flush_folder(self.log.parent)
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
