"""Five variants, complete and right: nothing missing, nothing English, nothing ekavian, none copied."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from ruamel.yaml import YAML

from collect_messages import LOCALES, MODULES, SOURCE, find_sentences

CATALOGUES = [(module, locale) for module in MODULES for locale in LOCALES]
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|\{[^{}]+\}")
TAG = re.compile(r"<[^>]+>")

EKAVIAN = re.compile(
    r"\b("
    r"дете|детета|детету|дететом|деца|деце|деци|децу|децом|дечј\w*|дечиј\w*|"
    r"мест[оаеуи]|местом|време|увек|пре|овде|где|негде|свугде|нигде|део|цео|две|обе|обема|"
    r"реш(?!ет)\w*|захтев\w*|провер\w*|промен\w*|примен\w*|замен\w*|измен\w*|оцен\w*|обавешт\w*|обавест\w*|"
    r"савет\w*|одељењ\w*|недељ\w*|понедељ\w*|тело|тела|делимич\w*|лево|мер[аеиу]|мером|вредност\w*|вред[ие]\w*|"
    r"човек\w*|смешт\w*|смест\w*|седишт\w*|виде(?:ти|ла|ло|ли|о)|хте(?:ти|ла|о|ли)|живе(?:ти|ла|о|ли)|"
    r"реч|речи|речју|бележ\w*|забележ\w*|подел\w*|посет\w*|сећ\w*|повер\w*|увер\w*|вест|вести|"
    r"послед\w*|следе\w*|следи|уследи\w*|цен[аеиу]|снег\w*|мтешко\w*|телес\w*|разуме(?:ти|ла|о)|"
    r"унет\w*|желе(?:ти|ла|о)|сме|смете|не\sсме|уместо|намен\w*|"
    r"процен\w*|делује\w*|одел\w*|сведо[кч]\w*"
    r")\b",
    re.IGNORECASE,
)
ENGLISH = re.compile(
    r"\b(the|of|your|you|and|is|are|this|that|with|from|not|has|was|will|an?d)\b", re.IGNORECASE
)
# A capital is for letters to one person; a sentence of the portal begins with one and goes on without.
CAPITAL_YOU = re.compile(r"(?<=[a-zšđčćžа-яђјљњћџ,;] )(Vaš|Vam|Vas\b|Vi\b|Ваш|Вам|Вас\b|Ви\b)")
# A form of a neighbour's language is a slip, not a mistake of meaning; it still reads as if converted.
FOREIGN = {
    "bs": re.compile(
        r"\b(tko|netko|tjed\w*|siječ\w*|veljač\w*|ožuj\w*|travnj\w*|svibnj\w*|lipnj\w*|srpnj\w*|kolovoz\w*|rujn\w*|"
        r"listopad\w*|studen(?:i|og|oga|om)|prosin\w*|sustav\w*|tisuć\w*|osobn(?:i|a|e|og|oj|om|ih|im)\sbroj\w*|natrag|glede|"
        r"opšt\w*|obitelj\w*|izvješć\w*|sveučiliš\w*|znamenk\w*|razin[aeu]|spremi\w*)\b",
        re.IGNORECASE,
    ),
    "hr": re.compile(
        r"\b(ko|neko|niko|svako|sedmic\w*|januar\w*|februar\w*|mart\w*|april\w*|maj|maja|jun[au]?|jul[au]?|avgust\w*|"
        r"septemb\w*|oktob\w*|novemb\w*|decemb\w*|sistem\w*|hiljad\w*|ličn\w*|nazad|opšt\w*|cif[ra]\w*|nivo\w*|"
        r"uslov\w*|saglasn\w*|tačn\w*|sačuva\w*|takođe|porodic\w*|bezb?jedn\w*|obavještenj\w*|dokument\w*|"
        r"procent\w*|hartij\w*|pasoš\w*|informiši\w*|lokalitet\w*|izvinite|organizovan\w*)\b",
        re.IGNORECASE,
    ),
    "sr_Cyrl": re.compile(
        r"\b(тко|нетко|тјед\w*|сијеч\w*|вељач\w*|ожуј\w*|сустав\w*|тисућ\w*|натраг|знаменк\w*|разин[аеу]|опћ\w*|"
        r"обитељ\w*|извјешћ\w*|удруг\w*|точн\w*|увјет\w*)\b",
        re.IGNORECASE,
    ),
}


def catalogue(module: str, locale: str) -> Catalog:
    path = SOURCE / module / "locale" / LOCALES[locale] / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def translations(module: str, locale: str) -> Iterator[tuple[str, str]]:
    for message in catalogue(module, locale):
        if not message.id:
            continue
        sources = message.id if isinstance(message.id, str) else " ".join(message.id)
        texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
        for text in texts:
            yield sources, text


def visible(text: str) -> str:
    return PLACEHOLDER.sub(" ", TAG.sub(" ", text))


def pack_texts() -> Iterator[tuple[str, str, str]]:
    """Each text of the country pack: (file, language, text)."""
    for path in sorted((SOURCE / "packs").rglob("*.yaml")):
        yield from ((path.name, language, text) for language, text in _texts_in(YAML(typ="safe").load(path)))


def _texts_in(node: Any) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        if {"bs", "hr", "sr", "en"} <= node.keys():
            yield from ((language, str(node[language])) for language in ("bs", "hr", "sr", "en"))
        for value in node.values():
            yield from _texts_in(value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts_in(value)


@pytest.mark.parametrize(("module", "locale"), CATALOGUES)
def test_no_sentence_lacks_a_translation(module: str, locale: str) -> None:
    known = {(message.id, message.context): message.string for message in catalogue(module, locale)}
    missing = []
    for sentence, context in find_sentences(module):
        text = known.get((sentence, context))
        if not text or (not isinstance(text, str) and not all(text)):
            missing.append(sentence)
    assert missing == [], "make messages, then translate"


@pytest.mark.parametrize(("module", "locale"), CATALOGUES)
def test_no_placeholder_is_lost_or_invented(module: str, locale: str) -> None:
    wrong = [
        (source, text)
        for source, text in translations(module, locale)
        if not set(PLACEHOLDER.findall(text)) <= set(PLACEHOLDER.findall(source))
        or ("{" in source and set(PLACEHOLDER.findall(source)) - set(PLACEHOLDER.findall(text)))
    ]
    assert wrong == []


@pytest.mark.parametrize(("module", "locale"), CATALOGUES)
def test_nothing_is_left_in_english(module: str, locale: str) -> None:
    assert [text for _, text in translations(module, locale) if ENGLISH.search(visible(text))] == []


@pytest.mark.parametrize(("module", "locale"), CATALOGUES)
def test_no_form_of_a_neighbouring_language_slips_in(module: str, locale: str) -> None:
    slips = [
        (found[0], text)
        for _, text in translations(module, locale)
        if (found := FOREIGN[locale].search(text))
    ]
    assert slips == []


@pytest.mark.parametrize(("module", "locale"), CATALOGUES)
def test_who_reads_is_addressed_in_small_letters(module: str, locale: str) -> None:
    assert [text for _, text in translations(module, locale) if CAPITAL_YOU.search(visible(text))] == []


@pytest.mark.parametrize("module", MODULES)
def test_serbian_is_ijekavian(module: str) -> None:
    slips = [
        (found[0], text) for _, text in translations(module, "sr_Cyrl") if (found := EKAVIAN.search(text))
    ]
    assert slips == []


@pytest.mark.parametrize("module", MODULES)
def test_serbian_is_written_in_cyrillic(module: str) -> None:
    kept = re.compile(
        r"\b(PDF|QR|URL|OpenID Connect|EUPL|Mostovi|JSON|API|X-Road|HTML|WCAG|IBAN|BA\d*|SHA-256|"
        r"RFC|JavaScript|ODbL|CSV|xlsx|xls|ods|Mbit|geoBoundaries|OpenStreetMap|GeoNames|"
        r"[A-Z0-9-]{9,})\b"
    )
    latin = [
        text
        for _, text in translations(module, "sr_Cyrl")
        if re.search(
            r"[a-zčćžšđ]{3,}",
            kept.sub(
                " ",
                re.sub(
                    r"mostovi verify\S*.*|/\w+|\S+@\S+|\S+\.(?:pdf|pem|json|md)|--\w+", " ", visible(text)
                ),
            ),
            re.IGNORECASE,
        )
    ]
    assert latin == []


def test_the_texts_of_the_pack_are_ijekavian_and_their_own() -> None:
    locale_of = {"bs": "bs", "hr": "hr", "sr": "sr_Cyrl"}
    slips = []
    for name, language, text in pack_texts():
        if language == "en":
            continue
        if language == "sr" and (found := EKAVIAN.search(text)):
            slips.append((name, found[0], text))
        if found := FOREIGN[locale_of[language]].search(text):
            slips.append((name, found[0], text))
        if ENGLISH.search(visible(text)):
            slips.append((name, "English", text))
        if CAPITAL_YOU.search(text):
            slips.append((name, "you", text))
    assert slips == []


def test_templates_hold_no_sentence_outside_the_catalogues() -> None:
    bare = re.compile(r">\s*([A-Z][a-z]+(?:\s+[a-z]+)+)\s*<")
    found = []
    for path in sorted(SOURCE.rglob("templates/**/*.html")):
        text = re.sub(
            r"{%\s*blocktrans(?:late)?.*?{%\s*endblocktrans(?:late)?\s*%}",
            "",
            path.read_text("utf-8"),
            flags=re.DOTALL,
        )
        text = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", "", text, flags=re.DOTALL)
        found += [(str(path.relative_to(SOURCE)), match[1]) for match in bare.finditer(text)]
    assert found == []


def test_the_catalogues_lie_where_the_programs_look() -> None:
    folders = {path.parts[-3] for path in SOURCE.rglob("locale/*/LC_MESSAGES/django.po")}
    assert folders - {"sr_Latn"} == set(LOCALES.values())
    assert Path(SOURCE / "front" / "locale").is_dir()
