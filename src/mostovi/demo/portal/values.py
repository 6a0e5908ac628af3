"""The words of the first page: whom one can be, and a message that crossed the bridge."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Look = Literal["ok", "wait", "no"]
Force = Literal["yes", "agreement", "no", "not_needed"]


@dataclass(frozen=True)
class Shoes:
    """Somebody whose shoes one can step into; ``href`` leads to what they came to do."""

    where: str
    name: str
    errand: str
    href: str


@dataclass(frozen=True)
class Told:
    """One event as live tells it, numbered. Holds institutions and codes, never a person."""

    number: int
    at: datetime
    kind: str
    consumer: str
    provider: str
    service: str
    purpose: Mapping[str, str]
    legal_basis: Mapping[str, str]
    in_force: bool
    mark: str | None
    fields: tuple[str, ...]
    outcome: str
    error: str | None
    log_entry: str | None
    signatures: str

    @property
    def crossed_the_bridge(self) -> bool:
        """A signed message travelled back from another institution."""
        if self.consumer == self.provider or self.kind == "seal":
            return False
        return self.outcome == "answered" or (self.outcome == "refused" and self.signatures == "both")


@dataclass(frozen=True)
class Message:
    """An event in words, as the feed shows it."""

    number: int
    at: datetime
    headline: str
    tag: str
    look: Look
    asked: str
    purpose: str
    mark: str | None
    legal_basis: str
    force: Force
    travelled: str
    signature: str
    log_entry: str | None


@dataclass(frozen=True)
class Plugs:
    """Which institutions answer, and which of the others were unplugged on purpose."""

    answering: frozenset[str]
    unplugged: frozenset[str]


def read_told(row: Mapping[str, Any]) -> Told:
    keys = Told.__dataclass_fields__.keys()
    known = {key: value for key, value in row.items() if key in keys}
    at = datetime.fromisoformat(known["at"])
    return Told(**{**known, "at": at, "fields": tuple(known["fields"])})
