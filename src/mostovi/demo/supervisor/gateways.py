"""Writes the configuration of each member's gateway (docs/reference/gateway.md)."""

import json
import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from mostovi.demo.agreements import member_id
from mostovi.demo.members import Member, list_members
from mostovi.demo.registers.values import services_of
from mostovi.demo.supervisor.layout import Layout, write_secret
from mostovi.demo.supervisor.ports import port_for_systems
from mostovi.exchange.protocol.certificates import key_id_of, load_certificate

# The decision is made at the institution's desk; a birth extract is the register's own.
_DOCUMENTS = {
    "portal": {"kind": "decision", "subsystems": ["portal"], "needs_official": True},
    "register": {"kind": "birth-extract", "subsystems": ["register"], "needs_official": False},
}


def write_gateways(layout: Layout, ports: Mapping[str, int]) -> None:
    for member in list_members():
        folder = layout.gateways / member.code
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        pseudonym = folder / "pseudonym.key"
        if not pseudonym.exists():
            write_secret(pseudonym, secrets.token_hex(32))
        text = json.dumps(describe_gateway(layout, member, ports), indent=1)
        (folder / "gateway.json").write_text(text, encoding="utf-8")


def describe_gateway(layout: Layout, member: Member, ports: Mapping[str, int]) -> dict[str, Any]:
    return {
        "member": str(member_id(member.code)),
        "listen": f"127.0.0.1:{ports[member.code]}",
        "store": "gateway.sqlite3",
        "contracts": "contracts",
        "demonstration": True,
        "live_socket": str(layout.socket("live-publish")),
        "keys": _keys(layout, member),
        "directory": {
            "source": f"unix:{layout.socket('authorities')}",
            "cache": "directory.json",
            "refresh_seconds": 20,
        },
        "sockets": [
            {"subsystem": subsystem, "path": str(layout.socket(member.code, subsystem))}
            for subsystem in member.subsystems
        ],
        "tls_edge": _edge_for_systems(layout, member, ports[port_for_systems(member.code)]),
        "services": list(_services(layout, member)),
        "documents": list(_documents(member)),
        "time_stamping": {"url": "http://localhost/tsa", "socket": str(layout.socket("authorities"))},
    }


def _edge_for_systems(layout: Layout, member: Member, port: int) -> dict[str, Any]:
    """Where a program written for X-Road, which knows no unix sockets, proves itself with a certificate."""
    own = layout.keys / member.code
    client = load_certificate((own / "client.pem").read_bytes())
    return {
        "listen": f"127.0.0.1:{port}",
        "certificate": str(own / "tls.pem"),
        "key": str(own / "tls.key"),
        "client_roots": str(layout.keys / "root.pem"),
        "subsystems": {key_id_of(client): "portal"},
    }


def _keys(layout: Layout, member: Member) -> dict[str, str]:
    own = layout.keys / member.code
    files = {
        f"{name}_{kind}": str(own / f"{name}.{ending}")
        for name in ("tls", "signing", "sealing")
        for kind, ending in (("certificate", "pem"), ("key", "key"))
    }
    return files | {
        "root": str(layout.keys / "root.pem"),
        "pseudonym": "pseudonym.key",
        "revocation_lists": str(layout.keys / "revocations.pem"),
    }


def _services(layout: Layout, member: Member) -> Iterator[dict[str, Any]]:
    for service in services_of(member.registers):
        yield {
            "code": service,
            "address": f"unix:{layout.socket(member.code, 'provider')}",
            "openapi": "/openapi.json",
        }


def _documents(member: Member) -> Iterator[dict[str, Any]]:
    yield _DOCUMENTS["portal"]
    if "births" in member.registers:
        yield _DOCUMENTS["register"]
