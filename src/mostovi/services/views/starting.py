"""The first pages of an application: what a service is, and what registers already know."""

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from mostovi.kernel.access_views import ActedRequest, access
from mostovi.kernel.errors import Invalid, Refusal
from mostovi.services.actions.applying import agree_to_facts, start_case
from mostovi.services.actions.asking import ask_facts
from mostovi.services.actions.disputing import AnotherAnswer, dispute_fact, take_back_dispute
from mostovi.services.forms import sentence_of
from mostovi.services.queries.draft_sheets import FactSheet, find_draft_sheet, find_fact_sheet
from mostovi.services.queries.service_sheets import find_service_sheet
from mostovi.services.rules import FactNotNamed
from mostovi.services.views.leading import leads_on

LOOK_AGAIN_SECONDS = 5


@access("public")
def service_start(request: ActedRequest, service: str) -> HttpResponseBase:
    if request.method == "POST":
        return start(request, service)
    sheet = find_service_sheet(request.actor, service)
    return render(request, "services/start.html", {"sheet": sheet})


@access("person")
def start(request: ActedRequest, service: str) -> HttpResponse:
    code = start_case(actor=request.actor, service=service)
    ask_facts(actor=request.actor, code=code)
    return HttpResponseRedirect(reverse("services:resume", args=[code]))


@access("signed_in")
@leads_on
def facts(request: ActedRequest, code: str) -> HttpResponse:
    """What institutions already know, before it is used."""
    sheet = find_draft_sheet(request.actor, code)
    if sheet.chooses_by and not sheet.cards:
        return HttpResponseRedirect(reverse("services:question", args=[code, sheet.chooses_by]))
    if request.method == "POST":
        return _ask_or_agree(request, code)
    watching = "pazi" in request.GET and sheet.progress.facts_waiting > 0
    response = render(request, "services/facts.html", {"sheet": sheet, "watching": watching})
    if watching:
        # The person asked for it and can stop it: a page that loads itself again needs no script.
        response.headers["Refresh"] = str(LOOK_AGAIN_SECONDS)
    return response


def _ask_or_agree(request: ActedRequest, code: str) -> HttpResponse:
    if "ask" in request.POST:
        ask_facts(actor=request.actor, code=code)
        return HttpResponseRedirect(reverse("services:facts", args=[code]))
    agree_to_facts(actor=request.actor, code=code)
    return HttpResponseRedirect(reverse("services:resume", args=[code]))


@access("signed_in")
@leads_on
def dispute(request: ActedRequest, code: str, key: str) -> HttpResponse:
    """This is wrong: what is right instead, in the person's words."""
    sheet = find_fact_sheet(request.actor, code, key)
    if request.method != "POST":
        return _dispute_page(request, sheet)
    try:
        _keep_remark(request, code, key)
    except (AnotherAnswer, Invalid) as problem:
        return _dispute_page(request, find_fact_sheet(request.actor, code, key), problem)
    return HttpResponseRedirect(reverse("services:facts" if sheet.is_draft else "services:case", args=[code]))


def _keep_remark(request: ActedRequest, code: str, key: str) -> None:
    shown = request.POST.get("shown", "")
    if "take_back" in request.POST:
        take_back_dispute(actor=request.actor, code=code, key=key, shown=shown)
    else:
        text, named = request.POST.get("text", ""), request.POST.getlist("named")
        dispute_fact(actor=request.actor, code=code, key=key, text=text, named=named, shown=shown)


def _dispute_page(request: ActedRequest, sheet: FactSheet, problem: Refusal | None = None) -> HttpResponse:
    """What she typed is kept; what she ticked is not, where it was about another answer."""
    wrong = ""
    if isinstance(problem, Invalid):
        wrong = "named" if isinstance(problem, FactNotNamed) else "text"
    context = {
        "sheet": sheet,
        "error": sentence_of(problem) if problem else "",
        "wrong": wrong,
        "named": request.POST.getlist("named") if wrong else sheet.card.named_wrong,
        "text": request.POST.get("text", sheet.card.remark),
    }
    return render(request, "services/dispute.html", context, status=problem.status if problem else 200)
