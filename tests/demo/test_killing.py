"""The whole country under load, while its programs are killed at random: nothing acknowledged is lost."""

import json
import logging
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from demo.browsing import REASONS, Browser, Citizen, Clerk, Official
from demo.test_country import Country, until
from exchange.bridge_fixture import call
from exchange.gateway.test_durability import check_store
from free_ports import free_port
from mostovi.demo.members import list_members
from mostovi.demo.population.cast import GORDANA, SENADA, cast_population
from mostovi.demo.registers.filling import make_register
from mostovi.demo.supervisor.layout import lay_out
from mostovi.demo.supervisor.programs import Site, portal_environment
from mostovi.exchange.protocol.certificates import load_certificate
from mostovi.exchange.protocol.checkpoints import verify_checkpoint
from mostovi.exchange.protocol.identifiers import MemberId
from mostovi.exchange.protocol.merkle import Frontier
from mostovi.exchange.verification.documents import verify_document
from mostovi.exchange.verification.receipts import verify_receipt_file

pytestmark = [pytest.mark.programs]
logger = logging.getLogger(__name__)
MOST_RECEIPTS = 150
LATER = """
import sys
from datetime import timedelta
from mostovi.kernel import clock
right = clock.now
clock.now = lambda: right() + timedelta(minutes=3)
from mostovi.config.command_line import main
sys.exit(main(["worker", "--once"]))
"""


@pytest.fixture
def country(tmp_path: Path) -> Iterator[Country]:
    """The demonstration with the cast alone, so that it starts quickly, and no case played before."""
    port = free_port()
    layout = lay_out(tmp_path / "country")
    (layout.root / "seeded").touch()
    today = datetime.now(UTC).date()
    for member in list_members():
        if member.registers:
            make_register(layout.register_database(member.code), member, cast_population(), today=today)
    running = Country(layout.root, port)
    try:
        running.wait_until_open()
        yield running
    finally:
        if running.command.poll() is None:
            running.stop()
        shutil.rmtree(layout.sockets, ignore_errors=True)


class Auditor:
    """Asks every gateway for the signed state of its log, again and again, and forgets none."""

    def __init__(self, country: Country) -> None:
        self.country = country
        self.stop = threading.Event()
        self.seen: dict[str, list[str]] = {member.code: [] for member in list_members()}

    def live(self) -> None:
        while not self.stop.wait(0.3):
            for code, notes in self.seen.items():
                with suppress(OSError):
                    status, _, answer = ask_gateway(self.country, code, "/v1/log/checkpoint")
                    if status == 200:
                        notes.append(answer["checkpoint"])


def ask_gateway(country: Country, code: str, target: str) -> tuple[int, dict[str, str], Any]:
    return call(lay_out(country.directory).socket(code, "portal"), "GET", target, None, {})


def play(country: Country, *, seconds: float, kills: int, seed: int) -> "Played":
    """Load from all sides for so long; meanwhile so many programs are killed."""
    logger.warning("seed %s", seed)
    people: list[Browser] = [
        Citizen(base(country), "amra"),
        Citizen(base(country), "jelena"),
        Citizen(base(country), "milan", service="birth-extract"),
        Official(base(country), "damir", form_page="/predmeti/upit"),
        Clerk(
            base(country),
            "sanja",
            form_page="/salter/",
            service="birth-extract",
            customer=GORDANA.number,
            name=GORDANA.name,
            neighbour=SENADA.number,
        ),
    ]
    auditor = Auditor(country)
    lives: list[Callable[[], None]] = [each.live for each in people]  # type: ignore[attr-defined]
    threads = [Life(live) for live in (*lives, auditor.live)]
    for thread in threads:
        thread.start()
    kill_at_random(country, random.Random(seed), seconds, kills)
    # Who was held up by it gets to the end of one thing at least.
    until(lambda: all(each.done() for each in people) or any(each.error for each in threads), seconds=40)
    for each in (*people, auditor):
        each.stop.set()
    for thread in threads:
        thread.end()
    wait_until_all_run(country)
    return Played(country, people, auditor)


class Life(threading.Thread):
    """What goes wrong in it goes wrong in the test."""

    def __init__(self, live: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self.live = live
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self.live()
        except BaseException as error:  # noqa: BLE001 - raised again by the test
            self.error = error

    def end(self) -> None:
        self.join(timeout=60)
        assert not self.is_alive()
        if self.error is not None:
            raise self.error


def base(country: Country) -> str:
    return f"http://127.0.0.1:{country.port}"


def wait_until_all_run(country: Country, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while down := [
        each for each in country.control("GET", "/programs")["programs"] if each["state"] != "running"
    ]:
        assert time.monotonic() < deadline, (down, country.logs())
        time.sleep(1)


def kill_at_random(country: Country, chance: random.Random, seconds: float, kills: int) -> None:
    """At random moments, spread over the time; the first only when people are at work."""
    time.sleep(seconds / (kills + 1))
    for _ in range(kills):
        name, process = chance.choice(sorted(country.processes().items()))
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        logger.warning("killed %s", name)
        time.sleep(chance.uniform(0.2, 1.8) * seconds / (kills + 1))


def refuse_while_the_disk_is_full(country: Country, citizen: Citizen) -> None:
    """No file of the portal and the worker may grow: she reads a sentence, and goes on when there is room."""
    citizen.stop.clear()
    citizen.apply()  # what she had begun; the next one has to be written
    full, roomy = (0, resource.RLIM_INFINITY), (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    processes = [country.processes()[name] for name in ("portal", "worker")]
    for process in processes:
        resource.prlimit(process, resource.RLIMIT_FSIZE, full)
    form = {"csrfmiddlewaretoken": citizen.token}
    for _ in range(3):
        page = citizen.open(f"/usluge/{citizen.service}/", form)
        assert page.status == 500
        assert "What you sent before is saved. Try again in a few minutes." in page.html
    for process in processes:
        resource.prlimit(process, resource.RLIMIT_FSIZE, roomy)
    before = len(citizen.acknowledged)
    citizen.apply()
    assert len(citizen.acknowledged) == before + 1


class Played:
    """What was acknowledged, and whether it is there."""

    def __init__(self, country: Country, people: list[Browser], auditor: Auditor) -> None:
        self.country, self.auditor = country, auditor
        self.layout = lay_out(country.directory)
        self.root = (self.layout.keys / "root.pem").read_bytes()
        self.citizens = [each for each in people if isinstance(each, Citizen)]
        self.official = next(each for each in people if isinstance(each, Official))

    def rows(self, query: str) -> list[sqlite3.Row]:
        with closing(sqlite3.connect(self.layout.database, timeout=20)) as connection:
            connection.row_factory = sqlite3.Row
            return connection.execute(query).fetchall()

    def unsettled(self) -> int:
        waiting = (
            "SELECT 1 FROM services_case"
            " WHERE state IN ('received', 'waiting_for_facts', 'decided', 'sealed')"
        )
        unsealed = "SELECT 1 FROM kernel_auditline WHERE sealed_at IS NULL"
        return len(self.rows(waiting)) + len(self.rows(unsealed))

    def settle_later(self) -> None:
        """As if the worker had been killed three minutes ago: another one begins, and its clock says so."""
        ports = json.loads(self.layout.ports.read_text())
        environment = portal_environment(Site(self.layout, self.country.port, ports))
        with self.killed_and_kept_from_coming_back("worker"):
            for _ in range(10):
                if not self.unsettled():
                    return
                command = [sys.executable, "-c", LATER]
                subprocess.run(command, env={**os.environ, **environment}, check=True, timeout=60)
        raise AssertionError(f"{self.unsettled()} cases and lines still wait")

    @contextmanager
    def killed_and_kept_from_coming_back(self, name: str) -> Iterator[None]:
        """What it had leased is nobody's now; its successor is held before it has begun to work."""
        before = self.country.processes()[name]
        os.kill(before, signal.SIGKILL)
        until(lambda: self.country.processes().get(name) not in {None, before})
        held = self.country.processes()[name]
        os.kill(held, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(held, signal.SIGCONT)

    # Nothing is lost

    def check(self) -> None:
        self.check_submissions()
        self.check_decisions()
        self.check_receipts()
        self.check_states_seen()
        self.check_who_looked()
        self.country.stop()
        self.check_documents()
        self.check_stores()
        self.check_personal_numbers()

    def check_submissions(self) -> None:
        """Each acknowledged submission is exactly one case, with its answers and its receipt."""
        cases = {row["code"]: row for row in self.rows("SELECT * FROM services_case")}
        for citizen in self.citizens:
            assert citizen.acknowledged, f"{citizen.who} got nothing done"
            assert len(citizen.acknowledged) == len(set(citizen.acknowledged))
            owners = {cases[code]["applicant_id"] for code in citizen.acknowledged}
            assert len(owners) == 1
            own = [row for row in cases.values() if row["applicant_id"] in owners]
            sent = {row["code"] for row in own if row["received_at"] is not None}
            assert set(citizen.acknowledged) <= sent
            assert len(sent) <= len(citizen.acknowledged) + 1, "a case that nobody sent"
            assert len(own) <= len(citizen.acknowledged) + 1, "a second draft"
            for (code, key), answer in citizen.answers.items():
                kept = json.loads(cases[code]["answers"])
                assert key in kept
                assert not answer or kept[key] == answer
            citizen.stop.clear()
            for code in citizen.acknowledged[-3:]:
                assert citizen.get(f"/zahtjevi/{code}/potvrda").status == 200

    def check_decisions(self) -> None:
        made = {
            row["code"]: row
            for row in self.rows(
                "SELECT code, reasons, state FROM services_case JOIN services_decision"
                " ON services_decision.case_id = services_case.id"
            )
        }
        for code in self.official.decided:
            assert (made[code]["reasons"], made[code]["state"]) == (REASONS, "delivered")

    def check_receipts(self) -> None:
        """Each exchange and each audit line that the portal counts as done has its proof in the log."""
        facts = self.rows("SELECT exchange_id, log_entry FROM services_fact WHERE state = 'answered'")
        # All were sealed before; what these checks themselves look at is on its way.
        sealed = "SELECT NULL AS exchange_id, log_entry FROM kernel_auditline WHERE sealed_at IS NOT NULL"
        lines = self.rows(sealed)
        assert facts
        entries = [row["log_entry"] for row in lines]
        assert len(entries) == len(set(entries)), "two lines in one entry"
        chosen = random.Random(1).sample([*facts, *lines], min(MOST_RECEIPTS, len(facts) + len(lines)))
        for row in chosen:
            member, _, number = row["log_entry"].partition("/")
            status, _, receipt = ask_gateway(self.country, member, f"/v1/receipts/{number}")
            assert status == 200, row["log_entry"]
            assert row["exchange_id"] in {None, receipt["entries"][0]["record"].get("exchange_id")}
            file = json.dumps(receipt, ensure_ascii=False, indent=2).encode()
            verdict = verify_receipt_file(file, trust_root=self.root, now=datetime.now(UTC))
            assert verdict.state == "genuine", (row["log_entry"], verdict)

    def check_who_looked(self) -> None:
        """Amra sees who asked about her, and every page of hers and of the auditor's shows no number."""
        amra, zlata = self.citizens[0], Browser(base(self.country), "zlata", form_page="/odjava/")
        assert "brcko-registrar" in amra.get("/moji-podaci/?lang=en").html
        zlata.sign_in()
        numbers = {person.number for person in cast_population().persons}
        pages = [amra.get("/moji-podaci/"), zlata.get("/revizija/")]
        pages += [zlata.get(f"/revizija/{code}/") for code in self.auditor.seen]
        for page in pages:
            assert page.status == 200
            assert not [number for number in numbers if number in page.html], page.path

    def check_states_seen(self) -> None:
        """The log of each institution continues every state that it ever signed."""
        for code, notes in self.auditor.seen.items():
            assert notes, f"nobody saw the log of {code}"
            key = load_certificate((self.layout.keys / code / "signing.pem").read_bytes()).public_key()
            with closing(sqlite3.connect(self.layout.gateways / code / "gateway.sqlite3")) as log:
                leaves = [row[0] for row in log.execute("SELECT hash FROM leaf ORDER BY position")]
            for note in dict.fromkeys(notes):
                state = verify_checkpoint(note, member=MemberId("BA", "GOV", code), public_key=key)
                assert Frontier().extend(leaves[: state.size])[0].root() == state.root

    def check_documents(self) -> None:
        """Each document verifies, is the one its issuer vouches for, and was sealed over one page only."""
        documents = self.rows(
            "SELECT code, issuer, pdf, sha256 FROM services_document WHERE sealed_at IS NOT NULL"
        )
        assert documents
        for row in documents:
            verdict = verify_document(row["pdf"], trust_root=self.root, now=datetime.now(UTC))
            assert (verdict.state, verdict.code) == ("genuine", row["code"])
            with closing(sqlite3.connect(self.layout.gateways / row["issuer"] / "gateway.sqlite3")) as log:
                state, digest = log.execute(
                    "SELECT state, sealed_sha256 FROM document WHERE code = ?", (row["code"],)
                ).fetchone()
                pages = {
                    record["detail"]["page_mac"]
                    for (text,) in log.execute("SELECT record FROM opening")
                    if (record := json.loads(text))["kind"] == "seal"
                    and record["detail"]["code"] == row["code"]
                }
            assert (state, digest) == ("valid", row["sha256"])
            assert len(pages) == 1

    def check_stores(self) -> None:
        assert [row[0] for row in self.rows("PRAGMA integrity_check")] == ["ok"]
        for member in list_members():
            check_store(self.layout.gateways / member.code / "gateway.sqlite3")

    def check_personal_numbers(self) -> None:
        """Only registers know them: no log, no event, no opening of a gateway's, no table of the portal's."""
        numbers = [person.number.encode() for person in cast_population().persons]
        for path in sorted(self.layout.root.rglob("*")):
            if not path.is_file() or path.parent == self.layout.registers:
                continue
            content = path.read_bytes()
            assert not [number for number in numbers if number in content], path


@pytest.mark.timeout(150)
def test_programs_killed_under_load_lose_nothing_that_was_acknowledged(country: Country) -> None:
    played = play(country, seconds=8, kills=6, seed=int(time.time()))
    refuse_while_the_disk_is_full(country, played.citizens[0])
    played.settle_later()
    played.check()


@pytest.mark.slow
@pytest.mark.timeout(420)
def test_programs_killed_for_minutes_lose_nothing_and_every_case_completes_itself(country: Country) -> None:
    played = play(country, seconds=100, kills=45, seed=int(time.time()))
    until(lambda: not played.unsettled(), seconds=120)
    played.check()
