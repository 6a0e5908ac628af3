"""Expressions: they compile, know their names, come to an end, and give the kind of value they should."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter
from itertools import islice, product
from typing import Any

from mostovi.services.definition.checks.moves import SITUATIONS
from mostovi.services.definition.evaluation import names_in, names_of
from mostovi.services.definition.expressions import (
    Expression,
    ExpressionFailed,
    ExpressionInvalid,
    compile_expression,
)
from mostovi.services.definition.kinds import AnyKind, has_kind, sample_values
from mostovi.services.definition.mistakes import Mistake
from mostovi.services.definition.reading import Document, Path
from mostovi.services.definition.values import Kind, Rule, ServiceDefinition, ValueKind

MOST_COMBINATIONS = 400
# These are the author's fault whatever the values are; others depend on the values.
_ALWAYS_WRONG = ("its parts are of different kinds", "it gives a broken number")


class Site:
    """One expression with the place where it stands and the kind it must give."""

    def __init__(self, document: Document, path: Path, source: str, gives: AnyKind) -> None:
        self.document, self.path, self.source, self.gives = document, path, source, gives

    def mistake(self, what: str, remedy: str) -> Mistake:
        return self.document.mistake(self.path, what, remedy)


def find_expression_mistakes(
    definition: ServiceDefinition, documents: Mapping[str, Document]
) -> Iterator[Mistake]:
    """All expressions of a service, tried with sample values of the kinds of their names."""
    broken = False
    for site, names in _sites(definition, documents):
        mistakes = list(_check(site, names, definition))
        broken = broken or bool(mistakes)
        yield from mistakes
    if not broken:
        yield from _cycles(definition, documents)


def find_unreadable_expressions(
    definition: ServiceDefinition, documents: Mapping[str, Document]
) -> Iterator[Mistake]:
    """Those that are no expressions whatever their names mean."""
    for site, _ in _sites(definition, documents):
        try:
            compile_expression(site.source)
        except ExpressionInvalid as error:
            yield _unreadable(site, error)


def samples_for(definition: ServiceDefinition) -> dict[str, list[Any]]:
    """Values to try for every name."""
    samples = {name: sample_values(kind) for name, kind in names_in(definition).items()}
    for question in definition.questions:
        choices = () if question.choices_from else tuple(choice.value for choice in question.choices)
        if question.kind == Kind.CHOICE:
            samples[question.key] = list(choices or ("1", "2"))
    return samples | {"today": sample_values(Kind.DATE)}


def combinations(names: frozenset[str], samples: Mapping[str, list[Any]]) -> Iterator[dict[str, Any]]:
    """Assignments of sample values to names, a bounded number of them."""
    ordered = sorted(names)
    values = product(*(samples[name] for name in ordered))
    return (dict(zip(ordered, row, strict=True)) for row in islice(values, MOST_COMBINATIONS))


def _sites(
    definition: ServiceDefinition, documents: Mapping[str, Document]
) -> Iterator[tuple[Site, dict[str, AnyKind]]]:
    names = names_in(definition) | {"today": Kind.DATE}
    questions, rules, steps = (documents[f"{name}.yaml"] for name in ("questions", "rules", "steps"))
    for question in definition.questions:
        path = ("questions", question.key)
        if question.ask_if:
            yield Site(questions, (*path, "ask_if"), question.ask_if, Kind.YES_NO), names
        if question.skip_if:
            yield Site(questions, (*path, "skip_if"), question.skip_if, Kind.YES_NO), names
        if question.check:
            known = names | {"answer": question.kind}
            yield Site(questions, (*path, "check"), question.check, Kind.YES_NO), known
    for rule in definition.rules:
        for site in _rule_sites(rule, rules):
            yield site, names
    for step in definition.steps:
        for action in step.actions:
            if action.only_if:
                path_to = ("steps", step.key, "may", action.name, "if")
                yield (
                    Site(steps, path_to, action.only_if, Kind.YES_NO),
                    {**dict.fromkeys(SITUATIONS[0].names, Kind.YES_NO), "proposal": Kind.TEXT},
                )


def _rule_sites(rule: Rule, document: Document) -> Iterator[Site]:
    path = ("values", rule.key)
    if rule.judge_if:
        yield Site(document, (*path, "judge_if"), rule.judge_if, Kind.YES_NO)
    if rule.skip_if:
        yield Site(document, (*path, "skip_if"), rule.skip_if, Kind.YES_NO)
    for version in rule.versions:
        here = (*path, "since", version.since.isoformat())
        if version.expression:
            yield Site(document, here, version.expression, rule.kind)
        for index, row in enumerate(version.rows):
            for cell, source in enumerate(row.when):
                yield Site(document, (*here, index, "if", cell), source, Kind.YES_NO)
            yield Site(document, (*here, index, "then"), row.then, rule.kind)


def _check(site: Site, names: Mapping[str, AnyKind], definition: ServiceDefinition) -> Iterator[Mistake]:
    try:
        expression = compile_expression(site.source)
    except ExpressionInvalid as error:
        yield _unreadable(site, error)
        return
    unknown = sorted(expression.names - set(names))
    for name in unknown:
        close = get_close_matches(name, list(names), n=1)
        remedy = f"Did you mean `{close[0]}`?" if close else f"Known are: {', '.join(sorted(names))}."
        yield site.mistake(f"Nothing here is called `{name}`.", remedy)
    if not unknown:
        yield from _try_out(site, expression, _samples(site, names, definition))


def _unreadable(site: Site, error: ExpressionInvalid) -> Mistake:
    return site.mistake(f"`{site.source}`: {error}.", error.remedy)


def _samples(
    site: Site, names: Mapping[str, AnyKind], definition: ServiceDefinition
) -> Mapping[str, list[Any]]:
    if site.document.file == "steps.yaml":
        return {name: list({each.names[name] for each in SITUATIONS}) for name in names}
    samples = samples_for(definition)
    return samples | {"answer": sample_values(names["answer"])} if "answer" in names else samples


def _try_out(site: Site, expression: Expression, samples: Mapping[str, list[Any]]) -> Iterator[Mistake]:
    computed, reason = False, ""
    for values in combinations(expression.names, samples):
        try:
            result = expression.evaluate(values)
        except ExpressionFailed as failure:
            reason = str(failure)
            if reason.startswith(_ALWAYS_WRONG):
                yield site.mistake(
                    f"`{site.source}` cannot be computed: {reason}.", "Compare like with like."
                )
                return
            continue
        computed = True
        if not has_kind(site.gives, result):
            wanted = (
                "true or false" if site.gives in {Kind.YES_NO, ValueKind.CONDITION} else f"a {site.gives}"
            )
            yield site.mistake(
                f"`{site.source}` does not give {wanted}.", f"Write an expression of {wanted}."
            )
            return
    if not computed:
        yield site.mistake(
            f"`{site.source}` gave no value for any sample: {reason}.", "Check the names and fields in it."
        )


def _cycles(definition: ServiceDefinition, documents: Mapping[str, Document]) -> Iterator[Mistake]:
    """Values and questions that wait for each other, and questions that need a later answer."""
    rules = {rule.key: names_of(rule) for rule in definition.rules}
    asked = {
        question.key: {
            name
            for source in (question.ask_if, question.skip_if)
            if source
            for name in compile_expression(source).names
        }
        for question in definition.questions
    }
    try:
        list(TopologicalSorter(rules | asked).static_order())
    except CycleError as error:
        circle = error.args[1]
        first = next(name for name in circle if name in rules or name in asked)
        document = documents["rules.yaml" if first in rules else "questions.yaml"]
        path = ("values" if first in rules else "questions", first)
        around = " → ".join(dict.fromkeys(circle))
        yield document.mistake(path, f"These wait for each other: {around}.", "Take one of them out.")
        return
    yield from _asked_too_early(definition, rules, asked, documents["questions.yaml"])


def _asked_too_early(
    definition: ServiceDefinition,
    rules: Mapping[str, set[str]],
    asked: Mapping[str, set[str]],
    document: Document,
) -> Iterator[Mistake]:
    order = [question.key for question in definition.questions]
    for place, key in enumerate(order):
        needed = _reach(asked[key], rules)
        for later in order[place + 1 :]:
            if later in needed:
                yield document.mistake(
                    ("questions", key, "ask_if"),
                    f"Whether to ask `{key}` depends on `{later}`, which is asked after it.",
                    f"Move `{later}` before `{key}`.",
                )


def _reach(names: set[str], rules: Mapping[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = set(names)
    while waiting:
        name = waiting.pop()
        reached.add(name)
        waiting |= rules.get(name, set()) - reached
    return reached
