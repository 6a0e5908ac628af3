"""What browsers and the portal ask of live: the stream, the last events, and whether it is well."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from mostovi.kernel import clock
from mostovi.kernel.errors import Refusal
from mostovi.kernel.tickets import check_ticket
from mostovi.live.publishing import Publishing
from mostovi.live.readers import Reader, Readers, resync_frame
from mostovi.live.ring import Ring
from mostovi.live.rules import check_topic
from mostovi.live.values import BRIDGE

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Pace:
    """How patient live is. All in seconds."""

    heartbeat_seconds: float = 15
    write_seconds: float = 20
    longest_stream_seconds: float = 900
    retry_seconds: float = 3


@dataclass(frozen=True)
class Live:
    """All that the endpoints share."""

    secret: str
    ring: Ring
    readers: Readers
    publishing: Publishing
    pace: Pace


LIVE = web.AppKey("live", Live)


def make_application(live: Live) -> web.Application:
    application = web.Application(middlewares=[refusals_as_problems])
    application[LIVE] = live
    application.router.add_get("/live/events", stream_events)
    application.router.add_get("/live/recent", list_recent)
    application.router.add_get("/live/health", show_health)
    return application


@web.middleware
async def refusals_as_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Refusal as refusal:
        problem = {"code": refusal.code, "title": refusal.sentence(), "status": refusal.status}
        return web.json_response(problem, status=refusal.status, content_type="application/problem+json")


async def show_health(request: web.Request) -> web.Response:
    """``{"status": "ok", "readers", "newest", "refused", "dropped"}``; needs no ticket, tells no event."""
    live = request.app[LIVE]
    counts = {"readers": len(live.readers), "newest": live.ring.newest}
    counts |= {"refused": live.publishing.refused, "dropped": live.readers.dropped}
    return web.json_response({"status": "ok", **counts})


async def list_recent(request: web.Request) -> web.Response:
    """``{"events": […], "newest": number}``, newest first. Query: topic, ticket, limit (1–100, else 20)."""
    live = request.app[LIVE]
    topic = _admitted_topic(request)
    asked = request.query.get("limit", "")
    limit = min(max(int(asked), 1), 100) if asked.isdecimal() and len(asked) < 4 else 20
    events = [numbered.to_json() for numbered in live.ring.recent(limit, topic)]
    return web.json_response({"events": events, "newest": live.ring.newest})


async def stream_events(request: web.Request) -> web.StreamResponse:
    """Server-sent events (WHATWG HTML, section 9.2). Query: topic, ticket, after (else header Last-Event-ID).

    Events: ``ready`` (listening from here), ``message`` (one event), ``resync`` (some were missed: load
    the list).
    """
    live = request.app[LIVE]
    topic = _admitted_topic(request)
    reader = live.readers.admit(topic)
    try:
        missed = _missed_frames(live, topic, request)
        response = await _open_stream(request, live.pace)
        await _write(request, response, missed, live.pace)
        await _follow(request, response, reader, live.pace)
    finally:
        live.readers.release(reader)
    return response


def _admitted_topic(request: web.Request) -> str:
    topic = request.query.get("topic", BRIDGE)
    check_topic(topic)
    check_ticket(request.app[LIVE].secret, request.query.get("ticket", ""), topic, clock.now())
    return topic


def _missed_frames(live: Live, topic: str, request: web.Request) -> bytes:
    newest = live.ring.newest
    last = request.headers.get("Last-Event-ID") or request.query.get("after")
    if last is None:
        return f"id: {newest}\nevent: ready\ndata: {{}}\n\n".encode()
    missed = live.ring.since(int(last), topic) if last.isdecimal() and len(last) < 19 else None
    if missed is None:
        return resync_frame(newest)
    return b"".join(numbered.frame() for numbered in missed) or b": nothing missed\n\n"


async def _open_stream(request: web.Request, pace: Pace) -> web.StreamResponse:
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"}
    response = web.StreamResponse(headers=headers)
    response.content_type = "text/event-stream"
    response.charset = "utf-8"
    await response.prepare(request)
    await _write(request, response, f"retry: {pace.retry_seconds * 1000:.0f}\n\n".encode(), pace)
    return response


async def _follow(request: web.Request, response: web.StreamResponse, reader: Reader, pace: Pace) -> None:
    """Until the reader leaves, is let go, or has listened so long that a new ticket is due."""
    ends_at = asyncio.get_running_loop().time() + pace.longest_stream_seconds
    while not reader.is_over and asyncio.get_running_loop().time() < ends_at:
        frame = await reader.next_frame(heartbeat_seconds=pace.heartbeat_seconds)
        await _write(request, response, frame, pace)


async def _write(request: web.Request, response: web.StreamResponse, frame: bytes, pace: Pace) -> None:
    try:
        async with asyncio.timeout(pace.write_seconds):
            await response.write(frame)
    except TimeoutError:
        if request.transport is not None:
            request.transport.abort()
        raise ConnectionResetError from None
