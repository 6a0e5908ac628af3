"""Plain YAML with the line of each key: no anchors, no tags, no broken numbers."""

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import AliasEvent

from mostovi.services.definition.mistakes import DefinitionInvalid, Mistake

LARGEST_FILE = 400_000
LARGEST_NUMBER = 10**15
_DEEPEST = 12
_HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_BRACKETS = re.compile(r"(?:[\[{]\s*){12}")
Path = tuple[Hashable, ...]


@dataclass(frozen=True)
class Document:
    """One file as JSON values, with the line where each of them stands."""

    file: str
    data: Any
    lines: Mapping[Path, int]

    def line_of(self, path: Path) -> int:
        """The line of a value, or of the nearest thing that holds it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def mistake(self, path: Path, what: str, remedy: str) -> Mistake:
        return Mistake(self.file, self.line_of(path), what, remedy)


def decode_file(file: str, content: bytes) -> str:
    """The text of a file. Raises DefinitionInvalid when it is no UTF-8."""
    try:
        # As an editor shows it: without a byte order mark, lines ended one way.
        text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        what = f"The file is not UTF-8: no letter is written with the byte {content[error.start]:#04x} here."
        raise _refusal(file, line, what, "Save the file as UTF-8 in your editor.") from None
    hidden = _HIDDEN.search(text)
    if hidden:
        line = text.count("\n", 0, hidden.start()) + 1
        what = f"The file holds the sign U+{ord(hidden[0]):04X}, which no editor shows."
        raise _refusal(file, line, what, "Write this line anew.")
    return text


@lru_cache(maxsize=64)
def read_document(file: str, text: str) -> Document:
    """Parse one file. Raises DefinitionInvalid.

    Versions of a service share most of their files, and parsing is nearly all the work of loading one.
    """
    if len(text) > LARGEST_FILE:
        raise _refusal(file, 1, "This file is too large.", f"Keep it under {LARGEST_FILE} characters.")
    if _BRACKETS.search(text):
        raise _refusal(file, 1, "This is nested too deeply.", "Take levels away.")
    try:
        _check_no_aliases(file, text)
        lines: dict[Path, int] = {(): 1}
        return Document(file, _plain(YAML(typ="rt", pure=True).load(text), (), lines, file), lines)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = (error.problem or "this is not plain YAML").splitlines()[0].strip()
        raise _refusal(
            file, mark.line + 1 if mark else 1, f"The file cannot be read: {what}.", _remedy(what)
        ) from None
    except DefinitionInvalid:
        raise
    except Exception:  # noqa: BLE001 - the library fails in many ways over what is no YAML
        raise _refusal(
            file, 1, "The file cannot be read.", "Write plain YAML: keys, texts, lists, whole numbers."
        ) from None


def _remedy(what: str) -> str:
    if "duplicate key" in what:
        return "Keep one of the two."
    return "Check the indentation, and quote texts that contain ': ' or begin with a sign."


def _check_no_aliases(file: str, text: str) -> None:
    if "&" not in text and "*" not in text:
        return
    for event in YAML(typ="safe", pure=True).parse(text):
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            line = event.start_mark.line + 1
            raise _refusal(file, line, "Anchors and aliases are not used here.", "Write the value out.")


def _plain(value: Any, path: Path, lines: dict[Path, int], file: str) -> Any:
    if len(path) > _DEEPEST:
        raise _refusal(file, lines[path], "This is nested too deeply.", "Take one level away.")
    if isinstance(value, CommentedMap):
        return {_key(key): _part(value, key, path, lines, file) for key in value}
    if isinstance(value, CommentedSeq):
        return [_part(value, index, path, lines, file) for index in range(len(value))]
    return _scalar(value, path, lines, file)


def _part(holder: Any, key: Any, path: Path, lines: dict[Path, int], file: str) -> Any:
    here = (*path, _key(key))
    place = holder.lc.item(key) if isinstance(holder, CommentedSeq) else holder.lc.key(key)
    lines[here] = place[0] + 1
    if isinstance(holder, CommentedMap):
        _check_key(key, lines[here], file)
    return _plain(holder[key], here, lines, file)


def _key(key: Any) -> Any:
    return key.isoformat() if isinstance(key, date) else str(key) if isinstance(key, str) else key


def _check_key(key: Any, line: int, file: str) -> None:
    if not isinstance(key, str | date) or isinstance(key, datetime):
        raise _refusal(file, line, f"The key `{key}` is no text.", "Write the name of a key, or quote it.")
    _check_writable(str(key), line, file)


def _check_writable(text: str, line: int, file: str) -> None:
    """Half of a sign, as an escape may write it, cannot be kept or shown."""
    try:
        text.encode()
    except UnicodeEncodeError:
        what = "This text holds a sign that cannot be written."
        raise _refusal(file, line, what, "Write the sign itself instead of its escape.") from None


def _scalar(value: Any, path: Path, lines: dict[Path, int], file: str) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, int) and "Boolean" in type(value).__name__:
        # ruamel gives a class of its own for ``true``-like and formatted numbers
        return bool(value)
    if isinstance(value, int):
        return _whole(int(value), lines.get(path, 1), file)
    if isinstance(value, str):
        _check_writable(value, lines.get(path, 1), file)
        return str(value)
    line = lines.get(path, 1)
    raise _refusal(
        file,
        line,
        "Only texts, whole numbers, dates, true and false are used here.",
        "Quote it, if it is text.",
    )


def _whole(number: int, line: int, file: str) -> int:
    if abs(number) > LARGEST_NUMBER:
        raise _refusal(file, line, "This number is too large.", f"Keep it under {LARGEST_NUMBER}.")
    return number


def _refusal(file: str, line: int, what: str, remedy: str) -> DefinitionInvalid:
    return DefinitionInvalid([Mistake(file, line, what, remedy)])
