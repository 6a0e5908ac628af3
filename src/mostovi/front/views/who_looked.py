"""Who looked at my data: each look with its reason and its receipt."""

import json

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from mostovi.front import actions, usages
from mostovi.kernel import clock
from mostovi.kernel.access_views import ActedRequest, access, asked_number
from mostovi.kernel.errors import NotFound


@require_http_methods(["GET", "HEAD", "POST"])
@access("person")
def who_looked(request: ActedRequest) -> HttpResponse:
    session = request.session.session_key or ""
    if request.method == "POST":
        usages.forget_answers(session)
        return HttpResponseRedirect(request.get_full_path())
    chosen = _chosen(request)
    try:
        report = usages.find_looks(request.actor, session=session, chosen=chosen, now=clock.now())
    except NotFound:
        return render(request, "front/who_looked_unknown.html")
    shown = report.filtered(chosen)
    number = _page_number(request, shown)
    context = {
        "report": report,
        "shown": shown,
        "chosen": chosen,
        "days": shown.page(number),
        "counter": shown.under("counter"),
        "strangers": shown.under("stranger"),
        "at_once": f":{usages.PER_PAGE}",
        "later": f"{usages.PER_PAGE}:",
        "number": number,
        "questioned": request.GET.get("questioned") == "1",
        "query": f"period={chosen.period}&institution={chosen.institution}&purpose={chosen.purpose}",
    }
    return render(request, "front/who_looked.html", context)


@require_safe
@access("person")
def receipt(request: ActedRequest, institution: str, number: int) -> HttpResponse:
    """The receipt as a file, as `mostovi verify` reads it."""
    found = usages.find_receipt(request.actor, log_entry=f"{institution}/{number}")
    response = HttpResponse(json.dumps(found, ensure_ascii=False, indent=2), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="receipt-{institution}-{number}.json"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@access("person")
def question(request: ActedRequest, institution: str, number: int) -> HttpResponse:
    """I do not recognise this."""
    log_entry = f"{institution}/{number}"
    if request.method == "POST":
        actions.question_look(actor=request.actor, institution=institution, log_entry=log_entry)
        return HttpResponseRedirect(reverse("front:who_looked") + "?questioned=1")
    return render(request, "front/question_look.html", {"institution": institution, "log_entry": log_entry})


def _chosen(request: HttpRequest) -> usages.Filter:
    period = request.GET.get("period", "30")
    purpose = request.GET.get("purpose", "")
    return usages.Filter(
        period=period if period in usages.PERIODS else "30",
        institution=request.GET.get("institution", "")[:80],
        purpose=purpose if purpose in {"mine", "counter", "other"} else "",
    )


def _page_number(request: HttpRequest, report: usages.Report) -> int:
    return min(asked_number(request, "page") or 1, report.pages[-1])
