"""A receipt is shown to others: with it, and with all possible numbers and facts, nobody learns anything."""

import base64
import hashlib
import itertools
import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest

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
from exchange.gateway.test_peers import Forger
from mostovi.exchange.bridge.registers import send_question
from mostovi.exchange.protocol.digests import content_digest

pytestmark = pytest.mark.programs
__all__ = ["country", "running_country"]

TARGET = "/r1/BA/GOV/brcko-registrar/register/childrenOfParent"
HEADERS = {"X-Road-Client": "BA/GOV/tuzla-social-work/portal", "X-Road-Issue": CASE}
WITHOUT_SALT = {"subject": {"jmb": AMRA}, "fields": ["children"], "parameters": {}}
FACTS = {"facts": {"children": "value of children"}, "as_of": "2026-11-21T14:05:00Z"}


def ask_as_portals_do(settings: Any, country: Country) -> str:
    """One question by the client that every portal uses; the name of its entry."""
    settings.GATEWAYS = country.gateways_setting()
    settings.TRUST_ROOT = str(country.folder / "root.pem")
    reply = send_question(
        institution=TUZLA,
        target=TARGET,
        question=WITHOUT_SALT,
        case=CASE,
        user="BAofficial",
        timeout_seconds=5,
    )
    assert reply.status == 200
    return reply.headers["mostovi-log-entry"]


def receipt_of(country: Country, log_entry: str) -> dict[str, Any]:
    question = question_about(AMRA, ["receipt"], parameters={"log_entry": log_entry})
    headers = {**HEADERS, "X-Road-Issue": "own-request"}
    target = f"/r1/BA/GOV/{log_entry.partition('/')[0]}/gateway/usageReceipt"
    status, _, answer = call(country.institutions[TUZLA].portal_socket, "POST", target, question, headers)
    assert status == 200, answer
    return dict(answer["facts"]["receipt"])


def digests_in(receipt: dict[str, Any]) -> list[tuple[Any, Any]]:
    return [
        (entry["record"].get("request_digest"), entry["record"].get("response_digest"))
        for entry in receipt["entries"]
    ]


def spellings(value: Any) -> set[bytes]:
    """The ways in which a program may write one JSON value."""
    ways = itertools.product((False, True), (False, True), ((",", ":"), (", ", ": ")))
    return {
        json.dumps(value, sort_keys=ordered, ensure_ascii=escaped, separators=between).encode()
        for ordered, escaped, between in ways
    }


def guesses(value: Any) -> set[str]:
    """What stands in a receipt when these bytes are hashed as they are."""
    made = set()
    for body in spellings(value):
        made |= {hashlib.sha256(body).hexdigest(), content_digest(body)}
        made.add(base64.b64encode(hashlib.sha512(body).digest()).decode())
    return made


def test_the_digests_of_the_same_question_asked_twice_differ(settings: Any, running_country: Country) -> None:
    first, second = (
        digests_in(receipt_of(running_country, ask_as_portals_do(settings, running_country)))
        for _ in range(2)
    )
    told = [digest for pair in (*first, *second) for digest in pair if digest]
    assert len({*told}) == 4, "question and answer, each twice"


def test_a_receipt_and_all_possible_numbers_tell_nobody_who_was_asked_about(
    settings: Any, running_country: Country
) -> None:
    receipt = json.dumps(receipt_of(running_country, ask_as_portals_do(settings, running_country)))
    for guess in guesses(WITHOUT_SALT) | guesses(FACTS):
        assert guess not in receipt
    assert AMRA not in receipt
    assert "salt" not in receipt


def test_a_question_about_a_person_without_a_salt_is_refused_and_says_why(running_country: Country) -> None:
    socket = running_country.institutions[TUZLA].portal_socket
    for target in (TARGET, f"/r1/BA/GOV/{BRCKO}/gateway/findUsage"):
        fields = ["children"] if target == TARGET else ["usages"]
        status, headers, answer = call(socket, "POST", target, {**WITHOUT_SALT, "fields": fields}, HEADERS)
        assert (status, headers["x-road-error"]) == (400, "Client.InvalidQuestion")
        assert "salt" in answer["message"]


def test_the_other_gateway_refuses_it_too_and_keeps_nothing_that_could_be_guessed(
    running_country: Country,
) -> None:
    brcko = running_country.institutions[BRCKO]
    brcko.register.forget()
    for changes in ({}, {"headers": {"mostovi-contract": ""}}):
        _, headers, answer = Forger(running_country, body=json.dumps(WITHOUT_SALT).encode(), **changes).send()
        expected = "AccessDenied" if changes else "InvalidQuestion"
        assert headers["x-road-error"] == f"Server.ServerProxy.{expected}", answer
    assert not brcko.register.questions
    with closing(sqlite3.connect(brcko.store)) as store:
        kept = "".join(record for (record,) in store.execute("SELECT record FROM opening"))
    assert '"refusal"' in kept
    for guess in guesses(WITHOUT_SALT):
        assert guess not in kept


def test_an_answer_without_a_salt_does_not_leave_the_register(running_country: Country) -> None:
    register = running_country.institutions[BRCKO].register
    register.answer = lambda *_: (200, json.dumps(FACTS).encode())
    try:
        _, headers, _ = running_country.ask(TUZLA, BRCKO, "childrenOfParent", ["children"])
    finally:
        register.forget()
    assert headers["x-road-error"] == "Server.ServerProxy.ServiceFailed"


def test_which_code_a_register_refused_with_cannot_be_guessed(running_country: Country) -> None:
    register = running_country.institutions[BRCKO].register
    register.answer = lambda *_: (409, b'{"code": "not_alive"}')
    try:
        _, headers, answer = running_country.ask(TUZLA, BRCKO, "childrenOfParent", ["children"])
    finally:
        register.forget()
    assert answer == {"code": "not_alive"}
    receipt = json.dumps(receipt_of(running_country, headers["mostovi-log-entry"]))
    assert not [guess for guess in guesses({"code": "not_alive"}) if guess in receipt]
