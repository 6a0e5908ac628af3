"""Django made ready for a command."""

import os

import django


def start_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mostovi.config.settings")
    django.setup()
