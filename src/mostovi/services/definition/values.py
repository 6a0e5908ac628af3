"""The words of a service definition: question, value, step, text.

Answers and facts are JSON values everywhere: dates as ``2019-09-02``, money as whole feninga, yes or no
as true or false. Text is always ``{"bs", "hr", "sr", "en"}``, Serbian in Cyrillic; a text filled with
values has ``sr-Latn`` besides.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

Texts = Mapping[str, str]
LANGUAGES = ("bs", "hr", "sr", "en")


class Kind(StrEnum):
    """What a question asks for, or a register's fact is. A closed list."""

    YES_NO = "yes_no"
    CHOICE = "choice"
    DATE = "date"
    NUMBER = "number"
    MONEY = "money"
    TEXT = "text"
    IBAN = "iban"
    PHONE = "phone"
    EMAIL = "email"


class FactKind(StrEnum):
    """What a register's field holds. ``money_km`` is whole marks there and feninga here."""

    YES_NO = "yes_no"
    DATE = "date"
    NUMBER = "number"
    MONEY_KM = "money_km"
    TEXT = "text"
    PEOPLE = "people"


class ValueKind(StrEnum):
    """What a rule computes. A condition is met, not met, or needs an official's judgement."""

    CONDITION = "condition"
    YES_NO = "yes_no"
    DATE = "date"
    NUMBER = "number"
    MONEY = "money"
    TEXT = "text"
    PERSON = "person"


@dataclass(frozen=True)
class FactSource:
    """One fact and where it stays: ``from: tuzla-canton-interior.residence.address``.

    ``provider`` is an institution, or the key of the question whose answer names one.
    """

    key: str
    kind: FactKind
    provider: str
    service: str
    field: str
    article: str
    illustrative: bool
    needed: bool
    line: int = 0


@dataclass(frozen=True)
class FactRequest:
    """What one register is asked for: all facts of one service of one institution, in one exchange."""

    provider: str
    service: str
    facts: tuple[FactSource, ...]

    @property
    def key(self) -> str:
        """For example ``residence``: unique within a service definition."""
        return self.service

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(fact.field for fact in self.facts)

    @property
    def articles(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(fact.article for fact in self.facts if fact.article))

    @property
    def illustrative(self) -> bool:
        return any(fact.illustrative for fact in self.facts)


@dataclass(frozen=True)
class Choice:
    """One answer of a closed list. ``texts`` is its label, ``hint`` may explain it."""

    value: str
    texts: Texts
    hint: Texts | None = None


@dataclass(frozen=True)
class Question:
    """One question on one page. Its texts: ``questions.<key>.title``, ``.hint``, ``.why``, ``.check``."""

    key: str
    kind: Kind
    choices: tuple[Choice, ...] = ()
    choices_from: str = ""
    ask_if: str = ""
    skip_if: str = ""
    check: str = ""
    from_fact: str = ""
    optional: bool = False
    title: Texts = field(default_factory=dict)
    hint: Texts | None = None
    why: Texts | None = None
    check_text: Texts | None = None
    line: int = 0


@dataclass(frozen=True)
class TableRow:
    """One row of a decision table: if all cells hold, the value is ``then``."""

    when: tuple[str, ...]
    then: str
    line: int = 0


@dataclass(frozen=True)
class RuleVersion:
    """How a value is computed from ``since`` on: one expression, or the one row of a table that holds."""

    since: date
    expression: str = ""
    rows: tuple[TableRow, ...] = ()
    line: int = 0


@dataclass(frozen=True)
class Rule:
    """A named value with its article of law and, for conditions, the sentences that an official reads."""

    key: str
    kind: ValueKind
    versions: tuple[RuleVersion, ...]
    article: str = ""
    illustrative: bool = True
    judge_if: str = ""
    skip_if: str = ""
    stop: str = ""
    sentences: Mapping[str, Texts] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True)
class StepAction:
    """One thing that can happen in a step: who may, where it leads, what is sealed of it (``signs``)."""

    name: str
    who: tuple[str, ...]
    to: str
    only_if: str = ""
    signs: str = ""
    line: int = 0


@dataclass(frozen=True)
class Step:
    """A state of an application. While it is in one that is ``paused`` the days do not count."""

    key: str
    paused: bool = False
    actions: tuple[StepAction, ...] = ()
    title: Texts = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True)
class Law:
    """The act a service rests on."""

    act: Texts
    gazette: Texts
    number: str
    illustrative: bool
    url: str = ""


@dataclass(frozen=True)
class Term:
    """So many calendar days, as the act says."""

    days: int
    article: str
    illustrative: bool


@dataclass(frozen=True)
class Cost:
    """What a person pays, in feninga."""

    feninga: int
    article: str
    illustrative: bool


@dataclass(frozen=True)
class Example:
    """Given facts and answers, what is expected. It is run by ``mostovi service check``."""

    name: str
    on: date
    given: Mapping[str, Any]
    expect: Mapping[str, Any]
    line: int = 0


@dataclass(frozen=True)
class ServiceDefinition:
    """One service in one version; ``version`` is the sha-256 of its canonical content."""

    key: str
    version: str
    owner: str
    level: str
    unit: str
    law: Law
    output: str
    cost: Cost
    deadline: Term
    late_facts: Term | None
    channels: tuple[str, ...]
    automatic: bool
    issued_by: str
    amount: str
    identity: tuple[str, ...]
    facts: tuple[FactSource, ...]
    questions: tuple[Question, ...]
    rules: tuple[Rule, ...]
    steps: tuple[Step, ...]
    start: str
    texts: Mapping[str, Texts]
    examples: tuple[Example, ...]
    template: str
    files: Mapping[str, str]

    def __hash__(self) -> int:
        return hash(self.version)

    @property
    def title(self) -> Texts:
        return self.texts["title"]

    @property
    def requests(self) -> tuple[FactRequest, ...]:
        """What to ask which register, in the order of the definition."""
        grouped: dict[tuple[str, str], list[FactSource]] = {}
        for fact in self.facts:
            grouped.setdefault((fact.provider, fact.service), []).append(fact)
        return tuple(FactRequest(*where, facts=tuple(facts)) for where, facts in grouped.items())

    @property
    def identity_requests(self) -> tuple[str, ...]:
        """Which registers' answers say who the person is."""
        return tuple(
            request.key
            for request in self.requests
            if any(fact.key in self.identity for fact in request.facts)
        )

    @property
    def choosing(self) -> tuple[str, ...]:
        """The questions whose answers say which institution is asked."""
        named = {fact.provider for fact in self.facts} | {self.issued_by.partition(".")[0]}
        return tuple(question.key for question in self.questions if question.key in named)

    def provider_of(self, name: str, answers: Mapping[str, Any]) -> str:
        """The institution behind the first part of a ``from``; empty while the person has not chosen it."""
        return str(answers.get(name) or "") if name in self.choosing else name

    def providers_of(self, name: str) -> tuple[str, ...]:
        """Every institution that it may be."""
        if name not in self.choosing:
            return (name,)
        return tuple(choice.value for choice in self.question(name).choices)

    def question(self, key: str) -> Question:
        return next(question for question in self.questions if question.key == key)

    def step(self, key: str) -> Step:
        return next(step for step in self.steps if step.key == key)
