"""The same in PostgreSQL. One probe writes; an advisory lock keeps a second one out."""

from collections.abc import Sequence
from typing import Any

import psycopg

from mostovi.connectivity.probe.store.ledger import (
    COLUMNS,
    Batch,
    Place,
    StoreRefused,
    aside_row,
    list_migrations,
    read_aside,
    read_row,
    record_row,
)
from mostovi.connectivity.probe.values import Aside, Committed

_LOCK = 0x4D4F5350
_HOUR = 3_600_000
_NAMES = ", ".join(COLUMNS)
_COPY = f"COPY record (sequence, {_NAMES}, digest) FROM STDIN"
_FOLLOW = f"SELECT sequence, {_NAMES} FROM record WHERE sequence > %s ORDER BY sequence LIMIT %s"  # noqa: S608
_COUNT = (
    "SELECT place.school, place.hour, count(record.sequence)"
    " FROM unnest(%s::text[], %s::bigint[]) AS place (school, hour) LEFT JOIN record"
    " ON record.school = place.school AND measured_at >= place.hour AND measured_at < place.hour + %s"
    " GROUP BY place.school, place.hour"
)
_ASIDE = (
    "INSERT INTO aside (key, reason, kind, school, received_at, last_at, claims)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s)"
    " ON CONFLICT (key, reason) DO UPDATE SET times = aside.times + 1, last_at = excluded.last_at"
)
_FLOOD = (
    "INSERT INTO flood VALUES (%s, %s, %s, %s) ON CONFLICT (school, hour)"
    " DO UPDATE SET dropped = flood.dropped + excluded.dropped, last_at = excluded.last_at"
)


class PostgresqlLedger:
    def __init__(self, address: str) -> None:
        self.connection = psycopg.connect(address, autocommit=True)
        held = self.connection.execute("SELECT pg_try_advisory_lock(%s)", (_LOCK,)).fetchone()
        if held != (True,):
            self.connection.close()
            raise StoreRefused("Another probe is writing this database. One database has one owner.")
        try:
            _migrate(self.connection)
        except BaseException:
            self.connection.close()
            raise
        # All that is asked here goes by a key. A plan made while the tables were empty would read them whole.
        self.connection.execute("SET enable_seqscan = off")

    def newest(self) -> int:
        return _newest(self.connection)

    def secret(self) -> bytes:
        row = self.connection.execute("SELECT pseudonyms FROM secret").fetchone()
        assert row is not None
        return bytes(row[0])

    def find_digests(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        query = "SELECT key, digest FROM record WHERE key = ANY(%s)"
        return dict(self.connection.execute(query, (list(keys),)))

    def count_hours(self, places: Sequence[Place]) -> dict[Place, int]:
        schools, hours = [school for school, _ in places], [hour for _, hour in places]
        rows = self.connection.execute(_COUNT, (schools, hours, _HOUR))
        return {(school, hour): count for school, hour, count in rows}

    def write(self, batch: Batch) -> None:
        with self.connection.transaction(), self.connection.cursor() as cursor:
            if batch.records:
                with cursor.copy(_COPY) as copy:
                    for each in batch.records:
                        copy.write_row(record_row(*each))
            if batch.asides:
                cursor.executemany(_ASIDE, [aside_row(each) for each in batch.asides])
            if batch.floods:
                rows = [(*place, count, batch.received_at) for place, count in batch.floods.items()]
                cursor.executemany(_FLOOD, rows)
            if batch.personal:
                query = "INSERT INTO personal VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING"
                cursor.executemany(query, batch.personal)

    def list_asides(self, reason: str, schools: Sequence[str]) -> list[Aside]:
        query = (
            "SELECT key, reason, kind, school, received_at, claims FROM aside"
            " WHERE reason = %s AND school = ANY(%s)"
        )
        return [read_aside(row) for row in self.connection.execute(query, (reason, list(schools)))]

    def drop_asides(self, keys: Sequence[bytes], reason: str) -> None:
        query = "DELETE FROM aside WHERE key = ANY(%s) AND reason = %s"
        self.connection.execute(query, (list(keys), reason))

    def sweep(self, now: int, asides_before: int) -> None:
        self.connection.execute("DELETE FROM personal WHERE until <= %s", (now,))
        self.connection.execute("DELETE FROM aside WHERE last_at < %s", (asides_before,))

    def close(self) -> None:
        self.connection.close()


class PostgresqlReader:
    def __init__(self, address: str) -> None:
        self.connection = psycopg.connect(address, autocommit=True)
        self.connection.execute("SET default_transaction_read_only = on")

    def newest(self) -> int:
        return _newest(self.connection)

    def follow(self, after: int, limit: int = 1_000) -> list[Committed]:
        return [read_row(row) for row in self.connection.execute(_FOLLOW, (after, limit))]

    def floods(self) -> dict[str, int]:
        rows = self.connection.execute("SELECT school, sum(dropped)::bigint FROM flood GROUP BY school")
        return dict(rows.fetchall())

    def close(self) -> None:
        self.connection.close()


def _newest(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute("SELECT coalesce(max(sequence), 0) FROM record").fetchone()
    return int(row[0]) if row else 0


def _migrate(connection: psycopg.Connection[Any]) -> None:
    connection.execute("CREATE TABLE IF NOT EXISTS migration (number integer PRIMARY KEY)")
    done = {number for (number,) in connection.execute("SELECT number FROM migration")}
    migrations = list_migrations("postgresql")
    if done - {number for number, _ in migrations}:
        raise StoreRefused("The database was written by a newer probe. Use that one, or a copy from before.")
    for number, script in migrations:
        if number not in done:
            with connection.transaction():
                connection.execute(script)
                connection.execute("INSERT INTO migration VALUES (%s)", (number,))
