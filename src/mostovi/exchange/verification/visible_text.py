"""The text that a page of a PDF shows, as far as its fonts tell (ToUnicode maps, ISO 32000-2 §9.10).

Only to describe a difference to a person; no verdict rests on it. All reading is bounded, in size and in
time: a file that loops, unpacks to very much or hides its tables under a thousand others stays undescribed.
"""

import re
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from typing import Any

from pyhanko.pdf_utils.decode_limits import DecodeLimits, StreamDecodeLimits
from pyhanko.pdf_utils.reader import PdfFileReader

MOST_PAGES = 40
MOST_STREAM_BYTES = 128 * 1024
MOST_SECONDS = 0.15
_OPERATION = re.compile(
    rb"/(?P<font>[^\s/<>\[\]()]{1,40})\s+[-\d.]{1,12}\s+Tf"
    rb"|\((?P<literal>(?:[^\\()]|\\.)*)\)|<(?P<hexadecimal>[0-9A-Fa-f\s]*)>(?!>)|(?P<end>\bET\b)",
    re.DOTALL,
)
_MAPPED = re.compile(rb"<([0-9A-Fa-f]{2,4})>\s*<([0-9A-Fa-f]{4,32})>")
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}

FontMaps = dict[str, dict[int, str]]


class OutOfPatience(Exception):
    """Reading took longer than a description is worth."""


class Patience:
    """How much processor time of this thread reading may take, however many others wait for the processor."""

    def __init__(self, seconds: float = MOST_SECONDS) -> None:
        self.ends_at = time.thread_time() + seconds

    def check(self) -> None:
        """Raises OutOfPatience when the time is over."""
        if time.thread_time() > self.ends_at:
            raise OutOfPatience


class _PatientFile(BytesIO):
    """A file in memory whose reader is stopped when the time is over: pyHanko comes by here at each step."""

    def __init__(self, data: bytes, patience: Patience) -> None:
        super().__init__(data)
        self.patience = patience

    def read(self, size: int | None = -1, /) -> bytes:
        self.patience.check()
        return super().read(size)


@dataclass(frozen=True)
class PageStream:
    """One content stream of a page: its bytes in the file are ``[start, end)``."""

    page: int
    start: int
    end: int
    is_compressed: bool
    fonts: FontMaps

    def text(self, pdf: bytes) -> str:
        """What the stream shows, read from ``pdf``, which may be damaged there."""
        raw = pdf[self.start : self.end]
        return shown_text(inflate(raw) if self.is_compressed else raw[:MOST_STREAM_BYTES], self.fonts)


def page_streams(pdf: bytes, patience: Patience | None = None) -> list[PageStream]:
    """The content streams of the first 40 pages, in order; empty when the file cannot be read in time."""
    try:
        return list(_walk(pdf, patience or Patience()))
    except Exception:  # noqa: BLE001  the file is a stranger's: pyHanko asserts what no list of errors foresees
        return []


def inflate(data: bytes) -> bytes:
    """What can be decompressed, at most 128 kB; a damaged stream gives what comes before the damage."""
    machine, found = zlib.decompressobj(), bytearray()
    try:
        for start in range(0, len(data), 64):
            found += machine.decompress(data[start : start + 64], MOST_STREAM_BYTES - len(found))
            if len(found) >= MOST_STREAM_BYTES or machine.eof:
                break
    except zlib.error:
        pass
    return bytes(found)


def shown_text(content: bytes, fonts: FontMaps) -> str:
    """The text of a content stream, one line per text object."""
    font: dict[int, str] = {}
    pieces: list[str] = []
    for operation in _OPERATION.finditer(content):
        if operation["font"] is not None:
            font = fonts.get(operation["font"].decode("latin-1"), {})
        elif operation["end"] is not None:
            pieces.append("\n")
        else:
            pieces.append(_decode(_string_bytes(operation), font))
    return "".join(pieces)


def _walk(pdf: bytes, patience: Patience) -> Iterator[PageStream]:
    limits = DecodeLimits(per_stream=StreamDecodeLimits(max_output_size=MOST_STREAM_BYTES))
    reader = PdfFileReader(_PatientFile(pdf, patience), strict=False, decode_limits=limits)
    pages = islice(_pages(reader.root["/Pages"], patience), MOST_PAGES)
    for number, page in enumerate(pages, start=1):
        fonts = _font_maps(page, patience)
        for reference in _content_references(page):
            patience.check()
            offset = reader.xrefs[reference.reference]
            stream = reference.get_object()
            start = pdf.index(b"stream", offset) + len(b"stream")
            start += 2 if pdf[start : start + 2] == b"\r\n" else 1
            end = start + int(stream["/Length"])
            yield PageStream(number, start, end, "/Filter" in stream, fonts)


def _pages(node: Any, patience: Patience, depth: int = 0) -> Iterator[Any]:
    if depth > 16:
        return
    for child in list(node["/Kids"])[:MOST_PAGES]:
        patience.check()
        page = child.get_object()
        if "/Kids" in page:
            yield from _pages(page, patience, depth + 1)
        else:
            yield page


def _content_references(page: Any) -> list[Any]:
    contents = page.raw_get("/Contents")
    found = contents.get_object()
    return list(found) if isinstance(found, list) else [contents]


def _font_maps(page: Any, patience: Patience) -> FontMaps:
    fonts = page["/Resources"].get("/Font", {})
    return {str(name)[1:]: _font_map(fonts[name], patience) for name in list(fonts)[:64]}


def _font_map(font: Any, patience: Patience) -> dict[int, str]:
    patience.check()
    if "/ToUnicode" not in font:
        return {}
    # Not one pattern over all: it would begin anew at each section that does not end.
    sections = font["/ToUnicode"].data[:MOST_STREAM_BYTES].split(b"beginbfchar")[1:]
    glyphs = b"\n".join(section.partition(b"endbfchar")[0] for section in sections)
    return {int(glyph, 16): _from_utf16(text) for glyph, text in _MAPPED.findall(glyphs)}


def _from_utf16(digits: bytes) -> str:
    return bytes.fromhex(digits.decode()).decode("utf-16-be", "replace")


def _string_bytes(operation: re.Match[bytes]) -> bytes:
    if operation["hexadecimal"] is not None:
        digits = b"".join(operation["hexadecimal"].split())
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())
    return _ESCAPE.sub(_unescape, operation["literal"])


def _unescape(escape: re.Match[bytes]) -> bytes:
    sign = escape[1]
    if b"0" <= sign[:1] <= b"7":
        return bytes([int(sign, 8) & 0xFF])
    return b"" if sign in (b"\n", b"\r", b"\r\n") else _ESCAPED.get(sign, sign)


def _decode(data: bytes, font: dict[int, str]) -> str:
    glyphs = (int.from_bytes(data[start : start + 2], "big") for start in range(0, len(data), 2))
    return "".join(font.get(glyph, "\N{REPLACEMENT CHARACTER}") for glyph in glyphs)
