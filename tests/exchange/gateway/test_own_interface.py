"""The gateway's own interface: audit lines, the log for auditors, documents."""

import base64
import hashlib
import json
import os
import re
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from exchange.bridge_fixture import (
    AMRA,
    BRCKO,
    CASE,
    SOURCE,
    TUZLA,
    ZENICA,
    Country,
    Institution,
    Register,
    call,
    country,
    launch,
    running_country,
)
from exchange.sealed_documents import plain_document
from mostovi.demo.authorities import issuing, time_stamps
from mostovi.exchange.protocol.checkpoints import verify_checkpoint
from mostovi.exchange.protocol.identifiers import MemberId
from mostovi.exchange.protocol.keys import p256_public_key
from mostovi.exchange.protocol.merkle import verify_consistency
from mostovi.exchange.protocol.receipts import receipt_from_json, verify_receipt
from mostovi.exchange.protocol.statements import parse_statement_url, verify_statement
from mostovi.exchange.verification.documents import verify_document

pytestmark = pytest.mark.programs
__all__ = ["country", "running_country"]

BASE = "https://mostovi.example"


def line(number: int, jmb: str | None = AMRA, **more):
    return {
        "id": f"line-{number}",
        "at": "2026-11-22T10:00:00Z",
        "actor_kind": "official",
        "user": "BAdamir",
        "action": "open_case",
        "subject": None if jmb is None else {"jmb": jmb},
        "case": CASE,
        "purpose": "decide",
        "detail": {"role": "caseworker"},
        **more,
    }


def say(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# The log


def test_audit_lines_are_logged_once_and_shown_to_the_person(running_country: Country) -> None:
    jmb = "1109995565019"
    body = {"lines": [line(1, jmb), line(2, None)]}
    status, _, first = running_country.native(TUZLA, "POST", "/v1/log", body)
    assert status == 200
    again = {"lines": [line(2, None), line(1, jmb), line(3, None)]}
    _, _, second = running_country.native(TUZLA, "POST", "/v1/log", again)
    assert second["entries"][:2] == first["entries"][::-1]
    assert len(set(first["entries"] + second["entries"])) == 3
    (usage,) = running_country.usages(TUZLA, TUZLA, jmb=jmb)
    assert (usage["action"], usage["seenBy"], usage["case"]) == ("read", "caseworker", CASE)


def test_what_the_portal_refused_by_itself_is_counted_once_and_shown_as_refused(
    running_country: Country,
) -> None:
    jmb = "0311991565021"
    told = line("wrong-name", jmb, action="other_person", case=None, detail={"refusal": "other_person"})
    before = running_country.native(ZENICA, "GET", "/v1/status")[2]
    for _ in range(2):
        running_country.native(ZENICA, "POST", "/v1/log", {"lines": [told]})
    after = running_country.native(ZENICA, "GET", "/v1/status")[2]
    assert after["refused_today"] == before["refused_today"] + 1
    assert after["refused_by_type"]["other_person"] == 1
    (usage,) = running_country.usages(TUZLA, ZENICA, jmb=jmb)
    assert (usage["action"], usage["refusal"], usage["service"]) == (
        "refused",
        "other_person",
        "other_person",
    )


@pytest.mark.parametrize(
    "lines",
    [
        [{}],
        [line(1, at="yesterday")],
        [line(1, subject={"jmb": 5})],
        [line(1, detail=[])],
        [line(1, detail={"refusal": "Amra Kovač"})],
        [line(1, detail={"x": 0.5})],
        "x",
    ],
)
def test_a_line_of_another_shape_is_refused_whole(running_country: Country, lines) -> None:
    before = running_country.native(BRCKO, "GET", "/v1/status")[2]["tree_size"]
    status, headers, problem = running_country.native(BRCKO, "POST", "/v1/log", {"lines": lines})
    assert status == 422
    assert headers["content-type"] == "application/problem+json"
    assert problem["title"]
    assert running_country.native(BRCKO, "GET", "/v1/status")[2]["tree_size"] == before


def test_an_auditor_reads_pseudonyms_and_checks_that_the_log_only_grows(running_country: Country) -> None:
    running_country.native(ZENICA, "POST", "/v1/log", {"lines": [line(n) for n in range(5)]})
    zenica = running_country.institutions[ZENICA]
    key = p256_public_key(zenica.signing.certificate)
    member = MemberId("BA", "GOV", ZENICA)
    _, _, first = running_country.native(ZENICA, "GET", "/v1/log/checkpoint")
    old = verify_checkpoint(first["checkpoint"], member=member, public_key=key)
    running_country.native(ZENICA, "POST", "/v1/log", {"lines": [line(n) for n in range(5, 12)]})
    _, _, answer = running_country.native(ZENICA, "GET", f"/v1/log/consistency?old_size={old.size}")
    new = verify_checkpoint(answer["checkpoint"], member=member, public_key=key)
    verify_consistency(
        old_size=old.size,
        old_root=old.root,
        new_size=new.size,
        new_root=new.root,
        proof=[base64.b64decode(each) for each in answer["proof"]],
    )
    assert new.size >= old.size + 7
    _, _, page = running_country.native(ZENICA, "GET", "/v1/log/entries?limit=4")
    numbers = [int(each["log_entry"].rpartition("/")[2]) for each in page["entries"]]
    assert numbers == list(range(new.size - 1, new.size - 5, -1))
    assert AMRA not in json.dumps(page)
    _, _, page = running_country.native(ZENICA, "GET", f"/v1/log/entries?before={numbers[-1]}&limit=1")
    assert page["entries"][0]["log_entry"] == f"{ZENICA}/{numbers[-1] - 1}"


def test_an_auditor_gets_any_receipt_and_another_system_none(running_country: Country) -> None:
    _, _, made = running_country.native(BRCKO, "POST", "/v1/log", {"lines": [line(70)]})
    position = made["entries"][0].rpartition("/")[2]
    status, _, receipt = running_country.native(BRCKO, "GET", f"/v1/receipts/{position}")
    assert status == 200
    root = running_country.root.certificate
    evidence = verify_receipt(receipt_from_json(receipt), root_certificate=root, now=datetime.now(UTC))
    assert evidence.record.detail["action"] == "open_case"
    for target in (f"/v1/receipts/{position}", "/v1/log/entries"):
        assert running_country.native(BRCKO, "GET", target, subsystem="register")[0] == 403
    assert running_country.native(BRCKO, "GET", "/v1/receipts/999999")[0] == 404


def test_a_state_the_log_never_had_is_refused(running_country: Country) -> None:
    assert running_country.native(BRCKO, "GET", "/v1/log/consistency?old_size=999999")[0] == 422


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("GET", "/v1/nothing", 404),
        ("DELETE", "/v1/log", 405),
        ("GET", "/v1/documents/short", 422),
        ("GET", "/v1/", 404),
    ],
)
def test_what_is_not_offered_is_a_problem(
    running_country: Country, method: str, target: str, status: int
) -> None:
    found, headers, problem = running_country.native(TUZLA, method, target)
    assert (found, headers["content-type"]) == (status, "application/problem+json")
    assert problem["status"] == status


# Who may call


def test_only_the_account_that_owns_a_socket_may_call(country: Country) -> None:
    tuzla = country.institutions[TUZLA]
    country.configure(tuzla, sockets=[{"subsystem": "portal", "path": "portal.sock", "user_id": 12345}])
    launch(tuzla)
    deadline = time.monotonic() + 20
    while not tuzla.portal_socket.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    try:
        status, _, problem = call(tuzla.portal_socket, "GET", "/v1/status", None, {})
    except PermissionError:
        return
    assert (status, problem["code"]) == (401, "system_not_proved")


def test_sockets_are_private(running_country: Country) -> None:
    mode = running_country.institutions[TUZLA].portal_socket.stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


# Documents


@pytest.fixture(scope="module")
def sealing_country(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Country]:
    made = Country(tmp_path_factory.mktemp("sealing"))
    authority = made._issue(issuing.TIME_STAMPS, "time stamps", "")
    stamps = Register(
        made.folder / "tsa.sock",
        answer=lambda _path, _headers, body: (
            200,
            time_stamps.answer(body, authority=authority, now=datetime.now(UTC)),
        ),
    )
    stamps.start()
    for institution in made.institutions.values():
        made.configure(institution, time_stamping={"url": "http://localhost/tsa", "socket": str(stamps.path)})
    made.start()
    made.stamps = stamps  # type: ignore[attr-defined]
    yield made
    made.end()
    stamps.stop()


def reserve(country: Country, kind: str = "decision", subsystem: str = "portal", code: str = TUZLA) -> dict:
    body = {"kind": kind, "case": CASE, "subject": {"jmb": AMRA}, "verify_base_url": BASE}
    status, _, reserved = country.native(code, "POST", "/v1/documents", body, subsystem=subsystem)
    assert status == 201, reserved
    return reserved


def seal(country: Country, reserved: dict, pdf: bytes, *, subsystem: str = "portal", **changes):
    now = datetime.now(UTC)
    decision = {
        "case": CASE,
        "code": reserved["code"],
        "pdf_sha256": hashlib.sha256(pdf).hexdigest(),
        "user": "BAdamir",
        "authenticated_at": say(now - timedelta(minutes=1)),
        "decided_at": say(now),
        **changes,
    }
    body = {"pdf_base64": base64.b64encode(pdf).decode(), "decision": decision}
    return country.native(TUZLA, "PUT", f"/v1/documents/{reserved['code']}/seal", body, subsystem=subsystem)


def status_of(country: Country, code: str) -> dict:
    headers = {"X-Road-Client": "BA/GOV/brcko-registrar/portal"}
    target = f"/r1/BA/GOV/{TUZLA}/gateway/documentStatus"
    _, _, answer = call(country.institutions[BRCKO].portal_socket, "POST", target, {"code": code}, headers)
    assert len(answer.pop("salt")) == 22
    return answer


def test_a_decision_is_sealed_logged_and_known_to_everyone_who_asks(sealing_country: Country) -> None:
    pdf = plain_document()
    reserved = reserve(sealing_country)
    assert reserved["code"].startswith("J7")
    assert status_of(sealing_country, reserved["code"])["state"] == "unsealed"
    status, _, sealed = seal(sealing_country, reserved, pdf)
    assert status == 200, sealed
    document = base64.b64decode(sealed["pdf_base64"])
    root = (sealing_country.folder / "root.pem").read_bytes()
    verdict = verify_document(document, trust_root=root, now=datetime.now(UTC))
    assert (verdict.state, verdict.code, verdict.issuer_code) == ("genuine", reserved["code"], TUZLA)
    told = status_of(sealing_country, reserved["code"])
    assert told == {
        "known": True,
        "issuer": TUZLA,
        "code": reserved["code"],
        "kind": "decision",
        "issued_on": reserved["issued_on"],
        "state": "valid",
        "state_since": told["state_since"],
        "sealed_sha256": hashlib.sha256(document).hexdigest(),
    }
    assert [each["action"] for each in sealing_country.usages(TUZLA, TUZLA)][:1] == ["sealed"]


def test_the_square_code_says_who_issued_what(sealing_country: Country) -> None:
    reserved = reserve(sealing_country)
    key = p256_public_key(sealing_country.institutions[TUZLA].signing.certificate)
    statement = verify_statement(parse_statement_url(reserved["verify_url"]), lambda _member: [key])
    assert (statement.code, statement.issuer.member_code, statement.kind) == (
        reserved["code"],
        TUZLA,
        "decision",
    )
    assert reserved["verify_url"].startswith(f"{BASE}/provjera/{reserved['code']}?s=")


def test_a_page_whose_reply_was_lost_is_sealed_again_and_another_is_not(sealing_country: Country) -> None:
    reserved = reserve(sealing_country)
    assert seal(sealing_country, reserved, plain_document())[0] == 200
    assert seal(sealing_country, reserved, plain_document())[0] == 200
    status, _, problem = seal(sealing_country, reserved, plain_document("Another page"))
    assert (status, problem["code"]) == (409, "already_sealed")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"case": "AAAAAAAAA"}, 422, "record_does_not_fit"),
        ({"code": "J7AAAAAAA"}, 422, "record_does_not_fit"),
        ({"pdf_sha256": "0" * 64}, 422, "record_does_not_fit"),
        ({"decided_at": "2020-01-01T00:00:00Z"}, 422, "record_does_not_fit"),
        ({"user": None}, 403, "sign_in_again"),
        ({"authenticated_at": None}, 403, "sign_in_again"),
        ({"authenticated_at": "2026-01-01T00:00:00Z"}, 403, "sign_in_again"),
    ],
)
def test_a_record_that_does_not_hold_seals_nothing(
    sealing_country: Country, changes: dict, status: int, code: str
) -> None:
    reserved = reserve(sealing_country)
    found, _, problem = seal(sealing_country, reserved, plain_document(), **changes)
    assert (found, problem["code"]) == (status, code)
    assert status_of(sealing_country, reserved["code"])["state"] == "unsealed"


def test_what_no_official_decides_is_sealed_for_the_register_alone(sealing_country: Country) -> None:
    body = {"kind": "birth-extract", "case": CASE, "subject": {"jmb": AMRA}, "verify_base_url": BASE}
    assert sealing_country.native(TUZLA, "POST", "/v1/documents", body)[0] == 403
    reserved = reserve(sealing_country, "birth-extract", "register")
    alone = {"subsystem": "register", "user": None, "authenticated_at": None}
    assert seal(sealing_country, reserved, plain_document(), **alone)[0] == 200


def test_without_a_time_stamp_nothing_is_sealed_and_one_can_go_on_later(sealing_country: Country) -> None:
    reserved = reserve(sealing_country)
    sealing_country.stamps.stop()  # type: ignore[attr-defined]
    try:
        status, _, problem = seal(sealing_country, reserved, plain_document())
    finally:
        sealing_country.stamps.start()  # type: ignore[attr-defined]
    assert (status, problem["code"]) == (503, "no_time_stamp")
    assert status_of(sealing_country, reserved["code"])["state"] == "unsealed"
    assert seal(sealing_country, reserved, plain_document())[0] == 200


def test_what_is_no_pdf_is_not_sealed(sealing_country: Country) -> None:
    status, _, problem = seal(sealing_country, reserve(sealing_country), b"not a PDF")
    assert (status, problem["code"]) == (422, "cannot_seal")


def test_a_document_is_withdrawn_or_replaced_once(sealing_country: Country) -> None:
    first, second = reserve(sealing_country), reserve(sealing_country)
    target = f"/v1/documents/{first['code']}/revocation"
    assert sealing_country.native(TUZLA, "POST", target, {"reason": "too early"})[0] == 409
    seal(sealing_country, first, plain_document())
    body = {"reason": "the amount was wrong", "replaced_by": second["code"]}
    status, _, answer = sealing_country.native(TUZLA, "POST", target, body)
    assert (status, answer["state"]) == (200, "replaced")
    assert sealing_country.native(TUZLA, "POST", target, {"reason": "again"})[0] == 409
    assert status_of(sealing_country, first["code"])["state"] == "replaced"


def test_a_code_nobody_reserved_is_not_known(sealing_country: Country) -> None:
    assert status_of(sealing_country, "J7AAAAAAA") == {"known": False, "code": "J7AAAAAAA"}


# Starting


def refused_to_start(institution: Institution) -> str:
    command = [sys.executable, "-m", "mostovi.config.command_line", "gateway", "--config"]
    run = subprocess.run(
        [*command, str(institution.folder / "gateway.json")],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )
    assert run.returncode != 0
    assert "Traceback" not in run.stderr
    return run.stderr


def test_a_demonstration_root_stops_a_real_gateway(country: Country) -> None:
    country.configure(country.institutions[TUZLA], demonstration=False)
    assert "root of a demonstration" in refused_to_start(country.institutions[TUZLA])


def test_a_key_that_others_can_read_stops_the_gateway(country: Country) -> None:
    (country.institutions[TUZLA].folder / "signing.key").chmod(0o644)
    assert "chmod 600" in refused_to_start(country.institutions[TUZLA])


def test_an_unknown_key_in_the_configuration_stops_the_gateway(country: Country) -> None:
    country.configure(country.institutions[TUZLA], storre="x")
    assert "storre is not a key we know" in refused_to_start(country.institutions[TUZLA])


def test_a_second_gateway_on_the_same_log_is_refused(country: Country) -> None:
    country.start(TUZLA)
    assert "Another gateway already works" in refused_to_start(country.institutions[TUZLA])


def test_every_key_of_the_configuration_is_documented() -> None:
    root = Path(__file__).resolve().parents[3]
    source = (root / "src/mostovi/exchange/gateway/configuration.py").read_text("utf-8")
    page = (root / "docs/reference/gateway.md").read_text("utf-8")
    readers = "text|path|seconds|take|texts|address|absolute|host_and_port|tables?"
    keys = set(re.findall(rf'self\.(?:_optional_)?(?:{readers})\(\s*"(\w+)"', source))
    assert len(keys) > 30
    assert [key for key in sorted(keys) if f"`{key}`" not in page and f"[{key}]" not in page] == []
