"""What becomes of arrivals: kept, known already, different from the first, or too many. No database here."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mostovi.connectivity.probe.rules import HOUR, digest_of, is_flood
from mostovi.connectivity.probe.store.ledger import Batch, Place
from mostovi.connectivity.probe.values import Arrival, Aside, Committed, Outcome, Reason, Record

_MOST_HOURS = 200_000
_MOST_ASIDES_PER_HOUR = 1_000

CountHours = Callable[[Sequence[Place]], dict[Place, int]]


class Floods:
    """How many records each school has, by hours of its own time and by hours of arrival."""

    def __init__(self) -> None:
        self.measured: OrderedDict[Place, int] = OrderedDict()
        self.received: dict[str, int] = {}
        self.hour = 0

    def learn(self, records: Sequence[Record], count_hours: CountHours) -> None:
        """Count, in one question, the hours of these records that are not counted yet."""
        places = {_place_of(record) for record in records if record.school is not None}
        unknown = [place for place in places if place not in self.measured]
        if unknown:
            self.measured.update(count_hours(unknown))
        while len(self.measured) > _MOST_HOURS:
            self.measured.popitem(last=False)

    def admits(self, record: Record) -> bool:
        """Counts the record if there is room for it."""
        if record.school is None:
            return True
        place = _place_of(record)
        measured = self.measured.get(place, 0)
        received = self._received(record.school, record.received_at)
        if is_flood(measured, received):
            return False
        self.measured[place] = measured + 1
        self.received[record.school] = received + 1
        return True

    def admits_aside(self, aside: Aside) -> bool:
        name = f"aside {aside.school}"
        counted = self._received(name, aside.received_at)
        self.received[name] = counted + 1
        return counted < _MOST_ASIDES_PER_HOUR

    def forget(self) -> None:
        """After a write that failed, the database knows better."""
        self.measured.clear()

    def _received(self, name: str, received_at: int) -> int:
        hour = received_at // HOUR
        if hour != self.hour:
            self.hour = hour
            self.received.clear()
        return self.received.get(name, 0)


def _place_of(record: Record) -> Place:
    return record.school or "", record.measured_at // HOUR * HOUR


def sort(
    arrivals: Sequence[Arrival], known: Mapping[bytes, bytes], floods: Floods, next_sequence: int
) -> tuple[Batch, list[Outcome]]:
    """What is to be written, and the outcome of each arrival in turn. ``known``: keys on disk to digests."""
    batch = Batch()
    seen = dict(known)
    outcomes = [_place(arrival, batch, seen, floods, next_sequence) for arrival in arrivals]
    batch.received_at = max((arrival.item.received_at for arrival in arrivals), default=0)
    return batch, outcomes


def _place(
    arrival: Arrival, batch: Batch, seen: dict[bytes, bytes], floods: Floods, next_sequence: int
) -> Outcome:
    item = arrival.item
    if isinstance(item, Aside):
        return _place_aside(item, batch, floods)
    first, digest = seen.get(item.key), digest_of(item)
    if first is not None:
        return Outcome.DUPLICATE if first == digest else _place_aside(_differing(item), batch, floods)
    if not floods.admits(item):
        return _drop(item.school, item.measured_at, batch)
    seen[item.key] = digest
    batch.records.append((Committed(next_sequence + len(batch.records), item), digest))
    batch.personal += [(item.key, *each) for each in arrival.personal]
    return Outcome.KEPT


def _place_aside(aside: Aside, batch: Batch, floods: Floods) -> Outcome:
    if not floods.admits_aside(aside):
        return _drop(aside.school, aside.received_at, batch)
    batch.asides.append(aside)
    return Outcome.ASIDE


def _drop(school: str | None, at: int, batch: Batch) -> Outcome:
    place = (school or "", at // HOUR * HOUR)
    batch.floods[place] = batch.floods.get(place, 0) + 1
    return Outcome.FLOOD


def _differing(record: Record) -> Aside:
    said: dict[str, Any] = {"Download": record.download_kbps, "Upload": record.upload_kbps}
    said |= {"measured_at": record.measured_at, "Latency": record.latency_ms}
    said |= {"isConnected": record.connected, "fault": record.fault}
    return Aside(record.key, Reason.DIFFERS, record.kind, record.school, record.received_at, said)
