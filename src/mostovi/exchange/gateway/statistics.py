"""Counts for the status page: exchanges per minute, how long they took, what was refused and why."""

import json
import sqlite3
import statistics
from collections import Counter, deque
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from mostovi.exchange.gateway.exchange import outcome_of
from mostovi.exchange.protocol.records import Outcome, RecordKind

MINUTES = 30
MOST_COUNTED_ANEW = 200_000
Logged = tuple[str, str, str, str | None]
"""Minute (``2026-11-21T14:05``, UTC), kind, outcome and error of an entry."""
_DURATIONS = 1000
_ANSWER = (RecordKind.EXCHANGE_RESPONSE, Outcome.ANSWERED)
_REFUSALS = (RecordKind.REFUSAL, RecordKind.EXCHANGE_RESPONSE, RecordKind.AUDIT)
_FIRST_AT = """
    SELECT position, json_extract(record, '$.at') >= ?
    FROM opening WHERE position >= ? ORDER BY position LIMIT 1
"""
_COUNTED = """
    SELECT substr(json_extract(record, '$.at'), 1, 16) AS minute,
        json_extract(record, '$.kind', '$.outcome', '$.error') AS ended, count(*)
    FROM opening WHERE position >= ? AND position < ? GROUP BY minute, ended
"""


class Statistics:
    """Kept in memory: what was asked is in the log, this is only for looking at.

    What was answered and refused today, and what there was in the last minutes, is counted anew from the log
    when the gateway starts.
    """

    def __init__(self, now: datetime) -> None:
        self.since = now
        self.minutes: Counter[int] = Counter()
        self.durations: deque[float] = deque(maxlen=_DURATIONS)
        self.refused: Counter[str] = Counter()
        self.answers_today = 0
        self.today: date = now.astimezone(UTC).date()

    def resume(self, now: datetime, logged: Mapping[Logged, int]) -> None:
        """Add what the log held when we started, as ``count_logged`` found it."""
        self._begin_day(now)
        for (minute, kind, outcome, error), count in logged.items():
            counted = _counts_as(kind, outcome, error)
            at = datetime.fromisoformat(minute).replace(tzinfo=UTC)
            if counted:
                self._count_minute(at, count)
            if at.date() != self.today:
                continue
            if counted is Outcome.ANSWERED:
                self.answers_today += count
            elif counted is Outcome.REFUSED:
                self.refused[error or ""] += count

    def count(self, now: datetime, outcome: Outcome, error_type: str | None, seconds: float) -> None:
        """A silence is no attempt that was refused: it counts as an exchange of its minute only."""
        if outcome is Outcome.ANSWERED:
            self.count_answer(now, seconds)
        elif outcome is Outcome.REFUSED:
            self.count_refusal(now, error_type or "")
        else:
            self._begin_day(now)
            self._count_minute(now)

    def count_answer(self, now: datetime, seconds: float) -> None:
        self._begin_day(now)
        self.answers_today += 1
        self.durations.append(seconds)
        self._count_minute(now)

    def count_refusal(self, now: datetime, error_type: str) -> None:
        self._begin_day(now)
        self.refused[error_type] += 1
        self._count_minute(now)

    def _begin_day(self, now: datetime) -> None:
        if now.date() != self.today:
            self.today, self.answers_today, self.refused = now.date(), 0, Counter()

    def _count_minute(self, at: datetime, count: int = 1) -> None:
        self.minutes[int(at.timestamp()) // 60] += count
        if len(self.minutes) > MINUTES:
            del self.minutes[min(self.minutes)]

    def to_json(self, now: datetime) -> dict[str, Any]:
        """Exchanges per minute are the last 30 minutes, oldest first; times in milliseconds."""
        self._begin_day(now)
        this_minute = int(now.timestamp()) // 60
        durations = sorted(self.durations)
        return {
            "since": self.since.isoformat(timespec="seconds").replace("+00:00", "Z"),
            "answers_today": self.answers_today,
            "refused_today": self.refused.total(),
            "refused_by_type": dict(self.refused),
            "exchanges_per_minute": [
                self.minutes[minute] for minute in range(this_minute - MINUTES + 1, this_minute + 1)
            ],
            "median_milliseconds": round(1000 * statistics.median(durations)) if durations else None,
            "p95_milliseconds": round(1000 * durations[int(0.95 * (len(durations) - 1))])
            if durations
            else None,
        }


def _counts_as(kind: str, outcome: str, error: str | None) -> Outcome | None:
    """What an entry counts as; None if it ends no exchange and refuses nothing."""
    if error and kind in _REFUSALS:
        return outcome_of(error)
    return Outcome.ANSWERED if (kind, outcome) == _ANSWER else None


def count_logged(connection: sqlite3.Connection, *, now: datetime, size: int) -> dict[Logged, int]:
    """How often each kind, outcome and error stands in each minute of a log of ``size`` entries.

    From where the day or the last minutes began, whichever is earlier; of very many entries the latest count,
    so that it takes about a second and no more.
    """
    midnight = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
    since = min(midnight, now - timedelta(minutes=MINUTES))
    rows = connection.execute(_COUNTED, (_first_of(connection, since, size), size))
    return {(minute, *json.loads(ended)): count for minute, ended, count in rows}


def _first_of(connection: sqlite3.Connection, since: datetime, size: int) -> int:
    """Halving: entries stand in order of time, within seconds."""
    low, high = max(0, size - MOST_COUNTED_ANEW), size
    while low < high:
        middle = (low + high) // 2
        found = connection.execute(_FIRST_AT, (f"{since:%Y-%m-%dT%H:%M}", middle)).fetchone()
        if found is None or found[1]:
            high = middle
        else:
            low = found[0] + 1
    return low
