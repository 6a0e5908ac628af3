"""An exchange between two real gateways: what is answered, and what each kind of bad input gets."""

import json
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from exchange.bridge_fixture import (
    AMRA,
    BRCKO,
    CASE,
    OFFICIAL,
    TUZLA,
    ZENICA,
    Country,
    SocketConnection,
    call,
    country,
    make_contract,
    question_about,
    running_country,
)
from mostovi.exchange.protocol.receipts import receipt_from_json, verify_receipt
from mostovi.kernel import clock

pytestmark = pytest.mark.programs
__all__ = ["country", "running_country"]

ASKED = "/r1/BA/GOV/brcko-registrar/register/childrenOfParent"


@pytest.fixture(autouse=True)
def _fresh_registers(request: pytest.FixtureRequest) -> None:
    if "running_country" in request.fixturenames:
        for institution in request.getfixturevalue("running_country").institutions.values():
            institution.register.forget()


def ask_for_children(country: Country, **more):
    return country.ask(TUZLA, BRCKO, "childrenOfParent", ["children"], **more)


def wait_for(condition, seconds: float = 5) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


# What is answered


def test_a_question_is_answered_within_its_contract(running_country: Country) -> None:
    status, headers, answer = ask_for_children(running_country, headers={"X-Road-Id": "my-id-1"})
    assert status == 200
    assert answer["facts"] == {"children": "value of children"}
    assert headers["x-road-client"] == "BA/GOV/tuzla-social-work/portal"
    assert headers["x-road-service"] == "BA/GOV/brcko-registrar/register/childrenOfParent"
    assert headers["x-road-id"] == "my-id-1"
    assert {"x-road-request-id", "x-road-request-hash"} <= headers.keys()
    assert "x-road-error" not in headers
    assert "signature" not in headers


def test_the_register_learns_case_and_user_and_nothing_of_the_signature(running_country: Country) -> None:
    ask_for_children(running_country, headers={"Authorization": "Bearer x", "User-Agent": "portal"})
    path, headers, body = running_country.institutions[BRCKO].register.questions[-1]
    assert path == "/childrenOfParent"
    assert json.loads(body)["subject"] == {"jmb": AMRA}
    assert headers["x-road-issue"] == CASE
    assert headers["x-road-userid"] == OFFICIAL
    assert headers["x-road-client"] == "BA/GOV/tuzla-social-work/portal"
    assert headers["authorization"] == "Bearer x"
    assert not {"signature", "signature-input", "mostovi-contract", "user-agent"} & headers.keys()


def test_systems_of_one_institution_ask_each_other_the_same_way(running_country: Country) -> None:
    status, _, answer = running_country.ask(TUZLA, TUZLA, "residence", ["name"])
    assert (status, answer["facts"]) == (200, {"name": "value of name"})


def test_of_a_repeated_client_header_the_last_wins(running_country: Country) -> None:
    connection = SocketConnection(running_country.institutions[TUZLA].portal_socket)
    connection.putrequest("POST", ASKED)
    connection.putheader("X-Road-Client", "BA/GOV/tuzla-social-work/register")
    connection.putheader("X-Road-Client", "BA/GOV/tuzla-social-work/portal")
    connection.putheader("X-Road-Issue", CASE)
    body = json.dumps(question_about(AMRA, ["children"])).encode()
    connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    assert connection.getresponse().status == 200
    connection.close()


def test_the_registers_own_refusal_passes_as_it_is(running_country: Country) -> None:
    register = running_country.institutions[BRCKO].register
    register.answer = lambda *_: (404, b'{"code": "person_not_found"}')
    register.headers["X-Road-Error"] = "Server.ServerProxy.Invented"
    status, headers, answer = ask_for_children(running_country)
    assert (status, answer) == (404, {"code": "person_not_found"})
    assert "x-road-error" not in headers


def test_both_logs_hold_the_exchange_and_its_receipt_is_verified_offline(running_country: Country) -> None:
    _, headers, _ = ask_for_children(running_country, jmb="0502988565036")
    for member in (TUZLA, BRCKO):
        (usage,) = running_country.usages(TUZLA, member, jmb="0502988565036")
        assert usage["exchangeId"] == headers["x-road-id"]
        assert usage["action"] == ("asked" if member == TUZLA else "answered")
        assert usage["receiverCode"] == TUZLA
        assert usage["inForce"] is False
        status, _, answer = running_country.ask(
            TUZLA,
            member,
            "usageReceipt",
            ["receipt"],
            jmb="0502988565036",
            case="own-request",
            subsystem="gateway",
            parameters={"log_entry": usage["logEntry"]},
        )
        assert status == 200
        receipt = receipt_from_json(answer["facts"]["receipt"])
        evidence = verify_receipt(
            receipt, root_certificate=running_country.root.certificate, now=clock.now() + timedelta(days=400)
        )
        assert {each.direction for each in evidence.signed_by} == {"request", "response"}
        assert evidence.log_entry == usage["logEntry"]


def test_a_receipt_is_given_only_for_an_entry_about_that_person(running_country: Country) -> None:
    _, headers, _ = ask_for_children(running_country)
    status, _, answer = running_country.ask(
        TUZLA,
        TUZLA,
        "usageReceipt",
        ["receipt"],
        jmb="0502988565036",
        case="own-request",
        subsystem="gateway",
        parameters={"log_entry": headers["mostovi-log-entry"]},
    )
    assert (status, answer) == (404, {"code": "entry_not_found"})


@pytest.mark.parametrize("fields", [["usages"], ["totalUsages"], ["totalUsages", "usages"]])
def test_who_looked_is_answered_in_the_fields_that_were_asked(
    running_country: Country, fields: list[str]
) -> None:
    jmb = "2702990565030"
    ask_for_children(running_country, jmb=jmb)
    status, _, answer = running_country.ask(
        TUZLA, TUZLA, "findUsage", fields, jmb=jmb, case="own-request", subsystem="gateway"
    )
    assert status == 200, answer
    assert sorted(answer["facts"]) == fields
    assert all(answer["facts"].values()), "the question of a moment ago is among them"


def test_nothing_that_is_kept_or_said_holds_the_personal_number(running_country: Country) -> None:
    ask_for_children(running_country)
    ask_for_children(running_country, case=None)
    for institution in running_country.institutions.values():
        for path in institution.folder.glob("*"):
            if path.is_file():
                assert AMRA.encode() not in path.read_bytes(), path


# What is refused


def refused_as(reply, error_type: str, status: int = 500) -> None:
    found, headers, answer = reply
    assert headers.get("x-road-error") == error_type, answer
    assert answer["type"] == error_type
    assert found == status
    assert answer["message"]
    assert answer["detail"]


def test_a_question_without_a_case_is_refused_counted_and_shown_to_the_person(
    running_country: Country,
) -> None:
    jmb = "1109995565019"
    before = running_country.native(TUZLA, "GET", "/v1/status")[2]["refused_by_type"]
    refused_as(
        ask_for_children(running_country, case=None, jmb=jmb), "Server.ClientProxy.CaseReferenceMissing"
    )
    after = running_country.native(TUZLA, "GET", "/v1/status")[2]["refused_by_type"]
    missing = "Server.ClientProxy.CaseReferenceMissing"
    assert after[missing] == before.get(missing, 0) + 1
    (usage,) = running_country.usages(TUZLA, TUZLA, jmb=jmb)
    assert (usage["action"], usage["refusal"], usage["case"]) == ("refused", missing, None)
    assert not running_country.institutions[BRCKO].register.questions


def test_a_client_that_is_not_named_is_refused(running_country: Country) -> None:
    socket = running_country.institutions[TUZLA].portal_socket
    refused_as(call(socket, "POST", ASKED, {}, {}), "Server.ClientProxy.InvalidClientIdentifier")


@pytest.mark.parametrize(
    ("client", "error"),
    [
        ("BA/GOV/tuzla-social-work/register", "Server.ClientProxy.SslAuthenticationFailed"),
        ("BA/GOV/tuzla-social-work", "Server.ClientProxy.SslAuthenticationFailed"),
        ("BA/GOV/brcko-registrar/portal", "Server.ClientProxy.UnknownMember"),
        ("BA/GOV", "Server.ClientProxy.InvalidClientIdentifier"),
        ("BA/GOV/../portal", "Server.ClientProxy.InvalidClientIdentifier"),
    ],
)
def test_a_client_that_its_socket_does_not_prove_is_refused(
    running_country: Country, client: str, error: str
) -> None:
    refused_as(ask_for_children(running_country, headers={"X-Road-Client": client}), error)


def test_a_client_of_another_member_is_told_that_this_gateway_does_not_serve_it(
    running_country: Country,
) -> None:
    answer = ask_for_children(running_country, headers={"X-Road-Client": "BA/GOV/brcko-registrar/portal"})
    refused_as(answer, "Server.ClientProxy.UnknownMember")
    assert answer[2]["message"] == "This gateway does not serve the systems of that institution."


@pytest.mark.parametrize(
    "target",
    [
        "/r1/BA/GOV/brcko-registrar/register",
        "/r1/BA/GOV/brcko-registrar/register/childrenOfParent/../secret",
        "/r1/BA/GOV/brcko-registrar/register/childrenOfParent/%2e%2e/secret",
        "/r1/BA/GOV/brcko-registrar/register/childrenOfParent/a%2Fb",
        "/r1/BA/GOV/brcko-registrar//childrenOfParent",
    ],
)
def test_a_path_that_is_no_services_is_refused(running_country: Country, target: str) -> None:
    socket = running_country.institutions[TUZLA].portal_socket
    headers = {"X-Road-Client": "BA/GOV/tuzla-social-work/portal", "X-Road-Issue": CASE}
    refused_as(call(socket, "POST", target, {}, headers), "Client.BadRequest", 400)


@pytest.mark.parametrize(
    "headers", [{"X-Road-UserId": f"BA{AMRA}"}, {"X-Road-Issue": AMRA}, {"X-Road-Id": f"id-{AMRA}"}]
)
def test_a_personal_number_outside_the_body_is_refused(
    running_country: Country, headers: dict[str, str]
) -> None:
    refused_as(ask_for_children(running_country, headers=headers), "Client.BadRequest", 400)


def test_an_institution_nobody_knows_is_refused(running_country: Country) -> None:
    refused_as(
        running_country.ask(TUZLA, "atlantis", "childrenOfParent", ["children"]),
        "Server.ClientProxy.UnknownMember",
    )


def test_a_service_without_a_contract_is_refused(running_country: Country) -> None:
    refused_as(running_country.ask(TUZLA, BRCKO, "birthRecord", ["name"]), "Server.ServerProxy.AccessDenied")


def test_a_field_that_the_contract_lacks_is_refused(running_country: Country) -> None:
    refused_as(
        running_country.ask(TUZLA, BRCKO, "childrenOfParent", ["children", "religion"]),
        "Server.ClientProxy.FieldNotInContract",
    )
    assert not running_country.institutions[BRCKO].register.questions


def test_facts_that_were_not_asked_for_do_not_leave_the_register(running_country: Country) -> None:
    facts = {"children": [], "religion": "x"}
    answer = json.dumps({"facts": facts, "as_of": "2026-11-21T14:05:00Z", "salt": "a" * 22})
    running_country.institutions[BRCKO].register.answer = lambda *_: (
        200,
        answer.encode(),
    )
    refused_as(ask_for_children(running_country), "Server.ServerProxy.FieldNotInContract")


def test_a_register_that_answers_nonsense_is_named(running_country: Country) -> None:
    running_country.institutions[BRCKO].register.answer = lambda *_: (200, b"<html>")
    refused_as(ask_for_children(running_country), "Server.ServerProxy.ServiceFailed")


def test_a_register_that_is_slow_is_not_waited_for(running_country: Country) -> None:
    running_country.institutions[BRCKO].register.answer = lambda *_: (time.sleep(1.5), (200, b"{}"))[1]
    started = time.monotonic()
    refused_as(ask_for_children(running_country), "Server.ServerProxy.NetworkError")
    assert time.monotonic() - started < 1.4


def test_a_register_that_is_down_is_named_and_comes_back(running_country: Country) -> None:
    register = running_country.institutions[BRCKO].register
    register.stop()
    try:
        refused_as(ask_for_children(running_country, jmb="2501990565037"), "Server.ServerProxy.NetworkError")
    finally:
        register.start()
    (usage,) = running_country.usages(TUZLA, BRCKO, jmb="2501990565037")
    assert usage["action"] == "asked"
    assert ask_for_children(running_country)[0] == 200


def test_a_question_that_is_no_question_is_refused(running_country: Country) -> None:
    socket = running_country.institutions[TUZLA].portal_socket
    headers = {"X-Road-Client": "BA/GOV/tuzla-social-work/portal", "X-Road-Issue": CASE}
    for body in (b"", b"{", b"[]", b'{"fields": []}', b'{"fields": ["children"]}'):
        refused_as(call(socket, "POST", ASKED, body, headers), "Client.InvalidQuestion", 400)


def test_errors_are_xml_for_who_wants_xml(running_country: Country) -> None:
    status, headers, answer = ask_for_children(running_country, case=None, headers={"Accept": "text/xml"})
    assert status == 500
    assert headers["content-type"].startswith("text/xml")
    assert b"<type>Server.ClientProxy.CaseReferenceMissing</type>" in answer


def test_another_institutions_gateway_cannot_be_named(running_country: Country) -> None:
    refused_as(
        ask_for_children(
            running_country, headers={"X-Road-Security-Server": "BA/GOV/zenica-registrar/gateway"}
        ),
        "Server.ClientProxy.InvalidSecurityServer",
    )


def test_a_service_can_be_asked_only_as_it_is_offered(running_country: Country) -> None:
    socket = running_country.institutions[TUZLA].portal_socket
    headers = {"X-Road-Client": "BA/GOV/tuzla-social-work/portal", "X-Road-Issue": CASE}
    body = question_about(AMRA, ["children"])
    refused_as(call(socket, "PUT", ASKED, body, headers), "Server.ServerProxy.AccessDenied")
    refused_as(call(socket, "POST", f"{ASKED}/more", body, headers), "Server.ServerProxy.AccessDenied")


def test_error_types_are_spelled_as_configured(country: Country) -> None:
    country.configure(country.institutions[TUZLA], error_spelling="snake")
    country.start(TUZLA)
    refused_as(ask_for_children(country, case=None), "server.clientproxy.case_reference_missing")


# Institutions, contracts and directories that change


def test_a_gateway_that_is_down_is_named_and_the_attempt_is_logged(country: Country) -> None:
    country.start(TUZLA)
    refused_as(ask_for_children(country), "Server.ServerProxy.NetworkError")
    (usage,) = country.usages(TUZLA, TUZLA)
    assert usage["refusal"] == "Server.ServerProxy.NetworkError"
    country.start(BRCKO)
    assert ask_for_children(country)[0] == 200


def test_contracts_that_differ_are_refused(country: Country) -> None:
    changed = make_contract(TUZLA, BRCKO, "register", "childrenOfParent", ("children",))
    country.add_contract(changed, only_at=(TUZLA,))
    country.start(TUZLA, BRCKO)
    refused_as(ask_for_children(country), "Server.ServerProxy.ContractChanged")


def test_a_contract_that_has_ended_is_refused(country: Country) -> None:
    now = clock.now().replace(microsecond=0)
    ended = make_contract(
        TUZLA, BRCKO, "register", "childrenOfParent", ("children",), valid_until=now - timedelta(minutes=1)
    )
    country.add_contract(ended)
    country.start(TUZLA, BRCKO)
    refused_as(ask_for_children(country), "Server.ClientProxy.ContractNotValidNow")


def test_a_contract_that_one_party_did_not_sign_is_not_used(country: Country) -> None:
    path = country.institutions[TUZLA].folder / "contracts" / "tuzla--brcko--childrenofparent.json"
    signed = json.loads(path.read_text())
    signed["signatures"] = signed["signatures"][:1]
    path.write_text(json.dumps(signed))
    country.start(TUZLA, BRCKO)
    refused_as(ask_for_children(country), "Server.ServerProxy.AccessDenied")
    assert any(line["event"] == "contract_refused" for line in country.institutions[TUZLA].journal())


def test_a_new_contract_is_taken_up_without_a_restart(country: Country) -> None:
    country.start(TUZLA, BRCKO)
    country.add_contract(make_contract(TUZLA, BRCKO, "register", "birthRecord", ("name",)))
    wait_for(lambda: country.ask(TUZLA, BRCKO, "birthRecord", ["name"])[0] == 200)


def test_an_expired_directory_stops_every_exchange_until_there_is_a_fresh_one(country: Country) -> None:
    country.start(TUZLA, BRCKO)
    assert ask_for_children(country)[0] == 200
    country.publish(valid=timedelta(seconds=2))
    outdated = "Server.ClientProxy.OutdatedGlobalConf"
    wait_for(lambda: ask_for_children(country)[1].get("x-road-error") == outdated)
    refused_as(ask_for_children(country), outdated)
    assert country.native(TUZLA, "GET", "/v1/health")[0] == 200
    country.publish()
    wait_for(lambda: ask_for_children(country)[0] == 200)


def test_an_older_directory_is_not_taken_even_after_a_restart(country: Country) -> None:
    country.publish(serial=50)
    country.start(TUZLA)
    country.publish(serial=49)
    wait_for(
        lambda: any(line.get("error") == "stale_directory" for line in country.institutions[TUZLA].journal())
    )
    assert country.native(TUZLA, "GET", "/v1/status")[2]["directory_serial"] == 50
    country.stop(TUZLA)
    (country.folder / "directory.json").unlink()
    country.start(TUZLA)
    assert country.native(TUZLA, "GET", "/v1/status")[2]["directory_serial"] == 50


def test_a_forged_directory_is_not_taken(country: Country) -> None:
    country.start(TUZLA)
    stranger = country.institutions[ZENICA].signing
    country.publish(serial=99, signer=stranger)
    wait_for(
        lambda: any(line["event"] == "directory_refused" for line in country.institutions[TUZLA].journal())
    )
    assert country.native(TUZLA, "GET", "/v1/status")[2]["directory_serial"] == 1


def test_who_left_the_directory_is_refused(country: Country) -> None:
    country.start(TUZLA, BRCKO)
    assert ask_for_children(country)[0] == 200
    country.publish(members=tuple(each for each in country.members() if each.code != BRCKO))
    wait_for(lambda: ask_for_children(country)[1].get("x-road-error") == "Server.ClientProxy.UnknownMember")


def test_somebody_elses_gateway_at_the_address_is_not_trusted(country: Country) -> None:
    zenica = f"127.0.0.1:{country.institutions[ZENICA].port}"
    moved = tuple(replace(each, address=zenica) if each.code == BRCKO else each for each in country.members())
    country.publish(members=moved)
    country.start(TUZLA, ZENICA)
    refused_as(ask_for_children(country), "Server.ServerProxy.NetworkError")
    assert any("WrongCertificate" in line.get("reason", "") for line in country.institutions[TUZLA].journal())
