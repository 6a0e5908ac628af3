"""Run a command with MOSTOVI_TEST_DATABASE_URL naming a PostgreSQL made for it alone."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from requirements_check import say_missing


def find_binaries() -> Path | None:
    """The newest folder that holds initdb."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def as_postgres(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return command
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]


def run_quietly(command: list[str], folder: Path) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)


def main(command: list[str]) -> int:
    binaries = find_binaries()
    if binaries is None:
        return say_missing("PostgreSQL (Debian package postgresql): its tests did not run")
    with tempfile.TemporaryDirectory(prefix="mostovi-postgresql-") as name:
        folder = Path(name)
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(folder, user.pw_uid, user.pw_gid)
        data = str(folder / "data")
        run_quietly(
            as_postgres([str(binaries / "initdb"), "-D", data, "-A", "trust", "-U", "mostovi"]), folder
        )
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        control = [str(binaries / "pg_ctl"), "-D", data, "-w", "-l", str(folder / "log")]
        run_quietly(as_postgres([*control, "-o", options, "start"]), folder)
        try:
            url = f"postgresql://mostovi@/mostovi?host={folder}"
            sys.stdout.write("The same tests of tables on PostgreSQL:\n")
            sys.stdout.flush()
            return subprocess.run(
                command, env={**os.environ, "MOSTOVI_TEST_DATABASE_URL": url}, check=False
            ).returncode
        finally:
            run_quietly(as_postgres([*control, "-m", "immediate", "stop"]), folder)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
