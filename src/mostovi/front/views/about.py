"""Help, accessibility, privacy and sources: short, true, plain."""

from importlib import resources

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mostovi.kernel.access_views import access


@require_safe
@access("public")
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "front/help.html")


@require_safe
@access("public")
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "front/accessibility.html")


@require_safe
@access("public")
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "front/privacy.html")


@require_safe
@access("public")
def icon(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Browsers ask for it at this address for everything that is no page, such as a PDF."""
    drawing = resources.files("mostovi.front") / "static" / "mostovi" / "favicon.svg"
    response = HttpResponse(drawing.read_bytes(), content_type="image/svg+xml")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


@require_safe
@access("public")
def sources(request: HttpRequest) -> HttpResponse:
    return render(request, "front/sources.html", {"source_code_url": settings.SOURCE_CODE_URL})
