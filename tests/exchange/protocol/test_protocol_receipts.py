"""A receipt proves to anyone, offline, what is in a member's log, and says what it does not prove."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st
from protocol_cast import (
    DAMIR,
    FOREIGN_ROOT,
    MINISTRY,
    NOW,
    PORTAL,
    REGISTER,
    ROOT,
    STRANGERS_KEY,
    TARGET_URI,
    make_certificate,
    request_headers,
    signed_request,
)
from receipt_cast import ASKED, log_with, receipt_json, receipt_of, recorded_exchange

from mostovi.exchange.protocol.canonical import canonical_json
from mostovi.exchange.protocol.certificates import Purpose, UntrustedCertificate
from mostovi.exchange.protocol.checkpoints import ForgedCheckpoint, MalformedCheckpoint
from mostovi.exchange.protocol.evidence import Direction, ForgedEvidence
from mostovi.exchange.protocol.faults import ProtocolRefusal
from mostovi.exchange.protocol.keys import Signer, WrongSignature
from mostovi.exchange.protocol.merkle import InclusionNotProved, MalformedProof
from mostovi.exchange.protocol.receipts import (
    Finding,
    ForgedReceipt,
    MalformedReceipt,
    Receipt,
    ReceiptEvidence,
    parse_receipt,
    receipt_file,
    receipt_from_json,
    verify_receipt,
)
from mostovi.exchange.protocol.records import LogRecord, MalformedRecord, Outcome, RecordKind, SignedMessage

QUESTION, ANSWERED = recorded_exchange()
RECEIPT = receipt_of(QUESTION, ANSWERED)
FILE = receipt_file(receipt_json(log_with(QUESTION, ANSWERED), 5, 6))
AUDITED = LogRecord(RecordKind.AUDIT, NOW, Outcome.DONE, case="K4T92M7AE", detail={"action": "case read"})


def verify(receipt: Receipt, root: x509.Certificate = ROOT.certificate, **changes: Any) -> ReceiptEvidence:
    return verify_receipt(receipt, root_certificate=root, **({"now": NOW + timedelta(days=400)} | changes))


def test_a_receipt_proves_entry_log_and_both_signatures() -> None:
    evidence = verify(RECEIPT)
    assert evidence.log_entry == "tuzla-canton-interior/5"
    assert evidence.member == REGISTER.member
    assert evidence.records == (QUESTION, ANSWERED)
    assert evidence.log_size == 7
    assert {(each.direction, each.member) for each in evidence.signed_by} == {
        (Direction.REQUEST, PORTAL.member),
        (Direction.RESPONSE, REGISTER.member),
    }
    assert set(evidence.proved) == {
        Finding.IN_LOG,
        Finding.UNCHANGED,
        Finding.SIGNED_LOG,
        Finding.REQUEST_SIGNED,
        Finding.RESPONSE_SIGNED,
    }
    assert set(evidence.not_proved) == {Finding.CONTENT_TRUE, Finding.LOG_COMPLETE, Finding.EXACT_TIME}


def test_a_receipt_without_signed_messages_says_so() -> None:
    evidence = verify(receipt_of(ASKED))
    assert Finding.REQUEST_UNSIGNED in evidence.not_proved
    assert Finding.RESPONSE_UNSIGNED in evidence.not_proved
    assert evidence.signed_by == ()


def test_a_receipt_of_an_audit_line_speaks_of_no_question() -> None:
    evidence = verify(receipt_of(AUDITED))
    assert evidence.record == AUDITED
    assert Finding.REQUEST_UNSIGNED not in evidence.not_proved


def test_a_receipt_survives_being_written_and_read() -> None:
    assert verify(parse_receipt(FILE)).records == (QUESTION, ANSWERED)


def test_a_receipt_outlives_the_certificates() -> None:
    ends = NOW + timedelta(hours=1)
    made = make_certificate(ROOT, purposes=Purpose.MESSAGES.value, holder=str(REGISTER.member), ends=ends)
    signer = Signer(made.key, made.certificate)
    log = log_with(ASKED)
    receipt = receipt_from_json(
        receipt_json(log, 5, checkpoint=log.checkpoint(signer), certificates=[signer.certificate])
    )
    verify(receipt)


def test_a_receipt_carries_only_the_certificates_it_needs() -> None:
    renewed = make_certificate(ROOT, purposes=Purpose.MESSAGES.value, holder=str(REGISTER.member))
    receipt = receipt_of(ASKED, certificates=[renewed.certificate, MINISTRY.certificate, DAMIR.certificate])
    assert receipt.certificates == (MINISTRY.certificate,)
    verify(receipt)
    for added in (DAMIR.certificate, renewed.certificate):
        with pytest.raises(ForgedReceipt):
            verify(replace(receipt, certificates=(MINISTRY.certificate, added)))


def test_a_receipt_under_another_root_is_not_trusted() -> None:
    with pytest.raises(UntrustedCertificate):
        verify(RECEIPT, FOREIGN_ROOT.certificate)


def test_a_receipt_that_brings_its_own_root_is_not_trusted() -> None:
    made = make_certificate(FOREIGN_ROOT, purposes=Purpose.MESSAGES.value, holder=str(REGISTER.member))
    log = log_with(ASKED)
    own = [made.certificate, FOREIGN_ROOT.certificate]
    note = log.checkpoint(Signer(made.key, made.certificate))
    with pytest.raises(UntrustedCertificate):
        verify(receipt_from_json(receipt_json(log, 5, checkpoint=note, certificates=own)))


def test_a_log_state_signed_by_another_member_is_forged() -> None:
    log = log_with(ASKED)
    receipt = replace(receipt_of(ASKED), checkpoint=log.checkpoint(DAMIR))
    with pytest.raises(ForgedCheckpoint):
        verify(receipt)


def test_a_log_state_from_the_future_is_forged() -> None:
    with pytest.raises(ForgedCheckpoint):
        verify(RECEIPT, now=NOW - timedelta(minutes=5))


def test_an_entry_that_was_changed_is_not_in_the_log() -> None:
    changed = receipt_json(log_with(QUESTION), 5)
    changed["entries"][0]["record"]["case"] = "EEEEEEEEE"
    with pytest.raises(InclusionNotProved):
        verify(receipt_from_json(changed))


def test_an_entry_of_another_place_or_log_is_not_proved() -> None:
    entry = RECEIPT.entries[0]
    with pytest.raises((InclusionNotProved, MalformedProof)):
        verify(replace(RECEIPT, entries=(replace(entry, index=4),)))
    with pytest.raises(InclusionNotProved):
        verify(replace(RECEIPT, checkpoint=log_with(ASKED, ASKED).checkpoint()))


def tampered(change: Callable[[SignedMessage], SignedMessage], **fields: Any) -> Receipt:
    """A log that itself recorded something false: the member lies, its log is in order."""
    assert QUESTION.request
    return receipt_of(replace(QUESTION, request=change(QUESTION.request), **fields))


def same(message: SignedMessage) -> SignedMessage:
    return message


@pytest.mark.parametrize(
    "claim",
    [
        {"case": "EEEEEEEEE"},
        {"user": "BAother"},
        {"exchange_id": "BA-other"},
        {"request_id": "other"},
        {"contract_hash": "A" * 43},
        {"request_digest": "sha-256=:AAAA:"},
        {"service": "BA/GOV/tuzla-canton-interior/register/vehicles"},
        {"consumer": "BA/GOV/tuzla-social-work/other"},
        {"consumer": "BA/GOV/stranger/portal"},
        {"consumer": None},
    ],
)
def test_a_record_that_says_something_else_than_its_signed_question_is_refused(claim: dict[str, Any]) -> None:
    with pytest.raises(ForgedEvidence):
        verify(tampered(same, **claim))


def test_a_log_cannot_invent_anothers_question() -> None:
    with pytest.raises(WrongSignature):
        verify(
            tampered(lambda message: replace(message, base=message.base.replace("K4T92M7AE", "EEEEEEEEE")))
        )
    with pytest.raises(WrongSignature):
        verify(tampered(lambda message: replace(message, signature=bytes(64))))
    with pytest.raises(ForgedEvidence):
        verify(tampered(lambda message: replace(message, key_id="A" * 43)))
    with pytest.raises(UntrustedCertificate):
        verify(tampered(lambda message: replace(message, base="nothing")))


def test_ids_percent_encoded_in_another_way_are_the_same_ids() -> None:
    lines = [(name, value.replace("portal", "%70ortal")) for name, value in request_headers()]
    _, request = signed_request(headers=lines, target_uri=TARGET_URI.replace("register", "r%65gister"))
    verify(receipt_of(replace(QUESTION, request=SignedMessage.of(request))))


def test_a_question_signed_outside_the_root_is_not_trusted() -> None:
    question, _ = recorded_exchange(requester=STRANGERS_KEY)
    receipt = receipt_of(question, certificates=[MINISTRY.certificate, STRANGERS_KEY.certificate])
    with pytest.raises(UntrustedCertificate):
        verify(receipt)


def test_a_question_signed_by_the_provider_itself_is_refused() -> None:
    question, _ = recorded_exchange(requester=MINISTRY)
    with pytest.raises(ForgedEvidence):
        verify(receipt_of(question))


def test_an_answer_to_another_question_is_refused() -> None:
    _, other_answer = recorded_exchange()
    with pytest.raises(ForgedEvidence):
        verify(receipt_of(QUESTION, other_answer))


def test_entries_of_different_exchanges_do_not_share_a_receipt() -> None:
    with pytest.raises(ForgedReceipt):
        verify(receipt_of(ASKED, replace(ASKED, request_id="another")))
    with pytest.raises(ForgedReceipt):
        verify(receipt_of(AUDITED, AUDITED))


def test_a_leaf_that_is_no_record_is_refused() -> None:
    broken = receipt_json(log_with(ASKED), 5)
    broken["entries"][0]["record"] = {"kind": "gossip"}
    with pytest.raises((InclusionNotProved, MalformedRecord)):
        verify(receipt_from_json(broken))


BROKEN: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "another_format": lambda file: file | {"format": "mostovi-receipt/2"},
    "no_entries": lambda file: file | {"entries": []},
    "too_many_entries": lambda file: file | {"entries": file["entries"] * 5},
    "another_log_entry": lambda file: file | {"log_entry": "tuzla-canton-interior/4"},
    "member_as_text": lambda file: file | {"member": "ministry"},
    "no_certificate": lambda file: file | {"certificates": ["x"]},
    "certificate_twice": lambda file: file | {"certificates": file["certificates"][:1] * 2},
    "something_more": lambda file: file | {"more": 1},
    "nonce_too_short": lambda file: file | {"entries": [file["entries"][0] | {"nonce": "AAAA"}]},
    "index_negative": lambda file: file | {"entries": [file["entries"][0] | {"index": -1}]},
    "proof_as_text": lambda file: file | {"entries": [file["entries"][0] | {"inclusion_proof": "x"}]},
    "short_hash_in_proof": lambda file: (
        file | {"entries": [file["entries"][0] | {"inclusion_proof": ["AAAA"]}]}
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_receipt_is_refused(name: str) -> None:
    with pytest.raises(MalformedReceipt):
        parse_receipt(receipt_file(BROKEN[name](json.loads(FILE))))


def test_a_receipt_without_a_log_state_is_refused() -> None:
    with pytest.raises(MalformedCheckpoint):
        verify(replace(RECEIPT, checkpoint="nothing"))
    with pytest.raises(ForgedCheckpoint):
        verify(replace(RECEIPT, certificates=()))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_receipt_or_are_refused(data: bytes) -> None:
    with pytest.raises(MalformedReceipt):
        parse_receipt(data)


def test_a_receipt_in_another_spelling_is_refused() -> None:
    with pytest.raises(MalformedReceipt):
        parse_receipt(json.dumps(json.loads(FILE), indent=1).encode())
    with pytest.raises(MalformedReceipt):
        parse_receipt(FILE + b"\n")


def test_a_receipt_may_also_be_canonical_json() -> None:
    assert parse_receipt(canonical_json(json.loads(FILE))) == parse_receipt(FILE)


@given(st.integers(0, len(FILE) - 1), st.integers(1, 255))
def test_no_byte_of_a_receipt_can_be_changed(position: int, change: int) -> None:
    altered = bytearray(FILE)
    altered[position] ^= change
    with pytest.raises(ProtocolRefusal):
        verify(parse_receipt(bytes(altered)))


@pytest.mark.slow
def test_every_single_byte_of_a_receipt_counts() -> None:
    for position in range(len(FILE)):
        altered = bytearray(FILE)
        altered[position] ^= 1
        with pytest.raises(ProtocolRefusal):
            verify(parse_receipt(bytes(altered)))
