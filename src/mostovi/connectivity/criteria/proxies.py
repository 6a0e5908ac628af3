"""No index may rest on who people are: words that name peoples, faiths or returnees, or stand for them.

A name cannot show every proxy. What it shows is refused here; the rest is for those who read the document,
which is public.
"""

import re
import unicodedata

# Beginnings of words in English, Bosnian, Croatian and Serbian, without diacritics, in Latin script.
_BEGINNINGS = (
    *(
        "ethn",
        "etnic",
        "etnij",
        "nationalit",
        "nacionalnost",
        "narodnost",
        "konstitutivn",
        "minorit",
        "manjin",
    ),
    *("bosniak", "bosnjak", "bosnjac", "croat", "hrvat", "serb", "srb", "srpsk", "romsk", "romkinj"),
    *(
        "religi",
        "faith",
        "denominat",
        "vjersk",
        "vjeroisp",
        "vjernik",
        "konfesij",
        "musliman",
        "muslim",
        "islam",
        "catholic",
    ),
    *(
        "katoli",
        "orthodox",
        "pravoslav",
        "returnee",
        "povratnik",
        "povratnic",
        "povratak",
        "povratk",
        "refugee",
    ),
    *(
        "izbjegl",
        "izbegl",
        "displaced",
        "raseljen",
        "prognan",
        "surname",
        "prezim",
        "mothertongue",
        "maternj",
    ),
    *("language", "jezik", "cyrillic", "cirilic", "latinic", "entity", "entitet", "prewar", "predratn"),
)
_WORDS = frozenset({"roma", "romi", "script", "pismo", "1991", "nacija"})
_PHRASES = ("one roof", "jednim krovom", "mother tongue")
# Where a site lies is no reason: what is different there is.
_PLACES = frozenset({"canton", "kanton", "municipality", "opcina", "opstina", "settlement", "naselje"})

_LATIN = str.maketrans(
    {
        **dict(zip("абвгдђежзијклмнопрстћуфхцчшđ", "abvgddezzijklmnoprstcufhccsd", strict=True)),
        "љ": "lj",
        "њ": "nj",
        "џ": "dz",
    }
)
_SPLIT = re.compile(r"[^a-z0-9]+")


def proxy_in(name: str, says: str) -> str | None:
    """The word by which an indicator tells who people are, or None."""
    if _plain(name) in _PLACES:
        return name
    plain = f"{_plain(name)} {_plain(says)}"
    phrase = next((phrase for phrase in _PHRASES if phrase in plain), None)
    return phrase or next((word for word in plain.split() if _tells(word)), None)


def _tells(word: str) -> bool:
    return word in _WORDS or word.startswith(_BEGINNINGS)


def _plain(text: str) -> str:
    """Lower-case Latin words without diacritics, one space between them."""
    latin = unicodedata.normalize("NFKD", text.lower().translate(_LATIN))
    stripped = "".join(letter for letter in latin if not unicodedata.combining(letter))
    return " ".join(_SPLIT.split(stripped)).strip()
