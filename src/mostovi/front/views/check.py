"""Is this paper genuine? For any counter, bank or embassy; nobody signs in."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mostovi.front import check_notes, checking, errors, guessing
from mostovi.front.templatetags.mostovi_pages import sentence
from mostovi.front.turns import RETRY_AFTER_SECONDS, TooManyFiles
from mostovi.kernel import clock, codes
from mostovi.kernel.access_views import access
from mostovi.kernel.errors import Invalid

LARGEST_BYTES = 10 * 1024 * 1024


class NoFile(Invalid):
    code = "no_file"
    message = "Choose a file first, then check it."


class EmptyFile(Invalid):
    code = "empty_file"
    message = "This file is empty. Choose the document as you received it, or make the photograph again."


class FileTooLarge(Invalid):
    code = "file_too_large"
    message = "This file is larger than 10 MB. Our documents are much smaller."


@require_safe
@access("public")
def check(request: HttpRequest) -> HttpResponse:
    typed = request.GET.get("code", "").strip()[:40]
    if not typed:
        return _page(request)
    try:
        code = codes.normalise(typed)
    except codes.InvalidCode as problem:
        return _page(request, problem=problem, field="code", typed=typed)
    return HttpResponseRedirect(reverse("front:check_code", args=[code]))


@require_safe
@access("public")
def check_code(request: HttpRequest, typed: str) -> HttpResponse:
    """The address in the square code; ``s`` is the issuer's signed statement."""
    statement = request.GET.get("s", "")
    # Who brings the issuer's signature does not guess; a busy counter behind one address is not locked out.
    if not statement:
        guessing.check_may_try(request)
    try:
        finding = checking.check_code(typed[:40], statement)
    except codes.InvalidCode as problem:
        return _page(request, problem=problem, field="code", typed=typed[:40])
    if finding.answer == "not_ours" and not statement:
        guessing.count_miss(request)
    return _page(request, finding=finding)


@require_safe
@access("public")
def too_large(request: HttpRequest) -> HttpResponse:
    """What a proxy before us shows when it refuses a file by its size."""
    return errors.too_large(request)


@require_http_methods(["GET", "HEAD", "POST"])
@access("public")
def check_file(request: HttpRequest) -> HttpResponse:
    """A photograph, a PDF or a receipt, in whichever box. It is gone when the answer is on the screen."""
    if request.method != "POST":
        # Whoever changes the language of the answer, or loads it again from a bookmark, begins anew.
        return HttpResponseRedirect(f"{reverse('front:check')}?{request.GET.urlencode()}")
    field = "photo" if "photo" in request.FILES or "ask_photo" in request.POST else "pdf"
    try:
        content = _content(request.FILES.get(field))
        finding = checking.check_file(content, now=clock.now(), is_photograph=field == "photo")
    except Invalid as problem:
        return _page(request, problem=problem, field=field)
    except TooManyFiles as problem:
        response = _page(request, problem=problem, field=field)
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response
    return _page(request, finding=finding)


@require_POST
@access("public")
def keep_note(request: HttpRequest) -> HttpResponse:
    """The receipt of a check, as `mostovi verify` reads it; nothing in it tells who checked."""
    check_notes.check_may_note(request)
    receipt = check_notes.make_note(request.POST.get("note", ""))
    response = HttpResponse(receipt, content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="check-of-a-paper.json"'
    return response


def _content(file: "UploadedFile[Any] | None") -> bytes:
    if file is None:
        raise NoFile
    if file.size == 0:
        raise EmptyFile
    if file.size is None or file.size > LARGEST_BYTES:
        raise FileTooLarge
    return bytes(file.read())


def _page(
    request: HttpRequest,
    *,
    finding: checking.Finding | None = None,
    problem: Invalid | TooManyFiles | None = None,
    field: str = "",
    typed: str = "",
) -> HttpResponse:
    now = clock.now()
    context = {
        "finding": finding,
        "note": check_notes.offer_note(finding, at=now) if finding else "",
        "problem": sentence(problem) if problem else "",
        "field": field,
        "typed": typed,
        "checked_at": now,
    }
    return render(request, "front/check.html", context, status=problem.status if problem else 200)
