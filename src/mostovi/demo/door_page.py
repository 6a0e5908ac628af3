"""What the door says while the portal opens, or of what it cannot pass on: pages that need no portal."""

from collections.abc import Mapping
from functools import cache
from importlib import resources

from aiohttp import web

from mostovi.demo.spoken import choose_language
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
_TOO_LONG: _Said = {
    "bs": (
        "Adresa je preduga",
        "Adresa koju je poslao vaš preglednik duža je od svih naših. Ništa nije poslano dalje.",
        'Skratite je, ili krenite s <a href="/">početne stranice</a>.',
    ),
    "en": (
        "This address is too long",
        "The address that your browser sent is longer than any of ours. Nothing was passed on.",
        'Shorten it, or begin on the <a href="/">first page</a>.',
    ),
    "hr": (
        "Adresa je predugačka",
        "Vaš je preglednik poslao adresu dulju od svih naših. Ništa nije proslijeđeno.",
        'Skratite je ili krenite od <a href="/">početne stranice</a>.',
    ),
    "sr-Cyrl": (
        "Адреса је предугачка",
        "Адреса коју је послао ваш прегледач дужа је од свих наших. Ништа није прослијеђено.",
        'Скратите је или почните од <a href="/">почетне странице</a>.',
    ),
}
_TOO_MUCH: _Said = {
    "bs": (
        "Vaš preglednik šalje previše podataka",
        "Uz zahtjev je poslao više podataka o sebi nego što primamo. Ništa nije poslano dalje.",
        "Obrišite kolačiće ove adrese u postavkama preglednika i učitajte stranicu ponovo.",
    ),
    "en": (
        "Your browser sends too much",
        "It sent more about itself than we take. Nothing was passed on.",
        "Delete the cookies of this address in the settings of your browser, and load the page again.",
    ),
    "hr": (
        "Vaš preglednik šalje previše podataka",
        "Uz zahtjev je poslao više podataka o sebi nego što primamo. Ništa nije proslijeđeno.",
        "Izbrišite kolačiće ove adrese u postavkama preglednika i ponovno učitajte stranicu.",
    ),
    "sr-Cyrl": (
        "Ваш прегледач шаље превише података",
        "Уз захтјев је послао више података о себи него што примамо. Ништа није прослијеђено.",
        "Избришите колачиће ове адресе у подешавањима прегледача и поново учитајте страницу.",
    ),
}
_UNREADABLE: _Said = {
    "bs": (
        "Nismo mogli pročitati ono što je stiglo",
        "Vaš preglednik poslao je nešto što ne razumijemo.",
        'Vratite se i pokušajte još jednom, ili krenite s <a href="/">početne stranice</a>.',
    ),
    "en": (
        "We could not read this request",
        "Your browser sent something we do not understand.",
        'Go back and try once more, or begin on the <a href="/">first page</a>.',
    ),
    "hr": (
        "Ovaj zahtjev nismo mogli pročitati",
        "Vaš je preglednik poslao nešto što ne razumijemo.",
        'Vratite se i pokušajte još jednom ili krenite od <a href="/">početne stranice</a>.',
    ),
    "sr-Cyrl": (
        "Овај захтјев прегледача нисмо могли да прочитамо",
        "Ваш прегледач је послао нешто што не разумијемо.",
        'Вратите се и покушајте још једном или почните од <a href="/">почетне странице</a>.',
    ),
}
_MISSING: _Said = {
    "bs": (
        "Ovu stranicu nismo našli",
        "Na ovoj adresi nema ničega za čitanje; njome se služe samo programi.",
        'Krenite s <a href="/">početne stranice</a>.',
    ),
    "en": (
        "We did not find this page",
        "There is nothing to read at this address; only programs use it.",
        'Begin on the <a href="/">first page</a>.',
    ),
    "hr": (
        "Nismo pronašli tu stranicu",
        "Na toj se adresi nema što pročitati; njome se služe samo programi.",
        'Krenite od <a href="/">početne stranice</a>.',
    ),
    "sr-Cyrl": (
        "Ову страницу нисмо пронашли",
        "На овој адреси нема шта да се прочита; њу користе само програми.",
        'Почните од <a href="/">почетне странице</a>.',
    ),
}
_NO_STORE = {"Cache-Control": "no-store"}
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
    page.set_status(503)
    page.headers.update({"Refresh": "3", "Retry-After": "3"})
    return page


def broken_page(accepted_languages: str, cookies: Mapping[str, str]) -> web.Response:
    """502: what was sent may be lost, and only the person can send it again."""
    page = _page(_BROKEN, accepted_languages, cookies)
    page.set_status(502)
    return page


def unreadable_page(status: int, accepted_languages: str, cookies: Mapping[str, str]) -> web.Response:
    """What is passed on to nobody: 414 for an address, 431 for headers, otherwise 400."""
    page = _page({414: _TOO_LONG, 431: _TOO_MUCH}.get(status, _UNREADABLE), accepted_languages, cookies)
    page.set_status(status)
    return page


def missing_page(status: int, accepted_languages: str, cookies: Mapping[str, str]) -> web.Response:
    """What a program behind the door that has no pages does not know."""
    page = _page(_MISSING, accepted_languages, cookies)
    page.set_status(status)
    return page


def _page(said: _Said, accepted_languages: str, cookies: Mapping[str, str]) -> web.Response:
    language = choose_language(cookies, accepted_languages)
    sentences = tuple(map(to_latin, said["sr-Cyrl"])) if language == "sr-Latn" else said[language]
    title, what, then = sentences
    text = _PAGE.format(language=language, style=_style(), title=title, what=what, then=then)
    return web.Response(text=text, content_type="text/html", headers=_NO_STORE)


@cache
def _style() -> str:
    sheet = resources.files("mostovi") / "front" / "static" / "mostovi" / "mostovi.css"
    return sheet.read_text(encoding="utf-8")
