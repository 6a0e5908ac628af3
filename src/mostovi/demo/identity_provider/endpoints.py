"""The provider on the web: OpenID Connect Core 1.0, Discovery 1.0 and RP-Initiated Logout 1.0."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus, urlencode

from aiohttp import web

from mostovi.demo.identity_provider import pages, rules
from mostovi.demo.identity_provider.persons import SUBSTANTIAL, Identity, find_identity
from mostovi.demo.identity_provider.provider import Provider
from mostovi.demo.identity_provider.tokens import ALGORITHM, public_keys
from mostovi.demo.identity_provider.values import Client, SignIn, SignInRequest
from mostovi.demo.spoken import choose_language
from mostovi.kernel import clock

COOKIE = "mostovi_demo_identity"
_PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_NO_STORE = {"Cache-Control": "no-store"}
_SENTENCES = frozenset({"unknown_program", "not_understood", "too_old"})


class Endpoints:
    def __init__(self, provider: Provider) -> None:
        self.provider = provider

    async def configuration(self, _request: web.Request) -> web.Response:
        """Discovery 1.0 §4."""
        issuer = self.provider.issuer
        return web.json_response(
            {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/authorize",
                "token_endpoint": f"{issuer}/token",
                "jwks_uri": f"{issuer}/jwks",
                "userinfo_endpoint": f"{issuer}/userinfo",
                "end_session_endpoint": f"{issuer}/end_session",
                "response_types_supported": ["code"],
                "response_modes_supported": ["query"],
                "grant_types_supported": ["authorization_code"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": [ALGORITHM],
                "scopes_supported": ["openid", "profile"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
                "code_challenge_methods_supported": ["S256"],
                "acr_values_supported": [SUBSTANTIAL],
                "prompt_values_supported": ["none", "login"],
                "ui_locales_supported": list(rules.LANGUAGES),
                "claims_supported": [
                    *("sub", "name", "given_name", "acr", "auth_time", "personal_number", "offices")
                ],
                "authorization_response_iss_parameter_supported": True,
            }
        )

    async def jwks(self, _request: web.Request) -> web.Response:
        return web.json_response(public_keys(self.provider.key))

    async def authorize(self, request: web.Request) -> web.StreamResponse:
        """OpenID Connect Core §3.1.2: sign in at once, or show a page."""
        parameters = await _parameters(request)
        rules.find_client(self.provider.clients, parameters)
        try:
            asked = rules.read_sign_in_request(parameters)
        except rules.ProtocolError as error:
            return self._back_with_error(parameters, error.code, error.sentence())
        now, earlier = clock.now(), self._session(request)
        hinted = find_identity(asked.person_hint)
        if earlier is not None and rules.serves(earlier, asked, now):
            return self._back_with_code(asked, earlier)
        if asked.asks_silently:
            return self._back_with_error(parameters, "login_required", "Nobody is signed in.")
        if hinted is not None and not asked.asks_to_confirm:
            return self._signed_in(request, asked, hinted)
        return self._page(asked, hinted or (earlier.identity if earlier else None), parameters)

    def _page(
        self, asked: SignInRequest, identity: Identity | None, parameters: Mapping[str, str]
    ) -> web.Response:
        name = self.provider.pending.keep(asked, clock.now())
        if asked.asks_to_confirm and identity is not None:
            return _html(pages.confirm_page(asked.language, identity, name, "authorize", parameters))
        return _html(pages.choice_page(asked.language, name, "authorize", parameters))

    async def sign_in(self, request: web.Request) -> web.StreamResponse:
        """The form of either page."""
        form = await _parameters(request)
        identity = find_identity(form.get("person", ""))
        asked = self.provider.pending.take(form.get("request", ""), clock.now()) if identity else None
        if asked is None or identity is None:
            return _sentence(request, "too_old", 400)
        return self._signed_in(request, asked, identity)

    async def cancel(self, request: web.Request) -> web.StreamResponse:
        form = await _parameters(request)
        asked = self.provider.pending.take(form.get("request", ""), clock.now())
        if asked is None:
            return _sentence(request, "too_old", 400)
        known = {"redirect_uri": asked.redirect_uri, "state": asked.state}
        return self._back_with_error(known, "access_denied", "The person went back.")

    def _signed_in(
        self, request: web.Request, asked: SignInRequest, identity: Identity
    ) -> web.StreamResponse:
        """A fresh session, under a fresh name, so that no name known before stands for it."""
        now = clock.now()
        self.provider.sessions.forget(request.cookies.get(COOKIE, ""))
        sign_in = SignIn(identity, now)
        response = self._back_with_code(asked, sign_in)
        response.set_cookie(
            COOKIE,
            self.provider.sessions.keep(sign_in, now),
            path=self._cookie_path(),
            httponly=True,
            samesite="Lax",
            secure=self.provider.issuer.startswith("https://"),
        )
        return response

    async def token(self, request: web.Request) -> web.StreamResponse:
        """RFC 6749 §4.1.3: the client proves itself with its secret, the request with the verifier."""
        form = await _parameters(request)
        client = self._client(request, form)
        if form.get("grant_type") != "authorization_code":
            raise rules.ProtocolError("Only codes are exchanged.", code="unsupported_grant_type")
        answer = self.provider.redeem(
            form.get("code", ""),
            client=client,
            redirect_uri=form.get("redirect_uri", ""),
            verifier=form.get("code_verifier", ""),
            now=clock.now(),
        )
        return web.json_response(answer, headers=_NO_STORE)

    def _client(self, request: web.Request, form: Mapping[str, str]) -> Client:
        name, secret = _basic(request) or (form.get("client_id", ""), form.get("client_secret", ""))
        return rules.check_client_secret(self.provider.clients.get(name), secret)

    async def userinfo(self, request: web.Request) -> web.StreamResponse:
        """OpenID Connect Core §5.3."""
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        grant = self.provider.tokens.find(token, clock.now()) if kind.lower() == "bearer" else None
        if grant is None:
            challenge = {"WWW-Authenticate": 'Bearer error="invalid_token"', **_NO_STORE}
            return web.json_response({"error": "invalid_token"}, status=401, headers=challenge)
        return web.json_response(self.provider.claims_of(grant), headers=_NO_STORE)

    async def end_session(self, request: web.Request) -> web.StreamResponse:
        """RP-Initiated Logout §2: back only to an address the client registered."""
        asked = await _parameters(request)
        self.provider.sessions.forget(request.cookies.get(COOKIE, ""))
        client = self.provider.clients.get(asked.get("client_id", ""))
        back = asked.get("post_logout_redirect_uri", "")
        if client is not None and back in client.after_sign_out_uris:
            state = {"state": asked["state"]} if asked.get("state") else {}
            response: web.StreamResponse = _redirect(back, state)
        else:
            language = _language(request, asked.get("ui_locales", ""))
            response = _html(pages.sentence_page(language, "signed_out", "signed_out_lead"))
        response.del_cookie(COOKIE, path=self._cookie_path())
        return response

    async def health(self, _request: web.Request) -> web.Response:
        return web.json_response({"answering": True})

    def _session(self, request: web.Request) -> SignIn | None:
        return self.provider.sessions.find(request.cookies.get(COOKIE, ""), clock.now())

    def _cookie_path(self) -> str:
        return "/" + self.provider.issuer.partition("://")[2].partition("/")[2]

    def _back_with_code(self, asked: SignInRequest, sign_in: SignIn) -> web.StreamResponse:
        code = self.provider.give_code(asked, sign_in, clock.now())
        return _redirect(
            asked.redirect_uri, {"code": code, "state": asked.state, "iss": self.provider.issuer}
        )

    def _back_with_error(self, asked: Mapping[str, str], error: str, description: str) -> web.StreamResponse:
        answer = {"error": error, "error_description": description, "iss": self.provider.issuer}
        if asked.get("state"):
            answer["state"] = asked["state"]
        return _redirect(asked["redirect_uri"], answer)


async def _parameters(request: web.Request) -> dict[str, str]:
    """Query or form. A parameter given twice is refused (RFC 6749 §3.1)."""
    pairs: Any = request.query if request.method == "GET" else await request.post()
    found = {name: value for name, value in pairs.items() if isinstance(value, str)}
    if len(found) != len(pairs):
        raise rules.ProtocolError("A parameter stands there twice.", code="invalid_request")
    return found


def _basic(request: web.Request) -> tuple[str, str] | None:
    """client_secret_basic: both halves are form-encoded first (RFC 6749 §2.3.1)."""
    kind, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise rules.InvalidClient from None
    return unquote_plus(name), unquote_plus(secret)


def _redirect(address: str, parameters: Mapping[str, str]) -> web.Response:
    query = f"{'&' if '?' in address else '?'}{urlencode(parameters)}" if parameters else ""
    return web.Response(status=303, headers={"Location": address + query, **_PAGE_HEADERS})


def _html(page: str, status: int = 200) -> web.Response:
    return web.Response(text=page, status=status, content_type="text/html", headers=_PAGE_HEADERS)


def _sentence(request: web.Request, name: str, status: int) -> web.Response:
    # A form that was answered by a sentence is not sent once more for another language.
    told = request.query.get("told", "")
    said = told if told in _SENTENCES else name
    return _html(pages.sentence_page(_language(request), "wrong", said), status)


def _language(request: web.Request, wanted: str = "") -> str:
    """What the program asked for, otherwise what the person reads on the portal."""
    asked = wanted or request.query.get("ui_locales", "")
    accepted = request.headers.get("Accept-Language", "")
    return rules.choose_language(asked) if asked else choose_language(request.cookies, accepted)


@web.middleware
async def refusals_become_answers(request: web.Request, handler: Any) -> web.StreamResponse:
    try:
        response: web.StreamResponse = await handler(request)
    except rules.UnknownProgram:
        return _sentence(request, "unknown_program", 400)
    except rules.ProtocolError as refusal:
        if "text/html" in request.headers.get("Accept", ""):
            return _sentence(request, "not_understood", refusal.status)
        answer = {"error": refusal.code, "error_description": refusal.sentence()}
        return web.json_response(answer, status=refusal.status, headers=_NO_STORE)
    except web.HTTPClientError as error:
        # No such address, opened by another method, or too much sent: a person reads it.
        page = _sentence(request, "not_understood", error.status)
        if "Allow" in error.headers:
            page.headers["Allow"] = error.headers["Allow"]
        return page
    return response
