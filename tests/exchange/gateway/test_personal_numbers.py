"""A personal number gets past no gateway outside a body, however it is written, and is kept nowhere."""

import json
import uuid
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.bridge_fixture import (
    AMRA,
    BRCKO,
    CASE,
    TUZLA,
    Country,
    call,
    country,
    question_about,
    running_country,
)
from mostovi.exchange.gateway.exposure import check_no_personal_number, holds_personal_number
from mostovi.exchange.gateway.refusals import PersonalNumberExposed
from mostovi.exchange.gateway.wire.messages import Request

pytestmark = pytest.mark.programs
__all__ = ["country", "running_country"]

CLIENT = "BA/GOV/tuzla-social-work/portal"
SERVICE = "/r1/BA/GOV/brcko-registrar/register/childrenOfParent"
ENCODED = "".join(f"%3{digit}" for digit in AMRA)
TWICE = ENCODED.replace("%", "%25")
SEPARATED = f"{AMRA[:6]}-{AMRA[6:]}"
FULL_WIDTH = "".join(chr(0xFF10 + int(digit)) for digit in AMRA)
ARABIC = "".join(chr(0x0660 + int(digit)) for digit in AMRA)
CYRILLIC = AMRA.replace("0", "О").replace("3", "З")
WRITTEN = {
    "encoded": ENCODED,
    "twice": TWICE,
    "thrice": TWICE.replace("%", "%25"),
    "half": f"{AMRA[:6]}%3{AMRA[6]}{AMRA[7:]}",
    "separated": SEPARATED,
    "spaced": " ".join(AMRA),
    "encoded spaces": "%20".join(AMRA),
    "dotted": ".".join((AMRA[:2], AMRA[2:4], AMRA[4:7], AMRA[7:])),
    "slashed": f"{AMRA[:6]}/{AMRA[6:]}",
    "full width": FULL_WIDTH,
    "full width, encoded": quote(FULL_WIDTH),
    "full width, in bytes": FULL_WIDTH.encode().decode("latin-1"),
    "arabic": quote(ARABIC),
    "cyrillic": quote(CYRILLIC),
    "zero width": "\u200b".join(AMRA),
    "in a uuid": f"{AMRA[:8]}-{AMRA[8:12]}-{AMRA[12]}000-8000-000000000000",
}


@pytest.mark.parametrize("name", WRITTEN)
def test_a_personal_number_is_found_however_it_is_written(name: str) -> None:
    assert holds_personal_number(WRITTEN[name])
    assert holds_personal_number(f"BA{WRITTEN[name]}")


@given(
    st.sampled_from([AMRA, CYRILLIC, SEPARATED, FULL_WIDTH, ENCODED]),
    st.text(st.sampled_from("x-/._ Бš%"), max_size=5),
    st.text(st.sampled_from("x-/._ Бš%"), max_size=5),
)
def test_whatever_stands_around_a_personal_number_hides_it_from_no_request(
    number: str, before: str, after: str
) -> None:
    request = Request("POST", "/r1/a", [("host", "h"), ("x-road-issue", f"{before}{number}{after}")])
    with pytest.raises(PersonalNumberExposed):
        check_no_personal_number(request)


def test_what_is_encoded_without_end_is_taken_for_one() -> None:
    assert holds_personal_number("%" + "25" * 50 + "31")


def test_ids_and_codes_are_none() -> None:
    assert not holds_personal_number("K4T92M7AE")
    assert not holds_personal_number(
        "/r1/BA/GOV/brcko-registrar/register/birthRecord?since=2026-11-21T14:05:00Z"
    )
    assert not any(holds_personal_number(f"BA-{uuid.uuid4()}") for _ in range(5000))


def everything_kept(country: Country) -> bytes:
    """Every file of every gateway: log, openings, journal."""
    folders = [institution.folder for institution in country.institutions.values()]
    return b"".join(path.read_bytes() for each in folders for path in each.rglob("*") if path.is_file())


TARGETS = {
    "member": f"/r1/BA/GOV/{ENCODED}/register/childrenOfParent",
    "subsystem": f"/r1/BA/GOV/brcko-registrar/{ENCODED}/childrenOfParent",
    "service": f"/r1/BA/GOV/brcko-registrar/register/{ENCODED}",
    "service, twice": f"/r1/BA/GOV/brcko-registrar/register/{TWICE}",
    "service, full width": f"/r1/BA/GOV/brcko-registrar/register/{quote(FULL_WIDTH)}",
    "service, separated": f"/r1/BA/GOV/brcko-registrar/register/{SEPARATED}",
    "path": f"{SERVICE}/{ENCODED}",
    "query": f"{SERVICE}?who={ENCODED}",
}
HEADERS = {
    "client": {"X-Road-Client": f"BA/GOV/tuzla-social-work/{ENCODED}"},
    "foreign client": {"X-Road-Client": f"BA/GOV/{ENCODED}/portal"},
    "case": {"X-Road-Issue": SEPARATED},
    "case, dotted": {"X-Road-Issue": WRITTEN["dotted"]},
    "case, spaced": {"X-Road-Issue": WRITTEN["spaced"]},
    "id": {"X-Road-Id": ENCODED},
    "user": {"X-Road-UserId": f"BA{SEPARATED}"},
    "server": {"X-Road-Security-Server": f"BA/GOV/brcko-registrar/{ENCODED}"},
    "any of ours": {"Mostovi-Acting": ENCODED},
    "a name": {f"X-Road-{AMRA}": "1"},
}


def shapes_of(number: str) -> list[bytes]:
    return [number.encode(), ENCODED.encode(), TWICE.encode(), SEPARATED.encode(), FULL_WIDTH.encode()]


@pytest.mark.parametrize("name", [*TARGETS, *HEADERS])
def test_a_personal_number_outside_the_body_is_kept_nowhere_and_echoed_nowhere(
    running_country: Country, name: str
) -> None:
    headers = {"X-Road-Client": CLIENT, "X-Road-Issue": CASE, **HEADERS.get(name, {})}
    body = question_about(AMRA, ["children"])
    socket = running_country.institutions[TUZLA].portal_socket
    status, told, answer = call(socket, "POST", TARGETS.get(name, SERVICE), body, headers)
    assert (status, told["x-road-error"]) == (400, "Client.BadRequest")
    kept = everything_kept(running_country)
    for written in shapes_of(AMRA):
        assert written not in kept
        assert written not in (json.dumps(answer, ensure_ascii=False) + str(told)).encode()


@pytest.mark.parametrize(
    ("target", "headers"),
    [
        ("/r1/BA/GOV/amra-kovac/register/childrenOfParent", {}),
        ("/r1/BA/GOV/brcko-registrar/amra-kovac/childrenOfParent", {}),
        ("/r1/BA/GOV/brcko-registrar/register/amra%2Ckovac", {}),
        (SERVICE, {"X-Road-Client": "BA/GOV/amra-kovac/portal"}),
        (SERVICE, {"X-Road-Client": "BA/GOV/tuzla-social-work/amra-kovac"}),
    ],
)
def test_a_refusal_of_an_unknown_name_keeps_no_free_text(
    running_country: Country, target: str, headers: dict[str, str]
) -> None:
    body = question_about(AMRA, ["children"])
    socket = running_country.institutions[TUZLA].portal_socket
    sent = {"X-Road-Client": CLIENT, "X-Road-Issue": CASE, **headers}
    assert "x-road-error" in call(socket, "POST", target, body, sent)[1]
    kept = everything_kept(running_country)
    assert b"amra-kovac" not in kept
    assert b"amra%2Ckovac" not in kept


@pytest.mark.parametrize(
    "case", ["ab", "a" * 41, "K4T 92M", "Amra Kovac", "x_y", "1234567890123", "12/345678-90.123"]
)
def test_a_case_that_has_not_the_shape_of_a_reference_is_refused(running_country: Country, case: str) -> None:
    _, headers, _ = running_country.ask(TUZLA, BRCKO, "childrenOfParent", ["children"], case=case)
    assert headers["x-road-error"] == "Client.BadRequest"


@pytest.mark.parametrize("case", ["own-request", "UP1-05/26.114", "K4T-92M-7AE"])
def test_a_case_may_be_named_as_offices_name_theirs(running_country: Country, case: str) -> None:
    assert running_country.ask(TUZLA, BRCKO, "childrenOfParent", ["children"], case=case)[0] == 200


@pytest.mark.parametrize(
    ("body", "passed"),
    [
        (b'{"code": "person_not_found", "name": "Amra"}', {"code": "person_not_found"}),
        (b'{"code": "Amra Kovac"}', b""),
        (b'{"code": "' + b"a" * 101 + b'"}', b""),
        (b'["code"]', b""),
        (b"Amra lives at Ulica lipa 14", b""),
        (b'{"code": "busy", "x": "' + b"x" * 5000 + b'"}', b""),
    ],
)
def test_a_registers_refusal_brings_a_code_and_nothing_more(
    running_country: Country, body: bytes, passed: object
) -> None:
    running_country.institutions[BRCKO].register.answer = lambda *_: (409, body)
    try:
        status, headers, answer = running_country.ask(TUZLA, BRCKO, "childrenOfParent", ["children"])
    finally:
        running_country.institutions[BRCKO].register.forget()
    assert (status, answer or b"") == (409, passed)
    assert "x-road-error" not in headers


def test_a_register_that_is_slow_or_broken_was_silent_at_both_ends(running_country: Country) -> None:
    jmb = "0706988565041"
    register = running_country.institutions[BRCKO].register
    before = running_country.native(TUZLA, "GET", "/v1/status")[2]["refused_today"]
    register.answer = lambda *_: (200, b"<html>")
    running_country.ask(TUZLA, BRCKO, "childrenOfParent", ["children"], jmb=jmb)
    register.stop()
    try:
        running_country.ask(TUZLA, BRCKO, "childrenOfParent", ["children"], jmb=jmb)
    finally:
        register.start()
        register.forget()
    for member in (TUZLA, BRCKO):
        usages = running_country.usages(TUZLA, member, jmb=jmb)
        assert [each["action"] for each in usages] == ["asked", "asked"]
        assert {each["refusal"].rpartition(".")[2] for each in usages} == {"NetworkError", "ServiceFailed"}
    assert running_country.native(TUZLA, "GET", "/v1/status")[2]["refused_today"] == before
