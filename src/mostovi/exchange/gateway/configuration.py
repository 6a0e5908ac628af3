"""What a gateway is told at its start: one TOML or JSON file. docs/reference/gateway.md lists every key."""

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from mostovi.exchange.gateway.wire.addresses import (
    Address,
    InvalidAddress,
    parse_address,
    parse_host_and_port,
)
from mostovi.exchange.protocol.faults import ProtocolRefusal
from mostovi.exchange.protocol.identifiers import MemberId, parse_member
from mostovi.exchange.protocol.xroad import Spelling


class InvalidConfiguration(SystemExit):
    """Stops the program with a sentence that names the key and what it should be."""


@dataclass(frozen=True)
class KeyFiles:
    """PEM files. ``pseudonym`` holds 64 hexadecimal characters: the key of this institution's pseudonyms."""

    root: Path
    tls_certificate: Path
    tls_key: Path
    signing_certificate: Path
    signing_key: Path
    pseudonym: Path
    sealing_certificate: Path | None = None
    sealing_key: Path | None = None
    revocation_lists: Path | None = None


@dataclass(frozen=True)
class SocketEdge:
    """A unix socket for one subsystem; only ``user_id`` may connect."""

    subsystem: str
    path: Path
    user_id: int


@dataclass(frozen=True)
class TlsEdge:
    """A mutual-TLS listener: certificate thumbprints (base64url SHA-256) name the subsystem."""

    host: str
    port: int
    certificate: Path
    key: Path
    client_roots: Path
    subsystems: Mapping[str, str]


@dataclass(frozen=True)
class DirectorySource:
    """Where the signed directory comes from and where the last good one is kept."""

    source: str
    cache: Path
    refresh_seconds: float


@dataclass(frozen=True)
class ServiceConfiguration:
    """One service of this institution and the register that answers it, at ``path`` of ``address``."""

    code: str
    subsystem: str
    address: Address
    path: str
    timeout_seconds: float
    endpoints: tuple[tuple[str, str], ...]
    openapi: str | None
    enabled: bool


@dataclass(frozen=True)
class DocumentKind:
    """A kind of document: which subsystems may have it sealed, and whether an official must have decided."""

    kind: str
    subsystems: tuple[str, ...]
    needs_official: bool


@dataclass(frozen=True)
class TimeStamping:
    url: str
    socket: str | None


@dataclass(frozen=True)
class Configuration:
    member: MemberId
    store: Path
    keys: KeyFiles
    peer_host: str
    peer_port: int
    sockets: tuple[SocketEdge, ...]
    tls_edge: TlsEdge | None
    directory: DirectorySource
    contracts: Path
    services: tuple[ServiceConfiguration, ...]
    document_kinds: tuple[DocumentKind, ...]
    time_stamping: TimeStamping | None
    live_socket: str | None
    auditors: frozenset[str]
    error_spelling: Spelling = Spelling.PASCAL
    demonstration: bool = False
    seal_reason: str = ""
    seal_location: str = ""
    provider_timeout_seconds: float = 10
    stop_seconds: float = 5
    processor: int | None = None


def load(path: Path) -> Configuration:
    """Raises InvalidConfiguration."""
    try:
        text = path.read_text(encoding="utf-8")
        values = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except OSError as error:
        raise InvalidConfiguration(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise InvalidConfiguration(f"{path} is neither TOML nor JSON: {error}.") from error
    return _Reader(values, path.parent, str(path)).configuration()


class _Reader:
    """Reads one table of the file; remembers which keys were asked for, so that unknown ones are named."""

    def __init__(self, values: Any, folder: Path, where: str) -> None:
        if not isinstance(values, dict):
            raise InvalidConfiguration(f"{where} must be a table of keys and values.")
        self.values = dict(values)
        self.folder = folder
        self.where = where

    def refuse(self, key: str, sentence: str) -> NoReturn:
        raise InvalidConfiguration(f"{self.where}: {key} {sentence}. See docs/reference/gateway.md.")

    def take(self, key: str, kind: type[Any], default: Any = ...) -> Any:
        value = self.values.pop(key, default)
        if value is ...:
            self.refuse(key, "is missing")
        if value is not default and (
            not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool)
        ):
            self.refuse(key, f"must be a {kind.__name__}")
        return value

    def text(self, key: str, default: Any = ...) -> Any:
        return self.take(key, str, default)

    def seconds(self, key: str, default: float) -> float:
        value = self.values.pop(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 86400:
            self.refuse(key, "must be a number of seconds above 0")
        return float(value)

    def path(self, key: str, default: Any = ...) -> Any:
        value = self.text(key, default)
        return self.folder / value if isinstance(value, str) else value

    def table(self, key: str, default: Any = ...) -> "_Reader":
        return _Reader(self.take(key, dict, default), self.folder, f"{self.where}: {key}")

    def tables(self, key: str) -> "list[_Reader]":
        listed = self.take(key, list, [])
        return [_Reader(each, self.folder, f"{self.where}: {key}[{n}]") for n, each in enumerate(listed)]

    def host_and_port(self, key: str) -> tuple[str, int]:
        try:
            address = parse_host_and_port(self.text(key))
        except InvalidAddress as error:
            self.refuse(key, str(error))
        return address.host, address.port

    def absolute(self, key: str, default: str | None) -> Any:
        value = self.text(key, default)
        if value is not None and not value.startswith("/"):
            self.refuse(key, "must begin with /")
        return value

    def texts(self, key: str, default: Any = ...) -> tuple[str, ...]:
        listed = self.take(key, list, default)
        if not all(isinstance(each, str) for each in listed):
            self.refuse(key, "must be a list of texts")
        return tuple(listed)

    def end(self) -> None:
        if self.values:
            self.refuse(", ".join(self.values), "is not a key we know")

    # The tables of the file

    def configuration(self) -> Configuration:
        host, port = self.host_and_port("listen")
        found = Configuration(
            member=self.member(),
            store=self.path("store"),
            keys=self.table("keys").keys(),
            peer_host=host,
            peer_port=port,
            sockets=tuple(each.socket_edge() for each in self.tables("sockets")),
            tls_edge=self.table("tls_edge").tls_edge() if "tls_edge" in self.values else None,
            directory=self.table("directory").directory(),
            contracts=self.path("contracts"),
            services=tuple(each.service() for each in self.tables("services")),
            document_kinds=tuple(each.document_kind() for each in self.tables("documents")),
            time_stamping=self.table("time_stamping").time_stamping()
            if "time_stamping" in self.values
            else None,
            live_socket=self._optional_path("live_socket"),
            auditors=frozenset(self.texts("auditor_subsystems", ["portal"])),
            error_spelling=self.spelling(),
            demonstration=self.take("demonstration", bool, False),  # noqa: FBT003 - a default beside its key
            seal_reason=self.text("seal_reason", "Technical demonstration, not a qualified seal"),
            seal_location=self.text("seal_location", ""),
            provider_timeout_seconds=self.seconds("provider_timeout_seconds", 10),
            stop_seconds=self.seconds("stop_seconds", 5),
            processor=self.processor(),
        )
        self.end()
        return found

    def member(self) -> MemberId:
        try:
            return parse_member(self.text("member"))
        except ProtocolRefusal:
            self.refuse("member", "must be instance/class/code, such as BA/GOV/zenica-registrar")

    def processor(self) -> int | None:
        number: int | None = self.take("processor", int, None)
        usable = os.sched_getaffinity(0)
        if number is not None and number not in usable:
            self.refuse("processor", f"must be one of {', '.join(map(str, sorted(usable)))} on this machine")
        return number

    def spelling(self) -> Spelling:
        value = self.text("error_spelling", "pascal")
        if value not in {each.value for each in Spelling}:
            self.refuse("error_spelling", "must be pascal or snake")
        return Spelling(value)

    def _optional_path(self, key: str) -> str | None:
        value = self.path(key, None)
        return None if value is None else str(value)

    def keys(self) -> KeyFiles:
        found = KeyFiles(
            root=self.path("root"),
            tls_certificate=self.path("tls_certificate"),
            tls_key=self.path("tls_key"),
            signing_certificate=self.path("signing_certificate"),
            signing_key=self.path("signing_key"),
            pseudonym=self.path("pseudonym"),
            sealing_certificate=self.path("sealing_certificate", None),
            sealing_key=self.path("sealing_key", None),
            revocation_lists=self.path("revocation_lists", None),
        )
        self.end()
        return found

    def socket_edge(self) -> SocketEdge:
        user_id = self.take("user_id", int, os.getuid())
        found = SocketEdge(self.text("subsystem"), self.path("path"), user_id)
        self.end()
        return found

    def tls_edge(self) -> TlsEdge:
        host, port = self.host_and_port("listen")
        found = TlsEdge(
            host=host,
            port=port,
            certificate=self.path("certificate"),
            key=self.path("key"),
            client_roots=self.path("client_roots"),
            subsystems=self.take("subsystems", dict),
        )
        self.end()
        return found

    def directory(self) -> DirectorySource:
        found = DirectorySource(
            source=self.source(),
            cache=self.path("cache"),
            refresh_seconds=self.seconds("refresh_seconds", 60),
        )
        self.end()
        return found

    def source(self) -> str:
        value: str = self.text("source")
        return value if value.startswith(("http://", "unix:")) else str(self.folder / value)

    def service(self) -> ServiceConfiguration:
        code = self.text("code")
        found = ServiceConfiguration(
            code=code,
            subsystem=self.text("subsystem", "register"),
            address=self.address("address"),
            path=self.absolute("path", f"/{code}"),
            timeout_seconds=self.seconds("timeout_seconds", 4),
            endpoints=tuple(self.endpoint(each) for each in self.texts("endpoints", ["POST /"])),
            openapi=self.absolute("openapi", None),
            enabled=self.take("enabled", bool, True),  # noqa: FBT003 - a default beside its key
        )
        self.end()
        return found

    def address(self, key: str) -> Address:
        try:
            return parse_address(self.text(key))
        except InvalidAddress as error:
            self.refuse(key, str(error))

    def endpoint(self, text: str) -> tuple[str, str]:
        method, _, path = text.partition(" ")
        if not method.isupper() or not path.startswith("/"):
            self.refuse("endpoints", f"must be written as METHOD /path, not {text!r}")
        return method, path

    def document_kind(self) -> DocumentKind:
        found = DocumentKind(
            kind=self.text("kind"),
            subsystems=self.texts("subsystems", ["portal"]),
            needs_official=self.take("needs_official", bool, True),  # noqa: FBT003 - a default beside its key
        )
        self.end()
        return found

    def time_stamping(self) -> TimeStamping:
        found = TimeStamping(self.text("url"), self._optional_path("socket"))
        self.end()
        return found
