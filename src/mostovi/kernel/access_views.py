"""Every page declares who may open it; the page then finds the actor on its request."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Literal, cast
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect

from mostovi.kernel.access import (
    ANONYMOUS,
    Actor,
    check_is_auditor,
    check_is_official,
    check_is_person,
    check_is_signed_in,
)

Level = Literal["public", "signed_in", "person", "official", "auditor"]
View = Callable[..., HttpResponseBase]
_SESSION_KEY = "actor"
_MOST_DIGITS = 15
_CHECKS: dict[str, Callable[[Actor], None]] = {
    "signed_in": check_is_signed_in,
    "person": check_is_person,
    "official": check_is_official,
    "auditor": check_is_auditor,
}


class ActedRequest(HttpRequest):
    """A request whose actor is known; the type that views declare."""

    actor: Actor


def asked_number(request: HttpRequest, name: str) -> int | None:
    """A whole number in the address, or None: not there, something else, or of more digits than we count."""
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else None


def remember_actor(request: HttpRequest, actor: Actor) -> None:
    """Keep the actor in the session; call after rotating the session key."""
    at = actor.authenticated_at
    request.session[_SESSION_KEY] = {
        "kind": actor.kind,
        "person_id": actor.person_id,
        "name": actor.name,
        "institution": actor.institution,
        "roles": sorted(actor.roles),
        "assurance": actor.assurance,
        "authenticated_at": at.isoformat() if at else None,
    }


def actor_of(request: HttpRequest) -> Actor:
    kept = request.session.get(_SESSION_KEY)
    if not kept:
        return ANONYMOUS
    at = kept["authenticated_at"]
    roles = frozenset(kept["roles"])
    return Actor(**{**kept, "roles": roles, "authenticated_at": datetime.fromisoformat(at) if at else None})


def access(level: Level, *, role: str | None = None) -> Callable[[View], View]:
    """Declare who may open a page. Somebody not signed in is sent to sign in and comes back."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor = actor_of(request)
            if level != "public":
                if actor.person_id is None:
                    return _to_sign_in(request)
                _check(level, actor, role)
            cast("ActedRequest", request).actor = actor
            response = view(request, *args, **kwargs)
            if level != "public" and isinstance(response, HttpResponse):
                response.headers.setdefault("Cache-Control", "no-store")
            return response

        checked.access = level  # type: ignore[attr-defined]
        return checked

    return decorate


def _check(level: str, actor: Actor, role: str | None) -> None:
    if role is not None:
        check_is_official(actor, role=role)
    _CHECKS[level](actor)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    here = request.META.get("HTTP_REFERER", "/") if request.method == "POST" else request.get_full_path()
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': here})}")
