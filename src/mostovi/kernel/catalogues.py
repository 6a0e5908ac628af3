"""Language catalogues compiled without any tool outside Python; Serbian Latin is derived from Cyrillic."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from mostovi.kernel.script import to_latin

_SOURCE = Path(__file__).resolve().parent.parent
# What a program fills in or a browser reads is not a word: placeholders, tags, addresses.
_KEPT = re.compile(r"(%\([a-z_]+\)[sd]|\{[a-z_]*\}|<[^>]+>|&[a-z]+;)")


def find_catalogues() -> Iterator[Path]:
    """Each .po file of the house."""
    yield from sorted(_SOURCE.glob("**/locale/*/LC_MESSAGES/django.po"))


def compile_catalogues() -> int:
    """Compile what is newer than its compiled form; give how many were written."""
    return sum(_compile(path) for path in find_catalogues() if "sr_Latn" not in path.parts)


def _compile(path: Path) -> int:
    outputs = [path.with_suffix(".mo")]
    if "sr_Cyrl" in path.parts:
        outputs.append(Path(str(path).replace("sr_Cyrl", "sr_Latn")).with_suffix(".mo"))
    if all(out.exists() and out.stat().st_mtime >= path.stat().st_mtime for out in outputs):
        return 0
    with path.open("rb") as file:
        catalogue = read_po(file)
    _write(catalogue, outputs[0])
    if len(outputs) > 1:
        _write(_in_latin(catalogue), outputs[1])
    return len(outputs)


def _write(catalogue: Catalog, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Portal and worker may start, and compile, at the same moment.
    draft = path.with_suffix(f".{os.getpid()}.draft")
    with draft.open("wb") as file:
        write_mo(file, catalogue)
    draft.replace(path)


def _in_latin(catalogue: Catalog) -> Catalog:
    for message in catalogue:
        _turn_latin(message)
    return catalogue


def _turn_latin(message: Message) -> None:
    if isinstance(message.string, str):
        message.string = latin_outside_placeholders(message.string)
    else:
        message.string = tuple(latin_outside_placeholders(text) for text in message.string or ())


def latin_outside_placeholders(text: str) -> str:
    """The text in Latin letters; placeholders and tags stay as they are."""
    return "".join(part if _KEPT.fullmatch(part) else to_latin(part) for part in _KEPT.split(text))
