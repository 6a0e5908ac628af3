"""The words of the generator."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Village:
    """A real settlement where a school may stand."""

    name: str
    latitude: float
    longitude: float
    kind: str


@dataclass(frozen=True)
class Municipality:
    """A real municipality: ``admin1`` is the canton, entity or district that answers for its schools."""

    code: str
    name: str
    admin1: str
    admin1_name: str
    population: int
    towns: tuple[Village, ...]
    villages: tuple[Village, ...]


@dataclass(frozen=True)
class DraftSchool:
    """A school before it has figures. ``parent`` is the number of its central school for a branch."""

    number: str
    name: str
    municipality: Municipality
    latitude: float
    longitude: float
    level: str
    urban: bool
    real: bool
    parent: str = ""
