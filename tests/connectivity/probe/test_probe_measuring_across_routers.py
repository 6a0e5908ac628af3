"""A school, its router, the provider and a server as network namespaces: the fault is where it was made."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from connectivity.probe.giga import SCHOOL
from mostovi.connectivity.probe.measuring.diary import MEASUREMENT, Diary
from requirements_check import everything_is_required

pytestmark = [pytest.mark.programs, pytest.mark.slow, pytest.mark.timeout(300)]

NAME = f"mostovi{os.getpid()}"
SCHOOL_NS, ROUTER, PROVIDER, SERVER = (f"{NAME}{number}" for number in range(4))
LINKS = (
    (SCHOOL_NS, "home0", "10.9.1.2", ROUTER, "home1", "10.9.1.1"),
    (ROUTER, "line0", "10.9.2.2", PROVIDER, "line1", "10.9.2.1"),
    (PROVIDER, "core0", "10.9.3.1", SERVER, "core1", "10.9.3.2"),
)


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def inside(namespace: str, *words: str) -> list[str]:
    return ["ip", "netns", "exec", namespace, *words]


def build() -> None:
    for namespace in (SCHOOL_NS, ROUTER, PROVIDER, SERVER):
        ip("netns", "add", namespace)
        ip("-n", namespace, "link", "set", "lo", "up")
    for left, left_end, left_address, right, right_end, right_address in LINKS:
        ip("link", "add", left_end, "netns", left, "type", "veth", "peer", "name", right_end, "netns", right)
        for namespace, end, address in ((left, left_end, left_address), (right, right_end, right_address)):
            ip("-n", namespace, "addr", "add", f"{address}/24", "dev", end)
            ip("-n", namespace, "link", "set", end, "up")
    for namespace in (ROUTER, PROVIDER):
        subprocess.run(inside(namespace, "sysctl", "-qw", "net.ipv4.ip_forward=1"), check=True)
    restore_routes()


def restore_routes() -> None:
    for namespace, gateway in ((SCHOOL_NS, "10.9.1.1"), (ROUTER, "10.9.2.1"), (SERVER, "10.9.3.1")):
        ip("-n", namespace, "route", "replace", "default", "via", gateway)
    ip("-n", PROVIDER, "route", "replace", "10.9.1.0/24", "via", "10.9.2.2")


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    if os.geteuid() != 0 or shutil.which("ip") is None:
        (pytest.fail if everything_is_required() else pytest.skip)(
            "only root can make network namespaces, with ip (Debian package iproute2; `make system-packages`)"
        )
    folder = tmp_path_factory.mktemp("country")
    (folder / "schools.csv").write_text(f"giga_id_school,country_code\n{SCHOOL},BA\n")
    settings = {
        "MOSTOVI_PROBE_NDT7_LISTEN": "10.9.3.2:8804", "MOSTOVI_PROBE_LISTEN": "10.9.3.2:8803",
        "MOSTOVI_PROBE_DATABASE_URL": f"sqlite:///{folder}/probe.sqlite3",
        "MOSTOVI_PROBE_SCHOOLS": str(folder / "schools.csv"),
    }  # fmt: skip
    try:
        build()
        serve = inside(SERVER, sys.executable, "-m", "mostovi.config.command_line", "probe", "serve")
        probe = subprocess.Popen(serve, env={**os.environ, **settings}, stderr=subprocess.DEVNULL)
        time.sleep(3)
        yield folder
        probe.terminate()
        probe.wait(timeout=20)
    finally:
        for namespace in (SCHOOL_NS, ROUTER, PROVIDER, SERVER):
            with suppress(subprocess.CalledProcessError):
                ip("netns", "del", namespace)


def measure(folder: Path) -> str:
    command = inside(
        SCHOOL_NS, sys.executable, "-m", "mostovi.config.command_line", "probe", "measure", "--once",
        "--server", "ws://10.9.3.2:8804", "--school", SCHOOL, "--diary", str(folder / "diary"),
    )  # fmt: skip
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=120).stdout


def test_the_fault_is_found_where_it_was_made(country: Path) -> None:
    whole = measure(country)
    assert "The connection is in order." in whole
    assert "provider's first router: answers" in whole
    with closing(Diary(country / "diary")) as diary:
        assert diary.router() == "10.9.2.1"
        (kept,) = [entry for entry in diary.list_unsent() if entry.kind == MEASUREMENT]
    assert "10.9." not in json.dumps(kept.payload)

    ip("-n", PROVIDER, "link", "set", "core0", "down")
    assert "in the provider's network" in measure(country)
    ip("-n", PROVIDER, "link", "set", "core0", "up")

    ip("-n", ROUTER, "link", "set", "line0", "down")
    assert "on the line to the provider" in measure(country)
    ip("-n", ROUTER, "link", "set", "line0", "up")

    ip("-n", SCHOOL_NS, "link", "set", "home0", "down")
    assert "in no network" in measure(country)
    ip("-n", SCHOOL_NS, "link", "set", "home0", "up")
    restore_routes()


def test_without_root_the_group_that_may_ping_sees_the_same(country: Path) -> None:
    subprocess.run(inside(SCHOOL_NS, "sysctl", "-qw", "net.ipv4.ping_group_range=0 1000"), check=True)
    assert "provider's first router: answers" in measure(country)
    ip("-n", PROVIDER, "link", "set", "core0", "down")
    told = measure(country)
    assert "in the provider's network" in told
    assert "measurement server: no answer" in told
