"""The words of services: what an application, a fact and a decision are, as everyone sees them."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any


class CaseState(StrEnum):
    """Where an application stands."""

    DRAFT = "draft"
    RECEIVED = "received"
    WAITING_FOR_FACTS = "waiting_for_facts"
    TO_DECIDE = "to_decide"
    WAITING_FOR_APPLICANT = "waiting_for_applicant"
    DECIDED = "decided"
    SEALED = "sealed"
    DELIVERED = "delivered"
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"


class WaitsFor(StrEnum):
    """What an application that waits for its applicant needs of her."""

    REPLY = "reply"
    ANOTHER_PLACE = "another_place"
    ANSWERS = "answers"


class FactState(StrEnum):
    """What we know of one register's answer."""

    NOT_ASKED = "not_asked"
    ANSWERED = "answered"
    WAITING = "waiting"
    REFUSED = "refused"
    NOT_FOUND = "not_found"


class Channel(StrEnum):
    """How an application came: from the person's own device or at a counter."""

    ONLINE = "online"
    COUNTER = "counter"


class Outcome(StrEnum):
    """How a case was decided."""

    APPROVED = "approved"
    REFUSED = "refused"


class IdentityDocument(StrEnum):
    """With what a person proved at a counter who she is. Its number is not written down."""

    IDENTITY_CARD = "identity_card"
    PASSPORT = "passport"
    DRIVING_LICENCE = "driving_licence"


class Party(StrEnum):
    """Who somebody is to one case."""

    APPLICANT = "applicant"
    CLERK = "clerk"
    CASEWORKER = "caseworker"
    SYSTEM = "system"


class Step(StrEnum):
    """What can happen to a case."""

    ASK_FACTS = "ask_facts"
    AGREE = "agree"
    ANSWER = "answer"
    DISPUTE = "dispute"
    SEE_ANSWERS = "see_answers"
    ASK_ANEW = "ask_anew"
    SUBMIT = "submit"
    WAIT_FOR_FACTS = "wait_for_facts"
    COMPLETE = "complete"
    ISSUE = "issue"
    TAKE = "take"
    ASK_APPLICANT = "ask_applicant"
    REPLY = "reply"
    RETURN_TO_APPLICANT = "return_to_applicant"
    ASK_MISSING = "ask_missing"
    START_OVER = "start_over"
    DRAFT_DECISION = "draft_decision"
    DECIDE = "decide"
    SEAL = "seal"
    DELIVER = "deliver"
    REVOKE = "revoke"
    DECIDE_ANEW = "decide_anew"
    WITHDRAW = "withdraw"
    RESTORE = "restore"
    TURN_AWAY = "turn_away"


class PaperState(StrEnum):
    """What has become of a document. One that is being replaced is valid until the new one is sealed."""

    VALID = "valid"
    BEING_REPLACED = "being_replaced"
    REPLACED = "replaced"
    REVOKED = "revoked"


VALID_PAPERS = (PaperState.VALID, PaperState.BEING_REPLACED)


@dataclass(frozen=True)
class Transition:
    """What the steps of a service let happen: who brings it about, from which state, to which."""

    step: Step
    parties: frozenset[Party]
    source: CaseState
    target: CaseState


@dataclass(frozen=True)
class Standing:
    """What the rules look at: one case without its contents, and the life its service gives it."""

    code: str
    institution: str
    state: CaseState
    applicant_id: int
    assisted_by_id: int | None = None
    assigned_to_id: int | None = None
    state_before_withdrawal: CaseState | None = None
    withdrawn_at: datetime | None = None
    waits_for: WaitsFor | None = None
    has_valid_paper: bool = False
    life: tuple[Transition, ...] = ()


@dataclass(frozen=True)
class HistoryLine:
    """One thing that happened, for the person and the desk."""

    event: str
    at: datetime
    by: Party
    detail: Mapping[str, Any]


@dataclass(frozen=True)
class PaperPart:
    """A part of what a document says: a ``title``, ``heading``, ``paragraph``, ``list`` or ``numbers``."""

    kind: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class PreparedDecision:
    """A decision as the official reads it before sealing; ``text`` is all of what the document will say."""

    case: str
    version: str
    outcome: Outcome
    amount_feninga: int | None
    reasons: str
    articles: tuple[str, ...]
    language: str
    text: tuple[PaperPart, ...]
    disputed: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Equal only for the same words about the same case: SHA-256, in hexadecimal."""
        return sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class TakingBack:
    """A sealed decision that its office is about to withdraw, or to decide anew."""

    case: str
    document: str

    @property
    def digest(self) -> str:
        """As of a prepared decision, and never the same as one."""
        return sha256(f"take back\n{self.case}\n{self.document}".encode()).hexdigest()


@dataclass(frozen=True)
class ReauthenticationView:
    """An official was asked to sign in once more for one decision, and what came of it.

    ``decision`` is the digest of what the official had read, or of what is taken back; ``failure`` the code
    of a refusal.
    """

    case: str
    official_id: int
    decision: str
    asked_at: datetime
    authenticated_at: datetime | None = None
    used_at: datetime | None = None
    failure: str = ""


@dataclass(frozen=True)
class DecisionView:
    """A decision as the person and the desk read it."""

    outcome: Outcome
    amount_feninga: int | None
    reasons: str
    articles: tuple[str, ...]
    language: str
    text: tuple[PaperPart, ...]
    official_name: str
    decided_at: datetime
    authenticated_at: datetime


@dataclass(frozen=True)
class DocumentSummary:
    """A sealed document without its bytes."""

    code: str
    issuer: str
    kind: str
    issued_on: date
    sha256: str
    size: int
    state: PaperState = PaperState.VALID
    state_since: datetime | None = None
    reason: str = ""

    @property
    def is_valid(self) -> bool:
        return self.state in VALID_PAPERS

    @property
    def kilobytes(self) -> int:
        return max(1, round(self.size / 1000))


@dataclass(frozen=True)
class OtherCase:
    """Another application of the same person for the same, such as a child: not decided yet, or granted."""

    code: str
    sent_at: datetime
    granted_at: datetime | None


@dataclass(frozen=True)
class DocumentFile:
    """A sealed document as it is handed over."""

    code: str
    kind: str
    pdf: bytes


@dataclass(frozen=True)
class CaseSummary:
    """One line of a list of cases. ``applicant_name`` is empty where the reader may not see it."""

    code: str
    service: str
    version: str
    institution: str
    state: CaseState
    channel: Channel
    started_at: datetime
    received_at: datetime | None
    due_on: date | None
    applicant_name: str
    assigned_to_name: str
    disputed: bool


@dataclass(frozen=True)
class Receipt:
    """What the person gets for an application: the tracking code and the day by which it is decided."""

    code: str
    state: CaseState
    received_at: datetime
    due_on: date


@dataclass(frozen=True)
class Tracking:
    """What a tracking code tells without signing in: nothing about the person."""

    code: str
    state: CaseState
    due_on: date | None


@dataclass(frozen=True)
class LifeEvent:
    """What happens in a life, per language, and the keys of the services one then needs."""

    key: str
    name: Mapping[str, str]
    services: tuple[str, ...]


@dataclass(frozen=True)
class Lookup:
    """What an official may try to ask about a person without a case; ``told`` says it, per language."""

    provider: str
    service: str
    fields: tuple[str, ...]
    told: Mapping[str, str]


@dataclass(frozen=True)
class Savings:
    """What people did not have to carry, and how far they did not have to go."""

    papers: int
    visits: int
    kilometres: int
