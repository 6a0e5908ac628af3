"""Whom the gateway trusts now: the signed directory and the contracts, refreshed from their sources."""

import asyncio
import json
from datetime import datetime
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

from cryptography.x509 import Certificate

from mostovi.exchange.gateway import journal
from mostovi.exchange.gateway.configuration import Configuration
from mostovi.exchange.gateway.wire.addresses import InvalidAddress, parse_address, register_pool
from mostovi.exchange.gateway.wire.client import WireFault
from mostovi.exchange.gateway.wire.messages import Limits, format_request
from mostovi.exchange.gateway.wire.turns import Turns
from mostovi.exchange.protocol.contracts import (
    ContractBook,
    SignedContract,
    parse_contract,
    verify_contract,
)
from mostovi.exchange.protocol.directory import Directory, OutdatedDirectory, check_fresh, verify_directory
from mostovi.exchange.protocol.faults import ProtocolRefusal
from mostovi.kernel import clock

_LIMITS = Limits(body_bytes=8 * 1024 * 1024)
_FETCH_SECONDS = 10


class Trust:
    """The directory and the contract book. ``current`` is asked before every exchange."""

    def __init__(self, configuration: Configuration, root: Certificate) -> None:
        self.source = configuration.directory
        self.contracts_folder = configuration.contracts
        self.member = configuration.member
        self.root = root
        self.directory: Directory | None = None
        self.signed_directory = b""
        self.contracts = ContractBook([], _nobody)
        self.serial = _cached_serial(self.source.cache)
        self._contracts_state: object = None

    def current(self, now: datetime) -> Directory:
        """The directory, if it may be relied on at ``now``. Raises OutdatedDirectory."""
        if self.directory is None:
            raise OutdatedDirectory("no directory was ever verified")
        check_fresh(self.directory, now)
        return self.directory

    async def start(self) -> None:
        """Use the cached directory until a fresher one is here, and ask for that at once."""
        if self.source.cache.exists():
            self._accept(await asyncio.to_thread(self.source.cache.read_bytes), keep=False)
        await self.refresh()

    async def refresh_forever(self) -> None:
        while True:
            await asyncio.sleep(self.source.refresh_seconds)
            await self.refresh()

    async def refresh(self) -> None:
        """Fetch, verify and take over; what is not in order is named in the journal and changes nothing."""
        try:
            data = await self._fetch()
        except (OSError, WireFault, InvalidAddress) as error:
            journal.say("directory_not_fetched", kind=type(error).__name__)
        else:
            self._accept(data, keep=True)
        if self.directory is not None:
            await asyncio.to_thread(self._read_contracts, self.directory)

    async def _fetch(self) -> bytes:
        source = self.source.source
        if not source.startswith(("http://", "unix:")):
            return await asyncio.to_thread(Path(source).read_bytes)
        parts = urlsplit(source)
        path = parts.path if parts.scheme == "http" and parts.path else "/directory.json"
        address = parse_address(source if parts.scheme == "unix" else f"http://{parts.netloc}")
        pool = register_pool(address, _LIMITS, Turns())
        try:
            message = format_request("GET", path, [("host", address.authority)], b"")
            response = await pool.send(message, within_seconds=_FETCH_SECONDS, repeatable=True)
        finally:
            pool.close()
        if response.status != 200:
            raise OSError(f"status {response.status}")
        return response.body

    def _accept(self, data: bytes, *, keep: bool) -> None:
        try:
            directory = verify_directory(data, root=self.root, now=clock.now(), known_serial=self.serial)
        except ProtocolRefusal as refusal:
            journal.say("directory_refused", error=refusal.code, reason=refusal.detail)
            return
        if self.directory is None or directory.serial != self.directory.serial:
            journal.say(
                "directory_accepted",
                serial=directory.serial,
                members=len(directory.members),
                distrusted=directory.distrusted,
            )
        self.directory, self.serial, self.signed_directory = directory, directory.serial, data
        if keep:
            _write_whole(self.source.cache, data)

    def _read_contracts(self, directory: Directory) -> None:
        state = (directory.serial, _state_of(self.contracts_folder))
        if state == self._contracts_state:
            return
        found: dict[str, SignedContract] = {}
        for file in sorted(self.contracts_folder.glob("*.json")):
            try:
                signed = parse_contract(file.read_bytes())
                verify_contract(signed, directory.find_signer)
            except (ProtocolRefusal, OSError) as error:
                journal.say("contract_refused", file=file.name, reason=str(error))
                continue
            if self.member in {signed.contract.consumer.member, signed.contract.provider.member}:
                found.setdefault(signed.contract.id, signed)
        self.contracts = ContractBook(list(found.values()), directory.find_signer)
        self._contracts_state = state


def _state_of(folder: Path) -> tuple[tuple[str, int, int], ...]:
    files = [(file.name, file.stat()) for file in sorted(folder.glob("*.json"))]
    return tuple((name, status.st_mtime_ns, status.st_size) for name, status in files)


def _nobody(key_id: str) -> NoReturn:
    raise OutdatedDirectory(key_id)


def _cached_serial(cache: Path) -> int:
    """The last known serial: an expired directory still says below which number none is taken."""
    try:
        return int(json.loads(cache.read_bytes())["directory"]["serial"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def _write_whole(path: Path, data: bytes) -> None:
    draft = path.with_name(path.name + ".draft")
    try:
        draft.write_bytes(data)
        draft.replace(path)
    except OSError as error:
        journal.say("directory_not_kept", kind=type(error).__name__)
