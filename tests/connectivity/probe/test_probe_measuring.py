"""Wi-Fi, line or provider, by rule; random times; echoes; and what is kept while offline."""

import asyncio
import json
import math
import os
import random
import struct
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectivity.probe.giga import SCHOOL
from connectivity.probe.ndt7_client import QUICK, running
from connectivity.probe.programs import ProbeProgram
from connectivity.probe.slow_line import slow_line
from free_ports import free_port
from mostovi.config import command_line
from mostovi.connectivity.probe.arrivals import Door
from mostovi.connectivity.probe.measuring import client, echo, payloads, rules, surroundings, words
from mostovi.connectivity.probe.measuring.diary import CHECK, MEASUREMENT, Diary
from mostovi.connectivity.probe.measuring.program import Task, run
from mostovi.connectivity.probe.measuring.reporting import Report, send_diary
from mostovi.connectivity.probe.measuring.values import Cause, Echo, Half, Observation
from mostovi.connectivity.probe.ndt7.values import Direction
from mostovi.connectivity.probe.store.ledger import open_reader
from mostovi.connectivity.probe.values import Kind, Record, School

NOW = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)


def steady(milliseconds: float, lost: int = 0, wobble: float = 0.0) -> Echo:
    answers = [milliseconds + (wobble if index % 2 else 0.0) for index in range(20 - lost)]
    return Echo((*answers, *[None] * lost))


SILENT = Echo((None,) * 20)
FAST = Half(25_000, 10, 31_250_000, {"TCPInfo": {"BytesSent": 1_000, "BytesRetrans": 1}})
LOSSY = Half(2_000, 10, 2_500_000, {"TCPInfo": {"BytesSent": 1_000, "BytesRetrans": 60}})


def seen(**other: Any) -> Observation:
    facts: dict[str, Any] = {
        "has_gateway": True, "is_wireless": True, "gateway": steady(2), "first_hop": steady(9),
        "server": steady(25), "download": FAST, "upload": FAST, "contracted_kbps": 30_000,
    }  # fmt: skip
    return Observation(**(facts | other))


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({}, Cause.NONE),
        ({"has_gateway": False}, Cause.NO_NETWORK),
        ({"gateway": steady(2, lost=2)}, Cause.WIFI),
        ({"gateway": steady(40)}, Cause.WIFI),
        ({"gateway": steady(2, wobble=12), "first_hop": steady(9, wobble=50)}, Cause.WIFI),
        ({"gateway": steady(40), "is_wireless": False}, Cause.LOCAL_NETWORK),
        ({"gateway": steady(40), "is_wireless": None}, Cause.WIFI),
        ({"first_hop": steady(9, lost=2)}, Cause.LINE),
        ({"first_hop": steady(150)}, Cause.LINE),
        ({"first_hop": steady(9, wobble=45)}, Cause.LINE),
        ({"gateway": SILENT, "first_hop": steady(150)}, Cause.LINE),
        ({"server": steady(25, lost=2)}, Cause.PROVIDER),
        ({"server": steady(200)}, Cause.PROVIDER),
        ({"server": SILENT, "download": None, "upload": None}, Cause.PROVIDER),
        ({"download": None, "upload": None}, Cause.SERVER),
        ({"contracted_kbps": 100_000}, Cause.PROVIDER),
        ({"download": LOSSY, "contracted_kbps": None}, Cause.PROVIDER),
        ({"first_hop": SILENT, "server": SILENT, "download": None, "upload": None}, Cause.LINE),
        ({"first_hop": SILENT, "server": steady(25, lost=2)}, Cause.LINE_OR_PROVIDER),
        ({"first_hop": None, "server": SILENT, "download": None, "upload": None}, Cause.LINE_OR_PROVIDER),
        ({"first_hop": SILENT, "download": None, "upload": None}, Cause.SERVER),
        ({"first_hop": SILENT}, Cause.NONE),
        ({"gateway": None, "first_hop": None, "server": None}, Cause.NONE),
        ({"server": SILENT}, Cause.NONE),
        ({"contracted_kbps": 35_000}, Cause.NONE),
    ],
)  # fmt: skip
def test_the_nearest_part_of_the_way_that_is_not_in_order_is_the_cause(
    change: dict[str, Any], cause: Cause
) -> None:
    assert rules.find_cause(seen(**change)) is cause


def test_every_cause_is_found_and_has_words() -> None:
    listed = test_the_nearest_part_of_the_way_that_is_not_in_order_is_the_cause.pytestmark[0].args[1]
    assert {cause for _, cause in listed} == set(Cause)
    for change, cause in listed:
        told = words.describe(seen(**change), cause)
        assert "Download" in told
        assert told.endswith(".")


answers = st.lists(st.none() | st.floats(0, 5_000), max_size=20).map(lambda each: Echo(tuple(each)))
halves = st.none() | st.builds(Half, st.floats(0, 1e7), st.floats(0, 13), st.integers(0, 10**9))


@given(
    st.builds(
        Observation, has_gateway=st.booleans(), is_wireless=st.none() | st.booleans(),
        gateway=st.none() | answers, first_hop=st.none() | answers, server=st.none() | answers,
        download=halves, upload=halves, contracted_kbps=st.none() | st.floats(0, 1e7),
    )
)  # fmt: skip
def test_whatever_is_seen_has_a_cause_words_and_a_payload(observation: Observation) -> None:
    cause = rules.find_cause(observation)
    assert words.describe(observation, cause)
    payload = payloads.measurement_payload(
        observation, cause, school=SCHOOL, country="BA", version="0.1.0", at=NOW
    )
    json.dumps(payload)


@given(answers)
def test_loss_delay_and_jitter_lie_within_what_was_seen(found: Echo) -> None:
    told = [each for each in found.answers if each is not None]
    assert 0 <= rules.loss(found) <= 1
    assert rules.delay(found) <= max(told, default=0)
    assert 0 <= rules.jitter(found) <= (max(told) - min(told) + 1e-6 if told else 0)


def test_times_are_random_with_the_specifications_mean_and_bounds() -> None:
    chance = random.Random(7)
    drawn = [rules.seconds_to_next_test(chance.expovariate(1)) for _ in range(20_000)]
    assert min(drawn) == 2_160
    assert max(drawn) == 54_000
    assert math.isclose(sum(drawn) / len(drawn), 20_000, rel_tol=0.05)


def test_a_look_is_reported_in_giga_meters_form_and_read_as_it_was() -> None:
    half = Half(
        25_000,
        10,
        31_250_000,
        {"BBRInfo": {"MinRTT": 30_000}, "ConnectionInfo": {"UUID": "u1", "Client": "192.0.2.7:5"}},
    )
    payload = payloads.measurement_payload(
        seen(download=half, upload=half), Cause.LINE, school=SCHOOL, country="BA", version="0.1.0", at=NOW
    )
    assert "192.0.2.7" not in json.dumps(payload)
    door = Door(b"k" * 32, (), {SCHOOL: School(SCHOOL, "BA")}.get)
    record = door.measurement(payload, int(NOW.timestamp() * 1_000)).item
    assert isinstance(record, Record)
    assert (record.download_kbps, record.upload_kbps, record.latency_ms) == (25_000, 25_000, 30)
    assert (record.test, record.fault, record.flags) == ("u1", "line", "")
    assert record.source == "mostovi-probe 0.1.0"


ROUTES = """Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0
eth0\t00000000\tFE01A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
"""


def test_the_default_route_of_lowest_metric_leads_to_the_gateway() -> None:
    assert surroundings.read_routes(ROUTES) == surroundings.Gateway("eth0", "192.168.1.254")
    assert surroundings.read_routes("\n".join(ROUTES.splitlines()[:1])) is None


def test_a_machine_without_such_a_table_has_no_known_gateway(tmp_path: Path) -> None:
    assert surroundings.find_gateway(tmp_path / "none") is None
    (tmp_path / "odd").write_text("x\nwlan0 00000000 ? 0003 0 0 600 00000000\n")
    assert surroundings.find_gateway(tmp_path / "odd") is None


def test_radio_is_known_by_its_folder(tmp_path: Path) -> None:
    (tmp_path / "wlan0" / "wireless").mkdir(parents=True)
    (tmp_path / "eth0").mkdir()
    assert surroundings.is_wireless("wlan0", tmp_path) is True
    assert surroundings.is_wireless("eth0", tmp_path) is False
    assert surroundings.is_wireless("gone", tmp_path) is None


def ip(payload: bytes) -> bytes:
    return bytes([0x45]) + bytes(19) + payload


@given(st.binary(max_size=120), st.integers(0, 65_535))
def test_any_packet_is_an_answer_or_none_of_ours(packet: bytes, identifier: int) -> None:
    found = echo.read_answer(packet, identifier)
    assert found is None or 0 <= found[0] <= 65_535


@given(st.integers(0, 65_535), st.integers(0, 65_535))
def test_replies_and_routers_that_end_a_packets_way_are_answers(identifier: int, number: int) -> None:
    request = echo.echo_request(identifier, number)
    assert echo.checksum(request) == 0
    reply = ip(b"\0" + request[1:])
    exceeded = ip(struct.pack("!BBHI", 11, 0, 0, 0) + ip(request[:8]))
    unreachable = ip(struct.pack("!BBHI", 3, 1, 0, 0) + ip(request[:8]))
    assert echo.read_answer(reply, identifier) == (number, True)
    assert echo.read_answer(exceeded, identifier) == (number, False)
    assert echo.read_answer(unreachable, identifier) is None
    assert echo.read_answer(reply, identifier ^ 1) is None
    assert echo.read_answer(ip(request), identifier) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may send such packets everywhere")
def test_this_machine_answers_itself() -> None:
    assert echo.find_router("127.0.0.1", 2) == "127.0.0.1"
    found = echo.send_echoes("127.0.0.1", count=5, interval=0.02, timeout=0.2)
    assert found is not None
    assert rules.loss(found) == 0
    assert rules.delay(found) < 50


def test_who_may_not_send_packets_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(echo, "_Raw", refuse)
    monkeypatch.setattr(echo, "_Datagram", refuse)
    assert echo.send_echoes("127.0.0.1") is None
    told = words.describe(Observation(has_gateway=True), Cause.NONE)
    assert "ping_group_range" in told


@pytest.mark.parametrize("direction", list(Direction))
def test_our_client_measures_with_our_server(direction: Direction) -> None:
    async def story() -> Half:
        async with running() as probe:
            return await client.measure(
                f"ws://127.0.0.1:{probe.port}", direction, {"school": SCHOOL}, QUICK.runtime_seconds
            )

    half = asyncio.run(story())
    assert half.kbps > 1_000
    assert half.server["BBRInfo"]["MinRTT"] > 0


def test_a_server_that_is_not_there_is_said_plainly() -> None:
    with pytest.raises(client.NotMeasured, match=r"ConnectionRefusedError|OSError"):
        asyncio.run(client.measure(f"ws://127.0.0.1:{free_port()}", Direction.DOWNLOAD, {}, 1))


def test_a_diary_keeps_seven_days_and_the_oldest_first(tmp_path: Path) -> None:
    with closing(Diary(tmp_path / "diary")) as diary:
        for day in range(10):
            diary.keep(CHECK, {"day": day}, NOW + timedelta(days=day))
        assert [entry.payload["day"] for entry in diary.list_unsent()] == list(range(2, 10))
        diary.forget(diary.list_unsent(3))
    with closing(Diary(tmp_path / "diary")) as diary:
        assert [entry.payload["day"] for entry in diary.list_unsent()] == list(range(5, 10))


class Answering(BaseHTTPRequestHandler):
    status = 201

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize(("status", "left"), [(201, 0), (400, 0), (401, 2), (429, 2), (503, 2)])
def test_what_is_not_acknowledged_stays_in_the_diary(tmp_path: Path, status: int, left: int) -> None:
    class Handler(Answering):
        pass

    Handler.status = status
    with HTTPServer(("127.0.0.1", 0), Handler) as server, closing(Diary(tmp_path / "diary")) as diary:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        diary.keep(MEASUREMENT, {}, NOW)
        diary.keep(CHECK, {}, NOW)
        report = asyncio.run(send_diary(diary, f"http://127.0.0.1:{server.server_port}", SCHOOL))
        server.shutdown()
        assert (report.left, len(diary.list_unsent())) == (left, left)
        assert report.reason == (
            "" if left == 0 else f"http://127.0.0.1:{server.server_port} answered {status}"
        )


def test_the_providers_router_is_remembered(tmp_path: Path) -> None:
    with closing(Diary(tmp_path / "diary")) as diary:
        assert diary.router() is None
        for address in ("10.0.0.1", "10.0.0.2"):
            diary.remember_router(address)
        assert diary.router() == "10.0.0.2"


def test_while_offline_everything_stays(tmp_path: Path) -> None:
    with closing(Diary(tmp_path / "diary")) as diary:
        diary.keep(CHECK, {}, NOW)
        report = asyncio.run(send_diary(diary, f"http://127.0.0.1:{free_port()}", SCHOOL))
        assert report.left == 1
        assert "cannot be reached" in words.describe_report(report)
    assert words.describe_report(Report(3, 0)) == "Sent: 3."


@pytest.mark.programs
def test_offline_for_a_while_then_everything_arrives_once(tmp_path: Path) -> None:
    said: list[str] = []
    nowhere = f"127.0.0.1:{free_port()}"
    task = Task(
        server=f"ws://{nowhere}", school=SCHOOL, country="BA", report=f"http://{nowhere}",
        diary=tmp_path / "diary", once=True,
    )  # fmt: skip
    asyncio.run(run(task, said.append))
    assert "Kept to be sent later: 1" in said[-1]
    with ProbeProgram(tmp_path / "probe") as probe, closing(Diary(tmp_path / "diary")) as diary:
        report = asyncio.run(send_diary(diary, f"http://127.0.0.1:{probe.port}", SCHOOL))
        again = asyncio.run(send_diary(diary, f"http://127.0.0.1:{probe.port}", SCHOOL))
    assert (report, again) == (Report(1, 0), Report(0, 0))
    with closing(open_reader(probe.database)) as reader:
        (committed,) = reader.follow(0)
    assert committed.record.connected in {True, False}


@pytest.mark.programs
@pytest.mark.slow
@pytest.mark.timeout(180)
def test_the_command_measures_reports_and_says_what_it_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with ProbeProgram(tmp_path / "probe") as probe, slow_line(probe.ndt7_port) as port:
        code = command_line.main(
            ["probe", "measure", "--server", f"ws://127.0.0.1:{port}", "--once",
             "--school", SCHOOL, "--report", f"http://127.0.0.1:{probe.port}",
             "--diary", str(tmp_path / "diary")]
        )  # fmt: skip
        told = capsys.readouterr().out
    assert code in {0, 1}
    assert "Mbit/s" in told
    assert "Sent: 2." in told
    with closing(open_reader(probe.database)) as reader:
        kinds = [each.record.kind for each in reader.follow(0)]
    assert sorted(kinds) == sorted([Kind.TEST, Kind.TEST, Kind.CHECK, Kind.MEASUREMENT])


def test_reporting_needs_a_school(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="--school"):
        command_line.main(
            ["probe", "measure", "--server", "ws://127.0.0.1:1", "--report", "http://127.0.0.1:1"]
        )
