"""Opening the database and bringing it up to date. One writer, one reader; migrations are plain SQL."""

import sqlite3
from importlib import resources
from pathlib import Path

_MIGRATIONS = resources.files("mostovi.exchange.gateway.store") / "migrations"
APPLICATION_ID = 0x4D4F5354  # "MOST", so that file(1) and we recognise a gateway's log


class NotAGatewayStore(SystemExit):
    """The file is some other database, or one that a newer program has written."""


def open_for_writing(path: Path) -> sqlite3.Connection:
    """A connection that writes into the write-ahead log; the flusher flushes that file. Raises sqlite3.Error.

    ``synchronous = FULL`` is this, flush after each commit, but the thread that commits would wait for the
    disk. Here one flush serves all that was committed before it, and nobody is answered earlier.
    """
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=128)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA cache_size = -1024")
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    return connection


def open_for_reading(path: Path) -> sqlite3.Connection:
    """A connection that cannot write. Raises sqlite3.Error."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA cache_size = -512")
    return connection


def migrate(connection: sqlite3.Connection) -> None:
    """Apply the migrations that are still missing, each in one transaction."""
    version = _version(connection)
    for number, script in list_migrations():
        if number > version:
            connection.executescript(f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;")


def list_migrations() -> list[tuple[int, str]]:
    """Number and SQL of each migration, in order."""
    files = sorted(_MIGRATIONS.iterdir(), key=lambda file: file.name)
    return [(int(file.name[:4]), file.read_text("utf-8")) for file in files if file.name.endswith(".sql")]


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    application: int = connection.execute("PRAGMA application_id").fetchone()[0]
    if version == 0 and application == 0:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    elif application != APPLICATION_ID:
        raise NotAGatewayStore("The store is not the database of a gateway.")
    if version > list_migrations()[-1][0]:
        raise NotAGatewayStore(
            "The store was written by a newer gateway. Use that one, or a copy from before."
        )
    return version
