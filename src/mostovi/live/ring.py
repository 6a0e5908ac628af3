"""The last events, kept so that a restart keeps the feed. Older ones fall out of the ring."""

import json
import sqlite3
from collections import deque
from collections.abc import Iterable
from pathlib import Path

from mostovi.live.rules import EventRefused, read_event
from mostovi.live.values import Event, Numbered, belongs_to

_SCHEMA = (Path(__file__).parent / "ring.sql").read_text(encoding="utf-8")


class Ring:
    """At most ``capacity`` events in memory and in one SQLite file that only this program opens."""

    def __init__(self, path: Path | str, *, capacity: int = 500) -> None:
        self._capacity = capacity
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.executescript(_SCHEMA)
        self._events: deque[Numbered] = deque(self._read_back(), maxlen=capacity)
        self._ids = {numbered.event.id for numbered in self._events}

    @property
    def newest(self) -> int:
        """The highest number given so far, 0 before the first event."""
        row = self._database.execute("SELECT seq FROM sqlite_sequence WHERE name = 'event'").fetchone()
        return int(row[0]) if row else 0

    def add(self, events: Iterable[Event]) -> list[Numbered]:
        """Number and keep new events in one transaction. An event told twice is kept once."""
        added: list[Numbered] = []
        self._database.execute("BEGIN")
        for event in events:
            if event.id not in self._ids:
                self._ids.add(event.id)
                added.append(Numbered(self._insert(event), event))
        self._database.execute(
            "DELETE FROM event WHERE number <= (SELECT max(number) FROM event) - ?", (self._capacity,)
        )
        self._database.execute("COMMIT")
        self._remember(added)
        return added

    def since(self, number: int, topic: str) -> list[Numbered] | None:
        """The events of ``topic`` after ``number``; None when some of them have already fallen out."""
        oldest = self._events[0].number if self._events else self.newest + 1
        if not oldest - 1 <= number <= self.newest:
            return None
        return [held for held in self._events if held.number > number and belongs_to(held.event, topic)]

    def recent(self, limit: int, topic: str) -> list[Numbered]:
        """The last ``limit`` events of ``topic``, newest first."""
        found = [held for held in reversed(self._events) if belongs_to(held.event, topic)]
        return found[:limit]

    def close(self) -> None:
        self._database.close()

    def _insert(self, event: Event) -> int:
        line = json.dumps(event.to_json(), ensure_ascii=False)
        row = self._database.execute(
            "INSERT INTO event (line) VALUES (?) RETURNING number", (line,)
        ).fetchone()
        return int(row[0])

    def _remember(self, added: list[Numbered]) -> None:
        for numbered in added:
            if len(self._events) == self._capacity:
                self._ids.discard(self._events[0].event.id)
            self._events.append(numbered)

    def _read_back(self) -> Iterable[Numbered]:
        rows = self._database.execute("SELECT number, line FROM event ORDER BY number").fetchall()
        for number, line in rows:
            try:
                yield Numbered(number, read_event(line.encode()))
            except EventRefused:
                continue  # written by an older version with another shape: the feed goes on without it
