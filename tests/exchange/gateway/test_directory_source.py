"""The signed directory may come from a file, an address or a socket; its signature is what counts."""

import asyncio
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from exchange.bridge_fixture import TUZLA, Country
from mostovi.exchange.gateway.configuration import load
from mostovi.exchange.gateway.keys import load_keys
from mostovi.exchange.gateway.trust import Trust


def handler_of(status: int, body: bytes) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def address_string(self) -> str:
            return "a gateway"

        def log_message(self, *_args: object) -> None:
            pass

    return Handler


class SocketServer(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def serial_from(country: Country, source: str) -> int | None:
    """What the gateway of Tuzla knows after it has asked this source once."""
    institution = country.institutions[TUZLA]
    country.configure(institution, directory={"source": source, "cache": "kept.json", "refresh_seconds": 60})
    configuration = load(institution.folder / "gateway.json")
    trust = Trust(configuration, load_keys(configuration).root)
    asyncio.run(trust.refresh())
    return trust.directory.serial if trust.directory else None


@pytest.fixture
def country(tmp_path: Path) -> Country:
    return Country(tmp_path)


def published(country: Country) -> bytes:
    return (country.folder / "directory.json").read_bytes()


def test_the_directory_is_fetched_from_an_address(country: Country) -> None:
    server = HTTPServer(("127.0.0.1", 0), handler_of(200, published(country)))
    with serving(server):
        assert serial_from(country, f"http://127.0.0.1:{server.server_port}/directory.json") == country.serial


def test_the_directory_is_fetched_from_a_socket(country: Country) -> None:
    path = country.folder / "directory.sock"
    with serving(SocketServer(str(path), handler_of(200, published(country)))):
        assert serial_from(country, f"unix:{path}") == country.serial


@pytest.mark.parametrize(("status", "body"), [(500, b"{}"), (200, b"{}"), (200, b"")])
def test_an_address_that_has_no_directory_changes_nothing(country: Country, status: int, body: bytes) -> None:
    server = HTTPServer(("127.0.0.1", 0), handler_of(status, body))
    with serving(server):
        assert serial_from(country, f"http://127.0.0.1:{server.server_port}/") is None


def test_an_address_where_nobody_is_changes_nothing(country: Country) -> None:
    assert serial_from(country, f"unix:{country.folder}/nobody.sock") is None
