"""Which function answers which address of ``/v1/…``, and how refusals are told there."""

from collections.abc import Awaitable, Callable

from mostovi.exchange.gateway import journal
from mostovi.exchange.gateway.context import Gateway
from mostovi.exchange.gateway.documents.papers import Documents
from mostovi.exchange.gateway.native.calls import (
    Call,
    SystemNotProved,
    UnknownPath,
    WrongMethod,
    problem,
    read_call,
)
from mostovi.exchange.gateway.native.logs import Logs
from mostovi.exchange.gateway.native.papers import Papers
from mostovi.exchange.gateway.native.state import State
from mostovi.exchange.gateway.wire.messages import Request, Response
from mostovi.exchange.protocol.faults import ProtocolRefusal
from mostovi.kernel.errors import Refusal

Answer = Callable[[Call], Awaitable[Response]]


class NativeInterface:
    def __init__(self, gateway: Gateway, documents: Documents) -> None:
        logs, papers, state = Logs(gateway), Papers(documents), State(gateway)
        # ``*`` stands for one segment.
        self.routes: dict[tuple[str, ...], dict[str, Answer]] = {
            ("health",): {"GET": state.health},
            ("status",): {"GET": state.status},
            ("members",): {"GET": state.members},
            ("directory",): {"GET": state.directory},
            ("contracts",): {"GET": state.contracts},
            ("log",): {"POST": logs.append},
            ("log", "entries"): {"GET": logs.list_entries},
            ("log", "checkpoint"): {"GET": logs.checkpoint},
            ("log", "consistency"): {"GET": logs.consistency},
            ("receipts", "*"): {"GET": logs.receipt},
            ("documents",): {"POST": papers.reserve},
            ("documents", "*"): {"GET": papers.status},
            ("documents", "*", "seal"): {"PUT": papers.seal},
            ("documents", "*", "revocation"): {"POST": papers.revoke},
        }

    async def answer(self, request: Request, subsystem: str) -> Response:
        call = read_call(request.method, request.target, request.body, subsystem)
        try:
            if not subsystem:
                raise SystemNotProved
            return await self._find(call)(call)
        except Refusal as refusal:
            detail = refusal.detail if isinstance(refusal, ProtocolRefusal) else ""
            journal.say("native_refused", path=call.parts[0], code=refusal.code, reason=detail)
            return problem(refusal)

    def _find(self, call: Call) -> Answer:
        """Raises UnknownPath or WrongMethod."""
        methods = self.routes.get(call.parts) or self._find_pattern(call.parts)
        if methods is None:
            raise UnknownPath
        if call.method not in methods:
            raise WrongMethod
        return methods[call.method]

    def _find_pattern(self, parts: tuple[str, ...]) -> dict[str, Answer] | None:
        for pattern, methods in self.routes.items():
            if len(pattern) == len(parts) and all(
                want in {have, "*"} for want, have in zip(pattern, parts, strict=True)
            ):
                return methods
        return None
