"""Error pages: what failed, that nothing is lost, what one can do. They work when little else does."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from mostovi.front.context import describe_page
from mostovi.kernel.codes import LENGTH
from mostovi.kernel.errors import Refusal


@dataclass(frozen=True)
class Action:
    """What the page offers to do next."""

    name: str
    href: str


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The page of a refusal that no view turned into something kinder."""
    headings = {
        403: _("You cannot open this"),
        404: _("We did not find this page"),
        409: _("Something changed in the meantime"),
        422: _("Something needs another look"),
        503: _("This does not answer at the moment"),
    }
    heading = headings.get(refusal.status, _("This did not work"))
    told = refusal.sentence(_(refusal.message))
    return _page(request, refusal.status, heading, told, refusal.code, action=_way_on(request.path))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return _page(
        request,
        400,
        _("We could not read this request"),
        _("Your browser sent something we do not understand. Go back and try once more."),
    )


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return _page(request, 403, _("You cannot open this"), _("This page belongs to somebody else."))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return _page(
        request,
        404,
        _("We did not find this page"),
        _("The address may have a typing error, or the page has moved. Search from the first page."),
    )


def wrong_method(request: HttpRequest, allowed: str) -> HttpResponse:
    """An address that takes what a form sends was opened as a page, or something else was tried on it."""
    response = _page(
        request,
        405,
        _("This cannot be opened in this way"),
        _("This address only takes what a button of ours sends. Go back to the page with the button."),
        action=_way_on(request.path),
    )
    response.headers["Allow"] = allowed
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    return _page(
        request,
        500,
        _("The mistake is ours"),
        _("Something failed on our side. What you sent before is saved. Try again in a few minutes."),
    )


def too_large(request: HttpRequest) -> HttpResponse:
    """Something was sent that is larger than anything we take; it was not read."""
    return _page(
        request,
        413,
        _("What you sent is too large"),
        _(
            "We take files of up to 10 MB, and nothing of this one was kept. Our documents are much smaller: "
            "choose the PDF as you received it, take a smaller photograph, or type the short code."
        ),
        action=Action(_("Check a document"), reverse("front:check")),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    return _page(
        request,
        403,
        _("This page was open for too long"),
        _("For your safety we did not accept the form. Nothing was sent. Load the page again and send it."),
    )


def _way_on(path: str) -> Action | None:
    """Where somebody can go on from a page that refused. None leads to the first page."""
    place, _slash, rest = path.strip("/").partition("/")
    if place == "zahtjevi":
        code = rest.partition("/")[0]
        own = reverse("services:resume", args=[code]) if "/" in rest and len(code) == LENGTH else ""
        if own:
            return Action(_("Go to this application"), own)
        return Action(_("My applications"), reverse("services:my_cases"))
    if place == "prijava":
        return Action(_("Sign in"), reverse("front:sign_in"))
    if place == "predmeti":
        return Action(_("Go to the desk"), reverse("desk:desk"))
    return Action(_("Go to the counter"), reverse("services:counter")) if place == "salter" else None


def _page(
    request: HttpRequest,
    status: int,
    heading: str,
    explanation: str,
    code: str = "",
    *,
    action: Action | None = None,
) -> HttpResponse:
    # Without the request's context processors: a failing database must not hide the error page.
    context = {
        "page": describe_page(request),
        "heading": heading,
        "explanation": explanation,
        "status": status,
        "code": code,
        "action": action,
    }
    return HttpResponse(render_to_string("front/error.html", context), status=status)
