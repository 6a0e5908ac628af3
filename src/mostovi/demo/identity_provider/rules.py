"""What a request to the identity provider must be. Pure: time and clients are arguments."""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from mostovi.demo.identity_provider.values import Client, Grant, SignIn, SignInRequest
from mostovi.kernel.errors import Refusal

LANGUAGES = ("bs", "en", "hr", "sr-Cyrl", "sr-Latn")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_AFTER_SIGN_IN = timedelta(minutes=480)


class UnknownProgram(Refusal):
    """Not to be answered by a redirect: nobody knows where it would lead (RFC 6749 §4.1.2.1)."""

    code = "unknown_program"
    message = "The request did not come from a program we know. Go back and sign in again."


class ProtocolError(Refusal):
    """An error of OAuth 2.0 or OpenID Connect, told to the program that asked."""


class InvalidClient(ProtocolError):
    code = "invalid_client"
    status = 401
    message = "The client did not prove who it is."


def find_client(clients: Mapping[str, Client], parameters: Mapping[str, str]) -> Client:
    """The client, if it may be answered at the redirect_uri it names; raises UnknownProgram."""
    client = clients.get(parameters.get("client_id", ""))
    if client is None or parameters.get("redirect_uri", "") not in client.redirect_uris:
        raise UnknownProgram
    return client


def read_sign_in_request(parameters: Mapping[str, str]) -> SignInRequest:
    """Raises ProtocolError. The client and redirect_uri have been checked before."""
    if parameters.get("response_type") != "code":
        raise ProtocolError("Only the code flow is offered.", code="unsupported_response_type")
    if "openid" not in parameters.get("scope", "").split():
        raise ProtocolError("The scope must hold openid.", code="invalid_scope")
    for name in ("state", "nonce"):
        if not parameters.get(name):
            raise ProtocolError("A request needs {name}.", code="invalid_request", name=name)
    check_challenge(parameters)
    prompts = set(parameters.get("prompt", "").split())
    max_age = _read_max_age(parameters.get("max_age", ""))
    return SignInRequest(
        client_id=parameters["client_id"],
        redirect_uri=parameters["redirect_uri"],
        state=parameters["state"],
        nonce=parameters["nonce"],
        code_challenge=parameters["code_challenge"],
        language=choose_language(parameters.get("ui_locales", "")),
        person_hint=parameters.get("login_hint", ""),
        asks_to_confirm="login" in prompts or max_age == 0,
        asks_silently="none" in prompts,
        max_age=max_age,
    )


def _read_max_age(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise ProtocolError("max_age is a number of seconds.", code="invalid_request")
    return int(text)


def check_challenge(parameters: Mapping[str, str]) -> None:
    """PKCE with S256 is required (RFC 7636 §4.3, RFC 9700 §2.1.1)."""
    challenge = parameters.get("code_challenge", "")
    if parameters.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(challenge):
        raise ProtocolError("PKCE with S256 is required.", code="invalid_request")


def check_verifier(grant: Grant, verifier: str) -> None:
    """Raises ProtocolError unless the request came with the hash of ``verifier`` (RFC 7636 §4.6)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    if not _VERIFIER.fullmatch(verifier) or not hmac.compare_digest(challenge, grant.request.code_challenge):
        raise ProtocolError("The code verifier does not fit.", code="invalid_grant")


def check_client_secret(client: Client | None, secret: str) -> Client:
    if client is None or not hmac.compare_digest(client.secret.encode(), secret.encode()):
        raise InvalidClient
    return client


def check_grant(grant: Grant, client: Client, redirect_uri: str) -> None:
    """A code serves the client and address it was given for, and no other (RFC 6749 §4.1.3)."""
    if grant.request.client_id != client.id or grant.request.redirect_uri != redirect_uri:
        raise ProtocolError("This code was given to somebody else.", code="invalid_grant")


def choose_language(wanted: str) -> str:
    """The first of ui_locales that we have; Bosnian when there is none."""
    known = {language.lower(): language for language in LANGUAGES} | {"sr": "sr-Cyrl"}
    return next((known[tag.lower()] for tag in wanted.split() if tag.lower() in known), "bs")


def serves(sign_in: SignIn | None, request: SignInRequest, now: datetime) -> bool:
    """True if an earlier sign-in is fresh enough for this request, and of the person it asks for."""
    if sign_in is None or request.asks_to_confirm:
        return False
    allowed = _AFTER_SIGN_IN if request.max_age is None else timedelta(seconds=request.max_age)
    return now - sign_in.at <= allowed and request.person_hint in {"", sign_in.identity.key}
