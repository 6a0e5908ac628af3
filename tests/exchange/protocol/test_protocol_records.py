"""Log records, their openings, pseudonyms, signed log states and the statements in QR codes."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
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
    signed_request,
)

from mostovi.exchange.protocol.checkpoints import (
    Checkpoint,
    ForgedCheckpoint,
    MalformedCheckpoint,
    log_origin,
    parse_checkpoint,
    sign_checkpoint,
    verify_checkpoint,
)
from mostovi.exchange.protocol.faults import ProtocolRefusal
from mostovi.exchange.protocol.keys import p256_public_key
from mostovi.exchange.protocol.pseudonyms import subject_pseudonym, user_pseudonym
from mostovi.exchange.protocol.records import (
    LogRecord,
    MalformedRecord,
    Opening,
    OpeningDoesNotFit,
    Outcome,
    RecordKind,
    SignedMessage,
    check_opening,
    open_record,
    parse_record,
    record_from_json,
)
from mostovi.exchange.protocol.statements import (
    ForgedStatement,
    MalformedStatement,
    SignedStatement,
    Statement,
    parse_statement,
    parse_statement_url,
    sign_statement,
    verify_statement,
)

_, REQUEST = signed_request()
RECORD = LogRecord(
    kind=RecordKind.EXCHANGE_REQUEST,
    at=NOW,
    outcome=Outcome.ASKED,
    exchange_id="BA-6f1c7a5e",
    request_id="0b1e7f0a",
    consumer=str(PORTAL),
    provider=str(REGISTER),
    service=str(CONTRACT.service),
    contract_id=CONTRACT.id,
    contract_hash=CONTRACT.hash,
    case="K4T92M7AE",
    subject="pseudonym",
    fields=("name", "address"),
    request=SignedMessage.of(REQUEST),
)
CHECKPOINT = Checkpoint(log_origin(PORTAL.member), 104, bytes(range(32)), NOW)
NOTE = sign_checkpoint(CHECKPOINT, DAMIR)
DAMIRS_KEY = p256_public_key(DAMIR.certificate)
STATEMENT = Statement("J7K4T92M7", PORTAL.member, "child-allowance-decision", date(2026, 11, 21))
URL = sign_statement(STATEMENT, DAMIR, "https://mostovi.example/")

texts = st.none() | st.text("aZ09čЂ-/", min_size=1, max_size=20)
records = st.builds(
    LogRecord,
    kind=st.sampled_from(RecordKind),
    outcome=st.sampled_from(Outcome),
    at=st.integers(0, 10**9).map(lambda seconds: NOW + timedelta(milliseconds=seconds)),
    case=texts,
    user=texts,
    subject=texts,
    error=texts,
    service=texts,
    fields=st.lists(st.text("abc", min_size=1), unique=True, max_size=4).map(tuple),
    request=st.none()
    | st.builds(
        SignedMessage, st.text("ab\n:", min_size=1), st.binary(min_size=64, max_size=64), st.just("A" * 43)
    ),
    detail=st.dictionaries(
        st.text("abc", min_size=1), st.text().filter(str.isascii) | st.integers(0, 9), max_size=3
    ),
)


@given(records)
def test_every_record_survives_being_opened_and_read(record: LogRecord) -> None:
    opening = open_record(record)
    assert parse_record(opening.record) == record
    check_opening(opening, opening.commitment())


def test_the_log_reveals_nothing_without_the_opening() -> None:
    one, other = open_record(RECORD), open_record(RECORD)
    assert one.record == other.record
    assert one.commitment() != other.commitment()
    assert len(one.commitment()) == 32


@given(st.integers(0, 31), st.integers(1, 255))
def test_another_nonce_or_record_does_not_open_the_leaf(position: int, change: int) -> None:
    opening = open_record(RECORD)
    nonce = bytearray(opening.nonce)
    nonce[position] ^= change
    with pytest.raises(OpeningDoesNotFit):
        check_opening(Opening(bytes(nonce), opening.record), opening.commitment())
    with pytest.raises(OpeningDoesNotFit):
        check_opening(Opening(opening.nonce, opening.record + b" "), opening.commitment())


def test_a_record_that_cannot_be_signed_is_refused() -> None:
    with pytest.raises(MalformedRecord):
        open_record(replace(RECORD, detail={"amount": 1.5}))


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "gossip"},
        {"outcome": "maybe"},
        {"at": "now"},
        {"more": 1},
        {"fields": ["a", "a"]},
        {"case": ""},
        {"case": 1},
        {"detail": []},
        {"request": {}},
        {"request": "x"},
    ],
)
def test_a_record_with_wrong_content_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(MalformedRecord):
        record_from_json(RECORD.to_json() | change)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_record_or_are_refused(data: bytes) -> None:
    with pytest.raises(MalformedRecord):
        parse_record(data)


def test_a_record_in_another_spelling_is_refused() -> None:
    with pytest.raises(MalformedRecord):
        parse_record(json.dumps(RECORD.to_json()).encode())


def test_a_person_has_another_pseudonym_at_each_institution() -> None:
    one = subject_pseudonym(b"1" * 32, "0101990510007")
    assert one == subject_pseudonym(b"1" * 32, "0101990510007")
    assert one != subject_pseudonym(b"2" * 32, "0101990510007")
    assert one != subject_pseudonym(b"1" * 32, "0101990510015")
    assert len(one) == 24
    assert "0101990510007" not in one


def test_an_official_and_a_person_with_the_same_number_differ() -> None:
    user = user_pseudonym(b"1" * 32, "BA", "0101990510007")
    assert user.startswith("BA")
    assert user[2:] != subject_pseudonym(b"1" * 32, "0101990510007")


def test_a_short_pseudonym_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        subject_pseudonym(b"short", "0101990510007")


def test_a_log_state_survives_being_signed_and_verified() -> None:
    assert verify_checkpoint(NOTE, member=PORTAL.member, public_key=DAMIRS_KEY) == CHECKPOINT
    assert parse_checkpoint(NOTE) == CHECKPOINT
    assert NOTE.startswith("BA/GOV/tuzla-social-work/log\n104\nAAECAw")
    assert "\ntime 2026-11-21T14:05:00Z\n\n— BA/GOV/tuzla-social-work/log " in NOTE


def test_a_witness_may_add_its_signature() -> None:
    witnessed = NOTE + "— witness.example/canton " + "A" * 100 + "\n"
    assert verify_checkpoint(witnessed, member=PORTAL.member, public_key=DAMIRS_KEY) == CHECKPOINT


FORGED_NOTES = {
    "another_size": NOTE.replace("\n104\n", "\n105\n"),
    "another_root": NOTE.replace("AAECAw", "BAECAw"),
    "another_time": NOTE.replace("14:05", "14:06"),
    "of_another_log": sign_checkpoint(replace(CHECKPOINT, origin=log_origin(REGISTER.member)), DAMIR),
    "signed_by_another": sign_checkpoint(CHECKPOINT, MINISTRY),
    "name_of_signer_changed": NOTE.replace("— BA/GOV", "— BA/COM"),
}


@pytest.mark.parametrize("name", FORGED_NOTES)
def test_a_forged_log_state_is_refused(name: str) -> None:
    with pytest.raises(ForgedCheckpoint):
        verify_checkpoint(FORGED_NOTES[name], member=PORTAL.member, public_key=DAMIRS_KEY)


MALFORMED_NOTES = {
    "empty": "",
    "unsigned": NOTE.partition("\n\n")[0] + "\n",
    "no_time": NOTE.replace("time 2026-11-21T14:05:00Z\n", ""),
    "size_with_zero_in_front": NOTE.replace("\n104\n", "\n0104\n"),
    "size_negative": NOTE.replace("\n104\n", "\n-1\n"),
    "root_too_short": NOTE.replace("AAECAw", ""),
    "root_with_loose_bits": NOTE.replace("Hh8=", "Hh9="),
    "another_time_spelling": NOTE.replace("14:05:00Z", "14:05:00.000Z"),
    "one_line_more": NOTE.replace("\ntime", "\nmore\ntime"),
    "hyphen_for_the_dash": NOTE.replace("—", "-"),
    "no_line_end": NOTE[:-1],
    "windows_line_ends": NOTE.replace("\n", "\r\n"),
    "too_many_signatures": NOTE + ("— w.example " + "A" * 100 + "\n") * 16,
}


@pytest.mark.parametrize("name", MALFORMED_NOTES)
def test_a_malformed_log_state_is_refused(name: str) -> None:
    with pytest.raises(MalformedCheckpoint):
        verify_checkpoint(MALFORMED_NOTES[name], member=PORTAL.member, public_key=DAMIRS_KEY)


@given(st.text(max_size=200))
def test_any_text_is_a_log_state_or_is_refused(text: str) -> None:
    with pytest.raises(MalformedCheckpoint):
        parse_checkpoint(text)


@given(st.integers(0, len(NOTE) - 1), st.characters())
def test_no_sign_of_a_log_state_can_be_changed(position: int, sign: str) -> None:
    altered = NOTE[:position] + sign + NOTE[position + 1 :]
    try:
        checkpoint = verify_checkpoint(altered, member=PORTAL.member, public_key=DAMIRS_KEY)
    except ProtocolRefusal:
        return
    assert checkpoint == CHECKPOINT


def test_a_statement_survives_being_signed_photographed_and_verified() -> None:
    signed = parse_statement_url(URL)
    assert verify_statement(signed, DIRECTORY.signing_keys_of) == STATEMENT
    assert URL.startswith("https://mostovi.example/provjera/J7K4T92M7?s=")
    assert len(URL) < 260


def test_a_statement_under_another_code_is_forged() -> None:
    signed = parse_statement_url(URL.replace("J7K4T92M7", "J7K4T92M8"))
    with pytest.raises(ForgedStatement):
        verify_statement(signed, DIRECTORY.signing_keys_of)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "birth-extract"},
        {"issued_on": date(2026, 11, 22)},
        {"issuer": REGISTER.member},
        {"issuer": STRANGER},
    ],
)
def test_a_forged_statement_is_refused(change: dict[str, Any]) -> None:
    signed = parse_statement_url(URL)
    with pytest.raises(ForgedStatement):
        verify_statement(
            SignedStatement(replace(STATEMENT, **change), signed.signature), DIRECTORY.signing_keys_of
        )


def test_a_statement_signed_by_a_stranger_is_forged() -> None:
    signature = ec.generate_private_key(ec.SECP256R1()).sign(
        b"x", ec.ECDSA(DAMIR.certificate.signature_hash_algorithm)
    )  # type: ignore[arg-type]
    with pytest.raises(ForgedStatement):
        verify_statement(SignedStatement(STATEMENT, signature[:64]), DIRECTORY.signing_keys_of)


def test_a_renewed_key_still_verifies_what_the_old_one_signed() -> None:
    keys = [p256_public_key(MINISTRY.certificate), DAMIRS_KEY]
    assert verify_statement(parse_statement_url(URL), lambda _: keys) == STATEMENT


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://mostovi.example/provjera/J7K4T92M7",
        "https://mostovi.example/x/J7K4T92M7?s=AAAA",
        URL.lower(),
        URL + "A",
        URL[:-1],
        URL + "&s=AAAA",
        URL.replace("J7K", "J1K"),
        "http://[",
        "x" * 2000,
    ],
)
def test_a_malformed_statement_is_refused(url: str) -> None:
    with pytest.raises(MalformedStatement):
        parse_statement_url(url)


@pytest.mark.parametrize("change", [{"code": "J7"}, {"code": "J7K4T92M0"}, {"kind": "Kind"}, {"kind": ""}])
def test_a_statement_that_makes_no_sense_is_not_signed(change: dict[str, Any]) -> None:
    with pytest.raises(MalformedStatement):
        sign_statement(replace(STATEMENT, **change), DAMIR, "https://mostovi.example")


@given(st.text(max_size=200))
def test_any_text_is_a_statement_or_is_refused(text: str) -> None:
    for read in (parse_statement_url, lambda each: parse_statement("J7K4T92M7", each)):
        with pytest.raises(MalformedStatement):
            read(text)
