"""Signs identity tokens: JWT (RFC 7519) with ES256 (RFC 7518 §3.4)."""

import base64
import hashlib
import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

ALGORITHM = "ES256"
LIFETIME = timedelta(minutes=5)


def read_or_make_key(path: Path) -> ECKey:
    """The provider's signing key, made at the first start (0600)."""
    if path.exists():
        return ECKey.import_key(json.loads(path.read_text(encoding="utf-8")))
    key = ECKey.generate_key("P-256", auto_kid=True)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(key.as_dict(private=True), file)
    return key


def public_keys(key: ECKey) -> dict[str, Any]:
    """The JWK set (RFC 7517 §5) that relying parties verify with."""
    return {"keys": [key.as_dict(private=False) | {"use": "sig", "alg": ALGORITHM}]}


def sign_id_token(key: ECKey, claims: dict[str, Any], *, access_token: str, now: datetime) -> str:
    """An ID Token (OpenID Connect Core §2) with ``iat``, ``exp`` and ``at_hash`` added to ``claims``."""
    half = hashlib.sha256(access_token.encode()).digest()[:16]
    seconds = int(now.timestamp())
    full = claims | {
        "iat": seconds,
        "exp": seconds + int(LIFETIME.total_seconds()),
        "at_hash": base64.urlsafe_b64encode(half).decode().rstrip("="),
    }
    return jwt.encode({"alg": ALGORITHM, "kid": key.kid, "typ": "JWT"}, full, key, algorithms=[ALGORITHM])
