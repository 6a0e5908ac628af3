"""What a gateway counts of today and of the last minutes survives its restart."""

import json
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from exchange.bridge_fixture import BRCKO, TUZLA, Country, country
from mostovi.exchange.gateway import statistics
from mostovi.exchange.gateway.statistics import Statistics, count_logged
from mostovi.exchange.gateway.store.database import migrate, open_for_writing
from mostovi.exchange.protocol.instants import format_instant

__all__ = ["country"]
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ANSWERED = {"kind": "exchange-response", "outcome": "answered"}
REFUSED = {"kind": "refusal", "outcome": "refused", "error": "Server.ClientProxy.CaseReferenceMissing"}
SILENT = {"kind": "exchange-response", "outcome": "silent", "error": "Server.ServerProxy.NetworkError"}
ASKED = {"kind": "exchange-request", "outcome": "asked"}
TURNED_AWAY = {"kind": "audit", "outcome": "refused", "error": "other_person"}
NOT_REFUSED = {"kind": "audit", "outcome": "done"}


@pytest.fixture
def log(tmp_path: Path) -> sqlite3.Connection:
    connection = open_for_writing(tmp_path / "log")
    migrate(connection)
    return connection


def write(log: sqlite3.Connection, *records: dict[str, str], at: datetime = NOON) -> int:
    """The size of the log with these entries."""
    log.executemany(
        "INSERT INTO opening VALUES ((SELECT coalesce(max(position) + 1, 0) FROM opening), x'', ?, NULL)",
        [(json.dumps({"at": format_instant(at), **record}),) for record in records],
    )
    return int(log.execute("SELECT max(position) + 1 FROM opening").fetchone()[0])


def resumed(log: sqlite3.Connection, size: int, now: datetime = NOON) -> dict[str, Any]:
    figures = Statistics(now)
    figures.resume(now, count_logged(log, now=now, size=size))
    return figures.to_json(now)


def test_what_was_answered_and_refused_today_is_counted_anew(log: sqlite3.Connection) -> None:
    write(log, *[ASKED, ANSWERED] * 40, *[REFUSED] * 5, at=NOON - timedelta(days=1))
    size = write(log, *[ASKED, ANSWERED] * 7, NOT_REFUSED, REFUSED, SILENT, ANSWERED, TURNED_AWAY)
    said = resumed(log, size)
    assert (said["answers_today"], said["refused_today"]) == (8, 2)
    assert said["refused_by_type"] == {REFUSED["error"]: 1, "other_person": 1}


def test_shredded_entries_and_a_quiet_day_do_no_harm(log: sqlite3.Connection) -> None:
    size = write(log, *[ANSWERED] * 9, at=NOON - timedelta(days=1))
    assert resumed(log, size)["answers_today"] == 0
    size = write(log, *[ANSWERED] * 9)
    log.execute("DELETE FROM opening WHERE position BETWEEN 4 AND 11")
    assert resumed(log, size)["answers_today"] == 6
    assert count_logged(log, now=NOON + timedelta(days=1), size=size) == {}


def test_of_a_very_long_day_the_latest_entries_count(
    log: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statistics, "MOST_COUNTED_ANEW", 10)
    assert resumed(log, write(log, *[ANSWERED] * 50))["answers_today"] == 10


def test_exchanges_of_the_last_minutes_are_counted_anew_and_go_on(log: sqlite3.Connection) -> None:
    write(log, ANSWERED, at=NOON - timedelta(minutes=30))
    write(log, ASKED, ANSWERED, REFUSED, SILENT, TURNED_AWAY, NOT_REFUSED, at=NOON - timedelta(minutes=29))
    size = write(log, ANSWERED)
    figures = Statistics(NOON)
    figures.count_answer(NOON, 0.1)
    figures.resume(NOON, count_logged(log, now=NOON, size=size))
    figures.count_refusal(NOON, "x")
    assert figures.to_json(NOON)["exchanges_per_minute"] == [4, *[0] * 28, 3]
    assert figures.to_json(NOON + timedelta(minutes=1))["exchanges_per_minute"] == [*[0] * 28, 3, 0]


def test_after_midnight_the_last_minutes_reach_into_the_day_before(log: sqlite3.Connection) -> None:
    midnight = NOON + timedelta(hours=12)
    write(log, *[ANSWERED] * 2, at=midnight - timedelta(minutes=5))
    size = write(log, ANSWERED, at=midnight)
    said = resumed(log, size, midnight + timedelta(minutes=5))
    assert (said["answers_today"], sum(said["exchanges_per_minute"])) == (1, 3)


def test_minutes_long_past_are_forgotten() -> None:
    figures = Statistics(NOON)
    for minute in range(100):
        figures.count_refusal(NOON + timedelta(minutes=minute), "x")
    assert len(figures.minutes) == statistics.MINUTES
    assert figures.to_json(NOON + timedelta(minutes=99))["exchanges_per_minute"] == [1] * statistics.MINUTES


def test_a_new_day_begins_with_nothing(log: sqlite3.Connection) -> None:
    figures = Statistics(NOON)
    figures.resume(NOON, count_logged(log, now=NOON, size=write(log, ANSWERED, REFUSED)))
    said = figures.to_json(NOON + timedelta(days=1))
    assert (said["answers_today"], said["refused_today"], said["refused_by_type"]) == (0, 0, {})


@pytest.mark.programs
def test_a_restarted_gateway_goes_on_counting(country: Country) -> None:
    country.start(TUZLA, BRCKO)
    for _ in range(3):
        country.ask(TUZLA, BRCKO, "childrenOfParent", ["children"])
    country.ask(TUZLA, BRCKO, "childrenOfParent", ["children"], case=None)
    before = {code: figures_of(country, code) for code in (TUZLA, BRCKO)}
    assert before[TUZLA][:2] == (3, 1)
    country.stop(TUZLA)
    country.kill(BRCKO)
    country.start(TUZLA, BRCKO)
    until(lambda: {code: figures_of(country, code) for code in (TUZLA, BRCKO)} == before)


def until(holds: Callable[[], bool]) -> None:
    for _ in range(100):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("not within five seconds")


def figures_of(country: Country, code: str) -> tuple[int, int, dict[str, int], int]:
    said = country.native(code, "GET", "/v1/status")[2]
    exchanges = sum(said["exchanges_per_minute"])
    return said["answers_today"], said["refused_today"], said["refused_by_type"], exchanges
