"""Birth extracts: the registrar composes one, and its own gateway seals it. No official takes part."""

import asyncio
import base64
import sqlite3
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from mostovi.demo.members import Member
from mostovi.demo.registers.answers import find_birth
from mostovi.demo.registers.extract_document import LANGUAGES, compose_extract
from mostovi.demo.registers.own_gateway import NotSealed, OwnGateway, Reservation
from mostovi.demo.registers.values import BadQuestion, Question

KIND = "birth-extract"
Key = tuple[str, str, str]  # case, person, language


@dataclass(frozen=True)
class ExtractOffice:
    """Issues one extract per case, person and language, however often the question is repeated."""

    member: Member
    connection: sqlite3.Connection
    gateway: OwnGateway
    locks: dict[Key, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    async def issue(self, question: Question) -> dict[str, Any]:
        """Facts of the service birthExtract; raises PersonNotFound, BadQuestion or GatewaySilent."""
        language = question.parameters.get("language", "bs")
        if language not in LANGUAGES:
            raise BadQuestion(
                "An extract is written in one of these: {languages}.", languages=", ".join(LANGUAGES)
            )
        if not question.case:
            raise BadQuestion("An extract is issued for a case: its code goes into X-Road-Issue.")
        birth = find_birth(self.connection, question.subject)
        key = (question.case, question.subject, language)
        async with self.locks[key]:
            facts = self._find_document(key) or await self._issue(key, birth)
        return {field: facts[field] for field in question.fields if field in facts}

    def _find(self, key: Key) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self.connection.execute(
            "SELECT * FROM extracts WHERE case_code = ? AND person_number = ? AND language = ?", key
        ).fetchone()
        return row

    def _find_document(self, key: Key) -> dict[str, Any] | None:
        row = self._find(key)
        if row is None or row["document"] is None:
            return None
        return {
            "document_base64": base64.b64encode(row["document"]).decode(),
            "code": row["code"],
            "issued_on": row["issued_on"],
        }

    async def _issue(self, key: Key, birth: dict[str, Any]) -> dict[str, Any]:
        begun = self._find(key)
        if begun is not None:
            try:
                return await self._seal(key, birth, _reservation(begun))
            except NotSealed:
                # Sealed before we were stopped: that paper never left the house, so a new one is made.
                self._forget(key)
        return await self._seal(key, birth, await self._reserve(key))

    async def _reserve(self, key: Key) -> Reservation:
        case, number, _ = key
        reserved = await self.gateway.reserve(kind=KIND, case=case, subject=number)
        self.connection.execute(
            "INSERT INTO extracts VALUES (?, ?, ?, ?, ?, ?, NULL)",
            (*key, reserved.code, reserved.issued_on.isoformat(), reserved.verify_url),
        )
        return reserved

    async def _seal(self, key: Key, birth: dict[str, Any], reserved: Reservation) -> dict[str, Any]:
        case, _, language = key
        draft = await asyncio.to_thread(compose_extract, self.member, birth, reserved, language, case)
        document = await self.gateway.seal(reserved.code, draft, case=case)
        self.connection.execute("UPDATE extracts SET document = ? WHERE code = ?", (document, reserved.code))
        facts = self._find_document(key)
        assert facts is not None
        return facts

    def _forget(self, key: Key) -> None:
        self.connection.execute(
            "DELETE FROM extracts WHERE case_code = ? AND person_number = ? AND language = ?", key
        )


def _reservation(row: sqlite3.Row) -> Reservation:
    return Reservation(row["code"], date.fromisoformat(row["issued_on"]), row["verify_url"])
