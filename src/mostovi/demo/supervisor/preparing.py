"""Makes what is missing before the programs start. Safe to run again, and after being stopped anywhere."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import mostovi
from mostovi.demo.agreements import write_contracts
from mostovi.demo.authorities.key_files import MemberName, make_keys
from mostovi.demo.members import list_members
from mostovi.demo.population.families import generate_population
from mostovi.demo.registers.filling import make_register
from mostovi.demo.supervisor.gateways import write_gateways
from mostovi.demo.supervisor.layout import Layout, make_secrets
from mostovi.demo.supervisor.processes import dies_with
from mostovi.demo.supervisor.programs import Site, portal_environment
from mostovi.kernel import clock

SEED = 1
_KEPT_BY_RESET = {"run", "logs", "lock", "ports.json"}
Say = Callable[[str], None]


class NotPrepared(SystemExit):
    """Stops the command with a sentence that says what failed."""


def prepare(site: Site, say: Say) -> None:
    layout = site.layout
    make_secrets(layout)
    members = [MemberName(member.code, member.names["en"]) for member in list_members()]
    make_keys(layout.root, members, clock.now())
    write_contracts(layout.keys, layout.gateways)
    write_gateways(layout, site.ports)
    say("keys, contracts and gateways")
    make_registers(layout)
    say("registers of synthetic people")
    _prepare_portal(site)
    say("portal")


def make_registers(layout: Layout) -> None:
    missing = [
        member
        for member in list_members()
        if member.registers and not layout.register_database(member.code).exists()
    ]
    if not missing:
        return
    population = generate_population(SEED)
    today = clock.now().date()
    for member in missing:
        make_register(layout.register_database(member.code), member, population, today=today)


def _prepare_portal(site: Site) -> None:
    """In a process of its own, which leaves no web framework in ours; skipped when no source has changed."""
    mark = site.layout.root / "portal.prepared"
    print_of_source = fingerprint(Path(mostovi.__path__[0]))
    if site.layout.database.exists() and mark.exists() and mark.read_text() == print_of_source:
        return
    log = site.layout.logs / "preparation.log"
    with log.open("wb") as output:
        result = subprocess.run(
            [sys.executable, "-m", "mostovi.demo.supervisor.portal_preparation"],
            env={**os.environ, **portal_environment(site)},
            stdout=output,
            stderr=output,
            check=False,
            # A supervisor that is killed meanwhile leaves nobody behind who writes to the tables of the next.
            preexec_fn=dies_with(os.getpid()),
        )
    if result.returncode != 0:
        raise NotPrepared(f"The portal could not be prepared. {log} says why.")
    mark.write_text(print_of_source)


def fingerprint(folder: Path) -> str:
    """Changes whenever a file below ``folder`` does."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix not in {".pyc", ".mo"} and path.is_file():
            facts = path.stat()
            digest.update(f"{path}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def wipe(layout: Layout) -> None:
    """Forget the country: everything but what the running supervisor and door hold in their hands."""
    for path in layout.root.iterdir():
        if path.name in _KEPT_BY_RESET:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
