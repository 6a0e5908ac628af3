"""Asking registers over the bridge, all at once and not for long. Touches no table."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

from mostovi.exchange import public as exchange

DEADLINE_SECONDS = 2.5


@dataclass(frozen=True)
class Inquiry:
    """One question to one register."""

    key: str
    provider: str
    service: str
    fields: tuple[str, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Reply:
    """What came of one inquiry: an answer, a refusal, or silence (neither)."""

    inquiry: Inquiry
    answer: exchange.Answer | None = None
    refusal: exchange.BridgeRefused | exchange.PersonNotInRegister | None = None

    @property
    def is_silent(self) -> bool:
        return self.answer is None and self.refusal is None


@dataclass(frozen=True)
class Asker:
    """On whose behalf the bridge is asked, and who does it.

    The personal number lives only as long as this object.
    """

    institution: str
    case: str
    user: str
    acting: str
    subject_jmb: str = field(repr=False)


def ask(inquiry: Inquiry, asker: Asker, timeout_seconds: float = DEADLINE_SECONDS) -> Reply:
    try:
        answer = exchange.ask_register(
            institution=asker.institution,
            provider=inquiry.provider,
            service=inquiry.service,
            subject_jmb=asker.subject_jmb,
            fields=inquiry.fields,
            case=asker.case,
            user=asker.user,
            acting=asker.acting,
            parameters=inquiry.parameters,
            timeout_seconds=timeout_seconds,
        )
    except exchange.NoAnswer:
        return Reply(inquiry)
    except (exchange.BridgeRefused, exchange.PersonNotInRegister) as refusal:
        return Reply(inquiry, refusal=refusal)
    return Reply(inquiry, answer=answer)


def ask_all(inquiries: Sequence[Inquiry], asker: Asker) -> list[Reply]:
    """Ask every register at the same time; who has not answered by the deadline counts as silent."""
    if len(inquiries) < 2:
        return [ask(inquiry, asker) for inquiry in inquiries]
    pool = ThreadPoolExecutor(max_workers=len(inquiries), thread_name_prefix="inquiry")
    futures = {inquiry.key: pool.submit(ask, inquiry, asker) for inquiry in inquiries}
    wait(futures.values(), timeout=DEADLINE_SECONDS + 0.5)
    # A register that hangs must not hold the page: its thread ends by its own timeout.
    pool.shutdown(wait=False, cancel_futures=True)
    return [_reply(inquiry, futures[inquiry.key]) for inquiry in inquiries]


def _reply(inquiry: Inquiry, future: Future[Reply]) -> Reply:
    return future.result() if future.done() and not future.cancelled() else Reply(inquiry)


def describe_contract(contract: exchange.ContractSummary) -> dict[str, Any]:
    """The agreement as a case keeps it beside the fact."""
    return {
        "id": contract.id,
        "purpose": dict(contract.purpose),
        "legal_basis": contract.legal_basis,
        "in_force": contract.in_force,
        "crosses_entities": contract.crosses_entities,
    }


def find_contract(institution: str, inquiry: Inquiry) -> dict[str, Any]:
    """The agreement under which a silent register is asked; empty when our own gateway is away too."""
    try:
        contract = exchange.find_contract(
            institution=institution, provider=inquiry.provider, service=inquiry.service
        )
    except (exchange.NoAnswer, exchange.BridgeRefused):
        return {}
    return describe_contract(contract)
