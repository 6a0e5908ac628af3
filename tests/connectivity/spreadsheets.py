"""Spreadsheets as offices send them, made by hand where no library writes what we want to see refused."""

import io
import warnings
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

from openpyxl import Workbook

Rows = Sequence[Sequence[object]]


def an_xlsx(rows: Rows, merged: Sequence[str] = ()) -> bytes:
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(list(row))
    for cells in merged:
        sheet.merge_cells(cells)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def an_ods(rows: Rows) -> bytes:
    cells = "".join(
        "<table:table-row>" + "".join(_ods_cell(value) for value in row) + "</table:table-row>"
        for row in rows
    )
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    document = (
        f'<?xml version="1.0"?><office:document-content {names}><office:body><office:spreadsheet>'
        f'<table:table table:name="List">{cells}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", document)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return content.getvalue()


def _ods_cell(value: object) -> str:
    if isinstance(value, int | float):
        return (
            f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p>'
            "</table:table-cell>"
        )
    text = escape(str(value))
    return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def with_a_sheet(content: bytes, sheet: str) -> bytes:
    """The workbook with the XML of its first sheet replaced."""
    changed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, sheet if name == "xl/worksheets/sheet1.xml" else old.read(name))
    return changed.getvalue()


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def one_cell_at(place: str) -> bytes:
    """A small file that claims a table as large as a spreadsheet can be."""
    sheet = (
        f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        f'<row r="1048576"><c r="{place}"><v>1</v></c></row></sheetData></worksheet>'
    )
    return with_a_sheet(an_xlsx([["a", "b"], ["c", "d"]]), sheet)


def a_bomb() -> bytes:
    """Eight hundred megabytes of text in a file of some eight hundred kilobytes."""
    content = io.BytesIO(an_xlsx([["a", "b"], ["c", "d"]]))
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # the second file of this name is the one that is read
        with archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as strings:
            strings.write(f'<sst xmlns="{MAIN}"><si><t>'.encode())
            for _ in range(100):
                strings.write(b"a" * 8_000_000)
            strings.write(b"</t></si></sst>")
    return content.getvalue()
