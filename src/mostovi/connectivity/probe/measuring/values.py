"""The words of a measurement from the school's side: echoes, what was observed, and what is the cause."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Echo:
    """Small packets sent to one place and their answers, in the order of sending; None was not answered."""

    answers: tuple[float | None, ...] = ()
    """Milliseconds of each."""

    @property
    def is_silent(self) -> bool:
        return not any(answer is not None for answer in self.answers)


@dataclass(frozen=True, slots=True)
class Half:
    """One direction of a speed test, as the client saw it, and the server's last measurement."""

    kbps: float
    seconds: float
    bytes: int
    server: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Observation:
    """All that one look found. An echo is None where packets could not be sent at all."""

    has_gateway: bool
    is_wireless: bool | None = None
    gateway: Echo | None = None
    first_hop: Echo | None = None
    """The provider's first router, once it has ever been found."""
    server: Echo | None = None
    download: Half | None = None
    upload: Half | None = None
    contracted_kbps: float | None = None


class Cause(StrEnum):
    """Where the trouble is, from near to far."""

    NO_NETWORK = "no_network"
    WIFI = "wifi"
    LOCAL_NETWORK = "local_network"
    LINE = "line"
    LINE_OR_PROVIDER = "line_or_provider"
    PROVIDER = "provider"
    SERVER = "server"
    NONE = "none"
