"""From a folder of plain YAML to one frozen, content-hashed definition."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from mostovi.services.definition.building import build_definition
from mostovi.services.definition.checks import find_inconsistencies
from mostovi.services.definition.checks.country import find_country_mistakes
from mostovi.services.definition.country import Country
from mostovi.services.definition.mistakes import DefinitionInvalid, Mistake
from mostovi.services.definition.reading import Document, decode_file, read_document
from mostovi.services.definition.shape import find_shape_mistakes
from mostovi.services.definition.stand_ins import stand_in
from mostovi.services.definition.values import ServiceDefinition

YAML_FILES = ("service.yaml", "questions.yaml", "rules.yaml", "steps.yaml", "texts.yaml", "examples.yaml")


def load_service(folder: Path, *, country: Country | None = None) -> ServiceDefinition:
    """Read a service from its folder, whose name is its key. Raises DefinitionInvalid with every mistake.

    With a ``country``, what the service says of institutions and contracts is held against it too.
    """
    if not folder.is_dir():
        raise DefinitionInvalid([Mistake(str(folder), 1, "There is no such folder.", "Check the path.")])
    texts, unreadable = _read_texts(folder)
    return _load(texts, unreadable, folder.name, country)


def load_files(files: Mapping[str, str], *, key: str, country: Country | None = None) -> ServiceDefinition:
    """The same from the texts of the files, as a case has pinned them. Raises DefinitionInvalid."""
    return _load(files, [], key, country)


def find_strangers(folder: Path) -> list[str]:
    """What lies in the folder of a service and is no part of it, for whoever mistyped a name."""
    known = {*YAML_FILES, *(path.name for path in folder.glob("*.typ"))}
    return sorted(path.name for path in folder.iterdir() if path.name not in known and path.name[0] != ".")


def _read_texts(folder: Path) -> tuple[dict[str, str], list[Mistake]]:
    """The texts of the files that can be read, and why the others cannot."""
    names = [*YAML_FILES, *(path.name for path in sorted(folder.glob("*.typ")))]
    texts, mistakes = {}, []
    for name in names:
        if not (folder / name).is_file():
            continue
        try:
            texts[name] = decode_file(name, (folder / name).read_bytes())
        except OSError as error:
            what = f"The file cannot be read: {error.strerror}."
            mistakes.append(Mistake(name, 1, what, "Check its rights."))
        except DefinitionInvalid as invalid:
            mistakes += invalid.mistakes
    return texts, mistakes


def _load(
    files: Mapping[str, str], unreadable: list[Mistake], key: str, country: Country | None
) -> ServiceDefinition:
    documents, mistakes = _read_all(files, unreadable)
    sound = frozenset(documents)
    documents |= {name: stand_in(name) for name in YAML_FILES if name not in sound}
    # What is not there is told once: a template that cannot be read is no template that is missing.
    present = {**dict.fromkeys((mistake.file for mistake in unreadable), ""), **files}
    definition = build_definition(key, documents, present, content_hash(documents, files))
    mistakes += find_inconsistencies(definition, documents, sound)
    if country is not None and {"service.yaml", "questions.yaml"} <= sound:
        mistakes += find_country_mistakes(definition, documents, country)
    if mistakes:
        raise DefinitionInvalid(sorted(mistakes))
    return definition


def content_hash(documents: Mapping[str, Document], files: Mapping[str, str]) -> str:
    """SHA-256 over what a service says, not how it is laid out: comments and spaces do not count,
    the order of questions does. Examples are tests and do not count either.
    """
    content = {name: document.data for name, document in documents.items() if name != "examples.yaml"}
    content |= {name: text for name, text in files.items() if name.endswith(".typ")}
    canonical = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _read_all(
    files: Mapping[str, str], unreadable: list[Mistake]
) -> tuple[dict[str, Document], list[Mistake]]:
    """The files that have the shape of their schema, and what is wrong with the others."""
    documents, mistakes = {}, list(unreadable)
    for name in YAML_FILES:
        if name not in files:
            mistakes += [] if any(mistake.file == name for mistake in unreadable) else [_missing(name)]
            continue
        try:
            document = read_document(name, files[name])
        except DefinitionInvalid as invalid:
            mistakes += invalid.mistakes
            continue
        wrong = find_shape_mistakes(document)
        mistakes += wrong
        if not wrong:
            documents[name] = document
    return documents, mistakes


def _missing(name: str) -> Mistake:
    remedy = f"Create it; docs/reference/service-definition.md shows what {name} holds."
    return Mistake(name, 1, "The file is missing.", remedy)
