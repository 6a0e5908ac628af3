"""Whether a name holds another: either script, any case, with or without diacritics, in any order."""

import re
import unicodedata
from collections import Counter

from mostovi.kernel.script import to_latin

_PART = re.compile(r"[^\W\d_]+")


def holds_name(typed: str, known: str) -> bool:
    """A register may know a part of the name alone: the given name, where the family name has changed."""
    return bool(name_parts(known)) and not Counter(name_parts(known)) - Counter(name_parts(typed))


def name_parts(name: str) -> list[str]:
    """Ђорђе Ковач, Đorđe Kovač, DJORDJE KOVAC and Kovač Đorđe give the same."""
    return sorted(map(_folded, _PART.findall(to_latin(unicodedata.normalize("NFC", name)))))


def _folded(part: str) -> str:
    """Đ is written Dj or D where a keyboard lacks it."""
    bare = unicodedata.normalize("NFKD", part.lower()).replace("đ", "d").replace("dj", "d")
    return "".join(sign for sign in bare if not unicodedata.combining(sign))
