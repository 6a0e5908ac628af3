"""Opening somebody's data without a case: possible to try, refused, counted, and seen by the person."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from mostovi.kernel.access_views import ActedRequest, access
from mostovi.kernel.errors import Refusal
from mostovi.services.actions.looking_up import look_up_person
from mostovi.services.catalogue import find_lookup
from mostovi.services.describing import say
from mostovi.services.forms import sentence_of


@require_http_methods(["GET", "HEAD", "POST"])
@access("official")
def look_up(request: ActedRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, {})
    try:
        answer = look_up_person(actor=request.actor, personal_number=request.POST.get("personal_number", ""))
    except Refusal as refusal:
        # The number is not shown again: it belongs to somebody else.
        told = {"problem" if refusal.status == 422 else "refused": sentence_of(refusal), "code": refusal.code}
        return _page(request, told, refusal.status)
    return _page(request, {"answer": answer})


def _page(request: ActedRequest, told: dict[str, Any], status: int = 200) -> HttpResponse:
    context = {**told, "asked": say(find_lookup().told)}
    return render(request, "services/desk/look_up.html", context, status=status)
