"""What goes on without anybody clicking; the worker calls it every second."""

import csv
import os
from datetime import datetime
from pathlib import Path

from django.conf import settings

from mostovi.connectivity.queries.sites import last_change, list_uids
from mostovi.kernel.access import system_actor
from mostovi.kernel.territory import list_governments

WORKER = system_actor("worker")
_written: dict[Path, tuple[int, datetime | None]] = {}


def write_list_for_probe() -> None:
    """The sites that may measure, as a file the probe reads again when it changes; whole or not at all."""
    if not settings.PROBE_SCHOOLS:
        return
    path = Path(settings.PROBE_SCHOOLS)
    version = last_change(WORKER)
    if _written.get(path) == version and path.exists():
        return
    country = next((each.code for each in list_governments().values() if each.level == "state"), "")
    _write(path, [(str(uid), country.upper()) for uid in list_uids(WORKER)])
    _written[path] = version


def _write(path: Path, rows: list[tuple[str, str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.draft")
    with draft.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("giga_id_school", "country_code"))
        writer.writerows(rows)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
