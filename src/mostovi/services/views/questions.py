"""One question per page, then everything once more before it is sent."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from mostovi.kernel.access_views import ActedRequest, access
from mostovi.services.actions.applying import record_answer, submit_case
from mostovi.services.actions.asking import ask_facts
from mostovi.services.definition import InvalidAnswer
from mostovi.services.forms import AnswerField, answer_field, sentence_of, typed_answer
from mostovi.services.queries.draft_sheets import find_draft_sheet
from mostovi.services.queries.question_sheets import (
    QuestionSheet,
    find_question_sheet,
    find_stop_sheet,
    find_way_on,
)
from mostovi.services.rules import AlreadyOpen
from mostovi.services.views.leading import leads_on


@access("signed_in")
@leads_on
def question(request: ActedRequest, code: str, key: str) -> HttpResponse:
    sheet = find_question_sheet(request.actor, code, key)
    if request.method != "POST":
        return render(request, "services/question.html", _page(code, sheet, answer_field(sheet)))
    try:
        raw = typed_answer(sheet.kind, request.POST)
        record_answer(actor=request.actor, code=code, question=key, answer=raw)
    except InvalidAnswer as refusal:
        if "later" in request.POST:
            return _finish_later(sheet)
        context = _page(code, sheet, answer_field(sheet, request.POST)) | {"error": sentence_of(refusal)}
        return render(request, "services/question.html", context, status=422)
    if sheet.chooses_register:
        ask_facts(actor=request.actor, code=code)
    return _finish_later(sheet) if "later" in request.POST else _go_on(request, code, after=key)


def _page(code: str, sheet: QuestionSheet, field: AnswerField) -> dict[str, Any]:
    return {"code": code, "sheet": sheet, "field": field, "back": _back(code, sheet)}


def _back(code: str, sheet: QuestionSheet) -> str:
    if sheet.is_sent:
        return reverse("services:case", args=[code])
    if sheet.chooses_register:
        name, args = ("services:counter", []) if sheet.assisted else ("services:service", [sheet.service])
        return reverse(name, args=args)
    if sheet.previous:
        return reverse("services:question", args=[code, sheet.previous])
    return reverse("services:facts", args=[code])


def _finish_later(sheet: QuestionSheet) -> HttpResponse:
    return HttpResponseRedirect(reverse("services:counter" if sheet.assisted else "services:my_cases"))


@access("signed_in")
def resume(request: ActedRequest, code: str) -> HttpResponse:
    """To the first thing that is still open."""
    return _go_on(request, code)


def _go_on(request: ActedRequest, code: str, after: str = "") -> HttpResponse:
    way = find_way_on(request.actor, code, after)
    args = [code, way.question] if way.question else [code]
    return HttpResponseRedirect(reverse(f"services:{way.page}", args=args))


@require_safe
@access("signed_in")
@leads_on
def stop(request: ActedRequest, code: str) -> HttpResponse:
    """A register denies what the application rests on: say that it is wrong, or stop."""
    return render(request, "services/stop.html", {"sheet": find_stop_sheet(request.actor, code)})


@access("signed_in")
def check(request: ActedRequest, code: str) -> HttpResponse:
    """Check your answers; sending sets the keystone."""
    error = ""
    if request.method == "POST":
        try:
            submit_case(
                actor=request.actor,
                code=code,
                token=request.POST.get("token", ""),
                deliberate="deliberate" in request.POST,
                shown=request.POST.getlist("shown"),
            )
            return HttpResponseRedirect(reverse("services:receipt", args=[code]))
        except AlreadyOpen as refusal:
            error = sentence_of(refusal)
    if find_way_on(request.actor, code).page != "check":
        return HttpResponseRedirect(reverse("services:resume", args=[code]))
    context = {"sheet": find_draft_sheet(request.actor, code), "error": error}
    return render(request, "services/check.html", context, status=422 if error else 200)
