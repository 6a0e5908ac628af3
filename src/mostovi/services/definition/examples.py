"""Running the examples of a service: given facts and answers, what comes out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from mostovi.services.definition.answers import InvalidAnswer, check_answer, questions_to_answer
from mostovi.services.definition.evaluation import (
    due_date,
    evaluate_rules,
    find_stops,
    path_of,
    questions_to_ask,
)
from mostovi.services.definition.kinds import UnexpectedValue, read_fact
from mostovi.services.definition.mistakes import DefinitionInvalid, Mistake
from mostovi.services.definition.outcomes import RuleOutcome, Situation
from mostovi.services.definition.values import Example, ServiceDefinition, ValueKind


@dataclass(frozen=True)
class Finding:
    """What one example gave."""

    questions: tuple[str, ...]
    refused_answers: tuple[str, ...]
    outcome: RuleOutcome
    path: tuple[str, ...]
    due: date


@dataclass(frozen=True)
class Run:
    """One example that was run, and how it differs from its expectation."""

    example: Example
    outcome: RuleOutcome
    mistakes: tuple[Mistake, ...]


def run_examples(definition: ServiceDefinition) -> list[Run]:
    """Each example in order. Raises DefinitionInvalid when a given fact is not of its kind."""
    complete: dict[str, Example] = {}
    runs = []
    for example in definition.examples:
        complete[example.name] = _complete(example, complete)
        try:
            finding = run_example(definition, complete[example.name])
        except UnexpectedValue as error:
            wrong = _mistake(example, f"a fact has another kind, {error}", "Write it as it is declared.")
            raise DefinitionInvalid([wrong]) from None
        runs.append(Run(example, finding.outcome, tuple(_differences(example, finding))))
    return runs


def run_example(definition: ServiceDefinition, example: Example) -> Finding:
    """What happens with these facts and answers on that day. Raises UnexpectedValue."""
    kinds = {fact.key: fact.kind for fact in definition.facts}
    given = example.given.get("facts", {})
    facts = {key: read_fact(kinds[key], raw) for key, raw in given.items() if raw is not None}
    answers, refused = _answer(definition, facts, example)
    questions = questions_to_ask(definition, facts, answers, on_date=example.on)
    outcome = evaluate_rules(definition, facts, answers, on_date=example.on)
    unanswered = questions_to_answer(definition, facts, answers, on_date=example.on)
    stops = find_stops(definition, facts, answers, on_date=example.on)
    situation = _situation(definition, example, facts, outcome, is_open=bool(unanswered or stops))
    return Finding(
        tuple(question.key for question in questions),
        tuple(refused),
        outcome,
        path_of(definition, situation, ["submit", *example.given.get("actions", ())]),
        due_date(definition, example.on),
    )


def _situation(
    definition: ServiceDefinition,
    example: Example,
    facts: Mapping[str, Any],
    outcome: RuleOutcome,
    *,
    is_open: bool,
) -> Situation:
    """A needed fact that is not given is one whose register is silent, unless it has no entry."""
    without = set(example.given.get("no_entry", ()))
    needed = [fact for fact in definition.facts if fact.needed]
    return Situation(
        proposal=outcome.proposal,
        open=is_open,
        silent=any(fact.key not in facts and fact.service not in without for fact in needed),
        gaps=any(fact.service in without for fact in needed),
    )


def _answer(
    definition: ServiceDefinition, facts: Mapping[str, Any], example: Example
) -> tuple[dict[str, Any], list[str]]:
    """Answer question by question, as a person does."""
    texts, on_date = example.given.get("answers", {}), example.on
    answers: dict[str, Any] = {}
    refused: list[str] = []
    for _ in definition.questions:
        done = answers.keys() | set(refused)
        asked = questions_to_ask(definition, facts, answers, on_date=on_date)
        question = next((q for q in asked if q.key not in done and texts.get(q.key) is not None), None)
        if question is None:
            break
        raw = str(texts[question.key])
        try:
            value = check_answer(definition, question, raw, facts=facts, answers=answers, on_date=on_date)
        except InvalidAnswer:
            refused.append(question.key)
        else:
            answers[question.key] = value
    return answers, refused


def _complete(example: Example, earlier: Mapping[str, Example]) -> Example:
    base = earlier.get(example.given.get("like", ""))
    if base is None:
        return example
    given = {**base.given, **example.given}
    for part in ("facts", "answers"):
        given[part] = {**base.given.get(part, {}), **example.given.get(part, {})}
    return replace(example, given=given)


def _differences(example: Example, finding: Finding) -> Iterator[Mistake]:
    found = _found(finding)
    for key, expected in example.expect.items():
        if key in {"values", "states"}:
            for name, wanted in expected.items():
                if found[key].get(name) != wanted:
                    yield _differs(example, name, wanted, found[key].get(name))
        elif found[key] != expected:
            yield _differs(example, key, expected, found[key])
    if finding.refused_answers and "refused_answers" not in example.expect:
        refused = ", ".join(finding.refused_answers)
        yield _mistake(example, f"these answers were refused: {refused}", "Correct the answer or its check.")


def _found(finding: Finding) -> dict[str, Any]:
    outcome = finding.outcome
    return {
        "questions": list(finding.questions),
        "refused_answers": list(finding.refused_answers),
        "values": {step.key: _written(step.kind, step.value) for step in outcome.steps},
        "states": {step.key: str(step.state) for step in outcome.steps},
        "amount_km": outcome.amount_km,
        "proposal": str(outcome.proposal),
        "path": list(finding.path),
        "due": finding.due.isoformat(),
    }


def _written(kind: ValueKind, value: Any) -> Any:
    """Amounts as an author writes them: 230 KM, 247.60 KM."""
    if kind != ValueKind.MONEY or value is None:
        return value
    marks, feninga = divmod(value, 100)
    return f"{marks}.{feninga:02} KM" if feninga else f"{marks} KM"


def _differs(example: Example, name: str, expected: Any, found: Any) -> Mistake:
    what = f"{name} is {_plain(found)}, expected was {_plain(expected)}"
    return _mistake(example, what, "Correct the rule, or what the example expects.")


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) or "none" if isinstance(value, list) else str(value)


def _mistake(example: Example, what: str, remedy: str) -> Mistake:
    return Mistake("examples.yaml", example.line, f"“{example.name}”: {what}.", remedy)
