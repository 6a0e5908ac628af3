"""Signs the contracts of the country pack with both parties' demonstration keys."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib import resources
from itertools import product
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from mostovi.demo.authorities.key_files import read_issued
from mostovi.demo.members import list_members
from mostovi.exchange.protocol.contracts import (
    Contract,
    LegalBasis,
    SignedContract,
    contract_from_json,
    sign_contract,
)
from mostovi.exchange.protocol.identifiers import MemberId, SubsystemId
from mostovi.exchange.protocol.keys import Signer

INSTANCE, MEMBER_CLASS = "BA", "GOV"
_VALID_FROM = datetime(2026, 1, 1, tzinfo=UTC)
_VALID_UNTIL = datetime(2036, 1, 1, tzinfo=UTC)


def member_id(code: str) -> MemberId:
    return MemberId(INSTANCE, MEMBER_CLASS, code)


def list_contracts() -> list[Contract]:
    """Every contract of the pack; what every pair agreed on becomes one contract per pair and service."""
    path = resources.files("mostovi") / "packs" / "bih" / "contracts.yaml"
    rows = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return [contract for row in rows for contract in _contracts(row)]


def _contracts(row: Mapping[str, Any]) -> Iterator[Contract]:
    if not row.get("every_pair"):
        yield _contract(row, row["id"], (row["consumer"], row["provider"], "register", row["service"]))
        return
    askers = [member.code for member in list_members() if "portal" in member.subsystems]
    everyone = [member.code for member in list_members()]
    for asker, asked, service in product(askers, everyone, row["services"]):
        name = f"{row['id']}-{asker}-{asked}-{service.lower()}"
        yield _contract(row, name, (asker, asked, "gateway", service))


def _contract(row: Mapping[str, Any], name: str, parties: tuple[str, str, str, str]) -> Contract:
    consumer, provider, subsystem, service = parties
    purpose = dict(row["purpose"])
    basis = row["legal_basis"]
    return Contract(
        id=name,
        consumer=SubsystemId(member_id(consumer), "portal"),
        provider=SubsystemId(member_id(provider), subsystem),
        service_code=service,
        purpose_code=purpose.pop("code"),
        purpose=purpose,
        legal_basis=LegalBasis(basis["act"], basis["gazette"], basis["article"], basis["illustrative"]),
        in_force=row["in_force"],
        crosses_entities=row["crosses_entities"],
        fields=tuple(row["fields"]),
        valid_from=_VALID_FROM,
        valid_until=_VALID_UNTIL,
    )


def write_contracts(keys: Path, gateways: Path) -> None:
    """Each member's contracts, signed by both parties, into ``gateways/<member>/contracts``."""
    signers = {member.code: _signer(keys / member.code / "signing") for member in list_members()}
    for contract in list_contracts():
        text = json.dumps(_signed(contract, signers).to_json(), ensure_ascii=False, indent=1)
        for party in set(contract.parties):
            folder = gateways / party.member_code / "contracts"
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            (folder / f"{contract.id}.json").write_text(text, encoding="utf-8")


def _signer(path: Path) -> Signer:
    issued = read_issued(path)
    return Signer(issued.key, issued.certificate)


def _signed(contract: Contract, signers: Mapping[str, Signer]) -> SignedContract:
    # Read back strictly, so that a mistake in the pack stops here and not in a gateway.
    contract = contract_from_json(contract.to_json())
    parties = sorted(set(contract.parties), key=str)
    return SignedContract(
        contract, tuple(sign_contract(contract, party, signers[party.member_code]) for party in parties)
    )
