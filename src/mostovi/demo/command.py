"""`mostovi demo`: the whole demonstration country behind one address."""

import argparse
import os
import time
from collections.abc import Sequence
from pathlib import Path

from mostovi.demo.supervisor.supervisor import run

_DESCRIPTION = """\
Starts seven institutions with their registers and gateways, the portal, an identity
provider and everything between them, on this machine alone, and prints one address.

Every person in it is synthetic. Ctrl-C stops all of it; what happened is kept in the
directory until --fresh.
"""


def main(argv: Sequence[str]) -> int:
    options = _read_options(argv)
    if not options.seed_only:
        print("Mostovi: the register stays home, the answer travels.\n", flush=True)
    begun = time.monotonic()
    # Keys, registers and the portal's tables are nobody else's on this machine.
    os.umask(0o077)

    def say(what: str) -> None:
        if what.startswith("open "):
            print(f"\n  {what.removeprefix('open ')}\n\nCtrl-C stops everything.", flush=True)
        else:
            print(f"  {time.monotonic() - begun:5.1f} s  {what}", flush=True)

    return run(
        options.directory, port=options.port, fresh=options.fresh, seed_only=options.seed_only, say=say
    )


def _read_options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="mostovi demo", description=_DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--port", type=int, default=8800, metavar="NUMBER", help="port of the one address (default 8800)"
    )
    parser.add_argument(
        "--directory",
        type=Path,
        default=Path("var/demo"),
        metavar="FOLDER",
        help="where everything lies (default var/demo)",
    )
    parser.add_argument("--fresh", action="store_true", help="forget what happened before and begin anew")
    parser.add_argument(
        "--seed-only", action="store_true", help="prepare the country and its first cases, then stop"
    )
    return parser.parse_args(argv)
