"""The supervisor's control socket, for the pages of the demonstration: unplug, plug, programs, reset."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from mostovi.demo.supervisor.memory import total_memory
from mostovi.demo.supervisor.processes import Keeper


@dataclass(frozen=True)
class Control:
    keepers: Sequence[Keeper]
    reset: Callable[[], Awaitable[None]]

    async def programs(self, _request: web.Request) -> web.Response:
        """Every program with its state, and the memory of all together in bytes."""
        statuses = [keeper.status() for keeper in self.keepers]
        processes = [status.process for status in statuses if status.process]
        return web.json_response(
            {
                "programs": [status.as_json() for status in statuses],
                "memory_bytes": total_memory(processes),
            }
        )

    async def unplug(self, request: web.Request) -> web.Response:
        """Stop the gateway of a member; nothing else of it."""
        keeper = self._gateway_of(request.match_info["member"])
        await keeper.unplug()
        return web.json_response(keeper.status().as_json())

    async def plug(self, request: web.Request) -> web.Response:
        keeper = self._gateway_of(request.match_info["member"])
        keeper.plug()
        return web.json_response(keeper.status().as_json())

    async def begin_again(self, _request: web.Request) -> web.Response:
        await self.reset()
        return web.json_response({"resetting": True}, status=202)

    def _gateway_of(self, member: str) -> Keeper:
        for keeper in self.keepers:
            if keeper.program.member == member:
                return keeper
        raise web.HTTPNotFound(text="There is no such member.")


async def open_control(control: Control, socket: Path) -> web.AppRunner:
    """Listen for the owner of the demonstration only."""
    application = web.Application()
    application.add_routes(
        [
            web.get("/programs", control.programs),
            web.post("/unplug/{member}", control.unplug),
            web.post("/plug/{member}", control.plug),
            web.post("/reset", control.begin_again),
        ]
    )
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    await runner.setup()
    # Its folder lets in its owner only (layout.py), so nobody else can knock.
    await web.UnixSite(runner, str(socket)).start()
    return runner
