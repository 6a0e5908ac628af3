"""Giga Meter's addresses, as its clients use them, at the running program."""

import asyncio
import json
import random
import re
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectivity.probe import giga
from connectivity.probe.giga import OTHER_SCHOOL, SCHOOL
from connectivity.probe.ndt7_client import download
from connectivity.probe.programs import ProbeProgram
from mostovi.connectivity.probe.program import Options, running
from mostovi.connectivity.probe.store.ledger import open_ledger, open_reader
from mostovi.connectivity.probe.values import Committed, Kind, Reason
from mostovi.connectivity.probe.wire import Bounds

pytestmark = pytest.mark.programs


@pytest.fixture(scope="module")
def probe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProbeProgram]:
    with ProbeProgram(tmp_path_factory.mktemp("probe")) as running:
        yield running


def newest(probe: ProbeProgram) -> int:
    with closing(open_reader(probe.database)) as reader:
        return reader.newest()


def since(probe: ProbeProgram, sequence: int) -> list[Committed]:
    with closing(open_reader(probe.database)) as reader:
        return reader.follow(sequence, 200_000)


def now() -> datetime:
    return datetime.now(UTC)


def test_a_measurement_is_on_the_disk_when_it_is_acknowledged(probe: ProbeProgram) -> None:
    before = newest(probe)
    status, answer = probe.post("/api/v1/measurements", giga.measurement(now()))
    assert status == 201
    assert answer["success"] is True
    assert {"success", "data", "timestamp", "message"} == answer.keys()
    (committed,) = since(probe, before)
    assert committed.record.download_kbps == 25_000


def test_sent_again_it_is_acknowledged_and_kept_once(probe: ProbeProgram) -> None:
    before = newest(probe)
    payload = giga.measurement(now())
    answers = [probe.post("/api/v1/measurements", payload) for _ in range(3)]
    assert [status for status, _ in answers] == [201, 201, 201]
    assert answers[1][1]["data"] == {"duplicate": 1}
    assert len(since(probe, before)) == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"giga_id_school": "nobody"}, "unknown_school"),
        ({"country_code": "HR"}, "wrong_country"),
        ({"Download": -5}, "negative_speed"),
    ],
)
def test_what_is_put_aside_is_answered_with_the_reason(
    probe: ProbeProgram, change: dict[str, Any], reason: str
) -> None:
    before = newest(probe)
    status, answer = probe.post("/api/v1/measurements", giga.measurement(now()) | change)
    assert (status, answer["success"]) == (400, False)
    assert reason in answer["message"]
    assert since(probe, before) == []


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/v1/measurements", "[]", 400),
        ("/api/v1/measurements", "{", 400),
        ("/api/v1/measurements", '{"x": "\\ud800"}', 400),
        ("/api/v1/measurements", "[" * 100_000, 400),
        ("/api/v1/measurements", json.dumps({"x": "y" * 300_000}), 413),
        ("/api/v1/connectivity/x", "{}", 400),
        ("/api/v1/connectivity/x", '{"records": 7}', 400),
        ("/api/v1/connectivity", "7", 400),
    ],
)
def test_what_is_no_payload_is_refused(probe: ProbeProgram, path: str, body: str, status: int) -> None:
    found, answer = probe._ask("POST", path, body)
    assert found == status
    assert answer["success"] is False


def test_a_days_checks_arrive_together_and_out_of_order(probe: ProbeProgram) -> None:
    before = newest(probe)
    checks = [giga.check(now() - timedelta(minutes=15 * number)) for number in range(48)]
    random.Random(1).shuffle(checks)
    status, answer = probe.post(f"/api/v1/connectivity/{SCHOOL}", {"records": checks})
    assert (status, answer["data"]) == (201, {"kept": 48})
    assert {each.record.kind for each in since(probe, before)} == {Kind.CHECK}
    assert probe.post(f"/api/v1/connectivity/{SCHOOL}", {"records": checks})[1]["data"] == {"duplicate": 48}


def test_a_batch_is_kept_without_what_is_wrong_in_it(probe: ProbeProgram) -> None:
    checks = [giga.check(now()), giga.check(now(), timestamp="?"), 7, giga.check(now(), isConnected=None)]
    status, answer = probe.post(f"/api/v1/connectivity/{SCHOOL}", {"records": checks})
    assert (status, answer["data"]["kept"], answer["data"]["aside"]) == (201, 1, 3)
    assert answer["data"]["reasons"] == {"no_time": 1, "not_an_object": 1, "no_state": 1}


def test_one_check_alone_names_its_school(probe: ProbeProgram) -> None:
    assert probe.post("/api/v1/connectivity", giga.check(now()))[0] == 201
    assert probe.post("/api/v1/connectivity", giga.check(now(), giga_id_school="nobody"))[0] == 400


def test_no_records_at_all_are_nothing_wrong(probe: ProbeProgram) -> None:
    assert probe.post(f"/api/v1/connectivity/{SCHOOL}", {"records": []})[0] == 201


@pytest.mark.parametrize("number", [10_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_ten_or_a_hundred_thousand_checks_after_a_week_offline_are_kept(
    probe: ProbeProgram, number: int
) -> None:
    before = newest(probe)
    checks = giga.week_of_checks(now(), number)
    random.Random(2).shuffle(checks)
    started = time.monotonic()
    status, answer = probe.post(f"/api/v1/connectivity/{OTHER_SCHOOL}", {"records": checks})
    assert (status, answer["data"]) == (201, {"kept": number})
    assert time.monotonic() - started < 60
    assert len(since(probe, before)) == number


def test_a_client_whose_clock_runs_ahead_is_moved_back_as_a_whole(probe: ProbeProgram) -> None:
    before = newest(probe)
    ahead = now() + timedelta(hours=3)
    checks = [giga.check(ahead - timedelta(minutes=15 * number)) for number in range(3)]
    assert probe.post(f"/api/v1/connectivity/{SCHOOL}", {"records": checks})[0] == 201
    records = [each.record for each in since(probe, before)]
    assert {record.flags for record in records} == {"clock_ahead"}
    assert records[0].measured_at - records[2].measured_at == 30 * 60_000
    assert abs(records[0].measured_at - records[0].received_at) < 1_000


def test_nothing_personal_is_anywhere_on_the_disk(tmp_path: Path) -> None:
    with ProbeProgram(tmp_path / "probe") as probe:
        for payload in (giga.measurement(now()), giga.measurement(now(), giga_id_school="nobody")):
            probe.post("/api/v1/measurements", payload)
        message = f"connect ETIMEDOUT {giga.SECRETS['ip_address']}"
        probe.post(f"/api/v1/connectivity/{SCHOOL}", {"records": [giga.check(now(), errorMessage=message)]})
        bytes_on_disk = b"".join(path.read_bytes() for path in probe.folder.iterdir())
    assert [name for name, secret in giga.SECRETS.items() if secret.encode() in bytes_on_disk] == []


def test_a_setting_keeps_an_address_apart_and_for_its_period(tmp_path: Path) -> None:
    keeping = json.dumps({"ip_address": {"purpose": "finding a broken line in May", "days": 3}})
    with ProbeProgram(tmp_path / "probe", MOSTOVI_PROBE_KEEP=keeping) as probe:
        probe.post("/api/v1/measurements", giga.measurement(now()))
    with closing(open_ledger(probe.database)) as ledger:
        rows = ledger.connection.execute("SELECT field, value, until FROM personal").fetchall()  # type: ignore[attr-defined]
    ((field, value, until),) = rows
    assert (field, value) == ("ip_address", giga.SECRETS["ip_address"])
    assert until / 1_000 == pytest.approx(time.time() + 3 * 86_400, abs=60)


def test_a_school_that_becomes_known_gets_what_waited_for_it(tmp_path: Path) -> None:
    with ProbeProgram(tmp_path / "probe") as probe:
        assert probe.post("/api/v1/measurements", giga.measurement(now(), giga_id_school="new"))[0] == 400
        probe.schools.write_text("giga_id_school,country_code\nnew,BA\n")
        for _ in range(200):
            if newest(probe):
                break
            time.sleep(0.05)
        assert [each.record.school for each in since(probe, 0)] == ["new"]
        assert probe.post("/api/v1/measurements", giga.measurement(now(), giga_id_school="new"))[0] == 201


def test_with_keys_set_only_who_has_one_may_report(tmp_path: Path) -> None:
    with ProbeProgram(tmp_path / "probe", MOSTOVI_PROBE_TOKENS="first second") as probe:
        assert probe.post("/api/v1/measurements", giga.measurement(now()))[0] == 401
        assert probe.post("/api/v1/connectivity", giga.check(now()))[0] == 401


def test_a_finished_test_is_a_record_of_its_school(probe: ProbeProgram) -> None:
    before = newest(probe)
    heard = asyncio.run(download(probe.ndt7_port, f"?school={SCHOOL}&early_exit=250&client_name=page"))
    uuid = heard.measurements[0]["ConnectionInfo"]["UUID"]
    for _ in range(100):
        if found := since(probe, before):
            break
        time.sleep(0.05)
    record = found[0].record
    assert (record.kind, record.school, record.test, record.source) == (Kind.TEST, SCHOOL, uuid, "page")
    assert record.download_kbps
    assert record.latency_ms


def test_clients_of_m_labs_locate_service_find_the_server(probe: ProbeProgram) -> None:
    _, answer = probe.get("/v2/nearest/ndt/ndt7?client_name=x")
    urls = answer["results"][0]["urls"]
    assert urls["ws:///ndt/v7/download"] == f"ws://127.0.0.1:{probe.ndt7_port}/ndt/v7/download"


def test_silent_connections_are_bounded_and_let_go(tmp_path: Path) -> None:
    async def story() -> None:
        options = Options(
            database=f"sqlite:///{tmp_path}/probe.sqlite3", listen="127.0.0.1:0", ndt7_listen="127.0.0.1:0",
            bounds=Bounds(lambda _: 1_000, most_connections=20, silence_seconds=1.5),
        )  # fmt: skip
        async with running(options) as program:
            pairs = [await asyncio.open_connection("127.0.0.1", program.port) for _ in range(200)]
            heard = [await asyncio.wait_for(_until_reset(reader), 10) for reader, _ in pairs]
            assert sum(each.startswith(b"HTTP/1.1 503") for each in heard) == 180
            assert heard.count(b"") == 20
            reader, writer = await asyncio.open_connection("127.0.0.1", program.port)
            writer.write(b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert (await reader.read()).startswith(b"HTTP/1.1 200")
            for _, each in [*pairs, (reader, writer)]:
                each.close()

    asyncio.run(story())


async def _until_reset(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read()
    except ConnectionResetError:
        return b""


def test_a_request_that_never_ends_holds_up_nobody(probe: ProbeProgram) -> None:
    with closing(socket.create_connection(("127.0.0.1", probe.port))) as slow:
        slow.sendall(b"POST /api/v1/measurements HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
        assert probe.post("/api/v1/measurements", giga.measurement(now()))[0] == 201


def test_the_log_says_nothing_of_what_was_sent(probe: ProbeProgram) -> None:
    probe.post("/api/v1/measurements", giga.measurement(now()))
    log = (probe.folder / "log").read_text()
    assert not re.search(r"203\.0\.113|amra", log)


def test_reasons_are_kept_beside_what_was_put_aside(tmp_path: Path) -> None:
    with ProbeProgram(tmp_path / "probe") as probe:
        probe.post("/api/v1/measurements", giga.measurement(now(), giga_id_school="nobody"))
        probe.post("/api/v1/measurements", giga.measurement(now(), Download=-1))
    with closing(open_ledger(probe.database)) as ledger:
        assert len(ledger.list_asides(Reason.UNKNOWN_SCHOOL, ["nobody"])) == 1
        assert len(ledger.list_asides(Reason.NEGATIVE_SPEED, [SCHOOL])) == 1
