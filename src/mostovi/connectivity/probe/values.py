"""The words of the probe: what arrives, what is kept, why something is put aside."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    MEASUREMENT = "measurement"
    """A speed test that a client reports, as Giga Meter does."""
    CHECK = "check"
    """One look whether there is a connection at all."""
    TEST = "test"
    """What our own ndt7 server measured."""


class Reason(StrEnum):
    """Why a record is put aside and not counted."""

    UNKNOWN_SCHOOL = "unknown_school"
    WRONG_COUNTRY = "wrong_country"
    NO_TIME = "no_time"
    CLOCK_WRONG = "clock_wrong"
    TOO_OLD = "too_old"
    NO_SPEED = "no_speed"
    NOT_A_NUMBER = "not_a_number"
    NEGATIVE_SPEED = "negative_speed"
    ABSURD_SPEED = "absurd_speed"
    NO_STATE = "no_state"
    NOT_AN_OBJECT = "not_an_object"
    DIFFERS = "differs_from_first"


class Flag(StrEnum):
    """What a reader of a kept record should know."""

    CLOCK_AHEAD = "clock_ahead"
    LATE = "late"
    LATENCY_DROPPED = "latency_dropped"
    SPEED_DISAGREES = "speed_disagrees"
    CUT_SHORT = "cut_short"


class Outcome(StrEnum):
    """What became of something that arrived."""

    KEPT = "kept"
    DUPLICATE = "duplicate"
    ASIDE = "aside"
    FLOOD = "flood"


@dataclass(frozen=True, slots=True)
class School:
    """A site that may report. ``country`` is its ISO 3166-1 code of two letters, in capitals."""

    id: str
    country: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One kept record, in the order of the table's columns. Times are milliseconds since 1970, UTC.

    ``measured_at`` is when it was true at the school, ``received_at`` when we came to know it. ``loss`` is a
    share between 0 and 1. ``test`` is the UUID of the ndt7 test that a measurement reports.
    """

    key: bytes
    kind: Kind
    school: str | None
    measured_at: int
    received_at: int
    download_kbps: float | None = None
    upload_kbps: float | None = None
    latency_ms: float | None = None
    jitter_ms: float | None = None
    loss: float | None = None
    connected: bool | None = None
    fault: str | None = None
    device: str | None = None
    provider: str | None = None
    source: str | None = None
    test: str | None = None
    flags: str = ""


@dataclass(frozen=True, slots=True)
class Aside:
    """What is not counted: the reason, and what it said without anything personal."""

    key: bytes
    reason: Reason
    kind: Kind
    school: str | None
    received_at: int
    claims: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is handed to the store together. ``personal`` holds field, value and until when it may be kept."""

    item: Record | Aside
    personal: tuple[tuple[str, str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Committed:
    """A record on the disk. ``sequence`` only grows, in the order in which records became durable."""

    sequence: int
    record: Record
