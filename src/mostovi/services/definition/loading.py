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
from mostovi.services.definition.values import ServiceDefinition

YAML_FILES = ("service.yaml", "questions.yaml", "rules.yaml", "steps.yaml", "texts.yaml", "examples.yaml")


def load_service(folder: Path, *, country: Country | None = None) -> ServiceDefinition:
    """Read a service from its folder, whose name is its key. Raises DefinitionInvalid with every mistake.

    With a ``country``, what the service says of institutions and contracts is held against it too.
    """
    if not folder.is_dir():
        raise DefinitionInvalid([Mistake(str(folder), 1, "There is no such folder.", "Check the path.")])
    return load_files(_read_texts(folder), key=folder.name, country=country)


def _read_texts(folder: Path) -> dict[str, str]:
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
    if mistakes:
        raise DefinitionInvalid(mistakes)
    return texts


def load_files(files: Mapping[str, str], *, key: str, country: Country | None = None) -> ServiceDefinition:
    """The same from the texts of the files, as a case has pinned them. Raises DefinitionInvalid."""
    documents = _read_all(files)
    mistakes = [mistake for document in documents.values() for mistake in find_shape_mistakes(document)]
    if mistakes:
        raise DefinitionInvalid(sorted(mistakes))
    definition = build_definition(key, documents, files, content_hash(documents, files))
    mistakes = find_inconsistencies(definition, documents)
    if country is not None:
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


def _read_all(files: Mapping[str, str]) -> dict[str, Document]:
    documents, mistakes = {}, []
    for name in YAML_FILES:
        if name not in files:
            remedy = f"Create it; docs/reference/service-definition.md shows what {name} holds."
            mistakes.append(Mistake(name, 1, "The file is missing.", remedy))
            continue
        try:
            documents[name] = read_document(name, files[name])
        except DefinitionInvalid as invalid:
            mistakes += invalid.mistakes
    if mistakes:
        raise DefinitionInvalid(mistakes)
    return documents
