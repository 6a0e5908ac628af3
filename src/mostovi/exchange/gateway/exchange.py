"""One exchange as a gateway comes to know it, step by step; at any step it can be written down."""

import json
import re
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mostovi.exchange.gateway import journal
from mostovi.exchange.gateway.refusals import UnknownService, xroad_message
from mostovi.exchange.gateway.wire.messages import Headers, Request, Response
from mostovi.exchange.protocol import xroad
from mostovi.exchange.protocol.canonical import parse_json
from mostovi.exchange.protocol.contracts import CONTRACT_HEADER, Contract, NoContract, check_request_allowed
from mostovi.exchange.protocol.directory import UnknownMember
from mostovi.exchange.protocol.faults import Fault, ProtocolRefusal
from mostovi.exchange.protocol.identifiers import (
    InvalidIdentifier,
    MemberId,
    RequestTarget,
    ServiceId,
    SubsystemId,
    check_represented_party,
)
from mostovi.exchange.protocol.pseudonyms import case_mark, subject_pseudonym
from mostovi.exchange.protocol.questions import SALT, fresh_salt, hides_content, parse_question
from mostovi.exchange.protocol.records import LogRecord, Outcome, RecordKind, SignedMessage
from mostovi.exchange.protocol.signatures import SIGNATURE, SIGNATURE_INPUT, MessageSignature
from mostovi.kernel import codes

BUILT_IN_SUBSYSTEM = "gateway"
DOCUMENT_STATUS = "documentStatus"
META_SERVICES = frozenset({"listMethods", "allowedMethods", "getOpenAPI"})
LOG_ENTRY_HEADER = "mostovi-log-entry"
CONTENT_DIGEST = "content-digest"
ACTING_HEADER = "mostovi-acting"
ACTING = frozenset({"person", "official", "clerk", "caseworker", "supervisor"})

_LONGEST_REFERENCE = 255
_LONGEST_REFUSAL_BYTES = 4096
_CASE = re.compile(r"[A-Za-z0-9./-]{3,40}")
_THIRTEEN_DIGITS = re.compile(r"(?:[0-9][./-]*){13}")
_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,63}")
_REFUSAL_CODE = re.compile(r"[a-z_]{1,100}")
_SILENT = frozenset({Fault.NETWORK_ERROR, Fault.SERVICE_FAILED})
_QUOTE_THE_REQUEST = (UnknownMember, UnknownService, NoContract)
_BETWEEN_GATEWAYS = frozenset({CONTENT_DIGEST, CONTRACT_HEADER, SIGNATURE, SIGNATURE_INPUT})


@dataclass(slots=True)
class Exchange:
    """What is known of an exchange so far. Nothing here is a personal number."""

    at: datetime
    client: MemberId | SubsystemId | None = None
    target: RequestTarget | None = None
    exchange_id: str | None = None
    request_id: str | None = None
    case: str | None = None
    user: str | None = None
    acting: str | None = None
    contract: Contract | None = None
    fields: tuple[str, ...] = ()
    subject: str | None = None
    request: SignedMessage | None = field(default=None, repr=False)
    response: SignedMessage | None = field(default=None, repr=False)
    request_digest: str | None = None
    request_position: int | None = None
    signature: MessageSignature | None = None
    reference: str = ""

    def refer(self) -> str:
        """By which the journal's line is found."""
        self.reference = self.reference or str(uuid.uuid4())
        return self.reference

    @property
    def service(self) -> ServiceId | None:
        return self.target.service if self.target else None

    def record_request(self) -> LogRecord:
        return self._record(RecordKind.EXCHANGE_REQUEST, Outcome.ASKED, self.at, request=self.request)

    def record_answer(
        self,
        at: datetime,
        outcome: Outcome,
        *,
        error: str | None,
        digest: str | None,
        response: SignedMessage | None,
    ) -> LogRecord:
        return self._record(
            RecordKind.EXCHANGE_RESPONSE, outcome, at, error=error, response=response, response_digest=digest
        )

    def forget_what_can_be_guessed(self, body: bytes) -> None:
        """A refused question may lack its salt; then no digest of it is kept, nor what was signed over it."""
        about_nobody = self.contract is not None and not self.contract.about_person
        if self.request_position is None and not about_nobody and not hides_content(body):
            self.request = self.request_digest = None

    def record_refusal(self, error: str) -> LogRecord:
        """Nothing was sent on: the only entry of this exchange."""
        return self._record(RecordKind.REFUSAL, Outcome.REFUSED, self.at, error=error, request=self.request)

    def _record(self, kind: RecordKind, outcome: Outcome, at: datetime, **more: Any) -> LogRecord:
        contract = self.contract
        service = self.service
        return LogRecord(
            kind=kind,
            at=at,
            outcome=outcome,
            exchange_id=self.exchange_id,
            request_id=self.request_id,
            consumer=None if self.client is None else str(self.client),
            provider=None if service is None else str(service.subsystem),
            service=None if service is None else str(service),
            contract_id=None if contract is None else contract.id,
            contract_hash=None if contract is None else contract.hash,
            purpose=None if contract is None else contract.purpose_code,
            case=self.case,
            user=self.user,
            acting=self.acting,
            subject=self.subject,
            request_digest=self.request_digest,
            fields=self.fields,
            **more,
        )


def read_references(exchange: Exchange, fields: dict[str, str]) -> None:
    """Case, user and id as the client gave them. Raises InvalidIdentifier for what no reference can be.

    That a case is named can be checked here, that there is one cannot.
    """
    for name in (xroad.ID, xroad.USER_ID, xroad.ISSUE):
        value = fields.get(name, "")
        if len(value) > _LONGEST_REFERENCE or not (value.isascii() and value.isprintable()):
            raise InvalidIdentifier(f"{name} is too long or holds characters outside ASCII")
    if xroad.REPRESENTED_PARTY in fields:
        check_represented_party(fields[xroad.REPRESENTED_PARTY])
    exchange.case = read_case(fields)
    exchange.user = fields.get(xroad.USER_ID, "").strip() or None
    exchange.exchange_id = fields.get(xroad.ID, "").strip() or None
    exchange.acting = _read_acting(fields)


def read_case(fields: dict[str, str]) -> str | None:
    """The case reference, which by its shape is nobody's number. Raises InvalidIdentifier."""
    case = fields.get(xroad.ISSUE, "").strip()
    if case and (not _CASE.fullmatch(case) or _THIRTEEN_DIGITS.search(case)):
        raise InvalidIdentifier(f"{xroad.ISSUE} has not the shape of a case reference")
    return case or None


def _read_acting(fields: dict[str, str]) -> str | None:
    """Who the user is, if the asking system says so: what the person asked about is told in the end."""
    acting = fields.get(ACTING_HEADER)
    if acting is not None and acting not in ACTING:
        raise InvalidIdentifier(f"{ACTING_HEADER} is none of {', '.join(sorted(ACTING))}")
    return acting


def travelling_headers(headers: Headers) -> Headers:
    """The header lines of a request that go on to the register, what gateways tell each other left out."""
    return [(name, value) for name, value in headers if name not in _BETWEEN_GATEWAYS]


def last_of_each_signed(headers: Headers) -> Headers:
    """X-Road takes the last of repeated headers of its own; signed headers must not repeat."""
    last = {name: position for position, (name, _) in enumerate(headers)}
    if len(last) == len(headers):
        return headers
    return [
        (name, value)
        for position, (name, value) in enumerate(headers)
        if last[name] == position or not name.startswith(("x-road-", "content-", "mostovi-"))
    ]


def guess_subject(key: bytes, body: bytes) -> str | None:
    """Whom a refused question was probably about, so that the attempt can be shown to that person."""
    try:
        jmb = parse_json(body)["subject"]["jmb"]
    except (ProtocolRefusal, KeyError, TypeError):
        return None
    return subject_pseudonym(key, jmb) if isinstance(jmb, str) and 0 < len(jmb) <= 100 else None


def read_question(exchange: Exchange, body: bytes, pseudonym_key: bytes) -> None:
    """Raise unless the contract covers the question; note its fields and, by pseudonym, whom it is about."""
    contract, client, service = exchange.contract, exchange.client, exchange.service
    assert contract is not None
    assert client is not None
    assert service is not None
    check_request_allowed(contract, client=client, service=service, case=exchange.case, now=exchange.at)
    if not contract.fields:
        return
    question = parse_question(body, contract)
    exchange.fields = question.fields
    if question.subject is not None:
        exchange.subject = subject_pseudonym(pseudonym_key, question.subject)


def holds_facts(request: Request, exchange: Exchange, answer: Response) -> bool:
    """Whether the answer must be held to the fields of a contract."""
    return _within_fields(exchange) and is_success(answer) and request.method != "HEAD"


def is_success(answer: Response) -> bool:
    return 200 <= answer.status < 300


def without_facts(exchange: Exchange, answer: Response, *, salted: bool = False) -> Response:
    """What a register refuses passes with its status and code: more could be facts past a contract.

    Which code it was could be guessed from a digest: ``salted`` prevents that.
    """
    if is_success(answer) or not _within_fields(exchange):
        return answer
    code = _refusal_code(answer.body)
    told = {"code": code} | ({SALT: fresh_salt()} if salted else {})
    body = b"" if code is None else json.dumps(told).encode()
    kept = [(name, value) for name, value in answer.headers if name.startswith("x-road-")]
    return Response(
        answer.status, kept if code is None else [("content-type", "application/json"), *kept], body
    )


def _within_fields(exchange: Exchange) -> bool:
    return exchange.contract is not None and bool(exchange.contract.fields)


def _refusal_code(body: bytes) -> str | None:
    if len(body) > _LONGEST_REFUSAL_BYTES:
        return None
    try:
        code = parse_json(body)["code"]
    except (ProtocolRefusal, KeyError, TypeError, IndexError):
        return None
    return code if isinstance(code, str) and _REFUSAL_CODE.fullmatch(code) else None


def outcome_of(error: str | None) -> Outcome:
    """A register or gateway that is down, slow or broken is silent; everything else was refused."""
    return Outcome.SILENT if xroad.find_fault(error or "") in _SILENT else Outcome.REFUSED


def error_response(request: Request, exchange: Exchange, refusal: ProtocolRefusal, error: str) -> Response:
    """The refusal as X-Road writes it, with the reference to look it up in the journal."""
    accept = request.fields.get("accept")
    headers, body = xroad.error_reply(error, xroad_message(refusal), exchange.refer(), accept)
    return Response(xroad.error_status(error), headers, body)


def say_refused(exchange: Exchange, error: str, refusal: ProtocolRefusal) -> None:
    journal.say(
        "refused",
        error=error,
        id=exchange.refer(),
        consumer=code_of(exchange.client),
        service=str(exchange.service),
        reason="" if isinstance(refusal, _QUOTE_THE_REQUEST) else refusal.detail,
    )


def has_plain_name(service: ServiceId) -> bool:
    """Whether a name that nobody here knows may be written down: what else it says could be anything."""
    return _PLAIN_NAME.fullmatch(service.service_code) is not None


def is_meta_service(service: ServiceId | None) -> bool:
    """X-Road's own questions about services, which live is not told of."""
    return service is not None and service.service_code in META_SERVICES


def needs_no_contract(service: ServiceId) -> bool:
    """Services that reveal nothing about anyone: X-Road's own, and whether a document is valid."""
    if service.service_code in META_SERVICES:
        return True
    return service.subsystem.subsystem_code == BUILT_IN_SUBSYSTEM and service.service_code == DOCUMENT_STATUS


def describe_for_live(
    exchange: Exchange, outcome: Outcome, error: str | None, log_entry: str | None, *, key: bytes
) -> dict[str, Any]:
    """Institutions, service, purpose and legal basis; never a person, nor the code of a case."""
    contract, service = exchange.contract, exchange.service
    return {
        "id": exchange.request_id or exchange.refer(),
        "at": exchange.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "kind": "refusal" if outcome is Outcome.REFUSED else "exchange",
        "consumer": code_of(exchange.client),
        "provider": service.member.member_code if service else code_of(exchange.client),
        "service": service.service_code if service else "unknown",
        "purpose": dict(contract.purpose) if contract else {},
        "legal_basis": contract.legal_basis.citation() if contract else {},
        "in_force": contract.in_force if contract else False,
        "mark": _mark(exchange.case, key),
        "fields": list(exchange.fields),
        "outcome": outcome.value,
        "error": error,
        "log_entry": log_entry,
        "signatures": _signatures(exchange),
    }


def _signatures(exchange: Exchange) -> str:
    """Whose signatures were given and hold: none, that of who asked, both, or of one that asked itself."""
    if exchange.request is None:
        return "none"
    if exchange.service is not None and exchange.service.member.member_code == code_of(exchange.client):
        return "own"
    return "one" if exchange.response is None else "both"


def _mark(case: str | None, key: bytes) -> str | None:
    """Only of what has a tracking code; a case may also be named in other words."""
    try:
        return None if case is None else case_mark(key, codes.normalise(case))
    except codes.InvalidCode:
        return None


def code_of(party: MemberId | SubsystemId | None) -> str:
    if party is None:
        return "unknown"
    return party.member_code if isinstance(party, MemberId) else party.member.member_code
