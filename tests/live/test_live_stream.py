import asyncio
import resource

import pytest

from live.conftest import a_ticket
from live.events import event, line
from mostovi.live.readers import Readers
from mostovi.live.ring import Ring
from mostovi.live.rules import read_event


def run(story):
    asyncio.run(story)


def test_an_event_reaches_who_listens(live):
    async def story():
        async with live() as (_, browser), browser.listening() as frames:
            assert await frames.next_event() == ("ready", 0, {})
            told = event()
            await browser.publish(line(**told))
            assert await frames.next_event() == ("message", 1, {"number": 1, **told})

    run(story())


def test_a_browser_that_lost_its_line_resumes_after_what_it_has_seen(live):
    async def story():
        async with live() as (program, browser):
            await browser.publish(*(line() for _ in range(5)))
            await until(lambda: program.ring.newest == 5)
            async with browser.listening(last=3) as frames:
                assert [(await frames.next_event())[1] for _ in range(2)] == [4, 5]
            async with browser.listening(after=4) as frames:
                assert (await frames.next_event())[1] == 5

    run(story())


def test_a_browser_resumes_over_a_restart(live):
    async def story():
        async with live() as (_, browser), browser.listening() as frames:
            await frames.next_event()
            await browser.publish(line(), line())
            assert (await frames.next_event())[1] == 1
        async with live() as (_, browser), browser.listening(last=1) as frames:
            assert (await frames.next_event())[1] == 2
            await browser.publish(line())
            assert (await frames.next_event())[1] == 3

    run(story())


@pytest.mark.parametrize("last", [0, 99, "x", "9" * 30])
def test_a_browser_that_missed_too_much_is_told_to_start_afresh(live, last):
    async def story():
        async with live(capacity=2) as (program, browser):
            await browser.publish(*(line() for _ in range(5)))
            await until(lambda: program.ring.newest == 5)
            async with browser.listening(last=last) as frames:
                assert await frames.next_event() == ("resync", 5, {"newest": 5})

    run(story())


def test_a_quiet_bridge_still_beats(live):
    async def story():
        async with live(pace={"heartbeat_seconds": 0.05}) as (_, browser), browser.listening() as frames:
            await frames.next_event()
            assert await frames.next_block() == ": heartbeat"
            assert await frames.next_block() == ": heartbeat"

    run(story())


def test_a_slow_reader_is_let_go_with_word_to_start_afresh():
    async def story():
        ring, readers = Ring(":memory:"), Readers(queue_length=3)
        slow, quick = readers.admit("bridge"), readers.admit("bridge")
        for _ in range(4):
            readers.tell(ring.add([read_event(line())]))
            assert await quick.next_frame(heartbeat_seconds=1)
        assert b"event: resync" in await slow.next_frame(heartbeat_seconds=1)
        assert slow.is_over
        assert not quick.is_over
        readers.tell(ring.add([read_event(line())]))
        readers.release(slow)
        assert (len(readers), readers.dropped) == (1, 1)
        ring.close()

    run(story())


def test_a_reader_who_stops_reading_does_not_hold_up_the_others(live):
    async def story():
        pace = {"write_seconds": 0.2}
        async with live(queue_length=4, capacity=10, pace=pace) as (program, browser):
            long = "x" * 400
            heavy = {"purpose": dict.fromkeys(("bs", "hr", "sr", "en"), long)}
            async with browser.listening(topic="bridge/brcko-registrar"), browser.listening() as frames:
                await frames.next_event()
                for number in range(1, 300):
                    await browser.publish(line(provider="brcko-registrar", **heavy))
                    assert (await frames.next_event())[1] == number
            await until(lambda: len(program.readers) == 0)

    run(story())


def test_a_thousand_readers_each_hear_every_event(live):
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    readers = min(1_000, (files - 200) // 2)  # both ends of each stream are open in this one process

    async def story():
        async with live() as (program, browser), asyncio.TaskGroup() as group:
            heard = [group.create_task(_hear(browser, events=3)) for _ in range(readers)]
            await until(lambda: len(program.readers) == readers)
            await browser.publish(line(), line(), line())
            assert [await task for task in heard] == [[1, 2, 3]] * readers

    run(story())


async def _hear(browser, *, events):
    async with browser.listening() as frames:
        await frames.next_event()
        return [(await frames.next_event())[1] for _ in range(events)]


def test_more_readers_than_agreed_are_refused_kindly(live):
    async def story():
        async with live(most_readers=1) as (_, browser), browser.listening() as frames:
            await frames.next_event()
            status, problem = await browser.get("/live/events")
            assert (status, problem["code"]) == (503, "too_many_readers")

    run(story())


def test_a_stream_ends_when_a_new_ticket_is_due(live):
    async def story():
        pace = {"heartbeat_seconds": 0.05, "longest_stream_seconds": 0.12}
        async with live(pace=pace) as (_, browser), browser.listening() as frames:
            await asyncio.wait_for(frames.response.read(), 2)

    run(story())


BAD_TICKETS = {
    "by another hand": lambda: a_ticket(secret="another secret"),
    "over": lambda: a_ticket(seconds=-1),
    "for another topic": lambda: a_ticket("bridge/brcko-registrar"),
    "cut short": lambda: a_ticket()[:-1],
    "longer": lambda: a_ticket() + "A",
    "another letter": lambda: a_ticket().replace("bridge", "bridgé"),
    "no seal": lambda: "bridge.99999999999.",
    "only dots": lambda: "..",
    "nothing": lambda: "",
}


@pytest.mark.parametrize("fault", BAD_TICKETS)
@pytest.mark.parametrize("path", ["/live/events", "/live/recent"])
def test_a_ticket_that_is_forged_or_over_or_for_elsewhere_admits_nobody(live, path, fault):
    ticket = BAD_TICKETS[fault]()

    async def story():
        async with live() as (_, browser):
            status, problem = await browser.get(path, ticket=ticket)
            assert (status, problem["code"]) == (403, "ticket_refused")

    run(story())


def test_the_last_events_come_newest_first(live):
    async def story():
        async with live() as (program, browser):
            await browser.publish(*(line() for _ in range(30)))
            await until(lambda: program.ring.newest == 30)
            status, recent = await browser.get("/live/recent", limit="2")
            assert status == 200
            assert [told["number"] for told in recent["events"]] == [30, 29]
            assert len((await browser.get("/live/recent", limit="-5"))[1]["events"]) == 20

    run(story())


def test_an_unknown_topic_is_not_found(live):
    async def story():
        async with live() as (_, browser):
            status, problem = await browser.get("/live/recent", topic="rooms")
            assert (status, problem["code"]) == (404, "unknown_topic")

    run(story())


def test_what_is_not_an_event_is_counted_and_told_to_nobody(live, caplog):
    async def story():
        async with live() as (program, browser):
            await browser.publish(line(name="Amra Kovač"), b"{}\n", line(mark="0101990500006"), line())
            await until(lambda: program.ring.newest == 1)
            _, health = await browser.get("/live/health")
            assert health == {"status": "ok", "readers": 0, "newest": 1, "refused": 3, "dropped": 0}

    run(story())
    assert "Amra" not in caplog.text
    assert "0101990500006" not in caplog.text


def test_a_line_without_end_is_cut_off(live):
    async def story():
        async with live() as (program, browser):
            _, gateway = await asyncio.open_unix_connection(browser.publish_socket)
            gateway.write(b"x" * 100_000)
            await until(lambda: program.publishing.refused == 1)
            gateway.close()
            await browser.publish(line())
            await until(lambda: program.ring.newest == 1)

    run(story())


def test_the_socket_for_gateways_is_for_their_user_only(live, tmp_path):
    async def story():
        async with live():
            assert (tmp_path / "publish").stat().st_mode & 0o777 == 0o600

    run(story())


async def until(is_so):
    for _ in range(500):
        if is_so():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen within five seconds")
