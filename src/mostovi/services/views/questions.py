"""One question per page, then everything once more before it is sent."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from mostovi.kernel.access_views import ActedRequest, access
from mostovi.services.actions.applying import record_answer, submit_case
from mostovi.services.actions.asking import ask_facts
from mostovi.services.definition import InvalidAnswer
from mostovi.services.forms import AnswerField, answer_field, sentence_of, typed_answer
from mostovi.services.queries.sheets import (
    QuestionSheet,
    find_draft_sheet,
    find_next_question,
    find_question_sheet,
)


@access("signed_in")
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
    sheet = find_draft_sheet(request.actor, code)
    if sheet.cards and (sheet.no_entry_at or not sheet.facts_agreed):
        return HttpResponseRedirect(reverse("services:facts", args=[code]))
    key = find_next_question(request.actor, code, after)
    name, args = ("services:question", [code, key]) if key else ("services:check", [code])
    return HttpResponseRedirect(reverse(name, args=args))


@access("signed_in")
def check(request: ActedRequest, code: str) -> HttpResponse:
    """Check your answers; sending sets the keystone."""
    if request.method == "POST":
        submit_case(actor=request.actor, code=code, token=request.POST.get("token", ""))
        return HttpResponseRedirect(reverse("services:receipt", args=[code]))
    sheet = find_draft_sheet(request.actor, code)
    if sheet.open_questions or sheet.no_entry_at or (sheet.cards and not sheet.facts_agreed):
        return HttpResponseRedirect(reverse("services:resume", args=[code]))
    return render(request, "services/check.html", {"sheet": sheet})
