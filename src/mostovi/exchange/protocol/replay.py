"""Remembers nonces for as long as a message with them could still be accepted (RFC 9421 §7.2.2)."""

from collections import deque
from collections.abc import Iterable
from datetime import datetime

from mostovi.exchange.protocol.faults import Fault, ProtocolRefusal
from mostovi.exchange.protocol.signatures import WINDOW_SECONDS, MessageSignature


class ReplayedRequest(ProtocolRefusal):
    """A message with this key and nonce was already accepted."""

    fault = Fault.REPLAYED_REQUEST


class ReplayWindow:
    """The nonces of the last two minutes. After a restart, hand in those of the log as ``remembered``.

    ``created`` may lie 60 seconds before or after the receiver's clock, so a nonce can come again for 120
    seconds.
    """

    def __init__(self, remembered: Iterable[tuple[str, str, int]] = ()) -> None:
        """``remembered`` are (key id, nonce, created in seconds since 1970)."""
        self._seen: set[tuple[str, str]] = set()
        self._by_age: deque[tuple[float, tuple[str, str]]] = deque()
        for key_id, nonce, created in sorted(remembered, key=lambda each: each[2]):
            self._remember((key_id, nonce), created + 2 * WINDOW_SECONDS)

    def __len__(self) -> int:
        return len(self._seen)

    def admit(self, signature: MessageSignature, now: datetime) -> None:
        """Remember a verified request. Raises ReplayedRequest if it was here before."""
        moment = now.timestamp()
        while self._by_age and self._by_age[0][0] < moment:
            self._seen.discard(self._by_age.popleft()[1])
        mark = (signature.key_id, signature.nonce)
        if mark in self._seen:
            raise ReplayedRequest
        self._remember(mark, moment + 2 * WINDOW_SECONDS)

    def _remember(self, mark: tuple[str, str], until: float) -> None:
        if mark not in self._seen:
            self._seen.add(mark)
            self._by_age.append((until, mark))
