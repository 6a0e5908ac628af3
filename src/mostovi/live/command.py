"""`mostovi live`: server-sent events for pages that show the bridge at work."""

import argparse
import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path

from mostovi.kernel import environment
from mostovi.live.program import Options, serve

_DESCRIPTION = """\
Tells browsers, as it happens, which message crossed the bridge.

Gateways write one JSON event per line to the socket --publish. Browsers read /live/events
with a short-lived ticket that the portal signs. No event can name a person: anything with an
unknown key or thirteen digits in a row is dropped.

The secret shared with the portal comes from MOSTOVI_LIVE_SECRET or MOSTOVI_LIVE_SECRET_FILE.
"""


def main(argv: Sequence[str] | None = None) -> int:
    options = _read_options(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s live %(levelname)s %(message)s")
    asyncio.run(serve(options))
    return 0


def _read_options(argv: Sequence[str] | None) -> Options:
    given = _parser().parse_args(argv)
    return Options(
        secret=environment.strong_secret("MOSTOVI_LIVE_SECRET"),
        listen=given.listen,
        publish_socket=given.publish,
        state=given.state,
        capacity=given.keep,
        most_readers=given.readers,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mostovi live", description=_DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--listen",
        metavar="HOST:PORT|unix:PATH",
        default=environment.read("MOSTOVI_LIVE_LISTEN", "127.0.0.1:8802"),
        help="where browsers or their proxy connect (MOSTOVI_LIVE_LISTEN; default 127.0.0.1:8802)",
    )
    parser.add_argument(
        "--publish",
        metavar="PATH",
        type=Path,
        default=Path(environment.read("MOSTOVI_LIVE_PUBLISH", "var/live/publish.sock")),
        help="the unix socket gateways write to (MOSTOVI_LIVE_PUBLISH; default var/live/publish.sock)",
    )
    parser.add_argument(
        "--state",
        metavar="PATH",
        type=Path,
        default=Path(environment.read("MOSTOVI_LIVE_STATE", "var/live/live.sqlite3")),
        help="the file that keeps the last events (MOSTOVI_LIVE_STATE; default var/live/live.sqlite3)",
    )
    parser.add_argument("--keep", type=int, default=500, help="how many events to keep (default 500)")
    parser.add_argument(
        "--readers", type=int, default=5_000, metavar="N", help="how many may listen at once (default 5000)"
    )
    return parser
