"""For auditors: every gateway's log, whole and unbroken, without a name."""

import json

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from mostovi.front import auditing
from mostovi.front.words import LOG_KINDS
from mostovi.kernel.access_views import ActedRequest, access, asked_number

# Kept in the auditor's own browser, signed: a portal that lies about a log cannot also forget what it said.
_SEEN = "mostovi_logs_seen"
_KEPT_SECONDS = 400 * 24 * 3600


@require_safe
@access("auditor")
def audit(request: ActedRequest) -> HttpResponse:
    """Checks each log against what this auditor saw at the last visit, and remembers what it is now."""
    seen = json.loads(request.get_signed_cookie(_SEEN, "{}", salt=_SEEN) or "{}")
    logs = auditing.inspect_logs(request.actor, seen=seen)
    response = render(request, "front/audit.html", {"logs": logs})
    response.set_signed_cookie(
        _SEEN,
        json.dumps(auditing.remember(logs, seen), separators=(",", ":")),
        salt=_SEEN,
        max_age=_KEPT_SECONDS,
        path=reverse("front:audit"),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


@require_safe
@access("auditor")
def log_of(request: ActedRequest, institution: str) -> HttpResponse:
    kind = request.GET.get("kind", "")
    page = auditing.read_log(
        request.actor,
        institution=institution,
        before=asked_number(request, "before"),
        kind=kind if kind in LOG_KINDS else "",
    )
    return render(request, "front/audit_log.html", {"log": page, "kinds": LOG_KINDS})
