"""The ndt7 server, tested over the loopback by a client written to the specification."""

import asyncio
import contextlib
import json
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from connectivity.probe.ndt7_client import QUICK, Heard, download, listen, opening, running, upload
from effort import examples
from mostovi.connectivity.probe.ndt7.server import Limits
from mostovi.connectivity.probe.ndt7.values import SUBPROTOCOL, Direction, Ending


def test_a_download_fills_the_line_and_ends_in_time() -> None:
    async def story() -> None:
        async with running() as probe:
            heard = await download(probe.port, "?client_name=test&school=s1")
            summary = await probe.only_summary()
        assert heard.code == 1000
        assert heard.sizes[0] == 1 << 13
        assert all(size & (size - 1) == 0 and 1 << 10 <= size <= 1 << 20 for size in heard.sizes)
        assert summary.direction is Direction.DOWNLOAD
        assert summary.ending is Ending.COMPLETE
        assert summary.metadata["school"] == "s1"
        assert 0.5 < summary.seconds < 1.2
        assert abs(summary.bytes - sum(heard.sizes)) < 0.2 * summary.bytes + (1 << 22)
        assert summary.megabits_per_second == pytest.approx(8e-6 * summary.bytes / summary.seconds, rel=0.01)

    asyncio.run(story())


def test_an_upload_is_counted_and_closed_by_the_server() -> None:
    async def story() -> None:
        async with running() as probe:
            heard = await upload(probe.port)
            summary = await probe.only_summary()
        assert heard.code == 1000
        assert heard.sizes == []
        assert summary.ending is Ending.COMPLETE
        assert summary.bytes > 100_000
        assert heard.measurements[-1]["TCPInfo"]["BytesReceived"] > 100_000

    asyncio.run(story())


@pytest.mark.parametrize("test", ["download", "upload"])
def test_every_measurement_carries_what_clients_read_without_asking(test: str) -> None:
    async def story() -> Heard:
        async with running() as probe:
            return await (download(probe.port) if test == "download" else upload(probe.port))

    heard = asyncio.run(story())
    assert len(heard.measurements) >= 2
    assert len({each["ConnectionInfo"]["UUID"] for each in heard.measurements}) == 1
    elapsed = [each["TCPInfo"]["ElapsedTime"] for each in heard.measurements]
    assert elapsed == sorted(elapsed)
    for each in heard.measurements:
        assert each["BBRInfo"]["MinRTT"] > 0
        assert each["ConnectionInfo"]["Client"].startswith("127.0.0.1:")
        assert each["Test"] == test
        assert {"ElapsedTime", "NumBytes"} <= each["AppInfo"].keys()
        assert {"BytesAcked", "BytesReceived", "RTT", "RTTVar", "BusyTime"} <= each["TCPInfo"].keys()


def test_a_client_that_says_goodbye_early_gets_its_result() -> None:
    async def story() -> Ending:
        async with running() as probe:
            await upload(probe.port, seconds=0.2)
            return (await probe.only_summary()).ending

    assert asyncio.run(story()) is Ending.CLIENT_CLOSED


@pytest.mark.parametrize("test", ["download", "upload"])
def test_a_client_that_vanishes_leaves_a_summary_and_nothing_open(test: str) -> None:
    async def story() -> None:
        async with running() as probe:
            connection = await opening(probe.port, test)
            if test == "upload":
                await connection.send(bytes(8_192))
            await connection.recv()
            connection.transport.abort()
            summary = await probe.only_summary()
            assert summary.ending is Ending.VANISHED
            assert summary.seconds > 0
            await asyncio.sleep(0.05)
            assert probe.server.open == set()
            assert probe.server.testing == {}

    asyncio.run(story())


def test_a_client_that_stops_reading_is_let_go_when_the_time_is_over() -> None:
    async def story() -> Ending:
        async with running() as probe:
            connection = await opening(probe.port, "download")
            connection.transport.pause_reading()
            summary = await probe.only_summary()
            connection.transport.abort()
            return summary.ending

    assert asyncio.run(story()) is Ending.OUT_OF_TIME


@pytest.mark.parametrize(
    ("test", "message", "code"),
    [
        ("download", bytes(8_192), 1003),
        ("download", "this is no JSON", 1007),
        ("download", "[]", 1007),
        ("upload", "7", 1007),
        ("upload", json.dumps({"x": "y" * (1 << 16)}), 1009),
        ("upload", bytes(100), 1008),
        ("upload", bytes((1 << 24) + 1), 1009),
    ],
    ids=["binary", "no JSON", "a list", "a number", "long text", "short binary", "long binary"],
)
def test_a_message_that_is_not_allowed_ends_the_test(test: str, message: str | bytes, code: int) -> None:
    async def story() -> tuple[Heard, Ending]:
        async with running() as probe:
            connection = await opening(probe.port, test)
            with contextlib.suppress(ConnectionClosed):
                await connection.send(message)
            heard = await listen(connection, Heard())
            return heard, (await probe.only_summary()).ending

    heard, ending = asyncio.run(story())
    # A server that closes while much is still arriving resets the connection: the code may be lost.
    assert heard.code in ({code, None} if len(message) > 1 << 20 else {code})
    assert ending in {Ending.BROKE_RULES, Ending.VANISHED}


def test_measurements_from_the_client_are_welcome() -> None:
    async def story() -> Ending:
        async with running() as probe:
            async with opening(probe.port, "download") as connection:
                await connection.send('{"AppInfo":{"ElapsedTime":1,"NumBytes":2}}')
                await listen(connection, Heard())
            return (await probe.only_summary()).ending

    assert asyncio.run(story()) is Ending.COMPLETE


def test_far_too_many_measurements_end_the_test() -> None:
    async def story() -> int | None:
        async with running() as probe, opening(probe.port, "upload") as connection:
            listening = asyncio.create_task(listen(connection, Heard()))
            for _ in range(400):
                if listening.done():
                    break
                await connection.send("{}")
            return (await listening).code

    assert asyncio.run(story()) == 1008


def test_the_largest_message_of_the_specification_is_accepted() -> None:
    async def story() -> Ending:
        async with running(Limits(runtime_seconds=3, longest_seconds=6)) as probe:
            async with opening(probe.port, "upload") as connection:
                listening = asyncio.create_task(listen(connection, Heard()))
                await connection.send(bytes(1 << 24))
                await connection.close()
                await listening
            return (await probe.only_summary()).ending

    assert asyncio.run(story()) is Ending.CLIENT_CLOSED


def test_early_exit_ends_after_250_megabytes() -> None:
    async def story() -> None:
        async with running(Limits(runtime_seconds=20, longest_seconds=25)) as probe:
            heard = await download(probe.port, "?early_exit=250")
            summary = await probe.only_summary()
        assert summary.ending is Ending.EARLY_EXIT
        assert sum(heard.sizes) >= 250_000_000

    asyncio.run(story())


@pytest.mark.parametrize(
    ("path", "protocols", "status"),
    [
        ("/ndt/v7/download", None, 400),
        ("/ndt/v7/download", ["chat"], 400),
        ("/ndt/v7/download?early_exit=7", [SUBPROTOCOL], 400),
        ("/ndt/v7/sideload", [SUBPROTOCOL], 404),
    ],
)
def test_a_handshake_that_does_not_look_correct_is_refused(
    path: str, protocols: list[str] | None, status: int
) -> None:
    async def story() -> int:
        async with running() as probe:
            with pytest.raises(InvalidStatus) as refused:
                await connect(f"ws://127.0.0.1:{probe.port}{path}", subprotocols=protocols, proxy=None)
            return refused.value.response.status_code

    assert asyncio.run(story()) == status


def test_who_comes_while_all_places_are_taken_hears_when_to_come_back() -> None:
    async def story() -> None:
        async with running() as probe:
            busy = [asyncio.create_task(download(probe.port)) for _ in range(QUICK.most_tests)]
            await asyncio.sleep(0.2)
            with pytest.raises(InvalidStatus) as refused:
                await download(probe.port)
            assert refused.value.response.status_code == 503
            assert int(refused.value.response.headers["Retry-After"]) > 0
            await asyncio.gather(*busy)
            assert (await download(probe.port)).code == 1000

    asyncio.run(story())


@pytest.mark.parametrize("words", [b"", b"GET /ndt/v7/download HTTP/1.1\r\nHost: x\r\n"])
def test_ten_times_the_limit_opened_and_left_stays_bounded(words: bytes) -> None:
    async def story() -> None:
        async with running() as probe:
            writers = []
            for _ in range(10 * QUICK.most_connections):
                _, writer = await asyncio.open_connection("127.0.0.1", probe.port)
                writer.write(words)
                writers.append(writer)
            await asyncio.sleep(0.2)
            assert len(probe.server.open) <= QUICK.most_connections
            await asyncio.sleep(0.6)
            assert probe.server.open == set()
            assert (await download(probe.port)).code == 1000
            for writer in writers:
                writer.close()

    asyncio.run(story())


def frame(first: int, length: bytes, payload: bytes) -> bytes:
    return bytes([first]) + length + payload


@st.composite
def odd_frames(draw: st.DrawFn) -> bytes:
    """Frames that only look like WebSocket: reserved bits, unknown opcodes, no mask, wrong lengths."""
    payload = draw(st.binary(max_size=64))
    length = draw(
        st.sampled_from(
            [
                bytes([len(payload)]),
                bytes([0x80 | len(payload)]),
                b"\xfe" + struct.pack("!H", len(payload)),
                b"\xff" + struct.pack("!Q", 2**62),
            ]
        )
    )
    return frame(draw(st.integers(0, 255)), length, payload)


@settings(max_examples=examples(25))
@given(
    st.lists(st.one_of(odd_frames(), st.binary(max_size=80)), min_size=1, max_size=4),
    st.sampled_from(list(Direction)),
)
def test_malformed_frames_end_that_test_alone(frames: list[bytes], direction: Direction) -> None:
    async def story() -> None:
        quick = Limits(most_tests=2, goodbye_seconds=0.1, runtime_seconds=0.1, longest_seconds=0.2)
        async with running(quick) as probe:
            connection = await opening(probe.port, direction)
            connection.transport.write(b"".join(frames))
            summary = await probe.only_summary()
            connection.transport.abort()
            assert summary.ending in set(Ending)
            assert (await download(probe.port)).code == 1000

    asyncio.run(story())


@settings(max_examples=examples(25))
@given(st.binary(max_size=300))
def test_no_handshake_whatever_its_bytes_harms_the_server(words: bytes) -> None:
    async def story() -> None:
        limits = Limits(most_tests=2, handshake_seconds=0.1, runtime_seconds=0.1, longest_seconds=0.3)
        async with running(limits) as probe:
            reader, writer = await asyncio.open_connection("127.0.0.1", probe.port)
            writer.write(words)
            writer.write(b"\r\n\r\n")
            with contextlib.suppress(ConnectionError):
                await asyncio.wait_for(reader.read(), 2)
            writer.close()
            assert (await download(probe.port)).code == 1000

    asyncio.run(story())
