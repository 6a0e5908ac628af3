"""A trial print of a service's document in every language variant, before anybody relies on it."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from mostovi.services.definition.examples import run_examples
from mostovi.services.definition.mistakes import Mistake
from mostovi.services.definition.values import ServiceDefinition
from mostovi.services.definition.wording import placeholders_of, text_of
from mostovi.services.documents import DocumentFailed, read_template, render_template

VARIANTS = ("bs", "en", "hr", "sr-Cyrl", "sr-Latn")
_USED = re.compile(r"\bdata\.([a-z_]+)")
_URL = "https://mostovi.example/provjera?s=" + "A" * 120


def find_template_mistakes(definition: ServiceDefinition) -> Iterator[Mistake]:
    """What keeps the document from being printed; only the first, for all variants share a template."""
    template = definition.files[definition.template]
    for granted in (True, False):
        for variant in VARIANTS:
            data = _sample(definition, template, variant, granted=granted)
            try:
                read_template(template, definition.texts, data, language=variant)
                render_template(
                    template, definition.texts, data, language=variant, qr_url=_URL, code="J7M4KE92A"
                )
            except DocumentFailed as failure:
                remedy = "Correct the template, or the text it uses."
                yield Mistake(definition.template, 1, f"The document cannot be printed: {failure}.", remedy)
                return


def _sample(
    definition: ServiceDefinition, template: str, variant: str, *, granted: bool
) -> Mapping[str, Any]:
    outcome = run_examples(definition)[0].outcome
    texts = [texts["en"] for key, texts in definition.texts.items() if key.startswith("document.")]
    names = {name for text in texts for name in placeholders_of(text)} | set(_USED.findall(template))
    return {
        **dict.fromkeys(sorted(names), "…"),
        **outcome.words,
        "issued_on": date(2026, 11, 21),
        "institution": "…",
        "place": "…",
        "granted": granted,
        "departs": not granted,
        "left_open": False,
        "reasons": "…",
        "conditions": [
            {"sentence": text_of(step.sentence, variant), "article": step.article}
            for step in outcome.conditions
            if step.sentence
        ],
    }
