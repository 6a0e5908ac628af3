"""JSON that can be signed, digests, times and X-Road's edge."""

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mostovi.exchange.protocol import digests, xroad
from mostovi.exchange.protocol.canonical import (
    MalformedJson,
    canonical_json,
    parse_canonical_json,
    parse_json,
)
from mostovi.exchange.protocol.digests import (
    AlteredBody,
    check_content_digest,
    content_digest,
    decode_base64url,
    encode_base64url,
    xroad_request_hash,
)
from mostovi.exchange.protocol.faults import Fault, ProtocolRefusal
from mostovi.exchange.protocol.instants import format_instant, parse_instant
from mostovi.exchange.protocol.xroad import Side, Spelling, error_reply, error_status, error_type, find_fault

names = st.text(st.characters(max_codepoint=0xD7FF), max_size=8)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=15,
)


@given(values)
def test_canonical_json_is_read_back_and_has_one_spelling(value: Any) -> None:
    data = canonical_json(value)
    assert parse_canonical_json(data) == value
    assert parse_json(json.dumps(value, indent=2).encode()) == value


@given(values)
def test_the_spelling_is_the_one_of_the_standard_library(value: Any) -> None:
    spelled = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert canonical_json(value) == spelled.encode()


@given(values)
def test_escaped_or_not_the_same_is_read(value: Any) -> None:
    assert parse_json(json.dumps(value, ensure_ascii=True).encode()) == value
    assert parse_json(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.dictionaries(names, st.integers(0, 9), min_size=2, max_size=6))
def test_names_are_in_the_order_of_utf_16_units(value: dict[str, int]) -> None:
    written = list(json.loads(canonical_json(value)))
    assert written == sorted(value, key=lambda name: name.encode("utf-16-be"))


def test_canonical_json_escapes_as_rfc_8785_does() -> None:
    value = {"\u20ac": 'Euro\n\u000f\b\t\f\r"\\/\u007f', "a": [1, True, None], "1": -0}
    expected = '{"1":0,"a":[1,true,null],"\u20ac":"Euro\\n\\u000f\\b\\t\\f\\r\\"\\\\/\u007f"}'
    assert canonical_json(value).decode() == expected


@pytest.mark.parametrize(
    "value", [1.5, 2**53, -(2**53), "\ud800", {1: 2}, {"😀": 1}, {"\ud800": 1}, b"x", {1, 2}]
)
def test_what_has_no_single_spelling_is_not_signed(value: Any) -> None:
    with pytest.raises(MalformedJson):
        canonical_json(value)


BROKEN_JSON = {
    "repeated_name": b'{"a":1,"a":2}',
    "repeated_name_inside": b'{"x":[{"a":1,"a":1}]}',
    "fraction": b"1.0",
    "exponent": b"1e3",
    "not_a_number": b"NaN",
    "infinity": b"[Infinity]",
    "huge_integer": b"9" * 5000,
    "integer_above_2_53": b"9007199254740992",
    "too_deep": b"[" * 100_000,
    "deeper_than_32": b"[" * 40 + b"]" * 40,
    "not_utf8": b'"\xff"',
    "utf_16": '{"a":1}'.encode("utf-16"),
    "lone_surrogate": b'{"\\ud800":1}',
    "lone_surrogate_in_a_value": b'["\\udfff"]',
    "byte_order_mark": b'\xef\xbb\xbf{"a":1}',
    "trailing_comma": b"[1,]",
    "two_values": b"{}{}",
    "empty": b"",
    "raw_control_sign": b'"\x01"',
}


@pytest.mark.parametrize("name", BROKEN_JSON)
def test_broken_json_is_refused(name: str) -> None:
    with pytest.raises(MalformedJson):
        parse_json(BROKEN_JSON[name])


@pytest.mark.parametrize("data", [b'{"b":1,"a":2}', b'{"a": 1}', b'"\\u0061"', b"-0", b'"\\/"'])
def test_another_spelling_of_the_same_value_is_not_canonical(data: bytes) -> None:
    parse_json(data)
    with pytest.raises(MalformedJson):
        parse_canonical_json(data)


@given(st.binary(max_size=100))
def test_any_bytes_are_json_or_are_refused(data: bytes) -> None:
    try:
        parse_json(data)
    except MalformedJson:
        return


@given(st.binary(max_size=100), st.binary(max_size=100))
def test_a_digest_fits_its_body_only(body: bytes, other: bytes) -> None:
    check_content_digest(content_digest(body), body)
    if body != other:
        with pytest.raises(AlteredBody):
            check_content_digest(content_digest(body), other)


def test_rfc_9530_appendix_d_digest_of_a_json_body() -> None:
    assert content_digest(b'{"hello": "world"}\n') == "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"


@given(st.text(max_size=60))
def test_any_digest_text_is_right_or_refused(value: str) -> None:
    with pytest.raises(AlteredBody):
        check_content_digest(value, b"body")


@given(st.binary(max_size=70))
def test_base64url_has_one_spelling(data: bytes) -> None:
    assert decode_base64url(encode_base64url(data)) == data


@pytest.mark.parametrize("text", ["A", "AB", "AA==", "A+==", "a/b1", "ä", "AA AA"])
def test_other_spellings_of_base64url_are_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  the parsers turn it into their own refusals
        decode_base64url(text)


def test_the_request_hash_is_x_roads() -> None:
    headers = [("accept", "application/json"), ("x-road-client", "BA/GOV/a/b"), ("x-road-request-id", "u")]
    head = b"POST\r\n/r1/BA/GOV/m/s/x?a=1\r\naccept:application/json\r\n"
    head += b"x-road-client:BA/GOV/a/b\r\nx-road-request-id:u\r\n"
    first, second = hashlib.sha512(head).digest(), hashlib.sha512(b"{}").digest()
    with_body = base64.b64encode(hashlib.sha512(first + second).digest()).decode()
    assert xroad_request_hash("POST", "/r1/BA/GOV/m/s/x?a=1", headers, b"{}") == with_body
    without_body = base64.b64encode(first).decode()
    assert xroad_request_hash("POST", "/r1/BA/GOV/m/s/x?a=1", headers, b"") == without_body


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(9000, 1, 1)))  # noqa: DTZ001
def test_times_survive_to_the_millisecond(naive: datetime) -> None:
    moment = naive.replace(tzinfo=UTC)
    read = parse_instant(format_instant(moment))
    assert abs(read - moment) < timedelta(milliseconds=1)


def test_times_are_written_in_utc() -> None:
    sarajevo = timezone(timedelta(hours=1))
    assert format_instant(datetime(2026, 11, 21, 15, 5, tzinfo=sarajevo)) == "2026-11-21T14:05:00Z"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-21",
        "2026-11-21T14:05:00",
        "2026-11-21T14:05:00+00:00",
        "2026-13-01T00:00:00Z",
        "٢٠٢٦-11-21T14:05:00Z",
    ],
)
def test_other_spellings_of_a_time_are_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  the parsers turn it into their own refusals
        parse_instant(text)


def test_error_types_have_two_spellings() -> None:
    server = Side.PROVIDER_GATEWAY
    assert error_type(Fault.ACCESS_DENIED, server) == "Server.ServerProxy.AccessDenied"
    assert error_type(Fault.ACCESS_DENIED, server, Spelling.SNAKE) == "server.serverproxy.access_denied"
    client = Side.CONSUMER_GATEWAY
    assert error_type(Fault.OUTDATED_GLOBAL_CONF, client) == "Server.ClientProxy.OutdatedGlobalConf"
    assert error_type(Fault.OUTDATED_GLOBAL_CONF, client, Spelling.SNAKE).endswith(".global_conf_outdated")
    assert error_type(Fault.IO_ERROR, client, Spelling.SNAKE) == "server.clientproxy.io_error"
    assert error_type(Fault.BAD_REQUEST, Side.CLIENT) == "Client.BadRequest"
    missing = error_type(Fault.CASE_REFERENCE_MISSING, client)
    assert missing == "Server.ClientProxy.CaseReferenceMissing"


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_is_found_again_and_speaks_to_a_citizen(fault: Fault) -> None:
    for spelling in Spelling:
        assert find_fault(error_type(fault, Side.PROVIDER_GATEWAY, spelling)) is fault
    assert fault.sentence.endswith(".")
    assert fault.sentence[0].isupper()
    assert 400 <= fault.status < 600


def test_a_foreign_error_type_is_nobodys_fault() -> None:
    assert find_fault("Server.ServerProxy.SomethingNew") is None


def test_gateway_errors_are_500_and_clients_400() -> None:
    assert error_status("Server.ServerProxy.AccessDenied") == 500
    assert error_status("server.clientproxy.unknown_member") == 500
    assert error_status("Client.BadRequest") == 400


@pytest.mark.parametrize("accept", ["text/xml", "application/xml;q=0.9", "text/*", "text/html, text/*"])
def test_errors_are_xml_for_those_who_ask(accept: str) -> None:
    headers, body = error_reply("Client.BadRequest", "a < b & c", "1", accept)
    assert dict(headers)["content-type"].startswith("text/xml")
    message = b"<message>a &lt; b &amp; c</message>"
    assert body == b"<error><type>Client.BadRequest</type>" + message + b"<detail>1</detail></error>"


@pytest.mark.parametrize(
    "accept", [None, "", "*/*", "application/json", "text/xml, application/json", "text/html"]
)
def test_errors_are_json_for_all_others(accept: str | None) -> None:
    headers, body = error_reply("Client.BadRequest", "č", "1", accept)
    assert dict(headers)["x-road-error"] == "Client.BadRequest"
    assert json.loads(body) == {"type": "Client.BadRequest", "message": "č", "detail": "1"}


def test_hop_headers_end_at_the_gateway_and_others_pass() -> None:
    kept = xroad.kept_headers(
        [
            ("Host", "h"),
            ("Connection", "close"),
            ("User-Agent", "x"),
            ("Expect", "100-continue"),
            ("X-Road-Request-Hash", "forged"),
            ("X-Road-Request-Id", "forged"),
            ("Authorization", "Bearer x"),
            ("Cache-Control", "no-store"),
        ]
    )
    assert kept == [("authorization", "Bearer x"), ("cache-control", "no-store")]


def test_message_ids_are_fresh_and_begin_with_the_instance() -> None:
    assert xroad.new_message_id("BA").startswith("BA-")
    assert xroad.new_message_id("BA") != xroad.new_message_id("BA")
    assert xroad.new_request_id() != xroad.new_request_id()


def test_a_refusal_keeps_its_detail_from_the_citizen() -> None:
    class Broken(ProtocolRefusal):
        fault = Fault.NETWORK_ERROR

    refusal = Broken("10.0.0.1 refused")
    assert refusal.message == Fault.NETWORK_ERROR.sentence
    assert (refusal.code, refusal.status, refusal.detail) == ("network_error", 503, "10.0.0.1 refused")
    assert digests.sha256_hex(b"").startswith("e3b0c442")
