"""The counter: a clerk types for somebody who stands there."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from mostovi.kernel.access_views import ActedRequest, access
from mostovi.kernel.errors import Invalid
from mostovi.services.actions.applying import start_case_at_counter
from mostovi.services.actions.asking import ask_facts
from mostovi.services.forms import IDENTITY_DOCUMENTS, find_mistakes, sentence_of
from mostovi.services.queries.case_sheets import list_assisted_lines
from mostovi.services.queries.service_sheets import list_counter_services


@access("official", role="clerk")
def counter(request: ActedRequest) -> HttpResponse:
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            return _start(request)
        except Invalid as refusal:
            errors = find_mistakes(request.POST) or {"personal_number": sentence_of(refusal)}
    # What was typed is shown again, but never the personal number: a screen at a counter has onlookers.
    context = {
        "services": list_counter_services(request.actor),
        "cases": list_assisted_lines(request.actor),
        "errors": errors,
        "name": request.POST.get("name", ""),
        "chosen": request.POST.get("service", ""),
        "identity_documents": IDENTITY_DOCUMENTS,
    }
    return render(request, "services/counter.html", context, status=422 if errors else 200)


def _start(request: ActedRequest) -> HttpResponse:
    code = start_case_at_counter(
        actor=request.actor,
        service=request.POST.get("service", ""),
        personal_number=request.POST.get("personal_number", "").strip(),
        name=request.POST.get("name", ""),
        identity_document=request.POST.get("identity_document", ""),
    )
    ask_facts(actor=request.actor, code=code)
    return HttpResponseRedirect(reverse("services:resume", args=[code]))
