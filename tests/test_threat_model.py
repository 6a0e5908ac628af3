"""docs/explanation/threat-model.md promises nothing without a test."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[1]
TEXT = (HOUSE / "docs" / "explanation" / "threat-model.md").read_text(encoding="utf-8")
NAMED = re.findall(r"(tests/[\w/]+\.py)::(test_\w+)", TEXT)
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TEXT.splitlines()
    if line.startswith("| ") and not line.startswith("| threat ")
]


@cache
def names_in(path: str) -> set[str]:
    tree = ast.parse((HOUSE / path).read_text(encoding="utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {function.name for function in functions}


@pytest.mark.parametrize(("path", "name"), sorted(set(NAMED)))
def test_every_test_that_is_named_exists(path: str, name: str) -> None:
    assert (HOUSE / path).exists(), path
    assert name in names_in(path)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_every_threat_names_what_stands_against_it_and_a_test(row: list[str]) -> None:
    threat, defence, shown = row
    assert len(threat) > 10
    assert len(defence) > 4
    assert re.search(r"tests/[\w/]+\.py::test_\w+", shown)


def test_what_is_not_defended_is_said() -> None:
    assert len(TEXT.split("## What we do not defend against")[1].strip().split("\n- ")) > 8


def test_everybody_we_reckon_with_has_a_table() -> None:
    chapters = re.split(r"^### ", TEXT, flags=re.MULTILINE)[1:]
    assert len(chapters) == 8
    assert all("| threat |" in chapter for chapter in chapters)
