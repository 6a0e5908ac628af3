"""Settings of the test suite: nothing from the environment but the database."""

import os

os.environ.setdefault("MOSTOVI_SECRET_KEY", "only-for-tests-only-for-tests-only-for-tests-0123456789")
os.environ.setdefault("MOSTOVI_PERSONAL_NUMBER_KEY", "numbers-only-for-tests-only-for-tests-0123456789-abc")
os.environ.setdefault("MOSTOVI_BASE_URL", "http://testserver")
os.environ.setdefault("MOSTOVI_LIVE_SECRET", "tickets-only-for-tests-tickets-only-for-tests-0123456789")

from mostovi.config.database import parse_database_url
from mostovi.config.settings import *  # noqa: F403  Django reads settings by name

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DATABASES = {"default": parse_database_url(os.environ.get("MOSTOVI_TEST_DATABASE_URL", "sqlite:///:memory:"))}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
WHITENOISE_AUTOREFRESH = True
# The pages of the demonstration are tested with the rest; their addresses only where a test asks for them.
INSTALLED_APPS = [*INSTALLED_APPS, "mostovi.demo.portal"]  # noqa: F405
