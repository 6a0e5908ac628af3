"""Somebody between two gateways who has broken TLS: he holds the keys of both sides and bends what passes.

What is left to protect the message is its signature; that is what tests with him show.
"""

import http.client
import socketserver
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from exchange.bridge_fixture import Country, member_id
from free_ports import free_port

Headers = list[tuple[str, str]]
_OWN = {"connection", "keep-alive", "transfer-encoding", "content-length", "host", "server", "date"}


@dataclass
class Message:
    headers: Headers
    body: bytes
    status: int = 0

    def with_header(self, name: str, value: str) -> "Message":
        return replace(self, headers=[(n, value if n.lower() == name else v) for n, v in self.headers])

    def header(self, name: str) -> str:
        return next(value for known, value in self.headers if known.lower() == name)


def unchanged(message: Message) -> Message:
    return message


class _Server(socketserver.ThreadingMixIn, HTTPServer):
    daemon_threads = True

    def handle_error(self, *_arguments: Any) -> None:
        pass


@dataclass
class Middleman:
    """Stands at the address of ``provider``; ``consumer``'s keys open the way on."""

    country: Country
    consumer: str
    provider: str
    bend_question: Callable[[Message], Message] = unchanged
    bend_answer: Callable[[Message], Message] = unchanged
    sends_twice: bool = False
    port: int = field(default_factory=free_port)
    server: _Server | None = None

    def __enter__(self) -> "Middleman":
        middleman = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                heard = Message([(n, v) for n, v in self.headers.items() if n.lower() not in _OWN], body)
                answer = middleman.pass_on(self.path, heard)
                self.send_response_only(answer.status)
                for name, value in answer.headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(answer.body)
                self.close_connection = True

            def log_message(self, *_arguments: Any) -> None:
                pass

        folder = self.country.institutions[self.provider].folder
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "tls.pem", folder / "tls.key")
        self.server = _Server(("127.0.0.1", self.port), Handler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        self._stand_at(self.port)
        return self

    def __exit__(self, *_error: object) -> None:
        self._stand_at(self.country.institutions[self.provider].port)
        assert self.server is not None
        self.server.shutdown()
        self.server.server_close()

    def _stand_at(self, port: int) -> None:
        members = tuple(
            replace(each, address=f"127.0.0.1:{port}") if each.id == member_id(self.provider) else each
            for each in self.country.members()
        )
        self.country.publish(members=members)
        self.country.wait_for_directory(self.consumer, self.provider)

    def pass_on(self, path: str, heard: Message) -> Message:
        bent = self.bend_question(heard)
        answer = self._send(path, bent)
        if self.sends_twice:
            answer = self._send(path, bent)
        return self.bend_answer(answer)

    def _send(self, path: str, message: Message) -> Message:
        folder = self.country.institutions[self.consumer].folder
        context = ssl.create_default_context(cafile=str(self.country.folder / "root.pem"))
        context.load_cert_chain(folder / "tls.pem", folder / "tls.key")
        port = self.country.institutions[self.provider].port
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=5, context=context)
        try:
            connection.request("POST", path, message.body, dict(message.headers))
            response = connection.getresponse()
            headers = [(n, v) for n, v in response.getheaders() if n.lower() not in _OWN]
            return Message(headers, response.read(), response.status)
        finally:
            connection.close()
