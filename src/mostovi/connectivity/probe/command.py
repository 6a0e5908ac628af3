"""``mostovi probe``: the measurement server, and a client for a school's own server or router."""

import argparse
import gc
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

import uvloop

from mostovi.connectivity.probe.measuring.program import Task
from mostovi.connectivity.probe.measuring.program import run as measure_connection
from mostovi.connectivity.probe.measuring.values import Cause
from mostovi.connectivity.probe.ndt7.server import Limits
from mostovi.connectivity.probe.privacy import NotKeepable, read_keeping
from mostovi.connectivity.probe.program import Options, serve
from mostovi.kernel import environment

_SWITCH_SECONDS = 0.002
_OBJECTS_BETWEEN_SWEEPS = (50_000, 50, 1_000)

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


_MEASURE = """\
Measures how well this school is connected, from its own server or router: download, upload, how quickly
the school's router, the provider's first router and the measurement server answer, and what gets lost.
Then it says in plain words whether the trouble is the Wi-Fi, the line or the provider.

Without --once it goes on at random times, about every six hours, so that no time of day is favoured.
What cannot be sent is kept for seven days and sent later. Nothing about people or devices is sent.

  mostovi probe measure --server wss://mjerenje.example.ba --once
  mostovi probe measure --server wss://mjerenje.example.ba --report https://mjerenje.example.ba \\
      --school 5ff8f4cc-9f74-3f48-8cb1-e68e063a7c05

To see each part of the way it must run as root, or ping must be allowed (net.ipv4.ping_group_range).
The exit code is 0 when the connection is in order, 1 when it is not.
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
    measuring = commands.add_parser(
        "measure", description=_MEASURE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    _add_measuring_options(measuring)
    measuring.set_defaults(run=_measure)
    return parser


def _add_measuring_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--server", required=True, metavar="URL", help="the measurement server, ws://HOST:PORT or wss://HOST")
    add("--school", default="", metavar="ID", help="the school's identifier; needed to report")
    add("--country", default="BA", metavar="CODE", help="two letters (default BA)")
    add("--report", default="", metavar="URL", help="where to send results; without it they are only shown")
    add("--contracted", type=float, metavar="MBIT", help="the download speed that the contract promises")
    add("--once", action="store_true", help="measure once and stop")
    add(
        "--diary", type=Path, default=Path("var/probe/diary.sqlite3"), metavar="PATH",
        help="keeps results that are not sent yet (default var/probe/diary.sqlite3)",
    )  # fmt: skip


def _measure(given: argparse.Namespace) -> int:
    if given.report and not given.school:
        raise SystemExit(
            "mostovi probe measure: --report needs --school, or nobody knows whose result it is."
        )
    task = Task(
        server=given.server.rstrip("/"),
        school=given.school,
        country=given.country.upper(),
        report=given.report.rstrip("/"),
        diary=given.diary,
        token=environment.read("MOSTOVI_PROBE_TOKEN"),
        contracted_kbps=None if given.contracted is None else 1_000 * given.contracted,
        once=given.once,
    )
    try:
        cause = uvloop.run(measure_connection(task, lambda words: print(words, flush=True)))
    except KeyboardInterrupt:
        return 0
    return 0 if cause is Cause.NONE else 1


def _serve(_: argparse.Namespace) -> int:
    options = read_options()
    if options.schools is None:
        logging.getLogger(__name__).warning(
            "MOSTOVI_PROBE_SCHOOLS is not set: no school is known, and every measurement is put aside"
        )
    # The thread that commits must not wait long for the interpreter; and what is loaded by now stays, so that
    # Python need not sweep it again for every few payloads.
    sys.setswitchinterval(_SWITCH_SECONDS)
    gc.freeze()
    gc.set_threshold(*_OBJECTS_BETWEEN_SWEEPS)
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
