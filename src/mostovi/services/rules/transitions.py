"""What may happen to a case: what the steps of its service name, and what goes with that on the spot."""

from collections.abc import Iterable
from dataclasses import dataclass

from mostovi.services.definition.frame import BEFORE_DECISION, ENDINGS, FRAME
from mostovi.services.rules.refusals import WrongState
from mostovi.services.values import CaseState, Party, Step, Transition, WaitsFor


@dataclass(frozen=True)
class Beside:
    """What leaves a case where it is: for those of ``parties`` who may do what it ``goes_with``."""

    step: Step
    goes_with: Step
    parties: frozenset[Party]
    states: tuple[CaseState, ...]


def _beside(step: Step, goes_with: Step, parties: Iterable[Party], *states: CaseState) -> Beside:
    return Beside(step, goes_with, frozenset(parties), states)


_APPLYING = (Party.APPLICANT, Party.CLERK)

BESIDE: tuple[Beside, ...] = (
    _beside(Step.ASK_FACTS, Step.SUBMIT, _APPLYING, CaseState.DRAFT),
    _beside(Step.AGREE, Step.SUBMIT, _APPLYING, CaseState.DRAFT),
    _beside(Step.ANSWER, Step.SUBMIT, _APPLYING, CaseState.DRAFT, CaseState.WAITING_FOR_APPLICANT),
    _beside(Step.DISPUTE, Step.SUBMIT, _APPLYING, CaseState.DRAFT),
    _beside(Step.DISPUTE, Step.SUBMIT, [Party.APPLICANT], *BEFORE_DECISION),
    _beside(Step.SEE_ANSWERS, Step.SUBMIT, [Party.APPLICANT], *BEFORE_DECISION),
    _beside(Step.TAKE, Step.DECIDE, [Party.CASEWORKER], CaseState.TO_DECIDE),
    _beside(Step.DRAFT_DECISION, Step.DECIDE, [Party.CASEWORKER], CaseState.TO_DECIDE),
    _beside(Step.ASK_ANEW, Step.DECIDE, [Party.CASEWORKER], CaseState.TO_DECIDE),
    _beside(Step.REVOKE, Step.REVOKE, [Party.CASEWORKER], *BEFORE_DECISION),
)

# An application that waits for its applicant waits for one thing; only the step that brings it goes on.
BRINGS = {
    Step.REPLY: WaitsFor.REPLY,
    Step.START_OVER: WaitsFor.ANOTHER_PLACE,
    Step.ANSWER: WaitsFor.ANSWERS,
    Step.COMPLETE: WaitsFor.ANSWERS,
    Step.WAIT_FOR_FACTS: WaitsFor.ANSWERS,
}


def ways(step: Step, life: Iterable[Transition]) -> tuple[Transition, ...]:
    """From where to where this step leads in a service, and for whom."""
    named = tuple(way for way in life if way.step == step)
    beside = tuple(
        Transition(step, row.parties & _who(row.goes_with, life), state, state)
        for row in BESIDE
        if row.step == step
        for state in row.states
    )
    return named + beside


def _who(step: Step, life: Iterable[Transition]) -> frozenset[Party]:
    return frozenset(party for way in life if way.step == step for party in way.parties)


def target_of(
    step: Step, source: CaseState, life: Iterable[Transition], *, back_to: CaseState | None = None
) -> CaseState:
    """Where the steps of the service lead. Raises WrongState where they name nothing of the kind.

    ``back_to``: the state in which it was withdrawn, when it is taken up again.
    """
    targets = {way.target for way in ways(step, life) if way.source == source}
    if back_to is not None:
        targets &= {back_to}
    if len(targets) != 1:
        raise WrongState
    return targets.pop()


def diagram() -> str:
    """The frame as a Mermaid state diagram; docs/reference/case-states.md holds exactly this text."""
    lines = ["stateDiagram-v2", f"    [*] --> {CaseState.DRAFT}"]
    for row in FRAME:
        if row.step == Step.RESTORE:
            lines += [f"    {CaseState.WITHDRAWN} --> {state}: restore" for state in _RESTORED]
        else:
            lines += [f"    {source} --> {row.target}: {row.step}" for source in row.sources]
    return "\n".join([*lines, *(f"    {state} --> [*]" for state in ENDINGS)]) + "\n"


_RESTORED = (CaseState.DRAFT, *BEFORE_DECISION)


def table() -> str:
    """The same as a table: step, who may take it at most, from where, to where."""
    rows = (
        f"| {row.step} | {_list(row.parties)} | {', '.join(row.sources)} | {row.target} |" for row in FRAME
    )
    return "\n".join(["| step | who at most | from | to |", "|---|---|---|---|", *rows]) + "\n"


def table_beside() -> str:
    """What leaves a case where it is: step, who may take it, in which states."""
    rows = (
        f"| {row.step} | {_list(row.parties)}, if they may {row.goes_with} | {', '.join(row.states)} |"
        for row in BESIDE
    )
    return "\n".join(["| step | who | in |", "|---|---|---|", *rows]) + "\n"


def _list(parties: Iterable[Party]) -> str:
    return ", ".join(sorted(parties))
