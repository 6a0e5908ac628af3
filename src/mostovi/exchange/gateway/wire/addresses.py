"""Where a message goes: a unix socket, plain HTTP, or mutual TLS 1.3 to another gateway."""

import asyncio
import ssl
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from mostovi.exchange.gateway.wire.client import ClientConnection, Open, Pool, Unreachable
from mostovi.exchange.gateway.wire.messages import Limits
from mostovi.exchange.gateway.wire.turns import Turns
from mostovi.exchange.protocol.digests import thumbprint

_PEER_IDLE_SECONDS = 50  # below the 75 after which the other gateway ends an idle connection
_REGISTER_IDLE_SECONDS = 4  # below the shortest keep-alive of common HTTP servers


class InvalidAddress(ValueError):
    """An address in the configuration or the directory that cannot be used."""


class WrongCertificate(Unreachable):
    """Somebody else answers at the address that the directory gives for a member."""


@dataclass(frozen=True)
class Address:
    """``unix:/run/register.sock``, ``http://127.0.0.1:9000`` or host and port of another gateway."""

    host: str
    port: int
    socket: str = ""

    @property
    def authority(self) -> str:
        return "localhost" if self.socket else f"{self.host}:{self.port}"


def parse_address(text: str) -> Address:
    """Where a register listens: ``unix:/path`` or ``http://host[:port]``. Raises InvalidAddress."""
    parts = urlsplit(text)
    if parts.scheme == "unix" and parts.path.startswith("/") and not parts.netloc:
        return Address("", 0, socket=unquote(parts.path))
    extra = parts.path.strip("/") or parts.query or parts.fragment or parts.username
    if parts.scheme != "http" or not parts.hostname or extra:
        raise InvalidAddress(f"{text!r} must be unix:/path or http://host:port")
    return Address(parts.hostname, parts.port or 80)


def parse_host_and_port(text: str) -> Address:
    """``host:port``, as the directory writes it. Raises InvalidAddress."""
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit():
        raise InvalidAddress(f"{text!r} must be host:port")
    return Address(host.strip("[]"), int(port))


def register_pool(address: Address, limits: Limits, turns: Turns) -> Pool:
    """Connections to a register of our own institution."""
    loop = asyncio.get_running_loop()

    async def open_connection(make: Callable[[], ClientConnection]) -> tuple[Any, ClientConnection]:
        if address.socket:
            return await loop.create_unix_connection(make, address.socket)
        return await loop.create_connection(make, address.host, address.port)

    return Pool(open_connection, limits, turns, idle_seconds=_REGISTER_IDLE_SECONDS)


def peer_pool(
    address: Address, context: ssl.SSLContext, expected: Collection[str], limits: Limits, turns: Turns
) -> Pool:
    """Connections to another member's gateway, whose certificate must be one of the ``expected``."""
    return Pool(_peer_opener(address, context, expected), limits, turns, idle_seconds=_PEER_IDLE_SECONDS)


def _peer_opener(address: Address, context: ssl.SSLContext, expected: Collection[str]) -> Open:
    loop = asyncio.get_running_loop()

    async def open_connection(make: Callable[[], ClientConnection]) -> tuple[Any, ClientConnection]:
        transport, connection = await loop.create_connection(
            make, address.host, address.port, ssl=context, server_hostname=address.host
        )
        certificate = peer_certificate(transport)
        if certificate is None or thumbprint(certificate) not in expected:
            transport.abort()
            raise WrongCertificate
        return transport, connection

    return open_connection


def peer_certificate(transport: Any) -> bytes | None:
    """What the other end of a TLS connection proved with, as DER."""
    tls = transport.get_extra_info("ssl_object")
    certificate: bytes | None = tls.getpeercert(binary_form=True) if tls is not None else None
    return certificate


def _context(purpose: ssl.Purpose, certificate: Path, key: Path, root: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(purpose, cafile=str(root))
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(certificate, key)
    return context


def server_context(certificate: Path, key: Path, root: Path, *, optional: bool = False) -> ssl.SSLContext:
    """Mutual TLS 1.3. ``optional`` lets in a caller without certificate, to be told what is missing."""
    context = _context(ssl.Purpose.CLIENT_AUTH, certificate, key, root)
    context.verify_mode = ssl.CERT_OPTIONAL if optional else ssl.CERT_REQUIRED
    return context


def client_context(certificate: Path, key: Path, root: Path) -> ssl.SSLContext:
    """Mutual TLS 1.3. Host names are not compared: the certificate must be the very one of the directory."""
    context = _context(ssl.Purpose.SERVER_AUTH, certificate, key, root)
    context.check_hostname = False
    return context
