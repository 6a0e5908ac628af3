"""Birth extracts: composed by the registrar, sealed by its own gateway, once per case."""

import asyncio
import base64
import hashlib
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from mostovi.demo.members import find_member
from mostovi.demo.population import cast
from mostovi.demo.population.families import generate_population
from mostovi.demo.registers.extract_document import LANGUAGES, compose_extract
from mostovi.demo.registers.extracts import ExtractOffice
from mostovi.demo.registers.filling import make_register
from mostovi.demo.registers.own_gateway import GatewaySilent, NotSealed, OwnGateway, Reservation
from mostovi.demo.registers.program import open_database
from mostovi.demo.registers.values import BadQuestion, PersonNotFound, Question

BASE = "http://127.0.0.1:8800"
FIELDS = ("document_base64", "code", "issued_on")
Story = Callable[[ExtractOffice], Awaitable[None]]


class SealingDesk:
    """Stands where the gateway stands: hands out codes and marks what it sealed."""

    def __init__(self) -> None:
        self.codes = iter("J8" + "AEJKMT2"[n] * 7 for n in range(7))
        self.reserved: list[dict[str, Any]] = []
        self.sealed: list[str] = []
        self.refuses_with: int | None = None

    async def reserve(self, request: web.Request) -> web.Response:
        self.reserved.append(await request.json())
        code = next(self.codes)
        told = {"code": code, "issued_on": "2026-11-21", "verify_url": f"{BASE}/provjera/{code}?s=x"}
        return web.json_response(told)

    async def seal(self, request: web.Request) -> web.Response:
        code, body = request.match_info["code"], await request.json()
        pdf = base64.b64decode(body["pdf_base64"])
        assert hashlib.sha256(pdf).hexdigest() == body["decision"]["pdf_sha256"]
        if self.refuses_with or code in self.sealed:
            return web.json_response({"code": "already_sealed"}, status=self.refuses_with or 409)
        self.sealed.append(code)
        return web.json_response({"pdf_base64": base64.b64encode(pdf + b"% sealed").decode()})

    async def open(self, socket: Path) -> web.AppRunner:
        application = web.Application(client_max_size=2**24)
        application.add_routes(
            [web.post("/v1/documents", self.reserve), web.put("/v1/documents/{code}/seal", self.seal)]
        )
        runner = web.AppRunner(application)
        await runner.setup()
        await web.UnixSite(runner, str(socket)).start()
        return runner


@pytest.fixture(scope="module")
def register_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("register") / "zenica.sqlite3"
    population = generate_population(3, people_at_least=100)
    make_register(path, find_member("zenica-registrar"), population, today=date(2026, 11, 21))
    return path


@pytest.fixture
def register(register_file: Path, tmp_path: Path) -> Any:
    copy = tmp_path / "register.sqlite3"
    copy.write_bytes(register_file.read_bytes())
    connection = open_database(copy)
    yield connection
    connection.close()


@pytest.fixture
def desk() -> SealingDesk:
    return SealingDesk()


@pytest.fixture
def play(register: sqlite3.Connection, desk: SealingDesk, tmp_path: Path) -> Callable[[Story], None]:
    async def run(story: Story) -> None:
        runner = await desk.open(tmp_path / "gateway.sock")
        gateway = OwnGateway(tmp_path / "gateway.sock", BASE)
        try:
            await story(ExtractOffice(find_member("zenica-registrar"), register, gateway))
        finally:
            await runner.cleanup()

    return lambda story: asyncio.run(run(story))


def question(case: str = "M2EK8J5TA", language: str = "bs", number: str = cast.MILAN.number) -> Question:
    return Question(number, FIELDS, {"language": language}, case)


def test_milan_gets_his_extract_as_a_sealed_pdf(play: Callable[[Story], None], desk: SealingDesk) -> None:
    async def story(office: ExtractOffice) -> None:
        facts = await office.issue(question())
        assert set(facts) == set(FIELDS)
        document = base64.b64decode(facts["document_base64"])
        assert document.startswith(b"%PDF-")
        assert document.endswith(b"% sealed")
        assert desk.reserved[0]["kind"] == "birth-extract"
        assert desk.reserved[0]["case"] == "M2EK8J5TA"

    play(story)


def test_the_same_case_gets_the_same_document(play: Callable[[Story], None], desk: SealingDesk) -> None:
    async def story(office: ExtractOffice) -> None:
        first, second = await asyncio.gather(office.issue(question()), office.issue(question()))
        assert first == second == await office.issue(question())
        assert len(desk.sealed) == 1

    play(story)


def test_another_case_gets_another_document(play: Callable[[Story], None]) -> None:
    async def story(office: ExtractOffice) -> None:
        first = await office.issue(question())
        assert (await office.issue(question("K4T92M7AE")))["code"] != first["code"]

    play(story)


def test_a_register_stopped_before_the_seal_goes_on_with_the_same_code(
    play: Callable[[Story], None], desk: SealingDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stopped(*_: Any, **__: Any) -> bytes:
        raise GatewaySilent

    async def story(office: ExtractOffice) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(OwnGateway, "seal", stopped)
            with pytest.raises(GatewaySilent):
                await office.issue(question())
        facts = await office.issue(question())
        assert len(desk.reserved) == 1
        assert desk.sealed == [facts["code"]]

    play(story)


def test_a_register_stopped_after_the_seal_issues_a_new_paper(
    play: Callable[[Story], None], desk: SealingDesk, register: sqlite3.Connection
) -> None:
    async def story(office: ExtractOffice) -> None:
        lost = await office.issue(question())
        register.execute("UPDATE extracts SET document = NULL")
        facts = await office.issue(question())
        assert facts["code"] != lost["code"]
        assert desk.sealed == [lost["code"], facts["code"]]

    play(story)


def test_a_gateway_that_refuses_leaves_no_document(play: Callable[[Story], None], desk: SealingDesk) -> None:
    async def story(office: ExtractOffice) -> None:
        desk.refuses_with = 403
        with pytest.raises(NotSealed, match="already_sealed"):
            await office.issue(question())
        desk.refuses_with = 503
        with pytest.raises(GatewaySilent):
            await office.issue(question("K4T92M7AE"))

    play(story)


def test_without_a_case_nothing_is_issued(play: Callable[[Story], None], desk: SealingDesk) -> None:
    async def story(office: ExtractOffice) -> None:
        with pytest.raises(BadQuestion):
            await office.issue(question(case=""))
        with pytest.raises(BadQuestion):
            await office.issue(question(language="la"))
        with pytest.raises(PersonNotFound):
            await office.issue(question(number=cast.AMRA.number))
        assert desk.reserved == []

    play(story)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_extract_is_set_in_every_variant(register: sqlite3.Connection, language: str) -> None:
    row = register.execute("SELECT * FROM births WHERE person_number = ?", (cast.MILAN.number,)).fetchone()
    reserved = Reservation("J8AAAAAAA", date(2026, 11, 21), f"{BASE}/provjera/J8AAAAAAA?s=x")
    member = find_member("zenica-registrar")
    first = compose_extract(member, dict(row), reserved, language, "M2EK8J5TA")
    assert first.startswith(b"%PDF-")
    assert first == compose_extract(member, dict(row), reserved, language, "M2EK8J5TA")
    assert cast.MILAN.number.encode() not in first
