"""A register for trying an exchange: it knows one child, whoever asks."""  # noqa: INP001 - no package

import json
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

CHILD = {"given_name": "Dino", "family_name": "Kovač", "born_on": "2019-09-02", "born_in": "Brčko"}


class Register(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        known = {"children": [CHILD]}
        answer = {
            "facts": {field: known[field] for field in question["fields"]},
            "as_of": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


HTTPServer(("127.0.0.1", 7600), Register).serve_forever()
