"""Signing in by OpenID Connect: what is accepted, what is refused, what a session then holds."""

import pytest
from django.test import Client
from joserfc.jwk import ECKey

from mostovi.kernel.access_views import actor_of
from mostovi.kernel.people import find_person

pytestmark = pytest.mark.django_db


def actor(client: Client):
    return actor_of(type("Request", (), {"session": client.session})())


def sign_in(client: Client, provider, query: str = "") -> object:
    started = client.get(f"/prijava/{query}")
    assert started.status_code == 302, started.content
    return client.get("/prijava/povratak", provider.authorize(started["Location"]))


def test_a_person_signs_in_and_goes_on_where_she_was(client, provider):
    response = sign_in(client, provider, "?next=/moji-podaci/")
    assert response["Location"] == "/moji-podaci/"
    amra = actor(client)
    assert (amra.kind, amra.name, amra.assurance) == ("person", "Amra Kovač", "substantial")
    assert find_person(amra.person_id).name == "Amra Kovač"
    assert provider.failures == []


def test_the_request_carries_state_nonce_and_a_hashed_verifier(client, provider):
    provider.authorize(client.get("/prijava/")["Location"])
    assert provider.asked["code_challenge_method"] == "S256"
    assert {"state", "nonce", "code_challenge"} <= set(provider.asked)
    assert provider.asked["redirect_uri"] == "http://testserver/prijava/povratak"


@pytest.mark.parametrize(
    "address",
    ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", "/\\elsewhere.example"],
)
def test_after_signing_in_nobody_is_sent_elsewhere(client, provider, address):
    response = sign_in(client, provider, f"?next={address}")
    assert response["Location"] == "/"


def test_the_session_gets_a_new_key(client, provider):
    client.get("/prijava/")
    before = client.session.session_key
    sign_in(client, provider)
    assert client.session.session_key not in {None, before}


def test_no_token_is_kept_in_the_session(client, provider):
    sign_in(client, provider)
    assert set(client.session.keys()) == {"actor"}


def test_an_official_acts_for_the_office_the_provider_names(client, provider):
    offices = [{"institution": "tuzla-social-work", "roles": ["caseworker"]}]
    provider.claims = {"sub": "damir", "name": "Damir Babić", "offices": offices}
    sign_in(client, provider)
    damir = actor(client)
    assert (damir.kind, damir.institution, damir.roles) == (
        "official",
        "tuzla-social-work",
        frozenset({"caseworker"}),
    )


def test_groups_of_a_foreign_provider_are_translated(client, provider, settings):
    settings.OIDC_OFFICES_CLAIM = "groups"
    settings.OIDC_OFFICES = {"CSR-TZ-07": "tuzla-social-work/caseworker"}
    provider.claims = {"sub": "damir", "name": "Damir Babić", "groups": ["CSR-TZ-07", "PRINTERS"]}
    sign_in(client, provider)
    assert actor(client).institution == "tuzla-social-work"


def test_an_auditor_belongs_to_no_office(client, provider):
    provider.claims = {"sub": "zlata", "name": "Zlata", "offices": ["auditor"]}
    sign_in(client, provider)
    zlata = actor(client)
    assert (zlata.kind, zlata.institution, zlata.roles) == ("auditor", None, frozenset({"auditor"}))


def test_an_unknown_role_gives_no_power(client, provider):
    provider.claims = {
        "sub": "ivan",
        "name": "Ivan Perić",
        "offices": ["tuzla-social-work/king", 7, {"roles": "all"}],
    }
    sign_in(client, provider)
    assert actor(client).kind == "person"


@pytest.mark.parametrize(
    "bend",
    [
        {"nonce": "another"},
        {"aud": "somebody-else"},
        {"iss": "https://elsewhere.example"},
        {"exp": 1},
        {"sub": ""},
    ],
    ids=lambda bend: next(iter(bend)),
)
def test_a_token_that_is_not_for_us_is_refused(client, provider, bend):
    provider.bend = bend
    response = sign_in(client, provider)
    assert response.status_code == 403
    assert actor(client).kind == "anonymous"


def test_a_token_signed_by_another_key_is_refused(client, provider):
    provider.signing_key = ECKey.generate_key("P-256", {"kid": "1"})
    assert sign_in(client, provider).status_code == 403


def test_an_answer_without_an_identity_token_is_refused(client, provider):
    provider.without_id_token = True
    assert sign_in(client, provider).status_code == 403


def test_an_answer_that_nobody_asked_for_is_refused(client, provider):
    response = client.get("/prijava/povratak", {"code": "a-code", "state": "invented"})
    assert response.status_code == 403


def test_an_answer_cannot_be_used_twice(client, provider):
    started = client.get("/prijava/")
    answer = provider.authorize(started["Location"])
    assert client.get("/prijava/povratak", answer).status_code == 302
    assert client.get("/prijava/povratak", answer).status_code == 403


def change_her_mind(client: Client, provider, query: str) -> str:
    provider.authorize(client.get(f"/prijava/{query}")["Location"])
    answer = {"error": "access_denied", "state": provider.asked["state"]}
    page = client.get("/prijava/povratak", answer, follow=True)
    assert page.status_code == 200
    assert actor(client).kind == "anonymous"
    return page.content.decode()


def test_a_person_who_changes_her_mind_is_told_so_and_can_go_on_or_back(client, provider):
    page = change_her_mind(client, provider, "?next=/moji-podaci/%3Fperiod%3Dall&lang=en")
    assert "<h1>You went back before signing in</h1>" in page
    assert 'class="btn" href="/prijava/?next=%2Fmoji-podaci%2F%3Fperiod%3Dall"' in page
    assert 'class="btn alt" href="/"' in page


def test_an_official_who_went_back_signs_in_for_the_same_office(client, provider):
    page = change_her_mind(client, provider, "?institution=tuzla-social-work")
    assert 'href="/prijava/?next=%2F&amp;institution=tuzla-social-work"' in page


def test_the_page_of_who_went_back_leads_nowhere_else(client):
    page = client.get("/prijava/odustajanje", {"next": "https://elsewhere.example/"}).content.decode()
    assert "elsewhere" not in page.partition("<main")[2]
    assert 'href="/prijava/?next=%2F"' in page


def test_a_sign_in_that_failed_can_be_tried_again(client):
    assert 'class="btn" href="/prijava/"' in client.get("/prijava/povratak?state=x").content.decode()


def test_a_provider_that_is_down_is_said_so(client, settings):
    settings.OIDC_ISSUER = "http://127.0.0.1:9"
    response = client.get("/prijava/")
    assert response.status_code == 503
    assert b"identity_provider_silent" in response.content


def test_without_a_time_of_signing_in_there_is_none(client, provider):
    provider.bend = {"auth_time": None}
    assert sign_in(client, provider).status_code == 302
    assert actor(client).authenticated_at is None


def test_two_windows_do_not_take_each_others_answers(client, provider):
    first = provider.authorize(client.get("/prijava/?next=/o/pomoc/")["Location"])
    asked = provider.asked
    client.get("/prijava/?next=/o/izvori/")
    provider.asked = asked
    assert client.get("/prijava/povratak", first)["Location"] == "/o/pomoc/"


def test_a_request_to_see_somebody_anew_that_nobody_made_changes_nothing(client, provider):
    sign_in(client, provider)
    before = client.session["actor"]
    response = sign_in(client, provider, "?reauthentication=invented&next=/o/pomoc/")
    assert (provider.asked["prompt"], provider.asked["max_age"]) == ("login", "0")
    assert response["Location"] == "/o/pomoc/"
    assert client.session["actor"] == before


def test_only_a_demonstration_says_whose_shoes(client, provider, settings):
    provider.authorize(client.get("/prijava/?login_hint=amra")["Location"])
    assert "login_hint" not in provider.asked
    settings.DEMONSTRATION = True
    provider.authorize(client.get("/prijava/?login_hint=amra")["Location"])
    assert provider.asked["login_hint"] == "amra"


def test_who_is_not_signed_in_is_offered_no_signing_out(client):
    page = client.get("/odjava/?lang=en").content.decode()
    assert "<h1>You are not signed in</h1>" in page
    assert "Sign out" not in page
    assert 'class="btn" href="/prijava/"' in page


def test_signing_out_ends_both_sessions(client, provider):
    sign_in(client, provider)
    assert client.get("/odjava/").status_code == 200
    response = client.post("/odjava/")
    assert response["Location"].startswith(
        f"{provider.issuer}/end?client_id=mostovi&post_logout_redirect_uri="
    )
    assert actor(client).kind == "anonymous"
