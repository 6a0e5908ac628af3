"""What a document says, part by part, out of the typesetter's HTML: for pages that show it as text."""

import re
from html.parser import HTMLParser

from mostovi.services.values import PaperPart

_HEADINGS = {"h2": "title", "h3": "heading", "h4": "heading", "h5": "heading", "h6": "heading"}
_LISTS = {"ol": "numbers", "ul": "list", "table": "list"}
_BLOCKS = {"body", "p", "div", "li", "tr", *_HEADINGS, *_LISTS}
_SPACE = re.compile(r"[ \t\r\n]+")  # a space that keeps words together stays


def read_parts(html: str) -> tuple[PaperPart, ...]:
    """Titles, paragraphs and lists in their order; no markup is left."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return tuple(PaperPart(kind, tuple(lines)) for kind, lines in reader.parts if lines)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[tuple[str, list[str]]] = []
        self._open: list[str] = []
        self._text = ""

    def handle_starttag(self, tag: str, _attributes: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._text += "\n"
        elif tag in {"td", "th"} and self._text.strip():
            self._text += ": "
        elif tag in _BLOCKS:
            self._end_line()
            self._open.append(tag)
            if tag in _LISTS:
                self.parts.append((_LISTS[tag], []))

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._end_line()
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._text += _SPACE.sub(" ", data)

    def _end_line(self) -> None:
        """What was read since the last block, in the list or heading in which it stands."""
        line, self._text = "\n".join(part.strip(" ") for part in self._text.split("\n")).strip("\n"), ""
        if not line or not self._open:
            return
        if any(tag in _LISTS for tag in self._open):
            self.parts[-1][1].append(line)
        else:
            self.parts.append((_HEADINGS.get(self._open[-1], "paragraph"), [line]))
