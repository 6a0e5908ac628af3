"""The words of a list of schools: tables, fields, rows that were read and what is wrong with others."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Value = str | int | float


class Kind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    GIGA_ID = "giga_id"
    YES_NO = "yes_no"
    COUNT = "count"
    YEAR = "year"
    NUMBER = "number"
    DEGREES = "degrees"


@dataclass(frozen=True)
class Field:
    """One column of the school master; ``also`` are folded words by which files call it."""

    name: str
    kind: Kind
    also: frozenset[str] = frozenset()
    longest: int = 255


@dataclass(frozen=True)
class Table:
    """A header and rows of cells as text. Row numbers are the file's own, so that a person finds them again.

    ``merged`` holds (row number, column) of cells that a spreadsheet joins with the cell above or beside:
    they repeat its text.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    merged: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True)
class Finding:
    """Something about one row. A ``fatal`` one is not taken; ``column`` is the file's own word for it."""

    row: int
    column: str
    code: str
    value: str = ""
    fatal: bool = True
    other_row: int = 0


@dataclass(frozen=True)
class SchoolRow:
    """A row that can be taken: values of the mapped fields; an empty cell is not among them."""

    row: int
    values: Mapping[str, Value]


@dataclass(frozen=True)
class Reading:
    """What a file holds: rows to take, findings in the order of the file, and which fields it speaks of."""

    rows: tuple[SchoolRow, ...]
    findings: tuple[Finding, ...]
    fields: frozenset[str]
    unused: tuple[str, ...] = field(default=())

    @property
    def rejected(self) -> frozenset[int]:
        return frozenset(finding.row for finding in self.findings if finding.fatal)
