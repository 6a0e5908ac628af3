"""Documents: codes are reserved, pages are sealed once the decision record holds, papers are withdrawn."""

import asyncio
import hmac
import secrets
import sqlite3
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from mostovi.exchange.gateway.configuration import DocumentKind
from mostovi.exchange.gateway.context import Gateway
from mostovi.exchange.gateway.documents.page import seal_page
from mostovi.exchange.gateway.documents.rules import (
    AlreadySealed,
    Decision,
    NotInForce,
    UnknownDocument,
    UnknownKind,
    check_decision,
)
from mostovi.exchange.gateway.log import entry_of
from mostovi.exchange.gateway.refusals import LoggingFailed
from mostovi.exchange.gateway.store import reader
from mostovi.exchange.gateway.store.writer import StoreFailed, Transaction
from mostovi.exchange.protocol.digests import sha256_hex
from mostovi.exchange.protocol.instants import format_instant
from mostovi.exchange.protocol.pseudonyms import case_mark, subject_pseudonym
from mostovi.exchange.protocol.records import LogRecord, Outcome, RecordKind
from mostovi.exchange.protocol.statements import Statement, sign_statement
from mostovi.kernel import clock, codes
from mostovi.kernel.errors import Unavailable

_TRIES = 5
_ZONE = ZoneInfo("Europe/Sarajevo")
_PAGE = b"mostovi-page/1\n"


@dataclass
class Documents:
    """The documents of one institution. ``locks`` keep two seals of one document apart."""

    gateway: Gateway
    locks: dict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    # Reserving

    async def reserve(
        self, *, subsystem: str, kind: str, case: str, jmb: str, verify_base_url: str
    ) -> dict[str, Any]:
        self._kind(kind, subsystem)
        now = clock.now()
        issued_on = now.astimezone(_ZONE).date()
        subject = subject_pseudonym(self.gateway.keys.pseudonym, jmb)
        row = {
            "kind": kind,
            "case_reference": case,
            "subject": subject,
            "subsystem": subsystem,
            "issued_on": issued_on.isoformat(),
            "state_since": format_instant(now),
        }
        code, position = await self._change(partial(self._insert, row=row, now=now))
        statement = Statement(code, self.gateway.member, kind, issued_on)
        return {
            "code": code,
            "issued_on": issued_on.isoformat(),
            "verify_url": sign_statement(statement, self.gateway.keys.signer, verify_base_url),
            "log_entry": self.gateway.log.name_of(position),
        }

    def _insert(self, transaction: Transaction, *, row: dict[str, Any], now: datetime) -> tuple[str, int]:
        for _ in range(_TRIES):
            code = codes.new_code(self._prefix())
            added = transaction.execute(
                "INSERT OR IGNORE INTO document (code, state, kind, case_reference, subject, subsystem,"
                " issued_on, state_since) VALUES (?, 'unsealed', ?, ?, ?, ?, ?, ?)",
                (code, *row.values()),
            )
            if added.rowcount:
                record = self._record(RecordKind.DOCUMENT_RESERVED, {"code": code, **row}, now)
                return code, transaction.append(entry_of(record))
        raise Unavailable

    def _prefix(self) -> str:
        directory = self.gateway.trust.current(clock.now())
        prefix = directory.find_member(self.gateway.member).document_prefix
        if not prefix:
            raise UnknownKind("The directory gives this institution no prefix for its documents.")
        return prefix

    # Sealing

    async def seal(self, *, subsystem: str, code: str, pdf: bytes, decision: Decision) -> dict[str, Any]:
        """The sealed PDF and its place in the log. A repeated call with the same page is sealed anew."""
        async with self.locks[code]:
            try:
                return await self._seal(subsystem, code, pdf, decision)
            finally:
                self.locks.pop(code, None)

    async def _seal(self, subsystem: str, code: str, pdf: bytes, decision: Decision) -> dict[str, Any]:
        document = await self._find(code)
        kind = self._kind(document["kind"], subsystem)
        now, page_sha256 = clock.now(), sha256_hex(pdf)
        check_decision(decision, document, kind, pdf_sha256=page_sha256, now=now)
        sealed = await asyncio.to_thread(seal_page, self.gateway.configuration, pdf, code, now)
        position = await self._change(
            partial(
                self._keep_seal,
                document=document,
                page=page_sha256,
                sealed=sealed,
                decision=decision,
                now=now,
            )
        )
        name = self.gateway.log.name_of(position)
        self.gateway.events.tell(lambda: self._describe_seal(document, now, name))
        return {"pdf": sealed, "sealed_sha256": sha256_hex(sealed), "log_entry": name}

    def _keep_seal(
        self,
        transaction: Transaction,
        *,
        document: dict[str, Any],
        page: str,
        sealed: bytes,
        decision: Decision,
        now: datetime,
    ) -> int:
        digest = sha256_hex(sealed)
        kept = transaction.execute(
            "UPDATE document SET state = 'valid', state_since = ?, sealed_sha256 = ?, page_sha256 = ?"
            " WHERE code = ? AND (state = 'unsealed' OR (state = 'valid' AND page_sha256 = ?))",
            (format_instant(now), digest, page, document["code"], page),
        )
        if not kept.rowcount:
            raise AlreadySealed
        more = {
            "sealed_sha256": digest,
            "page_mac": page_mac(self.gateway.keys.pseudonym, page),
            "decided_at": format_instant(decision.decided_at),
            "purpose": dict(decision.purpose),
            "legal_basis": dict(decision.legal_basis),
        }
        record = self._record(RecordKind.SEAL, document, now, user=decision.user, **more)
        return transaction.append(entry_of(record))

    def _describe_seal(self, document: dict[str, Any], now: datetime, log_entry: str) -> dict[str, Any]:
        own = self.gateway.member.member_code
        return {
            "id": f"seal-{secrets.token_hex(8)}",
            "at": format_instant(now),
            "kind": "seal",
            "consumer": own,
            "provider": own,
            "service": document["kind"],
            "purpose": {},
            "legal_basis": {},
            "in_force": True,
            "mark": case_mark(self.gateway.keys.pseudonym, document["case_reference"]),
            "fields": [],
            "outcome": "answered",
            "error": None,
            "log_entry": log_entry,
            "signatures": "own",
        }

    # Withdrawing

    async def revoke(
        self, *, subsystem: str, code: str, reason: str, replaced_by: str | None
    ) -> dict[str, Any]:
        document = await self._find(code)
        self._kind(document["kind"], subsystem)
        if replaced_by is not None:
            await self._find(replaced_by)
        await self._change(
            partial(
                self._withdraw, document=document, reason=reason, replaced_by=replaced_by, now=clock.now()
            )
        )
        return await self.status(code)

    def _withdraw(
        self,
        transaction: Transaction,
        *,
        document: dict[str, Any],
        reason: str,
        replaced_by: str | None,
        now: datetime,
    ) -> int:
        state = "revoked" if replaced_by is None else "replaced"
        changed = transaction.execute(
            "UPDATE document SET state = ?, state_since = ?, reason = ?, replaced_by = ?"
            " WHERE code = ? AND state = 'valid'",
            (state, format_instant(now), reason, replaced_by, document["code"]),
        )
        if not changed.rowcount:
            raise NotInForce
        kind = RecordKind.DOCUMENT_REVOKED if replaced_by is None else RecordKind.DOCUMENT_REPLACED
        more = {} if replaced_by is None else {"replaced_by": replaced_by}
        return transaction.append(entry_of(self._record(kind, document, now, **more)))

    # Telling

    async def status(self, code: str) -> dict[str, Any]:
        """Nothing beyond what stands on the paper, and whether it is still valid."""
        document = await self._read(code)
        if document is None:
            return {"known": False, "code": code}
        shown = ("code", "kind", "issued_on", "state", "state_since", "sealed_sha256")
        return {
            "known": True,
            "issuer": self.gateway.member.member_code,
            **{name: document[name] for name in shown},
        }

    # Parts

    def _kind(self, kind: str, subsystem: str) -> DocumentKind:
        for each in self.gateway.configuration.document_kinds:
            if each.kind == kind and subsystem in each.subsystems:
                return each
        raise UnknownKind

    async def _find(self, code: str) -> dict[str, Any]:
        document = await self._read(code)
        if document is None:
            raise UnknownDocument
        return document

    async def _read(self, code: str) -> dict[str, Any] | None:
        def find(connection: sqlite3.Connection) -> dict[str, Any] | None:
            return reader.find_document(connection, code)

        return await self.gateway.log.reader.read(find)

    async def _change(self, change: Any) -> Any:
        try:
            return await self.gateway.log.writer.change(change)
        except StoreFailed:
            raise LoggingFailed from None

    def _record(
        self,
        kind: RecordKind,
        document: dict[str, Any],
        now: datetime,
        *,
        user: str | None = None,
        **more: Any,
    ) -> LogRecord:
        return LogRecord(
            kind=kind,
            at=now,
            outcome=Outcome.DONE,
            provider=str(self.gateway.member),
            case=document["case_reference"],
            user=user,
            subject=document["subject"],
            detail={"code": document["code"], "kind": document["kind"], **more},
        )


def page_mac(key: bytes, page_sha256: str) -> str:
    """Which page was sealed, as the log keeps it: keyed, since what stands on a page could be guessed.

    The seal holds a fresh signature, so nobody can guess towards the digest of the sealed document.
    """
    return hmac.digest(key, _PAGE + page_sha256.encode(), "sha256").hex()
