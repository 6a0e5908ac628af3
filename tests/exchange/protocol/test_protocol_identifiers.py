"""X-Road identifiers and paths: exactly one way to read them, and no way out of them."""

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mostovi.exchange.protocol import identifiers
from mostovi.exchange.protocol.identifiers import (
    InvalidClient,
    InvalidIdentifier,
    InvalidSecurityServer,
    MemberId,
    RequestTarget,
    SecurityServerId,
    ServiceId,
    SubsystemId,
    format_request_target,
    parse_client,
    parse_member,
    parse_request_target,
    parse_security_server,
    parse_service,
    parse_subsystem,
)

MEMBER = MemberId("BA", "GOV", "tuzla-social-work")
SERVICE = ServiceId(SubsystemId(MEMBER, "register"), "birthRecord")
parts = (
    st.text("abcXYZ019'()+,-.=?_čćžšđЂЈљ", min_size=1, max_size=20)
    .filter(lambda part: part.strip("."))
    .filter(lambda part: quote(part) != "")
)
services = st.builds(
    lambda a, b, c, d, e: ServiceId(SubsystemId(MemberId(a, b, c), d), e), parts, parts, parts, parts, parts
)


@given(services)
def test_every_identifier_survives_being_written_and_read(service: ServiceId) -> None:
    assert parse_service(str(service)) == service
    assert parse_subsystem(str(service.subsystem)) == service.subsystem
    assert parse_member(str(service.member)) == service.member
    assert parse_client(str(service.subsystem)) == service.subsystem
    assert parse_client(str(service.member)) == service.member


@given(
    services,
    st.sampled_from(["", "/", "/a", "/a/b.json", "/%C4%8D"]),
    st.sampled_from(["", "x=1", "a=%2F&b"]),
)
def test_every_target_survives_being_written_and_read(service: ServiceId, path: str, query: str) -> None:
    target = format_request_target(service, path, query)
    assert parse_request_target(target) == RequestTarget(service, path, query)


@given(st.text(max_size=80) | st.text("BAGOV/%.2eEfF\\xregister", max_size=80))
def test_any_text_is_an_identifier_or_is_refused(text: str) -> None:
    readers: list[Any] = [parse_member, parse_subsystem, parse_service, parse_client, parse_security_server]
    readers += [parse_request_target, identifiers.check_represented_party]
    for read in readers:
        for each in (text, "/r1/BA/GOV/m/s/x/" + text):
            try:
                read(each)
            except InvalidIdentifier:
                continue


BAD_IDENTIFIERS = {
    "four_parts": "BA/GOV/m/register",
    "six_parts": "BA/GOV/m/register/birthRecord/v1",
    "empty_part": "BA/GOV//register/birthRecord",
    "only_dots": "BA/GOV/../register/birthRecord",
    "encoded_dots": "BA/GOV/%2e%2E/register/birthRecord",
    "encoded_slash": "BA/GOV/m%2Fx/register/birthRecord",
    "encoded_backslash": "BA/GOV/m%5Cx/register/birthRecord",
    "encoded_percent": "BA/GOV/m%252Fx/register/birthRecord",
    "encoded_null": "BA/GOV/m%00/register/birthRecord",
    "encoded_newline": "BA/GOV/m%0A/register/birthRecord",
    "half_an_escape": "BA/GOV/m%2/register/birthRecord",
    "not_hex": "BA/GOV/m%zz/register/birthRecord",
    "not_utf8": "BA/GOV/m%ff/register/birthRecord",
    "overlong_utf8": "BA/GOV/m%c0%af/register/birthRecord",
    "unencoded_letters": "BA/GOV/Tešanj/register/birthRecord",
    "two_spellings_of_a_letter": "BA/GOV/c%CC%8C/register/birthRecord",
    "semicolon": "BA/GOV/m;v=1/register/birthRecord",
    "colon": "BA/GOV/m:1/register/birthRecord",
    "space": "BA/GOV/m%20x/register/birthRecord",
    "invisible_sign": "BA/GOV/m%E2%80%8B/register/birthRecord",
    "too_long": f"BA/GOV/{'m' * 256}/register/birthRecord",
}


@pytest.mark.parametrize("name", BAD_IDENTIFIERS)
def test_a_bad_identifier_is_refused(name: str) -> None:
    with pytest.raises(InvalidIdentifier):
        parse_service(BAD_IDENTIFIERS[name])


BAD_TARGETS = {
    "step_upwards": "/r1/BA/GOV/m/s/x/../y",
    "encoded_step_upwards": "/r1/BA/GOV/m/s/x/%2e%2e/y",
    "step_in_place": "/r1/BA/GOV/m/s/x/./y",
    "encoded_slash": "/r1/BA/GOV/m/s/x/a%2Fb",
    "encoded_backslash": "/r1/BA/GOV/m/s/x/a%5c..",
    "twice_encoded_step": "/r1/BA/GOV/m/s/x/%252e%252e/y",
    "raw_backslash": "/r1/BA/GOV/m/s/x/a\\b",
    "null": "/r1/BA/GOV/m/s/x/%00",
    "double_slash": "/r1/BA/GOV/m/s/x//y",
    "service_steps_upwards": "/r1/BA/GOV/m/s/..",
    "no_service": "/r1/BA/GOV/m/s",
    "another_version": "/r2/BA/GOV/m/s/x",
    "no_slash_in_front": "r1/BA/GOV/m/s/x",
    "whole_url": "https://h/r1/BA/GOV/m/s/x",
    "fragment": "/r1/BA/GOV/m/s/x#y",
    "raw_quote_in_query": '/r1/BA/GOV/m/s/x?"',
    "line_break_in_query": "/r1/BA/GOV/m/s/x?a\r\nb",
    "letters_in_query": "/r1/BA/GOV/m/s/x?š",
    "too_long": "/r1/BA/GOV/m/s/x?" + "a" * 9000,
}


@pytest.mark.parametrize("name", BAD_TARGETS)
def test_a_bad_target_is_refused(name: str) -> None:
    with pytest.raises(InvalidIdentifier):
        parse_request_target(BAD_TARGETS[name])


def test_a_target_gives_service_path_and_query() -> None:
    target = parse_request_target("/r1/BA/GOV/tuzla-social-work/register/birthRecord/a/b?x=1&y=%2F..")
    assert target == RequestTarget(SERVICE, "/a/b", "x=1&y=%2F..")


def test_unencoded_allowed_signs_are_read_and_written_encoded() -> None:
    read = parse_service("BA/GOV/a(b)+c,d=e'/s/x")
    assert read.member.member_code == "a(b)+c,d=e'"
    assert str(read) == "BA/GOV/a%28b%29%2Bc%2Cd%3De%27/s/x"


@pytest.mark.parametrize("text", ["", "BA", "BA/GOV", "BA/GOV/m/s/x", "BA//m", "BA/GOV/m/"])
def test_a_bad_client_is_refused_with_its_own_error(text: str) -> None:
    with pytest.raises(InvalidClient):
        parse_client(text)


def test_a_security_server_has_four_parts() -> None:
    assert parse_security_server("BA/GOV/tuzla-social-work/gateway") == SecurityServerId(MEMBER, "gateway")
    with pytest.raises(InvalidSecurityServer):
        parse_security_server("BA/GOV/gateway")


def test_a_represented_party_has_one_or_two_parts() -> None:
    identifiers.check_represented_party("COM/4200000000005")
    identifiers.check_represented_party("4200000000005")
    for text in ("", "a/b/c", "a/", "a b"):
        with pytest.raises(InvalidIdentifier):
            identifiers.check_represented_party(text)
