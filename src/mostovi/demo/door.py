"""The demonstration's one address: a streaming proxy before portal, identity provider and live."""

import argparse
import asyncio
import contextlib
import logging
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from mostovi.demo.door_page import broken_page, missing_page, opening_page, unreadable_page

logger = logging.getLogger("mostovi.demo.door")
# RFC 9110 §7.6.1: what belongs to one connection is not passed on.
_HOP_BY_HOP = {
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
# The door says these itself: what a browser claims about them is worth nothing.
_FORWARDED = {"forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"}
_CONNECT_SECONDS = 5
MAX_BODY_BYTES = 12 * 1024 * 1024
# What the programs behind the door read of an address or a header.
LONGEST_LINE = 8_000
# What the door itself reads, so that whoever sends more than that is answered in her language.
_LONGEST_READ = 64 * 1024
TOO_LARGE = "/prevelika-datoteka"


@dataclass(frozen=True)
class Room:
    """A program behind the door: every path that begins with ``prefix`` is its own."""

    prefix: str
    base_url: str
    session: aiohttp.ClientSession


class Door:
    def __init__(self, base_url: str, rooms: Sequence[Room]) -> None:
        self.base_url = base_url
        self.host = base_url.partition("://")[2]
        self.rooms = sorted(rooms, key=lambda room: len(room.prefix), reverse=True)

    async def pass_on(self, request: web.BaseRequest) -> web.StreamResponse:
        unreadable = _why_unreadable(request)
        if unreadable:
            return unreadable_page(unreadable, request.headers.get("Accept-Language", ""), request.cookies)
        if request.method in {"GET", "HEAD"} and self._is_another_name_of_ours(request.host):
            return web.Response(status=307, headers={"Location": self.base_url + request.path_qs})
        path = TOO_LARGE if _is_too_large(request) else request.path
        room = next(room for room in self.rooms if path.startswith(room.prefix))
        try:
            answer = await self._ask(room, request)
        except (aiohttp.ClientConnectorError, aiohttp.ServerTimeoutError):
            logger.info("nobody answers behind %s", room.prefix)
            return opening_page(request.headers.get("Accept-Language", ""), request.cookies)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            logger.info("the connection behind %s broke: %s", room.prefix, type(error).__name__)
            return self._broken(request)
        async with answer:
            if _is_bare(request, answer):
                return missing_page(
                    answer.status, request.headers.get("Accept-Language", ""), request.cookies
                )
            return await _stream(request, answer)

    def _broken(self, request: web.BaseRequest) -> web.Response:
        """A program that ends while it is only read is started anew; what was sent may have been lost."""
        page = broken_page if request.body_exists else opening_page
        return page(request.headers.get("Accept-Language", ""), request.cookies)

    def _is_another_name_of_ours(self, host: str) -> bool:
        """``localhost`` would lose the session that sign-in makes at the address of ``base_url``."""
        return host != self.host and host.rpartition(":")[0] in {"localhost", "127.0.0.1", "[::1]"}

    async def _ask(self, room: Room, request: web.BaseRequest) -> aiohttp.ClientResponse:
        method, path, headers = request.method, request.raw_path, self._headers(request)
        body = request.content if request.body_exists else None
        if _is_too_large(request):
            # The rest is read and dropped behind our answer; the portal's own page says what to do.
            method, path, body = "GET", TOO_LARGE, None
            for name in ("Content-Length", "Content-Type"):
                headers.popall(name, None)
        return await room.session.request(
            method,
            URL(room.base_url + path, encoded=True),
            headers=headers,
            data=body,
            allow_redirects=False,
        )

    def _headers(self, request: web.BaseRequest) -> CIMultiDict[str]:
        kept = _end_to_end(request.headers, _FORWARDED)
        kept["X-Forwarded-For"] = request.remote or "127.0.0.1"
        kept["X-Forwarded-Host"] = request.host
        kept["X-Forwarded-Proto"] = request.scheme
        return kept


def _why_unreadable(request: web.BaseRequest) -> int:
    """The status of what no program behind the door takes; 0 for what is passed on."""
    # CONNECT names a host and no path, even where its line holds one.
    if not (request.raw_path.startswith("/") and request.path.startswith("/")):
        return 400
    if len(request.raw_path) > LONGEST_LINE:
        return 414
    too_much = any(len(name) + len(text) > LONGEST_LINE for name, text in request.headers.items())
    return 431 if too_much else 0


def _is_bare(request: web.BaseRequest, answer: aiohttp.ClientResponse) -> bool:
    """A program for programs says in a line of English that it has no such address; a browser gets a page."""
    missing = answer.status in {404, 405} and answer.content_type == "text/plain"
    return missing and "text/html" in request.headers.get("Accept", "")


def _is_too_large(request: web.BaseRequest) -> bool:
    return (request.content_length or 0) > MAX_BODY_BYTES


def _end_to_end(headers: Mapping[str, str], dropped: set[str]) -> CIMultiDict[str]:
    found = CIMultiDict(headers)
    named = {name.strip().lower() for line in found.getall("Connection", []) for name in line.split(",")}
    for name in {name.lower() for name in found} & (_HOP_BY_HOP | dropped | named):
        found.popall(name)
    return found


async def _stream(request: web.BaseRequest, answer: aiohttp.ClientResponse) -> web.StreamResponse:
    """Each piece as it comes, so that events arrive when they happen."""
    response = web.StreamResponse(status=answer.status, reason=answer.reason)
    response.headers.extend(_end_to_end(answer.headers, {"date", "server"}))
    await response.prepare(request)
    try:
        async for piece in answer.content.iter_any():
            await response.write(piece)
        await response.write_eof()
    except (aiohttp.ClientPayloadError, ConnectionResetError, asyncio.IncompleteReadError):
        # One side left in the middle. The other learns it from a connection that ends too early.
        if request.transport is not None:
            request.transport.close()
    return response


class _Porter(web.RequestHandler):
    """What cannot even be read as HTTP is answered by a page, too."""

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        super().handle_error(request, status, exc, message)
        page = unreadable_page(status, request.headers.get("Accept-Language", ""), request.cookies)
        page.force_close()
        return page


class _Server(web.Server):
    def __call__(self) -> web.RequestHandler:
        return _Porter(self, loop=self._loop, **self._kwargs)


def make_server(door: Door) -> web.Server:
    return _Server(
        door.pass_on,
        # A browser that leaves ends its stream behind the door at once.
        handler_cancellation=True,
        access_log=None,
        max_line_size=_LONGEST_READ,
        max_field_size=_LONGEST_READ,
    )


def _session(connector: aiohttp.BaseConnector) -> aiohttp.ClientSession:
    """Passes bodies as they are; waits as long as it takes, since streams stay open for hours."""
    return aiohttp.ClientSession(
        connector=connector,
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        skip_auto_headers={"User-Agent", "Accept", "Accept-Encoding", "Content-Type"},
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS),
    )


async def open_rooms(portal: str, sockets: dict[str, Path]) -> list[Room]:
    """The portal by its address, the others by their unix sockets."""
    rooms = [Room("/", portal, _session(aiohttp.TCPConnector(limit=200)))]
    for prefix, path in sockets.items():
        rooms.append(Room(prefix, "http://localhost", _session(aiohttp.UnixConnector(str(path), limit=5000))))
    return rooms


async def serve(options: argparse.Namespace) -> None:
    rooms = await open_rooms(
        options.portal, {"/demo-idp/": options.identity_provider, "/live/": options.live}
    )
    runner = web.ServerRunner(make_server(Door(options.base_url, rooms)), shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", options.port).start()
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()
        for room in rooms:
            await room.session.close()


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m mostovi.demo.door", description="The one address of the demonstration."
    )
    parser.add_argument("--port", required=True, type=int, metavar="NUMBER")
    parser.add_argument("--base-url", required=True, metavar="URL", help="the address browsers use")
    parser.add_argument("--portal", required=True, metavar="URL", help="where the portal listens")
    parser.add_argument("--identity-provider", required=True, type=Path, metavar="FILE", help="unix socket")
    parser.add_argument("--live", required=True, type=Path, metavar="FILE", help="unix socket")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(parser.parse_args(argv)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
