"""What generated schools are called: after their place, their number or a tree, never after a person.

The language is the one in which the authority that answers for the school writes; where it writes in several,
chance decides.
"""

from random import Random

from mostovi.demo.population.scripts import to_cyrillic
from mostovi.demo.schools.values import Municipality

_LANGUAGES = {
    "ba-rs": ("sr-Cyrl", "sr-Cyrl", "sr-Latn"),
    "ba-bd": ("bs", "hr", "sr-Cyrl"),
    "ba-k02": ("hr",),
    "ba-k06": ("bs", "hr"),
    "ba-k07": ("bs", "hr"),
    "ba-k08": ("hr",),
    "ba-k10": ("hr", "hr", "sr-Cyrl"),
}
_ORDINALS = ("Prva", "Druga", "Treća", "Četvrta", "Peta", "Šesta", "Sedma", "Osma", "Deveta", "Deseta")
_TREES = ("Lipa", "Breza", "Javor", "Jasen", "Bukva", "Hrast", "Kesten", "Izvor", "Vrelo", "Potok", "Livada")
_THINGS = ("Budućnost", "Mladost", "Proljeće", "Sunce", "Lastavica", "Vidik", "Ravnica", "Zora")
_SECONDARY = {
    "bs": ("Mješovita srednja škola", "Gimnazija", "Srednja tehnička škola", "Srednja stručna škola"),
    "hr": ("Srednja škola", "Gimnazija", "Srednja strukovna škola", "Tehnička škola"),
    "sr": ("Srednjoškolski centar", "Gimnazija", "Tehnička škola", "Srednja stručna škola"),
}
_BRANCH = {
    "bs": ("Područna škola",),
    "hr": ("Područna škola",),
    "sr": ("Područna škola", "Područno odjeljenje"),
}


def language_of(municipality: Municipality, random: Random) -> str:
    return random.choice(_LANGUAGES.get(municipality.admin1, ("bs",)))


def name_primary(place: str, nth: int, language: str, random: Random) -> str:
    """``nth`` counts the schools of one place from nothing."""
    if nth == 0:
        return _written(f"Osnovna škola {place}", language)
    if nth < len(_ORDINALS) and random.random() < 0.5:
        return _written(f"{_ORDINALS[nth]} osnovna škola {place}", language)
    thing = random.choice(_TREES + _THINGS)
    return _written(f"Osnovna škola „{thing}“ {place}", language)


def name_secondary(place: str, nth: int, language: str) -> str:
    kinds = _SECONDARY[language[:2]]
    kind = kinds[nth % len(kinds)]
    number = f"{_ORDINALS[nth // len(kinds)]} " if nth >= len(kinds) else ""
    words = f"{number}{kind[0].lower()}{kind[1:]}" if number else kind
    return _written(f"{words} {place}", language)


def name_branch(place: str, language: str, random: Random) -> str:
    return _written(f"{random.choice(_BRANCH[language[:2]])} {place}", language)


def _written(name: str, language: str) -> str:
    return to_cyrillic(name) if language == "sr-Cyrl" else name
