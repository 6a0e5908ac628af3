"""The program of the demonstration's authorities: time stamps (RFC 3161) and the signed directory, over HTTP.

``POST /tsa`` stamps; ``GET /directory`` (also ``/directory.json``) gives the directory;
``GET /revocations.pem`` the list of withdrawn certificates; ``GET /health`` says that all of it works.
"""

import argparse
import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from pathlib import Path

from aiohttp import web

from mostovi.demo.authorities import time_stamps
from mostovi.demo.authorities.directory import REFRESH_SECONDS, DirectoryPublisher, read_addresses
from mostovi.demo.authorities.issuing import Issued
from mostovi.demo.authorities.key_files import MemberName, make_keys, read_issued
from mostovi.demo.members import list_members
from mostovi.kernel import clock

LARGEST_QUERY = 16 * 1024
_LOG = logging.getLogger("mostovi.demo.authorities")


class Authorities:
    """What the handlers share: the stamping key and the directory as it was last signed."""

    def __init__(self, keys: Path, publisher: DirectoryPublisher) -> None:
        self.keys = keys
        self.stamps: Issued = read_issued(keys / "tsa")
        self._publisher = publisher
        self.directory = publisher.publish(clock.now())

    async def stamp(self, request: web.Request) -> web.Response:
        if request.content_type != "application/timestamp-query":
            raise web.HTTPUnsupportedMediaType
        reply = time_stamps.answer(await request.read(), authority=self.stamps, now=clock.now())
        return web.Response(body=reply, content_type="application/timestamp-reply")

    async def show_directory(self, _: web.Request) -> web.Response:
        return web.Response(body=self.directory, content_type="application/json")

    async def show_revocations(self, _: web.Request) -> web.Response:
        body = await asyncio.to_thread((self.keys / "revocations.pem").read_bytes)
        return web.Response(body=body, content_type="application/x-pem-file")

    async def show_health(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def keep_fresh(self, _: web.Application) -> AsyncIterator[None]:
        """Signs the directory anew each minute while the program runs."""
        task = asyncio.create_task(self._sign_each_minute())
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def _sign_each_minute(self) -> None:
        while True:
            await asyncio.sleep(REFRESH_SECONDS)
            try:
                self.directory = self._publisher.publish(clock.now())
            except (OSError, ValueError):
                _LOG.exception(
                    "the directory could not be signed; the last one stays in use until it expires"
                )


def make_application(authorities: Authorities) -> web.Application:
    application = web.Application(client_max_size=LARGEST_QUERY)
    application.add_routes(
        [
            web.post("/tsa", authorities.stamp),
            web.get("/directory", authorities.show_directory),
            web.get("/directory.json", authorities.show_directory),
            web.get("/revocations.pem", authorities.show_revocations),
            web.get("/health", authorities.show_health),
        ]
    )
    application.cleanup_ctx.append(authorities.keep_fresh)
    return application


def open_authorities(directory: Path, addresses: Path) -> Authorities:
    """Makes the keys that are missing, then reads what the authorities need."""
    members = [MemberName(member.code, member.names["en"]) for member in list_members()]
    keys = make_keys(directory, members, clock.now())
    return Authorities(keys, DirectoryPublisher(keys, read_addresses(addresses)))


def _read_arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m mostovi.demo.authorities.program",
        description="The demonstration's certificate, directory and time-stamp authorities. "
        "Never for real use: whoever can read the directory of keys can issue certificates.",
    )
    parser.add_argument(
        "--directory", required=True, type=Path, metavar="DIR", help="where keys/ is or will be made"
    )
    parser.add_argument(
        "--addresses", required=True, type=Path, metavar="FILE", help="JSON: gateway address by member code"
    )
    parser.add_argument("--socket", required=True, type=Path, metavar="FILE", help="unix socket to listen on")
    return parser.parse_args(argv)


def main(argv: Sequence[str]) -> int:
    options = _read_arguments(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    authorities = open_authorities(options.directory, options.addresses)
    options.socket.unlink(missing_ok=True)
    web.run_app(
        make_application(authorities),
        path=str(options.socket),
        access_log=None,
        print=None,
        shutdown_timeout=2,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
