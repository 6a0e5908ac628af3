"""A PostgreSQL that flushes, for one test or one benchmark, where its binaries are found."""

import os
import pwd
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from on_postgresql import as_postgres, find_binaries, run_quietly


@contextmanager
def real_postgresql() -> Iterator[str | None]:
    """Its address, or None where PostgreSQL is not installed."""
    binaries = find_binaries()
    if binaries is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="mostovi-probe-postgresql-") as name:
        folder = Path(name)
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(folder, user.pw_uid, user.pw_gid)
        data = str(folder / "data")
        run_quietly(
            as_postgres([str(binaries / "initdb"), "-D", data, "-A", "trust", "-U", "mostovi"]), folder
        )
        control = [str(binaries / "pg_ctl"), "-D", data, "-w", "-l", str(folder / "log")]
        options = f"-k {folder} -c listen_addresses=''"
        run_quietly(as_postgres([*control, "-o", options, "start"]), folder)
        try:
            run_quietly(
                as_postgres([str(binaries / "createdb"), "-h", name, "-U", "mostovi", "probe"]), folder
            )
            yield f"postgresql://mostovi@/probe?host={name}"
        finally:
            run_quietly(as_postgres([*control, "-m", "fast", "stop"]), folder)
