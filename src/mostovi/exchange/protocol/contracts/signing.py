"""Contracts as files: read strictly, signed by both parties, verified."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from mostovi.exchange.protocol.canonical import MalformedJson, parse_json
from mostovi.exchange.protocol.contracts.values import (
    ABOUT_NONE,
    ABOUT_PERSON,
    Contract,
    ContractWrongParty,
    LegalBasis,
)
from mostovi.exchange.protocol.digests import encode_base64url
from mostovi.exchange.protocol.faults import Fault, ProtocolRefusal
from mostovi.exchange.protocol.identifiers import (
    InvalidIdentifier,
    MemberId,
    parse_member,
    parse_service,
    parse_subsystem,
)
from mostovi.exchange.protocol.keys import Signer, verify_signature
from mostovi.exchange.protocol.shapes import Shape

_FORMAT = "mostovi-contract/1"
_PREFIX = b"mostovi-contract/1\n"
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,99}", re.ASCII)
_POINTER = re.compile(r"(?:/[A-Za-z0-9_]{1,40}){1,5}", re.ASCII)
_LANGUAGES = frozenset({"bs", "hr", "sr", "en"})


class MalformedContract(ProtocolRefusal):
    """Not a contract."""

    fault = Fault.MALFORMED_CONTRACT


class ContractNotSigned(ProtocolRefusal):
    """A party's signature is missing or wrong."""

    fault = Fault.CONTRACT_NOT_SIGNED


@dataclass(frozen=True)
class PartySignature:
    """One party's signature: 64 bytes, by the key with this certificate thumbprint."""

    member: MemberId
    key_id: str
    signature: bytes


@dataclass(frozen=True)
class SignedContract:
    """A contract with its signatures, which ``verify_contract`` checks."""

    contract: Contract
    signatures: tuple[PartySignature, ...]

    def to_json(self) -> dict[str, Any]:
        """The file that both parties keep."""
        return {
            "format": _FORMAT,
            "contract": self.contract.to_json(),
            "signatures": [
                {
                    "member": str(each.member),
                    "key": each.key_id,
                    "signature": encode_base64url(each.signature),
                }
                for each in self.signatures
            ],
        }


FindSigner = Callable[[str], tuple[MemberId, EllipticCurvePublicKey]]
"""From a key id to its member and key, or raises (``Directory.find_signer`` does)."""


def sign_contract(contract: Contract, member: MemberId, signer: Signer) -> PartySignature:
    """One party's signature. Raises ContractWrongParty for anyone else."""
    if member not in contract.parties:
        raise ContractWrongParty(f"{member} is not a party")
    return PartySignature(member, signer.key_id, signer.sign(_PREFIX + contract.canonical))


def parse_contract(data: bytes) -> SignedContract:
    """The signed contract in a JSON text, its signatures unchecked. Raises MalformedContract."""
    try:
        return signed_contract_from_json(parse_json(data))
    except MalformedJson as refusal:
        raise MalformedContract(refusal.detail) from None


def signed_contract_from_json(value: Any) -> SignedContract:
    """The signed contract in a JSON object, its signatures unchecked. Raises MalformedContract."""
    outer = Shape(value, MalformedContract, "the file")
    if outer.text("format") != _FORMAT:
        raise MalformedContract("another format")
    contract = contract_from_json(outer.value("contract"))
    signatures = tuple(_read_signature(each) for each in outer.items("signatures", 8))
    outer.close()
    return SignedContract(contract, signatures)


def contract_from_json(value: Any) -> Contract:
    """The contract in a JSON object. Raises MalformedContract."""
    shape = Shape(value, MalformedContract, "the contract")
    purpose = shape.texts_by_name("purpose")
    try:
        contract = Contract(
            id=shape.text("id", 100),
            version=shape.integer("version", 1),
            consumer=parse_subsystem(shape.text("consumer")),
            provider=parse_subsystem(shape.text("provider")),
            service_code=shape.text("service", 255),
            about=shape.text("about", 10),
            subject=shape.text_or_empty("subject", 200) or None,
            purpose_code=purpose.pop("code", ""),
            purpose=purpose,
            legal_basis=_read_legal_basis(shape.shape("legal_basis")),
            in_force=shape.boolean("in_force"),
            crosses_entities=shape.boolean("crosses_entities"),
            fields=shape.texts("fields", 200),
            valid_from=shape.instant("valid_from"),
            valid_until=shape.instant("valid_until"),
        )
        parse_service(str(contract.service))
    except InvalidIdentifier as refusal:
        raise MalformedContract(refusal.detail) from None
    shape.close()
    _check_sense(contract)
    return contract


def verify_contract(signed: SignedContract, find_signer: FindSigner) -> None:
    """Raise ContractNotSigned unless consumer and provider each signed with a key that is theirs."""
    text = _PREFIX + signed.contract.canonical
    missing = set(signed.contract.parties)
    for each in signed.signatures:
        try:
            member, public_key = find_signer(each.key_id)
            verify_signature(public_key, each.signature, text)
        except ProtocolRefusal as refusal:
            raise ContractNotSigned(f"{each.member}: {refusal.detail or refusal.code}") from None
        if member != each.member:
            raise ContractNotSigned(f"the key of {each.member}'s signature belongs to another")
        missing.discard(member)
    if missing:
        raise ContractNotSigned("not signed by " + ", ".join(str(each) for each in sorted(missing)))


def _read_legal_basis(shape: Shape) -> LegalBasis:
    basis = LegalBasis(
        act=shape.texts_by_name("act"),
        gazette=shape.text_or_empty("gazette"),
        article=shape.text_or_empty("article"),
        illustrative=shape.boolean("illustrative"),
    )
    shape.close()
    return basis


def _read_signature(value: Any) -> PartySignature:
    shape = Shape(value, MalformedContract, "a signature")
    try:
        party = parse_member(shape.text("member"))
    except InvalidIdentifier as refusal:
        raise MalformedContract(refusal.detail) from None
    signature = PartySignature(party, shape.text("key", 43), shape.base64url("signature", 64))
    shape.close()
    return signature


def _check_sense(contract: Contract) -> None:
    if not _ID.fullmatch(contract.id) or not _ID.fullmatch(contract.purpose_code):
        raise MalformedContract("id and purpose code are lower-case letters, digits and hyphens")
    if set(contract.purpose) != _LANGUAGES or set(contract.legal_basis.act) != _LANGUAGES:
        raise MalformedContract("purpose and act are needed in bs, hr, sr and en")
    if contract.about not in (ABOUT_PERSON, ABOUT_NONE) or contract.about_person != bool(contract.subject):
        raise MalformedContract("about is person, with a subject, or none, without")
    if contract.subject and not _POINTER.fullmatch(contract.subject):
        raise MalformedContract("subject is not a simple JSON pointer")
    if contract.valid_from >= contract.valid_until:
        raise MalformedContract("it ends before it begins")
