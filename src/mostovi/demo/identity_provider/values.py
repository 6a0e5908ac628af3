"""The words of the identity provider."""

from dataclasses import dataclass
from datetime import datetime

from mostovi.demo.identity_provider.persons import Identity


@dataclass(frozen=True)
class Client:
    """A relying party. Addresses match exactly or not at all (RFC 9700 §2.1)."""

    id: str
    secret: str
    redirect_uris: frozenset[str]
    after_sign_out_uris: frozenset[str]


@dataclass(frozen=True)
class SignInRequest:
    """An authentication request (OpenID Connect Core §3.1.2.1) that passed every check."""

    client_id: str
    redirect_uri: str
    state: str
    nonce: str
    code_challenge: str
    language: str
    person_hint: str
    asks_to_confirm: bool
    asks_silently: bool
    max_age: int | None


@dataclass(frozen=True)
class SignIn:
    """Somebody signed in, at that moment."""

    identity: Identity
    at: datetime


@dataclass(frozen=True)
class Grant:
    """What a code or an access token stands for."""

    request: SignInRequest
    sign_in: SignIn
