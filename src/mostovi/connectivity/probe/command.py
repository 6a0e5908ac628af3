"""``mostovi probe``: the measurement server, and a client for a school's own server or router."""

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

import uvloop

from mostovi.connectivity.probe.ndt7.server import Limits
from mostovi.connectivity.probe.privacy import NotKeepable, read_keeping
from mostovi.connectivity.probe.program import Options, serve
from mostovi.kernel import environment

_SWITCH_SECONDS = 0.0005

_DESCRIPTION = """\
Measures how well schools are connected.

  mostovi probe serve      runs the server that schools measure against and report to
  mostovi probe measure    measures from here, for a school's server or router

`mostovi probe serve --help` and `mostovi probe measure --help` explain each.
"""
_SERVE = """\
Runs the server that schools measure against (ndt7, as M-Lab's clients and Giga Meter speak it) and
the place where measurements arrive (Giga Meter's own addresses). Whatever is acknowledged is on the
disk. Addresses of people, user names and names of networks are dropped on arrival.

docs/reference/probe.md says which addresses there are and how bad input is answered;
docs/reference/settings.md lists the settings, all from the environment (MOSTOVI_PROBE_...).
"""


def main(argv: Sequence[str]) -> int:
    arguments = _parser().parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s probe %(levelname)s %(message)s")
    return int(arguments.run(arguments))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mostovi probe", description=_DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="serve|measure")
    serving = commands.add_parser(
        "serve", description=_SERVE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    serving.set_defaults(run=_serve)
    return parser


def _serve(_: argparse.Namespace) -> int:
    options = read_options()
    if options.schools is None:
        logging.getLogger(__name__).warning(
            "MOSTOVI_PROBE_SCHOOLS is not set: no school is known, and every measurement is put aside"
        )
    # The thread that commits must not wait long for the interpreter.
    sys.setswitchinterval(_SWITCH_SECONDS)
    uvloop.run(serve(options))
    return 0


def read_options() -> Options:
    """From the environment. Raises MissingSetting, which stops the program with a sentence."""
    most_tests = environment.read("MOSTOVI_PROBE_TESTS", "8")
    if not most_tests.isdecimal() or not 1 <= int(most_tests) <= 1_000:
        raise environment.MissingSetting("MOSTOVI_PROBE_TESTS must be a number from 1 to 1000.")
    try:
        keeping = read_keeping(environment.json_object("MOSTOVI_PROBE_KEEP"))
    except NotKeepable as error:
        raise environment.MissingSetting(f"MOSTOVI_PROBE_KEEP: {error}") from error
    return Options(
        database=environment.read("MOSTOVI_PROBE_DATABASE_URL", "sqlite:///var/probe/probe.sqlite3"),
        listen=environment.read("MOSTOVI_PROBE_LISTEN", "127.0.0.1:8803"),
        ndt7_listen=environment.read("MOSTOVI_PROBE_NDT7_LISTEN", "127.0.0.1:8804"),
        ndt7_url=environment.read("MOSTOVI_PROBE_NDT7_URL"),
        schools=_path(environment.read("MOSTOVI_PROBE_SCHOOLS")),
        tokens=tuple(environment.read("MOSTOVI_PROBE_TOKENS").split()),
        keeping=keeping,
        certificate=_path(environment.read("MOSTOVI_PROBE_CERTIFICATE")),
        key=_path(environment.read("MOSTOVI_PROBE_KEY")),
        limits=Limits(most_tests=int(most_tests)),
    )


def _path(value: str) -> Path | None:
    return Path(value) if value else None
