"""Bringing a list of schools: the file, its columns, a preview, the report, and undoing it."""

import csv
import io
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mostovi.connectivity import rules
from mostovi.connectivity.actions.importing import choose_columns, confirm_import, undo_import, upload_schools
from mostovi.connectivity.describing import FIELDS, STATES, FindingLine, describe_finding, sentence_of
from mostovi.connectivity.forms import chosen_columns
from mostovi.connectivity.queries.imports import (
    SHOWN,
    ColumnSheet,
    find_import,
    list_columns,
    list_findings,
    list_imports,
    plan_import,
)
from mostovi.connectivity.queries.sites import count_schools, has_synthetic_schools
from mostovi.connectivity.values import FoundRow
from mostovi.kernel.access_views import ActedRequest, access
from mostovi.kernel.errors import Conflict, Invalid, Refusal
from mostovi.kernel.institutions import find_institution
from mostovi.kernel.territory import list_governments


@require_http_methods(["GET", "HEAD", "POST"])
@access("official", role=rules.ROLE)
def imports(request: ActedRequest) -> HttpResponse:
    if request.method != "POST":
        return _imports_page(request)
    file = request.FILES.get("file")
    if file is None:
        return _imports_page(request, problem=_("Choose the file with the list of schools."))
    try:
        key = upload_schools(
            actor=request.actor,
            authority=request.actor.institution or "",
            file_name=file.name or "",
            content=file.read(),
        )
    except Invalid as refusal:
        return _imports_page(request, problem=sentence_of(refusal))
    return HttpResponseRedirect(reverse("connectivity:columns", args=[key]))


def _imports_page(request: ActedRequest, *, problem: str = "") -> HttpResponse:
    authority = request.actor.institution or ""
    counts = count_schools(request.actor, authority=authority)
    context = {
        "authority": find_institution(authority),
        "imports": [(each, STATES[each.state]) for each in list_imports(request.actor)],
        "total": sum(counts.values()),
        "online": counts.get("yes", 0),
        "offline": counts.get("no", 0),
        "synthetic": has_synthetic_schools(request.actor, authority=authority),
        "problem": problem,
    }
    return render(request, "connectivity/imports.html", context, status=422 if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@access("official", role=rules.ROLE)
def columns(request: ActedRequest, key: UUID) -> HttpResponse:
    """Which column holds what: suggested by the words of the header, corrected by a person."""
    sheets = list_columns(request.actor, key)
    if request.method != "POST":
        return _columns_page(request, key, sheets, {sheet.field: sheet.number for sheet in sheets})
    chosen = chosen_columns(request.POST, _by_own_name(sheets))
    try:
        choose_columns(actor=request.actor, key=key, columns=chosen)
    except Invalid as refusal:
        return _columns_page(request, key, sheets, chosen, problem=sentence_of(refusal))
    return HttpResponseRedirect(reverse("connectivity:preview", args=[key]))


def _by_own_name(sheets: list[ColumnSheet]) -> dict[str, int]:
    return {sheet.field: sheet.number for sheet in sheets if sheet.field and sheet.field not in FIELDS}


def _columns_page(
    request: ActedRequest, key: UUID, sheets: list[ColumnSheet], chosen: dict[str, int], *, problem: str = ""
) -> HttpResponse:
    needed = {*rules.REQUIRED_COLUMNS, *rules.IDENTIFIERS}
    context = {
        "held": find_import(request.actor, key).summary,
        "sheets": sheets,
        "fields": [(name, words, chosen.get(name), name in needed) for name, words in FIELDS.items()],
        "by_own_name": [sheet.title for sheet in sheets if sheet.field and sheet.field not in FIELDS],
        "problem": problem,
    }
    return render(request, "connectivity/columns.html", context, status=422 if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@access("official", role=rules.ROLE)
def preview(request: ActedRequest, key: UUID) -> HttpResponse:
    """What would happen; confirmed exactly as it was shown."""
    if request.method != "POST":
        return _preview_page(request, key)
    try:
        confirm_import(actor=request.actor, key=key, reviewed=request.POST.get("plan", ""))
    except (rules.PreviewChanged, rules.NothingToTake) as refusal:
        return _preview_page(request, key, problem=refusal)
    return HttpResponseRedirect(reverse("connectivity:import", args=[key]))


def _preview_page(request: ActedRequest, key: UUID, *, problem: Refusal | None = None) -> HttpResponse:
    plan = plan_import(request.actor, key)
    context = {
        "held": find_import(request.actor, key).summary,
        "plan": plan,
        "lines": _lines(sorted(plan.findings, key=lambda found: not found.fatal)[:SHOWN]),
        "total": len(plan.findings),
        "problem": sentence_of(problem) if problem else "",
    }
    return render(request, "connectivity/preview.html", context, status=problem.status if problem else 200)


@require_safe
@access("official", role=rules.ROLE)
def report(request: ActedRequest, key: UUID) -> HttpResponse:
    return _report_page(request, key)


def _report_page(request: ActedRequest, key: UUID, *, problem: Refusal | None = None) -> HttpResponse:
    sheet = find_import(request.actor, key)
    context: dict[str, Any] = {
        "sheet": sheet,
        "held": sheet.summary,
        "state": STATES[sheet.summary.state],
        "lines": _lines(sheet.findings),
        "total": sheet.findings_total,
        "problem": sentence_of(problem) if problem else "",
    }
    return render(request, "connectivity/report.html", context, status=problem.status if problem else 200)


@require_safe
@access("official", role=rules.ROLE)
def findings(request: ActedRequest, key: UUID) -> HttpResponse:
    """Every finding as CSV, to work through beside the file."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([_("Row"), _("Column"), _("Value"), _("What"), _("What to do"), _("Taken")])
    for line in _lines(list_findings(request.actor, key)):
        taken = _("no") if line.fatal else _("yes")
        writer.writerow([line.row, line.column, line.value, line.what, line.remedy, taken])
    # Excel reads UTF-8 only when a mark says so.
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="findings.csv"'
    return response


@require_POST
@access("official", role=rules.ROLE)
def undo(request: ActedRequest, key: UUID) -> HttpResponse:
    try:
        undo_import(actor=request.actor, key=key)
    except Conflict as refusal:
        return _report_page(request, key, problem=refusal)
    return HttpResponseRedirect(reverse("connectivity:import", args=[key]))


def _lines(found: list[FoundRow] | tuple[FoundRow, ...]) -> list[FindingLine]:
    governments = list_governments() if found else {}
    return [describe_finding(each, governments) for each in found]
