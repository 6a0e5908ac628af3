"""A small OpenID Connect provider on the loopback, for tests of sign-in. Everything about it can be bent."""

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey

AMRA = {"sub": "amra", "name": "Amra Kovač", "acr": "http://eidas.europa.eu/LoA/substantial"}


class Provider:
    """Answers discovery, keys and tokens; ``claims`` and ``bend`` decide what a token says."""

    def __init__(self) -> None:
        self.key = ECKey.generate_key("P-256", {"kid": "1", "use": "sig", "alg": "ES256"})
        self.signing_key = self.key
        self.claims: dict[str, Any] = dict(AMRA)
        self.bend: dict[str, Any] = {}
        self.asked: dict[str, str] = {}
        self.failures: list[str] = []
        self.without_id_token = False
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        ).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def authorize(self, location: str) -> dict[str, str]:
        """What a browser would bring back after the person has chosen to sign in."""
        self.asked = {key: values[0] for key, values in parse_qs(urlsplit(location).query).items()}
        return {"code": "a-code", "state": self.asked["state"]}

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/end",
            "id_token_signing_alg_values_supported": ["ES256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }

    def token(self, form: dict[str, list[str]]) -> dict[str, Any]:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"][0].encode()).digest())
        if challenge.decode().rstrip("=") != self.asked["code_challenge"]:
            self.failures.append("the code verifier does not fit the challenge")
        now = int(time.time())
        standard = {"iss": self.issuer, "aud": "mostovi", "iat": now, "exp": now + 300, "auth_time": now}
        claims = {**standard, "nonce": self.asked["nonce"], **self.claims, **self.bend}
        token = {"access_token": "opaque", "token_type": "Bearer", "expires_in": 300}
        if not self.without_id_token:
            token["id_token"] = jwt.encode({"alg": "ES256", "kid": "1"}, claims, self.signing_key)
        return token

    def _handler(provider) -> type[BaseHTTPRequestHandler]:  # noqa: N805  the handler below has its own self
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                pages = {"/.well-known/openid-configuration": provider.metadata(), "/keys": provider.keys()}
                self._reply(pages[self.path])

            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self._reply(provider.token(form))

            def _reply(self, answer: dict[str, Any]) -> None:
                body = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Tests stay quiet."""

        return Handler

    def keys(self) -> dict[str, Any]:
        return {"keys": [self.key.as_dict(private=False)]}
