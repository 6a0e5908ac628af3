"""Whether two written names are one: either script, any case, with or without diacritics, in any order."""

import re
import unicodedata

from mostovi.kernel.script import to_latin

_PART = re.compile(r"[^\W\d_]+")


def is_same_name(one: str, other: str) -> bool:
    return bool(name_parts(one)) and name_parts(one) == name_parts(other)


def name_parts(name: str) -> list[str]:
    """Ђорђе Ковач, Đorđe Kovač, DJORDJE KOVAC and Kovač Đorđe give the same."""
    return sorted(map(_folded, _PART.findall(to_latin(unicodedata.normalize("NFC", name)))))


def _folded(part: str) -> str:
    """Đ is written Dj or D where a keyboard lacks it."""
    bare = unicodedata.normalize("NFKD", part.lower()).replace("đ", "d").replace("dj", "d")
    return "".join(sign for sign in bare if not unicodedata.combining(sign))
