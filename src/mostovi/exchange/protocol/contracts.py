"""Contracts: which system may ask which service, for what, by which law, and for which fields.

Signed by both parties.

A contract is checked at both gateways on every call, without asking anybody: the consumer sends its hash in
the signed header ``mostovi-contract``, so both are sure to mean the same text.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from mostovi.exchange.protocol.canonical import MalformedJson, canonical_json, parse_json
from mostovi.exchange.protocol.digests import encode_base64url
from mostovi.exchange.protocol.faults import Fault, ProtocolRefusal
from mostovi.exchange.protocol.identifiers import (
    InvalidIdentifier,
    MemberId,
    ServiceId,
    SubsystemId,
    parse_member,
    parse_service,
    parse_subsystem,
)
from mostovi.exchange.protocol.instants import format_instant
from mostovi.exchange.protocol.keys import Signer, verify_signature
from mostovi.exchange.protocol.shapes import Shape

CONTRACT_HEADER = "mostovi-contract"
ABOUT_PERSON = "person"
ABOUT_NONE = "none"
DEFAULT_SUBJECT = "/subject/jmb"

_FORMAT = "mostovi-contract/1"
_PREFIX = b"mostovi-contract/1\n"
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,99}", re.ASCII)
_POINTER = re.compile(r"(?:/[A-Za-z0-9_]{1,40}){1,5}", re.ASCII)
_REFERENCE = re.compile(r"([a-z0-9][a-z0-9-]{0,99});sha-256=([A-Za-z0-9_-]{43})", re.ASCII)
_LANGUAGES = frozenset({"bs", "hr", "sr", "en"})
_ARTICLE = {"bs": "član", "hr": "članak", "sr": "члан", "en": "Article"}


class MalformedContract(ProtocolRefusal):
    """Not a contract."""

    fault = Fault.MALFORMED_CONTRACT


class NoContract(ProtocolRefusal):
    """No contract is named, or none with this id is known here."""

    fault = Fault.NO_CONTRACT


class ContractNotSigned(ProtocolRefusal):
    """A party's signature is missing or wrong."""

    fault = Fault.CONTRACT_NOT_SIGNED


class ContractNotValidNow(ProtocolRefusal):
    """Before its first or after its last moment."""

    fault = Fault.CONTRACT_NOT_VALID_NOW


class ContractWrongParty(ProtocolRefusal):
    """The one who asks, or who answers, is not a party."""

    fault = Fault.CONTRACT_WRONG_PARTY


class ContractWrongService(ProtocolRefusal):
    """The contract is for another service."""

    fault = Fault.CONTRACT_WRONG_SERVICE


class ContractChanged(ProtocolRefusal):
    """The other side means another text of the contract."""

    fault = Fault.CONTRACT_CHANGED


class CaseReferenceMissing(ProtocolRefusal):
    """A question about a person without ``X-Road-Issue``."""

    fault = Fault.CASE_REFERENCE_MISSING


class FieldNotInContract(ProtocolRefusal):
    """A field was asked for, or answered, that the contract does not name."""

    fault = Fault.FIELD_NOT_IN_CONTRACT


@dataclass(frozen=True)
class LegalBasis:
    """The act, per language (bs, hr, sr, en), with its gazette and article as text; both may be empty."""

    act: Mapping[str, str]
    gazette: str = ""
    article: str = ""
    illustrative: bool = True

    def citation(self) -> dict[str, str]:
        """Per language: the act, its gazette in brackets, the article."""
        return {language: self._cite(language) for language in self.act}

    def _cite(self, language: str) -> str:
        gazette = f" ({self.gazette})" if self.gazette else ""
        article = f", {_ARTICLE[language]} {self.article}" if self.article else ""
        return f"{self.act[language]}{gazette}{article}"


@dataclass(frozen=True)
class Contract:
    """What was agreed.

    ``subject`` is the JSON pointer (RFC 6901) to whom a question is about, None if about nobody.

    ``purpose`` is text per language (bs, hr, sr, en), ``purpose_code`` its machine name. ``in_force`` says
    whether an act allows this exchange today; where it is False the contract is a demonstration agreement.
    """

    id: str
    consumer: SubsystemId
    provider: SubsystemId
    service_code: str
    purpose_code: str
    purpose: Mapping[str, str]
    legal_basis: LegalBasis
    in_force: bool
    crosses_entities: bool
    fields: tuple[str, ...]
    valid_from: datetime
    valid_until: datetime
    version: int = 1
    about: str = ABOUT_PERSON
    subject: str | None = DEFAULT_SUBJECT

    @property
    def service(self) -> ServiceId:
        return ServiceId(self.provider, self.service_code)

    @property
    def about_person(self) -> bool:
        return self.about == ABOUT_PERSON

    def to_json(self) -> dict[str, Any]:
        """The contract as the JSON object that is signed."""
        basis = self.legal_basis
        return {
            "id": self.id,
            "version": self.version,
            "consumer": str(self.consumer),
            "provider": str(self.provider),
            "service": self.service_code,
            "about": self.about,
            "subject": self.subject or "",
            "purpose": {"code": self.purpose_code, **self.purpose},
            "legal_basis": {
                "act": dict(basis.act),
                "gazette": basis.gazette,
                "article": basis.article,
                "illustrative": basis.illustrative,
            },
            "in_force": self.in_force,
            "crosses_entities": self.crosses_entities,
            "fields": list(self.fields),
            "valid_from": format_instant(self.valid_from),
            "valid_until": format_instant(self.valid_until),
        }

    @cached_property
    def canonical(self) -> bytes:
        """The one spelling that is hashed and signed."""
        return canonical_json(self.to_json())

    @cached_property
    def hash(self) -> str:
        """base64url SHA-256 of the canonical spelling."""
        return encode_base64url(sha256(self.canonical).digest())

    @cached_property
    def reference(self) -> str:
        """The value of the header ``mostovi-contract``: ``<id>;sha-256=<hash>``."""
        return f"{self.id};sha-256={self.hash}"


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
    if member not in _parties(contract):
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
    missing = set(_parties(signed.contract))
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


class ContractBook:
    """The contracts a gateway works by: verified once, then found by id on every call."""

    def __init__(self, contracts: Sequence[SignedContract], find_signer: FindSigner) -> None:
        """Raises ContractNotSigned, or MalformedContract when two have the same id."""
        self._by_id: dict[str, Contract] = {}
        self._by_parties: dict[tuple[SubsystemId, ServiceId], Contract] = {}
        for signed in contracts:
            verify_contract(signed, find_signer)
            self._add(signed.contract)

    def __iter__(self) -> Any:
        return iter(self._by_id.values())

    def find_referenced(self, header: str | None) -> Contract:
        """The contract a request names. Raises NoContract, or ContractChanged if our text differs."""
        found = _REFERENCE.fullmatch(header or "")
        contract = self._by_id.get(found[1]) if found else None
        if found is None or contract is None:
            raise NoContract(f"{CONTRACT_HEADER} names no contract known here")
        if found[2] != contract.hash:
            raise ContractChanged(contract.id)
        return contract

    def find_for(self, consumer: SubsystemId, service: ServiceId) -> Contract:
        """The contract under which ``consumer`` may ask ``service``. Raises NoContract."""
        contract = self._by_parties.get((consumer, service))
        if contract is None:
            raise NoContract(f"{consumer} has none for {service}")
        return contract

    def _add(self, contract: Contract) -> None:
        if contract.id in self._by_id:
            raise MalformedContract(f"two contracts are called {contract.id}")
        self._by_id[contract.id] = contract
        self._by_parties[contract.consumer, contract.service] = contract


def check_request_allowed(
    contract: Contract, *, client: MemberId | SubsystemId, service: ServiceId, case: str | None, now: datetime
) -> None:
    """Raise unless ``client`` may ask ``service`` now, in this case.

    ContractWrongParty, ContractWrongService, ContractNotValidNow, CaseReferenceMissing: each says what is
    wrong.
    """
    if client != contract.consumer or service.subsystem != contract.provider:
        raise ContractWrongParty(contract.id)
    if service.service_code != contract.service_code:
        raise ContractWrongService(contract.id)
    if not contract.valid_from <= now < contract.valid_until:
        raise ContractNotValidNow(contract.id)
    if contract.about_person and not (case and case.strip()):
        raise CaseReferenceMissing(contract.id)


def check_fields(contract: Contract, fields: Sequence[str]) -> None:
    """Raise FieldNotInContract if a field is asked for, or answered, that the contract does not name."""
    extra = set(fields).difference(contract.fields)
    if extra:
        raise FieldNotInContract(f"{contract.id}: {len(extra)} too many")


def _parties(contract: Contract) -> tuple[MemberId, MemberId]:
    return contract.consumer.member, contract.provider.member


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
