"""A file as a table of text: CSV in the encodings of our offices, or a spreadsheet.

A spreadsheet is opened by a program of its own with a limit of memory and time: a small file can unpack to
more than this machine holds.
"""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from mostovi.connectivity.school_master.columns import count_known
from mostovi.connectivity.school_master.values import Table

MOST_ROWS = 20_000
MOST_COLUMNS = 300
_HEADER_WITHIN = 20
_OPENED_WITHIN_SECONDS = 60
_DELIMITERS = ";,\t|"
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
Rows = Sequence[Sequence[str]]


class TableUnreadable(ValueError):
    """The file is no table that we can read; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_table(content: bytes) -> Table:
    """The table in a CSV file or spreadsheet, whatever its name says. Raises TableUnreadable."""
    if not content.strip():
        raise TableUnreadable("empty")
    if content.startswith((_ZIP, _OLD_EXCEL)):
        rows, merged = _open_spreadsheet(content)
    else:
        rows, merged = _read_csv(content), set[tuple[int, int]]()
    return _as_table(rows, merged)


def _read_csv(content: bytes) -> Rows:
    text = _decode(content)
    try:
        delimiter = _delimiter_of(text)
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise TableUnreadable("not_a_table") from error


def _decode(content: bytes) -> str:
    """UTF-8 with or without a mark, UTF-16 with one, else Windows-1250, the code page of our offices."""
    encodings = ["utf-16"] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "cp1250"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise TableUnreadable("not_a_table")


def _delimiter_of(text: str) -> str:
    """The sign by which the header names most fields; Excel writes semicolons where commas are decimal."""
    head = text.splitlines()[:_HEADER_WITHIN]

    def names(sign: str) -> tuple[int, int]:
        known = max((count_known(row) for row in csv.reader(head, delimiter=sign)), default=0)
        return known, sum(line.count(sign) for line in head)

    return max(_DELIMITERS, key=names)


def _open_spreadsheet(content: bytes) -> tuple[Rows, set[tuple[int, int]]]:
    command = [sys.executable, "-m", "mostovi.connectivity.school_master.spreadsheet"]
    try:
        run = subprocess.run(  # noqa: S603  our own program; the file is its input, never its name
            command, input=content, capture_output=True, timeout=_OPENED_WITHIN_SECONDS, check=False
        )
        told: dict[str, Any] = json.loads(run.stdout)
    except subprocess.TimeoutExpired as error:
        raise TableUnreadable("too_large") from error
    except ValueError as error:  # it ran out of memory, or over a file that nobody expected
        raise TableUnreadable("spreadsheet_unreadable") from error
    if "refused" in told:
        raise TableUnreadable(told["refused"])
    return told["rows"], {(row, column) for row, column in told["merged"]}


def _as_table(rows: Rows, merged: set[tuple[int, int]]) -> Table:
    if max(map(len, rows), default=0) > MOST_COLUMNS:
        raise TableUnreadable("too_many_columns")
    at = _find_header(rows)
    header = _trimmed(rows[at])
    body = tuple(_body(rows, at, len(header)))
    if not body:
        raise TableUnreadable("no_rows")
    if len(body) > MOST_ROWS:
        raise TableUnreadable("too_many_rows")
    joined = frozenset((row + 1, column) for row, column in merged if row > at)
    return Table(header, body, joined)


def _find_header(rows: Rows) -> int:
    """The row that names most fields; titles and merged cells may stand above it."""
    filled = [number for number in range(min(len(rows), _HEADER_WITHIN)) if _cells_in(rows[number]) > 1]
    if not filled:
        raise TableUnreadable("not_a_table")
    return max(filled, key=lambda number: (count_known(rows[number]), -number))


def _cells_in(row: Sequence[str]) -> int:
    return sum(1 for cell in row if cell.strip())


def _trimmed(row: Sequence[str]) -> tuple[str, ...]:
    names = [" ".join(cell.split()) for cell in row]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _body(rows: Rows, header_at: int, width: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    for number, row in enumerate(rows[header_at + 1 :], start=header_at + 2):
        if _cells_in(row):
            cells = [cell.strip() for cell in row[:width]]
            yield number, (*cells, *[""] * (width - len(cells)))
