"""Giga's school master as a plain library: read a CSV file or spreadsheet, say what is wrong, write it."""

from mostovi.connectivity.school_master.columns import suggest_columns
from mostovi.connectivity.school_master.fields import FIELDS, PARENT, field_named
from mostovi.connectivity.school_master.reading import read_schools
from mostovi.connectivity.school_master.tables import TableUnreadable, read_table
from mostovi.connectivity.school_master.values import Finding, Kind, Reading, SchoolRow, Table
from mostovi.connectivity.school_master.writing import write_schools

__all__ = [
    "FIELDS",
    "PARENT",
    "Finding",
    "Kind",
    "Reading",
    "SchoolRow",
    "Table",
    "TableUnreadable",
    "field_named",
    "read_schools",
    "read_table",
    "suggest_columns",
    "write_schools",
]
