"""Schools as files for others."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from mostovi.connectivity.queries.sites import has_synthetic_schools, list_master_values
from mostovi.connectivity.school_master import write_schools
from mostovi.kernel.access_views import ActedRequest, access


@require_safe
@access("public")
def school_master(request: ActedRequest) -> HttpResponse:
    """Exactly Giga's fields; what is synthetic says so in its row and in the file's name."""
    authority = request.GET.get("authority", "")[:80]
    synthetic = "-synthetic" if has_synthetic_schools(request.actor, authority=authority) else ""
    lines = write_schools(list_master_values(request.actor, authority=authority))
    response = HttpResponse("".join(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="school-master{synthetic}.csv"'
    return response
