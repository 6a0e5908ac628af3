"""What a gateway counts of today survives its restart."""

import json
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

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


def resumed(log: sqlite3.Connection, size: int, now: datetime = NOON) -> dict[str, object]:
    figures = Statistics(now)
    figures.resume(figures.today, count_logged(log, day=figures.today, size=size))
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
    assert count_logged(log, day=date(2026, 11, 22), size=size) == {}


def test_of_a_very_long_day_the_latest_entries_count(
    log: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statistics, "MOST_COUNTED_ANEW", 10)
    assert resumed(log, write(log, *[ANSWERED] * 50))["answers_today"] == 10


def test_a_new_day_begins_with_nothing(log: sqlite3.Connection) -> None:
    figures = Statistics(NOON)
    figures.resume(figures.today, count_logged(log, day=figures.today, size=write(log, ANSWERED, REFUSED)))
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


def figures_of(country: Country, code: str) -> tuple[int, int, dict[str, int]]:
    said = country.native(code, "GET", "/v1/status")[2]
    return said["answers_today"], said["refused_today"], said["refused_by_type"]
