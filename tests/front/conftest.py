"""The cast, signed in, and a provider that vouches for them."""

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from front.bridge import MEMBERS, Bridge
from front.provider import Provider
from mostovi.exchange import public as exchange
from mostovi.kernel import clock
from mostovi.kernel.access import Actor, Kind
from mostovi.kernel.access_views import remember_actor
from mostovi.kernel.people import upsert_person


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    yield
    cache.clear()


@pytest.fixture
def bridge(monkeypatch, settings) -> Bridge:
    """The exchange in the test's hands."""
    settings.GATEWAYS = {member: {} for member in MEMBERS}
    settings.HOME_INSTITUTION = "tuzla-social-work"
    monkeypatch.setattr(exchange, "trust_root_pem", lambda: b"")
    double = Bridge()
    for name in (
        "find_usages",
        "fetch_receipt",
        "document_status",
        "check_statement",
        "gateway_status",
        "list_log_entries",
        "check_log_consistency",
    ):
        monkeypatch.setattr(exchange, name, getattr(double, name))
    return double


@pytest.fixture
def provider(settings) -> Iterator[Provider]:
    made = Provider()
    settings.OIDC_ISSUER = made.issuer
    settings.OIDC_CLIENT_ID = "mostovi"
    settings.OIDC_CLIENT_SECRET = "only-for-tests"
    yield made
    made.close()


@pytest.fixture
def signed_in(db) -> Callable[..., Client]:
    """``signed_in("Amra Kovač")`` or ``signed_in("Damir Babić", "tuzla-social-work", "caseworker")``."""

    def sign_in(
        name: str, institution: str | None = None, role: str | None = None, number: str | None = None
    ) -> Client:
        person = upsert_person(issuer="test", subject=name, name=name, personal_number=number)
        kind: Kind = "auditor" if role == "auditor" else "official" if institution else "person"
        roles = frozenset({role} if role else ())
        actor = Actor(
            kind=kind,
            person_id=person.id,
            name=name,
            institution=institution,
            roles=roles,
            assurance="substantial",
            authenticated_at=clock.now(),
        )
        client = Client()
        session = client.session
        request = type("Request", (), {"session": session})()
        remember_actor(request, actor)
        session.save()
        client.cookies["mostovi_session"] = session.session_key
        client.actor = actor
        return client

    return sign_in
