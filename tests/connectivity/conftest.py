"""The cast of the connectivity tests: an education authority's official, and the operator of the portal."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from mostovi.kernel import clock, territory
from mostovi.kernel.access import Actor, system_actor
from mostovi.kernel.access_views import remember_actor

NOW = datetime(2026, 11, 21, 13, 5, tzinfo=UTC)


@pytest.fixture
def country(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    territory.load_territory(today=NOW.date())


def an_official(institution: str, *roles: str) -> Actor:
    from mostovi.kernel import people  # noqa: PLC0415  needs Django ready

    person = people.upsert_person(issuer="https://id.example", subject=institution, name="Tea Lovrić")
    return Actor("official", person.id, person.name, institution, frozenset(roles))


@pytest.fixture
def tea(country: None) -> Actor:
    """Keeps the list of schools of Tuzla Canton."""
    return an_official("tuzla-canton-education", "schools")


@pytest.fixture
def operator(country: None) -> Actor:
    return system_actor("operator")


def seat(actor: Actor) -> Client:
    """A browser in which the actor is signed in."""
    client = Client()
    session = client.session
    remember_actor(type("Request", (), {"session": session})(), actor)
    session.save()
    client.cookies["mostovi_session"] = session.session_key
    client.cookies["mostovi_language"] = "en"
    return client
