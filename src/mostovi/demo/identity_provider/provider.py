"""The provider's decisions and memory, apart from the web: who signs in, which code stands for whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from joserfc.jwk import ECKey

from mostovi.demo.identity_provider import rules
from mostovi.demo.identity_provider.memory import Memory
from mostovi.demo.identity_provider.persons import SUBSTANTIAL, pairwise_subject
from mostovi.demo.identity_provider.tokens import LIFETIME, sign_id_token
from mostovi.demo.identity_provider.values import Client, Grant, SignIn, SignInRequest


@dataclass(frozen=True)
class Provider:
    """``issuer`` is the address of the provider without a closing slash; ``secret`` keys the subjects."""

    issuer: str
    clients: Mapping[str, Client]
    key: ECKey = field(repr=False)
    secret: bytes = field(repr=False)
    pending: Memory[SignInRequest] = field(default_factory=lambda: Memory(timedelta(minutes=15)))
    sessions: Memory[SignIn] = field(default_factory=lambda: Memory(timedelta(hours=8)))
    codes: Memory[Grant] = field(default_factory=lambda: Memory(timedelta(seconds=60)))
    redeemed: Memory[str] = field(default_factory=lambda: Memory(LIFETIME))
    tokens: Memory[Grant] = field(default_factory=lambda: Memory(LIFETIME))

    def give_code(self, request: SignInRequest, sign_in: SignIn, now: datetime) -> str:
        return self.codes.keep(Grant(request, sign_in), now)

    def redeem(
        self, code: str, *, client: Client, redirect_uri: str, verifier: str, now: datetime
    ) -> dict[str, Any]:
        """The token response (OpenID Connect Core §3.1.3.3). A code works once; again, it revokes."""
        grant = self.codes.take(code, now)
        if grant is None:
            self.tokens.forget(self.redeemed.take(code, now) or "")
            raise rules.ProtocolError("This code has been used or is over.", code="invalid_grant")
        rules.check_grant(grant, client, redirect_uri)
        rules.check_verifier(grant, verifier)
        token = self.tokens.keep(grant, now)
        self.redeemed.keep(token, now, name=code)
        claims = self.claims_of(grant) | {"nonce": grant.request.nonce}
        return {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": int(LIFETIME.total_seconds()),
            "scope": "openid profile",
            "id_token": sign_id_token(self.key, claims, access_token=token, now=now),
        }

    def claims_of(self, grant: Grant) -> dict[str, Any]:
        identity, client_id = grant.sign_in.identity, grant.request.client_id
        return {
            "iss": self.issuer,
            "sub": pairwise_subject(self.secret, client_id, identity.key),
            "aud": client_id,
            "acr": SUBSTANTIAL,
            "auth_time": int(grant.sign_in.at.timestamp()),
            **identity.claims(),
        }
