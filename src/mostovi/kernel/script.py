"""Serbian in its two scripts. Cyrillic to Latin is always unambiguous; the other way is not."""

import re
from functools import lru_cache

_LATIN = dict(zip("абвгдђежзијклмнопрстћуфхцчш", "abvgdđežzijklmnoprstćufhcčš", strict=True)) | {
    "љ": "lj",
    "њ": "nj",
    "џ": "dž",
}
_WORD = re.compile(r"[Ѐ-ӿ]+")


def _latin_word(match: re.Match[str]) -> str:
    word = match.group()
    shouted = len(word) > 1 and word.isupper()
    letters = []
    for letter in word:
        latin = _LATIN.get(letter.lower(), letter)
        if letter.isupper():
            latin = latin.upper() if shouted else latin.capitalize()
        letters.append(latin)
    return "".join(letters)


@lru_cache(maxsize=4096)
def to_latin(text: str) -> str:
    """Serbian Cyrillic in Latin letters. Cyrillic to Latin is always unambiguous; other signs stay."""
    return _WORD.sub(_latin_word, text)
