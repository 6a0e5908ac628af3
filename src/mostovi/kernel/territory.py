"""The tree of governments, loaded from the country pack."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from mostovi.kernel.languages import current_variant, text_in, to_latin
from mostovi.kernel.models import Unit
from mostovi.kernel.pack import pack_directory


@dataclass(frozen=True)
class Place:
    code: str
    level: str
    name: str
    parents: tuple[str, ...]
    parent_codes: tuple[str, ...]


@dataclass(frozen=True)
class LoadReport:
    """What loading a pack changed."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    closed: tuple[str, ...]
    unchanged: int


def load_territory(*, today: date) -> LoadReport:
    """Bring the units up to date with the pack: idempotent; a unit gone from it is closed, never deleted."""
    rows = {row["id"]: row for row in _pack_rows()}
    with transaction.atomic():
        before = {unit.code: unit for unit in Unit.objects.all()}
        added, changed = [], []
        for code in _parents_first(rows):
            wanted = _columns(rows[code])
            if code not in before:
                added.append(Unit(code=code, **wanted))
            elif any(getattr(before[code], key) != value for key, value in wanted.items()):
                Unit.objects.filter(pk=code).update(**wanted)
                changed.append(code)
        Unit.objects.bulk_create(added)
        gone = [code for code, unit in before.items() if code not in rows and unit.closed_on is None]
        Unit.objects.filter(pk__in=gone).update(closed_on=today)
    new = tuple(unit.code for unit in added)
    return LoadReport(new, tuple(changed), tuple(gone), len(rows) - len(new) - len(changed))


def is_loaded() -> bool:
    """Whether the pack has been loaded at all."""
    return Unit.objects.exists()


def _pack_rows() -> Iterator[dict[str, str]]:
    with (pack_directory() / "territory" / "admin_units.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _parents_first(rows: dict[str, dict[str, str]]) -> Iterator[str]:
    placed: set[str] = set()
    waiting = list(rows)
    while waiting:
        ready = [code for code in waiting if not rows[code]["parent_id"] or rows[code]["parent_id"] in placed]
        yield from ready
        placed.update(ready)
        waiting = [code for code in waiting if code not in placed]


def _columns(row: dict[str, str]) -> dict[str, Any]:
    return {
        "parent_id": row["parent_id"] or None,
        "level": row["level"],
        "kind": row["type"],
        "names": {
            "bs": row["name_bs"],
            "hr": row["name_hr"],
            "sr": row["name_sr_cyrl"],
            "en": row["name_en"],
        },
        "other_names": row["alt_names"],
        "population_2013": int(row["population_2013"]) if row["population_2013"] else None,
        "latitude": float(row["lat"]) if row["lat"] else None,
        "longitude": float(row["lon"]) if row["lon"] else None,
        "closed_on": None,
    }


_PLAIN = str.maketrans("čćžšđ", "cczsd")


def _folded(text: str) -> str:
    return to_latin(text).lower().translate(_PLAIN)


def find_places(text: str, *, limit: int = 10) -> list[Place]:
    """Units whose name begins with or contains ``text``, in either script, with or without diacritics."""
    wanted = _folded(text.strip())
    if not wanted:
        return []
    units = {unit.code: unit for unit in Unit.objects.filter(closed_on=None)}
    hits = [unit for unit in units.values() if any(wanted in _folded(name) for name in unit.names.values())]
    hits.sort(key=lambda unit: (not _folded(unit.names["bs"]).startswith(wanted), unit.names["bs"]))
    return [_place(unit, units) for unit in hits[:limit]]


def _place(unit: Unit, units: dict[str, Unit]) -> Place:
    variant = current_variant()
    above = []
    code = unit.parent_id
    while code:
        above.append(code)
        code = units[code].parent_id
    names = tuple(text_in(units[code].names, variant) for code in above)
    return Place(unit.code, unit.level, text_in(unit.names, variant), names, tuple(above))


@dataclass(frozen=True)
class Government:
    """A unit with the codes of those above it, the nearest first; ``names`` per language (bs, hr, sr, en)."""

    code: str
    level: str
    names: Mapping[str, str]
    above: tuple[str, ...]

    def name_in(self, variant: str | None = None) -> str:
        return text_in(self.names, variant or current_variant())


def list_governments() -> dict[str, Government]:
    """All that are not closed, by code."""
    units = {unit.code: unit for unit in Unit.objects.filter(closed_on=None)}

    def above(code: str | None) -> Iterator[str]:
        while code in units:
            yield code
            code = units[code].parent_id

    return {
        unit.code: Government(unit.code, unit.level, unit.names, tuple(above(unit.parent_id)))
        for unit in units.values()
    }


def count_levels() -> dict[str, int]:
    """How many governments there are at each level, today."""
    counts: dict[str, int] = {}
    for level in Unit.objects.filter(closed_on=None).values_list("level", flat=True):
        counts[level] = counts.get(level, 0) + 1
    return counts
