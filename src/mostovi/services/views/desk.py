"""The desk: an official's queue, the case, the decision and its seal."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mostovi.kernel import clock
from mostovi.kernel.access import check_recently_authenticated
from mostovi.kernel.access_views import ActedRequest, access
from mostovi.kernel.errors import Refusal
from mostovi.services.actions.desk import (
    ask_applicant,
    decide_case,
    prepare_decision,
    save_draft_decision,
    take_case,
)
from mostovi.services.actions.handing_over import give_back_case
from mostovi.services.forms import sentence_of
from mostovi.services.queries.case_sheets import find_desk_sheet
from mostovi.services.queries.desk_lists import DeskList, Pile, list_desk
from mostovi.services.queries.evidence import find_evidence
from mostovi.services.values import Outcome


@require_GET
@access("official", role="caseworker")
def desk(request: ActedRequest) -> HttpResponse:
    return render(request, "services/desk/desk.html", _queue(request))


@require_GET
@access("official", role="caseworker")
def desk_case(request: ActedRequest, code: str) -> HttpResponse:
    return _case_page(request, code)


@require_POST
@access("official", role="caseworker")
def take(request: ActedRequest, code: str) -> HttpResponse:
    take_case(actor=request.actor, code=code)
    return HttpResponseRedirect(reverse("desk:case", args=[code]))


@require_POST
@access("official", role="caseworker")
def give_back(request: ActedRequest, code: str) -> HttpResponse:
    give_back_case(actor=request.actor, code=code)
    return HttpResponseRedirect(reverse("desk:case", args=[code]))


@require_POST
@access("official", role="caseworker")
def prepare(request: ActedRequest, code: str) -> HttpResponse:
    """Save what the official prepared; then preview it, or ask the applicant."""
    try:
        return _prepared(request, code)
    except Refusal as problem:
        if problem.status != 422:
            raise
        return _case_page(request, code, problem=problem)


def _prepared(request: ActedRequest, code: str) -> HttpResponse:
    chosen, text = request.POST.get("outcome", ""), request.POST.get("reasons", "")
    if chosen == "ask" and request.POST.get("then") == "preview":
        ask_applicant(actor=request.actor, code=code, question=text)
        return HttpResponseRedirect(reverse("desk:case", args=[code]))
    outcome = Outcome(chosen) if chosen in set(Outcome) else None
    if outcome is not None and request.POST.get("then") == "preview":
        prepare_decision(actor=request.actor, code=code, outcome=outcome, reasons=text)
        return HttpResponseRedirect(reverse("desk:preview", args=[code]))
    save_draft_decision(actor=request.actor, code=code, outcome=outcome, reasons=text)
    return HttpResponseRedirect(reverse("desk:case", args=[code]))


@require_GET
@access("official", role="caseworker")
def evidence(request: ActedRequest, code: str, fact: str) -> HttpResponse:
    """The receipt of the exchange that brought a fact, as `mostovi verify` reads it."""
    log_entry, receipt = find_evidence(request.actor, code, fact)
    response = HttpResponse(
        json.dumps(receipt, ensure_ascii=False, indent=2), content_type="application/json"
    )
    name = log_entry.replace("/", "-")
    response["Content-Disposition"] = f'attachment; filename="receipt-{name}.json"'
    return response


@require_http_methods(["GET", "POST"])
@access("official", role="caseworker")
def preview(request: ActedRequest, code: str) -> HttpResponse:
    """The decision as the person will read it. Whoever seals has signed in within five minutes."""
    check_recently_authenticated(request.actor, clock.now())
    sheet = find_desk_sheet(request.actor, code)
    if request.method == "GET" or sheet.draft_outcome is None:
        return render(request, "services/desk/preview.html", {"sheet": sheet})
    try:
        decide_case(actor=request.actor, code=code, outcome=sheet.draft_outcome, reasons=sheet.draft_reasons)
    except Refusal as problem:
        if problem.status != 422:
            raise
        return _case_page(request, code, problem=problem)
    return HttpResponseRedirect(reverse("desk:case", args=[code]))


def _queue(request: HttpRequest) -> dict[str, Any]:
    asked = request.GET.get("pile", "")
    pile = Pile(asked) if asked in set(Pile) else Pile.OFFICE
    text = request.GET.get("q", "").strip()[:100]
    page = request.GET.get("page", "1")
    number = int(page) if page.isdecimal() else 1
    found: DeskList = list_desk(request.actor, pile=pile, text=text, page=number)  # type: ignore[attr-defined]
    return {"queue": found, "pile": pile.value, "text": text}


def _case_page(request: ActedRequest, code: str, *, problem: Refusal | None = None) -> HttpResponse:
    sheet = find_desk_sheet(request.actor, code)
    context = {
        **_queue(request),
        "sheet": sheet,
        "problem": sentence_of(problem) if problem else "",
        "typed": request.POST.get("reasons", sheet.draft_reasons),
        "chosen": request.POST.get("outcome", sheet.draft_outcome or ""),
    }
    return render(request, "services/desk/desk.html", context, status=422 if problem else 200)
