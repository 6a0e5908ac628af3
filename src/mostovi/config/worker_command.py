"""`mostovi worker`: what need not happen inside a request."""

import argparse
import logging
import signal
import threading
from collections.abc import Callable, Sequence

from mostovi.config.django_start import start_django

logger = logging.getLogger("mostovi.worker")


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="mostovi worker",
        description="Ask registers again, seal documents and audit lines, send messages. Runs until stopped.",
    )
    parser.add_argument("--once", action="store_true", help="do what is due now, then stop")
    options = parser.parse_args(argv)
    start_django()
    from mostovi.config import start_checks, start_preparation  # noqa: PLC0415  need Django ready
    from mostovi.config.worker_rounds import ROUNDS  # noqa: PLC0415

    start_checks.check_ready()
    start_preparation.compile_languages()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while True:
        for work in ROUNDS:
            run_round(work)
        if options.once or stop.wait(1):
            return 0


def run_round(work: Callable[[], object]) -> None:
    """One failing round must not keep the others from their work."""
    from django.db import close_old_connections  # noqa: PLC0415  needs Django ready

    try:
        work()
    except Exception:
        logger.exception("A round of the worker failed: %s", work.__name__)
    finally:
        close_old_connections()
