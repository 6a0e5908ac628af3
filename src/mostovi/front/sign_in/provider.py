"""The configured OpenID Connect provider, through Authlib: discovery, state, nonce and PKCE (S256)."""

from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import OAuth, OAuthError
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from joserfc.errors import JoseError

from mostovi.front.sign_in.claims import (
    ClaimMapping,
    Identity,
    SignInCancelled,
    SignInRefused,
    read_identity,
)
from mostovi.kernel.errors import Unavailable

_TIMEOUT_SECONDS = 5


class ProviderSilent(Unavailable):
    code = "identity_provider_silent"
    message = (
        "The identity provider does not answer at the moment. Nothing is lost; try to sign in again later."
    )


@lru_cache(maxsize=4)
def _client(issuer: str, client_id: str, client_secret: str, scope: str) -> Any:
    return OAuth().register(
        "provider",
        server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        client_id=client_id,
        client_secret=client_secret,
        client_kwargs={
            "scope": scope,
            "code_challenge_method": "S256",
            "default_timeout": _TIMEOUT_SECONDS,
        },
    )


def _provider() -> Any:
    return _client(
        settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET, settings.OIDC_SCOPES
    )


def _mapping() -> ClaimMapping:
    return ClaimMapping(
        personal_number_claim=settings.OIDC_PERSONAL_NUMBER_CLAIM,
        office_claim=settings.OIDC_OFFICES_CLAIM,
        offices=settings.OIDC_OFFICES,
        assurances=settings.OIDC_ASSURANCES,
    )


def redirect_to_provider(request: HttpRequest, callback: str, **extra: str) -> HttpResponse:
    """Send the browser to the provider; ``extra`` are parameters such as ``prompt`` and ``login_hint``."""
    try:
        response: HttpResponse = _provider().authorize_redirect(request, callback, **extra)
    except requests.RequestException as error:
        raise ProviderSilent from error
    return response


def receive_identity(request: HttpRequest) -> Identity:
    """Exchange the code that the browser brought back, with every check of OpenID Connect Core 3.1.3.7.

    Raises SignInRefused, or ProviderSilent when the provider cannot be reached.
    """
    try:
        token = _provider().authorize_access_token(request)
    except requests.RequestException as error:
        raise ProviderSilent from error
    except OAuthError as error:
        # RFC 6749 4.1.2.1: the person, or the provider for them, said no.
        raise (SignInCancelled if error.error == "access_denied" else SignInRefused) from error
    except (AuthlibBaseError, JoseError, ValueError, KeyError) as error:
        raise SignInRefused from error
    claims = token.get("userinfo")
    if not claims or claims.get("iss") != settings.OIDC_ISSUER:
        raise SignInRefused
    return read_identity(claims, _mapping())


def sign_out_address(back_to: str) -> str | None:
    """Where the provider ends its own session (RP-Initiated Logout), if it offers that."""
    try:
        address = _provider().load_server_metadata().get("end_session_endpoint")
    except requests.RequestException:
        return None
    if not address:
        return None
    # No id_token_hint: we keep no identity token, since it may hold the personal number.
    asked = urlencode({"client_id": settings.OIDC_CLIENT_ID, "post_logout_redirect_uri": back_to})
    return f"{address}{'&' if '?' in address else '?'}{asked}"
