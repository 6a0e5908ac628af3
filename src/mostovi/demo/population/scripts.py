"""Latin and Cyrillic as registers write them."""

import csv
import re
from functools import cache
from importlib import resources

from mostovi.kernel.script import to_latin

__all__ = ["is_writable", "to_cyrillic", "to_latin"]
# Where a prefix meets a root, d and ž are two sounds and stay two letters.
_TWO_LETTERS = {"Podžeplje": "Поджепље", "podžeplje": "поджепље"}


@cache
def _letters() -> tuple[dict[str, str], re.Pattern[str]]:
    path = resources.files("mostovi") / "packs" / "bih" / "territory" / "transliteration_sr.csv"
    with path.open(encoding="utf-8") as lines:
        table = {row["latin"]: row["cyrillic"] for row in csv.DictReader(lines)}
    return table, re.compile("|".join(sorted(table, key=len, reverse=True)), re.IGNORECASE)


def _cyrillic_letter(match: re.Match[str]) -> str:
    latin = match.group()
    cyrillic = _letters()[0][latin.lower()]
    return cyrillic.upper() if latin[0].isupper() else cyrillic


def to_cyrillic(latin: str) -> str:
    """Džejla Njegovan as Џејла Његован; what is not a letter of the alphabet stays."""
    return _TWO_LETTERS.get(latin) or _letters()[1].sub(_cyrillic_letter, latin)


def is_writable(latin: str) -> bool:
    """True if every letter belongs to the alphabet, so that the name reads the same in both scripts."""
    rest = _letters()[1].sub("", latin)
    return bool(latin) and not rest.replace(" ", "").replace("-", "")
