"""Real municipalities and settlements, from the country pack."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib import resources

from mostovi.demo.population.scripts import is_writable, to_latin
from mostovi.demo.population.values import Place


def _rows(name: str) -> Iterator[dict[str, str]]:
    path = resources.files("mostovi") / "packs" / "bih" / "territory" / name
    with path.open(encoding="utf-8") as lines:
        yield from csv.DictReader(lines)


def _settlements() -> dict[str, tuple[str, ...]]:
    """Villages and towns of each municipality; a name in two scripts keeps its Latin half."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in _rows("settlements_osm.csv"):
        name = to_latin(row["name"].split(" / ")[-1].strip())
        if row["place"] in {"town", "village"} and is_writable(name):
            found[row["municipality_id"]].add(name)
    return {municipality: tuple(sorted(names)) for municipality, names in found.items()}


@cache
def list_places() -> tuple[Place, ...]:
    """All 142 municipalities and cities and Brčko District, ordered by id."""
    settlements = _settlements()
    return tuple(
        Place(
            id=row["id"],
            name="Brčko" if row["level"] == "district" else row["name_bs"],
            name_cyrillic="Брчко" if row["level"] == "district" else row["name_sr_cyrl"],
            entity=row["entity_id"],
            canton=row["canton_id"],
            settlements=settlements.get(row["id"], ()),
        )
        for row in sorted(_rows("admin_units.csv"), key=lambda unit: unit["id"])
        if row["level"] in {"municipality", "district"}
    )


@cache
def find_place(place_id: str) -> Place:
    return next(place for place in list_places() if place.id == place_id)
