"""Which column of a file is which field: suggested by the words of its header, for a person to correct."""

import re
import unicodedata
from collections.abc import Sequence

from mostovi.connectivity.school_master.fields import FIELDS, PARENT
from mostovi.kernel.script import to_latin

_FIELDS = (*FIELDS, PARENT)


def fold(text: str) -> str:
    """Words without case, script, diacritics and signs: ``Општина / Grad`` as ``opstina grad``."""
    latin = to_latin(text).lower().replace("đ", "d")
    plain = unicodedata.normalize("NFKD", latin)
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(re.findall(r"[a-z0-9]+", letters))


_WORDS = {word: field.name for field in _FIELDS for word in (fold(field.name), *field.also)}


def suggest_columns(header: Sequence[str]) -> dict[str, int]:
    """The number of the column for each field that the header names; the first column wins.

    Giga's own names are taken before words that people use.
    """
    folded = [fold(name) for name in header]
    own = {fold(field.name): field.name for field in _FIELDS}
    found: dict[str, int] = {}
    for words in (own, _WORDS):
        for number, name in enumerate(folded):
            field = words.get(name)
            if field and field not in found and number not in found.values():
                found[field] = number
    return found


def count_known(header: Sequence[str]) -> int:
    """How many of the words of a row are names of fields: the row with most of them is the header."""
    return len(suggest_columns(header))
