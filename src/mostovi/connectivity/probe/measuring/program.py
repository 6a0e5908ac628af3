"""One look, or looks at random times for as long as the program runs."""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import urlsplit

from mostovi.connectivity.probe.measuring.client import NotMeasured, measure
from mostovi.connectivity.probe.measuring.diary import CHECK, MEASUREMENT, Diary
from mostovi.connectivity.probe.measuring.echo import find_router, send_echoes
from mostovi.connectivity.probe.measuring.payloads import SOURCE, check_payload, measurement_payload
from mostovi.connectivity.probe.measuring.reporting import send_diary
from mostovi.connectivity.probe.measuring.rules import find_cause, seconds_to_next_test
from mostovi.connectivity.probe.measuring.surroundings import find_gateway, is_wireless
from mostovi.connectivity.probe.measuring.values import Cause, Echo, Half, Observation
from mostovi.connectivity.probe.measuring.words import describe, describe_report
from mostovi.connectivity.probe.ndt7.values import Direction
from mostovi.kernel import clock

_FIRST_HOP = 2


@dataclass(frozen=True)
class Task:
    """``server`` is ws:// or wss://, ``report`` http:// or https://; an empty one sends nothing."""

    server: str
    school: str
    country: str
    report: str
    diary: Path
    token: str = field(repr=False, default="")
    contracted_kbps: float | None = None
    once: bool = False
    seconds: float = 10.0


async def run(task: Task, say: Callable[[str], None]) -> Cause:
    """Looks once, or for ever at random times. The cause of the last look. Raises sqlite3.Error."""
    diary = Diary(task.diary)
    try:
        while True:
            cause = await _look_and_report(task, diary, say)
            if task.once:
                return cause
            seconds = seconds_to_next_test(random.expovariate(1))
            say(f"The next measurement is in {seconds / 60:.0f} minutes.")
            await asyncio.sleep(seconds)
    finally:
        diary.close()


async def _look_and_report(task: Task, diary: Diary, say: Callable[[str], None]) -> Cause:
    at = clock.now()
    seen, error = await look(task, await _find_router(task, diary))
    cause = find_cause(seen)
    is_measured = bool(seen.download or seen.upload)
    is_connected = is_measured or not (seen.server is None or seen.server.is_silent)
    check = check_payload(school=task.school, is_connected=is_connected, error=error, at=at)
    diary.keep(CHECK, check, at)
    if is_measured:
        payload = measurement_payload(
            seen, cause, school=task.school, country=task.country, version=_version(), at=at
        )
        diary.keep(MEASUREMENT, payload, at)
    say(describe(seen, cause))
    if task.report:
        say(describe_report(await send_diary(diary, task.report, task.school, task.token)))
    return cause


async def look(task: Task, router: str | None = None) -> tuple[Observation, str]:
    """What is found now, and the error's text when the speed could not be measured.

    ``router`` is the provider's first, if it is known.
    """
    gateway = find_gateway()
    host = urlsplit(task.server).hostname or ""
    near, first, far = await asyncio.gather(
        _echo(gateway.address if gateway else None), _echo(router if gateway else None), _echo(host)
    )
    download, error = await _test(task, Direction.DOWNLOAD)
    upload, error_of_upload = await _test(task, Direction.UPLOAD)
    seen = Observation(
        has_gateway=gateway is not None or host in {"localhost", "127.0.0.1"},
        is_wireless=is_wireless(gateway.interface) if gateway is not None else None,
        gateway=near,
        first_hop=first,
        server=far,
        download=download,
        upload=upload,
        contracted_kbps=task.contracted_kbps,
    )
    return seen, error or error_of_upload


async def _echo(host: str | None) -> Echo | None:
    """None also when the host's name cannot be resolved."""
    if not host:
        return None
    with suppress(OSError):
        return await asyncio.to_thread(send_echoes, host)
    return None


async def _find_router(task: Task, diary: Diary) -> str | None:
    """The provider's first router: found now, or as it was found before."""
    host = urlsplit(task.server).hostname or ""
    found = None
    with suppress(OSError):
        found = await asyncio.to_thread(find_router, host, _FIRST_HOP)
    if found is None:
        return diary.router()
    diary.remember_router(found)
    return found


async def _test(task: Task, direction: Direction) -> tuple[Half | None, str]:
    metadata = {"client_name": SOURCE, "client_version": _version(), "school": task.school}
    try:
        return await measure(task.server, direction, metadata, task.seconds), ""
    except NotMeasured as error:
        return None, str(error)


def _version() -> str:
    try:
        return version("mostovi")
    except PackageNotFoundError:
        return "0.1.0"
