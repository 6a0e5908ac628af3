"""In which municipality a school of a file lies, and who answers for it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from mostovi.connectivity.school_master.borders import Area, distance_km, find_area, read_areas
from mostovi.connectivity.school_master.columns import fold
from mostovi.connectivity.school_master.values import SchoolRow
from mostovi.connectivity.values import FoundRow
from mostovi.kernel.institutions import find_school_authority
from mostovi.kernel.pack import pack_directory
from mostovi.kernel.territory import Government, list_governments

_BORDERS = "territory/boundaries/adm3_municipalities_simplified.geojson"
# How far outside the country a point may lie, and how far from the municipality its row names: simplified
# borders run beside the true ones, and those of Istočni Mostar and eight others by kilometres. Who names the
# canton or entity rightly as well is believed from further away.
_OUTSIDE_KM, _BESIDE_KM, _BESIDE_WITH_BOTH_NAMES_KM = 1.0, 3.0, 15.0
_KINDS_OF_PLACE = ("opcina", "opstina", "grad", "distrikt", "municipality of", "city of")


@dataclass(frozen=True)
class Country:
    """Where municipalities lie and what they are called."""

    areas: Sequence[Area]
    governments: Mapping[str, Government]

    @cached_property
    def area_by_code(self) -> Mapping[str, Area]:
        return {area.code: area for area in self.areas}

    @cached_property
    def codes_by_name(self) -> Mapping[str, tuple[str, ...]]:
        """Municipalities by their names in every language; Novi Grad is two."""
        found: dict[str, set[str]] = {}
        for government in self.governments.values():
            if government.level in {"municipality", "district"}:
                for name in {government.code, *government.names.values()}:
                    found.setdefault(_plain(name), set()).add(government.code)
        return {name: tuple(sorted(codes)) for name, codes in found.items()}

    def lies_in(self, code: str, above: str) -> bool:
        """Whether ``above`` is a name of a government above the municipality."""
        codes = self.governments[code].above
        names = {_plain(name) for each in codes for name in self.governments[each].names.values()}
        return _plain(above) in names

    def authority_of(self, municipality: str) -> str:
        """The code of the institution that answers for schools there; empty where nobody does."""
        government = self.governments.get(municipality)
        above = (municipality, *government.above) if government else ()
        authority = find_school_authority(above)
        return authority.code if authority else ""


def read_country() -> Country:
    return Country(read_areas(pack_directory() / _BORDERS), list_governments())


def _plain(name: str) -> str:
    words = fold(name)
    for kind in _KINDS_OF_PLACE:
        words = words.removeprefix(f"{kind} ")
    return words


@dataclass(frozen=True)
class Placed:
    """A row with its municipality; ``findings`` say where its own words differ, or why it lies nowhere."""

    municipality: str
    findings: tuple[FoundRow, ...] = ()


def place(row: SchoolRow, country: Country) -> Placed:
    """The municipality a row names, where its point lies in or beside that one; else the point's own."""
    latitude, longitude = float(row.values["latitude"]), float(row.values["longitude"])
    lies_in = find_area(country.areas, latitude, longitude, within_km=_OUTSIDE_KM)
    if not lies_in:
        swapped = find_area(country.areas, longitude, latitude, within_km=_OUTSIDE_KM)
        code = "swapped" if swapped else "outside_country"
        return Placed("", (_found(row, code, f"{latitude} {longitude}"),))
    named = str(row.values.get("admin2", ""))
    if not named:
        return Placed(lies_in)
    candidates = country.codes_by_name.get(_plain(named), ())
    if not candidates:
        return Placed(lies_in, (_found(row, "unknown_municipality", named, place=lies_in, fatal=False),))
    if lies_in in candidates:
        return Placed(lies_in)
    beside = next(_beside(candidates, country, row), "")
    if beside:
        return Placed(beside)
    return Placed(lies_in, (_found(row, "other_municipality", named, place=lies_in, fatal=False),))


def _beside(candidates: Sequence[str], country: Country, row: SchoolRow) -> Iterator[str]:
    """Those near the point. One without borders of its own (Stanari) is believed."""
    latitude, longitude = float(row.values["latitude"]), float(row.values["longitude"])
    for code in candidates:
        area = country.area_by_code.get(code)
        both = country.lies_in(code, str(row.values.get("admin1", "")))
        far = _BESIDE_WITH_BOTH_NAMES_KM if both else _BESIDE_KM
        if area is None or distance_km(area, latitude, longitude) <= far:
            yield code


def _found(row: SchoolRow, code: str, value: str, *, place: str = "", fatal: bool = True) -> FoundRow:
    return FoundRow(row.row, "", code, value, fatal, place=place)
