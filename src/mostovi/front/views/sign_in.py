"""Signing in, once more for a decision, and out."""

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe

from mostovi.front.sign_in.claims import Identity, SignInCancelled, actor_for
from mostovi.front.sign_in.provider import receive_identity, redirect_to_provider, sign_out_address
from mostovi.kernel import people
from mostovi.kernel.access_views import access, actor_of, remember_actor
from mostovi.kernel.errors import Refusal
from mostovi.kernel.languages import current_variant
from mostovi.services import public as services

_PENDING = "sign_in"
_MOST_PENDING = 5


@require_safe
@access("public")
def sign_in(request: HttpRequest) -> HttpResponse:
    """``reauthentication=KEY`` asks the provider to see an official once more, whatever session it has."""
    pending = {
        "next": _safe(request, request.GET.get("next", "")),
        "institution": request.GET.get("institution"),
        "reauthentication": request.GET.get("reauthentication", ""),
    }
    try:
        return _to_provider(request, pending)
    except Refusal as refusal:
        if not pending["reauthentication"]:
            raise
        return _failed(request, pending, refusal)


def _to_provider(request: HttpRequest, pending: dict[str, Any]) -> HttpResponse:
    extra = {"ui_locales": current_variant(), "state": secrets.token_urlsafe(32)}
    if pending["reauthentication"]:
        extra |= {"prompt": "login", "max_age": "0"}
    if settings.DEMONSTRATION and request.GET.get("login_hint"):
        extra["login_hint"] = request.GET["login_hint"]
    _remember(request, extra["state"], pending)
    return redirect_to_provider(request, request.build_absolute_uri(reverse("front:signed_in")), **extra)


def _remember(request: HttpRequest, state: str, pending: dict[str, Any]) -> None:
    """What each question to the provider was for, so that two windows do not take each other's answers."""
    kept = list(request.session.get(_PENDING, {}).items())[1 - _MOST_PENDING :]
    request.session[_PENDING] = dict([*kept, (state, pending)])


def _take_pending(request: HttpRequest) -> dict[str, Any]:
    kept = request.session.get(_PENDING, {})
    pending: dict[str, Any] = kept.pop(request.GET.get("state", ""), {})
    request.session.modified = bool(pending)
    return pending


@require_safe
@access("public")
def signed_in(request: HttpRequest) -> HttpResponse:
    """Where the provider sends the browser back to."""
    pending = _take_pending(request)
    if pending.get("reauthentication"):
        return _signed_in_anew(request, pending)
    try:
        identity = receive_identity(request)
    except SignInCancelled:
        return HttpResponseRedirect(f"{reverse('front:sign_in_cancelled')}?{_wanted(request, pending)}")
    _begin_session(request, identity, pending.get("institution"))
    return HttpResponseRedirect(_safe(request, pending.get("next", "")))


def _wanted(request: HttpRequest, asked: Mapping[str, Any]) -> str:
    """Where she wanted to go, and for which office, as the address of signing in takes it."""
    wanted = {"next": _safe(request, asked.get("next", "")), "institution": asked.get("institution")}
    return urlencode({name: value for name, value in wanted.items() if value})


@require_safe
@access("public")
def sign_in_cancelled(request: HttpRequest) -> HttpResponse:
    """A page of its own, since the provider's answer is read once and she may want another language."""
    again = f"{reverse('front:sign_in')}?{_wanted(request, request.GET)}"
    return render(request, "front/sign_in_cancelled.html", {"again": again, "said": SignInCancelled()})


def _signed_in_anew(request: HttpRequest, pending: dict[str, Any]) -> HttpResponse:
    """The session stays the official's, whoever came back; the page that asked says what came of it."""
    actor = actor_of(request)
    try:
        identity = receive_identity(request)
        person = people.find_signed_in(issuer=identity.issuer, subject=identity.subject)
        services.reauthenticate(
            actor=actor,
            key=pending["reauthentication"],
            person_id=person.id if person else None,
            authenticated_at=identity.authenticated_at,
        )
    except Refusal as refusal:
        return _failed(request, pending, refusal)
    # Their offices may have changed since they first signed in.
    request.session.cycle_key()
    _keep_actor(request, identity, actor.institution)
    return HttpResponseRedirect(_safe(request, pending["next"]))


def _failed(request: HttpRequest, pending: dict[str, Any], refusal: Refusal) -> HttpResponse:
    key = pending["reauthentication"]
    services.fail_reauthentication(actor=actor_of(request), key=key, failure=refusal.code)
    return HttpResponseRedirect(_safe(request, pending["next"]))


def _begin_session(request: HttpRequest, identity: Identity, institution: str | None) -> None:
    request.session.flush()
    rotate_token(request)
    _keep_actor(request, identity, institution)


def _keep_actor(request: HttpRequest, identity: Identity, institution: str | None) -> None:
    person = people.upsert_person(
        issuer=identity.issuer,
        subject=identity.subject,
        name=identity.name,
        personal_number=identity.personal_number,
        email=identity.email,
        language=current_variant(),
        offices=identity.offices,
    )
    remember_actor(request, actor_for(identity, person_id=person.id, institution=institution))


@require_http_methods(["GET", "HEAD", "POST"])
@access("public")
def sign_out(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "front/sign_out.html")
    request.session.flush()
    home = request.build_absolute_uri(reverse("front:home"))
    return HttpResponseRedirect(sign_out_address(home) or home)


def _safe(request: HttpRequest, address: str) -> str:
    """Only an address of ours; anything else leads home."""
    ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if ours else reverse("front:home")
