"""The wire takes whole, well-formed HTTP/1.1 messages within limits and nothing else."""

import asyncio
import contextlib
import re
import socket
import struct
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effort import examples
from mostovi.exchange.gateway.wire.addresses import InvalidAddress, parse_address, register_pool
from mostovi.exchange.gateway.wire.client import Interrupted, MalformedAnswer, TooSlow, Unreachable
from mostovi.exchange.gateway.wire.messages import (
    Caller,
    Limits,
    Request,
    Response,
    UnsafeHeader,
    format_request,
    format_response,
)
from mostovi.exchange.gateway.wire.server import Listener
from mostovi.exchange.gateway.wire.turns import Turns

LIMITS = Limits(head_bytes=2000, header_count=20, body_bytes=5000, read_seconds=1.5, idle_seconds=30)


async def echo(request: Request, _caller: Caller) -> Response:
    line = f"{request.method} {request.target} {len(request.body)}"
    return Response(200, [("content-type", "text/plain")], line.encode() + b"|" + request.body)


def identify(transport: asyncio.BaseTransport) -> Caller:
    credential = transport.get_extra_info("socket").getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    return Caller("test", user_id=struct.unpack("3i", credential)[1])


async def talk(path: Path, data: bytes) -> bytes:
    reader, writer = await asyncio.open_unix_connection(str(path))
    writer.write(data)
    answer = b""
    try:
        async with asyncio.timeout(5):
            while chunk := await reader.read(65536):
                answer += chunk
    finally:
        writer.close()
    return answer


def with_listener(tmp_path: Path, story: Callable[[Path], Awaitable[None]], handler=echo) -> None:
    async def run() -> None:
        listener = Listener(handler, identify, LIMITS, Turns())
        path = tmp_path / "s"
        await listener.listen_unix(str(path))
        try:
            await story(path)
        finally:
            await listener.close(within_seconds=1)

    asyncio.run(run())


CLOSE = b"Connection: close\r\n"
LONG_CHUNK = b"800\r\n" + b"a" * 2048 + b"\r\n"
REFUSED = {
    "both lengths": (
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
    ),
    "two lengths": (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400),
    "listed lengths": (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\nabc", 400),
    "signed length": (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc", 400),
    "unknown encoding": (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400),
    "two encodings": (
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        501,
    ),
    "encoding in HTTP/1.0": (
        b"POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
    ),
    "folded header": (b"GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n c\r\n\r\n", 400),
    "space before colon": (b"GET / HTTP/1.1\r\nHost: a\r\nA : b\r\n\r\n", 400),
    "bare line feeds": (b"GET / HTTP/1.1\nA: b\n\n", 400),
    "bare carriage return": (b"GET / HTTP/1.1\r\nHost: a\r\nA: b\rX: y\r\n\r\n", 400),
    "zero byte": (b"GET / HTTP/1.1\r\nHost: a\r\nA: b\x00\r\n\r\n", 400),
    "absolute address": (b"GET http://other/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "HTTP/0.9": (b"GET /\r\n\r\n", 400),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "change of protocol": (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n", 400),
    "tunnel": (b"CONNECT other:1 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "long address": (b"GET /" + b"a" * 3000 + b" HTTP/1.1\r\n\r\n", 414),
    "long header": (b"GET / HTTP/1.1\r\nHost: a\r\nA: " + b"a" * 3000 + b"\r\n\r\n", 431),
    "header without end": (b"GET / HTTP/1.1\r\nHost: a\r\nA: " + b"a" * 30000, 431),
    "many headers": (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"A: b\r\n" * 30 + b"\r\n", 431),
    "declared too long": (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5001\r\n\r\n", 413),
    "chunks too long": (
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + 3 * LONG_CHUNK,
        413,
    ),
    "no host": (b"GET / HTTP/1.1\r\nA: b\r\n\r\n", 400),
    "two hosts": (b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
    "two hosts in HTTP/1.0": (b"GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400),
    "never finished": (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc", 408),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_request_that_is_not_plain_http_is_refused_and_the_connection_ended(
    tmp_path: Path, name: str
) -> None:
    data, status = REFUSED[name]

    async def story(path: Path) -> None:
        answer = await talk(path, data)
        assert answer.startswith(b"HTTP/1.1 %d " % status), answer
        assert len(re.findall(rb"HTTP/1.1 \d", answer)) == 1

    with_listener(tmp_path, story)


def test_nothing_after_a_malformed_request_is_read(tmp_path: Path) -> None:
    async def story(path: Path) -> None:
        first = (
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        )
        answer = await talk(path, first + b"GET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
        assert len(re.findall(rb"HTTP/1.1 \d", answer)) == 1
        assert b"/2" not in answer

    with_listener(tmp_path, story)


def test_requests_sent_together_are_answered_in_order(tmp_path: Path) -> None:
    async def story(path: Path) -> None:
        first = b"".join(b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % n for n in range(20))
        answer = await talk(path, first + b"GET /last HTTP/1.1\r\nHost: a\r\n" + CLOSE + b"\r\n")
        positions = [answer.index(b"GET /%d 0" % n) for n in range(20)] + [answer.index(b"GET /last")]
        assert positions == sorted(positions)

    with_listener(tmp_path, story)


def test_chunks_are_put_together_and_trailers_are_dropped(tmp_path: Path) -> None:
    async def story(path: Path) -> None:
        head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n" + CLOSE + b"\r\n"
        answer = await talk(path, head + b"3\r\nabc\r\n2\r\nde\r\n0\r\nX-Road-Client: other\r\n\r\n")
        assert answer.endswith(b"POST / 5|abcde")

    with_listener(tmp_path, story)


def test_trailers_never_become_headers(tmp_path: Path) -> None:
    seen: list[Request] = []

    async def remember(request: Request, caller: Caller) -> Response:
        seen.append(request)
        return await echo(request, caller)

    async def story(path: Path) -> None:
        head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n" + CLOSE + b"\r\n"
        await talk(path, head + b"3\r\nabc\r\n0\r\nX-Road-Client: other\r\n\r\n")

    with_listener(tmp_path, story, remember)
    assert "x-road-client" not in seen[0].fields


def test_a_head_request_gets_the_length_without_the_body(tmp_path: Path) -> None:
    async def story(path: Path) -> None:
        answer = await talk(path, b"HEAD /x HTTP/1.1\r\nHost: a\r\n" + CLOSE + b"\r\n")
        assert b"content-length: 10\r\n" in answer
        assert answer.endswith(b"\r\n\r\n")

    with_listener(tmp_path, story)


def test_who_waits_for_a_go_ahead_gets_it(tmp_path: Path) -> None:
    async def story(path: Path) -> None:
        head = b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n" + CLOSE
        answer = await talk(path, head + b"\r\nabc")
        assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200")

    with_listener(tmp_path, story)


def test_a_bug_in_one_answer_does_not_end_the_program(tmp_path: Path, capsys) -> None:
    async def broken(request: Request, caller: Caller) -> Response:
        if request.target == "/broken":
            raise ValueError("1234567890123 is secret")
        return await echo(request, caller)

    async def story(path: Path) -> None:
        assert (await talk(path, b"GET /broken HTTP/1.1\r\nHost: a\r\n" + CLOSE + b"\r\n")).startswith(
            b"HTTP/1.1 500"
        )
        assert (await talk(path, b"GET /ok HTTP/1.1\r\nHost: a\r\n" + CLOSE + b"\r\n")).startswith(
            b"HTTP/1.1 200"
        )

    with_listener(tmp_path, story, broken)
    said = capsys.readouterr().err
    assert '"crash"' in said
    assert "ValueError" in said
    assert "1234567890123" not in said


@settings(max_examples=examples(30), deadline=None)
@given(cuts=st.lists(st.integers(1, 60), max_size=12), body=st.binary(max_size=200))
def test_a_request_may_arrive_in_any_pieces(tmp_path_factory, cuts: list[int], body: bytes) -> None:
    async def story(path: Path) -> None:
        head = b"POST /a?b=c HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n" % len(body)
        message = head + CLOSE + b"\r\n" + body
        reader, writer = await asyncio.open_unix_connection(str(path))
        start = 0
        for cut in [*cuts, len(message)]:
            writer.write(message[start : start + cut])
            start += cut
            await asyncio.sleep(0)
        answer = await reader.read(-1)
        assert answer.endswith(b"POST /a?b=c %d|" % len(body) + body)
        writer.close()

    with_listener(tmp_path_factory.mktemp("w"), story)


def test_a_header_cannot_break_out_of_its_line() -> None:
    with pytest.raises(UnsafeHeader):
        format_response(Response(200, [("a", "b\r\nset-cookie: c")]), close=False, without_body=False)
    with pytest.raises(UnsafeHeader):
        format_request("GET", "/ HTTP/1.1\r\nX: y", [], b"")


# The client half


class RawServer:
    """Gives the next of ``answers`` for whatever arrives."""

    def __init__(self, answers: list[bytes], *, close: bool) -> None:
        self.answers = answers
        self.close_after_each = close
        self.tasks: set[asyncio.Task[None]] = set()

    async def start(self, path: Path) -> None:
        self.server = await asyncio.start_unix_server(self._remember, str(path))

    def _remember(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.tasks.add(asyncio.get_running_loop().create_task(self._answer(reader, writer)))

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while self.answers and await reader.read(65536):
                writer.write(self.answers.pop(0))
                await writer.drain()
                if self.close_after_each:
                    break
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    async def end(self) -> None:
        self.server.close()
        await asyncio.gather(*self.tasks)


def ask(
    tmp_path: Path, answers: list[bytes], *, close: bool = False, repeatable: bool = False, times: int = 1
):
    async def run():
        path = tmp_path / "r"
        server = RawServer(answers, close=close)
        await server.start(path)
        pool = register_pool(parse_address(f"unix:{path}"), LIMITS, Turns())
        message = format_request("POST", "/", [("host", "localhost")], b"{}")
        try:
            found = []
            for _ in range(times):
                found.append(await pool.send(message, within_seconds=0.5, repeatable=repeatable))
                await asyncio.sleep(0.05)
            return found
        finally:
            pool.close()
            await server.end()

    return asyncio.run(run())


def test_an_answer_is_read_whole(tmp_path: Path) -> None:
    (answer,) = ask(tmp_path, [b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: b\r\n\r\nok"])
    assert (answer.status, answer.body, answer.fields["x-a"]) == (200, b"ok", "b")


def test_interim_answers_are_passed_over(tmp_path: Path) -> None:
    (answer,) = ask(
        tmp_path, [b"HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"]
    )
    assert (answer.status, answer.body) == (200, b"ok")
    assert "x" not in answer.fields


def test_an_answer_may_end_with_its_connection(tmp_path: Path) -> None:
    (answer,) = ask(tmp_path, [b"HTTP/1.1 200 OK\r\n\r\nuntil the end"], close=True)
    assert answer.body == b"until the end"


def test_half_an_answer_is_no_answer(tmp_path: Path) -> None:
    with pytest.raises(Interrupted):
        ask(tmp_path, [b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhalf"], close=True)


def test_a_slow_answer_is_not_waited_for(tmp_path: Path) -> None:
    half = b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhalf"
    with pytest.raises(TooSlow):
        ask(tmp_path, [half, half])


def test_each_of_many_waits_its_own_time(tmp_path: Path) -> None:
    half = b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhalf"

    async def run() -> list[float]:
        path = tmp_path / "r"
        server = RawServer([half] * 8, close=False)
        await server.start(path)
        pool = register_pool(parse_address(f"unix:{path}"), LIMITS, Turns())
        loop = asyncio.get_running_loop()

        async def waited(seconds: float) -> float:
            begin = loop.time()
            with pytest.raises(TooSlow):
                await pool.send(b"x", within_seconds=seconds, repeatable=False)
            return loop.time() - begin - seconds

        try:
            return await asyncio.gather(*map(waited, (0.6, 0.1, 0.3, 0.1)))
        finally:
            pool.close()
            await server.end()

    late = asyncio.run(run())
    assert all(-0.01 < each < 0.25 for each in late)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 6000\r\n\r\n" + b"a" * 6000,
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 30 + b"\r\n",
        b"HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
    ],
)
def test_a_malformed_answer_is_refused(tmp_path: Path, answer: bytes) -> None:
    with pytest.raises((MalformedAnswer, TooSlow)):
        ask(tmp_path, [answer])


def test_an_idle_connection_that_died_is_replaced_when_the_message_may_be_repeated(tmp_path: Path) -> None:
    ok = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    assert len(ask(tmp_path, [ok, ok, ok], close=True, repeatable=True, times=3)) == 3


def test_who_is_not_there_is_unreachable(tmp_path: Path) -> None:
    async def run() -> None:
        pool = register_pool(parse_address(f"unix:{tmp_path}/nobody"), LIMITS, Turns())
        await pool.send(b"x", within_seconds=1, repeatable=True)

    with pytest.raises(Unreachable):
        asyncio.run(run())


@pytest.mark.parametrize(
    "text", ["ftp://a", "http://", "http://a?b", "unix:relative", "http://u:p@h", "https://h"]
)
def test_an_address_that_cannot_be_used_is_refused(text: str) -> None:
    with pytest.raises(InvalidAddress):
        parse_address(text)
