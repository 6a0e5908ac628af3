"""ndt7's rules without a network."""

import json
import socket
import struct
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mostovi.connectivity.probe.ndt7 import kernel, rules, values
from mostovi.connectivity.probe.ndt7.rules import HandshakeRefused, RuleBroken
from mostovi.connectivity.probe.ndt7.values import Direction, Sample

OFFERED = ["chat", values.SUBPROTOCOL]


@pytest.mark.parametrize("direction", list(Direction))
def test_the_path_selects_the_test(direction: Direction) -> None:
    assert rules.read_request(f"/ndt/v7/{direction}?client_name=x", OFFERED).direction is direction


@pytest.mark.parametrize("target", ["/", "/ndt/v7", "/ndt/v7/download/", "/ndt/v5/download", ""])
def test_there_is_nothing_at_another_path(target: str) -> None:
    with pytest.raises(HandshakeRefused) as refused:
        rules.read_request(target, OFFERED)
    assert refused.value.status == 404


def test_without_the_subprotocol_there_is_no_test() -> None:
    with pytest.raises(HandshakeRefused) as refused:
        rules.read_request("/ndt/v7/download", ["chat"])
    assert refused.value.status == 400


def test_the_first_of_duplicate_keys_counts_and_the_servers_own_are_ignored() -> None:
    request = rules.read_request("/ndt/v7/upload?a=1&a=2&server_x=3&empty", OFFERED)
    assert request.metadata == {"a": "1", "empty": ""}


@pytest.mark.parametrize("query", ["a=" + "x" * 4_095, "a=%ff", "early_exit=1", "early_exit=", "a&" * 2_000])
def test_a_query_that_is_not_acceptable_is_refused(query: str) -> None:
    with pytest.raises(HandshakeRefused):
        rules.read_request(f"/ndt/v7/download?{query}", OFFERED)


def test_early_exit_is_in_megabytes() -> None:
    assert rules.read_request("/ndt/v7/download?early_exit=250", OFFERED).early_exit_bytes == 250_000_000


@given(st.text(max_size=300))
def test_any_target_is_read_or_refused(target: str) -> None:
    try:
        rules.read_request(f"/ndt/v7/download{target}", OFFERED)
    except HandshakeRefused as refused:
        status = refused.status
    else:
        status = 400
    assert status in {400, 404}


@given(st.integers(1, 4_000))
def test_messages_double_and_never_exceed_a_sixteenth_of_what_was_sent(messages: int) -> None:
    size, sent = values.FIRST_MESSAGE, 0
    for _ in range(messages):
        sent += size
        bigger = rules.next_size(size, sent)
        assert bigger in {size, 2 * size}
        assert bigger == values.FIRST_MESSAGE or bigger <= max(sent // 8, values.FIRST_MESSAGE)
        assert bigger <= values.LARGEST_SENT
        size = bigger


@given(st.floats(0, 1_000))
def test_measurements_come_at_least_every_625_and_at_most_every_25_milliseconds(drawn: float) -> None:
    assert 0.025 <= rules.next_interval(drawn) <= 0.625


@pytest.mark.parametrize(
    ("direction", "size", "finished", "code"),
    [
        (Direction.DOWNLOAD, 8_192, True, 1003),
        (Direction.UPLOAD, (1 << 24) + 1, False, 1009),
        (Direction.UPLOAD, 1_023, True, 1008),
    ],
)
def test_binary_messages_keep_to_their_direction_and_size(
    direction: Direction,
    size: int,
    finished: bool,  # noqa: FBT001 - pytest passes parameters by name
    code: int,
) -> None:
    with pytest.raises(RuleBroken) as broken:
        rules.check_binary(direction, size, finished=finished)
    assert broken.value.code == code


def test_a_message_as_large_as_the_specification_allows_passes() -> None:
    rules.check_binary(Direction.UPLOAD, 1 << 24, finished=True)
    rules.check_binary(Direction.UPLOAD, 1, finished=False)


def test_too_many_measurements_are_discarded_and_far_too_many_end_the_test() -> None:
    assert rules.is_read(20, 0)
    assert not rules.is_read(21, 0)
    assert rules.is_read(40, 2)
    with pytest.raises(RuleBroken):
        rules.is_read(201, 0)


@given(st.text())
def test_a_text_is_a_json_object_or_breaks_a_rule(text: str) -> None:
    code = 1007
    try:
        rules.read_measurement(text)
    except RuleBroken as broken:
        code = broken.code
    assert code == 1007


def test_a_text_nested_beyond_measure_breaks_a_rule() -> None:
    with pytest.raises(RuleBroken):
        rules.read_measurement("[" * 60_000)


def test_rates_come_from_the_kernels_bytes_of_the_right_direction() -> None:
    sample = Sample(8_000_000, {"BytesAcked": 10_000_000, "BytesReceived": 1_000_000, "BytesSent": 0}, {})
    assert rules.megabits_per_second(Direction.DOWNLOAD, sample) == 10
    assert rules.megabits_per_second(Direction.UPLOAD, sample) == 1
    assert rules.retransmitted(sample) is None
    assert rules.megabits_per_second(Direction.UPLOAD, Sample(0, {}, {})) == 0


@given(st.binary(max_size=400))
def test_whatever_a_kernel_returns_is_read_as_far_as_it_goes(packed: bytes) -> None:
    found = kernel.parse_tcp_info(packed)
    assert len(found) <= 52
    assert all(0 <= value <= 2**53 for value in found.values())
    json.dumps(found)
    kernel.parse_bbr_info(packed)


def test_fields_lie_where_linux_has_them() -> None:
    packed = bytearray(232)
    struct.pack_into("=I", packed, 8 + 4 * 15, 1_234)
    struct.pack_into("=Q", packed, 120, 5_678)
    struct.pack_into("=I", packed, 148, 99)
    struct.pack_into("=Q", packed, 208, 42)
    found = kernel.parse_tcp_info(bytes(packed))
    assert (found["RTT"], found["BytesAcked"], found["MinRTT"], found["BytesRetrans"]) == (
        1_234,
        5_678,
        99,
        42,
    )


def test_bbr_that_has_seen_no_round_trip_says_nothing() -> None:
    assert kernel.parse_bbr_info(struct.pack("=5I", 1, 0, 2**32 - 1, 0, 0)) is None
    assert kernel.parse_bbr_info(struct.pack("=5I", 1, 1, 50, 7, 8)) == {
        "BW": 2**32 + 1, "MinRTT": 50, "PacingGain": 7, "CwndGain": 8
    }  # fmt: skip


def test_a_real_connection_tells_its_bytes_with_and_without_bbr() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        client = socket.create_connection(listener.getsockname())
        server, _ = listener.accept()
        with closing(client), closing(server):
            client.setsockopt(socket.IPPROTO_TCP, 13, b"cubic")
            before = kernel.sample(client, 1)
            assert before.bbr["MinRTT"] > 0
            kernel.prepare(client)
            client.sendall(bytes(5_000))
            server.recv(5_000, socket.MSG_WAITALL)
            after = kernel.sample(client, 2)
    assert after.tcp["BytesSent"] == 5_000
    assert after.bbr["MinRTT"] > 0


class Bare:
    """A kernel that knows neither BBR nor anything new."""

    def getsockopt(self, level: int, optname: int, buflen: int) -> bytes:
        if optname != 11:
            raise OSError
        return bytes(104)

    def setsockopt(self, level: int, optname: int, value: int | bytes) -> None:
        raise OSError


def test_a_kernel_without_bbr_still_gives_a_smallest_round_trip() -> None:
    kernel.prepare(Bare())
    assert kernel.sample(Bare(), 5).bbr == {"BW": 0, "MinRTT": 0, "PacingGain": 0, "CwndGain": 0}
