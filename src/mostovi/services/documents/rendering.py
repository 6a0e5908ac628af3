"""Documents as tagged PDF/A-2a and PDF/UA-1, and as text. Data is never markup; the same input gives the
same bytes."""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import segno
import typst
from ruamel.yaml import YAML

from mostovi.services.definition.wording import fill, placeholders_of, text_of, write_value
from mostovi.services.documents.reading import read_parts
from mostovi.services.values import PaperPart

Texts = Mapping[str, Mapping[str, str]]
_HERE = Path(__file__).resolve().parent
_STANDARDS = ["a-2a", "ua-1"]
_MOST_FOREIGN_SIGNS = 60
_FOREIGN = re.compile(r'the text `"(?P<signs>.+)"` could not be displayed', re.DOTALL)
_ESCAPED = re.compile(r"\\u\{(?P<number>[0-9a-f]+)\}|\\(?P<sign>.)")
_PACKAGE = re.compile(r"[\"']@")
_LONGEST = 20_000
_OUR_DATA = {"institution", "place", "issued_on"}


class DocumentFailed(Exception):
    """A template that cannot be set. The text names the template's mistake, never the data."""


class DocumentDataMissing(DocumentFailed):
    """A sentence of the document needs something that was not given."""


def render_document(
    template_path: Path, data: Mapping[str, Any], *, language: str, qr_url: str, code: str
) -> bytes:
    """A PDF/A-2a from a ``.typ`` template of a service folder and its ``document.…`` texts.

    ``language`` is one of the five variants. ``data`` holds text, whole numbers, ``date`` (written out in
    that language), ``Decimal`` (an amount in marks) and lists or mappings of them; it must have
    ``institution``, ``place`` and ``issued_on``. ``qr_url`` is what the square code says, ``code`` the
    nine signs printed beside it. Raises DocumentDataMissing and DocumentFailed.
    """
    texts = _load_texts(template_path.with_name("texts.yaml"))
    template = template_path.read_text("utf-8")
    return render_template(template, texts, data, language=language, qr_url=qr_url, code=code)


def render_template(
    template: str, texts: Texts, data: Mapping[str, Any], *, language: str, qr_url: str, code: str
) -> bytes:
    """The same from a template's text and the service's texts, as a case has pinned them."""
    _check(template, data)
    shown = _display(code)
    content = _content(texts, data, language, {"address": _address(qr_url), "code": shown}) | {
        "plain": False,
        "code": shown,
        "mark": (_HERE / "mark.svg").read_text("utf-8"),
        "square": square_code(qr_url),
    }
    return _compile(template, content, data["issued_on"])


def read_template(
    template: str, texts: Texts, data: Mapping[str, Any], *, language: str
) -> tuple[PaperPart, ...]:
    """What the same template prints, as text; without the frame around it (place, day, code)."""
    _check(template, data)
    content = _content(texts, data, language, dict.fromkeys(("address", "code"))) | {"plain": True}
    try:
        html: bytes = typst.compile(template.encode(), format="html", **_options(content))
    except typst.TypstError as error:
        raise DocumentFailed(_first_line(error.message)) from None
    return read_parts(html.decode())


def _check(template: str, data: Mapping[str, Any]) -> None:
    if "\0" in template:
        raise DocumentFailed("A template holds letters, and no zero byte.")  # the typesetter never ends
    if _PACKAGE.search(template):
        raise DocumentFailed("A template takes nothing from the network: no packages.")
    missing = sorted(_OUR_DATA - set(data))
    if missing:
        raise DocumentDataMissing(f"The document needs {', '.join(missing)}.")


def _content(
    texts: Texts, data: Mapping[str, Any], language: str, around: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "data": _shown(data, language),
        "texts": _sentences(_document_texts(texts), data, language),
        "frame": _sentences(_frame(), around, language),
        "institution": _clean(str(data["institution"])),
        "place_line": f"{_clean(str(data['place']))}, {write_value(data['issued_on'], language)}",
        "lang": language.split("-", maxsplit=1)[0],
        "script": {"sr-Cyrl": "cyrl"}.get(language, "latn"),
    }


def square_code(text: str) -> str:
    """A QR code as SVG, error correction M, with the quiet zone of four modules."""
    buffer = BytesIO()
    segno.make_qr(text, error="m").save(buffer, kind="svg", border=4, xmldecl=False, light="#fff")
    return buffer.getvalue().decode()


def _compile(template: str, content: Any, issued_on: date) -> bytes:
    """Set the page. A sign that no font of ours has is printed as its number: [U+4E2D]."""
    for _ in range(_MOST_FOREIGN_SIGNS):
        try:
            return _typeset(template, content, issued_on)
        except typst.TypstError as error:
            foreign = _foreign_signs(error.message, content)
            if not foreign:
                raise DocumentFailed(_first_line(error.message)) from None
            content = _spell_out(content, foreign)
    raise DocumentFailed("The document holds too many characters that our fonts do not have.")


def _typeset(template: str, content: Any, issued_on: date) -> bytes:
    moment = datetime(issued_on.year, issued_on.month, issued_on.day, tzinfo=UTC)
    options = {"format": "pdf", "pdf_standards": _STANDARDS, "timestamp": moment, **_options(content)}
    pdf: bytes = typst.compile(template.encode(), **options)
    return pdf


def _options(content: Any) -> dict[str, Any]:
    return {
        "root": str(_HERE),
        "font_paths": _fonts(),
        "sys_inputs": {"input": json.dumps(content, ensure_ascii=False)},
    }


def _foreign_signs(message: str, content: Any) -> set[str]:
    """What no font has. For a modifier the typesetter names what stands before it, which every font has."""
    found = _FOREIGN.search(message)
    named = set(_unescaped(found["signs"])) if found else set()
    foreign = {sign for sign in named if not (" " <= sign <= "~")}
    return foreign or _modifiers_after(named, content)


def _modifiers_after(signs: set[str], content: Any) -> set[str]:
    if isinstance(content, str):
        pairs = pairwise(content)
        return {after for sign, after in pairs if sign in signs and not (after.isascii() or after.isalnum())}
    parts = content.values() if isinstance(content, dict) else content if isinstance(content, list) else ()
    return set().union(*(_modifiers_after(signs, part) for part in parts))


def _unescaped(quoted: str) -> str:
    """The typesetter's messages name an invisible sign by its number: \\u{1680}."""
    return _ESCAPED.sub(
        lambda found: chr(int(found["number"], 16)) if found["number"] else found["sign"], quoted
    )


def _spell_out(content: Any, signs: set[str]) -> Any:
    if isinstance(content, str):
        return "".join(f"[U+{ord(sign):04X}]" if sign in signs else sign for sign in content)
    if isinstance(content, dict):
        return {key: _spell_out(part, signs) for key, part in content.items()}
    return [_spell_out(part, signs) for part in content] if isinstance(content, list) else content


def _first_line(message: str) -> str:
    return message.splitlines()[0][:200]


@cache
def _fonts() -> typst.Fonts:
    """Only the fonts that come with the typesetter, so that every machine sets the same page."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


@cache
def _frame() -> Texts:
    return _load_texts(_HERE / "frame.yaml")


@cache
def _load_texts(path: Path) -> Texts:
    texts: Texts = YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
    return texts


def _document_texts(texts: Texts) -> dict[str, Mapping[str, str]]:
    start = "document."
    return {key.removeprefix(start): text for key, text in texts.items() if key.startswith(start)}


def _sentences(texts: Texts, data: Mapping[str, Any], language: str) -> dict[str, str]:
    """The texts in one language; a sentence stays empty when something in it was given as None."""
    variant = "sr" if language == "sr-Cyrl" else language
    sentences = {}
    for key, text in texts.items():
        names = placeholders_of(text_of(text, language))
        missing = [name for name in names if name not in data]
        if missing:
            raise DocumentDataMissing(f"The text document.{key} needs {', '.join(missing)}.")
        complete = all(data[name] is not None for name in names)
        sentences[key] = _clean(fill(text, data)[variant]) if complete else ""
    return sentences


def _shown(value: Any, language: str) -> Any:
    """Data as the template prints it: everything that is not a list or a mapping becomes text."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return {str(key): _shown(part, language) for key, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_shown(part, language) for part in value]
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, date, Decimal)):
        return write_value(value, language)
    return _clean(str(value))


def _clean(text: str) -> str:
    """Signs that a page can show: no control signs, nothing that turns the direction of writing."""
    kept = (sign for sign in text[:_LONGEST] if sign == "\n" or unicodedata.category(sign)[0] != "C")
    return unicodedata.normalize("NFC", "".join(kept))


def _display(code: str) -> str:
    bare = code.replace("-", "")
    return "-".join(bare[start : start + 3] for start in range(0, len(bare), 3))


def _address(url: str) -> str:
    return f"{urlsplit(url).netloc or 'mostovi'}/provjera"
