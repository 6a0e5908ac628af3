"""What the provider remembers for a while under a secret name: requests, codes, tokens, sessions."""

import secrets
from datetime import datetime, timedelta
from typing import Generic, TypeVar

Thing = TypeVar("Thing")
_MOST = 10_000


class Memory(Generic[Thing]):
    """Each thing under a fresh unguessable name, until it expires or is taken."""

    def __init__(self, lifetime: timedelta) -> None:
        self.lifetime = lifetime
        self._things: dict[str, tuple[datetime, Thing]] = {}

    def keep(self, thing: Thing, now: datetime, name: str | None = None) -> str:
        """The name under which ``thing`` is found again; a fresh one unless given."""
        self._forget_the_old(now)
        name = name or secrets.token_urlsafe(32)
        self._things[name] = (now + self.lifetime, thing)
        return name

    def find(self, name: str, now: datetime) -> Thing | None:
        expires_at, thing = self._things.get(name, (now, None))
        return thing if now < expires_at else None

    def take(self, name: str, now: datetime) -> Thing | None:
        """Found once and never again."""
        thing = self.find(name, now)
        self._things.pop(name, None)
        return thing

    def forget(self, name: str) -> None:
        self._things.pop(name, None)

    def _forget_the_old(self, now: datetime) -> None:
        # Names are kept in the order of their making, so the old ones stand first.
        for name in list(self._things):
            if len(self._things) < _MOST and now < self._things[name][0]:
                return
            del self._things[name]
