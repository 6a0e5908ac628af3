"""A contract says who may ask what of whom and by which law, and both parties signed it."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protocol_cast import (
    CONTRACT,
    DAMIR,
    DIRECTORY,
    MINISTRY,
    NOW,
    PORTAL,
    REGISTER,
    STRANGER,
    make_contract,
    sign_by_both,
)

from mostovi.exchange.protocol.contracts import (
    CaseReferenceMissing,
    ContractBook,
    ContractChanged,
    ContractNotSigned,
    ContractNotValidNow,
    ContractWrongParty,
    ContractWrongService,
    FieldNotInContract,
    LegalBasis,
    MalformedContract,
    NoContract,
    PartySignature,
    SignedContract,
    check_fields,
    check_request_allowed,
    parse_contract,
    sign_contract,
    signed_contract_from_json,
    verify_contract,
)
from mostovi.exchange.protocol.digests import decode_base64url
from mostovi.exchange.protocol.faults import ProtocolRefusal
from mostovi.exchange.protocol.identifiers import ServiceId, SubsystemId
from mostovi.exchange.protocol.questions import (
    InvalidAnswer,
    InvalidQuestion,
    fresh_salt,
    hides_content,
    parse_answer,
    parse_question,
)

SIGNED = sign_by_both(CONTRACT)
FILE = json.dumps(SIGNED.to_json(), ensure_ascii=False).encode()


def allow(**changes: Any) -> None:
    known = {"client": PORTAL, "service": CONTRACT.service, "case": "K4T92M7AE", "now": NOW}
    check_request_allowed(CONTRACT, **(known | changes))


def test_a_contract_survives_being_written_signed_and_read() -> None:
    read = parse_contract(FILE)
    assert read == SIGNED
    assert read.contract.hash == CONTRACT.hash
    verify_contract(read, DIRECTORY.find_signer)


def test_a_question_within_the_contract_is_allowed() -> None:
    allow()


def test_a_question_about_a_person_without_a_case_is_refused() -> None:
    for case in (None, "", "  "):
        with pytest.raises(CaseReferenceMissing):
            allow(case=case)


def test_a_question_about_nobody_needs_no_case() -> None:
    contract = make_contract(about="none", subject=None)
    check_request_allowed(contract, client=PORTAL, service=contract.service, case=None, now=NOW)


def test_only_the_parties_of_a_contract_may_use_it() -> None:
    with pytest.raises(ContractWrongParty):
        allow(client=SubsystemId(STRANGER, "portal"))
    with pytest.raises(ContractWrongParty):
        allow(client=PORTAL.member)
    with pytest.raises(ContractWrongParty):
        allow(service=ServiceId(SubsystemId(STRANGER, "register"), "residence"))


def test_another_service_of_the_same_provider_is_refused() -> None:
    with pytest.raises(ContractWrongService):
        allow(service=ServiceId(REGISTER, "vehicles"))


@pytest.mark.parametrize("moment", [CONTRACT.valid_from - timedelta(seconds=1), CONTRACT.valid_until])
def test_a_contract_outside_its_time_is_refused(moment: Any) -> None:
    with pytest.raises(ContractNotValidNow):
        allow(now=moment)
    allow(now=CONTRACT.valid_from)


def test_a_field_that_the_contract_lacks_is_refused() -> None:
    check_fields(CONTRACT, ["name"])
    with pytest.raises(FieldNotInContract):
        check_fields(CONTRACT, ["name", "religion"])


def test_a_contract_that_one_party_did_not_sign_is_refused() -> None:
    for kept in SIGNED.signatures:
        with pytest.raises(ContractNotSigned):
            verify_contract(SignedContract(CONTRACT, (kept,)), DIRECTORY.find_signer)


def test_one_party_cannot_sign_for_the_other() -> None:
    own = sign_contract(CONTRACT, PORTAL.member, DAMIR)
    forged = PartySignature(REGISTER.member, own.key_id, own.signature)
    with pytest.raises(ContractNotSigned):
        verify_contract(SignedContract(CONTRACT, (own, forged)), DIRECTORY.find_signer)


def test_a_contract_changed_after_signing_is_refused() -> None:
    wider = replace(CONTRACT, fields=(*CONTRACT.fields, "household_size"))
    with pytest.raises(ContractNotSigned):
        verify_contract(SignedContract(wider, SIGNED.signatures), DIRECTORY.find_signer)


def test_a_contract_signed_with_an_unknown_key_is_refused() -> None:
    unknown = replace(SIGNED.signatures[0], key_id="A" * 43)
    with pytest.raises(ContractNotSigned):
        verify_contract(SignedContract(CONTRACT, (unknown, SIGNED.signatures[1])), DIRECTORY.find_signer)


def test_a_stranger_cannot_sign() -> None:
    with pytest.raises(ContractWrongParty):
        sign_contract(CONTRACT, STRANGER, MINISTRY)


def test_the_book_finds_a_contract_by_reference_and_by_parties() -> None:
    book = ContractBook([SIGNED], DIRECTORY.find_signer)
    assert book.find_referenced(CONTRACT.reference) == CONTRACT
    assert book.find_for(PORTAL, CONTRACT.service) == CONTRACT
    assert list(book) == [CONTRACT]


@pytest.mark.parametrize(
    "reference", [None, "", "unknown;sha-256=" + CONTRACT.hash, CONTRACT.id, CONTRACT.reference + " "]
)
def test_an_unknown_contract_is_refused(reference: str | None) -> None:
    book = ContractBook([SIGNED], DIRECTORY.find_signer)
    with pytest.raises(NoContract):
        book.find_referenced(reference)


def test_a_contract_is_not_found_for_others() -> None:
    with pytest.raises(NoContract):
        ContractBook([SIGNED], DIRECTORY.find_signer).find_for(
            SubsystemId(STRANGER, "portal"), CONTRACT.service
        )


def test_a_renewed_contract_takes_over_when_it_begins() -> None:
    renewed = make_contract(id="csw-interior-residence-02", valid_from=NOW, valid_until=CONTRACT.valid_until)
    coming = make_contract(
        id="csw-interior-residence-03", valid_from=CONTRACT.valid_until - timedelta(days=1)
    )
    coming = replace(coming, valid_until=CONTRACT.valid_until + timedelta(days=9))
    book = ContractBook([sign_by_both(each) for each in (renewed, CONTRACT, coming)], DIRECTORY.find_signer)
    assert book.find_for(PORTAL, CONTRACT.service, NOW) == renewed
    assert book.find_for(PORTAL, CONTRACT.service, NOW - timedelta(seconds=1)) == CONTRACT
    assert book.find_for(PORTAL, CONTRACT.service, CONTRACT.valid_until) == coming
    assert book.find_for(PORTAL, CONTRACT.service) == coming


def test_two_versions_of_a_contract_are_told_apart_by_their_hash() -> None:
    book = ContractBook([SIGNED], DIRECTORY.find_signer)
    with pytest.raises(ContractChanged):
        book.find_referenced(make_contract(version=2).reference)


def test_a_book_takes_no_unsigned_and_no_second_contract() -> None:
    with pytest.raises(ContractNotSigned):
        ContractBook([SignedContract(CONTRACT, ())], DIRECTORY.find_signer)
    with pytest.raises(MalformedContract):
        ContractBook([SIGNED, sign_by_both(make_contract(version=2))], DIRECTORY.find_signer)


def test_a_citation_names_act_gazette_and_article_in_each_language() -> None:
    citation = CONTRACT.legal_basis.citation()
    assert citation["hr"] == "Law on material support (52/22), članak 5"
    assert LegalBasis({"en": "No act"}).citation() == {"en": "No act"}


WRONG = {
    "no_id": {"id": ""},
    "id_with_separator": {"id": "a;b"},
    "version_zero": {"version": 0},
    "version_as_text": {"version": "1"},
    "consumer_is_a_member": {"consumer": "BA/GOV/x"},
    "service_steps_upwards": {"service": ".."},
    "service_with_slash": {"service": "a/b"},
    "about_everyone": {"about": "everyone"},
    "about_person_without_subject": {"subject": ""},
    "about_none_with_subject": {"about": "none"},
    "subject_is_no_pointer": {"subject": "subject"},
    "purpose_in_one_language": {"purpose": {"code": "x", "bs": "y"}},
    "purpose_without_code": {"purpose": dict.fromkeys(("bs", "hr", "sr", "en"), "y")},
    "purpose_in_a_fifth_language": {"purpose": dict.fromkeys(("code", "bs", "hr", "sr", "en", "de"), "y")},
    "act_as_text": {"legal_basis": {"act": "law", "gazette": "", "article": "", "illustrative": True}},
    "basis_with_more": {"legal_basis": {"more": 1}},
    "in_force_as_text": {"in_force": "yes"},
    "field_twice": {"fields": ["name", "name"]},
    "fields_as_text": {"fields": "name"},
    "field_as_number": {"fields": [1]},
    "ends_before_it_begins": {"valid_until": "2020-01-01T00:00:00Z"},
    "time_without_zone": {"valid_from": "2020-01-01T00:00:00"},
    "something_more": {"surprise": 1},
}


@pytest.mark.parametrize("name", WRONG)
def test_a_contract_with_wrong_content_is_refused(name: str) -> None:
    file = SIGNED.to_json()
    file["contract"] = file["contract"] | WRONG[name]
    with pytest.raises(MalformedContract):
        signed_contract_from_json(file)


@pytest.mark.parametrize("field", sorted(CONTRACT.to_json()))
def test_a_contract_without_a_field_is_refused(field: str) -> None:
    file = SIGNED.to_json()
    del file["contract"][field]
    with pytest.raises(MalformedContract):
        signed_contract_from_json(file)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_contract_or_are_refused(data: bytes) -> None:
    with pytest.raises(MalformedContract):
        parse_contract(data)


@given(st.integers(0, len(FILE) - 1), st.integers(1, 255))
def test_no_byte_of_a_signed_contract_can_be_changed(position: int, change: int) -> None:
    altered = bytearray(FILE)
    altered[position] ^= change
    try:
        signed = parse_contract(bytes(altered))
        verify_contract(signed, DIRECTORY.find_signer)
    except ProtocolRefusal:
        return
    assert signed == SIGNED


def test_a_question_is_read_within_its_contract() -> None:
    body = (
        b'{"subject":{"jmb":"0101990510007"},"fields":["name"],"parameters":{"language":"bs"},'
        b'"salt":"c2FsdC1vZi10aGUtcXVlc3Rpb24"}'
    )
    question = parse_question(body, CONTRACT)
    assert (question.fields, question.subject, question.parameters) == (
        ("name",),
        "0101990510007",
        {"language": "bs"},
    )
    assert "0101990510007" not in repr(question)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"fields":[]}',
        b'{"fields":["name"]}',
        b'{"fields":["name"],"subject":"x"}',
        b'{"fields":["name"],"subject":{"jmb":1}}',
        b'{"fields":["name"],"subject":{"jmb":""}}',
        b'{"fields":["name"],"subject":{"jmb":"1"},"parameters":[]}',
        b'{"fields":"name"}',
    ],
)
def test_a_question_that_does_not_say_whom_or_what_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidQuestion):
        parse_question(body, CONTRACT)


def test_a_question_for_a_field_outside_the_contract_is_refused() -> None:
    with pytest.raises(FieldNotInContract):
        parse_question(b'{"subject":{"jmb":"1"},"fields":["religion"]}', CONTRACT)


def test_a_question_about_nobody_names_nobody() -> None:
    contract = make_contract(about="none", subject=None)
    assert parse_question(b'{"fields":["name"]}', contract).subject is None


def test_an_answer_holds_only_what_was_asked() -> None:
    answer = parse_answer(answer_of('{"name":"Amra"}'), CONTRACT, ("name",))
    assert answer.facts == {"name": "Amra"}
    assert answer.as_of == NOW
    assert "Amra" not in repr(answer)
    with pytest.raises(InvalidAnswer):
        parse_answer(answer_of('{"since":"x"}'), CONTRACT, ("name",))
    with pytest.raises(FieldNotInContract):
        parse_answer(answer_of('{"religion":"x"}'), CONTRACT, ("name",))


def answer_of(facts: str, more: str = ',"salt":"c2FsdC1vZi10aGUtYW5zd2Vy"') -> bytes:
    return f'{{"facts":{facts},"as_of":"2026-11-21T14:05:00Z"{more}}}'.encode()


def question_of(more: str) -> bytes:
    return f'{{"subject":{{"jmb":"0101990510007"}},"fields":["name"]{more}}}'.encode()


BROKEN_SALTS = {
    "none": "",
    "empty": ',"salt":""',
    "null": ',"salt":null',
    "a_number": ',"salt":1234567890123456',
    "too_short": f',"salt":"{"a" * 21}"',
    "too_long": f',"salt":"{"a" * 65}"',
    "padded": f',"salt":"{"a" * 22}=="',
    "of_plain_base64": f',"salt":"{"a" * 21}+"',
    "letters_of_ours": f',"salt":"{"č" * 22}"',
    "a_list": ',"salt":["aaaaaaaaaaaaaaaaaaaaaa"]',
    "inside": ',"parameters":{"salt":"aaaaaaaaaaaaaaaaaaaaaa"}',
    "line_break": f',"salt":"{"a" * 22}\\n"',
}


@pytest.mark.parametrize("name", BROKEN_SALTS)
def test_a_question_or_answer_about_a_person_without_a_sound_salt_is_refused(name: str) -> None:
    broken = BROKEN_SALTS[name]
    with pytest.raises(InvalidQuestion) as refused:
        parse_question(question_of(broken), CONTRACT)
    assert refused.value.detail.startswith("it lacks the salt")
    if name != "inside":
        with pytest.raises(InvalidAnswer):
            parse_answer(answer_of('{"name":"Amra"}', broken), CONTRACT, ("name",))
    assert not hides_content(question_of(broken))


def test_a_question_that_names_a_person_needs_a_salt_whatever_its_contract_says() -> None:
    contract = make_contract(about="none", subject=None)
    with pytest.raises(InvalidQuestion):
        parse_question(question_of(""), contract)
    assert parse_question(question_of(f',"salt":"{fresh_salt()}"'), contract).subject is None


def test_an_answer_about_nobody_may_do_without_a_salt() -> None:
    contract = make_contract(about="none", subject=None)
    for more in ("", f',"salt":"{fresh_salt()}"'):
        assert parse_answer(answer_of('{"name":"Amra"}', more), contract, ("name",)).facts


@given(st.text("ABCxyz019_-", min_size=22, max_size=64))
def test_a_salt_of_22_to_64_signs_is_taken(salt: str) -> None:
    body = question_of(f',"salt":"{salt}"')
    assert parse_question(body, CONTRACT).fields == ("name",)
    assert hides_content(body)


def test_salts_are_made_anew_and_long_enough() -> None:
    salts = {fresh_salt() for _ in range(1000)}
    assert len(salts) == 1000
    assert all(len(decode_base64url(salt)) == 16 for salt in salts)


@given(st.binary(max_size=100))
def test_any_bytes_are_question_or_answer_or_are_refused(body: bytes) -> None:
    with pytest.raises(InvalidQuestion):
        parse_question(body, CONTRACT)
    with pytest.raises(InvalidAnswer):
        parse_answer(body, CONTRACT, ("name",))
