"""What this institution offers: its registers' services, and those that every gateway has built in."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from mostovi.exchange.gateway.configuration import ServiceConfiguration
from mostovi.exchange.gateway.exchange import BUILT_IN_SUBSYSTEM, META_SERVICES
from mostovi.exchange.gateway.refusals import (
    EndpointDenied,
    RegisterFaulty,
    RegisterSilent,
    ServiceDisabled,
    UnknownService,
)
from mostovi.exchange.gateway.wire.addresses import register_pool
from mostovi.exchange.gateway.wire.client import MalformedAnswer, WireFault
from mostovi.exchange.gateway.wire.messages import Headers, Limits, Response, format_request
from mostovi.exchange.gateway.wire.turns import Turns
from mostovi.exchange.protocol import xroad
from mostovi.exchange.protocol.identifiers import MemberId, RequestTarget, ServiceId, SubsystemId

_IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"})


@dataclass(frozen=True)
class Question:
    """A proved question. ``subject`` is our own pseudonym of whom it is about, ``fields`` what was asked."""

    client: MemberId | SubsystemId
    target: RequestTarget
    method: str
    headers: Headers
    body: bytes
    subject: str | None
    user: str | None
    fields: tuple[str, ...]


AnswerFrom = Callable[[Question], Awaitable[Response]]


class RegisterService:
    """One service behind us, over pooled connections."""

    def __init__(self, configuration: ServiceConfiguration, limits: Limits, turns: Turns) -> None:
        self.configuration = configuration
        self.pool = register_pool(configuration.address, limits, turns)

    async def answer(self, question: Question) -> Response:
        """Raises RegisterSilent or RegisterFaulty."""
        target = question.target
        query = f"?{target.query}" if target.query else ""
        return await self.send(
            question.method, f"{self.configuration.path}{target.path}{query}", question.headers, question.body
        )

    async def send(self, method: str, target: str, headers: Headers, body: bytes) -> Response:
        host = ("host", self.configuration.address.authority)
        try:
            response = await self.pool.send(
                format_request(method, target, [host, *headers], body),
                within_seconds=self.configuration.timeout_seconds,
                repeatable=method in _IDEMPOTENT,
                without_body=method == "HEAD",
            )
        except MalformedAnswer as fault:
            raise RegisterFaulty(str(fault)) from fault
        except WireFault as fault:
            raise RegisterSilent(type(fault).__name__) from fault
        return Response(response.status, _own_lines(response.headers), response.body)


def _own_lines(headers: Headers) -> Headers:
    """A register's own header lines; what gateways say stays theirs to say."""
    theirs = ("x-road-", "mostovi-", "content-digest", "signature")
    return [(name, value) for name, value in xroad.kept_headers(headers) if not name.startswith(theirs)]


class Services:
    """Finds who answers. ``built_in`` and ``meta`` are by service code."""

    def __init__(self, configured: tuple[ServiceConfiguration, ...], limits: Limits, turns: Turns) -> None:
        self.registers = {
            (each.subsystem, each.code): RegisterService(each, limits, turns) for each in configured
        }
        self.built_in: dict[str, AnswerFrom] = {}
        self.meta: dict[str, AnswerFrom] = {}

    def offer(self, service: ServiceId) -> bool:
        """Whether a register behind us has this service."""
        return (service.subsystem.subsystem_code, service.service_code) in self.registers

    def find(self, target: RequestTarget, method: str) -> AnswerFrom:
        """Raises UnknownService, ServiceDisabled or EndpointDenied."""
        subsystem, code = target.service.subsystem.subsystem_code, target.service.service_code
        if code in META_SERVICES:
            return _with_method(self.meta[code], method, "GET")
        if subsystem == BUILT_IN_SUBSYSTEM and code in self.built_in:
            return _with_method(self.built_in[code], method, "POST")
        register = self.registers.get((subsystem, code))
        if register is None:
            raise UnknownService(str(target.service))
        if not register.configuration.enabled:
            raise ServiceDisabled(str(target.service))
        if not offers(register.configuration.endpoints, method, target.path or "/"):
            raise EndpointDenied(f"{method} on {target.service}")
        return register.answer

    def drop_idle(self) -> None:
        for register in self.registers.values():
            register.pool.drop_idle()

    def close(self) -> None:
        for register in self.registers.values():
            register.pool.close()


def offers(endpoints: tuple[tuple[str, str], ...], method: str, path: str) -> bool:
    """Whether a pattern covers this call; ``*`` stands for one segment."""
    return any(method == offered and _matches(pattern, path) for offered, pattern in endpoints)


def _matches(pattern: str, path: str) -> bool:
    expected, given = pattern.split("/"), path.split("/")
    return len(expected) == len(given) and all(
        want == have or (want == "*" and have != "") for want, have in zip(expected, given, strict=True)
    )


def _with_method(answer: AnswerFrom, method: str, expected: str) -> AnswerFrom:
    if method != expected:
        raise EndpointDenied(f"{method}; {expected} is offered")
    return answer
