"""The steps of a service as the rules of cases read them."""

from functools import lru_cache

from mostovi.services.definition.frame import WHERE_IT_WAS
from mostovi.services.definition.values import ServiceDefinition, Step, StepAction
from mostovi.services.values import CaseState, Party, Transition
from mostovi.services.values import Step as Act


@lru_cache(maxsize=64)
def life_of(definition: ServiceDefinition) -> tuple[Transition, ...]:
    """Everything that may move a case of this service."""
    return tuple(
        Transition(Act(action.name), frozenset(map(Party, action.who)), CaseState(step.key), CaseState(to))
        for step in definition.steps
        for action in step.actions
        for to in _targets(definition, step, action)
    )


def _targets(definition: ServiceDefinition, step: Step, action: StepAction) -> tuple[str, ...]:
    """Taken up again, an application goes back to where it came from."""
    if action.to != WHERE_IT_WAS:
        return (action.to,)
    return tuple(each.key for each in definition.steps if any(way.to == step.key for way in each.actions))
