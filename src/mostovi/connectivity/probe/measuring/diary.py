"""Keeps results until they are sent, and for seven days at most: a school may be offline for a week."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from mostovi.connectivity.probe.measuring.rules import KEPT_DAYS

MEASUREMENT, CHECK = "measurement", "check"


@dataclass(frozen=True, slots=True)
class Entry:
    number: int
    kind: str
    payload: dict[str, Any]


class Diary:
    """One SQLite file. Raises sqlite3.Error."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.execute(
            "CREATE TABLE IF NOT EXISTS entry (number INTEGER PRIMARY KEY, at REAL NOT NULL,"
            " kind TEXT NOT NULL, payload TEXT NOT NULL) STRICT"
        )
        self.connection.execute("CREATE TABLE IF NOT EXISTS router (address TEXT NOT NULL) STRICT")

    def keep(self, kind: str, payload: dict[str, Any], at: datetime) -> None:
        """Also forgets what is older than seven days."""
        self.connection.execute(
            "INSERT INTO entry (at, kind, payload) VALUES (?, ?, ?)",
            (at.timestamp(), kind, json.dumps(payload)),
        )
        oldest = (at - timedelta(days=KEPT_DAYS)).timestamp()
        self.connection.execute("DELETE FROM entry WHERE at < ?", (oldest,))

    def list_unsent(self, limit: int = 1_000) -> list[Entry]:
        """The oldest first."""
        rows = self.connection.execute(
            "SELECT number, kind, payload FROM entry ORDER BY number LIMIT ?", (limit,)
        )
        return [Entry(number, kind, json.loads(payload)) for number, kind, payload in rows]

    def forget(self, entries: list[Entry]) -> None:
        numbers = [(entry.number,) for entry in entries]
        self.connection.executemany("DELETE FROM entry WHERE number = ?", numbers)

    def router(self) -> str | None:
        """The provider's first router, as it was last found."""
        row = self.connection.execute("SELECT address FROM router").fetchone()
        return None if row is None else str(row[0])

    def remember_router(self, address: str) -> None:
        self.connection.execute("DELETE FROM router")
        self.connection.execute("INSERT INTO router VALUES (?)", (address,))

    def close(self) -> None:
        self.connection.close()
