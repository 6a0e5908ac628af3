"""Has the first cases played, once, in a process of its own that acts as the portal does."""

import asyncio
import os
import sys

from mostovi.demo.supervisor.layout import Layout
from mostovi.demo.supervisor.processes import dies_with
from mostovi.demo.supervisor.programs import Site, portal_environment
from mostovi.demo.supervisor.readiness import NotReady

_MARK = "seeded"


def is_seeded(layout: Layout) -> bool:
    return (layout.root / _MARK).exists()


async def seed(site: Site) -> None:
    """Raises NotReady when the cases could not be played; a next start tries again where it stopped."""
    log = site.layout.logs / "seed.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "mostovi.demo.seed"),
            env={**os.environ, **portal_environment(site)},
            stdout=output,
            stderr=output,
            preexec_fn=dies_with(os.getpid()),
        )
        try:
            status = await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
    if status != 0:
        raise NotReady(f"The first cases could not be played. {log} says why.")
    (site.layout.root / _MARK).touch()
