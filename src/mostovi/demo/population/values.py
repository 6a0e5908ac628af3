"""The words of the synthetic country. Every person here is invented, and every record says so."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Script = Literal["Latn", "Cyrl"]


@dataclass(frozen=True)
class Place:
    """A municipality (or Brčko District) with its settlements, by the ids of the country pack."""

    id: str
    name: str
    name_cyrillic: str
    entity: str
    canton: str
    settlements: tuple[str, ...]


@dataclass(frozen=True)
class Person:
    """A synthetic person; names in Latin script, from which a register may write Cyrillic.

    Mother and father are personal numbers of other synthetic persons, where the family goes back that far.
    """

    number: str
    given_name: str
    family_name: str
    birth_name: str
    born_on: date
    birthplace: str
    mother: str | None = None
    father: str | None = None
    synthetic: Literal[True] = True

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"


@dataclass(frozen=True)
class Marriage:
    spouses: tuple[str, str]
    married_on: date
    place: str


@dataclass(frozen=True)
class Household:
    """Who lives together, where, since when, and on how many whole KM a month together."""

    members: tuple[str, ...]
    place: str
    address: str
    since: date
    monthly_income_km: int


@dataclass(frozen=True)
class Population:
    persons: tuple[Person, ...]
    marriages: tuple[Marriage, ...]
    households: tuple[Household, ...]
