"""`mostovi manage`: Django's own administration commands."""

import os
from collections.abc import Sequence

from django.core.management import execute_from_command_line


def main(argv: Sequence[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mostovi.config.settings")
    execute_from_command_line(["mostovi manage", *argv])
    return 0
