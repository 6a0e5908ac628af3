"""Which questions to ask, what the rules say, by when a decision is due. Pure: time is an argument."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from graphlib import TopologicalSorter
from typing import Any

from mostovi.services.definition.expressions import ExpressionFailed, compile_expression
from mostovi.services.definition.frame import OCCASIONAL, WHERE_IT_WAS
from mostovi.services.definition.kinds import (
    AnyKind,
    for_rules,
    for_words,
    has_kind,
    read_fact,
    to_json,
)
from mostovi.services.definition.outcomes import Proposal, RuleOutcome, RuleState, RuleStep, Situation, Stop
from mostovi.services.definition.values import (
    Choice,
    Kind,
    Question,
    Rule,
    RuleVersion,
    ServiceDefinition,
    Step,
    StepAction,
    ValueKind,
)
from mostovi.services.definition.wording import fill
from mostovi.services.values import Party

_SENTENCES = {
    RuleState.MET: "met",
    RuleState.NOT_MET: "not_met",
    RuleState.JUDGE: "judge",
    RuleState.UNKNOWN: "unknown",
}


def facts_from_register(
    definition: ServiceDefinition, provider: str, service: str, fields: Mapping[str, Any]
) -> dict[str, Any]:
    """A register's answer as facts by their keys, JSON values. What it does not know is left out.

    Raises UnexpectedValue when a field is not of the declared kind.
    """
    facts = {}
    for source in definition.facts:
        if source.service == service and provider in definition.providers_of(source.provider):
            value = read_fact(source.kind, fields.get(source.field))
            if value is not None:
                facts[source.key] = value
    return facts


def questions_to_ask(
    definition: ServiceDefinition,
    facts: Mapping[str, Any],
    answers: Mapping[str, Any],
    *,
    on_date: date,
) -> tuple[Question, ...]:
    """The questions of this person in order, answered or not; titles and choices are filled in.

    A question whose condition rests on an answer still missing is left out until it is there.
    """
    known = _typed_facts(definition, facts) | {"today": on_date}
    values = _with_rules(definition, known)
    asked = []
    for question in definition.questions:
        if question.from_fact in known or not _is_asked(question, values):
            continue
        asked.append(_filled(question, known, words_of(definition, values)))
        if answers.get(question.key) is not None:
            known[question.key] = for_rules(question.kind, answers[question.key])
            values = _with_rules(definition, known)
    return tuple(asked)


def evaluate_rules(
    definition: ServiceDefinition,
    facts: Mapping[str, Any],
    answers: Mapping[str, Any],
    *,
    on_date: date,
) -> RuleOutcome:
    """What each rule says by the law of ``on_date``. Answers to questions not asked do not count."""
    known = known_answers(definition, facts, answers, on_date)
    states = {}
    for rule in in_order(definition.rules):
        if rule.skip_if and _holds(rule.skip_if, known):
            continue
        states[rule.key], value = evaluate_rule(rule, known, on_date)
        if value is not None:
            known[rule.key] = value
    words, under = words_of(definition, known), _facts_under(definition, on_date)
    steps = tuple(
        replace(_step(rule, states[rule.key], known, words), rests_on=under[rule.key])
        for rule in definition.rules
        if rule.key in states
    )
    proposal = _proposal(steps)
    amount = known.get(definition.amount) if proposal not in {Proposal.REFUSE, Proposal.UNKNOWN} else None
    return RuleOutcome(
        steps, {name: to_json(value) for name, value in known.items()}, words, proposal, amount
    )


def find_stops(
    definition: ServiceDefinition,
    facts: Mapping[str, Any],
    answers: Mapping[str, Any],
    *,
    on_date: date,
) -> tuple[Stop, ...]:
    """Conditions without which there is nothing to ask and nothing to grant, and that registers deny."""
    known = known_values(definition, facts, answers, on_date)
    words = words_of(definition, known)
    return tuple(
        Stop(rule.key, rule.stop, rule.article, rule.illustrative, fill(rule.sentences["stop"], words))
        for rule in definition.rules
        if rule.stop and evaluate_rule(rule, known, on_date)[0] == RuleState.NOT_MET
    )


def due_date(definition: ServiceDefinition, submitted_on: date) -> date:
    """The last day for a decision: calendar days after the day of application."""
    return submitted_on + timedelta(days=definition.deadline.days)


def goes_on(step: Step, situation: Situation) -> StepAction | None:
    """What happens next by itself: the first action of the platform whose condition holds."""
    by_itself = (
        action
        for action in _open_actions(step, situation)
        if action.who == (Party.SYSTEM,) and action.name not in OCCASIONAL
    )
    return next(by_itself, None)


def path_of(
    definition: ServiceDefinition, situation: Situation, taken: Sequence[str] = ()
) -> tuple[str, ...]:
    """The states an application passes: by itself as far as it can, then by the actions people took."""
    path, left = [definition.start], list(taken)
    while len(path) <= 2 * len(definition.steps) + len(taken):
        step = definition.step(path[-1])
        wanted = next((each for each in _open_actions(step, situation) if each.name in left[:1]), None)
        action = wanted or goes_on(step, situation)
        if action is None:
            break
        left = left[1:] if wanted else left
        path.append(path[-2] if action.to == WHERE_IT_WAS else action.to)
    return tuple(path)


def _open_actions(step: Step, situation: Situation) -> list[StepAction]:
    return [action for action in step.actions if _holds(action.only_if, situation.names)]


def known_answers(
    definition: ServiceDefinition, facts: Mapping[str, Any], answers: Mapping[str, Any], on_date: date
) -> dict[str, Any]:
    """Facts, today and the answers of those questions that are asked, as expressions see them."""
    known = _typed_facts(definition, facts) | {"today": on_date}
    for question in questions_to_ask(definition, facts, answers, on_date=on_date):
        if answers.get(question.key) is not None:
            known[question.key] = for_rules(question.kind, answers[question.key])
    return known


def known_values(
    definition: ServiceDefinition, facts: Mapping[str, Any], answers: Mapping[str, Any], on_date: date
) -> dict[str, Any]:
    """The same with every value that the rules can compute from them."""
    return _with_rules(definition, known_answers(definition, facts, answers, on_date))


def in_order(rules: tuple[Rule, ...]) -> list[Rule]:
    """Rules with those they rest on before them. Raises graphlib.CycleError."""
    by_key = {rule.key: rule for rule in rules}
    graph = {rule.key: [name for name in names_of(rule) if name in by_key] for rule in rules}
    return [by_key[key] for key in TopologicalSorter(graph).static_order()]


def names_of(rule: Rule) -> set[str]:
    """All names that a rule's expressions use, in all its versions."""
    return {name for source in sources_of(rule) for name in compile_expression(source).names}


def sources_of(rule: Rule) -> list[str]:
    """All expressions of a rule."""
    sources = [source for source in (rule.judge_if, rule.skip_if) if source]
    for version in rule.versions:
        sources += _sources_of_version(version)
    return sources


def _sources_of_version(version: RuleVersion) -> list[str]:
    rows = [source for row in version.rows for source in (*row.when, row.then)]
    return [version.expression, *rows] if version.expression else rows


def _facts_under(definition: ServiceDefinition, on_date: date) -> dict[str, frozenset[str]]:
    """The facts that the value of each rule is computed from by the law of that day."""
    under = {fact.key: frozenset({fact.key}) for fact in definition.facts}
    for rule in in_order(definition.rules):
        version = version_on(rule, on_date)
        sources = [*(_sources_of_version(version) if version else ()), *filter(None, [rule.judge_if])]
        names = {name for source in sources for name in compile_expression(source).names}
        under[rule.key] = frozenset().union(*(under.get(name, frozenset()) for name in names))
    return under


def evaluate_rule(rule: Rule, known: Mapping[str, Any], on_date: date) -> tuple[RuleState, Any]:
    """State and typed value of one rule; (unknown, None) while something it needs is missing."""
    version = version_on(rule, on_date)
    try:
        if version is None:
            return RuleState.UNKNOWN, None
        if rule.judge_if and compile_expression(rule.judge_if).evaluate(known) is True:
            return RuleState.JUDGE, None
        value = evaluate_version(version, known)
    except ExpressionFailed:
        return RuleState.UNKNOWN, None
    if not has_kind(rule.kind, value):
        return RuleState.UNKNOWN, None
    met = value if rule.kind == ValueKind.CONDITION else True
    return (RuleState.MET if met else RuleState.NOT_MET), value


def version_on(rule: Rule, on_date: date) -> RuleVersion | None:
    """The version in force on a day."""
    return max((v for v in rule.versions if v.since <= on_date), key=lambda v: v.since, default=None)


def evaluate_version(version: RuleVersion, known: Mapping[str, Any]) -> Any:
    """The expression's value, or that of the one row whose cells all hold. Raises ExpressionFailed."""
    if version.expression:
        return compile_expression(version.expression).evaluate(known)
    rows = [
        row for row in version.rows if all(compile_expression(c).evaluate(known) is True for c in row.when)
    ]
    if len(rows) != 1:
        raise ExpressionFailed("not exactly one row of the table holds")
    return compile_expression(rows[0].then).evaluate(known)


def words_of(definition: ServiceDefinition, known: Mapping[str, Any]) -> dict[str, Any]:
    """Known values as sentences hold them."""
    kinds = names_in(definition)
    return {name: for_words(kinds.get(name, Kind.TEXT), value) for name, value in known.items()}


def names_in(definition: ServiceDefinition) -> dict[str, AnyKind]:
    """Every fact, question and value by name, with its kind."""
    names: dict[str, AnyKind] = {fact.key: fact.kind for fact in definition.facts}
    names |= {question.key: question.kind for question in definition.questions}
    return names | {rule.key: rule.kind for rule in definition.rules}


def _typed_facts(definition: ServiceDefinition, facts: Mapping[str, Any]) -> dict[str, Any]:
    typed = {}
    for source in definition.facts:
        if facts.get(source.key) is not None:
            typed[source.key] = for_rules(source.kind, facts[source.key])
    return typed


def _is_asked(question: Question, values: Mapping[str, Any]) -> bool:
    """``ask_if`` must be known to hold; ``skip_if`` leaves a question out only when it is known to hold."""
    return _holds(question.ask_if, values) and not (question.skip_if and _holds(question.skip_if, values))


def _holds(expression: str, known: Mapping[str, Any]) -> bool:
    if not expression:
        return True
    try:
        return compile_expression(expression).evaluate(known) is True
    except ExpressionFailed:
        return False


def _with_rules(definition: ServiceDefinition, known: Mapping[str, Any]) -> dict[str, Any]:
    values, today = dict(known), known["today"]
    for rule in in_order(definition.rules):
        _, value = evaluate_rule(rule, values, today)
        if value is not None:
            values[rule.key] = value
    return values


def _filled(question: Question, known: Mapping[str, Any], words: Mapping[str, Any]) -> Question:
    return replace(
        question,
        choices=_choices(question, known, words),
        title=fill(question.title, words),
        hint=fill(question.hint, words) if question.hint else None,
        why=fill(question.why, words) if question.why else None,
        check_text=fill(question.check_text, words) if question.check_text else None,
    )


def _choices(question: Question, known: Mapping[str, Any], words: Mapping[str, Any]) -> tuple[Choice, ...]:
    """Closed choices, or one per person of a list whose value is the place in it, counted from 1."""
    if not question.choices_from:
        return tuple(
            Choice(choice.value, fill(choice.texts, words), choice.hint and fill(choice.hint, words))
            for choice in question.choices
        )
    people = known.get(question.choices_from, [])
    label = question.choices[0].texts
    return tuple(Choice(str(place), fill(label, person)) for place, person in enumerate(people, start=1))


def _step(rule: Rule, state: RuleState, known: Mapping[str, Any], words: Mapping[str, Any]) -> RuleStep:
    sentence = rule.sentences.get(_SENTENCES[state])
    return RuleStep(
        key=rule.key,
        kind=rule.kind,
        state=state,
        value=to_json(known.get(rule.key)),
        article=rule.article,
        illustrative=rule.illustrative,
        sentence_key=f"rules.{rule.key}.{_SENTENCES[state]}",
        sentence=fill(sentence, words) if sentence else None,
        missing=tuple(sorted(names_of(rule) - set(known))) if state == RuleState.UNKNOWN else (),
    )


def _proposal(steps: tuple[RuleStep, ...]) -> Proposal:
    """One condition not met decides; otherwise what is missing, then what an official must judge."""
    states = {step.state for step in steps if step.kind == ValueKind.CONDITION}
    for state, proposal in (
        (RuleState.NOT_MET, Proposal.REFUSE),
        (RuleState.UNKNOWN, Proposal.UNKNOWN),
        (RuleState.JUDGE, Proposal.JUDGE),
    ):
        if state in states:
            return proposal
    return Proposal.GRANT
