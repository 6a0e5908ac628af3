"""HTTP at the place where measurements arrive: in turn, bounded, and unharmed by whatever comes."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effort import examples
from mostovi.connectivity.probe.wire import Answer, Bounds, HttpServer, Request

BOUNDS = Bounds(
    lambda path: 2_000_000 if path == "/large" else 1_000, most_connections=10, most_buffered_bytes=3_000_000,
    silence_seconds=0.4, body_seconds=0.4, idle_seconds=0.4, goodbye_seconds=0.2,
)  # fmt: skip


async def echo(request: Request) -> Answer:
    if request.path == "/slow":
        await asyncio.sleep(0.2)
    told = {"method": request.method, "path": request.path, "size": len(request.body)}
    return Answer(200, json.dumps(told).encode(), headers={"X-Test": request.headers.get("x-test", "")})


def refuse(status: int) -> Answer:
    return Answer(status, b"refused")


@asynccontextmanager
async def serving(bounds: Bounds = BOUNDS) -> AsyncIterator[tuple[HttpServer, int]]:
    server = HttpServer(echo, refuse, bounds)
    async with server.listening("127.0.0.1", 0) as port:
        yield server, port


async def talk(port: int, *parts: bytes, pause: float = 0.0) -> bytes:
    """All that comes back until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    heard = b""
    with suppress(ConnectionError):
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)
    with suppress(ConnectionError):
        heard = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    return heard


def post(path: str, body: bytes, *headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: x", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def run(story: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(story())  # type: ignore[arg-type]


def test_requests_in_a_row_are_answered_in_turn() -> None:
    async def story() -> None:
        async with serving() as (_, port):
            last = post("/c", b"", "Connection: close")
            heard = await talk(port, post("/slow", b"12") + post("/b", b"123") + last)
        bodies = [json.loads(each.partition(b"\r\n\r\n")[2]) for each in heard.split(b"HTTP/1.1 ")[1:]]
        assert [(each["path"], each["size"]) for each in bodies] == [("/slow", 2), ("/b", 3), ("/c", 0)]
        assert heard.count(b"Connection: close") == 1

    run(story)


def test_a_request_may_come_byte_by_byte_and_in_chunks() -> None:
    async def story() -> None:
        async with serving() as (_, port):
            chunked = (
                b"POST /x%20y?q=1 HTTP/1.1\r\nX-Test: seen\r\nTransfer-Encoding: chunked\r\n"
                b"Connection: close\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n"
            )
            heard = await talk(port, *(bytes([each]) for each in chunked))
        assert b'"path": "/x y", "size": 7' in heard
        assert b"X-Test: seen" in heard

    run(story)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (b"no http at all\r\n\r\n", 400),
        (post("/x", b"y" * 1_001), 413),
        (b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" + b"y" * 2_000, 413),
        (b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nX: " + b"y" * 20_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", 200),
    ],
)
def test_what_is_too_large_or_no_request_is_refused_and_ended(words: bytes, status: int) -> None:
    async def story() -> None:
        async with serving() as (server, port):
            heard = await talk(port, words)
            assert heard.startswith(f"HTTP/1.1 {status} ".encode())
            assert heard.count(b"HTTP/1.1") == 1
            await asyncio.sleep(0.05)
            assert (server.open, server.buffered) == (set(), 0)

    run(story)


def test_what_follows_a_good_request_does_not_take_its_answer() -> None:
    async def story() -> None:
        async with serving() as (_, port):
            heard = await talk(port, post("/slow", b"1") + b"nonsense\r\n\r\n")
        first, second = heard.split(b"HTTP/1.1 ")[1:]
        assert first.startswith(b"200")
        assert second.startswith(b"400")

    run(story)


def test_large_bodies_share_a_bounded_space() -> None:
    async def story() -> None:
        async with serving() as (server, port):
            half = post("/large", bytes(2_000_000))[:1_000_000]
            first = asyncio.create_task(talk(port, half))
            await asyncio.sleep(0.1)
            second = await talk(port, half)
            assert second.startswith(b"HTTP/1.1 503")
            await first
            assert server.buffered == 0
            whole = await talk(port, post("/large", bytes(2_000_000), "Connection: close"))
            assert b'"size": 2000000' in whole
            assert server.buffered == 0

    run(story)


def test_a_client_that_waits_for_leave_to_send_gets_it() -> None:
    async def story() -> None:
        async with serving() as (_, port):
            words = post("/x", b"abc", "Expect: 100-continue", "Connection: close")
            heard = await talk(port, words[:-3], words[-3:], pause=0.05)
        assert heard.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200")

    run(story)


@pytest.mark.parametrize("words", [b"", b"POST /x HTTP/1.1\r\n", post("/x", b"abc")[:-1], post("/x", b"abc")])
def test_who_says_nothing_more_is_let_go(words: bytes) -> None:
    async def story() -> None:
        async with serving() as (server, port):
            await asyncio.wait_for(talk(port, words), 3)
            await asyncio.sleep(0.05)
            assert server.open == set()

    run(story)


def test_the_server_ends_although_a_client_stays() -> None:
    async def story() -> None:
        async with serving(replace(BOUNDS, silence_seconds=100)) as (_, port):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.sleep(0.05)
        with suppress(ConnectionError):
            assert await reader.read() == b""
        writer.close()

    run(story)


@settings(max_examples=examples(40))
@given(
    st.lists(
        st.one_of(st.binary(max_size=200), st.just(post("/x", b"abc")), st.just(b"\r\n\r\n")), max_size=5
    )
)
def test_no_bytes_harm_the_server(parts: list[bytes]) -> None:
    async def story() -> None:
        async with serving(replace(BOUNDS, silence_seconds=0.1, body_seconds=0.1, idle_seconds=0.1)) as (
            server,
            port,
        ):
            await talk(port, *parts)
            heard = await talk(port, post("/after", b"", "Connection: close"))
            assert heard.startswith(b"HTTP/1.1 200")
            assert server.buffered == 0

    run(story)
