"""Texts: none is missing, none is for nothing, placeholders fit, Serbian is Cyrillic and ijekavian."""

import re
from collections.abc import Iterator

from mostovi.services.definition.evaluation import names_in
from mostovi.services.definition.mistakes import Mistake
from mostovi.services.definition.reading import Document
from mostovi.services.definition.values import LANGUAGES, Question, ServiceDefinition, Texts, ValueKind
from mostovi.services.definition.wording import PLACEHOLDER, is_name, placeholders_of

_OPTIONAL = re.compile(
    r"^(?:questions\.[a-z_]+\.(?:hint|why|choices\.[^.]+\.hint)|document\.[a-z_]+|messages\.[a-z_]+)$"
)
# Names of people in a list, for the labels of choices_from.
_PERSON = {"given_name", "family_name", "born_on", "born_in"}
_LATIN = re.compile(r"[A-Za-zČĆĐŠŽčćđšž]{2,}")
_NAMES_IN_CYRILLIC = {"SMS", "IBAN", "BA", "PDF", "JMB", "QR", "amra", "example", "org"}
# Forms that only ekavian has: дете is дијете here, захтев is захтјев, овде is овдје.
_EKAVIAN = re.compile(
    r"\b(?:дет[еу]|детета|деца|деце|деци|децу|децом|захтев\w*|решењ\w*|решен\w*|место|места|месту|уместо|"
    r"месец\w*|месечн\w*|време|овде|негде|где|увек|после|пре|вреди\w*|вредн\w*|живе[лт]\w*|видет\w*|"
    r"процен[аеиуо]\w{0,3}|примен\w*|измен\w*|промен\w*|уверењ\w*|обавешт\w*|извешт\w*|две|цел[аеиоу]\w*|"
    r"реч|речи|речник\w*|бел[аеио]\w*|сведок\w*|следећ\w*|недељ\w*|понедељ\w*|разуме\w*|"
    r"телесн\w*|верск\w*|вере|мера|мере|мери|делови|део|доле|снег|поделит\w*)\b",
    re.IGNORECASE,
)


def find_text_mistakes(definition: ServiceDefinition, document: Document) -> Iterator[Mistake]:
    """Every text of a service, in every language."""
    needed = set(_needed(definition))
    for key in sorted(needed - set(definition.texts)):
        yield document.mistake((), f"The text `{key}` is missing.", "Add it in bs, hr, sr and en.")
    names = set(names_in(definition))
    for key, texts in definition.texts.items():
        if key not in needed and not _OPTIONAL.match(key):
            yield document.mistake(
                (key,), f"Nothing shows the text `{key}`.", "Remove it, or correct its key."
            )
        yield from _placeholders(key, texts, names, document)
        yield from _script(key, texts, document)


def _needed(definition: ServiceDefinition) -> Iterator[str]:
    yield from ("title", "summary", "output", "law.act", "law.gazette")
    for request in definition.requests:
        yield from (f"registers.{request.service}", f"why.{request.service}")
    yield from (f"facts.{fact.key}" for fact in definition.facts)
    yield from (f"steps.{step.key}" for step in definition.steps)
    for question in definition.questions:
        yield from _needed_by_question(question)
    for rule in definition.rules:
        if rule.kind == ValueKind.CONDITION:
            states = (
                ("met", "not_met", "unknown", "judge") if rule.judge_if else ("met", "not_met", "unknown")
            )
            yield from (f"rules.{rule.key}.{state}" for state in states)
        if rule.stop:
            yield f"rules.{rule.key}.stop"


def _needed_by_question(question: Question) -> Iterator[str]:
    yield f"questions.{question.key}.title"
    if question.check:
        yield f"questions.{question.key}.check"
    yield from (f"questions.{question.key}.choices.{choice.value}" for choice in question.choices)


def _placeholders(key: str, texts: Texts, names: set[str], document: Document) -> Iterator[Mistake]:
    used = {language: sorted(set(placeholders_of(texts[language]))) for language in LANGUAGES}
    known = names | _PERSON if key.endswith(".choices.each") else names
    for language in LANGUAGES:
        path = (key, language)
        if "{" in PLACEHOLDER.sub("", texts[language]) or "}" in PLACEHOLDER.sub("", texts[language]):
            yield document.mistake(
                path,
                "A placeholder is not written as expected.",
                "Write {name}, {name.field} or {name|otherwise}.",
            )
        if used[language] != used["en"]:
            yield document.mistake(
                path,
                f"This text uses {_list(used[language])}, the English one {_list(used['en'])}.",
                "Use the same placeholders in each language.",
            )
        # What documents need beyond the rules is given by the program that issues them.
        unknown = (
            [] if key.startswith("document.") else [name for name in used[language] if name not in known]
        )
        for name in unknown:
            yield document.mistake(path, f"Nothing is called `{name}`.", "Use a fact, question or value.")


def _script(key: str, texts: Texts, document: Document) -> Iterator[Mistake]:
    if is_name(texts):
        return
    serbian = PLACEHOLDER.sub(lambda match: match["otherwise"] or "", texts["sr"])
    latin = [word for word in _LATIN.findall(serbian) if word not in _NAMES_IN_CYRILLIC]
    if latin:
        what = f"Serbian is written in Cyrillic; this is Latin: {', '.join(latin)}."
        yield document.mistake((key, "sr"), what, "Write it in Cyrillic; Latin is derived.")
    ekavian = _EKAVIAN.search(serbian)
    if ekavian:
        what = f"`{ekavian.group()}` is ekavian; Serbian here is ijekavian."
        yield document.mistake((key, "sr"), what, "Write the ijekavian form.")


def _list(names: list[str]) -> str:
    return ", ".join(names) or "none"
