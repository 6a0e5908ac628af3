"""Plays other families' cases, so that the desk is not empty on the first day.

Run once by the supervisor, when registers and gateways answer. A second run goes on where the first stopped.
"""

import logging
import sys

import django


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    django.setup()
    from mostovi.demo.stories import play_all  # noqa: PLC0415  needs Django ready

    play_all()
    return 0


if __name__ == "__main__":
    sys.exit(main())
