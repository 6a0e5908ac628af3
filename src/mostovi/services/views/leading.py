"""Whoever opens a page out of turn is led to where the application goes on."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from mostovi.kernel.access_views import ActedRequest
from mostovi.services.catalogue import QuestionUnknown
from mostovi.services.rules import IdentityNotConfirmed, WrongState

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
