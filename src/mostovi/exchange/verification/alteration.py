"""Says in words what was altered in a sealed document, where its original or its signed revision is known."""

from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

from mostovi.exchange.verification import sentences
from mostovi.exchange.verification.seals import locate_seals
from mostovi.exchange.verification.values import Statement
from mostovi.exchange.verification.visible_text import OutOfPatience, Patience, page_streams

Part = Literal["page", "seal", "structure", "appended"]
LONGEST_QUOTE = 80
MOST_DIFFERENCES = 5
LARGEST_REVISION = 1024 * 1024


@dataclass(frozen=True)
class Alteration:
    """Where an altered file first differs from its original, and what a reader of the page sees of it.

    ``page`` counts from 1; ``old`` and ``new`` are the words that changed, empty where no visible text did.
    ``old_byte`` and ``new_byte`` are None where one of the files has ended.
    """

    offset: int
    count: int
    old_byte: int | None
    new_byte: int | None
    part: Part
    page: int | None = None
    old: str = ""
    new: str = ""


def describe_alteration(original: bytes, altered: bytes) -> Alteration | None:
    """The difference between a sealed original and an altered copy; None when they are equal."""
    pairs = zip_longest(original, altered)
    different = [offset for offset, (old, new) in enumerate(pairs) if old != new]
    if not different:
        return None
    offset = different[0]
    page, old, new = _visible_change(original, altered, different)
    return Alteration(
        offset=offset,
        count=len(different),
        old_byte=original[offset] if offset < len(original) else None,
        new_byte=altered[offset] if offset < len(altered) else None,
        part=_part(original, offset, page),
        page=page,
        old=old,
        new=new,
    )


def describe_appended(signed: bytes, current: bytes) -> tuple[Statement, ...]:
    """What a revision added after the seal changed on the pages, as far as their text tells.

    ``signed`` is known to be the institution's, ``current`` may be anything: only what has the size of a
    revision is read, and not for long.
    """
    if len(current) - len(signed) > LARGEST_REVISION:
        return ()
    patience = Patience()
    try:
        before, after = _page_texts(signed, patience), _page_texts(current, patience)
    except OutOfPatience:
        return ()
    if not before or not after:
        return ()
    found = []
    for page in sorted(before.keys() | after.keys()):
        old, new = changed_words(before.get(page, ""), after.get(page, ""))
        if old or new:
            found.append(Statement(sentences.PAGE_CHANGED, {"page": page, "old": old, "new": new}))
    return tuple(found[:MOST_DIFFERENCES])


def changed_words(old: str, new: str) -> tuple[str, str]:
    """The shortest run of whole words in which two texts differ, on either side; empty strings when equal."""
    before, after = old.split(), new.split()
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return _quote(before[start : len(before) - end]), _quote(after[start : len(after) - end])


def _quote(words: list[str]) -> str:
    text = " ".join(words)
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"


def _visible_change(original: bytes, altered: bytes, different: list[int]) -> tuple[int | None, str, str]:
    """The page whose content holds a difference. Its place and fonts are taken from the sound original."""
    for stream in page_streams(original):
        if any(stream.start <= offset < stream.end for offset in different):
            return stream.page, *changed_words(stream.text(original), stream.text(altered))
    return None, "", ""


def _part(original: bytes, offset: int, page: int | None) -> Part:
    if offset >= len(original):
        return "appended"
    if page is not None:
        return "page"
    if any(seal.gap_start <= offset < seal.gap_end for seal in locate_seals(original)):
        return "seal"
    return "structure"


def _page_texts(pdf: bytes, patience: Patience) -> dict[int, str]:
    texts: dict[int, str] = {}
    for stream in page_streams(pdf, patience):
        patience.check()
        texts[stream.page] = texts.get(stream.page, "") + stream.text(pdf)
    return texts
