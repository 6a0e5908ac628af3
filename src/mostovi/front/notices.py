"""What people are told by the front."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from mostovi.kernel.errors import NotFound
from mostovi.kernel.institutions import find_institution
from mostovi.kernel.messages import register_template


def _look_questioned(context: Mapping[str, Any]) -> tuple[str, str]:
    try:
        name = find_institution(context["institution"]).name_in()
    except NotFound:
        name = context["institution"]
    return (
        _("You asked about a look at your data"),
        _("{institution}, log entry {log_entry}. Your question stands in the log; auditors see it.").format(
            institution=name, log_entry=context["log_entry"]
        ),
    )


def register_notices() -> None:
    register_template("front.look_questioned", _look_questioned)
