"""Contracts: which system may ask which service, for what, by which law, and for which fields.

Signed by both parties.

A contract is checked at both gateways on every call, without asking anybody: the consumer sends its hash in
the signed header ``mostovi-contract``, so both are sure to mean the same text.
"""

from mostovi.exchange.protocol.contracts.checks import (
    CONTRACT_HEADER,
    CaseReferenceMissing,
    ContractBook,
    ContractChanged,
    ContractNotValidNow,
    ContractWrongService,
    FieldNotInContract,
    NoContract,
    check_fields,
    check_request_allowed,
)
from mostovi.exchange.protocol.contracts.signing import (
    ContractNotSigned,
    FindSigner,
    MalformedContract,
    PartySignature,
    SignedContract,
    contract_from_json,
    parse_contract,
    sign_contract,
    signed_contract_from_json,
    verify_contract,
)
from mostovi.exchange.protocol.contracts.values import (
    ABOUT_NONE,
    ABOUT_PERSON,
    DEFAULT_SUBJECT,
    Contract,
    ContractWrongParty,
    LegalBasis,
)

__all__ = [
    "ABOUT_NONE",
    "ABOUT_PERSON",
    "CONTRACT_HEADER",
    "DEFAULT_SUBJECT",
    "CaseReferenceMissing",
    "Contract",
    "ContractBook",
    "ContractChanged",
    "ContractNotSigned",
    "ContractNotValidNow",
    "ContractWrongParty",
    "ContractWrongService",
    "FieldNotInContract",
    "FindSigner",
    "LegalBasis",
    "MalformedContract",
    "NoContract",
    "PartySignature",
    "SignedContract",
    "check_fields",
    "check_request_allowed",
    "contract_from_json",
    "parse_contract",
    "sign_contract",
    "signed_contract_from_json",
    "verify_contract",
]
