"""Where measurements arrive: Giga Meter's addresses and payloads, answered only when all is on the disk."""

import asyncio
import hmac
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson

from mostovi.connectivity.probe.arrivals import Door, shift_of
from mostovi.connectivity.probe.ndt7.server import Ndt7Server
from mostovi.connectivity.probe.store.committer import Committer, NotWritten, Overloaded
from mostovi.connectivity.probe.values import Arrival, Aside, Outcome
from mostovi.connectivity.probe.wire import Answer, Request
from mostovi.kernel import clock

_MEASUREMENT_BYTES = 1 << 18
_BATCH_BYTES = 1 << 25
_PARSED_AT_ONCE_BYTES = 1 << 18
_SLICE = 500
_MEASUREMENTS = "/api/v1/measurements"
_CHECKS = "/api/v1/connectivity"
_CLIENT = "/ndt7/"
_CLIENT_FOLDER = Path(__file__).with_name("static") / "ndt7"
_CLIENT_FILES = {path.name: path.read_bytes() for path in _CLIENT_FOLDER.glob("*.js")}

_REFUSALS = {
    400: "The request is not HTTP as we know it.",
    413: "The request is too large. Send fewer records at once.",
    431: "The request's headers are too large.",
    503: "Very many measurements arrive at once. Send it again later.",
}


class Refused(Exception):
    """Nothing of the request was kept."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


@dataclass(frozen=True)
class Probe:
    """All that the endpoints share. ``tokens``: who may report; empty, everybody may."""

    door: Door
    committer: Committer
    ndt7: Ndt7Server
    tokens: tuple[str, ...] = field(repr=False, default=())
    ndt7_url: str = ""

    async def answer(self, request: Request) -> Answer:
        """The answer to any request; never raises."""
        try:
            return await find_endpoint(request)(self, request)
        except Refused as refused:
            return _answer(refused.status, message=str(refused))
        except Overloaded:
            return refuse(503)
        except NotWritten:
            return _later("The measurement could not be written to the disk. Send it again later.")


Endpoint = Callable[[Probe, Request], Awaitable[Answer]]


def most_body_bytes(path: str) -> int:
    return _BATCH_BYTES if path.startswith(f"{_CHECKS}/") else _MEASUREMENT_BYTES


def refuse(status: int) -> Answer:
    """The answer to what never became a request, or came when there was no room for it."""
    return _later(_REFUSALS[503]) if status == 503 else _answer(status, message=_REFUSALS[status])


def find_endpoint(request: Request) -> Endpoint:
    """Raises Refused."""
    method, path = request.method, request.path
    if path.startswith(f"{_CHECKS}/"):
        path = f"{_CHECKS}/"
    elif path.startswith(_CLIENT):
        path = _CLIENT
    endpoint = _ENDPOINTS.get((method, path))
    if endpoint is not None:
        return endpoint
    known = any(path == each for _, each in _ENDPOINTS)
    raise Refused(405 if known else 404, "There is nothing at this address.")


async def take_measurement(probe: Probe, request: Request) -> Answer:
    """``POST /api/v1/measurements``: one speed test. 201 when kept, also when it was kept before."""
    check_token(probe, request)
    payload = await _parse(request.body)
    if not isinstance(payload, dict):
        raise Refused(400, "A measurement is a JSON object.")
    arrival = probe.door.measurement(payload, _now())
    return _answer_for([arrival], await probe.committer.commit([arrival]))


async def take_check(probe: Probe, request: Request) -> Answer:
    """``POST /api/v1/connectivity``: one look for a connection, of the school that it names."""
    check_token(probe, request)
    payload = await _parse(request.body)
    if not isinstance(payload, dict):
        raise Refused(400, "A connectivity check is a JSON object.")
    return await _take_checks(probe, [payload], str(payload.get("giga_id_school")))


async def take_checks(probe: Probe, request: Request) -> Answer:
    """``POST /api/v1/connectivity/{id}``: ``{"records": […]}``, as many as a client kept while offline."""
    check_token(probe, request)
    payload = await _parse(request.body)
    records = payload.get("records") if isinstance(payload, dict) else None
    if not isinstance(records, list):
        raise Refused(400, 'Connectivity checks come as {"records": […]}.')
    return await _take_checks(probe, records, request.path.removeprefix(f"{_CHECKS}/"))


async def _take_checks(probe: Probe, records: Sequence[Any], school: str) -> Answer:
    received_at = _now()
    shift = shift_of(records, received_at)
    arrivals: list[Arrival] = []
    outcomes: list[Outcome] = []
    for start in range(0, len(records), _SLICE):
        part = probe.door.checks(records[start : start + _SLICE], school, shift, received_at)
        outcomes += await probe.committer.commit(part)
        arrivals += part
    return _answer_for(arrivals, outcomes)


async def locate(probe: Probe, _: Request) -> Answer:
    """Where to measure, in the form of M-Lab's locate service, so that its clients find our server."""
    url = probe.ndt7_url
    scheme = url.partition(":")[0]
    urls = {f"{scheme}:///ndt/v7/{test}": f"{url}/ndt/v7/{test}" for test in ("download", "upload")}
    body = orjson.dumps({"results": [{"machine": url.partition("://")[2], "urls": urls}]})
    return Answer(200, body, headers={"Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*"})


async def show_health(probe: Probe, _: Request) -> Answer:
    ndt7 = probe.ndt7
    told = {"newest": probe.committer.newest, "waiting": probe.committer.waiting}
    told |= {"tests": len(ndt7.testing), "connections": len(ndt7.open), "turned_away": ndt7.refused}
    return _answer(200, data=told)


async def show_client(_: Probe, request: Request) -> Answer:
    """M-Lab's own client for browsers."""
    file = _CLIENT_FILES.get(request.path.removeprefix(_CLIENT))
    if file is None:
        raise Refused(404, "There is nothing at this address.")
    return Answer(200, file, "text/javascript; charset=utf-8", {"X-Content-Type-Options": "nosniff"})


_ENDPOINTS: dict[tuple[str, str], Endpoint] = {
    ("POST", _MEASUREMENTS): take_measurement,
    ("POST", _CHECKS): take_check,
    ("POST", f"{_CHECKS}/"): take_checks,
    ("GET", "/v2/nearest/ndt/ndt7"): locate,
    ("GET", "/health"): show_health,
    ("GET", _CLIENT): show_client,
}


def check_token(probe: Probe, request: Request) -> None:
    given = request.headers.get("authorization", "").removeprefix("Bearer ").encode("latin-1")
    if probe.tokens and not any(hmac.compare_digest(given, token.encode()) for token in probe.tokens):
        raise Refused(401, "The key in the header Authorization is not known here.")


async def _parse(body: bytes) -> Any:
    try:
        if len(body) > _PARSED_AT_ONCE_BYTES:
            return await asyncio.to_thread(orjson.loads, body)
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Refused(400, "The request is not JSON in UTF-8.") from error


def _answer_for(arrivals: Sequence[Arrival], outcomes: Sequence[Outcome]) -> Answer:
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


def _answer(status: int, data: dict[str, Any] | None = None, message: str = "") -> Answer:
    envelope = {"success": status < 400, "data": data or {}, "timestamp": clock.now(), "message": message}
    return Answer(status, orjson.dumps(envelope))


def _later(message: str) -> Answer:
    return replace(_answer(503, message=message), headers={"Retry-After": "30"})


def _now() -> int:
    return int(clock.now().timestamp() * 1_000)
