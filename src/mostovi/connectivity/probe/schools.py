"""Which schools may report: a file that the portal writes and the probe reads again when it changes."""

import csv
import logging
from pathlib import Path

from mostovi.connectivity.probe.claims import school_named
from mostovi.connectivity.probe.values import School

logger = logging.getLogger(__name__)


class Schools:
    """A CSV file with the columns ``giga_id_school`` and ``country_code``; others are ignored."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.known: dict[str, School] = {}
        self.seen: tuple[int, int] | None = None

    def find(self, name: str) -> School | None:
        return self.known.get(name)

    def read_again(self) -> list[str]:
        """The schools that are new since the last time. A file that cannot be read changes nothing."""
        if self.path is None:
            return []
        try:
            status = self.path.stat()
            if (status.st_mtime_ns, status.st_size) == self.seen:
                return []
            known = read_schools(self.path)
        except (OSError, ValueError, csv.Error) as error:
            logger.warning("the list of schools cannot be read: %s", error)
            return []
        self.seen = (status.st_mtime_ns, status.st_size)
        new = [name for name in known if name not in self.known]
        self.known = known
        return new


def read_schools(path: Path) -> dict[str, School]:
    """Raises OSError, csv.Error, and ValueError when the file has no column ``giga_id_school``."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if "giga_id_school" not in (rows.fieldnames or ()):
            raise ValueError(f"{path} has no column giga_id_school")
        read = (
            School(school_named(row["giga_id_school"]), (row.get("country_code") or "").upper())
            for row in rows
        )
        return {school.id: school for school in read if school.id}
