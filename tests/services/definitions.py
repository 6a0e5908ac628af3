"""The two services of the pack, and facts and answers as the cast gives them."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import mostovi.packs.bih
from mostovi.services.definition import Country, ServiceDefinition, load_files, load_service
from mostovi.services.pack_country import read_country

FOLDERS = Path(mostovi.packs.bih.__path__[0]) / "services"
ON = date(2026, 11, 21)
AMRAS_FACTS: dict[str, Any] = {
    "name": "Amra Kovač",
    "address": "Ulica lipa 14",
    "municipality": "Tuzla",
    "resident_since": "2019-03-12",
    "children": [
        {"given_name": "Dino", "family_name": "Kovač", "born_on": "2019-09-02", "born_in": "Brčko"},
    ],
    "spouse_name": "Emir Kovač",
    "married_on": "2018-06-08",
    "married_in": "Bijeljina",
    "monthly_income": 69_000,
    "household_members": 3,
}
AMRAS_ANSWERS: dict[str, Any] = {
    "lives_with_you": "all",
    "lives_since": "2019-09-02",
    "account": "BA391290079401028494",
    "tell_by": "email",
    "email": "amra@example.org",
}


@cache
def service(key: str) -> ServiceDefinition:
    return load_service(FOLDERS / key)


def changed(key: str, file: str, old: str, new: str) -> ServiceDefinition:
    """A service with one change in one of its files."""
    files = dict(service(key).files)
    assert old in files[file], f"{file} does not hold {old!r}"
    files[file] = files[file].replace(old, new, 1)
    return load_files(files, key=key, country=country())


@cache
def country() -> Country:
    return read_country(FOLDERS.parent)
