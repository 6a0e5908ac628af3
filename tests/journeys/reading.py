"""What a person reads on a page, and whether it is all in the language she chose."""

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser

from django.utils import translation
from django.utils.translation import gettext, npgettext, pgettext

from collect_messages import MODULES, find_sentences
from mostovi.demo.identity_provider.persons import PERSONS
from mostovi.kernel.institutions import list_institutions
from mostovi.kernel.languages import to_latin
from test_languages import EKAVIAN, ENGLISH

VARIANTS = ("bs", "en", "hr", "sr-Cyrl", "sr-Latn")
_UNREAD = {"script", "style", "template"}
_VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
_SPOKEN_ATTRIBUTES = ("aria-label", "alt", "title", "placeholder", "data-t", "summary")
# A file name, a key of the exchange, a gateway's error type: the same in every language.
_TECHNICAL = {"code"}
_GAP = re.compile(r"%\([a-z_]+\)[sd]|\{[^{}]+\}|<[^>]+>|%[sd]")


class Reading(HTMLParser):
    """The visible text of a page as pieces between tags; what is marked as another language is left out."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.language = ""
        self.pieces: list[str] = []
        self.prose: list[str] = []
        self._open: list[tuple[str, bool, bool]] = []
        self.feed(html)
        self.close()

    @property
    def text(self) -> str:
        return " ".join(self.prose)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        known = dict(attributes)
        self.language = self.language or (tag == "html" and known.get("lang")) or ""
        foreign = tag in _UNREAD or known.get("lang", self.language) != self.language
        hidden = foreign or (bool(self._open) and self._open[-1][1])
        technical = tag in _TECHNICAL or (bool(self._open) and self._open[-1][2])
        if not hidden:
            for name in _SPOKEN_ATTRIBUTES:
                self._keep(known.get(name) or "", technical=technical)
        if tag not in _VOID:
            self._open.append((tag, hidden, technical))

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Shapes of drawings: nothing to read and nothing to close."""

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            if self._open.pop()[0] == tag:
                return

    def handle_data(self, data: str) -> None:
        if not self._open or not self._open[-1][1]:
            self._keep(data, technical=bool(self._open) and self._open[-1][2])

    def _keep(self, text: str, *, technical: bool) -> None:
        piece = " ".join(text.split())
        if piece:
            self.pieces.append(piece)
            if not technical:
                self.prose.append(piece)


def faults_of_language(html: str, variant: str) -> list[str]:
    """Why this page is not wholly in its language; empty when it is."""
    reading = Reading(html)
    found = [] if reading.language == variant else [f"lang is {reading.language!r}"]
    if variant != "en":
        found += [f"English left over: {sentence!r}" for sentence in _left_over(reading, variant)]
        found += [f"English: {piece!r}" for piece in reading.prose if ENGLISH.search(piece)]
    if variant.startswith("sr"):
        found += [f"ekavian: {match[0]!r}" for match in _ekavian(variant).finditer(reading.text)]
    return found


def _left_over(reading: Reading, variant: str) -> Iterator[str]:
    pieces, text = set(reading.prose), reading.text
    short, long = english_sentences(variant)
    yield from sorted(pieces & short)
    yield from (fragment for fragment in long if fragment in text)


@cache
def english_sentences(variant: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Words that may stand alone between two tags, and fragments of sentences that may stand anywhere.

    A register writes names of people and places in its own script: those are no leftovers.
    """
    names = {person.given_name for person in PERSONS}
    names |= {institution.place["en"] for institution in list_institutions()}
    short, long = set(), set()
    for sentence in _differing(variant):
        fragments = [" ".join(fragment.split()) for fragment in _GAP.split(sentence)]
        long |= {fragment for fragment in fragments if fragment.count(" ") >= 2}
        if len(fragments) == 1 and fragments[0].count(" ") < 2:
            short.add(fragments[0])
    return frozenset(short - names), tuple(sorted(long))


def _differing(variant: str) -> Iterator[str]:
    """Each msgid whose translation reads otherwise: "Tuzla" is right in every language."""
    with translation.override(variant):
        for module in MODULES:
            for sentence, context in find_sentences(module):
                if isinstance(sentence, tuple):
                    one, many = sentence
                    if npgettext(context or "", one, many, 5) != many or context is None:
                        yield from (one, many)
                elif (pgettext(context, sentence) if context else gettext(sentence)) != sentence:
                    yield sentence


@cache
def _ekavian(variant: str) -> re.Pattern[str]:
    if variant == "sr-Cyrl":
        return EKAVIAN
    return re.compile(to_latin(EKAVIAN.pattern), re.IGNORECASE)
