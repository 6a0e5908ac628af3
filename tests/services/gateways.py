"""The institutions of Amra's story as real gateways, with a time-stamp authority that a test switches on.

Import the fixtures into a file of tests: ``stamps``, ``built`` and ``country``.
"""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from exchange.bridge_fixture import Country, make_contract
from free_ports import free_port
from mostovi.demo.authorities import issuing, time_stamps
from mostovi.exchange.protocol.questions import fresh_salt
from mostovi.kernel import clock
from mostovi.services import public
from mostovi.services.catalogue import find_definition
from mostovi.services.definition import FactRequest
from services.cast import AMRA_NUMBER, RECORDS

TUZLA, BRCKO = "tuzla-social-work", "brcko-registrar"


@dataclass
class TimeStamps:
    """A time-stamp authority that a test can switch on."""

    authority: issuing.Issued
    port: int
    server: ThreadingHTTPServer | None = None

    def start(self) -> None:
        authority = self.authority

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                query = self.rfile.read(int(self.headers["Content-Length"]))
                stamp = time_stamps.answer(query, authority=authority, now=datetime.now(UTC))
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(stamp)))
                self.end_headers()
                self.wfile.write(stamp)

            def log_message(self, *_arguments: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None


def answer_from_records(provider: str, path: str, body: bytes) -> tuple[int, bytes]:
    service, asked = path.rsplit("/", 1)[1], json.loads(body)
    if asked["subject"]["jmb"] != AMRA_NUMBER:
        return 404, json.dumps({"code": "person_not_found"}).encode()
    known = RECORDS[provider, service]
    facts = {name: known[name] for name in asked["fields"] if name in known}
    answer = {"facts": facts, "as_of": "2026-11-21T14:05:00Z", "salt": fresh_salt()}
    return 200, json.dumps(answer).encode()


@pytest.fixture(scope="module")
def stamps() -> Iterator[TimeStamps]:
    authority = TimeStamps(issuing.issue_root(datetime.now(UTC)), free_port())
    yield authority
    authority.stop()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, stamps: TimeStamps) -> Iterator[Country]:
    """The five institutions of Amra's story, made once for all tests of this file."""
    requests = find_definition("child-allowance").requests
    made = Country(tmp_path_factory.mktemp("country"), (TUZLA, *(request.provider for request in requests)))
    stamps.authority = made._issue(issuing.TIME_STAMPS, "Demonstration time stamps", "")
    for request in requests:
        offer(made, request)
    for provider in made.institutions:
        fields = ("totalUsages", "usages")
        made.add_contract(
            make_contract(TUZLA, provider, "gateway", "findUsage", fields, id=f"own-{provider}")
        )
    stamping = {"url": f"http://127.0.0.1:{stamps.port}"}
    made.configure(made.institutions[TUZLA], services=[], time_stamping=stamping)
    yield made
    made.end()


def offer(made: Country, request: FactRequest) -> None:
    """One register with its contract, answering from RECORDS."""
    made.add_contract(make_contract(TUZLA, request.provider, "register", request.service, request.fields))
    register = made.institutions[request.provider].register
    register.answer = lambda path, _headers, body: answer_from_records(request.provider, path, body)
    service = {"code": request.service, "address": f"unix:{register.path}", "timeout_seconds": 1}
    made.configure(made.institutions[request.provider], services=[service])


@pytest.fixture
def country(built: Country, settings: Any) -> Country:
    """All gateways run, whatever the test before stopped."""
    settings.GATEWAYS = built.gateways_setting()
    settings.TRUST_ROOT = str(built.folder / "root.pem")
    stopped = [code for code, institution in built.institutions.items() if institution.process is None]
    if stopped:
        built.start(*stopped)
    return built


def work(*, seconds_from_now: int = 30) -> None:
    public.do_due_work(clock.now() + timedelta(seconds=seconds_from_now))
