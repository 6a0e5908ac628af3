"""Work goes on in its order, a group in each round of the loop; what gave up holds up nothing."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from mostovi.exchange.gateway.wire.turns import GROUP, Turns


async def in_rounds(number: int) -> list[list[int]]:
    """Which of ``number`` went on in which round."""
    turns, rounds, now = Turns(), [[]], 0

    async def work(each: int) -> None:
        await turns.wait()
        rounds[now].append(each)

    tasks = [asyncio.create_task(work(each)) for each in range(number)]
    while not all(task.done() for task in tasks):
        await asyncio.sleep(0)
        rounds.append([])
        now += 1
    return [each for each in rounds if each]


def test_what_comes_alone_goes_on_at_once() -> None:
    assert asyncio.run(in_rounds(1)) == [[0]]


@given(st.integers(0, 5 * GROUP))
def test_everything_goes_on_in_its_order_a_group_at_a_time(number: int) -> None:
    rounds = asyncio.run(in_rounds(number))
    assert [each for group in rounds for each in group] == list(range(number))
    assert all(len(group) == GROUP for group in rounds[:-1])


def test_who_gave_up_while_waiting_holds_up_nobody() -> None:
    async def story() -> None:
        turns = Turns()
        first, second = (asyncio.create_task(turns.wait()) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        async with asyncio.timeout(1):
            await second
        assert not turns.waiting

    asyncio.run(story())


def test_work_that_comes_later_gets_its_turn_too() -> None:
    async def story() -> None:
        turns = Turns()
        async with asyncio.timeout(1):
            for _ in range(3):
                await turns.wait()

    asyncio.run(story())
