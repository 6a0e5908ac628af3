"""What happens around every page: its language, headers that bind the browser, refusals nobody caught."""

from collections.abc import Callable
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import trans_real

from mostovi.front.errors import refused, too_large, wrong_method
from mostovi.kernel.errors import Refusal
from mostovi.kernel.languages import VARIANTS

# A file of ten megabytes, as /provjera takes it, and what a form wraps around it.
LARGEST_BODY_BYTES = 12 * 1024 * 1024
METHODS = ("GET", "HEAD", "POST")
Responder = Callable[[HttpRequest], HttpResponse]
_BY_TAG = {variant.lower(): variant for variant in VARIANTS} | {"sr": "sr-Cyrl"}


class LanguageMiddleware:
    """The language a person chose, else what the browser asks for, else Bosnian.

    ``?lang=hr`` shows the page in Croatian and remembers it in a cookie.
    """

    def __init__(self, get_response: Responder) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = _BY_TAG.get(request.GET.get("lang", "").lower())
        remembered = _BY_TAG.get(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "").lower())
        tag = (asked or remembered or _preferred(request)).lower()
        with translation.override(tag):
            request.LANGUAGE_CODE = tag
            response = self.get_response(request)
        if asked:
            _remember(response, asked)
        patch_vary_headers(response, ["Accept-Language", "Cookie"])
        return response


def _preferred(request: HttpRequest) -> str:
    for tag, _weight in trans_real.parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        parts = tag.split("-")
        for length in range(len(parts), 0, -1):
            if variant := _BY_TAG.get("-".join(parts[:length])):
                return variant
    return VARIANTS[0]


def _remember(response: HttpResponse, variant: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        variant,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        httponly=True,
        samesite="Lax",
        secure=settings.LANGUAGE_COOKIE_SECURE,
    )


@lru_cache(maxsize=4)
def _content_security_policy(issuer: str) -> str:
    provider = urlsplit(issuer)
    # A form that needs a fresh sign-in is answered with a redirect to the identity provider.
    forms_lead_to = f"'self' {provider.scheme}://{provider.netloc}" if provider.netloc else "'self'"
    return (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        f"form-action {forms_lead_to}; base-uri 'none'; frame-ancestors 'none'"
    )


class SecurityHeadersMiddleware:
    """No foreign code on any page, nothing personal in any cache."""

    def __init__(self, get_response: Responder) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", _content_security_policy(settings.OIDC_ISSUER))
        response.headers.setdefault("Permissions-Policy", "geolocation=(), microphone=(), payment=(), usb=()")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES
        response.headers.setdefault("Cache-Control", "no-store" if signed_in else "no-cache")
        return response


class SizeMiddleware:
    """What is larger than the largest file we take is refused before anything reads it."""

    def __init__(self, get_response: Responder) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _declared_bytes(request) > LARGEST_BODY_BYTES:
            return too_large(request)
        return self.get_response(request)


def _declared_bytes(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isascii() and text.isdigit() else 0


class MethodMiddleware:
    """Pages are read and forms are posted; nothing here answers to another method."""

    def __init__(self, get_response: Responder) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:
            return wrong_method(request, ", ".join(METHODS))
        response = self.get_response(request)
        refused_so = isinstance(response, HttpResponseNotAllowed)
        return wrong_method(request, response.headers["Allow"]) if refused_so else response


class RefusalMiddleware:
    """A refusal becomes a page that says what happened."""

    def __init__(self, get_response: Responder) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal):
            return None
        return refused(request, exception)
