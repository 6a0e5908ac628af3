"""Steps: every way leads somewhere, every step can be reached, every document and message exists."""

from collections.abc import Iterator, Mapping

from mostovi.services.definition.mistakes import Mistake
from mostovi.services.definition.reading import Document
from mostovi.services.definition.values import ServiceDefinition


def find_step_mistakes(definition: ServiceDefinition, documents: Mapping[str, Document]) -> Iterator[Mistake]:
    """Ways that lead nowhere, steps that nothing leads to, and what is signed or sent but missing."""
    document, steps = documents["steps.yaml"], {step.key: step for step in definition.steps}
    known = ", ".join(steps)
    if definition.start not in steps:
        yield document.mistake(("start",), f"There is no step `{definition.start}`.", f"Use one of: {known}.")
        return
    for step in definition.steps:
        for action in step.actions:
            path = ("steps", step.key, "may", action.name)
            if action.to not in steps:
                yield document.mistake(
                    (*path, "to"),
                    f"`{action.name}` leads to `{action.to}`, which is no step.",
                    f"Use: {known}.",
                )
            if action.signs and action.signs not in definition.files:
                yield document.mistake(
                    (*path, "signs"), f"There is no template {action.signs}.", "Put it into the folder."
                )
            if action.sends and action.sends not in definition.texts:
                yield document.mistake(
                    (*path, "sends"),
                    f"texts.yaml has no `{action.sends}`.",
                    "Add the text in four languages.",
                )
    yield from _unreachable(definition, document)


def _unreachable(definition: ServiceDefinition, document: Document) -> Iterator[Mistake]:
    ways = {step.key: {action.to for action in step.actions} for step in definition.steps}
    reached, waiting = set(), {definition.start}
    while waiting:
        key = waiting.pop()
        reached.add(key)
        waiting |= ways.get(key, set()) - reached
    for key in ways:
        if key not in reached:
            yield document.mistake(
                ("steps", key),
                f"Nothing leads to the step `{key}`.",
                "Remove it, or let an action lead there.",
            )
    if not any(step.final for step in definition.steps if step.key in reached):
        yield document.mistake(("steps",), "An application never ends.", "Add a step without `may:`.")
