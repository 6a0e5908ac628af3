"""One institution's register as a program: it answers its own gateway over a unix socket, and nobody else."""

import argparse
import json
import logging
import os
import sqlite3
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from aiohttp import web

from mostovi.demo.members import Member, find_member
from mostovi.demo.registers.answers import answer, read_question
from mostovi.demo.registers.openapi import describe_register
from mostovi.demo.registers.own_gateway import OwnGateway
from mostovi.demo.registers.values import Question, services_of
from mostovi.exchange.protocol.questions import fresh_salt
from mostovi.kernel import clock
from mostovi.kernel.errors import Refusal

logger = logging.getLogger("mostovi.demo.register")
MAX_QUESTION_BYTES = 16 * 1024


class IssuesExtracts(Protocol):
    async def issue(self, question: Question) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Register:
    member: Member
    connection: sqlite3.Connection
    extracts: IssuesExtracts | None

    async def answer(self, request: web.Request) -> web.Response:
        service = request.match_info["service"]
        if service not in services_of(self.member.registers):
            return _refused("unknown_service", "This register has no such service.", 404)
        question = read_question(await _json(request), request.headers.get("X-Road-Issue", ""))
        if service == "birthExtract" and self.extracts is not None:
            facts = await self.extracts.issue(question)
        else:
            facts = answer(self.connection, service, question)
        as_of = clock.now().isoformat(timespec="seconds").replace("+00:00", "Z")
        return _reply({"facts": facts, "as_of": as_of, "salt": fresh_salt()})

    async def describe(self, _request: web.Request) -> web.Response:
        return _reply(describe_register(self.member))

    async def health(self, _request: web.Request) -> web.Response:
        self.connection.execute("SELECT 1")
        return _reply({"institution": self.member.code, "answering": True})


async def _json(request: web.Request) -> Any:
    try:
        return json.loads(await request.read())
    except ValueError:
        return None


def _reply(content: dict[str, Any], status: int = 200) -> web.Response:
    body = json.dumps(content, ensure_ascii=False).encode()
    return web.Response(body=body, status=status, content_type="application/json")


def _refused(code: str, message: str, status: int) -> web.Response:
    return _reply({"code": code, "message": message}, status)


@web.middleware
async def _refusals_become_answers(request: web.Request, handler: Any) -> web.StreamResponse:
    try:
        response: web.StreamResponse = await handler(request)
    except Refusal as refusal:
        return _refused(refusal.code, refusal.sentence(), refusal.status)
    return response


def open_database(path: Path) -> sqlite3.Connection:
    """The register's file, opened to read and to add extracts; several threads never share a statement."""
    connection = sqlite3.connect(f"file:{path}?mode=rw", uri=True, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    return connection


def make_application(register: Register) -> web.Application:
    application = web.Application(middlewares=[_refusals_become_answers], client_max_size=MAX_QUESTION_BYTES)
    application.add_routes(
        [
            web.get("/openapi.json", register.describe),
            web.get("/health", register.health),
            web.post("/{service}", register.answer),
        ]
    )
    return application


def _open_extracts(
    member: Member, connection: sqlite3.Connection, gateway: OwnGateway
) -> IssuesExtracts | None:
    """Only registrars set pages, so only they load the typesetter."""
    if "births" not in member.registers:
        return None
    from mostovi.demo.registers.extracts import ExtractOffice  # noqa: PLC0415  as said above

    return ExtractOffice(member, connection, gateway)


def _read_arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m mostovi.demo.registers.program",
        description="A register of the demonstration: synthetic persons, real answers.",
    )
    parser.add_argument("--institution", required=True, metavar="CODE", help="whose register this is")
    parser.add_argument("--database", required=True, type=Path, metavar="FILE", help="SQLite file")
    parser.add_argument("--socket", required=True, type=Path, metavar="FILE", help="where its gateway asks")
    parser.add_argument(
        "--gateway", required=True, type=Path, metavar="FILE", help="socket of its gateway, which seals"
    )
    parser.add_argument("--verify-base-url", required=True, metavar="URL", help="where documents are checked")
    return parser.parse_args(argv)


def main(argv: Sequence[str]) -> int:
    options = _read_arguments(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    member = find_member(options.institution)
    connection = open_database(options.database)
    gateway = OwnGateway(options.gateway, options.verify_base_url)
    register = Register(member, connection, _open_extracts(member, connection, gateway))
    options.socket.unlink(missing_ok=True)
    # Only the owner may connect: the gateway of the same institution runs under the same account.
    os.umask(0o177)
    logger.info("the register of %s listens", member.code)
    web.run_app(
        make_application(register),
        path=str(options.socket),
        access_log=None,
        print=None,
        shutdown_timeout=2,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
