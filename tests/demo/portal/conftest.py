"""The first page of the demonstration, a real live program behind it, the bridge as a test wants it."""

import asyncio
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingUnixStreamServer

import pytest
from django.core.cache import cache
from django.test import Client

from live.events import line
from mostovi.demo.portal.values import Plugs
from mostovi.kernel.institutions import list_on_the_bridge
from mostovi.live.program import Options, running
from mostovi.live.rules import read_event

EVERYBODY = frozenset(institution.code for institution in list_on_the_bridge())
BRCKO = "brcko-registrar"


@pytest.fixture(autouse=True)
def demonstration(settings):
    settings.ROOT_URLCONF = "mostovi.demo.urls"
    settings.DEMONSTRATION = True
    settings.DEMONSTRATION_SHOES_URL = "/"
    yield
    cache.clear()


@pytest.fixture
def page(db):
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def stand():
    """``stand(unplugged={...})``: who answers and who was unplugged, as if just asked."""

    def put(unplugged=frozenset(), silent=frozenset()):
        plugs = Plugs(EVERYBODY - unplugged - silent, frozenset(unplugged))
        cache.set("demo_portal.plugs", plugs, 60)

    put()
    return put


@pytest.fixture
def live(tmp_path, monkeypatch, stand):
    """A real live program; ``live(consumer=…, …)`` publishes an event and returns its number."""
    monkeypatch.setenv("MOSTOVI_LIVE_LISTEN", f"unix:{tmp_path}/live")
    monkeypatch.setenv("MOSTOVI_LIVE_SECRET", "only-for-tests")
    options = Options(
        secret="only-for-tests", listen=f"unix:{tmp_path}/live", publish_socket=tmp_path / "publish",
        state=tmp_path / "ring",
    )  # fmt: skip
    with _in_a_thread(options) as (loop, program):

        def tell(**changes):
            async def add():
                return program.ring.add([read_event(line(**changes))])[0].number

            return asyncio.run_coroutine_threadsafe(add(), loop).result(5)

        yield tell


@contextmanager
def _in_a_thread(options):
    loop, ready, started = asyncio.new_event_loop(), threading.Event(), []
    stop = asyncio.Event()

    async def serve():
        async with running(options) as program:
            started.append(program)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(10)
    try:
        yield loop, started[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()


class Supervisor:
    """Answers as the demonstration's supervisor does, and remembers what it was asked."""

    def __init__(self):
        self.asked, self.unplugged, self.status = [], set(), 200

    def answer(self, method, path):
        self.asked.append(f"{method} {path}")
        verb, _, member = path.strip("/").partition("/")
        if verb == "unplug":
            self.unplugged.add(member)
        if verb == "plug":
            self.unplugged.discard(member)
        states = [
            {"member": code, "state": "unplugged" if code in self.unplugged else "running"}
            for code in EVERYBODY
        ]
        return {"programs": [{"member": None, "state": "running"}, *states]}


@pytest.fixture
def supervisor(tmp_path, monkeypatch):
    made = Supervisor()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = json.dumps(made.answer(self.command, self.path)).encode()
            self.send_response(made.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 - the standard library calls it so

        def log_message(self, *_):
            pass

        def address_string(self):
            return "unix"

    server = ThreadingUnixStreamServer(str(tmp_path / "control"), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    monkeypatch.setenv("MOSTOVI_DEMO_CONTROL", str(tmp_path / "control"))
    yield made
    server.shutdown()
    server.server_close()
    thread.join(5)
