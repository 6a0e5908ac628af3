"""Opens one spreadsheet from its input and tells its first table as JSON; ends when it takes too much.

Run by ``tables``, never imported by a program that serves people. Reads xlsx, xlsm, xlsb, xls and ods.
"""

import io
import json
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

_MOST_BYTES = 768 * 1024 * 1024
_MOST_SECONDS = 45
_MOST_CELLS = 3_000_000


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_MOST_SECONDS, _MOST_SECONDS))
    json.dump(_tell(sys.stdin.buffer.read()), sys.stdout)
    return 0


def _tell(content: bytes) -> dict[str, Any]:
    try:
        sheet = _first_table(CalamineWorkbook.from_filelike(io.BytesIO(content)))
    except PasswordError:
        return {"refused": "has_a_password"}
    except CalamineError:
        return {"refused": "spreadsheet_unreadable"}
    if sheet is None:
        return {"refused": "no_rows"}
    if sheet.total_height * sheet.total_width > _MOST_CELLS:
        return {"refused": "too_large"}
    return _rows_of(sheet)


def _first_table(book: CalamineWorkbook) -> CalamineSheet | None:
    """The first sheet with more than one row: a cover page has no table."""
    sheets = [book.get_sheet_by_name(name) for name in book.sheet_names]
    return next((sheet for sheet in sheets if sheet.total_height > 1 and sheet.total_width > 1), None)


def _rows_of(sheet: CalamineSheet) -> dict[str, Any]:
    rows = [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    merged = list(_joined_cells(sheet))
    for row, column, from_row, from_column in merged:
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = rows[from_row][from_column]
    return {"rows": rows, "merged": [(row, column) for row, column, _, _ in merged]}


def _joined_cells(sheet: CalamineSheet) -> Iterator[tuple[int, int, int, int]]:
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        for row in range(top, min(bottom, sheet.total_height) + 1):
            for column in range(left, min(right, sheet.total_width) + 1):
                if (row, column) != (top, left):
                    yield row, column, top, left


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)


if __name__ == "__main__":
    sys.exit(main())
