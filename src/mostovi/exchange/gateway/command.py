"""``mostovi gateway``: runs one institution's end of the bridge."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import uvloop

from mostovi.exchange.gateway.configuration import load
from mostovi.exchange.gateway.program import run

_SWITCH_SECONDS = 0.0005


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="mostovi gateway",
        description="Runs one institution's end of the bridge: it proves, signs, seals and logs what its "
        "systems ask of other institutions, and what others ask of its registers.",
        epilog="docs/reference/gateway.md describes the configuration. The program writes one JSON line per "
        "event to standard error and stops in order on SIGTERM.",
    )
    parser.add_argument(
        "--config", required=True, type=Path, metavar="FILE", help="TOML or JSON configuration"
    )
    parser.add_argument("--check", action="store_true", help="read the configuration and stop")
    options = parser.parse_args(argv)
    configuration = load(options.config)
    if options.check:
        print(f"{options.config}: in order, gateway of {configuration.member}")
        return 0
    if configuration.processor is not None:
        os.sched_setaffinity(0, {configuration.processor})
    # The thread that flushes the log must not wait long for the interpreter.
    sys.setswitchinterval(_SWITCH_SECONDS)
    uvloop.run(run(configuration))
    return 0
