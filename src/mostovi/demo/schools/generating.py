"""Completes the schools that OpenStreetMap knows to as many as the country has.

Calibrated to the published national figures (biscani.net, *Zajedničkim naporima ka smanjenju digitalnog jaza
u obrazovanju*): 2,061 schools, 583 of them without internet, 579 of those branch schools, with more than
14,000 pupils. Everything else is chance: no open list says how any one school is connected. Same seed, same
schools.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

from mostovi.demo.schools import naming
from mostovi.demo.schools.figures import SEED, figures_of
from mostovi.demo.schools.places import list_municipalities, pack_rows
from mostovi.demo.schools.shares import share_out, share_within
from mostovi.demo.schools.values import DraftSchool, Municipality, Village

SCHOOLS = 2061
OFFLINE_CENTRAL, OFFLINE_BRANCHES = 4, 579
OFFLINE_PUPILS = 14_236
# How many schools are branches or secondary schools our sources do not say; these two are ours.
_BRANCHES, _SECONDARY = 960, 290
_METRES = 0.000009  # degrees of latitude

Values = dict[str, str | int | float]


def generate_schools(seed: int = SEED) -> list[tuple[DraftSchool, Values]]:
    """Every school of the demonstration with what Giga's school master would say of it, ordered by number."""
    random = Random(seed)  # noqa: S311  chance for a demonstration, which must come out alike again
    drafts = list(_drafts(random))
    offline = _choose_offline(drafts, random)
    weights = [random.lognormvariate(0, 0.5) * (4 if not each.parent else 1) for each in offline]
    pupils = dict(
        zip((each.number for each in offline), share_out(OFFLINE_PUPILS, weights, at_least=3), strict=True)
    )
    return [(draft, figures_of(draft, pupils.get(draft.number), random)) for draft in drafts]


def _drafts(random: Random) -> Iterator[DraftSchool]:
    real = list(_real_schools())
    municipalities = list_municipalities()
    people = [float(each.population) for each in municipalities]
    missing_secondary = _SECONDARY - sum(each.level == "secondary" for each in real)
    missing_primary = SCHOOLS - _BRANCHES - _SECONDARY - sum(each.level == "primary" for each in real)
    secondary = share_out(missing_secondary, people)
    primary = share_out(missing_primary, [number**0.8 for number in people], at_least=1)
    room = [max(0, len(each.villages) - wanted) for each, wanted in zip(municipalities, primary, strict=True)]
    branches = share_within(
        _BRANCHES, [math.sqrt(each.population * (1 + len(each.villages))) for each in municipalities], room
    )
    yield from real
    numbers = (f"SYN-{number:04}" for number in range(1, SCHOOLS + 1))
    for at, municipality in enumerate(municipalities):
        here = [each for each in real if each.municipality.code == municipality.code]
        yield from _Filling(municipality, here, random, numbers).fill(
            primary[at], secondary[at], branches[at]
        )


def _real_schools() -> Iterator[DraftSchool]:
    by_code = {each.code: each for each in list_municipalities()}
    for row in sorted(pack_rows("connectivity", "schools_osm.csv"), key=lambda row: int(row["osm_node_id"])):
        municipality = by_code[row["municipality_id"]]
        latitude, longitude = float(row["latitude"]), float(row["longitude"])
        yield DraftSchool(
            number=f"OSM-{row['osm_node_id']}",
            name=row["name"],
            municipality=municipality,
            latitude=latitude,
            longitude=longitude,
            level=row["level"],
            urban=any(_kilometres(latitude, longitude, town) < 2 for town in municipality.towns),
            real=True,
        )


class _Filling:
    """Puts the missing schools of one municipality at its settlements, one village after the other."""

    def __init__(
        self,
        municipality: Municipality,
        real: Sequence[DraftSchool],
        random: Random,
        numbers: Iterator[str],
    ) -> None:
        self.municipality, self.random, self.numbers = municipality, random, numbers
        self.central = [each for each in real if each.level == "primary"]
        self.villages = list(municipality.villages)
        random.shuffle(self.villages)
        self.schools_at: dict[tuple[str, str], int] = defaultdict(int)

    def fill(self, primary: int, secondary: int, branches: int) -> Iterator[DraftSchool]:
        for nth in range(primary):
            in_town = not self.villages or nth % 3 != 2
            draft = self._central("primary", self._town() if in_town else self.villages.pop(), urban=in_town)
            self.central.append(draft)
            yield draft
        for _ in range(secondary):
            yield self._central("secondary", self._town(), urban=True)
        for _ in range(branches):
            yield self._branch(self.villages.pop())

    def _town(self) -> Village:
        return self.random.choice(self.municipality.towns)

    def _central(self, level: str, village: Village, *, urban: bool) -> DraftSchool:
        nth = self.schools_at[village.name, level]
        self.schools_at[village.name, level] += 1
        language = naming.language_of(self.municipality, self.random)
        if level == "primary":
            name = naming.name_primary(village.name, nth, language, self.random)
        else:
            name = naming.name_secondary(village.name, nth, language)
        return self._draft(name, village, level, urban=urban)

    def _branch(self, village: Village) -> DraftSchool:
        name = naming.name_branch(
            village.name, naming.language_of(self.municipality, self.random), self.random
        )
        draft = self._draft(name, village, "primary", urban=False)
        nearest = min(self.central, key=lambda each: (_apart(draft, each), each.number))
        return replace(draft, parent=nearest.number)

    def _draft(self, name: str, village: Village, level: str, *, urban: bool) -> DraftSchool:
        """Some hundred metres from the middle of its place."""
        north, east = (self.random.uniform(-300, 300) * _METRES for _ in range(2))
        return DraftSchool(
            number=next(self.numbers),
            name=name,
            municipality=self.municipality,
            latitude=round(village.latitude + north, 5),
            longitude=round(village.longitude + east / math.cos(math.radians(village.latitude)), 5),
            level=level,
            urban=urban,
            real=False,
        )


def _kilometres(latitude: float, longitude: float, village: Village) -> float:
    aside = (longitude - village.longitude) * math.cos(math.radians(latitude))
    return math.hypot(latitude - village.latitude, aside) * 111.32


def _apart(one: DraftSchool, other: DraftSchool) -> float:
    return math.hypot(one.latitude - other.latitude, (one.longitude - other.longitude) * 0.72)


def _choose_offline(drafts: Sequence[DraftSchool], random: Random) -> list[DraftSchool]:
    """None of the real schools: of none of them anybody said that it has no internet."""
    made = [each for each in drafts if not each.real]
    branches = random.sample([each for each in made if each.parent], OFFLINE_BRANCHES)
    central = random.sample([each for each in made if not each.parent and not each.urban], OFFLINE_CENTRAL)
    return sorted([*branches, *central], key=lambda each: each.number)
