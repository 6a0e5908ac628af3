"""What is known of the country around a service, as plain values: who there is, and what was agreed."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Agreement:
    """A contract: ``consumer`` may ask ``provider`` for these fields of ``service``."""

    id: str
    consumer: str
    provider: str
    service: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Country:
    """Codes of institutions and of territorial units, and the contracts."""

    institutions: tuple[str, ...]
    units: tuple[str, ...]
    agreements: tuple[Agreement, ...]

    def agreements_of(self, consumer: str) -> Iterator[Agreement]:
        return (agreement for agreement in self.agreements if agreement.consumer == consumer)
