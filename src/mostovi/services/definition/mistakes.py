"""A mistake in a service definition says where it is, what is wrong and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

MOST_WORDS = 30


@dataclass(frozen=True, order=True)
class Mistake:
    """One thing to put right."""

    file: str
    line: int
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what} {self.remedy}"


def did_you_mean(word: Any, words: Iterable[Any]) -> str:
    """A remedy: the nearest of the words that are possible, otherwise the first of them."""
    texts = [str(candidate) for candidate in words]
    close = get_close_matches(str(word), texts, n=1)
    if close:
        return f"Did you mean `{close[0]}`?"
    shown = ", ".join(texts[:MOST_WORDS])
    return f"Use one of: {shown}{', …' if len(texts) > MOST_WORDS else ''}."


class DefinitionInvalid(Exception):
    """A folder that is no service; ``mistakes`` lists everything found, in the order of the files."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(map(str, self.mistakes)))
