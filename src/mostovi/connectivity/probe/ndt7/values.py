"""The words of ndt7: its two tests, its limits, how a test can end and what is known of it afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

SUBPROTOCOL = "net.measurementlab.ndt.v7"
LONGEST_QUERY_BYTES = 4_096
RESERVED_PREFIX = "server_"

SMALLEST_MESSAGE = 1 << 10
FIRST_MESSAGE = 1 << 13
LARGEST_SENT = 1 << 20
"""M-Lab's server stops here too: larger frames gain nothing and cost browsers memory."""
LARGEST_MESSAGE = 1 << 24
SCALING_FRACTION = 16

RUNTIME_SECONDS = 10.0
LONGEST_SECONDS = 13.0
MEAN_INTERVAL_SECONDS = 0.25
SHORTEST_INTERVAL_SECONDS = 0.025
LONGEST_INTERVAL_SECONDS = 0.625
TEXTS_PER_SECOND = 10
LONGEST_TEXT_BYTES = 1 << 16

EARLY_EXIT_MEGABYTES = frozenset({"250"})


class Direction(StrEnum):
    """Seen from the school."""

    DOWNLOAD = "download"
    UPLOAD = "upload"


class Ending(StrEnum):
    """Why a test ended."""

    COMPLETE = "complete"
    EARLY_EXIT = "early_exit"
    CLIENT_CLOSED = "client_closed"
    VANISHED = "vanished"
    BROKE_RULES = "broke_rules"
    OUT_OF_TIME = "out_of_time"


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asked for: the test, its metadata, and after how many bytes it wants to stop."""

    direction: Direction
    metadata: Mapping[str, str] = field(default_factory=dict)
    early_exit_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """The kernel's figures of a connection at one moment: names as in ndt7, times in microseconds."""

    elapsed_microseconds: int
    tcp: Mapping[str, int]
    bbr: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Summary:
    """A finished test. ``megabits_per_second`` is what the kernel counted over ``seconds``."""

    uuid: str
    direction: Direction
    started_at: datetime
    seconds: float
    megabits_per_second: float
    bytes: int
    min_rtt_milliseconds: float | None
    jitter_milliseconds: float | None
    retransmitted: float | None
    ending: Ending
    metadata: Mapping[str, str] = field(default_factory=dict)
