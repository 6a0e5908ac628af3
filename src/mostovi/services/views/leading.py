"""Whoever opens a page out of turn is led to where the application goes on, and who decides to the desk."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from mostovi.kernel.access_views import ActedRequest
from mostovi.services.catalogue import QuestionUnknown
from mostovi.services.queries.cases import find_standing
from mostovi.services.rules import IdentityNotConfirmed, WrongState, party_of
from mostovi.services.values import Party

View = Callable[..., HttpResponse]


def leads_on(view: View) -> View:
    """Reading only: what somebody sends to an application that has moved on is refused with a sentence."""

    @wraps(view)
    def lead(request: ActedRequest, code: str, **named: Any) -> HttpResponse:
        try:
            return view(request, code, **named)
        except (WrongState, QuestionUnknown, IdentityNotConfirmed):
            if request.method == "POST":
                raise
            return HttpResponseRedirect(reverse("services:resume", args=[code]))

    return lead


def leads_to_desk(view: View) -> View:
    """The page speaks to the applicant and whoever typed for her; who decides reads the case at the desk."""

    @wraps(view)
    def lead(request: ActedRequest, code: str, **named: Any) -> HttpResponse:
        if party_of(request.actor, find_standing(request.actor, code)) == Party.CASEWORKER:
            return HttpResponseRedirect(reverse("desk:case", args=[code]))
        return view(request, code, **named)

    return lead
