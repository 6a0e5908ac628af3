"""Fills an institution's register with what happened in its place, written in its script."""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources
from pathlib import Path

from mostovi.demo.members import Member
from mostovi.demo.population.cast import cast_population
from mostovi.demo.population.places import find_place
from mostovi.demo.population.scripts import to_cyrillic
from mostovi.demo.population.values import Household, Marriage, Person, Population, Script
from mostovi.demo.registers.entitlements import Entitlement, grant_rights

Row = tuple[object, ...]
CYRILLIC_REGISTERS = {"banja-luka-administration", "bijeljina-registrar"}
# Brčko writes in the script the parents chose; here every second entry, whoever they are.
REGISTERS_IN_BOTH_SCRIPTS = {"brcko-registrar"}
CITIZENSHIP = {"Latn": "Bosna i Hercegovina", "Cyrl": "Босна и Херцеговина"}


def make_register(path: Path, member: Member, population: Population, *, today: date) -> None:
    """Write the member's register to a new SQLite file; ``today`` dates the last three months of income."""
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    connection = sqlite3.connect(draft)
    try:
        schema = resources.files("mostovi.demo.registers") / "schema.sql"
        connection.executescript(schema.read_text(encoding="utf-8"))
        writer = _Writer(member, population, {person.number: person for person in population.persons}, today)
        with connection:
            for register in member.registers:
                _FILL[register](writer, connection)
    finally:
        connection.close()
    draft.replace(path)


@dataclass(frozen=True)
class _Writer:
    member: Member
    population: Population
    persons: dict[str, Person]
    today: date

    def script_of(self, serial: int, *numbers: str) -> Script:
        if self.member.code in CYRILLIC_REGISTERS:
            return "Cyrl"
        if self.member.code in REGISTERS_IN_BOTH_SCRIPTS and not _CAST.intersection(numbers):
            return "Cyrl" if serial % 2 else "Latn"
        return "Latn"

    def name_of(self, number: str | None, script: Script) -> str | None:
        person = self.persons.get(number or "")
        return _written(person.name, script) if person else None


_CAST = frozenset(person.number for person in cast_population().persons)


def _written(text: str, script: Script) -> str:
    return to_cyrillic(text) if script == "Cyrl" else text


def _place_name(place_id: str, script: Script) -> str:
    place = find_place(place_id)
    return place.name_cyrillic if script == "Cyrl" else place.name


def _entries_by_year(days: list[date]) -> Iterator[tuple[int, str]]:
    """A serial and a register number such as 412/2019 for each day, counted afresh every year."""
    last: dict[int, int] = defaultdict(int)
    for day in days:
        last[day.year] += 1
        yield last[day.year], f"{last[day.year]}/{day.year}"


def _fill_births(writer: _Writer, connection: sqlite3.Connection) -> None:
    here = [person for person in writer.population.persons if person.birthplace == writer.member.unit]
    here.sort(key=lambda person: (person.born_on, person.number))
    entries = zip(here, _entries_by_year([person.born_on for person in here]), strict=True)
    connection.executemany(
        f"INSERT INTO births VALUES ({_marks(13)})",  # noqa: S608 - only question marks
        (_birth_row(writer, person, serial, number) for person, (serial, number) in entries),
    )


def _birth_row(writer: _Writer, person: Person, serial: int, register_number: str) -> Row:
    script = writer.script_of(serial, person.number)
    return (
        person.number,
        _written(person.given_name, script),
        _written(person.birth_name, script),
        person.born_on.isoformat(),
        _place_name(person.birthplace, script),
        person.mother,
        writer.name_of(person.mother, script),
        person.father,
        writer.name_of(person.father, script),
        CITIZENSHIP[script],
        register_number,
        script,
        1,
    )


def _fill_marriages(writer: _Writer, connection: sqlite3.Connection) -> None:
    here = [marriage for marriage in writer.population.marriages if marriage.place == writer.member.unit]
    here.sort(key=lambda marriage: (marriage.married_on, marriage.spouses))
    entries = zip(here, _entries_by_year([marriage.married_on for marriage in here]), strict=True)
    connection.executemany(
        f"INSERT INTO marriages VALUES ({_marks(6)})",  # noqa: S608 - only question marks
        (
            row
            for marriage, (serial, number) in entries
            for row in _marriage_rows(writer, marriage, serial, number)
        ),
    )


def _marriage_rows(writer: _Writer, marriage: Marriage, serial: int, register_number: str) -> Iterator[Row]:
    script = writer.script_of(serial, *marriage.spouses)
    place = _place_name(marriage.place, script)
    for spouse, other in (marriage.spouses, marriage.spouses[::-1]):
        yield (
            spouse,
            writer.name_of(other, script),
            marriage.married_on.isoformat(),
            place,
            register_number,
            1,
        )


def _fill_residence(writer: _Writer, connection: sqlite3.Connection) -> None:
    homes = (
        home for home in writer.population.households if find_place(home.place).canton == writer.member.unit
    )
    connection.executemany(
        f"INSERT INTO residence VALUES ({_marks(7)})",  # noqa: S608 - only question marks
        (row for home in homes for row in _residence_rows(writer, home)),
    )


def _residence_rows(writer: _Writer, home: Household) -> Iterator[Row]:
    municipality = _place_name(home.place, "Latn")
    for number in home.members:
        # Nobody has lived anywhere before being born.
        since = max(home.since, writer.persons[number].born_on).isoformat()
        name = writer.name_of(number, "Latn")
        yield number, name, home.address, municipality, since, len(home.members), 1


def _fill_income(writer: _Writer, connection: sqlite3.Connection) -> None:
    homes = (
        home for home in writer.population.households if find_place(home.place).entity == writer.member.unit
    )
    period = last_three_months(writer.today)
    connection.executemany(
        f"INSERT INTO income VALUES ({_marks(5)})",  # noqa: S608 - only question marks
        (
            (number, home.monthly_income_km, len(home.members), period, 1)
            for home in homes
            for number in home.members
        ),
    )


def _fill_entitlements(writer: _Writer, connection: sqlite3.Connection) -> None:
    """Nothing for the cast: what they are granted, officials decide while people watch."""
    homes = [
        home
        for home in writer.population.households
        if home.place == writer.member.unit and not _CAST.intersection(home.members)
    ]
    connection.executemany(
        f"INSERT INTO entitlements VALUES ({_marks(6)})",  # noqa: S608 - only question marks
        (_entitlement_row(each) for each in grant_rights(homes, writer.persons, writer.today)),
    )


def _entitlement_row(granted: Entitlement) -> Row:
    until = granted.until.isoformat() if granted.until else None
    return granted.holder, granted.right, granted.since.isoformat(), until, granted.amount_km, 1


def last_three_months(today: date) -> str:
    """The last three whole months as an ISO 8601 interval, for example 2026-08/2026-10."""
    end = today.replace(day=1) - timedelta(days=1)
    start = end
    for _ in range(2):
        start = start.replace(day=1) - timedelta(days=1)
    return f"{start:%Y-%m}/{end:%Y-%m}"


def _marks(count: int) -> str:
    return ", ".join("?" * count)


_FILL: dict[str, Callable[[_Writer, sqlite3.Connection], None]] = {
    "births": _fill_births,
    "marriages": _fill_marriages,
    "residence": _fill_residence,
    "income": _fill_income,
    "entitlements": _fill_entitlements,
}
