"""The edge towards local systems: who calls is proved by the socket or the certificate, then it is routed."""

import socket
import struct
import uuid
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs

from mostovi.exchange.gateway.configuration import SocketEdge, TlsEdge
from mostovi.exchange.gateway.consumer import Consumer
from mostovi.exchange.gateway.context import Gateway
from mostovi.exchange.gateway.metadata.members import (
    clients_as_json,
    clients_as_xml,
    verification_configuration,
)
from mostovi.exchange.gateway.refusals import SubsystemNotProved, type_of
from mostovi.exchange.gateway.wire.addresses import peer_certificate
from mostovi.exchange.gateway.wire.messages import Caller, Request, Response
from mostovi.exchange.protocol import xroad
from mostovi.exchange.protocol.digests import thumbprint
from mostovi.exchange.protocol.directory import UnknownMember
from mostovi.exchange.protocol.faults import ProtocolRefusal
from mostovi.exchange.protocol.identifiers import SubsystemId
from mostovi.exchange.protocol.xroad import Side
from mostovi.kernel import clock

Native = Callable[[Request, str], Awaitable[Response]]

_CREDENTIAL = struct.Struct("3i")
_SOAP_FAULT = (
    '<?xml version="1.0" encoding="UTF-8"?><SOAP-ENV:Envelope '
    'xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xroad="http://x-road.eu/xsd/xroad.xsd">'
    "<SOAP-ENV:Body><SOAP-ENV:Fault><faultcode>Client.InvalidHttpMethod</faultcode>"
    "<faultstring>SOAP messages are not served here; use /r1/</faultstring><faultactor></faultactor>"
    "<detail><xroad:faultDetail>{reference}</xroad:faultDetail></detail>"
    "</SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>"
)


def identify_by_socket(edge: SocketEdge) -> Callable[[Any], Caller]:
    """The kernel says which account is at the other end of a unix socket (SO_PEERCRED)."""

    def identify(transport: Any) -> Caller:
        raw = transport.get_extra_info("socket").getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
        _, user_id, _ = _CREDENTIAL.unpack(raw)
        return Caller(edge.subsystem if user_id == edge.user_id else "", user_id=user_id)

    return identify


def identify_by_certificate(edge: TlsEdge | None) -> Callable[[Any], Caller]:
    """The certificate of a TLS connection; for local systems also the subsystem it stands for."""

    def identify(transport: Any) -> Caller:
        certificate = peer_certificate(transport)
        seen = thumbprint(certificate) if certificate is not None else None
        return Caller(edge.subsystems.get(seen or "", "") if edge else "", thumbprint=seen)

    return identify


_subsystem = lru_cache(maxsize=64)(SubsystemId)


class LocalEdge:
    """``caller.edge`` is the subsystem that the connection proves; empty when it proves none."""

    def __init__(self, gateway: Gateway, consumer: Consumer, native: Native) -> None:
        self.gateway = gateway
        self.consumer = consumer
        self.native = native

    async def answer(self, request: Request, caller: Caller) -> Response:
        path = request.target.partition("?")[0]
        if path.startswith("/r1/"):
            subsystem = _subsystem(self.gateway.member, caller.edge) if caller.edge else None
            return await self.consumer.relay(request, subsystem)
        if path.startswith("/v1/"):
            return await self.native(request, caller.edge)
        if path in {"/listClients", "/verificationconf"} and request.method in {"GET", "HEAD"}:
            return self._answer_about_members(request, path, caller)
        fault = _SOAP_FAULT.format(reference=uuid.uuid4())
        return Response(500, [("content-type", "text/xml; charset=utf-8")], fault.encode())

    def _answer_about_members(self, request: Request, path: str, caller: Caller) -> Response:
        try:
            if not caller.edge:
                raise SubsystemNotProved(path)
            return self._members(request, path)
        except ProtocolRefusal as refusal:
            spelling = self.gateway.configuration.error_spelling
            error = type_of(refusal, Side.CONSUMER_GATEWAY, spelling)
            headers, body = xroad.error_reply(
                error, refusal.message, str(uuid.uuid4()), request.fields.get("accept")
            )
            return Response(xroad.error_status(error), headers, body)

    def _members(self, request: Request, path: str) -> Response:
        directory = self.gateway.trust.current(clock.now())
        if path == "/verificationconf":
            return Response(200, [("content-type", "application/zip")], verification_configuration(directory))
        query = parse_qs(request.target.partition("?")[2])
        if query.get("xRoadInstance", [directory.instance])[0] != directory.instance:
            raise UnknownMember("another instance")
        if "application/json" in request.fields.get("accept", ""):
            return Response(
                200, [("content-type", "application/json; charset=utf-8")], clients_as_json(directory)
            )
        return Response(200, [("content-type", "text/xml; charset=utf-8")], clients_as_xml(directory))
