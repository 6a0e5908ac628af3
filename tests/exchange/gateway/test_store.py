"""The log keeps what it has acknowledged, in one order, and says so when it cannot."""

import asyncio
import hashlib
import sqlite3
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from mostovi.exchange.gateway.store import database, flusher, reader
from mostovi.exchange.gateway.store.reader import Reader
from mostovi.exchange.gateway.store.writer import Entry, StoreFailed, Transaction, Writer
from mostovi.exchange.protocol import merkle


def entry(number: int, **more) -> Entry:
    return Entry(hashlib.sha256(b"%d" % number).digest(), b"n" * 32, f'{{"number":{number}}}', **more)


def with_writer(path: Path, story: Callable[[Writer], Awaitable[None]]) -> None:
    async def run() -> None:
        writer = Writer(path)
        try:
            await story(writer)
        finally:
            await writer.close()

    asyncio.run(run())


def root_of(numbers: range) -> bytes:
    leaves = [entry(number).leaf_hash for number in numbers]
    return merkle.Frontier().extend(leaves)[0].root()


def test_entries_get_their_places_in_order(tmp_path: Path) -> None:
    async def story(writer: Writer) -> None:
        assert await asyncio.gather(*(writer.append(entry(n)) for n in range(300))) == list(range(300))
        assert writer.tree.root() == root_of(range(300))

    with_writer(tmp_path / "s", story)


def test_a_restart_goes_on_where_it_ended(tmp_path: Path) -> None:
    async def first(writer: Writer) -> None:
        await asyncio.gather(*(writer.append(entry(n)) for n in range(7)))

    async def second(writer: Writer) -> None:
        assert await writer.append(entry(7)) == 7
        assert writer.tree.root() == root_of(range(8))

    with_writer(tmp_path / "s", first)
    with_writer(tmp_path / "s", second)


def test_proofs_are_made_from_what_is_stored(tmp_path: Path) -> None:
    async def story(writer: Writer) -> None:
        await asyncio.gather(*(writer.append(entry(n)) for n in range(700)))
        with sqlite3.connect(tmp_path / "s") as connection:
            connection.row_factory = sqlite3.Row

            def node(level: int, index: int) -> bytes:
                return reader.read_node(connection, level, index)

            for position in (0, 1, 255, 256, 511, 512, 699):
                proof = merkle.inclusion_proof(node, position, 700)
                merkle.verify_inclusion(
                    leaf=entry(position).leaf_hash,
                    index=position,
                    size=700,
                    proof=proof,
                    root=writer.tree.root(),
                )
            for size in (1, 255, 256, 300, 512, 699):
                proof = merkle.consistency_proof(node, size, 700)
                merkle.verify_consistency(
                    old_size=size,
                    old_root=root_of(range(size)),
                    new_size=700,
                    new_root=writer.tree.root(),
                    proof=proof,
                )
        connection.close()

    with_writer(tmp_path / "s", story)


def test_a_change_that_is_refused_undoes_itself_alone(tmp_path: Path) -> None:
    def refuse(transaction: Transaction) -> None:
        transaction.append(entry(99))
        transaction.execute("INSERT INTO audit_line VALUES ('x', 1)")
        raise ValueError("no")

    async def story(writer: Writer) -> None:
        before, refused, after = writer.append(entry(0)), writer.change(refuse), writer.append(entry(1))
        assert (await before, await after) == (0, 1)
        with pytest.raises(ValueError, match="no"):
            await refused
        assert await writer.change(lambda t: t.execute("SELECT count(*) FROM audit_line").fetchone()[0]) == 0
        assert writer.tree.size == 2

    with_writer(tmp_path / "s", story)


def test_a_full_disk_refuses_and_later_goes_on(tmp_path: Path, capsys) -> None:
    async def story(writer: Writer) -> None:
        await writer.append(entry(0))
        assert writer.connection is not None
        pages = writer.connection.execute("PRAGMA page_count").fetchone()[0]
        writer.connection.execute(f"PRAGMA max_page_count = {pages}")
        large = Entry(entry(1).leaf_hash, b"n" * 32, "x" * 200_000)
        waiting = [writer.append(large), writer.append(entry(2))]
        assert all(isinstance(e, StoreFailed) for e in await asyncio.gather(*waiting, return_exceptions=True))
        assert await writer.append(entry(1)) == 1
        assert writer.tree.root() == root_of(range(2))

    with_writer(tmp_path / "s", story)
    assert '"log_not_written"' in capsys.readouterr().err


def test_a_log_whose_tree_and_leaves_differ_is_not_used(tmp_path: Path) -> None:
    async def story(writer: Writer) -> None:
        await writer.append(entry(0))

    with_writer(tmp_path / "s", story)
    with sqlite3.connect(tmp_path / "s") as connection:
        connection.execute("DELETE FROM leaf")
    connection.close()
    with pytest.raises(SystemExit, match="damaged"):
        with_writer(tmp_path / "s", story)


def test_another_database_is_not_touched(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "other")
    connection.execute("PRAGMA user_version = 3")
    connection.execute("CREATE TABLE mine (a)")
    connection.close()
    other = database.open_for_writing(tmp_path / "other")
    with pytest.raises(SystemExit, match="not the database of a gateway"):
        database.migrate(other)
    other.close()


def test_migrations_form_one_line() -> None:
    assert [number for number, _ in database.list_migrations()] == list(
        range(1, len(database.list_migrations()) + 1)
    )


def test_what_is_about_a_person_is_found_by_pseudonym(tmp_path: Path) -> None:
    async def story(writer: Writer) -> None:
        await asyncio.gather(*(writer.append(entry(n, subject="amra" if n % 2 else None)) for n in range(6)))
        reading = Reader(tmp_path / "s")
        found = await reading.read(lambda c: reader.list_openings_about(c, "amra", limit=10))
        assert [opening.position for opening in found] == [5, 3, 1]
        assert await reading.read(lambda c: reader.is_about(c, "amra", 3))
        assert not await reading.read(lambda c: reader.is_about(c, "amra", 2))
        reading.close()

    with_writer(tmp_path / "s", story)


class SlowDisk:
    """Every flush takes a while; remembers in which thread it was."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.threads: list[str] = []

    def flush(self, _descriptor: int) -> None:
        self.threads.append(threading.current_thread().name)
        time.sleep(self.seconds)


def threads_that_flushed(path: Path, disk: SlowDisk, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(flusher.os, "fdatasync", disk.flush)
    monkeypatch.setattr(flusher, "_QUICK_SECONDS", 0.02)

    async def story(writer: Writer) -> None:
        for number in range(8):
            assert await writer.append(entry(number)) == number

    with_writer(path, story)
    return disk.threads


def test_a_quick_disk_is_flushed_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert threads_that_flushed(tmp_path / "s", SlowDisk(0), monkeypatch) == ["MainThread"] * 8


def test_a_slow_disk_is_left_to_a_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    threads = threads_that_flushed(tmp_path / "s", SlowDisk(0.03), monkeypatch)
    assert threads == ["MainThread"] * 4 + ["flusher"] * 4


def test_a_slow_disk_is_tried_again_after_a_pause(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flusher, "_PAUSE_SECONDS", 0.0)
    assert "flusher" not in threads_that_flushed(tmp_path / "s", SlowDisk(0.03), monkeypatch)
