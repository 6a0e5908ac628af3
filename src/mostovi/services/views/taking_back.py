"""Withdrawing a sealed decision, or deciding anew."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from mostovi.kernel.access_views import ActedRequest, access
from mostovi.kernel.errors import Invalid, Refusal
from mostovi.services.actions.reauthenticating import ask_to_reauthenticate_to_take_back
from mostovi.services.actions.taking_back import decide_anew, revoke_decision
from mostovi.services.describing import describe_take_back_failure
from mostovi.services.forms import sentence_of
from mostovi.services.queries.case_sheets import find_desk_sheet
from mostovi.services.queries.taking_back import signed_in_to_take_back
from mostovi.services.rules import (
    SHORTEST_REASONS,
    ReauthenticationMissing,
    ReauthenticationTooOld,
    ReauthenticationUsed,
)


@require_http_methods(["GET", "HEAD", "POST"])
@access("official", role="caseworker")
def take_back(request: ActedRequest, code: str) -> HttpResponse:
    signed_in_at, missing = signed_in_to_take_back(request.actor, code)
    chosen, reason = request.POST.get("what", "revoke"), request.POST.get("reason", "")
    problem = ""
    if request.method == "POST":
        try:
            act = decide_anew if chosen == "anew" else revoke_decision
            act(actor=request.actor, code=code, reason=reason)
            return HttpResponseRedirect(reverse("desk:case", args=[code]))
        except Invalid as refusal:
            problem = sentence_of(refusal)
        except Refusal as refusal:
            if refusal.status not in {409, 503}:
                raise
            missing = _why_not(refusal)
    context = {
        "sheet": find_desk_sheet(request.actor, code),
        "signed_in": signed_in_at is not None,
        "missing": missing,
        "problem": problem,
        "typed": reason,
        "least": SHORTEST_REASONS,
    }
    return render(request, "services/desk/take_back.html", context, status=422 if problem else 200)


def _why_not(refusal: Refusal) -> str:
    sign_in = isinstance(refusal, (ReauthenticationMissing, ReauthenticationTooOld, ReauthenticationUsed))
    return describe_take_back_failure(refusal.code) if sign_in else sentence_of(refusal)


@require_POST
@access("official", role="caseworker")
def sign_in_to_take_back(request: ActedRequest, code: str) -> HttpResponse:
    """To the identity provider, for exactly this paper, and back to its page."""
    key = ask_to_reauthenticate_to_take_back(actor=request.actor, code=code)
    back = reverse("desk:take_back", args=[code])
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'reauthentication': key, 'next': back})}")
