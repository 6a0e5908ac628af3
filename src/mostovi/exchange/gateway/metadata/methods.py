"""The services of a subsystem as X-Road lists them: ``listMethods``, ``allowedMethods``, ``getOpenAPI``."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

from mostovi.exchange.gateway.context import Gateway
from mostovi.exchange.gateway.exchange import BUILT_IN_SUBSYSTEM, needs_no_contract
from mostovi.exchange.gateway.refusals import (
    DescriptionUnreadable,
    RegisterSilent,
    UnknownService,
    WrongServiceType,
)
from mostovi.exchange.gateway.services import Question, RegisterService, Services
from mostovi.exchange.gateway.wire.messages import Response
from mostovi.exchange.protocol.contracts import NoContract
from mostovi.exchange.protocol.faults import ProtocolRefusal
from mostovi.exchange.protocol.identifiers import ServiceId, SubsystemId

JSON_HEADERS = [("content-type", "application/json; charset=utf-8")]
_BUILT_IN_ENDPOINTS = (("POST", "/"),)


class Methods:
    def __init__(self, gateway: Gateway, services: Services) -> None:
        self.gateway = gateway
        self.services = services

    async def list_methods(self, question: Question) -> Response:
        """Everything this subsystem offers."""
        return _reply(list(self._offered(question.target.service.subsystem)))

    async def allowed_methods(self, question: Question) -> Response:
        """What the one who asks may use: all that it has a contract for."""
        offered = self._offered(question.target.service.subsystem)
        allowed = [each for each in offered if self._may_use(question, each[0])]
        return _reply(allowed)

    async def get_openapi(self, question: Question) -> Response:
        """The register's own description, its server addresses replaced by the way through the gateway."""
        code = parse_qs(question.target.query).get("serviceCode", [""])[0]
        subsystem = question.target.service.subsystem
        register = self.services.registers.get((subsystem.subsystem_code, code))
        if register is None and not (
            subsystem.subsystem_code == BUILT_IN_SUBSYSTEM and code in self.services.built_in
        ):
            raise UnknownService(f"{subsystem}/{code}" if code else "serviceCode is missing")
        if register is None or register.configuration.openapi is None:
            raise WrongServiceType(f"{subsystem}/{code}")
        description = await _read_description(register)
        description["servers"] = [{"url": f"/r1/{subsystem}"}]
        return Response(200, list(JSON_HEADERS), json.dumps(description, ensure_ascii=False).encode())

    def _offered(
        self, subsystem: SubsystemId
    ) -> Iterator[tuple[ServiceId, str, tuple[tuple[str, str], ...]]]:
        if subsystem.subsystem_code == BUILT_IN_SUBSYSTEM:
            for code in sorted(self.services.built_in):
                yield ServiceId(subsystem, code), "REST", _BUILT_IN_ENDPOINTS
        for (of, code), register in sorted(self.services.registers.items()):
            if of == subsystem.subsystem_code:
                kind = "OPENAPI" if register.configuration.openapi else "REST"
                yield ServiceId(subsystem, code), kind, register.configuration.endpoints

    def _may_use(self, question: Question, service: ServiceId) -> bool:
        if needs_no_contract(service):
            return True
        if not isinstance(question.client, SubsystemId):
            return False
        try:
            self.gateway.trust.contracts.find_for(question.client, service)
        except NoContract:
            return False
        return True


def _reply(services: list[tuple[ServiceId, str, tuple[tuple[str, str], ...]]]) -> Response:
    listed = [_describe(*each) for each in services]
    return Response(200, list(JSON_HEADERS), json.dumps({"service": listed}).encode())


def _describe(service: ServiceId, kind: str, endpoints: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    return {
        "object_type": "SERVICE",
        "service_type": kind,
        "xroad_instance": service.member.instance,
        "member_class": service.member.member_class,
        "member_code": service.member.member_code,
        "subsystem_code": service.subsystem.subsystem_code,
        "service_code": service.service_code,
        "endpoint_list": [{"method": method, "path": path} for method, path in endpoints],
    }


async def _read_description(register: RegisterService) -> dict[str, Any]:
    path = register.configuration.openapi or ""
    try:
        response = await register.send("GET", path, [("accept", "application/json")], b"")
        description = json.loads(response.body)
    except RegisterSilent:
        raise
    except (ValueError, ProtocolRefusal) as error:
        raise DescriptionUnreadable from error
    if response.status != 200 or not isinstance(description, dict) or "openapi" not in description:
        raise DescriptionUnreadable
    return description
