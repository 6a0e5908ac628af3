"""The whole country: started by one command, behind one address, within its limits, gone without a trace."""

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from free_ports import free_port
from mostovi.demo.members import list_members
from mostovi.demo.population.cast import cast_population
from mostovi.demo.supervisor.layout import lay_out
from mostovi.demo.supervisor.memory import total_memory
from requirements_check import require_program

pytestmark = [pytest.mark.programs, pytest.mark.slow, pytest.mark.timeout(400)]
HOUSE = Path(__file__).resolve().parents[2]
MEMORY_BYTES = 1_500_000_000
READY_SECONDS = 20


class Country:
    """`mostovi demo` as a person starts it."""

    def __init__(self, directory: Path, port: int, *options: str) -> None:
        self.directory = directory
        self.port = port
        self.begun = time.monotonic()
        self.command = subprocess.Popen(
            [
                *(sys.executable, "-m", "mostovi.config.command_line", "demo"),
                *("--directory", str(directory), "--port", str(port), *options),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def wait_until_open(self) -> float:
        """Seconds until the address was printed."""
        assert self.command.stdout is not None
        printed = []
        for line in self.command.stdout:
            printed.append(line)
            if line.strip() == f"http://127.0.0.1:{self.port}":
                return time.monotonic() - self.begun
        raise AssertionError("".join(printed) + self.logs())

    def said(self) -> str:
        """What the command printed before it ended, and the ends of the logs."""
        return self.command.communicate()[0] + self.logs()

    def logs(self) -> str:
        return "\n".join(
            f"== {log.name}\n{log.read_text(errors='replace')[-800:]}"
            for log in sorted((self.directory / "logs").glob("*.log"))
        )

    def get(self, path: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode(errors="replace")
        finally:
            connection.close()

    def control(self, method: str, path: str) -> Any:
        connection = http.client.HTTPConnection("localhost", timeout=30)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(str(lay_out(self.directory).control))
        try:
            connection.request(method, path)
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def processes(self) -> dict[str, int]:
        programs = self.control("GET", "/programs")["programs"]
        return {program["name"]: program["process"] for program in programs if program["process"]}

    def stop(self) -> int:
        self.command.send_signal(signal.SIGINT)
        self.command.communicate(timeout=30)
        return self.command.returncode


def is_alive(process: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, 0)
        return "State:\tZ" not in Path(f"/proc/{process}/status").read_text()
    return False


def until(condition: Any, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Country]:
    running = Country(tmp_path_factory.mktemp("country"), free_port())
    try:
        running.wait_until_open()
        yield running
    finally:
        if running.command.poll() is None:
            running.stop()
        shutil.rmtree(lay_out(running.directory).sockets)


def test_the_first_page_answers_behind_the_one_address(country: Country) -> None:
    assert country.get("/")[0] == 200
    assert country.get("/usluge/")[0] == 200
    assert country.get("/provjera")[0] == 200
    assert country.get("/demo-idp/.well-known/openid-configuration")[0] == 200
    assert country.get("/live/health")[0] == 200


def test_all_programs_together_stay_below_their_memory(country: Country) -> None:
    processes = [*country.processes().values(), country.command.pid]
    assert len(processes) == 21
    assert 100_000_000 < total_memory(processes) < MEMORY_BYTES


def test_a_client_written_for_xroad_reaches_a_gateway_as_the_how_to_says(country: Country) -> None:
    require_program("curl")
    page = (HOUSE / "docs" / "how-to" / "call-a-gateway-from-an-x-road-client.md").read_text("utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    blocks[0] = blocks[0].replace("DEMO=var/demo", f"DEMO={country.directory}")
    run = subprocess.run(
        ["bash", "-ec", "\necho ==========\n".join(blocks)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    _, lists, nameless, unsalted, answered = run.stdout.split("==========")
    assert run.stderr == ""
    assert all(f'"member_code": "{member.code}"' in lists for member in list_members())
    assert lists.count('"service_code": "residence"') == 2
    assert '"openapi": "3.0.3"' in lists
    assert "shared-params.xml" in lists
    assert "x-road-error: Server.ClientProxy.CaseReferenceMissing" in nameless
    assert "the request names none" in nameless
    assert "x-road-error: Client.InvalidQuestion" in unsalted
    assert "it lacks the salt" in unsalted
    assert '"facts": {"municipality": "Tuzla"}' in answered


def test_an_unplugged_gateway_is_gone_and_comes_back(country: Country) -> None:
    before = country.processes()["gateway-brcko-registrar"]
    assert country.control("POST", "/unplug/brcko-registrar")["state"] == "unplugged"
    assert not is_alive(before)
    assert "register-brcko-registrar" in country.processes(), "only the gateway is cut off"
    assert country.control("POST", "/plug/brcko-registrar")["state"] == "starting"
    until(lambda: state_of(country, "gateway-brcko-registrar") == "running")


def state_of(country: Country, name: str) -> str:
    programs = country.control("GET", "/programs")["programs"]
    return next(str(program["state"]) for program in programs if program["name"] == name)


@pytest.mark.parametrize("name", ["gateway-zenica-registrar", "identity-provider", "worker", "live"])
def test_a_killed_program_comes_back(country: Country, name: str) -> None:
    before = country.processes()[name]
    os.kill(before, signal.SIGKILL)
    until(lambda: country.processes().get(name) not in {None, before})
    until(lambda: state_of(country, name) == "running")


def test_a_second_start_in_the_same_directory_is_told_so(country: Country) -> None:
    second = Country(country.directory, country.port)
    output, _ = second.command.communicate(timeout=30)
    assert second.command.returncode == 1
    assert "is running already" in output


def test_nothing_outside_can_knock_on_the_sockets(country: Country) -> None:
    assert lay_out(country.directory).sockets.stat().st_mode & 0o777 == 0o700
    secrets = list((country.directory / "secrets").iterdir()) + list(
        (country.directory / "keys").rglob("*.key")
    )
    assert len(secrets) > 20
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in secrets)


def test_no_personal_number_is_in_any_log(country: Country) -> None:
    written = country.logs() + "".join(
        log.read_text(errors="replace") for log in (country.directory / "logs").glob("*.log")
    )
    assert not [person for person in cast_population().persons if person.number in written]


def test_a_reset_begins_a_fresh_country_behind_the_same_address(country: Country) -> None:
    root = (country.directory / "keys" / "root.pem").read_bytes()
    assert country.control("POST", "/reset") == {"resetting": True}
    until(lambda: country.get("/usluge/")[0] == 503)
    until(lambda: not (country.directory / "seeded").exists())
    until(lambda: (country.directory / "seeded").exists() or country.command.poll() is not None, seconds=180)
    assert country.command.poll() is None, country.said()
    assert country.get("/usluge/")[0] == 200
    assert (country.directory / "keys" / "root.pem").read_bytes() != root


def running_for(directory: Path) -> list[str]:
    """Every process that was told of this directory, but the one that is asked."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            told = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
            if str(directory).encode() in told and process.name != str(os.getpid()):
                found.append((process / "cmdline").read_text().replace("\0", " "))
    return found


@pytest.fixture(scope="module")
def killed_country(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The same directory for each kill, so that each start goes on where the last was stopped."""
    directory = tmp_path_factory.mktemp("killed")
    yield directory
    shutil.rmtree(lay_out(directory).sockets)


@pytest.mark.parametrize("moment", ["portal_preparation", "gateway --config", "mostovi.demo.seed"])
def test_a_supervisor_killed_at_any_moment_leaves_nothing_running(killed_country: Path, moment: str) -> None:
    killed = Country(killed_country, free_port())
    try:
        until(lambda: any(moment in each for each in running_for(killed_country)), seconds=120)
    finally:
        killed.command.kill()
        killed.command.communicate()
    until(lambda: running_for(killed_country) == [], seconds=2)


def test_stopping_leaves_no_orphan_and_a_second_start_is_quick(country: Country) -> None:
    processes = country.processes()
    assert country.stop() == 0
    assert [name for name, process in processes.items() if is_alive(process)] == []
    again = Country(country.directory, country.port)
    try:
        assert again.wait_until_open() < READY_SECONDS
    finally:
        again.stop()
