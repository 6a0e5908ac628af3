"""The answering side: another gateway's question is proved and logged before the register sees it."""

import time
from datetime import datetime

from mostovi.exchange.gateway.context import Gateway
from mostovi.exchange.gateway.exchange import (
    CONTENT_DIGEST,
    Exchange,
    describe_for_live,
    error_response,
    guess_subject,
    has_plain_name,
    holds_facts,
    is_meta_service,
    needs_no_contract,
    outcome_of,
    read_question,
    read_references,
    say_refused,
    travelling_headers,
    without_facts,
)
from mostovi.exchange.gateway.exposure import check_no_personal_number
from mostovi.exchange.gateway.refusals import (
    LoggingFailed,
    NotOurSubsystem,
    SubsystemNotProved,
    UnknownService,
    type_of,
)
from mostovi.exchange.gateway.services import Question, Services
from mostovi.exchange.gateway.wire.messages import Caller, Headers, Request, Response
from mostovi.exchange.protocol import xroad
from mostovi.exchange.protocol.contracts import CONTRACT_HEADER
from mostovi.exchange.protocol.digests import content_digest, xroad_request_hash
from mostovi.exchange.protocol.directory import Directory, UnknownKey
from mostovi.exchange.protocol.faults import ProtocolRefusal
from mostovi.exchange.protocol.identifiers import (
    MemberId,
    RequestTarget,
    SubsystemId,
    parse_client,
    parse_request_target,
)
from mostovi.exchange.protocol.questions import parse_answer
from mostovi.exchange.protocol.records import Outcome, SignedMessage
from mostovi.exchange.protocol.replay import ReplayWindow
from mostovi.exchange.protocol.signatures import MessageSignature, sign_response, verify_request
from mostovi.exchange.protocol.xroad import Side
from mostovi.kernel import clock


class Provider:
    def __init__(self, gateway: Gateway, services: Services, replay: ReplayWindow) -> None:
        self.gateway = gateway
        self.services = services
        self.replay = replay

    async def answer(self, request: Request, caller: Caller) -> Response:
        """The signed answer to another gateway."""
        exchange = Exchange(clock.now())
        started = time.monotonic()
        try:
            response = await self._answer(request, caller, exchange)
        except ProtocolRefusal as refusal:
            return await self._refuse(request, exchange, refusal)
        self.gateway.statistics.count_answer(clock.now(), time.monotonic() - started)
        return response

    async def _answer(self, request: Request, caller: Caller, exchange: Exchange) -> Response:
        directory = self.gateway.trust.current(exchange.at)
        target, signature = self._prove(request, caller, directory, exchange)
        self._check_may_ask(request, target, exchange)
        answer_from = self.services.find(target, request.method)
        accepted = (signature.key_id, signature.nonce, signature.created)
        exchange.request_position = await self.gateway.log.append(
            exchange.record_request(), accepted=accepted
        )
        lines = _hashed_lines(request.headers)
        answer = await answer_from(_question(request, lines, target, exchange))
        if exchange.contract is not None and holds_facts(request, exchange, answer):
            parse_answer(answer.body, exchange.contract, exchange.fields)
        return await self._reply(request, lines, without_facts(exchange, answer, salted=True), exchange)

    # Proving

    def _prove(
        self, request: Request, caller: Caller, directory: Directory, exchange: Exchange
    ) -> tuple[RequestTarget, MessageSignature]:
        """What is asked, and by whom: certificate, client, signature and key must be the same member's."""
        check_no_personal_number(request)
        client = _read_client(request, caller, directory, exchange)
        target = parse_request_target(request.target)
        if target.service.member != self.gateway.member:
            raise NotOurSubsystem("the service is another institution's")
        signature = self._verify(request, directory, exchange)
        directory.check_speaks_for(signature.key_id, client)
        self._note(request, client, target, directory, exchange)
        exchange.signature = signature
        exchange.request = SignedMessage.of(signature)
        exchange.request_digest = request.fields[CONTENT_DIGEST]
        self.replay.admit(signature, exchange.at)
        return target, signature

    def _note(
        self,
        request: Request,
        client: MemberId | SubsystemId,
        target: RequestTarget,
        directory: Directory,
        exchange: Exchange,
    ) -> None:
        """What the proved request names, if there is such a client and may be such a service."""
        if isinstance(client, SubsystemId):
            directory.check_subsystem(client)
        exchange.client = client
        if not has_plain_name(target.service) and not self.services.offer(target.service):
            raise UnknownService
        exchange.target = target
        read_references(exchange, request.fields)
        exchange.request_id = request.fields.get(xroad.REQUEST_ID)

    def _verify(self, request: Request, directory: Directory, exchange: Exchange) -> MessageSignature:
        own_address = directory.find_member(self.gateway.member).address
        return verify_request(
            method=request.method,
            target_uri=f"https://{own_address}{request.target}",
            headers=request.headers,
            body=request.body,
            find_key=directory.signing_key,
            now=exchange.at,
        )

    def _check_may_ask(self, request: Request, target: RequestTarget, exchange: Exchange) -> None:
        """Raise unless a contract covers the question."""
        if needs_no_contract(target.service):
            return
        contract = self.gateway.trust.contracts.find_referenced(request.fields.get(CONTRACT_HEADER))
        exchange.contract = contract
        read_question(exchange, request.body, self.gateway.keys.pseudonym)

    # Answering

    async def _reply(
        self, request: Request, lines: Headers, answer: Response, exchange: Exchange
    ) -> Response:
        now = clock.now()
        response, signed = self._sign(request, lines, answer, exchange, now)
        digest = response.fields[CONTENT_DIGEST]
        record = exchange.record_answer(now, Outcome.ANSWERED, error=None, digest=digest, response=signed)
        await self.gateway.log.append(record, pair=exchange.request_position)
        return response

    def _sign(
        self,
        request: Request,
        lines: Headers,
        answer: Response,
        exchange: Exchange,
        now: datetime,
    ) -> tuple[Response, SignedMessage]:
        """``lines`` are what ``_hashed_lines`` left of the request's header; the request must be proved."""
        assert exchange.signature is not None
        headers = [
            *answer.headers,
            (xroad.CLIENT, request.fields[xroad.CLIENT]),
            (xroad.SERVICE, str(exchange.service)),
            (xroad.ID, request.fields[xroad.ID]),
            (xroad.REQUEST_ID, request.fields[xroad.REQUEST_ID]),
            (xroad.REQUEST_HASH, xroad_request_hash(request.method, request.target, lines, request.body)),
            (CONTENT_DIGEST, content_digest(answer.body)),
        ]
        made = sign_response(
            self.gateway.keys.signer,
            status=answer.status,
            headers=headers,
            request=exchange.signature,
            now=now,
        )
        return Response(answer.status, headers + made.headers, answer.body), SignedMessage.of(made)

    # Refusing

    async def _refuse(self, request: Request, exchange: Exchange, refusal: ProtocolRefusal) -> Response:
        """Every refusal leaves an entry in the log and a line in the journal; then the asker is told."""
        if exchange.subject is None:
            exchange.subject = guess_subject(self.gateway.keys.pseudonym, request.body)
        exchange.forget_what_can_be_guessed(request.body)
        answer, signed = self._refusal(request, exchange, refusal)
        try:
            await self._log_refusal(exchange, refusal, answer, signed)
        except LoggingFailed as failed:
            refusal = failed
            answer, _ = self._refusal(request, exchange, refusal)
        error = self._type_of(refusal)
        say_refused(exchange, error, refusal)
        self.gateway.statistics.count(clock.now(), outcome_of(error), error, 0)
        return answer

    def _refusal(
        self, request: Request, exchange: Exchange, refusal: ProtocolRefusal
    ) -> tuple[Response, SignedMessage | None]:
        """The refusal as an answer, signed if there is a proved request to bind it to."""
        answer = error_response(request, exchange, refusal, self._type_of(refusal))
        if exchange.signature is None:
            return answer, None
        lines = _hashed_lines(request.headers)
        return self._sign(request, lines, answer, exchange, clock.now())

    async def _log_refusal(
        self, exchange: Exchange, refusal: ProtocolRefusal, answer: Response, signed: SignedMessage | None
    ) -> None:
        error = self._type_of(refusal)
        if isinstance(refusal, LoggingFailed):
            return
        if exchange.request_position is None:
            position = await self.gateway.log.append(exchange.record_refusal(error))
            self._tell_of_unproved(exchange, error, position)
            return
        outcome = outcome_of(error)
        digest = answer.fields.get(CONTENT_DIGEST)
        record = exchange.record_answer(clock.now(), outcome, error=error, digest=digest, response=signed)
        await self.gateway.log.append(record, pair=exchange.request_position)

    def _tell_of_unproved(self, exchange: Exchange, error: str, position: int) -> None:
        # The asking gateway tells of all its own exchanges; of a forged one only we know.
        if exchange.signature is None and not is_meta_service(exchange.service):
            name = self.gateway.log.name_of(position)
            self.gateway.events.tell(
                lambda: describe_for_live(
                    exchange, Outcome.REFUSED, error, name, key=self.gateway.keys.pseudonym
                )
            )

    def _type_of(self, refusal: ProtocolRefusal) -> str:
        return type_of(refusal, Side.PROVIDER_GATEWAY, self.gateway.configuration.error_spelling)


def _read_client(
    request: Request, caller: Caller, directory: Directory, exchange: Exchange
) -> MemberId | SubsystemId:
    """Who asks. Raises SubsystemNotProved unless the connection's certificate is that member's."""
    client = parse_client(request.fields.get(xroad.CLIENT, ""))
    try:
        connected = directory.find_member_by_tls(caller.thumbprint or "")
    except UnknownKey:
        raise SubsystemNotProved("the TLS certificate is no member's") from None
    exchange.client = connected.id
    if connected.id != (client.member if isinstance(client, SubsystemId) else client):
        raise SubsystemNotProved(f"{connected.code} speaks for another institution")
    return client


def _question(request: Request, lines: Headers, target: RequestTarget, exchange: Exchange) -> Question:
    assert exchange.client is not None
    return Question(
        client=exchange.client,
        target=target,
        method=request.method,
        headers=lines,
        body=request.body,
        subject=exchange.subject,
        user=exchange.user,
        fields=exchange.fields,
    )


def _hashed_lines(headers: Headers) -> Headers:
    """The lines that the asking gateway hashed and the register gets, without what gateways add."""
    dropped = xroad.DROPPED_HEADERS
    return [(name, value) for name, value in travelling_headers(headers) if name not in dropped]
