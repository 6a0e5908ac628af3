"""Counts for the status page: exchanges per minute, how long they took, what was refused and why."""

import statistics
from collections import Counter, deque
from datetime import UTC, date, datetime
from typing import Any

from mostovi.exchange.protocol.records import Outcome

MINUTES = 30
_DURATIONS = 1000


class Statistics:
    """Kept in memory: what was asked is in the log, this is only for looking at."""

    def __init__(self, now: datetime) -> None:
        self.since = now
        self.minutes: deque[tuple[int, int]] = deque(maxlen=MINUTES)
        self.durations: deque[float] = deque(maxlen=_DURATIONS)
        self.refused: Counter[str] = Counter()
        self.answers_today = 0
        self.refused_today = 0
        self.today: date = now.astimezone(UTC).date()

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
        self.refused_today += 1
        self.refused[error_type] += 1
        self._count_minute(now)

    def _begin_day(self, now: datetime) -> None:
        if now.date() != self.today:
            self.today, self.answers_today, self.refused_today = now.date(), 0, 0

    def _count_minute(self, now: datetime) -> None:
        minute = int(now.timestamp()) // 60
        count = 0
        if self.minutes and self.minutes[-1][0] == minute:
            count = self.minutes.pop()[1]
        self.minutes.append((minute, count + 1))

    def to_json(self, now: datetime) -> dict[str, Any]:
        """Exchanges per minute are the last 30 minutes, oldest first; times in milliseconds."""
        self._begin_day(now)
        this_minute = int(now.timestamp()) // 60
        counted = dict(self.minutes)
        durations = sorted(self.durations)
        return {
            "since": self.since.isoformat(timespec="seconds").replace("+00:00", "Z"),
            "answers_today": self.answers_today,
            "refused_today": self.refused_today,
            "refused_by_type": dict(self.refused),
            "exchanges_per_minute": [
                counted.get(minute, 0) for minute in range(this_minute - MINUTES + 1, this_minute + 1)
            ],
            "median_milliseconds": round(1000 * statistics.median(durations)) if durations else None,
            "p95_milliseconds": round(1000 * durations[int(0.95 * (len(durations) - 1))])
            if durations
            else None,
        }
