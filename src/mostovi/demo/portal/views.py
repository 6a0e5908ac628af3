"""The first page of the demonstration, its live part, and the three buttons."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from mostovi.demo.portal import results
from mostovi.demo.portal.actions import plugs
from mostovi.demo.portal.actions.alteration import alter_one_byte
from mostovi.demo.portal.actions.curiosity import be_nosy as ask_without_a_case
from mostovi.demo.portal.people import list_shoes, sign_in_as
from mostovi.demo.portal.queries.bridge import draw_live_bridge, find_plugs
from mostovi.demo.portal.queries.feed import TOPIC, issue_ticket, list_told
from mostovi.demo.portal.queries.papers import find_played_paper, find_seeded_paper
from mostovi.demo.portal.values import Told
from mostovi.demo.portal.wording import describe
from mostovi.kernel import clock
from mostovi.kernel.access_views import View, access
from mostovi.kernel.errors import Refusal
from mostovi.kernel.institutions import find_institution, list_on_the_bridge
from mostovi.services import public as services


@require_safe
@access("public")
def shoes(request: HttpRequest) -> HttpResponse:
    context = {
        "cast": list_shoes(),
        "saved": services.count_savings(),
        "result": results.take(request),
        "as_amra": sign_in_as("amra", "/moji-podaci/"),
        "as_amra_applying": sign_in_as("amra", "/usluge/child-allowance/"),
        "open_first": True,
        **_live_part(list_told()),
    }
    return render(request, "demo_portal/shoes.html", context)


@require_safe
@access("public")
def bridge(request: HttpRequest) -> HttpResponse:
    """The live part alone, for the script: as it was when ``message`` was the latest."""
    asked = request.GET.get("message", "")
    told = list_told()
    if asked.isdecimal() and len(asked) < 19:
        told = [one for one in told if one.number <= int(asked)]
    return render(request, "demo_portal/bridge.html", _live_part(told))


@require_safe
@access("public")
def ticket(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    response = JsonResponse({"topic": TOPIC, "ticket": issue_ticket()})
    response.headers["Cache-Control"] = "no-store"
    return response


def _live_part(told: list[Told]) -> dict[str, Any]:
    plugged = find_plugs()
    latest = told[0] if told else None
    messages = [describe(one) for one in told]
    return {
        "plugs": plugged,
        "total": len(list_on_the_bridge()),
        "unplugged": next((find_institution(code) for code in sorted(plugged.unplugged)), None),
        "map": draw_live_bridge(plugged, latest),
        "messages": messages,
        "latest": messages[0] if messages else None,
        "newest": latest.number if latest else 0,
        "now": clock.now(),
    }


@require_safe
@access("public")
def paper(request: HttpRequest) -> HttpResponse:
    """A bank's counter: somebody hands over a paper."""
    return render(request, "demo_portal/paper.html", {"paper": find_played_paper() or find_seeded_paper()})


@require_safe
@access("public")
def paper_file(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    found = find_played_paper() or find_seeded_paper()
    if found is None:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="{found.code}.pdf"'}
    return HttpResponse(found.pdf, content_type="application/pdf", headers=headers)


def button(act: Callable[[HttpRequest], dict[str, Any]]) -> View:
    """A button of the first page: acts, keeps what came of it, and leads back to where it stands."""

    @require_POST
    @access("public")
    @wraps(act)
    def press(request: HttpRequest) -> HttpResponse:
        try:
            result = act(request)
        except Refusal as refusal:
            result = results.of_refusal(refusal)
        results.keep(request, result)
        return HttpResponseRedirect(reverse("demo_portal:shoes") + "#result")

    return press


@button
def alter(request: HttpRequest) -> dict[str, Any]:
    found = find_seeded_paper() if "seeded" in request.POST else find_played_paper()
    if found is None:
        return {"kind": "no_paper", "has_seeded": "seeded" not in request.POST and bool(find_seeded_paper())}
    root = Path(settings.TRUST_ROOT).read_bytes()
    return results.of_alteration(found, alter_one_byte(pdf=found.pdf, trust_root=root, now=clock.now()))


@button
def unplug(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001
    plugs.unplug(member=plugs.BRCKO)
    return {"kind": "unplugged", "member": plugs.BRCKO}


@button
def plug_in(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001
    plugs.plug_in(member=plugs.BRCKO)
    return {"kind": "plugged_in", "member": plugs.BRCKO}


@button
def be_nosy(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001
    return results.of_curiosity(ask_without_a_case())
