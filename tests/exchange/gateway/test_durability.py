"""What was acknowledged stays: killed at any moment, or with a disk that is full."""

import json
import os
import random
import resource
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from exchange.bridge_fixture import (
    BRCKO,
    TUZLA,
    Country,
    Institution,
    country,
    launch,
    wait_until_answering,
)
from mostovi.exchange.gateway.store.database import migrate, open_for_writing
from mostovi.exchange.protocol.merkle import Frontier
from mostovi.exchange.protocol.records import Opening

pytestmark = pytest.mark.programs
__all__ = ["country"]


def check_store(path: Path) -> int:
    """The log's size, after checking that its leaves, tree, subtrees and openings all agree."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        leaves = connection.execute("SELECT position, hash FROM leaf ORDER BY position").fetchall()
        assert [position for position, _ in leaves] == list(range(len(leaves)))
        size, frontier = connection.execute("SELECT size, frontier FROM tree").fetchone()
        rebuilt, nodes = Frontier().extend([each for _, each in leaves])
        assert (size, frontier) == (rebuilt.size, b"".join(rebuilt.peaks))
        kept = connection.execute("SELECT level, position, hash FROM subtree ORDER BY 1, 2").fetchall()
        assert kept == sorted((n.level, n.index, n.hash) for n in nodes if n.level >= 8)
        for position, nonce, record in connection.execute("SELECT position, nonce, record FROM opening"):
            assert Opening(nonce, record.encode()).leaf_hash() == leaves[position][1]
    return size


def record_at(path: Path, log_entry: str) -> dict:
    position = int(log_entry.rpartition("/")[2])
    with closing(sqlite3.connect(path)) as connection:
        row = connection.execute("SELECT record FROM opening WHERE position = ?", (position,)).fetchone()
    return json.loads(row[0])


class Load:
    """Asks without pause from several threads; remembers every exchange that was acknowledged."""

    def __init__(self, country: Country, threads: int) -> None:
        self.country = country
        self.stop = threading.Event()
        self.acknowledged: list[tuple[str, str]] = []
        self.lines: list[str] = []
        self.pool = ThreadPoolExecutor(threads)
        self.futures = [self.pool.submit(self._ask, number) for number in range(threads)]

    def _ask(self, thread: int) -> None:
        number = 0
        while not self.stop.is_set():
            number += 1
            try:
                status, headers, _ = self.country.ask(TUZLA, BRCKO, "childrenOfParent", ["children"])
                if status == 200:
                    self.acknowledged.append((headers["x-road-id"], headers["mostovi-log-entry"]))
                line = {"id": f"{thread}-{number}", "at": "2026-11-22T10:00:00Z", "actor_kind": "official",
                        "user": "BAx", "action": "open_case", "detail": {}, "purpose": "x"}  # fmt: skip
                status, _, answer = self.country.native(TUZLA, "POST", "/v1/log", {"lines": [line]})
                if status == 200:
                    self.lines += answer["entries"]
            except OSError:
                time.sleep(0.02)

    def end(self) -> None:
        self.stop.set()
        for future in self.futures:
            future.result(timeout=30)
        self.pool.shutdown()


def play_with_kills(country: Country, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    country.start(TUZLA, BRCKO)
    load = Load(country, threads=4)
    for _ in range(kills):
        time.sleep(chance.uniform(0.05, 0.6))
        victim = chance.choice([TUZLA, BRCKO])
        country.kill(victim)
        check_store(country.institutions[victim].store)
        launch(country.institutions[victim])
        wait_until_answering(country.institutions[victim])
    load.end()
    country.stop(TUZLA, BRCKO)
    check_nothing_is_lost(country, load)


def check_nothing_is_lost(country: Country, load: Load) -> None:
    tuzla, brcko = country.institutions[TUZLA], country.institutions[BRCKO]
    assert check_store(tuzla.store) > 0
    assert check_store(brcko.store) > 0
    assert load.acknowledged
    for exchange_id, log_entry in load.acknowledged:
        record = record_at(tuzla.store, log_entry)
        assert (record["exchange_id"], record["outcome"]) == (exchange_id, "answered")
    answered = {id_ for id_, kind in exchanges(brcko) if kind == "exchange-response"}
    assert {exchange_id for exchange_id, _ in load.acknowledged} <= answered
    for log_entry in load.lines:
        assert record_at(tuzla.store, log_entry)["kind"] == "audit"
    check_logged_before_asked(country)


def check_logged_before_asked(country: Country) -> None:
    """Every question the register ever saw stands in both logs."""
    seen = {headers["x-road-id"] for _, headers, _ in country.institutions[BRCKO].register.questions}
    for code in (TUZLA, BRCKO):
        assert seen <= {
            id_ for id_, kind in exchanges(country.institutions[code]) if kind == "exchange-request"
        }


def exchanges(institution: Institution) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(institution.store)) as connection:
        records = [json.loads(text) for (text,) in connection.execute("SELECT record FROM opening")]
    return [(each.get("exchange_id", ""), each["kind"]) for each in records]


@pytest.mark.timeout(90)
def test_a_gateway_killed_at_any_moment_loses_nothing_it_acknowledged(country: Country) -> None:
    play_with_kills(country, kills=6, seed=int(time.time()))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_gateways_killed_a_hundred_times_lose_nothing_they_acknowledged(country: Country) -> None:
    play_with_kills(country, kills=100, seed=2)


def test_a_gateway_told_to_stop_finishes_what_is_under_way(country: Country) -> None:
    register = country.institutions[BRCKO].register
    register.answer = lambda *question: (time.sleep(0.5), register.answer_facts(*question))[1]
    country.start(TUZLA, BRCKO)
    with ThreadPoolExecutor(4) as pool:
        replies = [pool.submit(country.ask, TUZLA, BRCKO, "childrenOfParent", ["children"]) for _ in range(4)]
        time.sleep(0.3)
        country.stop(TUZLA)
        assert [reply.result()[0] for reply in replies] == [200] * 4
    assert country.institutions[TUZLA].journal()[-1]["event"] == "stopped"


def full_disk(institution: Institution) -> None:
    """No file of the gateway may grow any more."""
    assert institution.process is not None
    resource.prlimit(institution.process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))


def room_again(institution: Institution) -> None:
    assert institution.process is not None
    resource.prlimit(
        institution.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    )


def test_what_cannot_be_logged_is_not_sent(country: Country) -> None:
    country.start(TUZLA, BRCKO)
    tuzla, register = country.institutions[TUZLA], country.institutions[BRCKO].register
    full_disk(tuzla)
    _, headers, answer = country.ask(TUZLA, BRCKO, "childrenOfParent", ["children"])
    assert headers["x-road-error"] == "Server.ClientProxy.LoggingFailed"
    assert "not recorded is not sent" in answer["message"]
    status, _, problem = country.native(
        TUZLA, "POST", "/v1/documents",
        {"kind": "decision", "case": "x", "subject": {"jmb": "1"}, "verify_base_url": "https://x"},
    )  # fmt: skip
    assert (status, problem["code"]) == (503, "logging_failed")
    assert not register.questions
    room_again(tuzla)
    assert country.ask(TUZLA, BRCKO, "childrenOfParent", ["children"])[0] == 200
    assert (
        country.native(TUZLA, "GET", "/v1/status")[2]["refused_by_type"]["Server.ClientProxy.LoggingFailed"]
        == 1
    )
    country.stop(TUZLA)
    check_store(tuzla.store)


def test_what_the_provider_cannot_log_does_not_reach_its_register(country: Country) -> None:
    country.start(TUZLA, BRCKO)
    brcko = country.institutions[BRCKO]
    full_disk(brcko)
    _, headers, _ = country.ask(TUZLA, BRCKO, "childrenOfParent", ["children"])
    assert headers["x-road-error"] == "Server.ServerProxy.LoggingFailed"
    assert not brcko.register.questions
    room_again(brcko)
    assert country.ask(TUZLA, BRCKO, "childrenOfParent", ["children"])[0] == 200


def test_an_answer_that_cannot_be_logged_is_not_handed_on(country: Country) -> None:
    country.start(TUZLA, BRCKO)
    tuzla, register = country.institutions[TUZLA], country.institutions[BRCKO].register

    def fill_the_disk(*question):
        full_disk(tuzla)
        return register.answer_facts(*question)

    register.answer = fill_the_disk
    _, headers, answer = country.ask(TUZLA, BRCKO, "childrenOfParent", ["children"])
    assert headers["x-road-error"] == "Server.ClientProxy.LoggingFailed"
    assert "facts" not in answer
    room_again(tuzla)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to make a small file system")
def test_a_file_system_that_really_is_full_refuses(country: Country, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    if os.system(f"mount -t tmpfs -o size=400k none {small}") != 0:
        pytest.skip("no tmpfs can be mounted here")
    try:
        country.configure(country.institutions[TUZLA], store=str(small / "gateway.sqlite3"))
        country.start(TUZLA, BRCKO)
        errors = set()
        for _ in range(400):
            error = country.ask(TUZLA, BRCKO, "childrenOfParent", ["children"])[1].get("x-road-error")
            errors.add(error)
            if error:
                break
        assert "Server.ClientProxy.LoggingFailed" in errors
        country.kill(TUZLA)
        assert check_store(small / "gateway.sqlite3") > 0
    finally:
        country.end()
        os.system(f"umount {small}")


def test_a_log_of_a_hundred_thousand_entries_starts_within_two_seconds(country: Country) -> None:
    tuzla = country.institutions[TUZLA]
    fill_log(tuzla.store, 100_000)
    started = time.monotonic()
    country.start(TUZLA, registers=False)
    assert time.monotonic() - started < 2
    assert country.native(TUZLA, "GET", "/v1/status")[2]["tree_size"] == 100_000
    began = time.monotonic()
    assert country.native(TUZLA, "GET", "/v1/log/consistency?old_size=70001")[0] == 200
    assert time.monotonic() - began < 0.5


def fill_log(path: Path, size: int) -> None:
    frontier, nodes = Frontier().extend([position.to_bytes(32) for position in range(size)])
    leaves = [(node.index, node.hash) for node in nodes if node.level == 0]
    subtrees = [(node.level, node.index, node.hash) for node in nodes if node.level >= 8]
    record = json.dumps({"kind": "audit", "x": "y" * 400})
    with closing(open_for_writing(path)) as connection:
        migrate(connection)
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO leaf VALUES (?, ?)", leaves)
        connection.executemany("INSERT INTO subtree VALUES (?, ?, ?)", subtrees)
        rows = [(position, b"n" * 32, record) for position, _ in leaves]
        connection.executemany("INSERT INTO opening VALUES (?, ?, ?, NULL)", rows)
        connection.execute("UPDATE tree SET size = ?, frontier = ?", (size, b"".join(frontier.peaks)))
        connection.execute("COMMIT")
