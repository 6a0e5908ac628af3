"""What happens by itself: nothing happens without its reason, and no application is left where it is."""

from collections.abc import Callable, Iterator, Mapping
from itertools import product

from mostovi.services.definition.evaluation import goes_on
from mostovi.services.definition.mistakes import Mistake
from mostovi.services.definition.outcomes import Proposal, Situation
from mostovi.services.definition.reading import Document
from mostovi.services.definition.values import ServiceDefinition, Step
from mostovi.services.values import CaseState
from mostovi.services.values import Step as Act

SITUATIONS = tuple(
    Situation(proposal, open=is_open, silent=silent, gaps=gaps)
    for proposal in Proposal
    for is_open, silent, gaps in product((False, True), repeat=3)
)
_Test = Callable[[Situation], bool]
_NO_REASON: tuple[str, _Test] = ("", lambda _: True)
_REASONS: Mapping[str, tuple[str, _Test]] = {
    Act.ASK_MISSING: ("open", lambda case: case.open),
    Act.WAIT_FOR_FACTS: ("silent", lambda case: case.silent),
    Act.RETURN_TO_APPLICANT: ("gaps", lambda case: case.gaps),
    Act.ISSUE: ("!silent && !gaps", lambda case: not case.silent and not case.gaps),
}
# When a case must not stay, whatever the rules propose.
_LEAVES: Mapping[str, _Test] = {
    CaseState.RECEIVED: lambda _: True,
    CaseState.WAITING_FOR_FACTS: lambda case: not case.silent,
    CaseState.WAITING_FOR_APPLICANT: lambda case: not case.open,
}


def find_move_mistakes(definition: ServiceDefinition, document: Document) -> Iterator[Mistake]:
    """Every step in every situation. Its expressions must have been found to be in order."""
    asks = any(action.name == Act.ASK_MISSING for step in definition.steps for action in step.actions)
    for step in definition.steps:
        yield from _without_reason(step, document)
        if step.key != CaseState.WAITING_FOR_APPLICANT or asks:
            yield from _left_behind(step, document)


def _without_reason(step: Step, document: Document) -> Iterator[Mistake]:
    for action in step.actions:
        reason, holds = _REASONS.get(action.name, _NO_REASON)
        if any(goes_on(step, case) == action and not holds(case) for case in SITUATIONS):
            path = ("steps", step.key, "may", action.name, "if")
            what = f"`{action.name}` would happen in `{step.key}` although not `{reason}`."
            yield document.mistake(path, what, f"Write `if: {reason}`.")


def _left_behind(step: Step, document: Document) -> Iterator[Mistake]:
    leaves = _LEAVES.get(step.key)
    cases = (case for case in SITUATIONS if leaves and leaves(case) and goes_on(step, case) is None)
    case = next(cases, None)
    if case is not None:
        told = ", ".join(f"{name} is {str(value).lower()}" for name, value in case.names.items())
        what = f"An application would be stuck in `{step.key}` when {told}."
        yield document.mistake(
            ("steps", step.key), what, "Add an action of the system for it, or take an `if` away."
        )
