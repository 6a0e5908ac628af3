"""Write vectors.json: examples of everything on the wire, for those who implement the protocol elsewhere.

Run it when the wire format changes on purpose, never to make a test pass.
"""

import base64
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from protocol_cast import (
    ANSWER,
    BODY,
    CONTRACT,
    DAMIR,
    DIRECTORY,
    DIRECTORY_SIGNER,
    MINISTRY,
    NOW,
    PORTAL,
    REGISTER,
    ROOT,
    TARGET_URI,
    sign_by_both,
    signed_request,
    signed_response,
)
from receipt_cast import ASKED, log_with, receipt_json, recorded_exchange

from mostovi.exchange.protocol.canonical import canonical_json
from mostovi.exchange.protocol.certificates import to_pem
from mostovi.exchange.protocol.digests import encode_base64url, xroad_request_hash
from mostovi.exchange.protocol.directory import sign_directory
from mostovi.exchange.protocol.identifiers import MemberId, ServiceId, SubsystemId
from mostovi.exchange.protocol.instants import format_instant
from mostovi.exchange.protocol.merkle import Frontier, consistency_proof, inclusion_proof, leaf_hash
from mostovi.exchange.protocol.pseudonyms import subject_pseudonym, user_pseudonym
from mostovi.exchange.protocol.records import open_record
from mostovi.exchange.protocol.signatures import Headers, MessageSignature
from mostovi.exchange.protocol.statements import Statement, sign_statement

VECTORS = Path(__file__).with_name("vectors.json")


def identifiers() -> list[dict[str, Any]]:
    made = [
        ServiceId(SubsystemId(REGISTER.member, "register"), "residence"),
        ServiceId(
            SubsystemId(MemberId("BA", "GOV", "Tešanj (grad)".replace(" ", "-")), "register"), "izvod+1"
        ),
    ]
    return [{"text": str(each), "parts": parts_of(each)} for each in made]


def parts_of(service: ServiceId) -> list[str]:
    member = service.member
    parts = [member.instance, member.member_class, member.member_code]
    return [*parts, service.subsystem.subsystem_code, service.service_code]


def canonical() -> list[dict[str, Any]]:
    values: list[Any] = [
        {"b": 1, "a": [True, None, "č\n"]},
        {"€": "\u000f", "1": -5, "": {}},
        [],
        9007199254740991,
    ]
    return [{"value": each, "canonical": canonical_json(each).decode()} for each in values]


def message(headers: Headers, made: MessageSignature, body: bytes) -> dict[str, Any]:
    return {
        "headers": [list(each) for each in headers],
        "body": body.decode(),
        "signature_base": made.base,
        "key_id": made.key_id,
        "now": format_instant(NOW),
    }


def messages() -> dict[str, Any]:
    asked, request = signed_request(nonce="bm9uY2Utb2YtdmVjdG9yMQ")
    answered, response = signed_response(request, nonce="bm9uY2Utb2YtdmVjdG9yMg")
    return {
        "request": {"method": "POST", "target_uri": TARGET_URI} | message(asked, request, BODY),
        "response": {"status": 200} | message(answered, response, ANSWER),
    }


def tree() -> dict[str, Any]:
    leaves = [leaf_hash(f"entry {number}".encode()) for number in range(11)]
    frontier, nodes = Frontier().extend(leaves)
    stored = {(node.level, node.index): node.hash for node in nodes}

    def read(level: int, index: int) -> bytes:
        return stored[level, index]

    return {
        "entries": [f"entry {number}" for number in range(11)],
        "roots": [Frontier().extend(leaves[:size])[0].root().hex() for size in range(12)],
        "frontier": [peak.hex() for peak in frontier.peaks],
        "inclusion": [
            {
                "index": index,
                "size": size,
                "proof": [each.hex() for each in inclusion_proof(read, index, size)],
            }
            for index, size in ((0, 1), (0, 11), (6, 7), (10, 11), (4, 8))
        ],
        "consistency": [
            {"old": old, "new": new, "proof": [each.hex() for each in consistency_proof(read, old, new)]}
            for old, new in ((1, 11), (4, 7), (6, 11), (8, 11), (11, 11))
        ],
    }


def record() -> dict[str, Any]:
    opening = open_record(ASKED, bytes(range(32)))
    return {
        "nonce": encode_base64url(opening.nonce),
        "record": opening.record.decode(),
        "commitment": opening.commitment().hex(),
        "leaf_hash": opening.leaf_hash().hex(),
    }


def pseudonyms() -> dict[str, Any]:
    key = bytes(range(32))
    number = "0101990510007"
    return {
        "key": encode_base64url(key),
        "identifier": number,
        "subject": subject_pseudonym(key, number),
        "user": user_pseudonym(key, "BA", number),
    }


def request_hash() -> dict[str, Any]:
    headers = [("accept", "application/json"), ("x-road-client", str(PORTAL)), ("x-road-request-id", "1-2-3")]
    target = "/r1/BA/GOV/tuzla-canton-interior/register/residence?x=1"
    return {
        "method": "POST",
        "target": target,
        "headers": [list(each) for each in headers],
        "body": "{}",
        "hash": xroad_request_hash("POST", target, headers, b"{}"),
        "hash_without_body": xroad_request_hash("POST", target, headers, b""),
    }


def statement() -> dict[str, Any]:
    said = Statement("J7K4T92M7", PORTAL.member, "child-allowance-decision", date(2026, 11, 21))
    return {
        "url": sign_statement(said, DAMIR, "https://mostovi.example"),
        "code": said.code,
        "issuer": str(said.issuer),
        "kind": said.kind,
        "issued_on": said.issued_on.isoformat(),
        "signed_text": base64.b64encode(said.signed_text()).decode(),
    }


def make() -> dict[str, Any]:
    lasting = replace(DIRECTORY, expires_at=NOW + timedelta(minutes=10))
    log = log_with(*recorded_exchange())
    return {
        "note": "Test vectors of the Mostovi exchange protocol. Keys and people are invented.",
        "now": format_instant(NOW),
        "root_certificate": to_pem(ROOT.certificate),
        "signing_certificates": {
            str(PORTAL.member): to_pem(DAMIR.certificate),
            str(REGISTER.member): to_pem(MINISTRY.certificate),
        },
        "identifiers": identifiers(),
        "canonical_json": canonical(),
        "xroad_request_hash": request_hash(),
        "messages": messages(),
        "contract": {
            "file": sign_by_both(CONTRACT).to_json(),
            "canonical": CONTRACT.canonical.decode(),
            "hash": CONTRACT.hash,
            "header": CONTRACT.reference,
        },
        "directory": sign_directory(lasting, DIRECTORY_SIGNER).decode(),
        "tree": tree(),
        "record": record(),
        "checkpoint": log.checkpoint(),
        "receipt": receipt_json(log, 5, 6),
        "statement": statement(),
        "pseudonyms": pseudonyms(),
    }


if __name__ == "__main__":
    VECTORS.write_text(json.dumps(make(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
