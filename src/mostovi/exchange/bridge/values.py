"""The words of the bridge: what other modules get, frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

UsageAction = Literal["answered", "asked", "read", "refused", "sealed"]
DocumentState = Literal["valid", "replaced", "revoked", "unsealed"]


@dataclass(frozen=True)
class ContractSummary:
    """What was agreed. Parties are member codes; texts are per language (bs, hr, sr, en)."""

    id: str
    consumer: str
    provider: str
    service: str
    purpose: dict[str, str]
    legal_basis: dict[str, str]
    in_force: bool
    crosses_entities: bool
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """A register's answer. ``log_entry`` is its place in the asking institution's log."""

    exchange_id: str
    provider: str
    facts: dict[str, Any] = field(repr=False)
    as_of: datetime
    contract: ContractSummary
    log_entry: str


@dataclass(frozen=True)
class Usage:
    """One use of somebody's data, as a member's log tells it; ``requester`` is a member code.

    ``seen_by`` is a role or a kind of actor; ``identity_shown`` the kind of document seen at a counter.
    """

    institution: str
    at: datetime
    action: UsageAction
    requester: str
    requester_name: str | None
    service: str
    purpose: dict[str, str]
    legal_basis: dict[str, str]
    in_force: bool
    case: str | None
    exchange_id: str | None
    log_entry: str
    seen_by: str | None
    refusal_code: str | None
    identity_shown: str | None = None


@dataclass(frozen=True)
class UsageReport:
    """``silent`` are the codes of members that did not answer; without our own gateway nobody was asked."""

    usages: tuple[Usage, ...]
    silent: tuple[str, ...]
    own_gateway_silent: bool = False


@dataclass(frozen=True)
class ReservedDocument:
    """``verify_url`` is the content of the document's QR code."""

    code: str
    issued_on: date
    verify_url: str


@dataclass(frozen=True)
class DecisionRecord:
    """What the gateway checks before it seals.

    ``user`` is the pseudonym of the official who decided and ``authenticated_at`` when they last signed in;
    both None for documents that no official decides. ``pdf_sha256`` is in hexadecimal; ``purpose`` and
    ``legal_basis`` are per language.
    """

    case: str
    code: str
    pdf_sha256: str
    user: str | None
    authenticated_at: datetime | None
    decided_at: datetime
    purpose: Mapping[str, str] = field(default_factory=dict)
    legal_basis: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DocumentStatus:
    """``issuer`` is a member code. When not ``known``, only ``code`` says anything."""

    known: bool
    code: str
    issuer: str = ""
    kind: str = ""
    issued_on: date | None = None
    state: DocumentState = "unsealed"
    state_since: datetime | None = None
    sealed_sha256: str | None = None


@dataclass(frozen=True)
class Stated:
    """What a document's QR code says, its signature checked against the directory."""

    code: str
    issuer: str
    kind: str
    issued_on: date


@dataclass(frozen=True)
class AuditEntry:
    """One audit line for an institution's log, which keeps a pseudonym of ``subject_jmb`` only."""

    id: str
    at: datetime
    actor_kind: str
    user: str
    action: str
    subject_jmb: str | None = field(repr=False)
    case: str | None
    purpose: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class GatewayStatus:
    """How a gateway does. When it is not ``answering``, everything else is unknown."""

    institution: str
    answering: bool
    since: datetime | None = None
    answers_today: int = 0
    refused_today: int = 0
    exchanges_per_minute: tuple[int, ...] = ()
    median_milliseconds: int | None = None
    p95_milliseconds: int | None = None
    tree_size: int = 0
    root_hash: str = ""
    directory_expires_at: datetime | None = None
    refused_by_type: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Member:
    """One institution of the exchange, from the verified directory."""

    code: str
    names: Mapping[str, str]
    level: str
    unit: str
    document_prefix: str
    subsystems: tuple[str, ...]


@dataclass(frozen=True)
class LogEntry:
    """An entry of a member's log as an auditor sees it: pseudonyms, never names."""

    log_entry: str
    at: datetime
    kind: str
    action: str
    outcome: str
    requester: str
    provider: str
    service: str
    purpose: dict[str, str]
    case: str | None
    exchange_id: str | None
    user: str | None
    subject: str | None
    refusal_code: str | None
    fields: tuple[str, ...]
    detail: Mapping[str, Any]


@dataclass(frozen=True)
class LogCheck:
    """Whether a log continues the one seen before. ``root`` is the new root in base64."""

    institution: str
    consistent: bool
    old_size: int
    new_size: int
    root: str
    signed_at: datetime
    reason: str = ""
