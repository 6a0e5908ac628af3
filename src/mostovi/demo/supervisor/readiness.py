"""Sees that programs answer."""

import asyncio
from collections.abc import Sequence

import aiohttp

from mostovi.demo.supervisor.processes import Keeper
from mostovi.demo.supervisor.values import Probe

_ASK_EVERY_SECONDS = 0.1
_ONE_ANSWER_SECONDS = 5.0


class NotReady(SystemExit):
    """Stops the command with a sentence that says which program does not answer and where it wrote why."""


async def answers(probe: Probe) -> bool:
    connector = aiohttp.UnixConnector(str(probe.socket)) if probe.socket else aiohttp.TCPConnector()
    timeout = aiohttp.ClientTimeout(total=_ONE_ANSWER_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(connector=connector, timeout=timeout) as session,
            session.get(probe.url, allow_redirects=False) as response,
        ):
            return response.status < 500
    except (aiohttp.ClientError, TimeoutError, OSError):
        return False


async def wait_for_all(keepers: Sequence[Keeper], *, seconds: float) -> None:
    """Wait until every program answers; raises NotReady after so many seconds."""
    waiting = [asyncio.create_task(_wait_for(keeper)) for keeper in keepers]
    _, late = await asyncio.wait(waiting, timeout=seconds)
    for task in late:
        task.cancel()
    if late:
        silent = next(keeper for keeper, task in zip(keepers, waiting, strict=True) if task in late)
        raise NotReady(f"{silent.program.name} does not answer. It wrote why to {silent.log}.")


async def _wait_for(keeper: Keeper) -> None:
    while not await _is_up(keeper):  # noqa: ASYNC110 - another process cannot set our event
        await asyncio.sleep(_ASK_EVERY_SECONDS)
    keeper.answers()


async def _is_up(keeper: Keeper) -> bool:
    """A program without an address is up when its process is."""
    if keeper.program.probe is None:
        return keeper.status().process is not None
    return await answers(keeper.program.probe)


async def watch(keepers: Sequence[Keeper], *, every_seconds: float = 2.0) -> None:
    """Notice when a restarted or plugged program answers again. Runs until cancelled."""
    while True:
        for keeper in keepers:
            if keeper.state == "starting" and await _is_up(keeper):
                keeper.answers()
        await asyncio.sleep(every_seconds)
