"""The portal inside `mostovi demo`: everything as elsewhere, and the first page of the demonstration."""

from pathlib import Path

from mostovi.config.settings import *  # noqa: F403  Django reads settings by name
from mostovi.config.settings import INSTALLED_APPS as _INSTALLED_APPS
from mostovi.kernel import environment

DEMONSTRATION = True
DEMO_DIRECTORY = Path(environment.secret("MOSTOVI_DEMO_DIRECTORY"))
INSTALLED_APPS = [*_INSTALLED_APPS, "mostovi.demo.portal"]
ROOT_URLCONF = "mostovi.demo.urls"
# No letter leaves the machine: each is a file to read.
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = str(DEMO_DIRECTORY / "letters")
