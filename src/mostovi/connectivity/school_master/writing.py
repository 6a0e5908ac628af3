"""Schools as a CSV file with exactly Giga's fields, in Giga's order."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping

from mostovi.connectivity.school_master.fields import FIELDS
from mostovi.connectivity.school_master.values import Value


def write_schools(schools: Iterable[Mapping[str, Value]]) -> Iterator[str]:
    """UTF-8 with commas, a header first; what a school does not say is an empty cell.

    Reading it again gives the same values. Yields line by line.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    names = [field.name for field in FIELDS]
    writer.writerow(names)
    yield buffer.getvalue()
    for school in schools:
        buffer.seek(0)
        buffer.truncate()
        writer.writerow([_cell(school.get(name, "")) for name in names])
        yield buffer.getvalue()


def _cell(value: Value) -> str:
    return repr(value) if isinstance(value, float) else str(value)
