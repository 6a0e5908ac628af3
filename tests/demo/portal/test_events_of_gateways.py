"""What gateways tell passes live’s strict gate and reads well on the page, for every contract of the pack."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.utils.translation import override

from mostovi.demo.agreements import list_contracts
from mostovi.demo.portal.values import read_told
from mostovi.demo.portal.wording import FIELDS, describe
from mostovi.exchange.gateway.exchange import Exchange, describe_for_live
from mostovi.exchange.protocol.identifiers import parse_request_target
from mostovi.exchange.protocol.records import Outcome, SignedMessage
from mostovi.kernel import codes
from mostovi.live.rules import read_event
from mostovi.live.values import Numbered

KEY = bytes(32)
AT = datetime(2026, 11, 21, 14, 32, 7, 512000, tzinfo=UTC)
CONTRACTS = {contract.id: contract for contract in list_contracts()}


def told_about(contract, outcome, error=None):
    provider = contract.provider
    path = f"/r1/BA/GOV/{provider.member.member_code}/{provider.subsystem_code}/{contract.service_code}"
    exchange = Exchange(AT, contract.consumer, parse_request_target(path))
    exchange.contract, exchange.case, exchange.fields = contract, "K4T92M7AE", contract.fields
    entry = f"{contract.consumer.member.member_code}/104"
    line = json.dumps(describe_for_live(exchange, outcome, error, entry, key=KEY)).encode()
    return read_told(Numbered(7, read_event(line)).to_json())


@pytest.mark.parametrize("outcome", [Outcome.ANSWERED, Outcome.REFUSED, Outcome.SILENT])
def test_every_contract_of_the_pack_can_be_told_and_read(outcome):
    for contract in CONTRACTS.values():
        message = describe(told_about(contract, outcome, "Server.ServerProxy.NetworkError"))
        assert message.headline
        assert message.purpose
        assert message.legal_basis
        assert "{" not in message.headline + message.asked


def test_every_field_of_the_pack_has_a_word():
    assert {field for contract in CONTRACTS.values() for field in contract.fields} <= FIELDS.keys()


def test_a_refused_question_without_anything_known_can_be_told():
    line = json.dumps(
        describe_for_live(Exchange(AT), Outcome.REFUSED, "Client.BadRequest", None, key=KEY)
    ).encode()
    assert describe(read_told(Numbered(1, read_event(line)).to_json())).travelled


@pytest.mark.parametrize(
    ("signatures", "error", "words"),
    [
        ("none", "Server.ClientProxy.CaseReferenceMissing", "none: refused before it was signed"),
        ("none", "Server.ServerProxy.InvalidSignatureValue", "none that proves who asked"),
        ("one", "Server.ClientProxy.InconsistentResponse", "fine, so we know who asked"),
        ("both", "Server.ServerProxy.AccessDenied", "fine, from both gateways"),
        ("own", None, "fine, from one gateway: the institution asked itself"),
    ],
)
def test_whose_signatures_hold_is_said_in_words(signatures, error, words):
    told = told_about(CONTRACTS["csw-brcko-children-01"], Outcome.REFUSED, error)
    with override("en"):
        assert describe(replace(told, signatures=signatures)).signature == words


def test_a_signature_is_told_only_if_it_was_given():
    exchange = Exchange(AT, CONTRACTS["csw-brcko-children-01"].consumer)

    def told():
        return describe_for_live(exchange, Outcome.REFUSED, None, None, key=KEY)["signatures"]

    assert told() == "none"
    exchange.request = SignedMessage("", "", "")
    assert told() == "one"
    exchange.response = SignedMessage("", "", "")
    assert told() == "both"
    exchange.target = parse_request_target(f"/r1/{exchange.client.member}/gateway/findUsage")
    assert told() == "own"


def test_a_readable_question_without_proof_of_who_asked_is_not_called_unreadable():
    exchange = Exchange(AT, CONTRACTS["csw-brcko-children-01"].consumer)
    event = describe_for_live(
        exchange, Outcome.REFUSED, "Server.ClientProxy.SslAuthenticationFailed", None, key=KEY
    )
    with override("en"):
        message = describe(read_told(Numbered(1, read_event(json.dumps(event).encode())).to_json()))
    assert message.headline == message.asked == "A question without proof of who asked, refused"


def test_an_act_in_force_and_a_demonstration_agreement_are_told_apart():
    in_force = describe(told_about(CONTRACTS["csw-interior-residence-01"], Outcome.ANSWERED))
    agreement = describe(told_about(CONTRACTS["csw-brcko-children-01"], Outcome.ANSWERED))
    assert (in_force.force, agreement.force) == ("yes", "agreement")


def test_a_refused_question_that_names_nothing_known_is_called_unreadable():
    contract = CONTRACTS["csw-brcko-children-01"]
    for exchange in (Exchange(AT), Exchange(AT, contract.consumer)):
        line = json.dumps(
            describe_for_live(exchange, Outcome.REFUSED, "Client.BadRequest", None, key=KEY)
        ).encode()
        with override("en"):
            message = describe(read_told(Numbered(1, read_event(line)).to_json()))
            assert message.headline == message.asked == "An unreadable question, refused"


def test_a_public_event_gives_no_tracking_code_away():
    told = told_about(CONTRACTS["csw-brcko-children-01"], Outcome.ANSWERED)
    assert "K4T" not in str(told).upper()
    assert told.mark == told_about(CONTRACTS["csw-brcko-children-01"], Outcome.SILENT).mark
    with pytest.raises(codes.InvalidCode):
        codes.normalise(told.mark)
