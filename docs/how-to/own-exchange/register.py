"""A register for trying an exchange: it knows one child, whoever asks."""  # noqa: INP001 - no package

import json
import secrets
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

KNOWN = {
    "children": [{"given_name": "Dino", "family_name": "Kovač", "born_on": "2019-09-02", "born_in": "Brčko"}]
}


def answer(question: dict) -> dict:
    """Only what was asked, when it was so, and a salt, so that no digest of the answer can be guessed."""
    return {
        "facts": {field: KNOWN[field] for field in question["fields"]},
        "as_of": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "salt": secrets.token_urlsafe(16),
    }


class Register(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = json.dumps(answer(question)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    HTTPServer(("127.0.0.1", 7600), Register).serve_forever()
