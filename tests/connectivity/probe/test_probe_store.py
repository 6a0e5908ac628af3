"""What is acknowledged is on the disk, once, in an order that can be followed; on both databases."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectivity.probe import giga
from connectivity.probe.giga import OTHER_SCHOOL, SCHOOL
from connectivity.probe.stores import address, postgresql
from mostovi.connectivity.probe.arrivals import Door
from mostovi.connectivity.probe.readmission import readmit
from mostovi.connectivity.probe.rules import HOUR, digest_of
from mostovi.connectivity.probe.store.committer import Committer, NotWritten, Overloaded
from mostovi.connectivity.probe.store.ledger import Batch, Ledger, StoreRefused, open_ledger, open_reader
from mostovi.connectivity.probe.store.sorting import Floods, sort
from mostovi.connectivity.probe.values import Arrival, Aside, Committed, Kind, Outcome, Reason, Record, School

__all__ = ["address", "postgresql"]

NOW = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1_000)
SCHOOLS = {name: School(name, "BA") for name in (SCHOOL, OTHER_SCHOOL)}
DOOR = Door(b"k" * 32, (), SCHOOLS.get)


@asynccontextmanager
async def committing(address: str) -> AsyncIterator[Committer]:
    committer = Committer(lambda: open_ledger(address))
    try:
        yield committer
    finally:
        await committer.close()


def arrival(**other: Any) -> Arrival:
    return DOOR.measurement(giga.measurement(NOW, **other), NOW_MS)


def follow(address: str, after: int = 0, limit: int = 10_000) -> list[Committed]:
    with closing(open_reader(address)) as reader:
        return reader.follow(after, limit)


def asides(address: str, reason: Reason) -> list[Aside]:
    with closing(open_ledger(address)) as ledger:
        return ledger.list_asides(reason, [SCHOOL, OTHER_SCHOOL, "unknown"])


def test_what_is_kept_is_read_back_as_it_was(address: str) -> None:
    check = DOOR.checks([giga.check(NOW, isConnected=False, errorMessage="timeout")], SCHOOL, 0, NOW_MS)[0]
    arrivals = [arrival(), check]

    async def story() -> list[Outcome]:
        async with committing(address) as committer:
            return await committer.commit(arrivals)

    assert asyncio.run(story()) == [Outcome.KEPT, Outcome.KEPT]
    found = follow(address)
    assert [each.record for each in found] == [each.item for each in arrivals]
    assert [each.sequence for each in found] == [1, 2]


def test_a_repetition_is_acknowledged_and_not_kept_again(address: str) -> None:
    one = arrival()

    async def story() -> list[Outcome]:
        async with committing(address) as committer:
            first = await committer.commit([one, one])
        async with committing(address) as committer:
            return first + await committer.commit([one])

    assert asyncio.run(story()) == [Outcome.KEPT, Outcome.DUPLICATE, Outcome.DUPLICATE]
    assert len(follow(address)) == 1


def test_another_report_under_the_same_key_changes_nothing_and_is_put_aside(address: str) -> None:
    async def story() -> list[Outcome]:
        async with committing(address) as committer:
            return await committer.commit([arrival(UUID="u"), arrival(UUID="u", Download=1.0)])

    assert asyncio.run(story()) == [Outcome.KEPT, Outcome.ASIDE]
    assert [each.record.download_kbps for each in follow(address)] == [25_000]
    (aside,) = asides(address, Reason.DIFFERS)
    assert aside.claims["Download"] == 1.0


def test_sequence_numbers_only_grow_across_starts_and_following_misses_none(address: str) -> None:
    async def story() -> list[int]:
        seen: list[int] = []
        for _ in range(3):
            async with committing(address) as committer:
                jobs = [committer.commit([arrival() for _ in range(7)]) for _ in range(5)]
                await asyncio.gather(*jobs)
                while new := follow(address, seen[-1] if seen else 0, limit=10):
                    seen += [each.sequence for each in new]
        return seen

    assert asyncio.run(story()) == list(range(1, 106))


def test_a_reader_cannot_write(address: str) -> None:
    open_ledger(address).close()
    with closing(open_reader(address)) as reader, pytest.raises(Exception, match=r"read.?only"):
        reader.connection.execute("DELETE FROM record")  # type: ignore[attr-defined]


def test_one_database_has_one_owner(address: str) -> None:
    with closing(open_ledger(address)), pytest.raises(StoreRefused):
        open_ledger(address)
    open_ledger(address).close()


def test_a_store_of_a_newer_probe_is_left_alone(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/probe.sqlite3"
    open_ledger(address).close()
    with closing(sqlite3.connect(tmp_path / "probe.sqlite3")) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreRefused):
        open_ledger(address)


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.sqlite3")) as connection:
        connection.execute("PRAGMA application_id = 7")
    with pytest.raises(StoreRefused):
        open_ledger(f"sqlite:///{tmp_path}/other.sqlite3")
    with pytest.raises(StoreRefused):
        open_ledger("mysql://x")


def test_a_flood_from_one_school_changes_nothing_but_a_flag_on_it(address: str) -> None:
    async def story() -> list[Outcome]:
        async with committing(address) as committer:
            outcomes = await committer.commit([arrival() for _ in range(1_200)])
            assert await committer.commit([arrival(school=OTHER_SCHOOL)]) == [Outcome.KEPT]
        async with committing(address) as committer:
            return outcomes + await committer.commit([arrival()])

    outcomes = asyncio.run(story())
    assert outcomes.count(Outcome.KEPT) == 1_000
    assert outcomes[-1] is Outcome.FLOOD
    with closing(open_reader(address)) as reader:
        assert reader.floods() == {SCHOOL: 201}


def test_what_was_put_aside_is_counted_once_the_school_is_known(address: str) -> None:
    known: dict[str, School] = {}
    early = Door(b"k" * 32, (), known.get)
    payloads = [
        giga.measurement(NOW),
        giga.measurement(NOW, Download=-1),
        giga.measurement(NOW, school="unknown"),
    ]

    async def story() -> tuple[list[Outcome], int]:
        async with committing(address) as committer:
            arrivals = [early.measurement(each, NOW_MS) for each in payloads]
            arrivals += early.checks([giga.check(NOW)], SCHOOL, 0, NOW_MS)
            outcomes = await committer.commit(arrivals)
            known.update(SCHOOLS)
            return outcomes, await readmit(committer, list(SCHOOLS), known.get)

    outcomes, kept = asyncio.run(story())
    assert outcomes == [Outcome.ASIDE] * 4
    assert kept == 2
    assert {each.record.received_at for each in follow(address)} == {NOW_MS}
    assert [each.school for each in asides(address, Reason.UNKNOWN_SCHOOL)] == ["unknown"]
    assert len(asides(address, Reason.NEGATIVE_SPEED)) == 1


def test_what_may_be_kept_no_longer_is_deleted(address: str) -> None:
    one = replace(arrival(), personal=(("ip_address", "203.0.113.7", NOW_MS + 10),))
    late = Aside(b"1" * 16, Reason.NO_TIME, Kind.CHECK, SCHOOL, NOW_MS)

    async def story() -> None:
        async with committing(address) as committer:
            await committer.commit([one, Arrival(late)])
            await committer.do(lambda ledger: ledger.sweep(NOW_MS + 9, NOW_MS))

    asyncio.run(story())
    assert len(asides(address, Reason.NO_TIME)) == 1
    with closing(open_ledger(address)) as ledger:
        count = "SELECT count(*) FROM personal"
        assert ledger.connection.execute(count).fetchone()[0] == 1  # type: ignore[attr-defined]
        ledger.sweep(NOW_MS + 10, NOW_MS + 1)
        assert ledger.connection.execute(count).fetchone()[0] == 0  # type: ignore[attr-defined]
    assert asides(address, Reason.NO_TIME) == []


def test_the_same_pseudonyms_come_after_a_start(address: str) -> None:
    with closing(open_ledger(address)) as ledger:
        first = ledger.secret()
    with closing(open_ledger(address)) as ledger:
        assert (ledger.secret(), len(first)) == (first, 32)


class Broken:
    """A ledger whose next write fails, before or after it reached the disk."""

    def __init__(self, ledger: Ledger, fails: Callable[[Batch, Ledger], None]) -> None:
        self.ledger, self.fails = ledger, fails

    def __getattr__(self, name: str) -> Any:
        return getattr(self.ledger, name)

    def write(self, batch: Batch) -> None:
        self.fails(batch, self.ledger)


@pytest.mark.parametrize("reached_the_disk", [True, False])
def test_after_a_failed_write_nothing_was_acknowledged_and_the_next_goes_on(
    address: str,
    reached_the_disk: bool,  # noqa: FBT001 - pytest passes parameters by name
) -> None:
    opened = 0

    def fail(batch: Batch, ledger: Ledger) -> None:
        if reached_the_disk:
            ledger.write(batch)
        raise OSError("the disk is full")

    def opening() -> Ledger:
        nonlocal opened
        opened += 1
        ledger = open_ledger(address)
        return Broken(ledger, fail) if opened == 1 else ledger  # type: ignore[return-value]

    async def story() -> list[Outcome]:
        committer = Committer(opening)
        one = arrival()
        with pytest.raises(NotWritten):
            await committer.commit([one])
        outcomes = await committer.commit([one, arrival()])
        await committer.close()
        return outcomes

    again = Outcome.DUPLICATE if reached_the_disk else Outcome.KEPT
    assert asyncio.run(story()) == [again, Outcome.KEPT]
    assert [each.sequence for each in follow(address)] == [1, 2]


def test_who_comes_when_too_many_wait_is_sent_away(tmp_path: Path) -> None:
    async def story() -> None:
        async with committing(f"sqlite:///{tmp_path}/probe.sqlite3") as committer:
            committer.waiting = 20_000
            with pytest.raises(Overloaded):
                await committer.commit([arrival()])
            committer.waiting = 0

    asyncio.run(story())


def bare(key: int, said: int, school: int, hour: int) -> Arrival:
    at = NOW_MS - hour * HOUR
    return Arrival(Record(bytes([key]), Kind.CHECK, f"s{school}", at, NOW_MS, latency_ms=said))


@given(
    st.lists(
        st.lists(
            st.tuples(st.integers(0, 20), st.integers(0, 1), st.integers(0, 1), st.integers(0, 2)),
            max_size=12,
        )
    )
)
def test_sorting_keeps_each_key_once_whatever_arrives_together(
    batches: list[list[tuple[int, int, int, int]]],
) -> None:
    disk: dict[bytes, bytes] = {}
    floods = Floods()
    number = 1
    for facts in batches:
        arrivals = [bare(*each) for each in facts]
        batch, outcomes = sort(arrivals, disk, floods, number)
        assert len(outcomes) == len(arrivals)
        assert [each.sequence for each, _ in batch.records] == list(
            range(number, number + len(batch.records))
        )
        assert outcomes.count(Outcome.KEPT) == len(batch.records)
        for each, digest in batch.records:
            assert each.record.key not in disk
            disk[each.record.key] = digest
        for each, outcome in zip(arrivals, outcomes, strict=True):
            assert isinstance(each.item, Record)
            assert (outcome is Outcome.ASIDE) == (disk[each.item.key] != digest_of(each.item))
        number += len(batch.records)
