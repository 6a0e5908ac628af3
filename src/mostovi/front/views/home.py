"""The first page: what one can arrange, find and follow."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from mostovi.front import finding
from mostovi.kernel import territory
from mostovi.kernel.access_views import access


@require_GET
@access("public")
def home(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("q", "").strip()[:100]
    context = {
        "asked": asked,
        "found": finding.search(asked) if asked else None,
        "levels": territory.count_levels(),
    }
    return render(request, "front/home.html", context)


@require_GET
@access("public")
def place(request: HttpRequest) -> HttpResponse:
    """Who is responsible in a place, at every level."""
    asked = request.GET.get("place", "").strip()[:100]
    context = {"asked": asked, "places": finding.describe_places(asked)}
    return render(request, "front/place.html", context)
