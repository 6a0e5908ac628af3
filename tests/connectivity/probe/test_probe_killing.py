"""Killed at any moment, the probe has every record that it acknowledged, once; on both databases."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectivity.probe import giga
from connectivity.probe.giga import SCHOOL
from connectivity.probe.programs import ProbeProgram
from connectivity.probe.stores import address, postgresql
from mostovi.connectivity.probe.store.ledger import open_reader

pytestmark = pytest.mark.programs
__all__ = ["address", "postgresql"]

THREADS = 6


class Clients:
    """Send without pause; what was not acknowledged is sent again until it is. Remember what was."""

    def __init__(self, probe: ProbeProgram) -> None:
        self.probe = probe
        self.stop = threading.Event()
        self.acknowledged: list[str] = []
        self.tried = 0
        self.threads = [threading.Thread(target=self._send) for _ in range(THREADS)]
        for thread in self.threads:
            thread.start()

    def end(self) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join()

    def _send(self) -> None:
        while not self.stop.is_set():
            payload = giga.measurement(datetime.now(UTC), school=SCHOOL)
            while not self._is_acknowledged(payload):
                if self.stop.is_set():
                    return

    def _is_acknowledged(self, payload: dict[str, object]) -> bool:
        self.tried += 1
        try:
            status, answer = self.probe.post("/api/v1/measurements", payload)
        except (OSError, ValueError):
            time.sleep(0.02)
            return False
        if status == 201 and "flood" not in answer["data"]:
            self.acknowledged.append(str(payload["UUID"]))
        return status == 201


def kill_often(probe: ProbeProgram, times: int) -> Iterator[int]:
    clients = Clients(probe)
    try:
        for number in range(times):
            time.sleep(random.uniform(0.05, 0.6))
            probe.kill()
            probe.start()
            yield number
        time.sleep(0.3)
    finally:
        clients.end()
    check(probe, clients)


def check(probe: ProbeProgram, clients: Clients) -> None:
    with closing(open_reader(probe.database)) as reader:
        found = reader.follow(0, 1_000_000)
    tests = [each.record.test for each in found]
    assert len(tests) == len(set(tests))
    assert [each.sequence for each in found] == list(range(1, len(found) + 1))
    assert set(clients.acknowledged) <= set(tests)
    assert clients.tried > len(clients.acknowledged) > 0


def test_no_acknowledged_record_is_lost(address: str, tmp_path: Path) -> None:
    with ProbeProgram(tmp_path / "program", database=address) as probe:
        assert sum(1 for _ in kill_often(probe, 4)) == 4


@pytest.mark.slow
def test_no_acknowledged_record_is_lost_in_many_kills(address: str, tmp_path: Path) -> None:
    with ProbeProgram(tmp_path / "program", database=address) as probe:
        assert sum(1 for _ in kill_often(probe, 25)) == 25
