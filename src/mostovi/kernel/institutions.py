"""The institutions of the country pack: who holds which register, and where they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML

from mostovi.kernel.errors import NotFound
from mostovi.kernel.languages import current_variant, text_in
from mostovi.kernel.pack import pack_directory


@dataclass(frozen=True)
class Institution:
    """``names``, ``short``, ``kind`` and ``place`` hold a text per language (bs, hr, sr, en)."""

    code: str
    level: str
    unit: str
    names: Mapping[str, str]
    short: Mapping[str, str]
    kind: Mapping[str, str]
    place: Mapping[str, str]
    latitude: float
    longitude: float
    prefix: str
    registers: tuple[str, ...]
    subsystems: tuple[str, ...]

    def name_in(self, variant: str | None = None) -> str:
        return text_in(self.names, variant or current_variant())

    def short_name_in(self, variant: str | None = None) -> str:
        return text_in(self.short, variant or current_variant())

    def place_in(self, variant: str | None = None) -> str:
        return text_in(self.place, variant or current_variant())


def _institution(row: dict[str, Any]) -> Institution:
    return Institution(
        **{**row, "registers": tuple(row["registers"]), "subsystems": tuple(row["subsystems"])}
    )


@lru_cache(maxsize=1)
def list_institutions() -> tuple[Institution, ...]:
    """All of them, alphabetically by code."""
    rows = YAML(typ="safe").load(pack_directory() / "institutions.yaml")
    return tuple(_institution(row) for row in rows)


def list_on_the_bridge() -> tuple[Institution, ...]:
    """Those with systems of their own on the exchange."""
    return tuple(institution for institution in list_institutions() if institution.subsystems)


def find_school_authority(units: Sequence[str]) -> Institution | None:
    """Who answers for the schools of a place; ``units`` are its codes, itself first, the state last.

    The nearest government that keeps a register of schools: a canton, else an entity or the district.
    """
    authorities = {each.unit: each for each in list_institutions() if "schools" in each.registers}
    return next((authorities[unit] for unit in units if unit in authorities), None)


def find_institution(code: str) -> Institution:
    for institution in list_institutions():
        if institution.code == code:
            return institution
    raise NotFound("We do not know this institution.", code="unknown_institution")


def translate_certificate_name(name: str) -> str:
    """The name in a certificate, which is English, in the page's language; an unknown name stays as it is."""
    known = (institution for institution in list_institutions() if institution.names["en"] == name)
    institution = next(known, None)
    return institution.name_in() if institution else name
