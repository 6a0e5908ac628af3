"""Serbian in its two scripts. Cyrillic to Latin is always unambiguous; the other way is so in given names."""

import re
from functools import lru_cache

_LATIN = dict(zip("абвгдђежзијклмнопрстћуфхцчш", "abvgdđežzijklmnoprstćufhcčš", strict=True)) | {
    "љ": "lj",
    "њ": "nj",
    "џ": "dž",
}
_CYRILLIC = {latin: cyrillic for cyrillic, latin in _LATIN.items()}
_LETTER = re.compile("|".join(sorted(_CYRILLIC, key=len, reverse=True)), re.IGNORECASE)
_OURS = re.compile(f"(?:{_LETTER.pattern}|-)+", re.IGNORECASE)
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


def given_name_to_cyrillic(name: str) -> str:
    """A given name in Serbian Cyrillic; one with a letter that is not ours stays as it is."""
    return _LETTER.sub(_cyrillic_letter, name) if _OURS.fullmatch(name) else name


def _cyrillic_letter(match: re.Match[str]) -> str:
    letter = match.group()
    cyrillic = _CYRILLIC[letter.lower()]
    return cyrillic.upper() if letter[0].isupper() else cyrillic
