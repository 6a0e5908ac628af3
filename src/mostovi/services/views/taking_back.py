"""Withdrawing a sealed decision, or deciding anew."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from mostovi.kernel import clock
from mostovi.kernel.access import check_recently_authenticated
from mostovi.kernel.access_views import ActedRequest, access
from mostovi.kernel.errors import Invalid
from mostovi.services.actions.taking_back import decide_anew, revoke_decision
from mostovi.services.forms import sentence_of
from mostovi.services.queries.case_sheets import find_desk_sheet
from mostovi.services.rules import SHORTEST_REASONS


@require_http_methods(["GET", "POST"])
@access("official", role="caseworker")
def take_back(request: ActedRequest, code: str) -> HttpResponse:
    check_recently_authenticated(request.actor, clock.now())
    chosen, reason = request.POST.get("what", "revoke"), request.POST.get("reason", "")
    problem = ""
    if request.method == "POST":
        try:
            act = decide_anew if chosen == "anew" else revoke_decision
            act(actor=request.actor, code=code, reason=reason)
            return HttpResponseRedirect(reverse("desk:case", args=[code]))
        except Invalid as refusal:
            problem = sentence_of(refusal)
    context = {
        "sheet": find_desk_sheet(request.actor, code),
        "problem": problem,
        "chosen": chosen,
        "typed": reason,
        "least": SHORTEST_REASONS,
    }
    return render(request, "services/desk/take_back.html", context, status=422 if problem else 200)
