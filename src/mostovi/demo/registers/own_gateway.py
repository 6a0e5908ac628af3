"""The register and its own gateway: reserve a code, have a document sealed."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import aiohttp

from mostovi.kernel import clock
from mostovi.kernel.errors import Unavailable

_SECONDS = 20.0  # a seal waits for a time stamp


class GatewaySilent(Unavailable):
    code = "gateway_silent"
    message = "The register's own gateway does not seal at the moment. Ask again later."


class NotSealed(Unavailable):
    """The gateway answered and refused; its code says why."""

    code = "not_sealed"
    message = "The register's own gateway refused to seal: {reason}."


@dataclass(frozen=True)
class Reservation:
    """A code for one document; ``verify_url`` is what its square code says."""

    code: str
    issued_on: date
    verify_url: str


@dataclass(frozen=True)
class OwnGateway:
    """``socket`` is the gateway's unix socket for the subsystem ``register``."""

    socket: Path
    verify_base_url: str

    async def reserve(self, *, kind: str, case: str, subject: str) -> Reservation:
        told = await self._ask(
            "POST",
            "/v1/documents",
            {
                "kind": kind,
                "case": case,
                "subject": {"jmb": subject},
                "verify_base_url": self.verify_base_url,
            },
        )
        return Reservation(told["code"], date.fromisoformat(told["issued_on"]), told["verify_url"])

    async def seal(self, code: str, pdf: bytes, *, case: str) -> bytes:
        """The sealed PDF. The record names no official: the register issues on its own."""
        decision = {
            "case": case,
            "code": code,
            "pdf_sha256": hashlib.sha256(pdf).hexdigest(),
            "user": None,
            "authenticated_at": None,
            "decided_at": clock.now().isoformat(timespec="seconds").replace("+00:00", "Z"),
        }
        body = {"pdf_base64": base64.b64encode(pdf).decode(), "decision": decision}
        told = await self._ask("PUT", f"/v1/documents/{code}/seal", body)
        return base64.b64decode(told["pdf_base64"])

    async def _ask(self, method: str, path: str, body: dict[str, Any]) -> Any:
        timeout = aiohttp.ClientTimeout(total=_SECONDS)
        connector = aiohttp.UnixConnector(str(self.socket))
        try:
            async with (
                aiohttp.ClientSession(connector=connector, timeout=timeout) as session,
                session.request(method, f"http://localhost{path}", json=body) as response,
            ):
                told = await response.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise GatewaySilent from error
        if response.status >= 500:
            raise GatewaySilent
        if response.status >= 400:
            raise NotSealed(reason=told.get("code", response.status))
        return told
