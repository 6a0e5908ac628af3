"""The only door to the exchange: what other modules may ask of the bridge.

Every call names the ``institution`` (member code) through whose gateway it goes. Calls raise
``BridgeRefused`` when a gateway refuses and ``NoAnswer`` when somebody on the way does not answer.
"""

from mostovi.exchange.bridge.logs import (
    append_audit_lines,
    check_log_consistency,
    fetch_own_receipt,
    gateway_status,
    list_log_entries,
)
from mostovi.exchange.bridge.members import check_statement, list_members, trust_root_pem
from mostovi.exchange.bridge.naming import find_document_kind_name, find_service_name
from mostovi.exchange.bridge.papers import (
    document_status,
    reserve_document,
    revoke_document,
    seal_document,
)
from mostovi.exchange.bridge.refusals import BridgeRefused, NoAnswer, NoTrustRoot, RefusalReason, reason_of
from mostovi.exchange.bridge.registers import PersonNotInRegister, ask_register, find_contract, list_contracts
from mostovi.exchange.bridge.usages import EntryNotFound, fetch_receipt, find_usages
from mostovi.exchange.bridge.values import (
    Answer,
    AuditEntry,
    ContractSummary,
    DecisionRecord,
    DocumentState,
    DocumentStatus,
    GatewayStatus,
    LogCheck,
    LogEntry,
    Member,
    ReservedDocument,
    Stated,
    Usage,
    UsageAction,
    UsageReport,
)
from mostovi.exchange.sealing.demonstration import is_demonstration_root

__all__ = [
    "Answer",
    "AuditEntry",
    "BridgeRefused",
    "ContractSummary",
    "DecisionRecord",
    "DocumentState",
    "DocumentStatus",
    "EntryNotFound",
    "GatewayStatus",
    "LogCheck",
    "LogEntry",
    "Member",
    "NoAnswer",
    "NoTrustRoot",
    "PersonNotInRegister",
    "RefusalReason",
    "ReservedDocument",
    "Stated",
    "Usage",
    "UsageAction",
    "UsageReport",
    "append_audit_lines",
    "ask_register",
    "check_log_consistency",
    "check_statement",
    "document_status",
    "fetch_own_receipt",
    "fetch_receipt",
    "find_contract",
    "find_document_kind_name",
    "find_service_name",
    "find_usages",
    "gateway_status",
    "is_demonstration_root",
    "list_contracts",
    "list_log_entries",
    "list_members",
    "reason_of",
    "reserve_document",
    "revoke_document",
    "seal_document",
    "trust_root_pem",
]
