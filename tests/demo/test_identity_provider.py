"""The identity provider as a relying party sees it, and as an attacker does."""

import asyncio
import base64
import hashlib
import re
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import CookieJar, encode_basic_auth
from aiohttp.test_utils import TestClient, TestServer
from joserfc import jwt
from joserfc.jwk import KeySet
from yarl import URL

from mostovi.demo.identity_provider.program import make_application
from mostovi.demo.identity_provider.provider import Provider
from mostovi.demo.identity_provider.tokens import read_or_make_key
from mostovi.demo.identity_provider.values import Client
from mostovi.demo.population import cast
from mostovi.kernel import clock

BACK = "http://portal.test/prijava/povratak"
HOME = "http://portal.test/"
VERIFIER = secrets.token_urlsafe(48)
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
REQUEST = {
    "response_type": "code",
    "client_id": "portal",
    "redirect_uri": BACK,
    "scope": "openid profile",
    "state": "the-state",
    "nonce": "the-nonce",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
SECRET = encode_basic_auth("portal", "the-secret")
Browser = Any
Story = Callable[[Browser], Awaitable[None]]


@pytest.fixture
def provider(tmp_path: Path) -> Provider:
    return Provider(
        issuer="http://portal.test/demo-idp",
        clients={"portal": Client("portal", "the-secret", frozenset({BACK}), frozenset({HOME}))},
        key=read_or_make_key(tmp_path / "key.json"),
        secret=b"only-for-tests",
    )


@pytest.fixture
def play(provider: Provider) -> Callable[[Story], None]:
    """Play a story in a browser of its own."""

    async def run(story: Story) -> None:
        jar = CookieJar(unsafe=True)
        async with TestClient(TestServer(make_application(provider)), cookie_jar=jar) as browser:
            await story(browser)

    return lambda story: asyncio.run(run(story))


async def ask(browser: Browser, **changes: str) -> Any:
    return await browser.get("/demo-idp/authorize", params=REQUEST | changes, allow_redirects=False)


def answer_in(response: Any) -> dict[str, str]:
    address = urlsplit(response.headers["Location"])
    assert f"{address.scheme}://{address.netloc}{address.path}" == BACK
    return {name: values[0] for name, values in parse_qs(address.query).items()}


async def redeem(browser: Browser, code: str, *, auth: str | None = SECRET, **changes: str) -> Any:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
    return await browser.post(
        "/demo-idp/token", data=form | changes, headers={"Authorization": auth} if auth else {}
    )


async def claims_for(browser: Browser, person: str) -> dict[str, Any]:
    code = answer_in(await ask(browser, login_hint=person))["code"]
    tokens = await (await redeem(browser, code)).json()
    keys = KeySet.import_key_set(await (await browser.get("/demo-idp/jwks")).json())
    claims: dict[str, Any] = jwt.decode(tokens["id_token"], keys, algorithms=["ES256"]).claims
    return claims


def request_name(page: str) -> str:
    found = re.search(r'name="request" value="([^"]+)"', page)
    assert found
    return found[1]


def test_amra_signs_in_at_once_and_her_token_says_who_she_is(play: Callable[[Story], None]) -> None:
    async def story(browser: Browser) -> None:
        answer = answer_in(await ask(browser, login_hint="amra"))
        assert answer["state"] == "the-state"
        assert answer["iss"] == "http://portal.test/demo-idp"
        claims = await claims_for(browser, "amra")
        assert claims["name"] == "Amra Kovač"
        assert claims["given_name"] == "Amra"
        assert claims["personal_number"] == cast.AMRA.number
        assert claims["nonce"] == "the-nonce"
        assert claims["aud"] == "portal"
        assert claims["acr"] == "http://eidas.europa.eu/LoA/substantial"
        assert "offices" not in claims
        assert "amra" not in claims["sub"].lower()

    play(story)


def test_an_official_has_an_office_and_no_personal_number(play: Callable[[Story], None]) -> None:
    async def story(browser: Browser) -> None:
        claims = await claims_for(browser, "damir")
        assert claims["offices"] == [{"institution": "tuzla-social-work", "roles": ["caseworker"]}]
        assert "personal_number" not in claims

    play(story)


def test_discovery_names_addresses_below_the_issuer(play: Callable[[Story], None]) -> None:
    async def story(browser: Browser) -> None:
        found = await (await browser.get("/demo-idp/.well-known/openid-configuration")).json()
        assert found["issuer"] == "http://portal.test/demo-idp"
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"):
            assert found[name].startswith(found["issuer"] + "/")
        assert found["code_challenge_methods_supported"] == ["S256"]

    play(story)


def test_the_published_keys_hold_no_private_part(play: Callable[[Story], None]) -> None:
    async def story(browser: Browser) -> None:
        (key,) = (await (await browser.get("/demo-idp/jwks")).json())["keys"]
        assert "d" not in key
        assert key["crv"] == "P-256"

    play(story)


def test_userinfo_answers_the_bearer_only(play: Callable[[Story], None]) -> None:
    async def story(browser: Browser) -> None:
        code = answer_in(await ask(browser, login_hint="milan"))["code"]
        tokens = await (await redeem(browser, code)).json()
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        told = await (await browser.get("/demo-idp/userinfo", headers=bearer)).json()
        assert told["personal_number"] == cast.MILAN.number
        assert (await browser.get("/demo-idp/userinfo")).status == 401
        wrong = {"Authorization": f"Bearer {tokens['access_token']}x"}
        assert (await browser.get("/demo-idp/userinfo", headers=wrong)).status == 401

    play(story)


def test_a_replayed_code_is_refused_and_revokes_its_token(play: Callable[[Story], None]) -> None:
    async def story(browser: Browser) -> None:
        code = answer_in(await ask(browser, login_hint="amra"))["code"]
        tokens = await (await redeem(browser, code)).json()
        again = await redeem(browser, code)
        assert again.status == 400
        assert (await again.json())["error"] == "invalid_grant"
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        assert (await browser.get("/demo-idp/userinfo", headers=bearer)).status == 401

    play(story)


@pytest.mark.parametrize(
    "verifier",
    ["", "short", VERIFIER[:-1] + ("y" if VERIFIER[-1] == "x" else "x"), CHALLENGE, VERIFIER + "="],
    ids=["none", "too short", "one sign off", "the challenge itself", "padded"],
)
def test_a_stolen_code_is_worth_nothing_without_its_verifier(
    play: Callable[[Story], None], verifier: str
) -> None:
    async def story(browser: Browser) -> None:
        code = answer_in(await ask(browser, login_hint="amra"))["code"]
        response = await redeem(browser, code, code_verifier=verifier)
        assert response.status == 400
        assert (await response.json())["error"] == "invalid_grant"
        assert (await redeem(browser, code)).status == 400, "a failed try spends the code"

    play(story)


@pytest.mark.parametrize(
    "elsewhere",
    [
        "http://evil.test/",
        BACK + "/",
        BACK + "?x=1",
        "HTTP://PORTAL.TEST/prijava/povratak",
        "http://portal.test/prijava/povratak/../..",
        "",
    ],
)
def test_a_wrong_redirect_address_gets_a_page_and_no_redirect(
    play: Callable[[Story], None], elsewhere: str
) -> None:
    async def story(browser: Browser) -> None:
        response = await ask(browser, redirect_uri=elsewhere, login_hint="amra", ui_locales="en")
        assert response.status == 400
        assert "Location" not in response.headers
        assert "did not come from a program we know" in await response.text()

    play(story)


def test_an_unknown_client_gets_a_page_and_no_redirect(play: Callable[[Story], None]) -> None:
    async def story(browser: Browser) -> None:
        response = await ask(browser, client_id="somebody", login_hint="amra")
        assert response.status == 400
        assert "Location" not in response.headers

    play(story)


def test_the_redirect_address_of_the_exchange_must_be_the_one_of_the_request(
    play: Callable[[Story], None],
) -> None:
    async def story(browser: Browser) -> None:
        code = answer_in(await ask(browser, login_hint="amra"))["code"]
        assert (await redeem(browser, code, redirect_uri=HOME)).status == 400

    play(story)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"nonce": ""}, "invalid_request"),
        ({"state": ""}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
    ],
)
def test_a_request_that_lacks_something_is_told_so(
    play: Callable[[Story], None], changes: dict[str, str], error: str
) -> None:
    async def story(browser: Browser) -> None:
        answer = answer_in(await ask(browser, **changes))
        assert answer["error"] == error
        assert "code" not in answer

    play(story)


def test_a_client_with_a_wrong_secret_is_refused_and_the_code_stays_good(
    play: Callable[[Story], None],
) -> None:
    async def story(browser: Browser) -> None:
        code = answer_in(await ask(browser, login_hint="amra"))["code"]
        assert (await redeem(browser, code, auth=encode_basic_auth("portal", "guessed"))).status == 401
        assert (await redeem(browser, code, auth=None)).status == 401
        assert (await redeem(browser, code)).status == 200

    play(story)


def test_a_secret_in_the_form_works_as_well(play: Callable[[Story], None]) -> None:
    async def story(browser: Browser) -> None:
        code = answer_in(await ask(browser, login_hint="amra"))["code"]
        response = await redeem(browser, code, auth=None, client_id="portal", client_secret="the-secret")
        assert response.status == 200

    play(story)


def test_a_code_is_over_after_a_minute(
    play: Callable[[Story], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(browser: Browser) -> None:
        code = answer_in(await ask(browser, login_hint="amra"))["code"]
        later = datetime.now(UTC) + timedelta(seconds=61)
        monkeypatch.setattr(clock, "now", lambda: later)
        assert (await redeem(browser, code)).status == 400

    play(story)


def test_without_a_hint_the_person_chooses(play: Callable[[Story], None]) -> None:
    async def story(browser: Browser) -> None:
        page = await (await ask(browser, ui_locales="en")).text()
        assert "Who signs in?" in page
        form = {"request": request_name(page), "person": "milan"}
        response = await browser.post("/demo-idp/sign-in", data=form, allow_redirects=False)
        code = answer_in(response)["code"]
        assert (await redeem(browser, code)).status == 200
        again = await browser.post("/demo-idp/sign-in", data=form, allow_redirects=False)
        assert again.status == 400, "a page is used once"

    play(story)


def test_somebody_who_is_not_of_the_cast_cannot_sign_in(play: Callable[[Story], None]) -> None:
    async def story(browser: Browser) -> None:
        page = await (await ask(browser, login_hint="napoleon")).text()
        form = {"request": request_name(page), "person": "napoleon"}
        response = await browser.post("/demo-idp/sign-in", data=form, allow_redirects=False)
        assert response.status == 400

    play(story)


@pytest.mark.parametrize("again", [{"prompt": "login"}, {"max_age": "0"}])
def test_who_decides_confirms_first_and_gets_a_fresh_time(
    play: Callable[[Story], None], monkeypatch: pytest.MonkeyPatch, again: dict[str, str]
) -> None:
    async def story(browser: Browser) -> None:
        first = await claims_for(browser, "damir")
        later = datetime.now(UTC) + timedelta(minutes=30)
        monkeypatch.setattr(clock, "now", lambda: later)
        response = await ask(browser, login_hint="damir", ui_locales="en", **again)
        page = await response.text()
        assert response.status == 200
        assert "Confirm that it is you" in page
        form = {"request": request_name(page), "person": "damir"}
        confirmed = await browser.post("/demo-idp/sign-in", data=form, allow_redirects=False)
        tokens = await (await redeem(browser, answer_in(confirmed)["code"])).json()
        body = tokens["id_token"].split(".")[1]
        claims = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        assert f'"auth_time":{int(later.timestamp())}' in claims.decode().replace(" ", "")
        assert first["auth_time"] < int(later.timestamp())

    play(story)


def test_an_earlier_sign_in_serves_again_until_max_age(
    play: Callable[[Story], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(browser: Browser) -> None:
        first = await claims_for(browser, "amra")
        later = datetime.now(UTC) + timedelta(minutes=10)
        monkeypatch.setattr(clock, "now", lambda: later)
        assert "code" in answer_in(await ask(browser, prompt="none"))
        assert (await ask(browser, max_age="60")).status == 200, "too long ago: a page asks"
        assert first["auth_time"] < later.timestamp()

    play(story)


def test_who_goes_back_is_sent_back_without_a_code(play: Callable[[Story], None]) -> None:
    async def story(browser: Browser) -> None:
        page = await (await ask(browser)).text()
        form = {"request": request_name(page)}
        answer = answer_in(await browser.post("/demo-idp/cancel", data=form, allow_redirects=False))
        assert answer["error"] == "access_denied"
        assert answer["state"] == "the-state"

    play(story)


def test_signing_out_ends_the_session_and_leads_only_to_known_addresses(
    play: Callable[[Story], None],
) -> None:
    async def story(browser: Browser) -> None:
        await claims_for(browser, "amra")
        end = {"client_id": "portal", "post_logout_redirect_uri": HOME}
        response = await browser.get("/demo-idp/end_session", params=end, allow_redirects=False)
        assert response.headers["Location"] == HOME
        assert answer_in(await ask(browser, prompt="none"))["error"] == "login_required"
        evil = end | {"post_logout_redirect_uri": "http://evil.test/"}
        response = await browser.get("/demo-idp/end_session", params=evil, allow_redirects=False)
        assert response.status == 200

    play(story)


def test_a_parameter_given_twice_is_refused(play: Callable[[Story], None]) -> None:
    async def story(browser: Browser) -> None:
        twice = [*REQUEST.items(), ("redirect_uri", "http://evil.test/")]
        response = await browser.get("/demo-idp/authorize", params=twice, allow_redirects=False)
        assert response.status == 400

    play(story)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "sign-in", 405), ("GET", "cancel", 405), ("GET", "nowhere", 404), ("POST", "sign-in", 413)],
)
@pytest.mark.parametrize(
    ("cookie", "sentence"),
    [
        ("", "This address cannot be opened in this way."),
        ("mostovi_language=sr-Cyrl", "Ова адреса не може да се отвори"),
    ],
)
def test_what_no_button_sends_gets_a_page_in_her_language(
    play: Callable[[Story], None], method: str, path: str, status: int, *, cookie: str, sentence: str
) -> None:
    async def story(browser: Browser) -> None:
        sent = {"data": {"a": "x" * 100_000}} if method == "POST" else {}
        headers = {"Accept-Language": "en", "Cookie": cookie}
        response = await browser.request(method, f"/demo-idp/{path}", headers=headers, **sent)
        assert response.status == status
        assert sentence in await response.text()
        assert "Content-Security-Policy" in response.headers

    play(story)


@pytest.mark.parametrize(
    ("method", "path", "sentence"),
    [
        ("GET", "authorize?client_id=x", "Zahtjev nije došao od programa koji poznajemo"),
        ("POST", "cancel", "Ova je stranica predugo bila otvorena"),
        ("GET", "nowhere", "Ta se adresa ne može otvoriti"),
        ("POST", "end_session", "Ovaj prozor možete zatvoriti"),
    ],
)
def test_a_page_that_cannot_go_on_leads_back_and_speaks_every_language(
    play: Callable[[Story], None], method: str, path: str, sentence: str
) -> None:
    async def story(browser: Browser) -> None:
        response = await browser.request(method, f"/demo-idp/{path}", headers={"Accept-Language": "en"})
        page = await response.text()
        assert '<a class="btn" href="/">Go to the first page</a>' in page
        links = re.findall(r'href="(\?[^"]+)" lang="hr"', page)
        assert len(links) == 1
        there = response.url.join(URL(unescape(links[0])))
        again = await browser.get(there.path_qs, headers={"Accept": "text/html"})
        assert sentence in await again.text()

    play(story)


def test_a_program_reads_an_error_and_a_person_a_sentence(play: Callable[[Story], None]) -> None:
    async def story(browser: Browser) -> None:
        address = "/demo-idp/authorize?client_id=a&client_id=b"
        assert "error" in await (await browser.get(address)).json()
        page = await browser.get(address, headers={"Accept": "text/html", "Accept-Language": "hr"})
        assert "Ta se adresa ne može otvoriti" in await page.text()

    play(story)


def test_what_is_written_into_a_page_is_escaped(play: Callable[[Story], None]) -> None:
    async def story(browser: Browser) -> None:
        page = await (await ask(browser, state='"><script>alert(1)</script>')).text()
        assert "<script" not in page

    play(story)
