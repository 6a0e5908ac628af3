"""The words of the supervisor."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

State = Literal["stopped", "starting", "running", "unplugged"]


@dataclass(frozen=True)
class Probe:
    """How to see that a program answers: an address that must give a status below 500."""

    url: str
    socket: Path | None = None


@dataclass(frozen=True)
class Program:
    """A program to keep running. ``member`` is set for a gateway: whom unplugging it cuts off."""

    name: str
    arguments: tuple[str, ...]
    probe: Probe | None = None
    member: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class ProgramStatus:
    name: str
    member: str | None
    state: State
    since: str
    restarts: int
    process: int | None

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "member": self.member,
            "state": self.state,
            "since": self.since,
            "restarts": self.restarts,
            "process": self.process,
        }
