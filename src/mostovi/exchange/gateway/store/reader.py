"""Reads of the store, over a connection of their own that cannot write, in a thread of their own."""

import asyncio
import json
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from mostovi.exchange.gateway.store import database
from mostovi.exchange.gateway.store.writer import LOWEST_KEPT_LEVEL
from mostovi.exchange.protocol.merkle import Frontier

Result = TypeVar("Result")
_FARTHEST_RESPONSE = 100_000


@dataclass(frozen=True)
class Opening:
    """What a leaf hides: the record and the nonce of its commitment."""

    position: int
    nonce: bytes
    text: str
    record: dict[str, Any]
    pair: int | None


class Reader:
    def __init__(self, path: Path) -> None:
        self.connection = database.open_for_reading(path)
        self.executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="reader")

    async def read(self, query: Callable[[sqlite3.Connection], Result]) -> Result:
        """What ``query`` returns. Raises sqlite3.Error."""
        return await asyncio.get_running_loop().run_in_executor(self.executor, query, self.connection)

    def close(self) -> None:
        self.executor.shutdown()
        self.connection.close()


def find_opening(connection: sqlite3.Connection, position: int) -> Opening | None:
    """None when there is no such entry, or when it was shredded."""
    row = connection.execute("SELECT * FROM opening WHERE position = ?", (position,)).fetchone()
    return None if row is None else _opening(row)


def find_other_half(connection: sqlite3.Connection, opening: Opening, *, before: int) -> list[Opening]:
    """The request of a response, or the response of a request; responses stand soon after their requests."""
    if opening.pair is not None:
        request = find_opening(connection, opening.pair)
        return [request] if request else []
    rows = connection.execute(
        "SELECT * FROM opening WHERE position > ? AND position < ? AND pair = ? LIMIT 1",
        (opening.position, min(before, opening.position + _FARTHEST_RESPONSE), opening.position),
    )
    return [_opening(row) for row in rows]


def list_certificates(connection: sqlite3.Connection, key_ids: list[str]) -> list[str]:
    """PEM of the certificates that are known under these ids."""
    found = (
        connection.execute("SELECT pem FROM certificate WHERE key_id = ?", (key_id,)).fetchone()
        for key_id in key_ids
    )
    return [row["pem"] for row in found if row is not None]


def list_openings(connection: sqlite3.Connection, *, before: int | None, limit: int) -> list[Opening]:
    """The newest first, from the one before ``before``."""
    rows = connection.execute(
        "SELECT * FROM opening WHERE position < ? ORDER BY position DESC LIMIT ?",
        (2**62 if before is None else before, limit),
    )
    return [_opening(row) for row in rows]


def list_openings_about(connection: sqlite3.Connection, subject: str, *, limit: int) -> list[Opening]:
    """What is readable about one person, the newest first."""
    rows = connection.execute(
        "SELECT opening.* FROM usage JOIN opening USING (position) WHERE subject = ?"
        " ORDER BY position DESC LIMIT ?",
        (subject, limit),
    )
    return [_opening(row) for row in rows]


def is_about(connection: sqlite3.Connection, subject: str, position: int) -> bool:
    row = connection.execute("SELECT 1 FROM usage WHERE subject = ? AND position = ?", (subject, position))
    return row.fetchone() is not None


def list_accepted_since(connection: sqlite3.Connection, created_at: int) -> list[tuple[str, str, int]]:
    """Key id, nonce and time of each accepted request."""
    rows = connection.execute(
        "SELECT key_id, nonce, created_at FROM seen_nonce WHERE created_at >= ?", (created_at,)
    )
    return [tuple(row) for row in rows]


def latest_checkpoint(connection: sqlite3.Connection) -> str | None:
    row = connection.execute("SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1").fetchone()
    return None if row is None else row["note"]


def find_document(connection: sqlite3.Connection, code: str) -> dict[str, Any] | None:
    row = connection.execute("SELECT * FROM document WHERE code = ?", (code,)).fetchone()
    return None if row is None else dict(row)


def read_node(connection: sqlite3.Connection, level: int, index: int) -> bytes:
    """The root of a complete subtree of 2**level leaves, for proofs; small ones are put together anew."""
    if level >= LOWEST_KEPT_LEVEL:
        rows = connection.execute("SELECT hash FROM subtree WHERE level = ? AND position = ?", (level, index))
        found: bytes = rows.fetchone()["hash"]
        return found
    start = index << level
    rows = connection.execute(
        "SELECT hash FROM leaf WHERE position >= ? AND position < ? ORDER BY position",
        (start, start + (1 << level)),
    )
    complete, _ = Frontier().extend([row["hash"] for row in rows])
    return complete.root()


def _opening(row: sqlite3.Row) -> Opening:
    return Opening(row["position"], row["nonce"], row["record"], json.loads(row["record"]), row["pair"])
