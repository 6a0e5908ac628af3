"""The person's applications after they are sent."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from mostovi.kernel.access_views import ActedRequest, access
from mostovi.kernel.errors import Invalid
from mostovi.services.actions.applying import restore_case, start_over, withdraw_case
from mostovi.services.actions.delivering import note_reading
from mostovi.services.actions.desk import answer_official
from mostovi.services.actions.seeing import see_answers
from mostovi.services.forms import sentence_of
from mostovi.services.queries.case_sheets import find_case_sheet, list_case_lines
from mostovi.services.queries.cases import find_document, find_receipt
from mostovi.services.rules import WrongState
from mostovi.services.values import CaseState, WaitsFor
from mostovi.services.views.leading import leads_on, leads_to_desk


@access("person")
def my_cases(request: ActedRequest) -> HttpResponse:
    return render(request, "services/my_cases.html", {"cases": list_case_lines(request.actor)})


@access("signed_in")
@leads_to_desk
def case_page(request: ActedRequest, code: str) -> HttpResponse:
    sheet = find_case_sheet(request.actor, code)
    if sheet.state == CaseState.DRAFT:
        return HttpResponseRedirect(reverse("services:resume", args=[code]))
    return render(request, "services/case.html", {"sheet": sheet})


@access("signed_in")
@leads_to_desk
@leads_on
def receipt(request: ActedRequest, code: str) -> HttpResponse:
    found = find_receipt(request.actor, code)
    sheet = find_case_sheet(request.actor, code)
    return render(request, "services/receipt.html", {"receipt": found, "sheet": sheet})


@access("person")
def withdraw(request: ActedRequest, code: str) -> HttpResponse:
    if request.method == "POST":
        withdraw_case(actor=request.actor, code=code)
        return HttpResponseRedirect(reverse("services:case", args=[code]))
    return render(request, "services/withdraw.html", {"sheet": find_case_sheet(request.actor, code)})


@require_POST
@access("signed_in")
def again(request: ActedRequest, code: str) -> HttpResponse:
    """The register had no entry: the same once more, with another place."""
    new = start_over(actor=request.actor, code=code)
    return HttpResponseRedirect(reverse("services:resume", args=[new]))


@access("person")
def restore(request: ActedRequest, code: str) -> HttpResponse:
    if request.method == "POST":
        restore_case(actor=request.actor, code=code)
    return HttpResponseRedirect(reverse("services:case", args=[code]))


@require_POST
@access("person")
def see(request: ActedRequest, code: str) -> HttpResponse:
    """What a register answered late was seen."""
    see_answers(actor=request.actor, code=code, shown=request.POST.getlist("shown"))
    return HttpResponseRedirect(reverse("services:case", args=[code]))


@access("person")
@leads_on
def reply(request: ActedRequest, code: str) -> HttpResponse:
    """Answer what the official asked."""
    error = ""
    if request.method == "POST":
        try:
            answer_official(actor=request.actor, code=code, text=request.POST.get("text", ""))
            return HttpResponseRedirect(reverse("services:case", args=[code]))
        except Invalid as refusal:
            error = sentence_of(refusal)
    sheet = find_case_sheet(request.actor, code)
    if sheet.waits_for != WaitsFor.REPLY:
        raise WrongState
    context = {"sheet": sheet, "error": error, "text": request.POST.get("text", "")}
    return render(request, "services/reply.html", context, status=422 if error else 200)


@access("signed_in")
def document(request: ActedRequest, code: str, document: str) -> HttpResponse:
    file = find_document(request.actor, code, document)
    if request.method == "GET":  # who asks for the headers alone has read nothing
        note_reading(actor=request.actor, code=code, document=document)
    response = HttpResponse(file.pdf, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{file.kind}-{file.code}.pdf"'
    return response
