"""Where measurements arrive: Giga Meter's addresses and payloads, answered only when all is on the disk."""

import asyncio
import hmac
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web

from mostovi.connectivity.probe.arrivals import Door, shift_of
from mostovi.connectivity.probe.doors import Doorkeeper, Handler
from mostovi.connectivity.probe.ndt7.server import Ndt7Server
from mostovi.connectivity.probe.store.committer import Committer, NotWritten, Overloaded
from mostovi.connectivity.probe.values import Arrival, Aside, Outcome
from mostovi.kernel import clock

_MEASUREMENT_BYTES = 1 << 18
_BATCH_BYTES = 1 << 25
_PARSED_AT_ONCE_BYTES = 1 << 18
_SLICE = 500
_LARGE_BATCHES = 2
_CLIENT_FILES = Path(__file__).with_name("static") / "ndt7"


@dataclass(frozen=True)
class Probe:
    """All that the endpoints share. ``tokens``: who may report; empty, everybody may."""

    door: Door
    committer: Committer
    ndt7: Ndt7Server
    tokens: tuple[str, ...] = field(repr=False, default=())
    ndt7_url: str = ""
    body_seconds: float = 60
    large: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_LARGE_BATCHES))


PROBE = web.AppKey("probe", Probe)


def make_application(probe: Probe, keeper: Doorkeeper) -> web.Application:
    middlewares = [keeper.middleware(), answer_refusals]
    application = web.Application(middlewares=middlewares, client_max_size=_BATCH_BYTES)
    application[PROBE] = probe
    router = application.router
    router.add_post("/api/v1/measurements", take_measurement)
    router.add_post("/api/v1/connectivity", take_check)
    router.add_post("/api/v1/connectivity/{school}", take_checks)
    router.add_get("/v2/nearest/ndt/ndt7", locate)
    router.add_get("/health", show_health)
    if _CLIENT_FILES.is_dir():
        router.add_static("/ndt7/", _CLIENT_FILES)
    return application


class Refused(Exception):
    """Nothing of the request was kept."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


@web.middleware
async def answer_refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Refused as refused:
        return _answer(refused.status, message=str(refused))
    except Overloaded:
        return _later("Very many measurements arrive at once. Send it again later.")
    except NotWritten:
        return _later("The measurement could not be written to the disk. Send it again later.")
    except web.HTTPRequestEntityTooLarge:
        return _answer(413, message="The request is too large. Send fewer records at once.")


async def take_measurement(request: web.Request) -> web.Response:
    """``POST /api/v1/measurements``: one speed test. 201 when kept, also when it was kept before."""
    probe = _admitted(request)
    payload = await _read_json(request, _MEASUREMENT_BYTES)
    if not isinstance(payload, dict):
        raise Refused(400, "A measurement is a JSON object.")
    arrival = probe.door.measurement(payload, _now())
    return _answer_for([arrival], await probe.committer.commit([arrival]))


async def take_check(request: web.Request) -> web.Response:
    """``POST /api/v1/connectivity``: one look for a connection, of the school that it names."""
    payload = await _read_json(request, _MEASUREMENT_BYTES)
    if not isinstance(payload, dict):
        raise Refused(400, "A connectivity check is a JSON object.")
    return await _take_checks(_admitted(request), [payload], str(payload.get("giga_id_school")))


async def take_checks(request: web.Request) -> web.Response:
    """``POST /api/v1/connectivity/{id}``: ``{"records": […]}``, as many as a client kept while offline."""
    probe = _admitted(request)
    payload = await _read_json(request, _BATCH_BYTES)
    records = payload.get("records") if isinstance(payload, dict) else None
    if not isinstance(records, list):
        raise Refused(400, 'Connectivity checks come as {"records": […]}.')
    return await _take_checks(probe, records, request.match_info["school"])


async def _take_checks(probe: Probe, records: Sequence[Any], school: str) -> web.Response:
    received_at = _now()
    shift = shift_of(records, received_at)
    arrivals: list[Arrival] = []
    outcomes: list[Outcome] = []
    for start in range(0, len(records), _SLICE):
        part = probe.door.checks(records[start : start + _SLICE], school, shift, received_at)
        outcomes += await probe.committer.commit(part)
        arrivals += part
    return _answer_for(arrivals, outcomes)


async def locate(request: web.Request) -> web.Response:
    """Where to measure, in the form of M-Lab's locate service, so that its clients find our server."""
    url = request.app[PROBE].ndt7_url
    scheme = url.partition(":")[0]
    urls = {f"{scheme}:///ndt/v7/{test}": f"{url}/ndt/v7/{test}" for test in ("download", "upload")}
    body = orjson.dumps({"results": [{"machine": url.partition("://")[2], "urls": urls}]})
    headers = {"Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*"}
    return web.Response(body=body, content_type="application/json", headers=headers)


async def show_health(request: web.Request) -> web.Response:
    probe = request.app[PROBE]
    ndt7 = probe.ndt7
    told = {"newest": probe.committer.newest, "waiting": probe.committer.waiting}
    told |= {"tests": len(ndt7.testing), "connections": len(ndt7.open), "turned_away": ndt7.refused}
    return _answer(200, data=told)


def _admitted(request: web.Request) -> Probe:
    probe = request.app[PROBE]
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    if probe.tokens and not any(hmac.compare_digest(given, token.encode()) for token in probe.tokens):
        raise Refused(401, "The key in the header Authorization is not known here.")
    return probe


async def _read_json(request: web.Request, most: int) -> Any:
    if (request.content_length or 0) > most:
        raise Refused(413, "The request is too large. Send fewer records at once.")
    probe = request.app[PROBE]
    if (request.content_length or most) <= _PARSED_AT_ONCE_BYTES:
        return await _parse(await _read(request, probe.body_seconds))
    async with probe.large:
        return await _parse(await _read(request, 4 * probe.body_seconds))


async def _read(request: web.Request, seconds: float) -> bytes:
    if request.content.is_eof():
        return await request.read()
    try:
        async with asyncio.timeout(seconds):
            return await request.read()
    except TimeoutError as error:
        raise Refused(408, "The request took too long to arrive.") from error


async def _parse(body: bytes) -> Any:
    try:
        if len(body) > _PARSED_AT_ONCE_BYTES:
            return await asyncio.to_thread(orjson.loads, body)
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Refused(400, "The request is not JSON in UTF-8.") from error


def _answer_for(arrivals: Sequence[Arrival], outcomes: Sequence[Outcome]) -> web.Response:
    """Giga Meter's answer: 201, or 400 with the reason when nothing is counted."""
    counts = Counter(outcomes)
    reasons = Counter(
        arrival.item.reason
        for arrival, outcome in zip(arrivals, outcomes, strict=True)
        if outcome is Outcome.ASIDE and isinstance(arrival.item, Aside)
    )
    data = {str(name): count for name, count in counts.items()}
    told = {"reasons": {str(reason): count for reason, count in reasons.items()}} if reasons else {}
    if outcomes and counts[Outcome.ASIDE] == len(outcomes) and reasons:
        return _answer(400, {**data, **told}, f"Failed to add measurement with error: {', '.join(reasons)}")
    return _answer(201, {**data, **told}, "success")


def _answer(status: int, data: dict[str, Any] | None = None, message: str = "") -> web.Response:
    now: datetime = clock.now()
    envelope = {"success": status < 400, "data": data or {}, "timestamp": now, "message": message}
    return web.Response(status=status, body=orjson.dumps(envelope), content_type="application/json")


def _later(message: str) -> web.Response:
    answer = _answer(503, message=message)
    answer.headers["Retry-After"] = "30"
    return answer


def _now() -> int:
    return int(clock.now().timestamp() * 1_000)
