"""What Giga Meter's clients send about people and devices, and what happens to it at the door.

Nothing is kept that is not named in ``claims.py``; this list says of what is personal why it goes, and what
a setting may keep for a stated purpose and period.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_PSEUDONYM_BYTES = 6
_LONGEST_KEPT = 500
_DAY = 86_400_000


class Treatment(StrEnum):
    DROP = "drop"
    PSEUDONYM = "pseudonym"
    """A short keyed hash per school: tells the school's devices apart, and nothing anywhere else."""
    CLASS = "class"
    """Replaced by one of a few words."""


@dataclass(frozen=True, slots=True)
class Personal:
    """``path`` as in the payload; ``why`` it is personal."""

    path: str
    treatment: Treatment
    why: str


PERSONAL = (
    Personal("ip_address", Treatment.DROP, "leads to the line, and at home to a person"),
    Personal("ClientInfo.IP", Treatment.DROP, "the same address again"),
    Personal("ClientInfo.Hostname", Treatment.DROP, "often named after a person"),
    Personal("ClientInfo.City", Treatment.DROP, "where a teacher's device was"),
    Personal("ClientInfo.Region", Treatment.DROP, "where a teacher's device was"),
    Personal("ClientInfo.Postal", Treatment.DROP, "where a teacher's device was"),
    Personal("ClientInfo.Latitude", Treatment.DROP, "where a teacher's device was"),
    Personal("ClientInfo.Longitude", Treatment.DROP, "where a teacher's device was"),
    Personal("windows_username", Treatment.DROP, "a person's name"),
    Personal("installed_path", Treatment.DROP, "holds the user's name"),
    Personal("wifi_connections", Treatment.DROP, "names and hardware addresses of networks nearby"),
    Personal("device_hardware_id", Treatment.DROP, "one device, for ever"),
    Personal("annotation", Treatment.DROP, "free text"),
    Personal(
        "Results.NDTResult.S2C.LastServerMeasurement.ConnectionInfo.Client", Treatment.DROP, "an address"
    ),
    Personal(
        "Results.NDTResult.C2S.LastServerMeasurement.ConnectionInfo.Client", Treatment.DROP, "an address"
    ),
    Personal("BrowserID", Treatment.PSEUDONYM, "one installation"),
    Personal("browserId", Treatment.PSEUDONYM, "one installation"),
    Personal("errorMessage", Treatment.CLASS, "free text of the system, with names and addresses"),
)

# What a setting may keep: fields without dots inside their own name.
KEEPABLE = frozenset(each.path for each in PERSONAL if not each.path.startswith("Results."))


@dataclass(frozen=True, slots=True)
class Keeping:
    """``path`` is kept for ``purpose``, and for ``days`` only."""

    path: str
    purpose: str
    days: int


class NotKeepable(ValueError):
    """The setting names something else, no purpose or no period."""


def read_keeping(setting: Mapping[str, Any]) -> tuple[Keeping, ...]:
    """From ``{"ip_address": {"purpose": "…", "days": 30}}``. Raises NotKeepable."""
    return tuple(_read_one(path, each) for path, each in setting.items())


def _read_one(path: str, each: Any) -> Keeping:
    if path not in KEEPABLE:
        raise NotKeepable(f"{path} cannot be kept; these can: {', '.join(sorted(KEEPABLE))}.")
    if not isinstance(each, dict) or len(str(each.get("purpose") or "").strip()) < 10:
        raise NotKeepable(f"{path} needs a purpose in a sentence.")
    days = each.get("days")
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= 365:
        raise NotKeepable(f"{path} needs a period of 1 to 365 days.")
    return Keeping(path, str(each["purpose"]).strip(), days)


def keep(
    payload: Mapping[str, Any], keeping: tuple[Keeping, ...], received_at: int
) -> tuple[tuple[str, str, int], ...]:
    """Field, value and end of what a setting keeps of this payload."""
    found = []
    for each in keeping:
        value = _look_up(payload, each.path)
        if value not in (None, "", []):
            found.append((each.path, str(value)[:_LONGEST_KEPT], received_at + each.days * _DAY))
    return tuple(found)


def _look_up(payload: Mapping[str, Any], path: str) -> Any:
    value: Any = payload
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def pseudonym(secret: bytes, school: str, device: str) -> str:
    """Twelve hexadecimal digits. The same device at another school has another one."""
    words = f"{school}\n{device}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(words, key=secret, digest_size=_PSEUDONYM_BYTES).hexdigest()
