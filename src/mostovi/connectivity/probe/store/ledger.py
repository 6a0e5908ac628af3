"""What a database must do for the probe, and which one an address means."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from importlib import resources
from pathlib import Path
from typing import Any, Protocol

from mostovi.connectivity.probe.values import Aside, Committed, Kind, Reason, Record

Place = tuple[str, int]
"""A school, and the beginning of an hour in milliseconds."""

COLUMNS = tuple(each.name for each in fields(Record))


class StoreRefused(SystemExit):
    """The database cannot be used; the sentence says why."""


@dataclass
class Batch:
    """All that becomes durable at once."""

    records: list[tuple[Committed, bytes]] = field(default_factory=list)
    """With the digest of each."""
    asides: list[Aside] = field(default_factory=list)
    floods: dict[Place, int] = field(default_factory=dict)
    """How many were dropped."""
    personal: list[tuple[bytes, str, str, int]] = field(default_factory=list)
    received_at: int = 0


class Ledger(Protocol):
    """One writer's view, used from one thread. Everything raises the database's own errors."""

    def newest(self) -> int: ...
    def secret(self) -> bytes: ...
    def find_digests(self, keys: Sequence[bytes]) -> dict[bytes, bytes]: ...
    def count_hours(self, places: Sequence[Place]) -> dict[Place, int]:
        """How many records there are of each school and hour."""

    def write(self, batch: Batch) -> None:
        """On the disk when this returns, or not at all."""

    def list_asides(self, reason: str, schools: Sequence[str]) -> list[Aside]: ...
    def drop_asides(self, keys: Sequence[bytes], reason: str) -> None: ...
    def sweep(self, now: int, asides_before: int) -> None:
        """Delete what may be kept no longer."""

    def close(self) -> None: ...


class Reader(Protocol):
    """A connection that cannot write, for ``live``, queries and tests. Not for two threads at once."""

    def newest(self) -> int:
        """The sequence number of the newest record; 0 when there is none."""

    def follow(self, after: int, limit: int = 1_000) -> list[Committed]:
        """The records after sequence number ``after``, in order.

        Whoever asks again with the last number it was given misses none and gets none twice.
        """

    def floods(self) -> dict[str, int]:
        """Flagged schools and how many of their records were dropped."""

    def close(self) -> None: ...


def open_ledger(address: str) -> Ledger:
    """``sqlite:///PATH`` or ``postgresql://…``; makes and updates the tables. Raises StoreRefused."""
    if address.startswith("postgresql://"):
        from mostovi.connectivity.probe.store.postgresql import PostgresqlLedger  # noqa: PLC0415

        return PostgresqlLedger(address)
    from mostovi.connectivity.probe.store.sqlite import SqliteLedger  # noqa: PLC0415

    return SqliteLedger(sqlite_path(address))


def open_reader(address: str) -> Reader:
    """The same address as the probe's. Raises the database's own error when it is not there."""
    if address.startswith("postgresql://"):
        from mostovi.connectivity.probe.store.postgresql import PostgresqlReader  # noqa: PLC0415

        return PostgresqlReader(address)
    from mostovi.connectivity.probe.store.sqlite import SqliteReader  # noqa: PLC0415

    return SqliteReader(sqlite_path(address))


def sqlite_path(address: str) -> Path:
    if not address.startswith("sqlite:///"):
        raise StoreRefused(f"{address!r} is neither sqlite:///PATH nor postgresql://…")
    return Path(address.removeprefix("sqlite:///"))


def list_migrations(database: str) -> list[tuple[int, str]]:
    """Number and SQL of each migration, in order."""
    folder = resources.files("mostovi.connectivity.probe.store") / "migrations" / database
    files = sorted(folder.iterdir(), key=lambda file: file.name)
    return [(int(file.name[:4]), file.read_text("utf-8")) for file in files if file.name.endswith(".sql")]


def record_row(committed: Committed, digest: bytes) -> tuple[Any, ...]:
    """The sequence number, ``COLUMNS``, the digest."""
    record = committed.record
    row = [getattr(record, name) for name in COLUMNS]
    row[_KIND] = str(record.kind)
    return (committed.sequence, *row, digest)


def read_row(row: tuple[Any, ...]) -> Committed:
    sequence, *values = row
    named = dict(zip(COLUMNS, values, strict=True))
    connected = named["connected"]
    named["connected"] = None if connected is None else bool(connected)
    named["kind"] = Kind(named["kind"])
    return Committed(sequence, Record(**named))


_KIND = COLUMNS.index("kind")


def aside_row(aside: Aside) -> tuple[Any, ...]:
    """Key, reason, kind, school, the first and the last time, claims."""
    claims = json.dumps(aside.claims, separators=(",", ":"))
    at = aside.received_at
    return (aside.key, str(aside.reason), str(aside.kind), aside.school, at, at, claims)


def read_aside(row: tuple[Any, ...]) -> Aside:
    """From key, reason, kind, school, the first time, claims."""
    key, reason, kind, school, received_at, claims = row
    return Aside(bytes(key), Reason(reason), Kind(kind), school, received_at, json.loads(claims))
