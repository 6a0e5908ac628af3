"""``/v1/log`` and ``/v1/receipts``: audit lines in, entries and proofs out."""

import base64
import re
import sqlite3
from collections.abc import Mapping
from functools import partial
from typing import Any

from mostovi.exchange.gateway.context import Gateway
from mostovi.exchange.gateway.log import entry_of
from mostovi.exchange.gateway.native.calls import (
    Call,
    Fields,
    InvalidCall,
    OnlyForAuditors,
    UnknownPath,
    reply,
)
from mostovi.exchange.gateway.receipts import make_receipt
from mostovi.exchange.gateway.refusals import LoggingFailed
from mostovi.exchange.gateway.store import reader
from mostovi.exchange.gateway.store.reader import Opening
from mostovi.exchange.gateway.store.writer import StoreFailed, Transaction
from mostovi.exchange.gateway.usages import action_of, code_in, find_contract, purpose_of
from mostovi.exchange.gateway.wire.messages import Response
from mostovi.exchange.protocol.checkpoints import parse_checkpoint
from mostovi.exchange.protocol.pseudonyms import subject_pseudonym
from mostovi.exchange.protocol.records import LogRecord, Outcome, RecordKind
from mostovi.kernel import clock

_CODE = re.compile(r"[a-z_]{1,40}")
_MOST_LINES = 500
_MOST_ENTRIES = 500


class Logs:
    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway

    async def append(self, call: Call) -> Response:
        lines = [self._read_line(call, each) for each in call.fields().many("lines", _MOST_LINES)]
        try:
            appended = await self.gateway.log.writer.change(partial(_append_new, lines=lines))
        except StoreFailed:
            raise LoggingFailed from None
        for (_, record), (_, is_new) in zip(lines, appended, strict=True):
            if is_new and record.error:
                self.gateway.statistics.count_refusal(clock.now(), record.error)
        return reply({"entries": [self.gateway.log.name_of(position) for position, _ in appended]})

    def _read_line(self, call: Call, line: Fields) -> tuple[str, LogRecord]:
        subject = line.optional_inner("subject")
        jmb = None if subject is None else subject.text("jmb", 100)
        action, detail = line.text("action", 100), _detail(line)
        refusal = detail.get("refusal")
        record = LogRecord(
            kind=RecordKind.AUDIT,
            at=line.moment("at"),
            outcome=Outcome.REFUSED if refusal else Outcome.DONE,
            error=refusal,
            consumer=f"{self.gateway.member}/{call.subsystem}",
            case=line.optional_text("case", 100),
            user=line.optional_text("user", 100),
            subject=None if jmb is None else subject_pseudonym(self.gateway.keys.pseudonym, jmb),
            purpose=line.optional_text("purpose"),
            detail={"action": action, "actor_kind": line.text("actor_kind", 40), **detail},
        )
        return line.text("id", 100), record

    async def list_entries(self, call: Call) -> Response:
        self._check_auditor(call)
        before, limit = call.number("before", None), call.number("limit", 100) or 100
        openings = await self.gateway.log.reader.read(
            partial(reader.list_openings, before=before, limit=min(limit, _MOST_ENTRIES))
        )
        return reply({"entries": [self._describe(each) for each in openings]})

    def _describe(self, opening: Opening) -> dict[str, Any]:
        record = opening.record
        own = self.gateway.member.member_code
        return {
            "log_entry": self.gateway.log.name_of(opening.position),
            "action": action_of(self.gateway, record),
            "requester": code_in(record.get("consumer", "")) or own,
            "provider": code_in(record.get("provider", "")) or own,
            "service": record.get("service", "").rpartition("/")[2]
            or record.get("detail", {}).get("action", ""),
            "purpose": purpose_of(record, find_contract(self.gateway, record)),
            "record": {name: value for name, value in record.items() if name not in {"request", "response"}},
        }

    async def checkpoint(self, _call: Call) -> Response:
        return reply({"checkpoint": await self.gateway.log.sign_state()})

    async def consistency(self, call: Call) -> Response:
        old_size = call.number("old_size", None)
        note = await self.gateway.log.sign_state()
        new_size = parse_checkpoint(note).size
        if old_size is None or old_size > new_size:
            raise InvalidCall(field="old_size")
        proof = await self.gateway.log.prove_consistency(old_size, new_size)
        encoded = [base64.b64encode(each).decode() for each in proof]
        return reply({"old_size": old_size, "checkpoint": note, "proof": encoded})

    async def receipt(self, call: Call) -> Response:
        self._check_auditor(call)
        position = self.gateway.log.position_of(call.parts[-1])
        receipt = None if position is None else await make_receipt(self.gateway, position)
        if receipt is None:
            raise UnknownPath
        return reply(receipt)

    def _check_auditor(self, call: Call) -> None:
        if call.subsystem not in self.gateway.configuration.auditors:
            raise OnlyForAuditors


def _append_new(transaction: Transaction, *, lines: list[tuple[str, LogRecord]]) -> list[tuple[int, bool]]:
    """The position of each line, and whether it was not there before."""
    return [_append_once(transaction, line_id, record) for line_id, record in lines]


def _append_once(transaction: Transaction, line_id: str, record: LogRecord) -> tuple[int, bool]:
    known: sqlite3.Row | None = transaction.execute(
        "SELECT position FROM audit_line WHERE id = ?", (line_id,)
    ).fetchone()
    if known is not None:
        return int(known[0]), False
    position = transaction.append(entry_of(record))
    transaction.execute("INSERT INTO audit_line VALUES (?, ?)", (line_id, position))
    return position, True


def _detail(line: Fields) -> Mapping[str, Any]:
    detail = line.value.get("detail", {})
    refusal = detail.get("refusal") if isinstance(detail, dict) else None
    if (
        not isinstance(detail, dict)
        or {"action", "actor_kind"} & detail.keys()
        or not (refusal is None or (isinstance(refusal, str) and _CODE.fullmatch(refusal)))
    ):
        raise InvalidCall(field="detail")
    return detail
