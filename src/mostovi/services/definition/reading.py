"""Plain YAML with the line of each key: no anchors, no tags, no broken numbers."""

import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import MaxDepthExceededError
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode

from mostovi.services.definition.mistakes import DefinitionInvalid, Mistake
from mostovi.services.definition.scalars import NotPlain, read_scalar

LARGEST_FILE = 400_000
_DEEPEST = 12
_HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_COLLECTIONS = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
# Where these begin is where the mistake is, not where the reader noticed it.
_BEGUN = ("while scanning a quoted scalar", "while scanning a simple key", "while parsing a flow")
_REMEDIES: Mapping[str, str] = {
    "'\\t'": "Indent with spaces, not with tabs.",
    "unexpected end of stream": "Close the quotation mark.",
    "another document": "Keep one document in the file, without lines of `---`.",
    "undefined alias": "Quote it, if it is text; anchors and aliases are not used here.",
}
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
    reader = _Reader(file)
    return Document(file, reader.read(_compose(file, text), ()), reader.lines)


def _compose(file: str, text: str) -> Node | None:
    """The nodes of the file: what each value means is for us to say, not for the library."""
    try:
        node: Node | None = _yaml().compose(text)
    except MaxDepthExceededError as error:
        raise _refusal(file, _line(error), "This is nested too deeply.", "Take levels away.") from None
    except MarkedYAMLError as error:
        what = (error.problem or "this is not plain YAML").splitlines()[0].strip()
        raise _refusal(file, _line(error), f"The file cannot be read: {what}.", _remedy(what)) from None
    except Exception:  # noqa: BLE001 - the library fails in many ways over what is no YAML
        raise _refusal(
            file, 1, "The file cannot be read.", "Write plain YAML: keys, texts, lists, whole numbers."
        ) from None
    return node


def _yaml() -> YAML:
    yaml = YAML(typ="safe", pure=True)
    yaml.max_depth = _DEEPEST + 1
    yaml.composer.warn_double_anchors = False
    return yaml


def _line(error: MarkedYAMLError) -> int:
    begun = (error.context or "").startswith(_BEGUN)
    mark = error.context_mark if begun else error.problem_mark or error.context_mark
    return mark.line + 1 if mark else 1


def _remedy(what: str) -> str:
    usual = "Check the indentation, and quote texts that contain ': ' or begin with a sign."
    return next((remedy for sign, remedy in _REMEDIES.items() if sign in what), usual)


class _Reader:
    """Values out of nodes, and the line of each."""

    def __init__(self, file: str) -> None:
        self._file = file
        self.lines: dict[Path, int] = {(): 1}

    def read(self, node: Node | None, path: Path) -> Any:
        if node is None:
            return None
        if node.anchor is not None:
            raise self._refuse(node, "Anchors and aliases are not used here.", "Write the value out.")
        if isinstance(node, ScalarNode):
            return self._scalar(node)
        if node.tag not in _COLLECTIONS:
            raise self._refuse(node, f"The tag `{node.tag}` is not used here.", "Take it away.")
        if not isinstance(node, MappingNode):
            return [self._part(part, part, (*path, place)) for place, part in enumerate(node.value)]
        return {key: self._part(begin, part, (*path, key)) for key, begin, part in self._entries(node)}

    def _part(self, begin: Node, part: Node, path: Path) -> Any:
        self.lines[path] = begin.start_mark.line + 1
        return self.read(part, path)

    def _entries(self, node: MappingNode) -> Iterator[tuple[str, Node, Node]]:
        seen: dict[str, int] = {}
        for begin, part in node.value:
            key = self._key(begin)
            if key in seen:
                what = f"The key `{key}` stands here twice, first in line {seen[key]}."
                raise self._refuse(begin, what, "Keep one of the two.")
            seen[key] = begin.start_mark.line + 1
            yield key, begin, part

    def _key(self, node: Node) -> str:
        if not isinstance(node, ScalarNode):
            raise self._refuse(node, "A list or keys with values cannot be a key.", "Write its name.")
        key = self.read(node, ())
        if not isinstance(key, str):
            raise self._refuse(node, f"The key `{node.value}` is no text.", "Write its name, or quote it.")
        if key != key.strip():
            what = f"The key `{key.strip()}` has a space before or after it that belongs to it."
            raise self._refuse(node, what, "Write ordinary spaces, and no quotes around them.")
        return key

    def _scalar(self, node: ScalarNode) -> Any:
        try:
            return read_scalar(str(node.tag), node.value)
        except NotPlain as wrong:
            raise self._refuse(node, wrong.what, wrong.remedy) from None

    def _refuse(self, node: Node, what: str, remedy: str) -> DefinitionInvalid:
        return _refusal(self._file, node.start_mark.line + 1, what, remedy)


def _refusal(file: str, line: int, what: str, remedy: str) -> DefinitionInvalid:
    return DefinitionInvalid([Mistake(file, line, what, remedy)])
