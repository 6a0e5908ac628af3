"""Decision tables: for every combination that can come up, exactly one row holds."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from mostovi.services.definition.checks.expressions import combinations, samples_for
from mostovi.services.definition.expressions import ExpressionFailed, compile_expression
from mostovi.services.definition.mistakes import Mistake
from mostovi.services.definition.reading import Document
from mostovi.services.definition.values import Rule, RuleVersion, ServiceDefinition

_NUMBER = re.compile(r"(?:km\()?\b(\d{1,12})\b\)?")


def find_table_mistakes(definition: ServiceDefinition, document: Document) -> Iterator[Mistake]:
    """Gaps and overlaps, found by trying the values on both sides of each number in the table.

    Where a table has very many combinations only the first are tried; a gap that shows only in a case
    makes the value unknown there, and an official decides.
    """
    samples = samples_for(definition)
    for rule in definition.rules:
        for version in rule.versions:
            if version.rows:
                yield from _table(rule, version, samples, document)


def _table(
    rule: Rule, version: RuleVersion, samples: Mapping[str, list[Any]], document: Document
) -> Iterator[Mistake]:
    names = frozenset(
        name for row in version.rows for cell in row.when for name in compile_expression(cell).names
    )
    around = {name: _around(samples[name], version) for name in names}
    gap, overlap = None, None
    for values in combinations(names, around):
        holding = _rows_that_hold(version, values)
        if not holding:
            gap = gap or values
        if len(holding) > 1 and overlap is None:
            overlap = holding, values
    path = ("values", rule.key, "since", version.since.isoformat())
    if gap is not None:
        yield document.mistake(path, f"No row holds when {_say(gap)}.", "Add a row for it.")
    if overlap is not None:
        first, second = (version.rows[index].line for index in overlap[0][:2])
        what = f"The rows of lines {first} and {second} both hold when {_say(overlap[1])}."
        yield document.mistake((*path, overlap[0][1]), what, "Narrow one of them.")


def _rows_that_hold(version: RuleVersion, values: Mapping[str, Any]) -> list[int]:
    holding = []
    for index, row in enumerate(version.rows):
        try:
            if all(compile_expression(cell).evaluate(values) is True for cell in row.when):
                holding.append(index)
        except ExpressionFailed:
            return [index]  # what cannot be computed for these samples shows nothing about the table
    return holding


def _around(samples: list[Any], version: RuleVersion) -> list[Any]:
    """Whole numbers get the borders of the table with their neighbours; others stay."""
    if not all(isinstance(sample, int) and not isinstance(sample, bool) for sample in samples):
        return samples
    borders = set()
    for row in version.rows:
        for cell in row.when:
            for match in _NUMBER.finditer(cell):
                number = int(match[1]) * (100 if match[0].startswith("km(") else 1)
                borders |= {number - 1, number, number + 1}
    return sorted(borders | set(samples))


def _say(values: Mapping[str, Any]) -> str:
    return " and ".join(f"{name} is {_written(value)}" for name, value in values.items())


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(value)
