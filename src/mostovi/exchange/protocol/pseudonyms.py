"""Keyed pairwise pseudonyms.

The same person has another one at each institution, and nobody without the key can guess.

A personal number has thirteen digits; a plain hash of it can be tried out in seconds. HMAC-SHA256 (RFC
2104) under a key that only the institution holds cannot.
"""

import hmac

from mostovi.exchange.protocol.digests import encode_base64url

KEY_BYTES = 32
_BYTES = 18
MARK_LETTERS = 6


def subject_pseudonym(key: bytes, personal_number: str) -> str:
    """The person asked about, in this institution's log: 24 signs. ``key`` has at least 32 bytes."""
    return _pseudonym(key, b"subject", personal_number)


def user_pseudonym(key: bytes, country: str, user: str) -> str:
    """Who acts, as ``X-Road-UserId`` names them: the country's prefix and 24 signs."""
    return country + _pseudonym(key, b"user", user)


def case_mark(key: bytes, case: str) -> str:
    """A case among public events: six letters that lead nowhere, for a tracking code would show its state.

    The parties and the auditor read the reference itself in the log.
    """
    letters = _pseudonym(key, b"case", case).lower()
    return "".join(sign for sign in letters if "a" <= sign <= "z")[:MARK_LETTERS].ljust(MARK_LETTERS, "x")


def _pseudonym(key: bytes, kind: bytes, identifier: str) -> str:
    if len(key) < KEY_BYTES:
        raise ValueError("a pseudonym key has at least 32 bytes")
    seal = hmac.digest(key, b"mostovi-pseudonym/1\n" + kind + b"\n" + identifier.encode(), "sha256")
    return encode_base64url(seal[:_BYTES])
