"""Live, running on sockets in a temporary folder, and a browser's way of reading it."""

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from mostovi.kernel.tickets import sign_ticket
from mostovi.live.endpoints import Pace
from mostovi.live.program import Options, running

SECRET = "a secret of the test"


def a_ticket(topic="bridge", *, secret=SECRET, seconds=60):
    return sign_ticket(secret, topic, datetime.now(UTC) + timedelta(seconds=seconds))


class Browser:
    """Reads server-sent events as a browser does: blocks of `name: value` lines."""

    def __init__(self, session, publish_socket):
        self.session = session
        self.publish_socket = publish_socket

    async def get(self, path, **query):
        async with self.session.get(f"http://live{path}", params={"ticket": a_ticket(), **query}) as response:
            return response.status, await response.json(content_type=None)

    @asynccontextmanager
    async def listening(self, *, last=None, **query):
        headers = {} if last is None else {"Last-Event-ID": str(last)}
        query = {"ticket": a_ticket(query.get("topic", "bridge")), **query}
        async with self.session.get("http://live/live/events", params=query, headers=headers) as response:
            assert response.status == 200, await response.text()
            assert response.headers["Content-Type"] == "text/event-stream; charset=utf-8"
            yield Frames(response)

    async def publish(self, *lines):
        _, writer = await asyncio.open_unix_connection(self.publish_socket)
        writer.writelines(lines)
        await writer.drain()
        writer.close()
        await writer.wait_closed()


class Frames:
    def __init__(self, response):
        self.response = response

    async def next_block(self):
        block = await asyncio.wait_for(self.response.content.readuntil(b"\n\n"), 5)
        return block.decode().strip()

    async def next_event(self):
        """The next named event as (name, id, data), passing over comments and `retry`."""
        while not (block := await self.next_block()).startswith("id:"):
            assert block.startswith((":", "retry:")), block
        fields = dict(part.split(": ", 1) for part in block.splitlines())
        return fields["event"], int(fields["id"]), json.loads(fields["data"])


@pytest.fixture
def live(tmp_path):
    """`async with live() as (program, browser)`; the same folder each time, so a second call is a restart."""

    @asynccontextmanager
    async def start(**changes):
        pace = Pace(**changes.pop("pace", {}))
        options = Options(
            secret=SECRET, listen=f"unix:{tmp_path}/listen", publish_socket=tmp_path / "publish",
            state=tmp_path / "state" / "ring", pace=pace, **changes,
        )  # fmt: skip
        async with running(options) as program:
            connector = aiohttp.UnixConnector(f"{tmp_path}/listen", limit=0)
            async with aiohttp.ClientSession(connector=connector) as session:
                yield program, Browser(session, tmp_path / "publish")

    return start
