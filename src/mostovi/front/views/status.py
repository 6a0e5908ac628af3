"""The system now, for everyone."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mostovi.front import monitoring
from mostovi.kernel.access_views import access


@require_safe
@access("public")
def status(request: HttpRequest) -> HttpResponse:
    report = monitoring.describe_now()
    first = report.at - timedelta(minutes=len(report.per_minute) - 1)
    minutes = [(first + timedelta(minutes=number), value) for number, value in enumerate(report.per_minute)]
    return render(request, "front/status.html", {"report": report, "minutes": minutes})
