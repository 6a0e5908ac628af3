"""What the door says while the portal opens: a page that needs nothing from the portal."""

from collections.abc import Mapping
from functools import cache
from importlib import resources

from aiohttp import web

from mostovi.kernel.script import to_latin

# Language: title, what happens, what the person can do.
_SENTENCES = {
    "bs": (
        "Mostovi se otvaraju",
        "Programi se upravo pokreću. Ništa nije izgubljeno.",
        "Stranica će se sama učitati za nekoliko sekundi.",
    ),
    "en": (
        "Mostovi is opening",
        "The programs are starting. Nothing is lost.",
        "The page loads by itself in a few seconds.",
    ),
    "hr": (
        "Mostovi se otvaraju",
        "Programi se upravo pokreću. Ništa nije izgubljeno.",
        "Stranica će se za nekoliko sekundi učitati sama.",
    ),
    "sr-Cyrl": (
        "Мостови се отварају",
        "Програми се управо покрећу. Ништа није изгубљено.",
        "Страница ће се сама учитати за неколико секунди.",
    ),
}
_PAGE = """<!doctype html>
<html lang="{language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>{style}</style></head>
<body><main id="main"><div class="wrap"><h1>{title}</h1><p class="lead">{what}</p><p>{then}</p></div></main>
</body>
</html>
"""


def opening_page(accepted_languages: str, cookies: Mapping[str, str]) -> web.Response:
    """503 with a sentence in the person's language; the browser tries again by itself."""
    language = _choose(cookies.get("mostovi_language", "") + "," + accepted_languages)
    title, what, then = _sentences(language)
    page = _PAGE.format(language=language, style=_style(), title=title, what=what, then=then)
    headers = {"Refresh": "3", "Retry-After": "3", "Cache-Control": "no-store"}
    return web.Response(text=page, status=503, content_type="text/html", headers=headers)


def _sentences(language: str) -> tuple[str, ...]:
    if language == "sr-Latn":
        return tuple(map(to_latin, _SENTENCES["sr-Cyrl"]))
    return _SENTENCES[language]


def _choose(accepted: str) -> str:
    """The first language of the list that we speak; Bosnian when there is none."""
    for item in accepted.split(","):
        tag = item.partition(";")[0].strip().lower()
        if tag.startswith("sr"):
            return "sr-Latn" if "latn" in tag else "sr-Cyrl"
        if tag[:2] in _SENTENCES:
            return tag[:2]
    return "bs"


@cache
def _style() -> str:
    sheet = resources.files("mostovi") / "front" / "static" / "mostovi" / "mostovi.css"
    return sheet.read_text(encoding="utf-8")
