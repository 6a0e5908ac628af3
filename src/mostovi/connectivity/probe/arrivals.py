"""From a payload at the door to what the store takes: read, or put aside with the reason. No network here."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mostovi.connectivity.probe import rules
from mostovi.connectivity.probe.claims import (
    Claims,
    claims_of_check,
    claims_of_measurement,
    school_named,
)
from mostovi.connectivity.probe.privacy import Keeping, keep
from mostovi.connectivity.probe.rules import Find, Unfit
from mostovi.connectivity.probe.values import Arrival, Aside, Kind, Reason, Record


@dataclass(frozen=True)
class Door:
    """What the door knows: the key of pseudonyms, what a setting keeps, and which schools there are."""

    secret: bytes
    keeping: tuple[Keeping, ...]
    find: Find

    def measurement(self, payload: dict[str, Any], received_at: int) -> Arrival:
        claims = claims_of_measurement(payload, self.secret)
        item = measurement_or_aside(claims, received_at, self.find)
        return Arrival(item, keep(payload, self.keeping, received_at))

    def checks(self, payloads: Sequence[Any], school: str, shift: int, received_at: int) -> list[Arrival]:
        """Records of one school's batch, or a part of it, whose clock runs ahead by ``shift``."""
        return [self._check(each, school_named(school), shift, received_at) for each in payloads]

    def _check(self, payload: Any, school: str, shift: int, received_at: int) -> Arrival:
        if not isinstance(payload, dict):
            key = hashlib.blake2b(repr(payload).encode("utf-8", "replace"), digest_size=16).digest()
            return Arrival(Aside(key, Reason.NOT_AN_OBJECT, Kind.CHECK, school, received_at))
        claims = claims_of_check(payload, school, self.secret)
        item = check_or_aside(claims, received_at, self.find, shift)
        return Arrival(item, keep(payload, self.keeping, received_at))


def measurement_or_aside(claims: Claims, received_at: int, find: Find) -> Record | Aside:
    try:
        return rules.read_measurement(claims, received_at, find)
    except Unfit as unfit:
        key = rules.measurement_key(claims)
        return Aside(key, unfit.reason, Kind.MEASUREMENT, claims.get("school"), received_at, claims)


def check_or_aside(claims: Claims, received_at: int, find: Find, shift: int) -> Record | Aside:
    try:
        return rules.read_check(claims, received_at, find, shift)
    except Unfit as unfit:
        key = rules.check_key(claims)
        return Aside(key, unfit.reason, Kind.CHECK, claims.get("school"), received_at, claims)


def shift_of(payloads: Sequence[Any], received_at: int) -> int:
    """By how many milliseconds the clock of a whole batch runs ahead."""
    return rules.clock_shift(filter(None, map(_time_of, payloads)), received_at)


def _time_of(payload: Any) -> int | None:
    try:
        return rules.read_time(payload.get("timestamp")) if isinstance(payload, dict) else None
    except Unfit:
        return None


READ_AGAIN: dict[Kind, Callable[[Claims, int, Find], Record | Aside]] = {
    Kind.MEASUREMENT: measurement_or_aside,
    Kind.CHECK: lambda claims, received_at, find: check_or_aside(claims, received_at, find, 0),
}
