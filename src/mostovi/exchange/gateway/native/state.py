"""``/v1/health``, ``/v1/status``, ``/v1/members``, ``/v1/directory``, ``/v1/contracts``."""

import base64
from typing import Any

from mostovi.exchange.gateway.context import Gateway
from mostovi.exchange.gateway.native.calls import Call, reply
from mostovi.exchange.gateway.wire.messages import Response
from mostovi.exchange.protocol.contracts import Contract
from mostovi.exchange.protocol.directory import OutdatedDirectory
from mostovi.exchange.protocol.instants import format_instant
from mostovi.kernel import clock


class State:
    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway

    async def health(self, _call: Call) -> Response:
        return reply(
            {
                "institution": self.gateway.member.member_code,
                "answering": True,
                "directory_expires_at": self._expires_at(),
                "tree_size": self.gateway.log.writer.tree.size,
            }
        )

    async def status(self, _call: Call) -> Response:
        tree = self.gateway.log.writer.tree
        return reply(
            {
                "institution": self.gateway.member.member_code,
                **self.gateway.statistics.to_json(clock.now()),
                "tree_size": tree.size,
                "root_hash": base64.b64encode(tree.root()).decode(),
                "directory_serial": self.gateway.trust.serial,
                "directory_expires_at": self._expires_at(),
            }
        )

    async def members(self, _call: Call) -> Response:
        directory = self.gateway.trust.directory
        return reply({"members": [each.to_json() for each in directory.members] if directory else []})

    async def directory(self, _call: Call) -> Response:
        data = self.gateway.trust.signed_directory
        if not data:
            raise OutdatedDirectory("none was ever verified")
        return Response(200, [("content-type", "application/json")], data)

    async def contracts(self, call: Call) -> Response:
        found = [each for each in self.gateway.trust.contracts if _is_asked_for(each, call.query)]
        return reply({"contracts": [describe_contract(each) for each in found]})

    def _expires_at(self) -> str | None:
        directory = self.gateway.trust.directory
        return None if directory is None else format_instant(directory.expires_at)


def describe_contract(contract: Contract) -> dict[str, Any]:
    """A contract for people: parties by code, legal basis as a citation per language."""
    return {
        "id": contract.id,
        "consumer": contract.consumer.member.member_code,
        "consumer_subsystem": contract.consumer.subsystem_code,
        "provider": contract.provider.member.member_code,
        "provider_subsystem": contract.provider.subsystem_code,
        "service": contract.service_code,
        "about": contract.about,
        "purpose_code": contract.purpose_code,
        "purpose": dict(contract.purpose),
        "legal_basis": contract.legal_basis.citation(),
        "illustrative": contract.legal_basis.illustrative,
        "in_force": contract.in_force,
        "crosses_entities": contract.crosses_entities,
        "fields": list(contract.fields),
        "valid_from": format_instant(contract.valid_from),
        "valid_until": format_instant(contract.valid_until),
    }


def _is_asked_for(contract: Contract, query: dict[str, str]) -> bool:
    known = {
        "provider": contract.provider.member.member_code,
        "consumer": contract.consumer.member.member_code,
        "service": contract.service_code,
    }
    return all(query[name] == value for name, value in known.items() if query.get(name))
