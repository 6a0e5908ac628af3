"""The first page: what one can arrange, find and follow."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mostovi.front import finding, guessing
from mostovi.front.templatetags.mostovi_pages import sentence
from mostovi.kernel import codes, territory
from mostovi.kernel.access_views import access
from mostovi.kernel.errors import Refusal
from mostovi.services import public as services


@require_safe
@access("public")
def home(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("q", "").strip()[:100]
    context = {
        "asked": asked,
        "found": finding.search(asked) if asked else None,
        "services": services.list_services(),
        "life_events": services.list_life_events(),
        "levels": territory.count_levels(),
    }
    return render(request, "front/home.html", context)


@require_safe
@access("public")
def place(request: HttpRequest) -> HttpResponse:
    """Who is responsible in a place, at every level."""
    asked = request.GET.get("place", "").strip()[:100]
    context = {"asked": asked, "places": finding.describe_places(asked)}
    return render(request, "front/place.html", context)


@require_safe
@access("public")
def track(request: HttpRequest) -> HttpResponse:
    """Where an application stands, for whoever holds its code; nothing about the person."""
    typed = request.GET.get("code", "").strip()[:40]
    if not typed:
        return render(request, "front/track.html")
    guessing.check_may_try(request)
    try:
        tracking = services.find_by_tracking_code(codes.normalise(typed))
    except Refusal as problem:
        if problem.status == 404:
            guessing.count_miss(request)
        told = {"typed": typed, "problem": sentence(problem)}
        return render(request, "front/track.html", told, status=problem.status)
    return render(request, "front/track.html", {"tracking": tracking})
