"""The door passes on what it gets, as it comes, and says a calm sentence when nobody answers."""

import asyncio
import gzip
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession, DummyCookieJar, web
from aiohttp.test_utils import TestServer, unused_port
from yarl import URL

from mostovi.demo.door import MAX_BODY_BYTES, Door, make_server, open_rooms
from mostovi.front.middleware import LARGEST_BODY_BYTES

Play = Callable[..., None]


async def tell(request: web.Request) -> web.Response:
    """Says what arrived."""
    body = await request.read()
    told = {
        "path": request.raw_path,
        "method": request.method,
        "headers": {name.lower(): value for name, value in request.headers.items()},
        "body": body.decode(),
    }
    response = web.json_response(told)
    response.set_cookie("one", "1")
    response.set_cookie("two", "2")
    return response


async def packed(_request: web.Request) -> web.Response:
    return web.Response(body=gzip.compress(b"a page"), headers={"Content-Encoding": "gzip"})


async def moved(_request: web.Request) -> web.Response:
    raise web.HTTPFound("/elsewhere")


def portal() -> web.Application:
    application = web.Application(client_max_size=64 * 1024 * 1024)
    application.add_routes([web.get("/packed", packed), web.get("/moved", moved)])
    application.router.add_route("*", "/hang-up", hang_up)
    application.router.add_route("*", r"/{path:[\s\S]*}", tell)
    return application


async def hang_up(request: web.Request) -> web.Response:
    """Ends the connection as a program does that is killed."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


class Street:
    """A portal, a live program whose events come one by one, and the door before them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.next_event = asyncio.Event()
        self.left = asyncio.Event()

    async def events(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        try:
            for number in range(3):
                await response.write(f"data: {number}\n\n".encode())
                await self.next_event.wait()
                self.next_event.clear()
        finally:
            self.left.set()
        return response

    async def open_live(self) -> web.AppRunner:
        application = web.Application()
        application.router.add_get("/live/events", self.events)
        runner = web.AppRunner(application, handler_cancellation=True, shutdown_timeout=0)
        await runner.setup()
        await web.UnixSite(runner, str(self.folder / "live.sock")).start()
        return runner


@asynccontextmanager
async def open_door(portal_address: str, sockets: dict[str, Path]) -> AsyncIterator[str]:
    rooms = await open_rooms(portal_address, sockets)
    port = unused_port()
    door = Door(f"http://127.0.0.1:{port}", rooms)
    runner = web.ServerRunner(make_server(door), shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield door.base_url
    finally:
        await runner.cleanup()
        for room in rooms:
            await room.session.close()


@pytest.fixture
def play(tmp_path: Path) -> Play:
    async def run(story: Callable[..., Awaitable[None]], *, is_open: bool) -> None:
        street = Street(tmp_path)
        live = await street.open_live()
        async with TestServer(portal()) as behind:
            address = str(behind.make_url("")).rstrip("/") if is_open else "http://127.0.0.1:1"
            sockets = {"/demo-idp/": tmp_path / "nobody.sock", "/live/": tmp_path / "live.sock"}
            async with (
                open_door(address, sockets) as base_url,
                ClientSession(base_url, auto_decompress=False, cookie_jar=DummyCookieJar()) as browser,
            ):
                await story(browser, street)
        await live.cleanup()

    return lambda story, is_open=True: asyncio.run(run(story, is_open=is_open))


def test_method_path_query_and_body_arrive_unchanged(play: Play) -> None:
    async def story(browser: ClientSession, _street: Street) -> None:
        response = await browser.post(URL("/zahtjevi/%C4%8D?a=1&a=%2F", encoded=True), data="body")
        told = await response.json()
        assert told["method"] == "POST"
        assert told["path"] == "/zahtjevi/%C4%8D?a=1&a=%2F"
        assert told["body"] == "body"

    play(story)


def test_the_portal_learns_who_asked_and_not_what_the_browser_claims(play: Play) -> None:
    async def story(browser: ClientSession, _street: Street) -> None:
        forged = {"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "https", "Forwarded": "for=6.6.6.6"}
        headers = (await (await browser.get("/", headers=forged)).json())["headers"]
        assert headers["x-forwarded-for"] == "127.0.0.1"
        assert headers["x-forwarded-proto"] == "http"
        assert headers["x-forwarded-host"] == headers["host"]
        assert "forwarded" not in headers

    play(story)


def test_what_belongs_to_one_connection_is_not_passed_on(play: Play) -> None:
    async def story(browser: ClientSession, _street: Street) -> None:
        hops = {"Connection": "keep-alive, X-Private", "X-Private": "1", "TE": "trailers"}
        headers = (await (await browser.get("/", headers=hops)).json())["headers"]
        assert "x-private" not in headers
        assert "te" not in headers

    play(story)


def test_every_cookie_comes_back(play: Play) -> None:
    async def story(browser: ClientSession, _street: Street) -> None:
        assert len((await browser.get("/")).headers.getall("Set-Cookie")) == 2

    play(story)


def test_packed_answers_stay_packed(play: Play) -> None:
    async def story(browser: ClientSession, _street: Street) -> None:
        response = await browser.get("/packed")
        assert response.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(await response.read()) == b"a page"

    play(story)


def test_a_redirect_is_the_browsers_to_follow(play: Play) -> None:
    async def story(browser: ClientSession, _street: Street) -> None:
        response = await browser.get("/moved", allow_redirects=False)
        assert response.status == 302
        assert response.headers["Location"] == "/elsewhere"

    play(story)


def test_events_arrive_when_they_happen(play: Play) -> None:
    async def story(browser: ClientSession, street: Street) -> None:
        async with browser.get("/live/events") as stream:
            for number in range(3):
                line = await asyncio.wait_for(stream.content.readuntil(b"\n\n"), 2)
                assert line == f"data: {number}\n\n".encode()
                street.next_event.set()

    play(story)


def test_a_browser_that_leaves_ends_its_stream_behind_the_door(play: Play) -> None:
    async def story(browser: ClientSession, street: Street) -> None:
        async with browser.get("/live/events") as stream:
            await stream.content.readuntil(b"\n\n")
        stream.close()
        await asyncio.wait_for(street.left.wait(), 5)

    play(story)


@pytest.mark.parametrize(
    ("languages", "sentence"),
    [
        ("en-GB,en", "Mostovi is opening"),
        ("sr-Cyrl", "Мостови се отварају"),
        ("sr-Latn", "Programi se upravo pokreću"),
        ("fr", "Mostovi se otvaraju"),
        ("", "Mostovi se otvaraju"),
    ],
)
def test_before_the_portal_is_up_a_calm_page_says_so(play: Play, languages: str, sentence: str) -> None:
    async def story(browser: ClientSession, _street: Street) -> None:
        response = await browser.get("/", headers={"Accept-Language": languages})
        assert response.status == 503
        assert sentence in await response.text()
        assert response.headers["Refresh"] == "3"

    play(story, is_open=False)


def test_a_silent_identity_provider_does_not_close_the_portal(play: Play) -> None:
    async def story(browser: ClientSession, _street: Street) -> None:
        assert (await browser.get("/demo-idp/authorize")).status == 503
        assert (await browser.get("/")).status == 200

    play(story)


def test_localhost_leads_to_the_one_address(play: Play) -> None:
    async def story(browser: ClientSession, _street: Street) -> None:
        port = (await (await browser.get("/")).json())["headers"]["host"].partition(":")[2]
        there = {"Host": f"localhost:{port}"}
        response = await browser.get("/usluge/?a=1", headers=there, allow_redirects=False)
        assert response.status == 307
        assert response.headers["Location"] == f"http://127.0.0.1:{port}/usluge/?a=1"

    play(story)


def test_a_file_that_is_too_large_gets_the_portals_own_page(play: Play) -> None:
    async def story(browser: ClientSession, _street: Street) -> None:
        for path in ("/provjera/dokument", "/demo-idp/authorize"):
            response = await browser.post(
                path, data=io.BytesIO(bytes(30 * 1024 * 1024)), headers={"Cookie": "a=b"}
            )
            told = await response.json()
            assert (told["method"], told["path"], told["body"]) == ("GET", "/prevelika-datoteka", "")
            assert told["headers"]["cookie"] == "a=b"
            assert "content-length" not in told["headers"]

    play(story)


def test_door_and_portal_agree_on_what_is_too_large() -> None:
    assert MAX_BODY_BYTES == LARGEST_BODY_BYTES


@pytest.mark.parametrize(
    ("languages", "sentence"),
    [
        ("hr", "Vratite se i pošaljite još jednom"),
        ("sr-Latn", "Veza se prekinula"),
        ("en", "It may have arrived"),
    ],
)
def test_a_connection_that_breaks_while_something_is_sent_is_no_program_that_starts(
    play: Play, languages: str, sentence: str
) -> None:
    async def story(browser: ClientSession, _street: Street) -> None:
        response = await browser.post("/hang-up", data="a=1", headers={"Accept-Language": languages})
        assert response.status == 502
        assert sentence in await response.text()
        assert "Refresh" not in response.headers

    play(story)


@pytest.mark.parametrize(
    ("languages", "cookie", "sentence"),
    [
        ("en", "", "This address is too long"),
        ("sr-Cyrl", "", "Адреса је предугачка"),
        ("en", "mostovi_language=hr", "Adresa je predugačka"),
    ],
)
def test_an_address_that_is_too_long_gets_a_page_in_her_language(
    play: Play, languages: str, cookie: str, sentence: str
) -> None:
    async def story(browser: ClientSession, _street: Street) -> None:
        headers = {"Accept-Language": languages, "Cookie": cookie}
        response = await browser.get("/provjera?a=" + "x" * 20_000, headers=headers)
        assert response.status == 414
        assert sentence in await response.text()

    play(story)


def test_more_cookies_than_anybody_reads_get_a_page(play: Play) -> None:
    async def story(browser: ClientSession, _street: Street) -> None:
        headers = {"Accept-Language": "en", "Cookie": "a=" + "x" * 20_000}
        response = await browser.get("/", headers=headers)
        assert response.status == 431
        assert "Delete the cookies of this address" in await response.text()

    play(story)


@pytest.mark.parametrize(
    "line",
    [
        f"GET /{'x' * 100_000} HTTP/1.1",
        "nonsense",
        *("CONNECT a.b:1 HTTP/1.1", "CONNECT / HTTP/1.1", "CONNECT /live/?a HTTP/1.1", "OPTIONS * HTTP/1.1"),
    ],
)
def test_what_cannot_be_read_at_all_gets_a_page_and_no_bare_line(play: Play, line: str) -> None:
    async def story(browser: ClientSession, _street: Street) -> None:
        assert browser._base_url is not None
        reader, writer = await asyncio.open_connection("127.0.0.1", browser._base_url.port)
        writer.write(f"{line}\r\nHost: a\r\n\r\n".encode())
        answer = (await asyncio.wait_for(reader.readuntil(b"</main>"), 5)).decode()
        assert answer.split()[1] == "400"
        assert "<h1>Nismo mogli pročitati ono što je stiglo</h1>" in answer
        writer.close()

    play(story)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "We did not find this page"), ("sr-Latn", "Ovu stranicu nismo pronašli")],
)
def test_what_live_does_not_know_is_a_page_for_browsers_and_a_line_for_programs(
    play: Play, language: str, sentence: str
) -> None:
    async def story(browser: ClientSession, _street: Street) -> None:
        headers = {"Accept": "text/html,*/*;q=0.8", "Accept-Language": language}
        page = await browser.get("/live/", headers=headers)
        assert page.status == 404
        assert f"<h1>{sentence}</h1>" in await page.text()
        assert await (await browser.get("/live/")).text() == "404: Not Found"

    play(story)


def test_a_page_whose_program_is_killed_meanwhile_loads_again_by_itself(play: Play) -> None:
    async def story(browser: ClientSession, _street: Street) -> None:
        response = await browser.get("/hang-up")
        assert response.status == 503
        assert response.headers["Refresh"] == "3"

    play(story)


@pytest.mark.parametrize(
    "path", ["/provjera/%0a", "/%0a", "/provjera/%0d%0ax", "/%00", "/%e2%80%a8", "/a//b", "/%ff"]
)
def test_every_path_is_the_portals_to_answer(play: Play, path: str) -> None:
    async def story(browser: ClientSession, _street: Street) -> None:
        response = await browser.get(URL(path, encoded=True))
        assert (await response.json())["path"] == path

    play(story)
