"""The desk: an official's queue, the case, the decision and its seal."""

import json
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mostovi.kernel.access_views import ActedRequest, access, asked_number
from mostovi.kernel.errors import Conflict, Invalid, Refusal
from mostovi.services.actions.asking import ask_anew
from mostovi.services.actions.desk import (
    ask_applicant,
    decide_case,
    prepare_decision,
    save_draft_decision,
    take_case,
)
from mostovi.services.actions.handing_over import give_back_case
from mostovi.services.actions.reauthenticating import ask_to_reauthenticate
from mostovi.services.forms import sentence_of
from mostovi.services.queries.case_sheets import find_desk_sheet
from mostovi.services.queries.desk_lists import DeskList, Pile, list_desk
from mostovi.services.queries.evidence import find_evidence
from mostovi.services.queries.sealing_sheets import find_sealing_sheet
from mostovi.services.rules import OutcomeMissing, check_outcome


@require_safe
@access("official", role="caseworker")
def desk(request: ActedRequest) -> HttpResponse:
    return render(request, "services/desk/desk.html", _queue(request))


@require_safe
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
def ask_register_anew(request: ActedRequest, code: str, fact: str) -> HttpResponse:
    ask_anew(actor=request.actor, code=code, key=fact)
    return HttpResponseRedirect(reverse("desk:case", args=[code]) + "#facts")


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
    ready = request.POST.get("then") == "preview"
    if chosen == "ask" and ready:
        ask_applicant(actor=request.actor, code=code, question=text)
        return HttpResponseRedirect(reverse("desk:case", args=[code]))
    outcome = check_outcome(chosen, ready=ready)
    if outcome is not None and ready:
        prepare_decision(actor=request.actor, code=code, outcome=outcome, reasons=text)
        return HttpResponseRedirect(reverse("desk:preview", args=[code]))
    save_draft_decision(actor=request.actor, code=code, outcome=outcome, reasons=text)
    return HttpResponseRedirect(reverse("desk:case", args=[code]))


@require_safe
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


@require_http_methods(["GET", "HEAD", "POST"])
@access("official", role="caseworker")
def preview(request: ActedRequest, code: str) -> HttpResponse:
    """The decision as the person will read it; sealed by who has signed in once more for it."""
    if request.method != "POST":
        return _preview_page(request, code)
    try:
        decide_case(actor=request.actor, code=code, reviewed=request.POST.get("decision", ""))
    except (Conflict, Invalid) as problem:
        return _not_sealed(request, code, problem)
    return HttpResponseRedirect(reverse("desk:case", args=[code]))


@require_POST
@access("official", role="caseworker")
def sign_in_once_more(request: ActedRequest, code: str) -> HttpResponse:
    """To the identity provider, for exactly the decision that was read, and back to its page."""
    try:
        key = ask_to_reauthenticate(actor=request.actor, code=code, reviewed=request.POST.get("decision", ""))
    except (Conflict, Invalid) as problem:
        return _not_sealed(request, code, problem)
    back = reverse("desk:preview", args=[code])
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'reauthentication': key, 'next': back})}")


def _not_sealed(request: ActedRequest, code: str, problem: Refusal) -> HttpResponse:
    """What the decision lacks is said at the form; that it cannot be sealed now, beside the decision."""
    page = _case_page if isinstance(problem, Invalid) else _preview_page
    return page(request, code, problem=problem)


def _preview_page(request: ActedRequest, code: str, *, problem: Refusal | None = None) -> HttpResponse:
    sealing = find_sealing_sheet(request.actor, code)
    told = sealing.problem if sealing else ""
    context = {
        "sheet": find_desk_sheet(request.actor, code),
        "sealing": sealing,
        "problem": sentence_of(problem) if problem else told,
    }
    return render(request, "services/desk/preview.html", context, status=problem.status if problem else 200)


def _queue(request: HttpRequest) -> dict[str, Any]:
    asked = request.GET.get("pile", "")
    pile = Pile(asked) if asked in set(Pile) else Pile.OFFICE
    text = request.GET.get("q", "").strip()[:100]
    number = asked_number(request, "page")
    found: DeskList = list_desk(request.actor, pile=pile, text=text, page=number or 1)  # type: ignore[attr-defined]
    return {"queue": found, "pile": pile.value, "text": text}


def _case_page(request: ActedRequest, code: str, *, problem: Refusal | None = None) -> HttpResponse:
    sheet = find_desk_sheet(request.actor, code)
    context = {
        **_queue(request),
        "sheet": sheet,
        "problem": sentence_of(problem) if problem else "",
        "wrong": "outcome" if isinstance(problem, OutcomeMissing) else "reasons" if problem else "",
        "typed": request.POST.get("reasons", sheet.draft_reasons),
        "chosen": request.POST.get("outcome", sheet.draft_outcome or ""),
    }
    return render(request, "services/desk/desk.html", context, status=422 if problem else 200)
