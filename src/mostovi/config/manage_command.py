"""`mostovi manage`: Django's own administration commands."""

import os
import sys
from collections.abc import Sequence

from django.core.management import execute_from_command_line

_HELP = """usage: mostovi manage COMMAND [OPTIONS]

Django's own administration commands, such as migrate, check or shell, with the settings of the portal
(docs/reference/settings.md), which must be set.

`mostovi manage help` lists the commands, `mostovi manage help COMMAND` explains one.
"""


def main(argv: Sequence[str]) -> int:
    if not argv or argv[0] in {"-h", "--help"}:
        # Django's own list needs the settings of a portal.
        sys.stdout.write(_HELP)
        return 0
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mostovi.config.settings")
    execute_from_command_line(["mostovi manage", *argv])
    return 0
