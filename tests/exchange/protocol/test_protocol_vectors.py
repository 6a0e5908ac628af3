"""vectors.json, which others implement against, is what the code reads and writes."""

import base64
import json
from pathlib import Path
from typing import Any

import make_vectors
import pytest

from mostovi.exchange.protocol.canonical import canonical_json
from mostovi.exchange.protocol.certificates import key_id_of, load_certificate
from mostovi.exchange.protocol.checkpoints import verify_checkpoint
from mostovi.exchange.protocol.contracts import signed_contract_from_json, verify_contract
from mostovi.exchange.protocol.digests import decode_base64url, xroad_request_hash
from mostovi.exchange.protocol.directory import Directory, verify_directory
from mostovi.exchange.protocol.faults import Fault
from mostovi.exchange.protocol.identifiers import parse_member, parse_service
from mostovi.exchange.protocol.instants import parse_instant
from mostovi.exchange.protocol.keys import p256_public_key
from mostovi.exchange.protocol.merkle import Frontier, leaf_hash, verify_consistency, verify_inclusion
from mostovi.exchange.protocol.pseudonyms import subject_pseudonym, user_pseudonym
from mostovi.exchange.protocol.receipts import Finding, receipt_from_json, verify_receipt
from mostovi.exchange.protocol.records import Opening, parse_record
from mostovi.exchange.protocol.signatures import verify_request, verify_response
from mostovi.exchange.protocol.statements import parse_statement_url, verify_statement

VECTORS: dict[str, Any] = json.loads(make_vectors.VECTORS.read_text(encoding="utf-8"))
NOW = parse_instant(VECTORS["now"])
ROOT = load_certificate(VECTORS["root_certificate"])
REFERENCE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "exchange-protocol.md"


@pytest.fixture(scope="module")
def directory() -> Directory:
    return verify_directory(VECTORS["directory"].encode(), root=ROOT, now=NOW)


def test_the_directory_vector_is_genuine_and_knows_the_keys(directory: Directory) -> None:
    for member, pem in VECTORS["signing_certificates"].items():
        assert directory.find_signer(key_id_of(load_certificate(pem)))[0] == parse_member(member)


def test_the_identifier_vectors_are_read_and_written() -> None:
    for vector in VECTORS["identifiers"]:
        service = parse_service(vector["text"])
        assert str(service) == vector["text"]
        assert make_vectors.parts_of(service) == vector["parts"]


def test_the_canonical_json_vectors_have_this_spelling() -> None:
    for vector in VECTORS["canonical_json"]:
        assert canonical_json(vector["value"]).decode() == vector["canonical"]


def test_the_request_hash_vector_is_computed() -> None:
    vector = VECTORS["xroad_request_hash"]
    headers = [(name, value) for name, value in vector["headers"]]
    for body, expected in ((vector["body"], vector["hash"]), ("", vector["hash_without_body"])):
        assert xroad_request_hash(vector["method"], vector["target"], headers, body.encode()) == expected


def test_the_message_vectors_are_verified(directory: Directory) -> None:
    question, answer = VECTORS["messages"]["request"], VECTORS["messages"]["response"]
    request = verify_request(
        method=question["method"],
        target_uri=question["target_uri"],
        headers=[(name, value) for name, value in question["headers"]],
        body=question["body"].encode(),
        find_key=directory.signing_key,
        now=NOW,
    )
    assert (request.base, request.key_id) == (question["signature_base"], question["key_id"])
    response = verify_response(
        status=answer["status"],
        headers=[(name, value) for name, value in answer["headers"]],
        body=answer["body"].encode(),
        request=request,
        find_key=directory.signing_key,
        now=NOW,
    )
    assert (response.base, response.key_id) == (answer["signature_base"], answer["key_id"])


def test_the_contract_vector_is_signed_by_both(directory: Directory) -> None:
    vector = VECTORS["contract"]
    signed = signed_contract_from_json(vector["file"])
    verify_contract(signed, directory.find_signer)
    contract = signed.contract
    assert contract.canonical.decode() == vector["canonical"]
    assert (contract.hash, contract.reference) == (vector["hash"], vector["header"])


def test_the_tree_vectors_are_computed_and_verified() -> None:
    vector = VECTORS["tree"]
    leaves = [leaf_hash(entry.encode()) for entry in vector["entries"]]
    roots = [bytes.fromhex(root) for root in vector["roots"]]
    assert [Frontier().extend(leaves[:size])[0].root() for size in range(12)] == roots
    assert [peak.hex() for peak in Frontier().extend(leaves)[0].peaks] == vector["frontier"]
    for each in vector["inclusion"]:
        proof = [bytes.fromhex(step) for step in each["proof"]]
        index, size = each["index"], each["size"]
        verify_inclusion(leaf=leaves[index], index=index, size=size, proof=proof, root=roots[size])
    for each in vector["consistency"]:
        proof = [bytes.fromhex(step) for step in each["proof"]]
        old, new = each["old"], each["new"]
        verify_consistency(old_size=old, old_root=roots[old], new_size=new, new_root=roots[new], proof=proof)


def test_the_record_vector_opens_its_leaf() -> None:
    vector = VECTORS["record"]
    opening = Opening(decode_base64url(vector["nonce"]), vector["record"].encode())
    assert opening.commitment().hex() == vector["commitment"]
    assert opening.leaf_hash().hex() == vector["leaf_hash"]
    parse_record(opening.record)


def test_the_checkpoint_and_receipt_vectors_are_verified() -> None:
    receipt = receipt_from_json(VECTORS["receipt"])
    evidence = verify_receipt(receipt, root_certificate=ROOT, now=NOW)
    assert Finding.RESPONSE_SIGNED in evidence.proved
    key = load_certificate(VECTORS["signing_certificates"][str(receipt.member)])
    checkpoint = verify_checkpoint(
        VECTORS["checkpoint"], member=receipt.member, public_key=p256_public_key(key)
    )
    assert checkpoint.size == evidence.log_size


def test_the_statement_vector_is_verified(directory: Directory) -> None:
    vector = VECTORS["statement"]
    statement = verify_statement(parse_statement_url(vector["url"]), directory.signing_keys_of)
    assert (statement.code, str(statement.issuer)) == (vector["code"], vector["issuer"])
    assert (statement.kind, statement.issued_on.isoformat()) == (vector["kind"], vector["issued_on"])
    assert base64.b64encode(statement.signed_text()).decode() == vector["signed_text"]


def test_the_pseudonym_vectors_are_computed() -> None:
    vector = VECTORS["pseudonyms"]
    key = decode_base64url(vector["key"])
    assert subject_pseudonym(key, vector["identifier"]) == vector["subject"]
    assert user_pseudonym(key, "BA", vector["identifier"]) == vector["user"]


def test_the_script_still_writes_vectors_of_this_shape() -> None:
    def shape(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: shape(inner) for name, inner in value.items()}
        return [shape(inner) for inner in value] if isinstance(value, list) else type(value)

    assert shape(make_vectors.make()) == shape(VECTORS)


def test_the_reference_names_every_vector() -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    for name in VECTORS.keys() - {"note", "now", "root_certificate", "signing_certificates"}:
        assert f"`{name}`" in text


@pytest.mark.parametrize("fault", Fault)
def test_the_reference_lists_every_refusal(fault: Fault) -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    assert f"| {fault.kind} | {fault.status} | {fault.sentence} |" in text
