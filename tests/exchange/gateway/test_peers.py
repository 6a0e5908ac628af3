"""What a gateway refuses from another one: a member that turned, or somebody between them."""

import contextlib
import http.client
import json
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from exchange.bridge_fixture import (
    AMRA,
    BRCKO,
    CASE,
    TUZLA,
    ZENICA,
    Country,
    country,
    question_about,
    running_country,
)
from mostovi.demo.authorities import issuing
from mostovi.exchange.protocol.contracts import parse_contract
from mostovi.exchange.protocol.digests import content_digest
from mostovi.exchange.protocol.keys import Signer
from mostovi.exchange.protocol.signatures import sign_request

pytestmark = pytest.mark.programs
__all__ = ["country", "running_country"]

TARGET = "/r1/BA/GOV/brcko-registrar/register/childrenOfParent"
BODY = json.dumps(question_about(AMRA, ["children"])).encode()


@dataclass
class Forger:
    """Speaks to Brčko's gateway with Tuzla's TLS key (unless told otherwise) and bends what it says."""

    country: Country
    tls: str = TUZLA
    signer: Signer | None = None
    target: str = TARGET
    signed_target: str = TARGET
    body: bytes = BODY
    sent_body: bytes | None = None
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    nonce: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    after_signing: list[tuple[str, str]] = field(default_factory=list)
    without: tuple[str, ...] = ()

    def send(self) -> tuple[int, dict[str, str], Any]:
        brcko = self.country.institutions[BRCKO]
        lines = {
            "content-type": "application/json",
            "x-road-client": "BA/GOV/tuzla-social-work/portal",
            "x-road-id": "id-1",
            "x-road-issue": CASE,
            "x-road-request-id": "4f1c2a9e-7b3d-4e58-9c06-d2a1b7e4f350",
            "content-digest": content_digest(self.body),
            "mostovi-contract": contract_reference(self.country),
            **self.headers,
        }
        headers = [(name, value) for name, value in lines.items() if name not in self.without]
        signature = sign_request(
            self.signer or self.country.institutions[TUZLA].signer,
            method="POST",
            target_uri=f"https://127.0.0.1:{brcko.port}{self.signed_target}",
            headers=headers,
            now=self.now,
            nonce=self.nonce,
        )
        sent = dict(headers + signature.headers + self.after_signing)
        dropped = [name for name in self.without if name in sent]
        body = self.body if self.sent_body is None else self.sent_body
        return self.call(
            brcko.port, body, {name: value for name, value in sent.items() if name not in dropped}
        )

    def call(self, port: int, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, str], Any]:
        folder = self.country.institutions[self.tls].folder
        context = ssl.create_default_context(cafile=str(self.country.folder / "root.pem"))
        context.load_cert_chain(folder / "tls.pem", folder / "tls.key")
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=5, context=context)
        try:
            connection.request("POST", self.target, body, headers)
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return response.status, found, json.loads(response.read())
        finally:
            connection.close()


def contract_reference(country: Country) -> str:
    path = country.institutions[BRCKO].folder / "contracts" / "tuzla--brcko--childrenofparent.json"
    return parse_contract(path.read_bytes()).contract.reference


def refused_as(forger: Forger, error: str) -> None:
    register = forger.country.institutions[BRCKO].register
    register.forget()
    before = tree_size(forger.country)
    _, headers, answer = forger.send()
    assert headers.get("x-road-error") == f"Server.ServerProxy.{error}", answer
    assert not register.questions, "the register was asked"
    assert tree_size(forger.country) == before + 1, "the refusal left no entry in the log"
    assert forger.country.institutions[BRCKO].journal()[-1]["event"] == "refused"


def tree_size(country: Country) -> int:
    return int(country.native(BRCKO, "GET", "/v1/status")[2]["tree_size"])


def test_an_honest_message_made_by_hand_is_answered(running_country: Country) -> None:
    status, headers, answer = Forger(running_country).send()
    assert (status, answer["facts"]) == (200, {"children": "value of children"})
    assert "signature" in headers


def test_a_replayed_request_is_refused(running_country: Country) -> None:
    now = datetime.now(UTC)
    assert Forger(running_country, nonce="n" * 22, now=now).send()[0] == 200
    refused_as(Forger(running_country, nonce="n" * 22, now=now), "ReplayedRequest")


def test_a_replayed_request_is_refused_after_a_crash_too(country: Country) -> None:
    country.start(BRCKO)
    now = datetime.now(UTC)
    assert Forger(country, nonce="n" * 22, now=now).send()[0] == 200
    country.kill(BRCKO)
    country.start(BRCKO)
    refused_as(Forger(country, nonce="n" * 22, now=now), "ReplayedRequest")


def test_a_body_altered_in_transit_is_refused(running_country: Country) -> None:
    altered = BODY.replace(b"children", b"born_on")
    refused_as(Forger(running_country, sent_body=altered), "AlteredBody")


def test_a_body_altered_with_its_digest_is_refused(running_country: Country) -> None:
    altered = BODY.replace(b"children", b"born_on")
    digest = [("content-digest", content_digest(altered))]
    refused_as(Forger(running_country, sent_body=altered, after_signing=digest), "InvalidSignatureValue")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x-road-issue", "AAAAAAAAA"),
        ("x-road-userid", "BAother"),
        ("x-road-id", "id-2"),
        ("content-type", "text/plain"),
    ],
)
def test_a_header_altered_in_transit_is_refused(running_country: Country, name: str, value: str) -> None:
    forger = Forger(running_country, headers={"x-road-userid": "BAsomebody"}, after_signing=[(name, value)])
    refused_as(forger, "InvalidSignatureValue")


def test_a_signed_message_sent_to_another_service_is_refused(running_country: Country) -> None:
    other = "/r1/BA/GOV/brcko-registrar/register/birthRecord"
    refused_as(Forger(running_country, target=other), "InvalidSignatureValue")


def test_a_message_without_signature_is_refused(running_country: Country) -> None:
    refused_as(Forger(running_country, without=("signature", "signature-input")), "MissingSignature")


def test_a_message_signed_with_a_key_nobody_knows_is_refused(running_country: Country) -> None:
    stranger = issuing.issue(
        running_country.root,
        issuing.SIGNING,
        common_name="x",
        organization="x",
        identifier="BA/GOV/tuzla-social-work",
        now=running_country.now,
    )
    refused_as(Forger(running_country, signer=Signer(stranger.key, stranger.certificate)), "UnknownKey")


def test_a_message_signed_by_another_member_is_refused(running_country: Country) -> None:
    signer = running_country.institutions[ZENICA].signer
    refused_as(Forger(running_country, signer=signer), "UnknownKey")


def test_a_member_cannot_speak_for_another(running_country: Country) -> None:
    refused_as(Forger(running_country, tls=ZENICA), "SslAuthenticationFailed")


@pytest.mark.parametrize("minutes", [-2, 2])
def test_a_stale_message_is_refused(running_country: Country, minutes: int) -> None:
    then = datetime.now(UTC) + timedelta(minutes=minutes)
    refused_as(Forger(running_country, now=then), "StaleMessage")


def test_a_case_left_out_on_the_way_is_refused(running_country: Country) -> None:
    refused_as(Forger(running_country, without=("x-road-issue",)), "CaseReferenceMissing")


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ("", "AccessDenied"),
        ("unknown-contract;sha-256=" + "a" * 43, "AccessDenied"),
        ("tuzla--brcko--childrenofparent;sha-256=" + "a" * 43, "ContractChanged"),
    ],
)
def test_a_contract_that_is_not_ours_is_refused(running_country: Country, value: str, error: str) -> None:
    refused_as(Forger(running_country, headers={"mostovi-contract": value}), error)


def test_a_contract_for_another_service_is_refused(running_country: Country) -> None:
    path = running_country.institutions[BRCKO].folder / "contracts" / "tuzla--brcko--findusage.json"
    reference = parse_contract(path.read_bytes()).contract.reference
    refused_as(Forger(running_country, headers={"mostovi-contract": reference}), "ContractWrongParty")


def test_a_field_that_the_contract_lacks_is_refused_by_the_provider_too(running_country: Country) -> None:
    body = BODY.replace(b"children", b"religion")
    refused_as(Forger(running_country, body=body), "FieldNotInContract")


def test_a_question_for_somebody_elses_register_is_refused(running_country: Country) -> None:
    other = "/r1/BA/GOV/zenica-registrar/register/childrenOfParent"
    refused_as(Forger(running_country, target=other, signed_target=other), "UnknownMember")


def test_a_service_that_is_not_offered_is_refused(running_country: Country) -> None:
    other = "/r1/BA/GOV/brcko-registrar/gateway/inventedService"
    refused_as(Forger(running_country, target=other, signed_target=other), "ContractWrongParty")


def test_a_refusal_of_a_proved_request_is_signed_so_nobody_can_invent_it(running_country: Country) -> None:
    _, headers, _ = Forger(running_country, headers={"mostovi-contract": ""}).send()
    assert "signature" in headers
    _, headers, _ = Forger(running_country, sent_body=b"{}").send()
    assert "signature" not in headers


def test_the_person_sees_the_attempt_of_a_refused_member(running_country: Country) -> None:
    jmb = "1109995565019"
    body = json.dumps(question_about(jmb, ["children", "religion"])).encode()
    Forger(running_country, body=body).send()
    usages = running_country.usages(TUZLA, BRCKO, jmb=jmb)
    assert [(each["action"], each["receiverCode"]) for each in usages] == [("refused", TUZLA)]


def test_without_a_members_certificate_there_is_no_connection(running_country: Country) -> None:
    port = running_country.institutions[BRCKO].port
    context = ssl.create_default_context(cafile=str(running_country.folder / "root.pem"))
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=5, context=context)
    with contextlib.suppress(OSError):
        connection.request("GET", "/v1/health")
    with pytest.raises((OSError, http.client.HTTPException)):
        connection.getresponse()
    connection.close()


def test_older_tls_is_not_spoken(running_country: Country) -> None:
    folder = running_country.institutions[TUZLA].folder
    context = ssl.create_default_context(cafile=str(running_country.folder / "root.pem"))
    context.load_cert_chain(folder / "tls.pem", folder / "tls.key")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    port = running_country.institutions[BRCKO].port
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=5, context=context)
    with pytest.raises(ssl.SSLError):
        connection.connect()
    connection.close()


def test_what_local_systems_may_ask_is_not_asked_over_the_bridge(running_country: Country) -> None:
    _, headers, _ = Forger(running_country, target="/v1/log/entries").send()
    assert "x-road-error" in headers
