"""Collect every sentence to translate and bring the written catalogues up to date: `make messages`.

Sentences stand in templates, in gettext calls, and in refusals, whose English sentence is their msgid.
"""

import ast
import io
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mostovi.config.settings_test")
SOURCE = Path(__file__).resolve().parent.parent / "src" / "mostovi"
# What is written by hand; Serbian Latin is derived from Cyrillic, English is the source.
LOCALES = {"bs": "bs", "hr": "hr", "sr_Cyrl": "sr_Cyrl"}
MODULES = ("kernel", "exchange", "services", "connectivity", "front", "demo/portal")
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "_": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "ngettext_noop": (1, 2),
    "npgettext": ((1, "c"), 2, 3),
}

Sentence = tuple[str | tuple[str, ...], str | None]
"""A msgid, or singular and plural, and a context."""


@cache
def find_sentences(module: str) -> dict[Sentence, list[str]]:
    """Each sentence of a module with the files it stands in."""
    found: dict[Sentence, list[str]] = {}
    for path in sorted((SOURCE / module).rglob("*")):
        if path.suffix in {".py", ".html", ".txt"}:
            for sentence in _sentences_of(path):
                found.setdefault(sentence, []).append(str(path.relative_to(SOURCE)))
    return found


def _sentences_of(path: Path) -> Iterator[Sentence]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        yield from _called(text)
        yield from ((sentence, None) for sentence in _refusals(ast.parse(text)))
        if path.name == "faults.py":
            yield from _faults()
    else:
        yield from _called(templatize(text, origin=str(path)))


def _called(text: str) -> Iterator[Sentence]:
    for _line, message, _comments, context in extract("python", io.BytesIO(text.encode()), KEYWORDS):
        if message:
            yield (message, context)


def _faults() -> Iterator[Sentence]:
    from mostovi.exchange.protocol.faults import Fault  # noqa: PLC0415  only the exchange has them

    yield from ((fault.sentence, None) for fault in Fault)


@cache
def refusal_names() -> frozenset[str]:
    """The names of all classes of the family of refusals."""
    bases: dict[str, set[str]] = {}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                bases.setdefault(node.name, set()).update(
                    ast.unparse(base).split(".")[-1] for base in node.bases
                )
    names = {"Refusal"}
    while True:
        more = {name for name, parents in bases.items() if parents & names} | names
        if more == names:
            return frozenset(names)
        names = more


def _refusals(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name in refusal_names():
            yield from _class_message(node)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in refusal_names():
            yield from _first_text(node)


def _class_message(node: ast.ClassDef) -> Iterator[str]:
    for line in node.body:
        if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "message":
            yield from _text(line.value)


def _first_text(call: ast.Call) -> Iterator[str]:
    if call.args:
        text = list(_text(call.args[0]))
        # One word with a capital or a lower-case note is a detail for the operator, not a sentence.
        yield from (
            sentence for sentence in text if sentence[:1].isupper() and sentence.rstrip().endswith((".", "?"))
        )


def _text(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value


def update_catalogue(module: str, locale: str) -> tuple[int, int]:
    """Write a module's catalogue of one language; give how many sentences it has and how many lack a text."""
    path = SOURCE / module / "locale" / LOCALES[locale] / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    old = Catalog(locale=locale)
    if path.exists():
        with path.open("rb") as file:
            old = read_po(file, locale=locale)
    fresh = Catalog(
        locale=locale,
        domain="django",
        project="Mostovi",
        fuzzy=False,
        charset="utf-8",
        header_comment=f"# Sentences of {module}. English is the source.",
        creation_date=datetime(2026, 11, 21, tzinfo=UTC),
        revision_date=datetime(2026, 11, 21, tzinfo=UTC),
    )
    for (sentence, context), files in find_sentences(module).items():
        known = old.get(sentence if isinstance(sentence, str) else sentence[0], context)
        fresh.add(
            sentence,
            known.string if known else None,
            locations=[(name, None) for name in sorted(set(files))],
            context=context,
        )
    with path.open("wb") as file:
        write_po(file, fresh, sort_output=True, width=110)
    missing = sum(1 for message in fresh if message.id and not _is_translated(message.string))
    return len(fresh), missing


def _is_translated(string: str | tuple[str, ...] | list[str] | None) -> bool:
    return bool(string) if isinstance(string, str) else bool(string) and all(string or ())


def main() -> int:
    total_missing = 0
    for module in MODULES:
        for locale in LOCALES:
            total, missing = update_catalogue(module, locale)
            total_missing += missing
            sys.stdout.write(f"{module:12} {locale:8} {total:4} sentences, {missing} to translate\n")
    return 1 if total_missing else 0


if __name__ == "__main__":
    sys.exit(main())
