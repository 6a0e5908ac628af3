"""The portal's only door to the exchange, against real gateways."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from exchange.bridge_fixture import AMRA, BRCKO, CASE, TUZLA, ZENICA, Country, running_country
from mostovi.exchange import public as exchange
from mostovi.exchange.bridge import members
from mostovi.exchange.protocol.checkpoints import ForgedCheckpoint
from mostovi.exchange.protocol.receipts import receipt_from_json, verify_receipt
from mostovi.exchange.protocol.statements import ForgedStatement, MalformedStatement

pytestmark = pytest.mark.programs
__all__ = ["running_country"]


@pytest.fixture(autouse=True)
def bridge(running_country: Country, settings) -> Iterator[Country]:
    settings.GATEWAYS = running_country.gateways_setting()
    settings.TRUST_ROOT = str(running_country.folder / "root.pem")
    members._known.clear()
    for institution in running_country.institutions.values():
        institution.register.forget()
    yield running_country
    members._known.clear()


def ask(**changes) -> exchange.Answer:
    question = {
        "institution": TUZLA,
        "provider": BRCKO,
        "service": "childrenOfParent",
        "subject_jmb": AMRA,
        "fields": ["children"],
        "case": CASE,
        "user": "BAdamir",
    }
    return exchange.ask_register(**{**question, **changes})


def test_a_register_answers_with_its_contract() -> None:
    answer = ask()
    assert answer.facts == {"children": "value of children"}
    assert answer.as_of == datetime(2026, 11, 21, 14, 5, tzinfo=UTC)
    assert answer.provider == BRCKO
    assert answer.log_entry.startswith(f"{TUZLA}/")
    assert answer.contract == exchange.find_contract(
        institution=TUZLA, provider=BRCKO, service="childrenOfParent"
    )
    assert answer.contract.legal_basis["hr"] == "Law on support (52/22), članak 9"
    assert answer.contract.in_force is False


@pytest.mark.parametrize(
    ("changes", "error", "code"),
    [
        ({"case": None}, "Server.ClientProxy.CaseReferenceMissing", "case_reference_missing"),
        ({"fields": ["religion"]}, "Server.ClientProxy.FieldNotInContract", "field_not_in_contract"),
        ({"service": "birthRecord", "fields": ["name"]}, "Server.ServerProxy.AccessDenied", "access_denied"),
        ({"provider": "atlantis"}, "Server.ClientProxy.UnknownMember", "unknown_member"),
    ],
)
def test_a_refusal_keeps_its_type_and_has_a_sentence(changes: dict, error: str, code: str) -> None:
    with pytest.raises(exchange.BridgeRefused) as refused:
        ask(**changes)
    assert (refused.value.error_type, refused.value.code) == (error, code)
    assert refused.value.message.endswith(".")


def test_a_person_the_register_does_not_know_is_no_failure(bridge: Country) -> None:
    bridge.institutions[BRCKO].register.answer = lambda *_: (404, b'{"code": "person_not_found"}')
    with pytest.raises(exchange.PersonNotInRegister):
        ask()


def test_a_register_that_is_down_is_no_answer(bridge: Country) -> None:
    bridge.institutions[BRCKO].register.stop()
    try:
        with pytest.raises(exchange.NoAnswer):
            ask()
    finally:
        bridge.institutions[BRCKO].register.start()


def test_a_gateway_that_is_down_is_no_answer(bridge: Country, settings) -> None:
    settings.GATEWAYS = {**settings.GATEWAYS, ZENICA: {"socket": str(bridge.folder / "nobody.sock")}}
    with pytest.raises(exchange.NoAnswer):
        exchange.find_contract(institution=ZENICA, provider=BRCKO, service="birthRecord")
    status = exchange.gateway_status(institution=ZENICA)
    assert status == exchange.GatewayStatus(ZENICA, answering=False)


def test_every_member_is_asked_who_looked_and_who_is_silent_is_named(bridge: Country) -> None:
    ask()
    bridge.stop(ZENICA)
    try:
        report = exchange.find_usages(institution=TUZLA, subject_jmb=AMRA, user="BAamra")
    finally:
        bridge.start(ZENICA)
    assert report.silent == (ZENICA,)
    newest = {usage.institution: usage for usage in reversed(report.usages)}
    assert newest[BRCKO].action == "answered"
    assert newest[TUZLA].action == "asked"
    assert newest[BRCKO].exchange_id == newest[TUZLA].exchange_id
    assert newest[BRCKO].purpose["en"] == "Decide on child allowance"
    assert list(report.usages) == sorted(report.usages, key=lambda usage: usage.at, reverse=True)
    later = exchange.find_usages(
        institution=TUZLA, subject_jmb=AMRA, user="BAamra", since=datetime.now(UTC) + timedelta(minutes=1)
    )
    assert later.usages == ()


def test_a_receipt_is_fetched_and_verified_with_the_root_alone(bridge: Country) -> None:
    ask()
    report = exchange.find_usages(institution=TUZLA, subject_jmb=AMRA, user="BAamra")
    entry = next(usage.log_entry for usage in report.usages if usage.institution == BRCKO)
    receipt = exchange.fetch_receipt(institution=TUZLA, log_entry=entry, subject_jmb=AMRA, user="BAamra")
    evidence = verify_receipt(
        receipt_from_json(receipt), root_certificate=bridge.root.certificate, now=datetime.now(UTC)
    )
    assert evidence.log_entry == entry
    with pytest.raises(exchange.EntryNotFound):
        exchange.fetch_receipt(
            institution=TUZLA, log_entry=entry, subject_jmb="1109995565019", user="BAmilan"
        )


def test_audit_lines_are_appended_once(bridge: Country) -> None:
    line = exchange.AuditEntry(
        id="a-1",
        at=datetime.now(UTC),
        actor_kind="official",
        user="BAdamir",
        action="open_case",
        subject_jmb=AMRA,
        case=CASE,
        purpose="decide",
        detail={"role": "caseworker"},
    )
    (entry,) = exchange.append_audit_lines(institution=ZENICA, lines=[line])
    assert exchange.append_audit_lines(institution=ZENICA, lines=[line, replace(line, id="a-2")])[0] == entry
    page = exchange.list_log_entries(institution=ZENICA, limit=2)
    assert [each.action for each in page] == ["read", "read"]
    assert page[1].log_entry == entry
    assert page[1].purpose["hr"] == "decide"
    assert page[1].requester == ZENICA


def test_a_log_that_grew_is_consistent_and_a_rewritten_one_is_not(bridge: Country) -> None:
    before = exchange.gateway_status(institution=TUZLA)
    ask()
    check = exchange.check_log_consistency(
        institution=TUZLA, old_size=before.tree_size, old_root=before.root_hash
    )
    assert check.consistent
    assert check.new_size > before.tree_size
    wrong = base64.b64encode(bytes(32)).decode()
    check = exchange.check_log_consistency(institution=TUZLA, old_size=before.tree_size, old_root=wrong)
    assert not check.consistent
    assert check.reason


def test_a_gateway_tells_how_it_does() -> None:
    ask()
    status = exchange.gateway_status(institution=TUZLA)
    assert status.answering
    assert status.answers_today > 0
    assert len(status.exchanges_per_minute) == 30
    assert status.median_milliseconds is not None


def test_members_come_from_the_verified_directory(bridge: Country, settings, tmp_path) -> None:
    assert [member.code for member in exchange.list_members()] == [BRCKO, TUZLA, ZENICA]
    members._known.clear()
    other = Country(tmp_path)
    settings.TRUST_ROOT = str(other.folder / "root.pem")
    with pytest.raises(exchange.NoAnswer):
        exchange.list_members()


def test_a_square_code_is_checked_against_the_directory(bridge: Country) -> None:
    reserved = exchange.reserve_document(
        institution=TUZLA,
        kind="decision",
        case=CASE,
        subject_jmb=AMRA,
        verify_base_url="https://mostovi.example",
    )
    signed = reserved.verify_url.partition("?s=")[2]
    stated = exchange.check_statement(code=reserved.code, signed=signed)
    assert (stated.issuer, stated.kind, stated.issued_on) == (TUZLA, "decision", reserved.issued_on)
    other = "J7AAAAAAA"
    with pytest.raises(ForgedStatement):
        exchange.check_statement(code=other, signed=signed)
    with pytest.raises(MalformedStatement):
        exchange.check_statement(code=reserved.code, signed="x")
    status = exchange.document_status(institution=BRCKO, code=reserved.code)
    assert (status.known, status.state, status.issuer) == (True, "unsealed", TUZLA)
    assert not exchange.document_status(institution=BRCKO, code="AAAAAAAAA").known
    with pytest.raises(exchange.BridgeRefused) as refused:
        exchange.revoke_document(institution=TUZLA, code=reserved.code, reason="never sealed")
    assert refused.value.code == "not_in_force"


def test_a_state_signed_by_somebody_else_is_refused(bridge: Country, settings) -> None:
    settings.GATEWAYS = {**settings.GATEWAYS, TUZLA: settings.GATEWAYS[BRCKO]}
    with pytest.raises(ForgedCheckpoint):
        exchange.check_log_consistency(institution=TUZLA, old_size=0, old_root="")


def test_without_our_own_gateway_nobody_was_asked(bridge: Country, settings) -> None:
    asked = exchange.find_usages(institution=TUZLA, subject_jmb=AMRA, user="BAamra")
    assert not asked.own_gateway_silent
    settings.GATEWAYS = {**settings.GATEWAYS, TUZLA: {"socket": "/nowhere.sock"}}
    report = exchange.find_usages(institution=TUZLA, subject_jmb=AMRA, user="BAamra")
    assert report.own_gateway_silent
    assert {TUZLA, BRCKO} <= set(report.silent)


def _told_to_amra(case: str) -> list[exchange.Usage]:
    report = exchange.find_usages(institution=TUZLA, subject_jmb=AMRA, user="BAamra")
    return [usage for usage in report.usages if usage.case == case]


@pytest.mark.parametrize(("acting", "told"), [("clerk", "clerk"), ("person", "person"), ("", None)])
def test_both_ends_tell_who_acted_when_a_register_was_asked(
    bridge: Country, acting: str, told: str | None
) -> None:
    case = f"acting-{acting}"
    ask(acting=acting, case=case)
    usages = _told_to_amra(case)
    assert {usage.institution for usage in usages} == {TUZLA, BRCKO}
    assert {usage.seen_by for usage in usages} == {told}


def test_who_acts_is_one_of_a_few_words(bridge: Country) -> None:
    with pytest.raises(exchange.BridgeRefused):
        ask(acting="Sanja")


def test_an_official_act_names_the_office_the_role_the_purpose_and_the_law(bridge: Country) -> None:
    texts = dict.fromkeys(("bs", "hr", "sr", "en"), "Birth extract")
    line = exchange.AuditEntry(
        id="act-1",
        at=datetime.now(UTC),
        actor_kind="official",
        user="BAsanja",
        action="started",
        subject_jmb=AMRA,
        case="at-a-counter",
        purpose="birth-extract",
        detail={
            "actor_institution": ZENICA,
            "role": "clerk",
            "identity_document": "passport",
            "purpose": texts,
            "legal_basis": texts,
        },
    )
    exchange.append_audit_lines(institution=TUZLA, lines=[line])
    (usage,) = _told_to_amra("at-a-counter")
    assert (usage.institution, usage.requester, usage.seen_by) == (TUZLA, ZENICA, "clerk")
    assert usage.identity_shown == "passport"
    assert usage.purpose == usage.legal_basis == texts
