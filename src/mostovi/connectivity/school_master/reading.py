"""Rows of a table as schools. Each row that cannot be taken is told with its column; nothing is guessed."""

import math
import re
import uuid
from collections.abc import Callable, Iterable, Mapping

from mostovi.connectivity.school_master.columns import fold
from mostovi.connectivity.school_master.fields import field_named
from mostovi.connectivity.school_master.values import Field, Finding, Kind, Reading, SchoolRow, Table, Value

_SHOWN = 80
_YES = {"yes", "da", "ima", "true", "1", "y"}
_NO = {"no", "ne", "nema", "false", "0", "n"}
_UNKNOWN = {"unknown", "nepoznato", "ne zna se", "nema podatka", "nema podataka"}
_NOTHING = {"", "-", "–", "/", "n/a", "na", "null", "none", "nan"}
_MOST = 10_000_000
_COMMA_DECIMAL = re.compile(r"[+-]?\d+,\d+")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_SPACES = re.compile(r"(?<=\d)[   ](?=\d{3})")
# A name or a place joined over several rows belongs to each; a number or an identifier cannot.
_MAY_BE_JOINED = {"admin1", "admin2", "school_area_type", "school_funding_type", "education_level"}


class _Wrong(ValueError):
    """Why a cell cannot be taken; the code of a finding."""


def read_schools(table: Table, columns: Mapping[str, int]) -> Reading:
    """``columns`` says which column holds which field. A school needs a name, a place and an identifier."""
    fields = {name: field for name in columns if (field := field_named(name)) is not None}
    findings: list[Finding] = []
    rows = []
    for number, cells in table.rows:
        values, wrong = _read_row(table, number, cells, fields, columns)
        findings += wrong
        if not wrong:
            rows.append(SchoolRow(number, values))
    kept, doubled = _without_doubles(rows, table, columns)
    findings += doubled
    used = set(columns.values())
    unused = tuple(name for at, name in enumerate(table.header) if name and at not in used)
    findings.sort(key=lambda finding: finding.row)
    return Reading(tuple(kept), tuple(findings), frozenset(fields), unused)


def _read_row(
    table: Table,
    number: int,
    cells: tuple[str, ...],
    fields: Mapping[str, Field],
    columns: Mapping[str, int],
) -> tuple[dict[str, Value], list[Finding]]:
    values: dict[str, Value] = {}
    wrong = []
    for name, field in fields.items():
        at = columns[name]
        text = cells[at] if at < len(cells) else ""
        try:
            _check_own(name, text, joined=(number, at) in table.merged)
            value = _READ[field.kind](field, text)
        except _Wrong as reason:
            wrong.append(Finding(number, _title(table, at), str(reason), text[:_SHOWN]))
            continue
        if value != "":
            values[name] = value
    named = {finding.column for finding in wrong}
    wrong += [
        finding
        for finding in _missing(number, values, table, columns)
        if not finding.column or finding.column not in named
    ]
    return values, wrong


def _check_own(name: str, text: str, *, joined: bool) -> None:
    if joined and name not in _MAY_BE_JOINED and not _is_nothing(text):
        raise _Wrong("merged_cell")


def _missing(
    number: int, values: Mapping[str, Value], table: Table, columns: Mapping[str, int]
) -> Iterable[Finding]:
    for name, code in (
        ("school_name", "missing_name"),
        ("latitude", "missing_place"),
        ("longitude", "missing_place"),
    ):
        if name not in values:
            yield Finding(number, _title(table, columns.get(name)), code)
    if "school_id_giga" not in values and "school_id_govt" not in values:
        at = columns.get("school_id_govt", columns.get("school_id_giga"))
        yield Finding(number, _title(table, at), "missing_id")


def _title(table: Table, at: int | None) -> str:
    return "" if at is None or at >= len(table.header) else table.header[at]


def _without_doubles(
    rows: Iterable[SchoolRow], table: Table, columns: Mapping[str, int]
) -> tuple[list[SchoolRow], list[Finding]]:
    """Of rows with one identifier the first is taken. Two schools in one house are told, and taken."""
    kept: list[SchoolRow] = []
    findings: list[Finding] = []
    first_with: dict[tuple[str, Value, str], int] = {}
    first_at: dict[tuple[Value, Value], SchoolRow] = {}
    for row in rows:
        ids = _identifiers(row)
        known = next((each for each in ids if each in first_with), None)
        if known:
            title, value = _title(table, columns[known[0]]), str(known[1])[:_SHOWN]
            findings.append(Finding(row.row, title, "duplicate_id", value, other_row=first_with[known]))
            continue
        first_with.update(dict.fromkeys(ids, row.row))
        spot = (row.values["latitude"], row.values["longitude"])
        if spot in first_at:
            findings.append(_same_spot(row, first_at[spot], table, columns))
            if findings[-1].fatal:
                continue
        first_at.setdefault(spot, row)
        kept.append(row)
    return kept, findings


def _identifiers(row: SchoolRow) -> list[tuple[str, Value, str]]:
    """Governments number their schools each for itself: the same number in two cantons is two schools."""
    government = fold(str(row.values.get("admin1", "")))
    scopes = (("school_id_giga", ""), ("school_id_govt", government))
    return [(name, row.values[name], scope) for name, scope in scopes if name in row.values]


def _same_spot(row: SchoolRow, first: SchoolRow, table: Table, columns: Mapping[str, int]) -> Finding:
    """One name on one spot is one school written twice."""
    doubled = fold(str(row.values["school_name"])) == fold(str(first.values["school_name"]))
    return Finding(
        row.row,
        _title(table, columns["school_name" if doubled else "latitude"]),
        "duplicate_school" if doubled else "same_spot",
        str(row.values["school_name"])[:_SHOWN],
        fatal=doubled,
        other_row=first.row,
    )


def _is_nothing(text: str) -> bool:
    return text.strip().lower() in _NOTHING


def _text(field: Field, text: str) -> str:
    clean = " ".join("".join(sign for sign in text if sign.isprintable() or sign.isspace()).split())
    if len(clean) > field.longest:
        raise _Wrong("too_long")
    return clean


def _giga_id(_field: Field, text: str) -> str:
    if _is_nothing(text):
        return ""
    try:
        return str(uuid.UUID(text.strip()))
    except ValueError as error:
        raise _Wrong("not_a_giga_id") from error


def _yes_no(_field: Field, text: str) -> str:
    if _is_nothing(text):
        return ""
    words = fold(text)
    for said, meant in ((_YES, "yes"), (_NO, "no"), (_UNKNOWN, "unknown")):
        if words in said:
            return meant
    raise _Wrong("not_yes_or_no")


def _amount(text: str) -> float:
    """A number as people here write it: 12,5 and 1.234 and 1 234,5; a full stop alone before other than three
    digits is a decimal sign."""
    plain = _SPACES.sub("", text.strip())
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(".", "").replace(",", ".")
    elif _COMMA_DECIMAL.fullmatch(plain):
        plain = plain.replace(",", ".")
    return _finite(plain)


def _finite(plain: str) -> float:
    if "_" in plain:
        raise _Wrong("not_a_number")
    try:
        number = float(plain)
    except ValueError as error:
        raise _Wrong("not_a_number") from error
    if not math.isfinite(number):
        raise _Wrong("not_a_number")
    return number


def _number(_field: Field, text: str) -> Value:
    """Distances and speeds: never grouped, so that 1.234 kilometres stay what they are."""
    if _is_nothing(text):
        return ""
    number = _finite(
        text.strip().replace(",", ".") if _COMMA_DECIMAL.fullmatch(text.strip()) else text.strip()
    )
    if number < 0:
        raise _Wrong("negative")
    if number > _MOST:
        raise _Wrong("too_much")
    return number


def _count(_field: Field, text: str) -> Value:
    if _is_nothing(text):
        return ""
    number = _amount(text)
    if number < 0:
        raise _Wrong("negative")
    if not number.is_integer():
        raise _Wrong("not_whole")
    if number > _MOST:
        raise _Wrong("too_much")
    return int(number)


def _year(_field: Field, text: str) -> Value:
    if _is_nothing(text):
        return ""
    digits = text.strip().rstrip(".")
    if not (digits.isascii() and digits.isdigit() and 1800 <= int(digits) <= 2100):
        raise _Wrong("not_a_year")
    return int(digits)


def _degrees(_field: Field, text: str) -> Value:
    if _is_nothing(text):
        return ""
    plain = text.strip().rstrip("°").strip()
    try:
        number = _finite(plain.replace(",", ".") if _COMMA_DECIMAL.fullmatch(plain) else plain)
    except _Wrong as error:
        raise _Wrong("not_degrees") from error
    if abs(number) > 180:
        raise _Wrong("not_degrees")
    return number


_READ: Mapping[Kind, Callable[[Field, str], Value]] = {
    Kind.TEXT: _text,
    Kind.GIGA_ID: _giga_id,
    Kind.YES_NO: _yes_no,
    Kind.COUNT: _count,
    Kind.YEAR: _year,
    Kind.NUMBER: _number,
    Kind.DEGREES: _degrees,
}
