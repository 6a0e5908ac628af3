"""Signing in, once more before sealing, and out."""

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods

from mostovi.front.sign_in.claims import Identity, actor_for, check_is_fresh
from mostovi.front.sign_in.provider import receive_identity, redirect_to_provider, sign_out_address
from mostovi.kernel import clock, people
from mostovi.kernel.access_views import access, remember_actor
from mostovi.kernel.languages import current_variant

_PENDING = "sign_in"


@require_GET
@access("public")
def sign_in(request: HttpRequest) -> HttpResponse:
    """``again=1`` asks the provider to see the person once more, whatever session it has."""
    again = request.GET.get("again") == "1"
    request.session[_PENDING] = {
        "next": _safe(request, request.GET.get("next", "")),
        "institution": request.GET.get("institution"),
        "again_since": clock.now().isoformat() if again else None,
    }
    extra = {"ui_locales": current_variant()}
    if again:
        extra |= {"prompt": "login", "max_age": "0"}
    if settings.DEMONSTRATION and request.GET.get("login_hint"):
        extra["login_hint"] = request.GET["login_hint"]
    return redirect_to_provider(request, request.build_absolute_uri(reverse("front:signed_in")), **extra)


@require_GET
@access("public")
def signed_in(request: HttpRequest) -> HttpResponse:
    """Where the provider sends the browser back to."""
    pending = request.session.get(_PENDING) or {}
    identity = receive_identity(request)
    if pending.get("again_since"):
        check_is_fresh(identity, datetime.fromisoformat(pending["again_since"]))
    _begin_session(request, identity, pending.get("institution"))
    return HttpResponseRedirect(_safe(request, pending.get("next", "")))


def _begin_session(request: HttpRequest, identity: Identity, institution: str | None) -> None:
    person = people.upsert_person(
        issuer=identity.issuer,
        subject=identity.subject,
        name=identity.name,
        personal_number=identity.personal_number,
        email=identity.email,
        language=current_variant(),
        offices=identity.offices,
    )
    request.session.flush()
    rotate_token(request)
    remember_actor(request, actor_for(identity, person_id=person.id, institution=institution))


@require_http_methods(["GET", "POST"])
@access("public")
def sign_out(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        return render(request, "front/sign_out.html")
    request.session.flush()
    home = request.build_absolute_uri(reverse("front:home"))
    return HttpResponseRedirect(sign_out_address(home) or home)


def _safe(request: HttpRequest, address: str) -> str:
    """Only an address of ours; anything else leads home."""
    ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if ours else reverse("front:home")
