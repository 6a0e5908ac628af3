"""The asking side: a local system's question is checked, signed, logged and sent on; so is the answer."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from mostovi.exchange.gateway.context import Gateway
from mostovi.exchange.gateway.exchange import (
    BUILT_IN_SUBSYSTEM,
    CONTENT_DIGEST,
    LOG_ENTRY_HEADER,
    Exchange,
    describe_for_live,
    error_response,
    guess_subject,
    has_plain_name,
    holds_facts,
    is_meta_service,
    last_of_each_signed,
    needs_no_contract,
    outcome_of,
    read_case,
    read_question,
    read_references,
    say_refused,
    travelling_headers,
    without_facts,
)
from mostovi.exchange.gateway.exposure import check_no_personal_number
from mostovi.exchange.gateway.peers import Peers
from mostovi.exchange.gateway.refusals import (
    GatewaySilent,
    InconsistentAnswer,
    LoggingFailed,
    MethodNotKnown,
    NotOurSubsystem,
    SubsystemNotProved,
    UnsignedAnswer,
    type_of,
)
from mostovi.exchange.gateway.wire.client import WireFault
from mostovi.exchange.gateway.wire.messages import Caller, Headers, Request, Response, format_request
from mostovi.exchange.protocol import xroad
from mostovi.exchange.protocol.contracts import CONTRACT_HEADER
from mostovi.exchange.protocol.digests import content_digest, xroad_request_hash
from mostovi.exchange.protocol.directory import Directory, Member
from mostovi.exchange.protocol.faults import ProtocolRefusal
from mostovi.exchange.protocol.identifiers import (
    InvalidSecurityServer,
    RequestTarget,
    ServiceId,
    SubsystemId,
    parse_client,
    parse_request_target,
    parse_security_server,
)
from mostovi.exchange.protocol.questions import parse_answer
from mostovi.exchange.protocol.records import Outcome, SignedMessage
from mostovi.exchange.protocol.signatures import MessageSignature, sign_request, verify_response
from mostovi.exchange.protocol.xroad import Side
from mostovi.kernel import clock

AnswerOurselves = Callable[[Request, Caller], Awaitable[Response]]


@dataclass(slots=True)
class Sealed:
    """A request as it leaves: ``hash`` is what the other side must compute too."""

    member: Member
    target: str
    headers: Headers
    signature: MessageSignature
    hash: str


class Consumer:
    """``answer_ourselves`` is our own providing side, for questions between systems of one institution."""

    def __init__(self, gateway: Gateway, peers: Peers, answer_ourselves: AnswerOurselves) -> None:
        self.gateway = gateway
        self.peers = peers
        self.answer_ourselves = answer_ourselves

    async def relay(self, request: Request, subsystem: SubsystemId | None) -> Response:
        """The answer to a local system; ``subsystem`` is what its connection proves, if anything."""
        exchange = Exchange(clock.now())
        started = time.monotonic()
        try:
            response = await self._relay(request, subsystem, exchange)
        except ProtocolRefusal as refusal:
            response = await self._refuse(request, exchange, refusal)
        self._count(exchange, response, time.monotonic() - started)
        return response

    async def _relay(self, request: Request, subsystem: SubsystemId | None, exchange: Exchange) -> Response:
        target = self._read(request, subsystem, exchange)
        directory = self.gateway.trust.current(exchange.at)
        self._check_may_ask(request, target, directory, exchange)
        sealed = self._seal(request, directory, exchange)
        exchange.request_position = await self.gateway.log.append(exchange.record_request())
        response = await self._send(request, sealed)
        return await self._take(request, response, sealed, directory, exchange)

    # Reading

    def _read(self, request: Request, subsystem: SubsystemId | None, exchange: Exchange) -> RequestTarget:
        """What is asked for. Raises when the connection does not prove the client, or nothing can be read.

        Nothing the request says is noted before it is known to name something: records keep no free text.
        """
        check_no_personal_number(request)
        exchange.client = subsystem
        client = parse_client(request.fields.get(xroad.CLIENT, ""))
        own = client.member if isinstance(client, SubsystemId) else client
        if own != self.gateway.member:
            raise NotOurSubsystem(f"{xroad.CLIENT} names a system of another institution")
        if client != subsystem:
            raise SubsystemNotProved(f"{xroad.CLIENT} is not the subsystem of this connection")
        if request.method not in xroad.METHODS:
            raise MethodNotKnown
        target = parse_request_target(request.target)
        _check_security_server(request, target)
        exchange.case = read_case(request.fields)
        return target

    def _check_may_ask(
        self, request: Request, target: RequestTarget, directory: Directory, exchange: Exchange
    ) -> None:
        """Raise unless the directory knows both sides and a contract covers the question."""
        assert isinstance(exchange.client, SubsystemId)
        service = target.service
        _check_known(directory, exchange.client, service)
        if has_plain_name(service):
            exchange.target = target
        read_references(exchange, request.fields)
        if needs_no_contract(service):
            return
        exchange.contract = self.gateway.trust.contracts.find_for(exchange.client, service)
        exchange.target = target
        read_question(exchange, request.body, self.gateway.keys.pseudonym)

    # Sending

    def _seal(self, request: Request, directory: Directory, exchange: Exchange) -> Sealed:
        """The request with our signature over it."""
        assert exchange.target is not None
        member = directory.find_member(exchange.target.service.member)
        headers = travelling_headers(last_of_each_signed(xroad.kept_headers(request.headers)))
        if exchange.exchange_id is None:
            exchange.exchange_id = xroad.new_message_id(self.gateway.member.instance)
            headers.append((xroad.ID, exchange.exchange_id))
        exchange.request_id = xroad.new_request_id()
        headers.append((xroad.REQUEST_ID, exchange.request_id))
        request_hash = xroad_request_hash(request.method, request.target, headers, request.body)
        exchange.request_digest = content_digest(request.body)
        headers.append((CONTENT_DIGEST, exchange.request_digest))
        if exchange.contract is not None:
            headers.append((CONTRACT_HEADER, exchange.contract.reference))
        signature = sign_request(
            self.gateway.keys.signer,
            method=request.method,
            target_uri=f"https://{member.address}{request.target}",
            headers=headers,
            now=exchange.at,
        )
        exchange.request = SignedMessage.of(signature)
        return Sealed(member, request.target, headers + signature.headers, signature, request_hash)

    async def _send(self, request: Request, sealed: Sealed) -> Response:
        """What the other gateway says. Raises GatewaySilent."""
        if sealed.member.id == self.gateway.member:
            own = Caller("ourselves", thumbprint=self.gateway.keys.tls_thumbprint)
            return await self.answer_ourselves(
                Request(request.method, sealed.target, sealed.headers, request.body), own
            )
        headers = [("host", sealed.member.address), *sealed.headers]
        try:
            return await self.peers.send(
                sealed.member,
                format_request(request.method, sealed.target, headers, request.body),
                within_seconds=self.gateway.configuration.provider_timeout_seconds,
                without_body=request.method == "HEAD",
            )
        except WireFault as fault:
            raise GatewaySilent(f"{sealed.member.code}: {type(fault).__name__}") from fault

    # Taking the answer

    async def _take(
        self, request: Request, response: Response, sealed: Sealed, directory: Directory, exchange: Exchange
    ) -> Response:
        """Check the answer, log it, hand it on."""
        now = clock.now()
        error = response.fields.get(xroad.ERROR)
        signed = exchange.response = self._check_signature(response, sealed, directory, now)
        digest = response.fields.get(CONTENT_DIGEST) if signed else None
        if error is None:
            self._check_answer(request, response, sealed, exchange)
            response = without_facts(exchange, response)
        record = exchange.record_answer(
            now,
            Outcome.ANSWERED if error is None else outcome_of(error),
            error=None if error is None else error[:200],
            digest=digest,
            response=signed,
        )
        position = await self.gateway.log.append(record, pair=exchange.request_position)
        headers = travelling_headers(response.headers)
        headers.append((LOG_ENTRY_HEADER, self.gateway.log.name_of(position)))
        if exchange.contract is not None:
            headers.append((CONTRACT_HEADER, exchange.contract.reference))
        return Response(response.status, xroad.kept_headers(headers) + _hash_lines(response), response.body)

    def _check_signature(
        self, response: Response, sealed: Sealed, directory: Directory, now: datetime
    ) -> SignedMessage | None:
        """The answer's signature. Only a refusal of what could not be read may lack one."""
        if "signature" not in response.fields:
            if xroad.ERROR not in response.fields:
                raise UnsignedAnswer(sealed.member.code)
            return None
        signature = verify_response(
            status=response.status,
            headers=response.headers,
            body=response.body,
            request=sealed.signature,
            find_key=directory.signing_key,
            now=now,
        )
        directory.check_speaks_for(signature.key_id, sealed.member.id)
        return SignedMessage.of(signature)

    def _check_answer(self, request: Request, response: Response, sealed: Sealed, exchange: Exchange) -> None:
        if response.fields.get(xroad.REQUEST_HASH) != sealed.hash:
            raise InconsistentAnswer("x-road-request-hash")
        if exchange.contract is not None and holds_facts(request, exchange, response):
            parse_answer(response.body, exchange.contract, exchange.fields)

    # Refusing

    async def _refuse(self, request: Request, exchange: Exchange, refusal: ProtocolRefusal) -> Response:
        """Every refusal leaves an entry in the log and a line in the journal; then the client is told."""
        if exchange.subject is None:
            exchange.subject = guess_subject(self.gateway.keys.pseudonym, request.body)
        position: int | None = None
        try:
            position = await self._log_refusal(exchange, refusal)
        except LoggingFailed as failed:
            refusal = failed
        error = self._type_of(refusal)
        say_refused(exchange, error, refusal)
        response = error_response(request, exchange, refusal, error)
        if position is not None:
            response.add(LOG_ENTRY_HEADER, self.gateway.log.name_of(position))
        return response

    async def _log_refusal(self, exchange: Exchange, refusal: ProtocolRefusal) -> int | None:
        error = self._type_of(refusal)
        if isinstance(refusal, LoggingFailed):
            return None
        if exchange.request_position is None:
            return await self.gateway.log.append(exchange.record_refusal(error))
        record = exchange.record_answer(
            clock.now(), outcome_of(error), error=error, digest=None, response=None
        )
        return await self.gateway.log.append(record, pair=exchange.request_position)

    def _type_of(self, refusal: ProtocolRefusal) -> str:
        return type_of(refusal, Side.CONSUMER_GATEWAY, self.gateway.configuration.error_spelling)

    def _count(self, exchange: Exchange, response: Response, seconds: float) -> None:
        error = response.fields.get(xroad.ERROR)
        outcome = Outcome.ANSWERED if error is None else outcome_of(error)
        self.gateway.statistics.count(clock.now(), outcome, error, seconds)
        if not is_meta_service(exchange.service):
            log_entry = response.fields.get(LOG_ENTRY_HEADER)
            self.gateway.events.tell(
                lambda: describe_for_live(
                    exchange, outcome, error, log_entry, key=self.gateway.keys.pseudonym
                )
            )


def _check_known(directory: Directory, client: SubsystemId, service: ServiceId) -> None:
    """Raise UnknownMember unless the directory has both sides; built-in services are every member's."""
    directory.check_subsystem(client)
    if service.subsystem.subsystem_code == BUILT_IN_SUBSYSTEM:
        directory.find_member(service.member)
    else:
        directory.check_subsystem(service.subsystem)


def _check_security_server(request: Request, target: RequestTarget) -> None:
    """Each of our members has one gateway, called ``gateway``. Raises InvalidSecurityServer."""
    text = request.fields.get(xroad.SECURITY_SERVER)
    if text is None:
        return
    server = parse_security_server(text)
    if server.member != target.service.member or server.server_code != BUILT_IN_SUBSYSTEM:
        raise InvalidSecurityServer("not a gateway of the providing institution")


def _hash_lines(response: Response) -> Headers:
    return [
        (name, value) for name, value in response.headers if name in {xroad.REQUEST_ID, xroad.REQUEST_HASH}
    ]
