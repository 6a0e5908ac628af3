"""What the steps of any service may say: the frame in which each service writes the life of its cases.

It permits nothing by itself. What a case may do stands in the ``steps.yaml`` of its service; what of that
no service may say, or must, is checked against this page. The reference is drawn from it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mostovi.services.values import CaseState, Party, Step

_STATE = CaseState
WHERE_IT_WAS = "where_it_was"

BEFORE_DECISION = (
    _STATE.RECEIVED,
    _STATE.WAITING_FOR_FACTS,
    _STATE.TO_DECIDE,
    _STATE.WAITING_FOR_APPLICANT,
)
ENDINGS = (_STATE.DELIVERED, _STATE.REVOKED, _STATE.WITHDRAWN)
_OPEN = (_STATE.DRAFT, *BEFORE_DECISION)


@dataclass(frozen=True)
class Possible:
    """One thing that steps may name: for whom, in which of them, and to where it leads."""

    step: Step
    parties: frozenset[Party]
    sources: tuple[CaseState, ...]
    target: str


@dataclass(frozen=True)
class Needed:
    """What a step has to name, always or once anything in the file is called ``beside``."""

    state: CaseState
    step: Step
    why: str
    beside: Step | None = None


def _may(step: Step, who: Iterable[Party], sources: Iterable[CaseState], target: str) -> Possible:
    return Possible(step, frozenset(who), tuple(sources), target)


_APPLYING = (Party.APPLICANT, Party.CLERK)

FRAME: tuple[Possible, ...] = (
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
    _may(
        Step.RETURN_TO_APPLICANT,
        [Party.SYSTEM],
        [_STATE.RECEIVED, _STATE.WAITING_FOR_FACTS],
        _STATE.WAITING_FOR_APPLICANT,
    ),
    _may(Step.ASK_APPLICANT, [Party.CASEWORKER], [_STATE.TO_DECIDE], _STATE.WAITING_FOR_APPLICANT),
    _may(Step.REPLY, [Party.APPLICANT], [_STATE.WAITING_FOR_APPLICANT], _STATE.TO_DECIDE),
    _may(Step.START_OVER, _APPLYING, [_STATE.WAITING_FOR_APPLICANT], _STATE.WITHDRAWN),
    _may(Step.DECIDE, [Party.CASEWORKER], [_STATE.TO_DECIDE], _STATE.DECIDED),
    _may(Step.SEAL, [Party.SYSTEM], [_STATE.DECIDED], _STATE.SEALED),
    _may(Step.DELIVER, [Party.SYSTEM], [_STATE.SEALED], _STATE.DELIVERED),
    _may(Step.REVOKE, [Party.CASEWORKER], [_STATE.DELIVERED], _STATE.REVOKED),
    _may(Step.DECIDE_ANEW, [Party.CASEWORKER], [_STATE.DELIVERED, _STATE.REVOKED], _STATE.TO_DECIDE),
    _may(Step.WITHDRAW, [Party.APPLICANT], _OPEN, _STATE.WITHDRAWN),
    _may(Step.TURN_AWAY, [Party.SYSTEM], [_STATE.DRAFT], _STATE.WITHDRAWN),
    _may(Step.RESTORE, [Party.APPLICANT], [_STATE.WITHDRAWN], WHERE_IT_WAS),
)

_PUT_RIGHT = "A decision that turns out to be wrong is put right"
_NO_ENTRY = "A register may have no entry, and then only the applicant can go on"

NEEDED: tuple[Needed, ...] = (
    Needed(_STATE.DRAFT, Step.SUBMIT, "An application is sent by whoever applies"),
    *(Needed(state, Step.WITHDRAW, "Whoever applies may withdraw until it is decided") for state in _OPEN),
    Needed(_STATE.TO_DECIDE, Step.DECIDE, "An official decides what lies on the desk"),
    Needed(_STATE.DECIDED, Step.SEAL, "A decision counts once it is sealed"),
    Needed(_STATE.SEALED, Step.DELIVER, "What is sealed is handed over"),
    Needed(_STATE.DELIVERED, Step.REVOKE, _PUT_RIGHT, beside=Step.DECIDE),
    Needed(_STATE.DELIVERED, Step.DECIDE_ANEW, _PUT_RIGHT, beside=Step.DECIDE),
    Needed(_STATE.REVOKED, Step.DECIDE_ANEW, _PUT_RIGHT),
    Needed(
        _STATE.WAITING_FOR_APPLICANT,
        Step.REPLY,
        "Whoever is asked must be able to answer",
        Step.ASK_APPLICANT,
    ),
    Needed(_STATE.WAITING_FOR_APPLICANT, Step.START_OVER, _NO_ENTRY, beside=Step.RETURN_TO_APPLICANT),
    Needed(_STATE.RECEIVED, Step.RETURN_TO_APPLICANT, _NO_ENTRY, beside=Step.ISSUE),
    Needed(_STATE.WAITING_FOR_FACTS, Step.RETURN_TO_APPLICANT, _NO_ENTRY, beside=Step.ISSUE),
    Needed(_STATE.RECEIVED, Step.WAIT_FOR_FACTS, "A register may be silent", beside=Step.ISSUE),
    Needed(_STATE.WAITING_FOR_FACTS, Step.ISSUE, "A silent register may answer later", beside=Step.ISSUE),
)

# What has an occasion of its own: it happens then, not because a case has come to a step.
OCCASIONAL = (Step.TURN_AWAY,)

WHO: Mapping[Party, str] = {
    Party.APPLICANT: "the person whose case it is",
    Party.CLERK: "an official at a counter who types for her",
    Party.CASEWORKER: "an official of the institution that decides",
    Party.SYSTEM: "the platform, by itself",
}
