"""What people look for on the first page: services, institutions and who governs a place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mostovi.kernel import territory
from mostovi.kernel.institutions import Institution, list_institutions, list_on_the_bridge
from mostovi.kernel.languages import current_variant, to_latin
from mostovi.services import public as services

_PLAIN = str.maketrans("čćžšđ", "cczsd")


@dataclass(frozen=True)
class GovernedPlace:
    """A place with the governments above it and the institutions on the bridge that serve it."""

    place: territory.Place
    institutions: tuple[Institution, ...]


def fold(text: str) -> str:
    """Text as people type it when they are in a hurry: no script, no case, no diacritics."""
    return to_latin(text).lower().translate(_PLAIN)


def matches(asked: str, texts: Iterable[str]) -> bool:
    """True if each word that was asked for begins a word of the texts, in either script."""
    words = [word for text in texts for word in fold(text).split()]
    return all(any(word.startswith(part) for word in words) for part in fold(asked).split())


@dataclass(frozen=True)
class Found:
    """What carries the words that were asked for."""

    services: Sequence[services.ServiceSummary]
    institutions: Sequence[Institution]

    @property
    def total(self) -> int:
        return len(self.services) + len(self.institutions)


def search(asked: str) -> Found:
    return Found(find_services(asked), find_institutions(asked))


def find_services(asked: str) -> Sequence[services.ServiceSummary]:
    """Services in whose title, reason or key words all words that were asked for begin."""
    return [service for service in services.list_services() if matches(asked, _words_of(service))]


def _words_of(service: services.ServiceSummary) -> list[str]:
    return [service.summary, *service.events, *service.titles.values(), *service.keywords.values()]


def find_institutions(asked: str) -> Sequence[Institution]:
    return [
        institution
        for institution in list_institutions()
        if matches(asked, [*institution.names.values(), *institution.place.values()])
    ]


def describe_places(asked: str) -> list[GovernedPlace]:
    return [GovernedPlace(place, _serving(place)) for place in territory.find_places(asked)]


def _serving(place: territory.Place) -> tuple[Institution, ...]:
    """Institutions on the bridge, of the place itself and of the governments above it."""
    variant = current_variant()
    return tuple(
        sorted(
            (each for each in list_on_the_bridge() if each.unit in {place.code, *place.parent_codes}),
            key=lambda each: each.name_in(variant),
        )
    )
