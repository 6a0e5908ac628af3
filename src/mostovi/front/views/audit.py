"""For auditors: every gateway's log, whole and unbroken, without a name."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from mostovi.front import auditing
from mostovi.kernel.access_views import ActedRequest, access

_SEEN = "logs_seen"


@require_GET
@access("auditor")
def audit(request: ActedRequest) -> HttpResponse:
    """Checks each log against what this auditor saw at the last visit, and remembers what it is now."""
    seen = request.session.get(_SEEN, {})
    logs = auditing.inspect_logs(request.actor, seen=seen)
    request.session[_SEEN] = auditing.remember(logs, seen)
    return render(request, "front/audit.html", {"logs": logs})


@require_GET
@access("auditor")
def log_of(request: ActedRequest, institution: str) -> HttpResponse:
    before = request.GET.get("before", "")
    page = auditing.read_log(
        request.actor, institution=institution, before=int(before) if before.isdecimal() else None
    )
    return render(request, "front/audit_log.html", {"log": page})
