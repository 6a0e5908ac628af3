"""Real municipalities with the settlements where a school may stand, from the country pack."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib import resources

from mostovi.demo.population.scripts import is_writable, to_latin
from mostovi.demo.schools.values import Municipality, Village

_TOWNS = {"city", "town", "suburb"}


def pack_rows(folder: str, name: str) -> Iterator[dict[str, str]]:
    path = resources.files("mostovi") / "packs" / "bih" / folder / name
    with path.open(encoding="utf-8") as lines:
        yield from csv.DictReader(lines)


@cache
def list_municipalities() -> tuple[Municipality, ...]:
    """All 142 municipalities and cities and Brčko District, ordered by code."""
    rows = {row["id"]: row for row in pack_rows("territory", "admin_units.csv")}
    villages = _villages()
    return tuple(
        _municipality(row, rows, villages[row["id"]])
        for row in sorted(rows.values(), key=lambda row: row["id"])
        if row["level"] in {"municipality", "district"}
    )


def _municipality(
    row: dict[str, str], rows: dict[str, dict[str, str]], villages: list[Village]
) -> Municipality:
    admin1 = row["canton_id"] or row["entity_id"]
    seat = Village(_short_name(row), float(row["lat"]), float(row["lon"]), "town")
    towns = tuple(each for each in villages if each.kind in _TOWNS) or (seat,)
    return Municipality(
        code=row["id"],
        name=row["name_bs"],
        admin1=admin1,
        admin1_name=rows[admin1]["name_bs"],
        population=int(row["population_2013"]),
        towns=towns,
        villages=tuple(each for each in villages if each.kind == "village"),
    )


def _short_name(row: dict[str, str]) -> str:
    return "Brčko" if row["level"] == "district" else row["name_bs"].partition(" (")[0]


def _villages() -> dict[str, list[Village]]:
    """Each name once in a municipality; one in two scripts keeps its Latin half."""
    found: dict[str, dict[str, Village]] = defaultdict(dict)
    for row in sorted(pack_rows("territory", "settlements_osm.csv"), key=lambda row: row["osm_node_id"]):
        name = to_latin(row["name"].split(" / ")[-1].strip())
        if is_writable(name):
            village = Village(name, float(row["lat"]), float(row["lon"]), row["place"])
            found[row["municipality_id"]].setdefault(name, village)
    return defaultdict(list, {code: [names[name] for name in sorted(names)] for code, names in found.items()})
