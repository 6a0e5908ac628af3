"""What the gateways tell `mostovi live`: each exchange, in the shape live takes, and never a person."""

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.bridge_fixture import AMRA, BRCKO, CASE, TUZLA, Country, call, country
from mostovi.live.rules import read_event

pytestmark = pytest.mark.programs
__all__ = ["country"]


class Live:
    """Takes the place of `mostovi live`: keeps every line."""

    def __init__(self, path: Path) -> None:
        self.lines: list[bytes] = []
        self.arrived = threading.Condition()
        self.server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.server.bind(str(path))
        self.server.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self._read, args=(connection,), daemon=True).start()

    def _read(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            for line in lines:
                with self.arrived:
                    self.lines.append(line)
                    self.arrived.notify_all()

    def wait_for(self, count: int) -> list[bytes]:
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.lines) >= count, timeout=10)
            return list(self.lines)


@pytest.fixture
def live(country: Country) -> Iterator[Live]:
    path = country.folder / "live.sock"
    made = Live(path)
    for institution in country.institutions.values():
        country.configure(institution, live_socket=str(path))
    yield made
    made.server.close()


def test_an_exchange_is_told_once_with_its_purpose_and_both_signatures(country: Country, live: Live) -> None:
    country.start(TUZLA, BRCKO)
    _, headers, _ = country.ask(TUZLA, BRCKO, "childrenOfParent", ["children"])
    (line,) = live.wait_for(1)
    event = read_event(line)
    assert (event.kind, event.outcome, event.signatures) == ("exchange", "answered", "both")
    assert (event.consumer, event.provider, event.service) == (TUZLA, BRCKO, "childrenOfParent")
    assert event.purpose["en"] == "Decide on child allowance"
    assert event.in_force is False
    assert event.log_entry == headers["mostovi-log-entry"]
    assert event.mark
    assert CASE not in line.decode()
    assert AMRA not in line.decode()


def test_a_refusal_and_a_silence_are_told(country: Country, live: Live) -> None:
    country.start(TUZLA)
    country.ask(TUZLA, BRCKO, "childrenOfParent", ["children"], case=None)
    country.ask(TUZLA, BRCKO, "childrenOfParent", ["children"])
    refused, silent = (read_event(line) for line in live.wait_for(2))
    assert (refused.kind, refused.error) == ("refusal", "Server.ClientProxy.CaseReferenceMissing")
    assert (refused.signatures, silent.signatures) == ("none", "one")
    assert (silent.outcome, silent.error) == ("silent", "Server.ServerProxy.NetworkError")


def test_a_question_about_oneself_is_told_without_its_case(country: Country, live: Live) -> None:
    country.start(TUZLA, BRCKO)
    country.usages(TUZLA, BRCKO)
    country.usages(TUZLA, TUZLA)
    asked, own = (read_event(line) for line in live.wait_for(2))
    assert asked.mark is None
    assert (asked.signatures, own.signatures) == ("both", "own")


def test_a_live_that_is_away_delays_nothing_and_hears_later(country: Country, live: Live) -> None:
    live.server.close()
    path = country.folder / "live.sock"
    path.unlink()
    country.start(TUZLA, BRCKO)
    assert country.ask(TUZLA, BRCKO, "childrenOfParent", ["children"])[0] == 200
    back = Live(path)
    lines = back.wait_for(1)
    assert json.loads(lines[0])["provider"] == BRCKO
    back.server.close()


def test_a_gateway_at_rest_is_small(country: Country) -> None:
    country.start(TUZLA, BRCKO)
    for _ in range(20):
        country.ask(TUZLA, BRCKO, "childrenOfParent", ["children"])
    for code in (TUZLA, BRCKO):
        process = country.institutions[code].process
        assert process is not None
        status = Path(f"/proc/{process.pid}/status").read_text()
        kilobytes = int(status.partition("VmRSS:")[2].split()[0])
        assert kilobytes < 60 * 1024


def test_questions_about_services_are_not_told(country: Country, live: Live) -> None:
    country.start(TUZLA, BRCKO)
    target = f"/r1/BA/GOV/{BRCKO}/register/listMethods"
    socket_path = country.institutions[TUZLA].portal_socket
    assert call(socket_path, "GET", target, None, {"X-Road-Client": f"BA/GOV/{TUZLA}/portal"})[0] == 200
    country.ask(TUZLA, BRCKO, "childrenOfParent", ["children"])
    (line,) = live.wait_for(1)
    assert read_event(line).service == "childrenOfParent"
