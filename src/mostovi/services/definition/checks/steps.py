"""Steps: each way is one the platform can go, who takes it is who may, and none that is needed is missing."""

from collections.abc import Iterator, Mapping

from mostovi.services.definition.frame import FRAME, NEEDED, WHO, Needed, Possible
from mostovi.services.definition.mistakes import Mistake
from mostovi.services.definition.reading import Document, Path
from mostovi.services.definition.values import ServiceDefinition, Step, StepAction
from mostovi.services.values import CaseState, Party
from mostovi.services.values import Step as Act


def find_step_mistakes(definition: ServiceDefinition, documents: Mapping[str, Document]) -> Iterator[Mistake]:
    """What no service may say, and what each has to."""
    document = documents["steps.yaml"]
    if definition.start != CaseState.DRAFT:
        what = f"An application cannot begin as `{definition.start}`."
        yield document.mistake(("start",), what, "Write `start: draft`.")
    for step in definition.steps:
        yield from _clock(step, document)
        for action in step.actions:
            yield from _action(definition, step, action, document)
    yield from _missing(definition, document)
    yield from _counter(definition, document)
    yield from _who_decides(definition, document)
    yield from _late_facts(definition, documents["service.yaml"])
    yield from _unreachable(definition, document)


def _clock(step: Step, document: Document) -> Iterator[Mistake]:
    if step.paused and step.key != CaseState.WAITING_FOR_APPLICANT:
        what = f"The days cannot be paused in `{step.key}`, where nobody waits for the applicant."
        yield document.mistake(("steps", step.key, "clock"), what, "Take `clock` away.")


def _action(
    definition: ServiceDefinition, step: Step, action: StepAction, document: Document
) -> Iterator[Mistake]:
    path, possible = ("steps", step.key, "may", action.name), _possible(action.name)
    yield from _way(definition, step, action, document, path)
    wrong = _who(action, possible)
    if wrong:
        yield document.mistake((*path, "who"), wrong, f"Write `who: {_parties(possible)}`.")
    if action.signs and action.signs != definition.template:
        what = f"service.yaml has {definition.template} sealed, not {action.signs}."
        yield document.mistake((*path, "signs"), what, f"Write `signs: {definition.template}`.")


def _possible(name: str) -> Possible:
    return next(row for row in FRAME if row.step == name)


def _parties(possible: Possible) -> str:
    return f"[{', '.join(sorted(possible.parties))}]"


def _who(action: StepAction, possible: Possible) -> str:
    """Whom it must not be given to, or whom it has to be; a clerk only helps and may be left out."""
    strangers = sorted(set(action.who) - possible.parties)
    if strangers:
        told = " or the ".join(f"{party} ({WHO[Party(party)]})" for party in strangers)
        return f"`{action.name}` is not for the {told}."
    missing = sorted(possible.parties - {Party.CLERK} - set(action.who))
    told = " and the ".join(f"{party} ({WHO[party]})" for party in missing)
    return f"`{action.name}` is for the {told}, and does not say so." if missing else ""


def _way(
    definition: ServiceDefinition, step: Step, action: StepAction, document: Document, path: Path
) -> Iterator[Mistake]:
    possible = _possible(action.name)
    if step.key not in possible.sources:
        what = f"`{action.name}` cannot happen in the step `{step.key}`."
        yield document.mistake(path, what, f"It can in: {', '.join(possible.sources)}.")
    elif action.to != possible.target:
        what = f"`{action.name}` cannot lead to `{action.to}`."
        yield document.mistake((*path, "to"), what, f"Write `to: {possible.target}`.")
    elif action.to in set(CaseState) - {each.key for each in definition.steps}:
        what = f"`{action.name}` leads to `{action.to}`, which is no step here."
        yield document.mistake((*path, "to"), what, f"Add the step `{action.to}`.")


def _missing(definition: ServiceDefinition, document: Document) -> Iterator[Mistake]:
    named = {action.name for step in definition.steps for action in step.actions}
    for step in definition.steps:
        here = {action.name for action in step.actions}
        for need in NEEDED:
            if need.state == step.key and need.step not in here and (not need.beside or need.beside in named):
                yield _lacks(need, document)


def _lacks(need: Needed, document: Document) -> Mistake:
    possible = _possible(need.step)
    return document.mistake(
        ("steps", need.state),
        f"`{need.step}` is missing in the step `{need.state}`. {need.why}.",
        f"Add `{need.step}: {{who: {_parties(possible)}, to: {possible.target}}}`.",
    )


def _counter(definition: ServiceDefinition, document: Document) -> Iterator[Mistake]:
    """Steps and channels say the same about the counter, where nobody is shown another person's data."""
    draft = {
        action.name: action
        for step in definition.steps
        for action in step.actions
        if step.key == CaseState.DRAFT
    }
    at_counter = "counter" in definition.channels
    submit = draft.get(Act.SUBMIT)
    if submit and at_counter != (Party.CLERK in submit.who):
        what = f"The channels of service.yaml {'name' if at_counter else 'do not name'} the counter."
        remedy = f"{'Add `clerk` to' if at_counter else 'Take `clerk` out of'} `who`, or change the channels."
        yield document.mistake(("steps", "draft", "may", "submit", "who"), what, remedy)
    if at_counter and Act.TURN_AWAY not in draft:
        yield _lacks(
            Needed(CaseState.DRAFT, Act.TURN_AWAY, "At a counter a name may turn out to be another person's"),
            document,
        )


def _who_decides(definition: ServiceDefinition, document: Document) -> Iterator[Mistake]:
    names = {action.name for step in definition.steps for action in step.actions}
    if {Act.ISSUE, Act.DECIDE} <= names:
        what = "A register issues by itself, or an official decides; here both do."
        yield document.mistake(("steps",), what, "Take `issue` away, or `decide`.")
    if definition.automatic != bool(definition.issued_by):
        what = (
            "`issue` in steps.yaml and `issued_by` in service.yaml belong together; one of them is missing."
        )
        yield document.mistake(("steps",), what, "Add it, or take the other away.")


def _late_facts(definition: ServiceDefinition, document: Document) -> Iterator[Mistake]:
    """Whoever is decided about has seen on what; where nobody decides, nothing waits for that."""
    decides = any(action.name == Act.DECIDE for step in definition.steps for action in step.actions)
    if decides and definition.facts and not definition.late_facts:
        what = "It is not said how long a decision waits until the applicant has seen a late answer."
        yield document.mistake((), what, 'Add `late_facts: {days: 5, article: "", illustrative: true}`.')
    if definition.late_facts and not decides:
        what = "No official decides here, so no decision waits."
        yield document.mistake(("late_facts",), what, "Take `late_facts` away.")


def _unreachable(definition: ServiceDefinition, document: Document) -> Iterator[Mistake]:
    ways = {step.key: {action.to for action in step.actions} for step in definition.steps}
    reached, waiting = set(), {definition.start}
    while waiting:
        key = waiting.pop()
        reached.add(key)
        waiting |= ways.get(key, set()) - reached
    for key in ways:
        if key not in reached:
            what = f"Nothing leads to the step `{key}`."
            yield document.mistake(("steps", key), what, "Remove it, or let an action lead there.")
    if CaseState.DELIVERED not in reached:
        what = "Nobody ever receives anything: no way leads to the step `delivered`."
        yield document.mistake(("steps",), what, "Let a register `issue`, or an official `decide`.")
