"""The steps of a case: who may take each, from where, to where. The reference is drawn from this table."""

from collections.abc import Iterable
from dataclasses import dataclass

from mostovi.services.values import CaseState, Party, Step, WaitsFor

_STATE = CaseState


BEFORE_DECISION = (
    _STATE.RECEIVED,
    _STATE.WAITING_FOR_FACTS,
    _STATE.TO_DECIDE,
    _STATE.WAITING_FOR_APPLICANT,
)


@dataclass(frozen=True)
class Transition:
    """One step: who may take it, from which states, and to which. Without targets the case stays."""

    step: Step
    parties: frozenset[Party]
    sources: tuple[CaseState, ...]
    targets: tuple[CaseState, ...] = ()


def _may(
    step: Step, parties: Iterable[Party], sources: Iterable[CaseState], *targets: CaseState
) -> Transition:
    return Transition(step, frozenset(parties), tuple(sources), targets)


_APPLYING = (Party.APPLICANT, Party.CLERK)


TRANSITIONS: tuple[Transition, ...] = (
    _may(Step.ASK_FACTS, _APPLYING, [_STATE.DRAFT]),
    _may(Step.AGREE, _APPLYING, [_STATE.DRAFT]),
    _may(Step.ANSWER, _APPLYING, [_STATE.DRAFT, _STATE.WAITING_FOR_APPLICANT]),
    _may(Step.DISPUTE, _APPLYING, [_STATE.DRAFT]),
    _may(Step.DISPUTE, [Party.APPLICANT], BEFORE_DECISION),
    _may(Step.SUBMIT, _APPLYING, [_STATE.DRAFT], _STATE.RECEIVED),
    _may(
        Step.WAIT_FOR_FACTS,
        [Party.SYSTEM],
        [_STATE.RECEIVED, _STATE.WAITING_FOR_APPLICANT],
        _STATE.WAITING_FOR_FACTS,
    ),
    _may(
        Step.ASK_MISSING,
        [Party.SYSTEM],
        [_STATE.RECEIVED, _STATE.WAITING_FOR_FACTS, _STATE.TO_DECIDE],
        _STATE.WAITING_FOR_APPLICANT,
    ),
    _may(
        Step.COMPLETE,
        [Party.SYSTEM],
        [_STATE.RECEIVED, _STATE.WAITING_FOR_FACTS, _STATE.WAITING_FOR_APPLICANT],
        _STATE.TO_DECIDE,
    ),
    _may(Step.ISSUE, [Party.SYSTEM], [_STATE.RECEIVED, _STATE.WAITING_FOR_FACTS], _STATE.SEALED),
    _may(Step.TAKE, [Party.CASEWORKER], [_STATE.TO_DECIDE]),
    _may(Step.ASK_APPLICANT, [Party.CASEWORKER], [_STATE.TO_DECIDE], _STATE.WAITING_FOR_APPLICANT),
    _may(Step.REPLY, [Party.APPLICANT], [_STATE.WAITING_FOR_APPLICANT], _STATE.TO_DECIDE),
    _may(
        Step.RETURN_TO_APPLICANT,
        [Party.SYSTEM],
        [_STATE.RECEIVED, _STATE.WAITING_FOR_FACTS],
        _STATE.WAITING_FOR_APPLICANT,
    ),
    _may(Step.START_OVER, _APPLYING, [_STATE.WAITING_FOR_APPLICANT], _STATE.WITHDRAWN),
    _may(Step.DRAFT_DECISION, [Party.CASEWORKER], [_STATE.TO_DECIDE]),
    _may(Step.DECIDE, [Party.CASEWORKER], [_STATE.TO_DECIDE], _STATE.DECIDED),
    _may(Step.SEAL, [Party.SYSTEM], [_STATE.DECIDED], _STATE.SEALED),
    _may(Step.DELIVER, [Party.SYSTEM], [_STATE.SEALED], _STATE.DELIVERED),
    _may(Step.REVOKE, [Party.CASEWORKER], [_STATE.DELIVERED], _STATE.REVOKED),
    _may(Step.REVOKE, [Party.CASEWORKER], BEFORE_DECISION),
    _may(Step.DECIDE_ANEW, [Party.CASEWORKER], [_STATE.DELIVERED, _STATE.REVOKED], _STATE.TO_DECIDE),
    _may(Step.WITHDRAW, [Party.APPLICANT], (_STATE.DRAFT, *BEFORE_DECISION), _STATE.WITHDRAWN),
    _may(Step.TURN_AWAY, [Party.SYSTEM], [_STATE.DRAFT, *BEFORE_DECISION], _STATE.WITHDRAWN),
    _may(Step.RESTORE, [Party.APPLICANT], [_STATE.WITHDRAWN], _STATE.DRAFT, *BEFORE_DECISION),
)


# An application that waits for its applicant waits for one thing; only the step that brings it goes on.
BRINGS = {
    Step.REPLY: WaitsFor.REPLY,
    Step.START_OVER: WaitsFor.ANOTHER_PLACE,
    Step.ANSWER: WaitsFor.ANSWERS,
    Step.COMPLETE: WaitsFor.ANSWERS,
    Step.WAIT_FOR_FACTS: WaitsFor.ANSWERS,
}


def diagram() -> str:
    """The table as a Mermaid state diagram; docs/reference/case-states.md holds exactly this text."""
    lines = ["stateDiagram-v2", f"    [*] --> {CaseState.DRAFT}"]
    for row in TRANSITIONS:
        for source in row.sources:
            lines += [f"    {source} --> {target}: {row.step}" for target in row.targets]
    endings = (CaseState.DELIVERED, CaseState.REVOKED, CaseState.WITHDRAWN)
    return "\n".join([*lines, *(f"    {state} --> [*]" for state in endings)]) + "\n"


def table() -> str:
    """The same as a table: step, who may take it, from where, to where."""
    rows = ["| step | who | from | to |", "|---|---|---|---|"]
    for row in TRANSITIONS:
        who, sources = ", ".join(sorted(row.parties)), ", ".join(row.sources)
        rows.append(f"| {row.step} | {who} | {sources} | {', '.join(row.targets) or 'stays'} |")
    return "\n".join(rows) + "\n"
