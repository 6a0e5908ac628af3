"""Django's settings. What an operator sets comes from the environment: docs/reference/settings.md."""

from pathlib import Path
from typing import Any

import django.conf.locale

from mostovi.config.database import parse_database_url
from mostovi.kernel import environment

SOURCE = Path(__file__).resolve().parent.parent

SECRET_KEY = environment.strong_secret("MOSTOVI_SECRET_KEY")
PERSONAL_NUMBER_KEY = environment.strong_secret("MOSTOVI_PERSONAL_NUMBER_KEY")
LIVE_SECRET = environment.read("MOSTOVI_LIVE_SECRET")
environment.check_different(
    {
        "MOSTOVI_SECRET_KEY": SECRET_KEY,
        "MOSTOVI_PERSONAL_NUMBER_KEY": PERSONAL_NUMBER_KEY,
        "MOSTOVI_LIVE_SECRET": LIVE_SECRET,
    }
)
DEBUG = environment.is_on("MOSTOVI_DEBUG")
DEMONSTRATION = False
DEMONSTRATION_SHOES_URL = "/"
SOURCE_CODE_URL = environment.read("MOSTOVI_SOURCE_CODE_URL")
BASE_URL = environment.secret("MOSTOVI_BASE_URL").rstrip("/")
ALLOWED_HOSTS = [host for host in environment.read("MOSTOVI_HOSTS").split(",") if host] or [
    BASE_URL.partition("://")[2].partition("/")[0].partition(":")[0]
]
CSRF_TRUSTED_ORIGINS = [BASE_URL]
_IS_HTTPS = BASE_URL.startswith("https://")

DATABASES = {
    "default": parse_database_url(environment.read("MOSTOVI_DATABASE_URL", "sqlite:///var/portal.sqlite3"))
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

GATEWAYS: dict[str, dict[str, str]] = environment.json_object("MOSTOVI_GATEWAYS")
TRUST_ROOT = environment.read("MOSTOVI_TRUST_ROOT")
HOME_INSTITUTION = environment.read("MOSTOVI_HOME_INSTITUTION")
PROBE_SCHOOLS = environment.read("MOSTOVI_PROBE_SCHOOLS")

OIDC_ISSUER = environment.read("MOSTOVI_OIDC_ISSUER")
OIDC_CLIENT_ID = environment.read("MOSTOVI_OIDC_CLIENT_ID")
OIDC_CLIENT_SECRET = environment.read("MOSTOVI_OIDC_CLIENT_SECRET")
OIDC_SCOPES = environment.read("MOSTOVI_OIDC_SCOPES", "openid profile")
OIDC_PERSONAL_NUMBER_CLAIM = environment.read("MOSTOVI_OIDC_PERSONAL_NUMBER_CLAIM", "personal_number")
OIDC_OFFICES_CLAIM = environment.read("MOSTOVI_OIDC_OFFICES_CLAIM", "offices")
OIDC_OFFICES: dict[str, str] = environment.json_object("MOSTOVI_OIDC_OFFICES")
OIDC_ASSURANCES: dict[str, str] = environment.json_object("MOSTOVI_OIDC_ASSURANCES")

INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "django.contrib.sessions",
    "mostovi.kernel",
    "mostovi.exchange",
    "mostovi.services",
    "mostovi.connectivity",
    "mostovi.front",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "mostovi.front.middleware.LanguageMiddleware",
    "mostovi.front.middleware.SizeMiddleware",
    "django.middleware.common.CommonMiddleware",
    "mostovi.front.middleware.MethodMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "mostovi.front.middleware.SecurityHeadersMiddleware",
    "mostovi.front.middleware.RefusalMiddleware",
]
ROOT_URLCONF = "mostovi.config.urls"
WSGI_APPLICATION = "mostovi.config.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "mostovi.front.context.page",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]

# Django knows no Serbian by script under these names; both are written ijekavian here.
django.conf.locale.LANG_INFO["sr-cyrl"] = {
    **django.conf.locale.LANG_INFO["sr"],
    "code": "sr-cyrl",
    "name": "Serbian Cyrillic",
}
LANGUAGES = [
    ("bs", "Bosanski"),
    ("en", "English"),
    ("hr", "Hrvatski"),
    ("sr-cyrl", "Српски"),
    ("sr-latn", "Srpski"),
]
LANGUAGE_CODE = "bs"
LANGUAGE_COOKIE_NAME = "mostovi_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = _IS_HTTPS
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Sarajevo"

STATIC_URL = "/static/"
STATIC_ROOT = Path(environment.read("MOSTOVI_STATIC_DIRECTORY", "var/static"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

LOGIN_URL = "/prijava/"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "mostovi_session"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _IS_HTTPS
CSRF_COOKIE_NAME = "mostovi_csrf"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "mostovi.front.errors.csrf_failure"
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if environment.is_on("MOSTOVI_BEHIND_PROXY") else None
)
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _IS_HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

EMAIL_HOST = environment.read("MOSTOVI_EMAIL_HOST", "localhost")
EMAIL_PORT = int(environment.read("MOSTOVI_EMAIL_PORT", "25"))
EMAIL_HOST_USER = environment.read("MOSTOVI_EMAIL_USER")
EMAIL_HOST_PASSWORD = environment.read("MOSTOVI_EMAIL_PASSWORD")
EMAIL_USE_TLS = environment.is_on("MOSTOVI_EMAIL_TLS", default=False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = environment.read("MOSTOVI_EMAIL_FROM", "mostovi@localhost")

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": environment.read("MOSTOVI_LOG_LEVEL", "INFO")},
}
