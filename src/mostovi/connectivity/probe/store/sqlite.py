"""The probe's own SQLite file: write-ahead log, and every commit flushed before anyone is answered."""

import fcntl
import sqlite3
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import Any

from mostovi.connectivity.probe.store.ledger import (
    COLUMNS,
    Batch,
    Place,
    StoreRefused,
    aside_row,
    list_migrations,
    read_aside,
    read_row,
    record_row,
)
from mostovi.connectivity.probe.values import Aside, Committed

APPLICATION_ID = 0x4D4F5350  # "MOSP"
_CHUNK = 400
_HOUR = 3_600_000
_NAMES = ", ".join(COLUMNS)
_PLACES = "(" + ", ".join("?" * (2 + len(COLUMNS))) + ")"
_ASIDE = (
    "INSERT INTO aside (key, reason, kind, school, received_at, last_at, claims) VALUES (?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (key, reason) DO UPDATE SET times = times + 1, last_at = excluded.last_at"
)
_FLOOD = (
    "INSERT INTO flood VALUES (?, ?, ?, ?) ON CONFLICT (school, hour)"
    " DO UPDATE SET dropped = dropped + excluded.dropped, last_at = excluded.last_at"
)


class SqliteLedger:
    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.lock = path.with_name(f"{path.name}.lock").open("w", encoding="utf-8")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self.lock.close()
            raise StoreRefused(f"Another probe is writing {path}. One file has one owner.") from error
        self.connection = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, cached_statements=600
        )
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA synchronous = FULL")
        self.connection.execute("PRAGMA cache_size = -16384")
        self.connection.execute("PRAGMA wal_autocheckpoint = 4000")
        try:
            _migrate(self.connection)
        except BaseException:
            self.close()
            raise

    def newest(self) -> int:
        return _newest(self.connection)

    def secret(self) -> bytes:
        found: bytes = self.connection.execute("SELECT pseudonyms FROM secret").fetchone()[0]
        return found

    def find_digests(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        found: dict[bytes, bytes] = {}
        for chunk in _chunks(keys):
            found.update(self.connection.execute(_find_statement(len(chunk)), chunk))
        return found

    def count_hours(self, places: Sequence[Place]) -> dict[Place, int]:
        query = "SELECT count(*) FROM record WHERE school = ? AND measured_at >= ? AND measured_at < ?"
        return {
            (school, hour): self.connection.execute(query, (school, hour, hour + _HOUR)).fetchone()[0]
            for school, hour in places
        }

    def write(self, batch: Batch) -> None:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            self._write(batch)
            self.connection.execute("COMMIT")
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise

    def _write(self, batch: Batch) -> None:
        # Each statement gives up the interpreter's lock and has to win it back: so many rows are one.
        for chunk in _chunks([record_row(*each) for each in batch.records]):
            self.connection.execute(_insert_statement(len(chunk)), tuple(chain.from_iterable(chunk)))
        self.connection.executemany(_ASIDE, [aside_row(each) for each in batch.asides])
        floods = [(*place, count, batch.received_at) for place, count in batch.floods.items()]
        self.connection.executemany(_FLOOD, floods)
        self.connection.executemany("INSERT OR IGNORE INTO personal VALUES (?, ?, ?, ?)", batch.personal)

    def list_asides(self, reason: str, schools: Sequence[str]) -> list[Aside]:
        query = (
            "SELECT key, reason, kind, school, received_at, claims FROM aside WHERE reason = ? AND school = ?"
        )
        found = [self.connection.execute(query, (reason, school)).fetchall() for school in schools]
        return [read_aside(row) for row in chain.from_iterable(found)]

    def drop_asides(self, keys: Sequence[bytes], reason: str) -> None:
        query = "DELETE FROM aside WHERE key = ? AND reason = ?"
        self.connection.executemany(query, [(key, reason) for key in keys])

    def sweep(self, now: int, asides_before: int) -> None:
        self.connection.execute("DELETE FROM personal WHERE until <= ?", (now,))
        self.connection.execute("DELETE FROM aside WHERE last_at < ?", (asides_before,))

    def close(self) -> None:
        self.connection.close()
        self.lock.close()


class SqliteReader:
    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False)

    def newest(self) -> int:
        return _newest(self.connection)

    def follow(self, after: int, limit: int = 1_000) -> list[Committed]:
        query = f"SELECT sequence, {_NAMES} FROM record WHERE sequence > ? ORDER BY sequence LIMIT ?"  # noqa: S608
        return [read_row(row) for row in self.connection.execute(query, (after, limit))]

    def floods(self) -> dict[str, int]:
        return dict(self.connection.execute("SELECT school, sum(dropped) FROM flood GROUP BY school"))

    def close(self) -> None:
        self.connection.close()


def _newest(connection: sqlite3.Connection) -> int:
    return connection.execute("SELECT max(sequence) FROM record").fetchone()[0] or 0


def _migrate(connection: sqlite3.Connection) -> None:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    application: int = connection.execute("PRAGMA application_id").fetchone()[0]
    if (version, application) == (0, 0):
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    elif application != APPLICATION_ID:
        raise StoreRefused("The file is not the database of a probe.")
    migrations = list_migrations("sqlite")
    if version > migrations[-1][0]:
        raise StoreRefused("The file was written by a newer probe. Use that one, or a copy from before.")
    for number, script in migrations:
        if number > version:
            connection.executescript(f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;")


def _chunks(items: Sequence[Any]) -> list[list[Any]]:
    iterator = iter(items)
    return list(iter(lambda: list(islice(iterator, _CHUNK)), []))


@lru_cache(maxsize=_CHUNK)
def _find_statement(keys: int) -> str:
    places = ", ".join("?" * keys)
    return f"SELECT key, digest FROM record WHERE key IN ({places})"  # noqa: S608 - only question marks


@lru_cache(maxsize=_CHUNK)
def _insert_statement(rows: int) -> str:
    return f"INSERT INTO record VALUES {', '.join([_PLACES] * rows)}"  # noqa: S608 - only question marks
