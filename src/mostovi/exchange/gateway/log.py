"""The institution's log: records go in durably, signed states and receipts come out."""

import asyncio
import contextlib
import sqlite3
from functools import partial
from typing import Any

from mostovi.exchange.gateway import journal
from mostovi.exchange.gateway.refusals import LoggingFailed
from mostovi.exchange.gateway.store import reader
from mostovi.exchange.gateway.store.reader import Reader
from mostovi.exchange.gateway.store.writer import Entry, StoreFailed, Transaction, Writer
from mostovi.exchange.protocol.checkpoints import Checkpoint, log_origin, parse_checkpoint, sign_checkpoint
from mostovi.exchange.protocol.identifiers import MemberId
from mostovi.exchange.protocol.keys import Signer
from mostovi.exchange.protocol.merkle import consistency_proof
from mostovi.exchange.protocol.records import LogRecord, open_record
from mostovi.kernel import clock


def entry_of(
    record: LogRecord, *, pair: int | None = None, accepted: tuple[str, str, int] | None = None
) -> Entry:
    """A record as the store takes it. ``pair`` is the position of the request that a response belongs to."""
    opening = open_record(record)
    return Entry(
        leaf_hash=opening.leaf_hash(),
        nonce=opening.nonce,
        record=opening.record.decode(),
        pair=pair,
        subject=record.subject,
        accepted=accepted,
    )


class Log:
    def __init__(self, member: MemberId, signer: Signer, writer: Writer, reading: Reader) -> None:
        self.member = member
        self.signer = signer
        self.writer = writer
        self.reader = reading
        self.note = ""
        self.note_size = -1

    async def append(
        self,
        record: LogRecord,
        *,
        pair: int | None = None,
        accepted: tuple[str, str, int] | None = None,
    ) -> int:
        """The record's position once it is on the disk. Raises LoggingFailed: then nothing may be sent on."""
        try:
            return await self.writer.append(entry_of(record, pair=pair, accepted=accepted))
        except StoreFailed:
            raise LoggingFailed from None

    def name_of(self, position: int) -> str:
        """``tuzla-social-work/104``."""
        return f"{self.member.member_code}/{position}"

    def position_of(self, name: str) -> int | None:
        """The position in the name of one of our own entries."""
        code, _, position = name.rpartition("/")
        ours = code in {"", self.member.member_code}
        return (
            int(position)
            if ours and position.isascii() and position.isdigit() and len(position) < 16
            else None
        )

    # Signed states

    async def start(self) -> None:
        note = await self.reader.read(reader.latest_checkpoint)
        if note is not None:
            self.note, self.note_size = note, parse_checkpoint(note).size
        await self.sign_state()

    async def sign_forever(self) -> None:
        while True:
            await asyncio.sleep(1)
            with contextlib.suppress(LoggingFailed):
                await self.sign_state()

    async def sign_state(self) -> str:
        """The signed state of the log as it is now; kept before it is shown."""
        tree = self.writer.tree
        if tree.size == self.note_size:
            return self.note
        state = Checkpoint(log_origin(self.member), tree.size, tree.root(), clock.now())
        note = sign_checkpoint(state, self.signer)
        try:
            await self.writer.change(partial(_keep_checkpoint, size=tree.size, note=note))
        except StoreFailed:
            journal.say("checkpoint_not_kept", size=tree.size)
            raise LoggingFailed from None
        if tree.size > self.note_size:
            self.note, self.note_size = note, tree.size
        return note

    async def prove_consistency(self, old_size: int, new_size: int) -> list[bytes]:
        """Raises MalformedProof when there were never so many entries."""

        def prove(connection: sqlite3.Connection) -> list[bytes]:
            return consistency_proof(partial(reader.read_node, connection), old_size, new_size)

        return await self.reader.read(prove)


def _keep_checkpoint(transaction: Transaction, *, size: int, note: str) -> Any:
    transaction.execute("INSERT OR IGNORE INTO checkpoint VALUES (?, ?)", (size, note))
