"""What a gateway asks of a contract on every call. Pure: the time is an argument."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from mostovi.exchange.protocol.contracts.signing import (
    FindSigner,
    MalformedContract,
    SignedContract,
    verify_contract,
)
from mostovi.exchange.protocol.contracts.values import Contract, ContractWrongParty
from mostovi.exchange.protocol.faults import Fault, ProtocolRefusal
from mostovi.exchange.protocol.identifiers import MemberId, ServiceId, SubsystemId

CONTRACT_HEADER = "mostovi-contract"

_REFERENCE = re.compile(r"([a-z0-9][a-z0-9-]{0,99});sha-256=([A-Za-z0-9_-]{43})", re.ASCII)


class NoContract(ProtocolRefusal):
    """No contract is named, or none with this id is known here."""

    fault = Fault.NO_CONTRACT


class ContractNotValidNow(ProtocolRefusal):
    """Before its first or after its last moment."""

    fault = Fault.CONTRACT_NOT_VALID_NOW


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


class ContractBook:
    """The contracts a gateway works by: verified once, then found by id on every call."""

    def __init__(self, contracts: Sequence[SignedContract], find_signer: FindSigner) -> None:
        """Raises ContractNotSigned, or MalformedContract when two have the same id."""
        self._by_id: dict[str, Contract] = {}
        self._by_parties: dict[tuple[SubsystemId, ServiceId], list[Contract]] = {}
        for signed in contracts:
            verify_contract(signed, find_signer)
            self._add(signed.contract)

    def __iter__(self) -> Iterator[Contract]:
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

    def find_for(self, consumer: SubsystemId, service: ServiceId, now: datetime | None = None) -> Contract:
        """The contract under which ``consumer`` may ask ``service``. Raises NoContract.

        Of several, the one that began last; given ``now``, of those valid now if there are any.
        """
        found = self._by_parties.get((consumer, service))
        if not found:
            raise NoContract(f"{consumer} has none for {service}")
        valid = [each for each in found if now and each.valid_from <= now < each.valid_until]
        return max(valid or found, key=lambda each: each.valid_from)

    def _add(self, contract: Contract) -> None:
        if contract.id in self._by_id:
            raise MalformedContract(f"two contracts are called {contract.id}")
        self._by_id[contract.id] = contract
        self._by_parties.setdefault((contract.consumer, contract.service), []).append(contract)


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
