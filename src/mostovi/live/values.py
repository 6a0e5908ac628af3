"""The words of live: an event on the bridge, a topic one can listen to, a frame that is sent."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

Kind = Literal["exchange", "refusal", "seal"]
Outcome = Literal["answered", "refused", "silent"]
Signatures = Literal["none", "one", "both", "own"]

BRIDGE = "bridge"


@dataclass(frozen=True)
class Event:
    """One message on the bridge, as a gateway told it. It names institutions, never a person."""

    id: str
    at: str
    kind: Kind
    consumer: str
    provider: str
    service: str
    purpose: dict[str, str]
    legal_basis: dict[str, str]
    in_force: bool
    mark: str | None
    fields: tuple[str, ...]
    outcome: Outcome
    error: str | None
    log_entry: str | None
    signatures: Signatures

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "fields": list(self.fields)}


@dataclass(frozen=True)
class Numbered:
    """An event with its place in the ring. Numbers only grow, also over restarts."""

    number: int
    event: Event

    def to_json(self) -> dict[str, Any]:
        return {"number": self.number, **self.event.to_json()}

    def frame(self) -> bytes:
        """The event as one server-sent event (WHATWG HTML, section 9.2.6)."""
        data = json.dumps(self.to_json(), ensure_ascii=False, separators=(",", ":"))
        return f"id: {self.number}\nevent: message\ndata: {data}\n\n".encode()


def belongs_to(event: Event, topic: str) -> bool:
    """Whether ``topic`` carries the event: ``bridge`` all, ``bridge/<member>`` those of one member."""
    if topic == BRIDGE:
        return True
    return topic in {f"{BRIDGE}/{event.consumer}", f"{BRIDGE}/{event.provider}"}
