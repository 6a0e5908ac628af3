"""The provider's few pages: plain HTML with the portal's style sheet; nothing in them needs a script."""

import re
from collections.abc import Iterable, Mapping
from html import escape
from importlib import resources
from urllib.parse import urlencode

from mostovi.demo.identity_provider.persons import PERSONS, Identity
from mostovi.demo.identity_provider.texts import LANGUAGE_CHOICES, SCRIPT_CHOICES, in_language, say

_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · {brand}</title>
<link rel="stylesheet" href="/static/mostovi/mostovi.css">
<link rel="icon" href="/static/mostovi/favicon.svg" type="image/svg+xml">
<meta name="theme-color" content="#e3e6de" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#203035" media="(prefers-color-scheme: dark)">
</head>
<body>
<a class="skip" href="#main">{skip}</a>
{languages}
<header class="top"><div class="wrap">
<a class="brand" href="/">{mark}<span>{brand}</span></a>
</div><div class="phase"><p class="wrap"><span>{banner}</span></p></div></header>
<main id="main"><div class="wrap">
<h1>{title}</h1>
<p class="lead">{lead}</p>
{body}
</div></main>
</body>
</html>
"""


def choice_page(language: str, request_name: str, address: str, parameters: Mapping[str, str]) -> str:
    """Who signs in? Every person of the cast as a block with one button."""
    people = "".join(_person_block(identity, language, request_name) for identity in PERSONS)
    body = f'<ul class="stones who">{people}</ul>{_cancel(language, request_name)}'
    languages = _languages(language, address, parameters)
    return _page(language, say("choose", language), say("choose_lead", language), body, languages)


def confirm_page(
    language: str, identity: Identity, request_name: str, address: str, parameters: Mapping[str, str]
) -> str:
    """Confirm that it is you: asked before something that binds."""
    button = escape(say("i_am", language).format(name=identity.name))
    body = (
        f'<p class="small soft">{escape(in_language(identity.what, language))}</p>'
        f'<form method="post" action="sign-in">{_hidden("request", request_name)}'
        f'{_hidden("person", identity.key)}<div class="actions"><button class="btn">{button}</button></div>'
        f"</form>{_cancel(language, request_name)}"
    )
    languages = _languages(language, address, parameters)
    return _page(language, say("confirm", language), say("confirm_lead", language), body, languages)


def sentence_page(language: str, title: str, sentence: str) -> str:
    """Nothing to do here but go back to the portal, or read the same in another language."""
    start = f'<div class="actions"><a class="btn" href="/">{escape(say("to_start", language))}</a></div>'
    languages = _languages(language, "", {"told": sentence})
    return _page(language, say(title, language), say(sentence, language), start, languages)


def _page(language: str, title: str, lead: str, body: str, languages: str) -> str:
    return _PAGE.format(
        language=language,
        title=escape(title),
        lead=escape(lead),
        body=body,
        languages=languages,
        skip=escape(say("skip", language)),
        banner=escape(say("banner", language)),
        brand="Мостови" if language == "sr-Cyrl" else "Mostovi",
        mark=_mark(),
    )


def _mark() -> str:
    drawing = resources.files("mostovi") / "front" / "static" / "mostovi" / "mark.svg"
    # The name stands beside it, in the script of the page.
    unnamed = re.sub(r"<title.*?</title>", "", drawing.read_text(encoding="utf-8"))
    return unnamed.replace(' role="img" aria-labelledby="t"', ' class="mark" aria-hidden="true"', 1)


def _person_block(identity: Identity, language: str, request_name: str) -> str:
    button = escape(say("i_am", language).format(name=identity.name))
    what = escape(in_language(identity.what, language))
    fields = _hidden("request", request_name) + _hidden("person", identity.key)
    return (
        f'<li><span class="over">{what}</span><form method="post" action="sign-in">{fields}'
        f'<div class="actions"><button class="btn alt">{button}</button></div></form></li>'
    )


def _cancel(language: str, request_name: str) -> str:
    return (
        f'<form method="post" action="cancel">{_hidden("request", request_name)}'
        f'<button class="btn link">{escape(say("cancel", language))}</button></form>'
    )


def _hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{name}" value="{escape(value, quote=True)}">'


def _languages(current: str, address: str, parameters: Mapping[str, str]) -> str:
    """The same request again in another language, and for Serbian in the other script."""
    spoken = "sr-Latn" if current.startswith("sr") else current
    bar = _choices(LANGUAGE_CHOICES, spoken, address, parameters)
    scripts = ""
    if current.startswith("sr"):
        items = _choices(SCRIPT_CHOICES, current, address, parameters)
        scripts = f'<ul class="script" aria-label="{escape(say("script", current))}">{items}</ul>'
    label = escape(say("language", current))
    return f'<nav class="langs" aria-label="{label}"><div class="wrap"><ul>{bar}</ul>{scripts}</div></nav>'


def _choices(
    choices: Iterable[tuple[str, str]], current: str, address: str, parameters: Mapping[str, str]
) -> str:
    return "".join(_choice(code, name, current, address, parameters) for code, name in choices)


def _choice(code: str, name: str, current: str, address: str, parameters: Mapping[str, str]) -> str:
    query = escape(urlencode({**parameters, "ui_locales": code}), quote=True)
    chosen = ' aria-current="true"' if code == current else ""
    return f'<li><a href="{address}?{query}" lang="{code}" hreflang="{code}"{chosen}>{name}</a></li>'
