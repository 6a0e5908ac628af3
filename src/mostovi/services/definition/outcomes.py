"""What the rules of a service say about one application."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mostovi.services.definition.values import Texts, ValueKind


class RuleState(StrEnum):
    """The result of one step of the rules."""

    MET = "met"
    NOT_MET = "not met"
    JUDGE = "judge"
    UNKNOWN = "unknown"


class Proposal(StrEnum):
    """What all steps together propose. An official decides; only a service without one follows it."""

    GRANT = "grant"
    REFUSE = "refuse"
    JUDGE = "judge"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class RuleStep:
    """The result of one rule. ``value`` is a JSON value; ``sentence`` is ready to be read; ``rests_on`` are
    the facts of registers it was computed from, also by way of other rules."""

    key: str
    kind: ValueKind
    state: RuleState
    value: Any
    article: str
    illustrative: bool
    sentence_key: str
    sentence: Texts | None
    missing: tuple[str, ...] = ()
    rests_on: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Stop:
    """A condition that a register's answer does not meet, so that there is nothing more to ask.

    ``fact`` is the register's answer that the person may call wrong; ``sentence`` tells her.
    """

    key: str
    fact: str
    article: str
    illustrative: bool
    sentence: Texts


@dataclass(frozen=True)
class RuleOutcome:
    """What the rules say about facts and answers.

    ``values`` holds every known name as a JSON value, to be stored; ``words`` the same as dates,
    amounts in marks (Decimal) and texts, to be written into sentences with ``fill``.
    """

    steps: tuple[RuleStep, ...]
    values: Mapping[str, Any]
    words: Mapping[str, Any]
    proposal: Proposal
    amount_feninga: int | None

    @property
    def conditions(self) -> tuple[RuleStep, ...]:
        """The steps an official reads, in the order of the definition."""
        return tuple(step for step in self.steps if step.kind == ValueKind.CONDITION)

    @property
    def reasons(self) -> tuple[RuleStep, ...]:
        """The conditions as a decision gives them: first what is not met, then what is not known.

        What an official has to judge is answered by the official's own words.
        """
        order = (RuleState.NOT_MET, RuleState.UNKNOWN, RuleState.MET)
        weighed = [step for step in self.conditions if step.state in order]
        return tuple(sorted(weighed, key=lambda step: order.index(step.state)))

    @property
    def articles(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(step.article for step in self.steps if step.article))

    @property
    def amount_km(self) -> int | None:
        """The amount in whole marks, when it is whole."""
        whole = self.amount_feninga is not None and self.amount_feninga % 100 == 0
        return self.amount_feninga // 100 if whole and self.amount_feninga is not None else None


@dataclass(frozen=True)
class Situation:
    """What the conditions of steps may ask.

    ``open``: something is left that only the applicant can say; ``silent``: a register that is needed has
    not answered yet; ``gaps``: one does not know the person, or refused.
    """

    proposal: Proposal
    open: bool = False
    silent: bool = False
    gaps: bool = False

    @property
    def names(self) -> dict[str, Any]:
        return {"proposal": str(self.proposal), "open": self.open, "silent": self.silent, "gaps": self.gaps}
