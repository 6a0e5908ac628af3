"""Programs are kept running, restarted, unplugged and stopped; none is left behind."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import ClientSession, UnixConnector
from hypothesis import given
from hypothesis import strategies as st

from mostovi.demo.supervisor.control import Control, open_control
from mostovi.demo.supervisor.layout import lay_out, make_secrets, write_secret
from mostovi.demo.supervisor.memory import proportional_set_size, total_memory
from mostovi.demo.supervisor.processes import Keeper, pause_before_restart
from mostovi.demo.supervisor.readiness import NotReady, wait_for_all
from mostovi.demo.supervisor.values import Probe, Program

SLEEPER = (sys.executable, "-c", "import time; print('hello', flush=True); time.sleep(600)")
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
STUBBORN = (sys.executable, "-c", DEAF + "import time; print('up', flush=True); time.sleep(600)")
SERVER = """
import sys
from aiohttp import web
application = web.Application()
application.add_routes([web.get("/health", lambda request: web.json_response({}))])
web.run_app(application, path=sys.argv[1], print=None)
"""


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return "State:\tZ" not in Path(f"/proc/{process}/status").read_text()


async def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - another process cannot set our event
            await asyncio.sleep(0.02)


def keep(story: Callable[..., Awaitable[None]], *keepers: Keeper) -> None:
    """Play a story while the programs are kept; afterwards all are stopped."""

    async def run() -> None:
        tasks = [asyncio.create_task(keeper.keep()) for keeper in keepers]
        try:
            await story(*keepers)
        finally:
            await asyncio.gather(*(keeper.unplug("stopped") for keeper in keepers))
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(run())


def process_of(keeper: Keeper) -> int:
    process = keeper.status().process
    assert process is not None
    return process


@pytest.fixture
def sleeper(tmp_path: Path) -> Keeper:
    return Keeper(Program("sleeper", SLEEPER, member="brcko-registrar"), tmp_path / "sleeper.log")


@pytest.mark.programs
def test_a_program_that_dies_is_started_again(sleeper: Keeper) -> None:
    async def story(keeper: Keeper) -> None:
        keeper.plug()
        await until(lambda: keeper.status().process is not None)
        first = process_of(keeper)
        os.kill(first, signal.SIGKILL)
        await until(lambda: keeper.status().process not in {None, first})
        assert keeper.status().restarts == 1

    keep(story, sleeper)


@pytest.mark.programs
def test_an_unplugged_program_is_gone_until_it_is_plugged_in_again(sleeper: Keeper) -> None:
    async def story(keeper: Keeper) -> None:
        keeper.plug()
        await until(lambda: keeper.status().process is not None)
        first = process_of(keeper)
        await keeper.unplug()
        assert not is_alive(first)
        assert keeper.status().state == "unplugged"
        await asyncio.sleep(0.7)
        assert keeper.status().process is None, "nobody starts what was unplugged"
        keeper.plug()
        await until(lambda: keeper.status().process is not None)
        assert keeper.status().state == "starting"

    keep(story, sleeper)


@pytest.mark.programs
def test_a_program_that_does_not_listen_is_killed_after_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mostovi.demo.supervisor.processes._STOP_SECONDS", 0.3)
    stubborn = Keeper(Program("stubborn", STUBBORN), tmp_path / "stubborn.log")

    async def story(keeper: Keeper) -> None:
        keeper.plug()
        await until(lambda: stubborn.log.exists() and b"up" in stubborn.log.read_bytes())
        process = process_of(keeper)
        await keeper.unplug()
        assert not is_alive(process)

    keep(story, stubborn)


@pytest.mark.programs
def test_what_a_program_prints_is_in_its_log(sleeper: Keeper) -> None:
    async def story(keeper: Keeper) -> None:
        keeper.plug()
        await until(lambda: keeper.log.exists() and b"hello" in keeper.log.read_bytes())

    keep(story, sleeper)


@pytest.mark.programs
def test_waiting_ends_when_all_answer_and_names_who_does_not(tmp_path: Path) -> None:
    socket = tmp_path / "server.sock"
    probe = Probe("http://localhost/health", socket)
    server = Keeper(
        Program("server", (sys.executable, "-c", SERVER, str(socket)), probe), tmp_path / "server.log"
    )
    silent = Keeper(
        Program("silent", SLEEPER, Probe("http://localhost/", tmp_path / "no.sock")), tmp_path / "silent.log"
    )

    async def story(*keepers: Keeper) -> None:
        for keeper in keepers:
            keeper.plug()
        await wait_for_all([server], seconds=20)
        assert server.status().state == "running"
        with pytest.raises(NotReady, match=r"silent does not answer.*silent\.log"):
            await wait_for_all([silent], seconds=0.5)

    keep(story, server, silent)


@pytest.mark.programs
def test_the_control_socket_unplugs_plugs_and_lists(sleeper: Keeper, tmp_path: Path) -> None:
    resets: list[int] = []

    async def reset() -> None:
        resets.append(1)

    async def story(keeper: Keeper) -> None:
        keeper.plug()
        await until(lambda: keeper.status().process is not None)
        runner = await open_control(Control([keeper], reset), tmp_path / "control.sock")
        connector = UnixConnector(str(tmp_path / "control.sock"))
        async with ClientSession("http://localhost", connector=connector) as page:
            told = await (await page.get("/programs")).json()
            assert told["programs"][0]["member"] == "brcko-registrar"
            assert told["memory_bytes"] > 0
            unplugged = await (await page.post("/unplug/brcko-registrar")).json()
            assert (unplugged["state"], unplugged["process"]) == ("unplugged", None)
            assert (await page.post("/unplug/nobody")).status == 404
            assert (await (await page.post("/plug/brcko-registrar")).json())["state"] == "starting"
            assert (await page.post("/reset")).status == 202
            assert resets == [1]
        await runner.cleanup()

    keep(story, sleeper)


@pytest.mark.programs
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux ties a child to its parent")
def test_killing_the_supervisor_leaves_no_orphan(tmp_path: Path) -> None:
    script = tmp_path / "supervise.py"
    script.write_text(
        textwrap.dedent(f"""
        import asyncio, pathlib, sys
        from mostovi.demo.supervisor.processes import Keeper
        from mostovi.demo.supervisor.values import Program

        async def run():
            keepers = [
                Keeper(Program(str(n), {SLEEPER!r}), pathlib.Path({str(tmp_path)!r}, f"{{n}}.log"))
                for n in range(3)
            ]
            for keeper in keepers:
                keeper.plug()
            tasks = [asyncio.create_task(keeper.keep()) for keeper in keepers]
            while any(keeper.status().process is None for keeper in keepers):
                await asyncio.sleep(0.02)
            print(*(keeper.status().process for keeper in keepers), flush=True)
            await asyncio.gather(*tasks)

        asyncio.run(run())
        """)
    )
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout is not None
        processes = [int(word) for word in supervisor.stdout.readline().split()]
        assert len(processes) == 3
        supervisor.kill()
    deadline = time.monotonic() + 5
    while any(map(is_alive, processes)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not any(map(is_alive, processes))


@given(st.integers(1, 200))
def test_pauses_grow_and_have_an_end(failures: int) -> None:
    assert pause_before_restart(failures) <= pause_before_restart(failures + 1) <= 15


def test_secrets_are_made_once_for_their_owner_only(tmp_path: Path) -> None:
    layout = lay_out(tmp_path / "demo")
    make_secrets(layout)
    first = {path.name: path.read_text() for path in layout.secrets.iterdir()}
    make_secrets(layout)
    assert {path.name: path.read_text() for path in layout.secrets.iterdir()} == first
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in layout.secrets.iterdir())
    assert len(set(first.values())) == len(first)
    assert layout.root.stat().st_mode & 0o777 == 0o700


def test_a_secret_is_replaced_whole(tmp_path: Path) -> None:
    write_secret(tmp_path / "one", "first")
    write_secret(tmp_path / "one", "second")
    assert (tmp_path / "one").read_text() == "second"
    assert list(tmp_path.iterdir()) == [tmp_path / "one"]


def test_sockets_of_a_deep_directory_get_a_short_path(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["a-rather-long-name"] * 6)
    layout = lay_out(deep)
    try:
        assert len(str(layout.socket("banja-luka-administration", "register"))) < 108
        assert layout.sockets.stat().st_mode & 0o777 == 0o700
        assert lay_out(deep) == layout
    finally:
        layout.sockets.rmdir()


def test_memory_counts_shared_pages_once() -> None:
    own = proportional_set_size(os.getpid())
    assert own > 1_000_000
    assert total_memory([os.getpid(), 2**22 + 1]) >= own // 2
