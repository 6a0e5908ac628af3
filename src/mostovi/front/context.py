"""What the base template needs on every page: language bar, navigation, who one is."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mostovi.kernel.access import ANONYMOUS, Actor
from mostovi.kernel.access_views import actor_of
from mostovi.kernel.languages import current_variant
from mostovi.kernel.script import given_name_to_cyrillic


@dataclass(frozen=True)
class Choice:
    """A language or a script in the bar: ``tag`` is its BCP 47 tag, ``spoken`` the tag of its own name."""

    name: str
    tag: str
    spoken: str
    href: str
    current: bool


@dataclass(frozen=True)
class NavigationItem:
    name: str | Promise
    href: str
    current: bool


_LANGUAGES = (("Bosanski", "bs", "bs"), ("English", "en", "en"), ("Hrvatski", "hr", "hr"))
_SCRIPTS = (("Latinica", "sr-Latn", "sr-Latn"), ("Ћирилица", "sr-Cyrl", "sr-Cyrl"))


def page(request: HttpRequest) -> dict[str, Any]:
    """The context processor: everything under ``page``."""
    return {"page": describe_page(request, actor_of(request))}


def describe_page(request: HttpRequest, actor: Actor = ANONYMOUS) -> dict[str, Any]:
    variant = current_variant()
    return {
        "variant": variant,
        "languages": _language_choices(request, variant),
        "scripts": _script_choices(request, variant) if variant.startswith("sr") else (),
        "navigation": _navigation(request.path, actor),
        "actor": actor,
        "given_name": _given_name(actor, variant),
        "demonstration": settings.DEMONSTRATION,
        "shoes_url": settings.DEMONSTRATION_SHOES_URL,
    }


def _given_name(actor: Actor, variant: str) -> str:
    name = actor.name.partition(" ")[0]
    return given_name_to_cyrillic(name) if variant == "sr-Cyrl" else name


def _language_choices(request: HttpRequest, variant: str) -> list[Choice]:
    choices = [
        Choice(name, tag, tag, _href(request, tag), variant == spoken) for name, tag, spoken in _LANGUAGES
    ]
    script = variant if variant.startswith("sr") else "sr-Cyrl"
    return [*choices, Choice("Srpski", "sr", "sr-Latn", _href(request, script), variant.startswith("sr"))]


def _script_choices(request: HttpRequest, variant: str) -> list[Choice]:
    return [Choice(name, tag, tag, _href(request, tag), variant == spoken) for name, tag, spoken in _SCRIPTS]


def _href(request: HttpRequest, variant: str) -> str:
    """This very page in another language, with all that was asked of it."""
    kept = [(key, value) for key, values in request.GET.lists() for value in values if key != "lang"]
    return "?" + urlencode([*kept, ("lang", variant)])


def _navigation(path: str, actor: Actor) -> list[NavigationItem]:
    items = [
        (_("Services"), reverse("front:home"), ("/usluge/", "/zahtjevi/", "/pracenje", "/mjesto")),
        # An office has no data of its own; whoever is not signed in is asked to and comes back.
        *([(_("My data"), "/moji-podaci/", ())] if actor.kind in {"anonymous", "person"} else []),
        (_("Status"), "/stanje/", ()),
        *_office_items(actor),
    ]
    return [NavigationItem(name, href, _is_current(path, href, also)) for name, href, also in items]


def _office_items(actor: Actor) -> list[tuple[str | Promise, str, tuple[str, ...]]]:
    items: list[tuple[str | Promise, str, tuple[str, ...]]] = []
    if "caseworker" in actor.roles or "supervisor" in actor.roles:
        items.append((_("Desk"), "/predmeti/", ()))
    if "schools" in actor.roles:
        items.append((_("Schools"), "/skole/uvoz/", ()))
    if "clerk" in actor.roles:
        items.append((_("Counter"), "/salter/", ()))
    if actor.kind == "auditor":
        items.append((_("Audit"), "/revizija/", ()))
    return items


def _is_current(path: str, href: str, also: tuple[str, ...]) -> bool:
    return (
        path == href
        or (href != "/" and path.startswith(href))
        or any(path.startswith(start) for start in also)
    )
