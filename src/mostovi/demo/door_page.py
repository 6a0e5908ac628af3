"""What the door says while the portal opens, or when a connection breaks: pages that need no portal."""

from collections.abc import Mapping
from functools import cache
from importlib import resources

from aiohttp import web

from mostovi.kernel.script import to_latin

_Said = Mapping[str, tuple[str, str, str]]
# Language: title, what happens, what the person can do.
_OPENING: _Said = {
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
_BROKEN: _Said = {
    "bs": (
        "Veza se prekinula",
        "Dok ste slali, veza s programom se prekinula. Možda je sve stiglo, a možda nije.",
        "Vratite se i pošaljite još jednom. Zahtjev koji stigne dvaput računa se jednom.",
    ),
    "en": (
        "The connection broke",
        "While you were sending, the connection to the program broke. It may have arrived or not.",
        "Go back and send it once more. An application that arrives twice counts once.",
    ),
    "hr": (
        "Veza se prekinula",
        "Dok ste slali, veza s programom se prekinula. Možda je sve stiglo, a možda nije.",
        "Vratite se i pošaljite još jednom. Zahtjev koji stigne dvaput računa se kao jedan.",
    ),
    "sr-Cyrl": (
        "Веза се прекинула",
        "Док сте слали, веза са програмом се прекинула. Можда је све стигло, а можда није.",
        "Вратите се и пошаљите још једном. Захтјев који стигне двапут рачуна се једном.",
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
    page = _page(_OPENING, accepted_languages, cookies)
    headers = {"Refresh": "3", "Retry-After": "3", "Cache-Control": "no-store"}
    return web.Response(text=page, status=503, content_type="text/html", headers=headers)


def broken_page(accepted_languages: str, cookies: Mapping[str, str]) -> web.Response:
    """502: what was sent may be lost, and only the person can send it again."""
    page = _page(_BROKEN, accepted_languages, cookies)
    return web.Response(
        text=page, status=502, content_type="text/html", headers={"Cache-Control": "no-store"}
    )


def _page(said: _Said, accepted_languages: str, cookies: Mapping[str, str]) -> str:
    language = _choose(cookies.get("mostovi_language", "") + "," + accepted_languages)
    sentences = tuple(map(to_latin, said["sr-Cyrl"])) if language == "sr-Latn" else said[language]
    title, what, then = sentences
    return _PAGE.format(language=language, style=_style(), title=title, what=what, then=then)


def _choose(accepted: str) -> str:
    """The first language of the list that we speak; Bosnian when there is none."""
    for item in accepted.split(","):
        tag = item.partition(";")[0].strip().lower()
        if tag.startswith("sr"):
            return "sr-Latn" if "latn" in tag else "sr-Cyrl"
        if tag[:2] in _OPENING:
            return tag[:2]
    return "bs"


@cache
def _style() -> str:
    sheet = resources.files("mostovi") / "front" / "static" / "mostovi" / "mostovi.css"
    return sheet.read_text(encoding="utf-8")
