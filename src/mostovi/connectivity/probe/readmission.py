"""What was put aside because nobody knew the school is counted once the school is known."""

from collections.abc import Sequence

from mostovi.connectivity.probe.arrivals import READ_AGAIN
from mostovi.connectivity.probe.rules import Find
from mostovi.connectivity.probe.store.committer import Committer
from mostovi.connectivity.probe.store.ledger import Ledger
from mostovi.connectivity.probe.values import Arrival, Aside, Outcome, Reason

_SLICE = 500
_SETTLED = {Outcome.KEPT, Outcome.DUPLICATE, Outcome.FLOOD}


async def readmit(committer: Committer, schools: Sequence[str], find: Find) -> int:
    """How many records of these schools are kept now. Raises Overloaded and NotWritten."""
    asides: list[Aside] = []
    await committer.do(lambda ledger: asides.extend(ledger.list_asides(Reason.UNKNOWN_SCHOOL, schools)))
    kept = 0
    for start in range(0, len(asides), _SLICE):
        kept += await _readmit(committer, asides[start : start + _SLICE], find)
    return kept


async def _readmit(committer: Committer, asides: list[Aside], find: Find) -> int:
    arrivals = [Arrival(READ_AGAIN[each.kind](each.claims, each.received_at, find)) for each in asides]
    outcomes = await committer.commit(arrivals)
    moved = [
        aside.key
        for aside, arrival, outcome in zip(asides, arrivals, outcomes, strict=True)
        if outcome in _SETTLED or not _is_unknown(arrival.item)
    ]

    def drop(ledger: Ledger) -> None:
        ledger.drop_asides(moved, Reason.UNKNOWN_SCHOOL)

    await committer.do(drop)
    return outcomes.count(Outcome.KEPT)


def _is_unknown(item: object) -> bool:
    return isinstance(item, Aside) and item.reason is Reason.UNKNOWN_SCHOOL
