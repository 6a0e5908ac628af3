"""`mostovi pack load`: bring the portal's territory up to date with the country pack."""

import argparse
import sys
from collections.abc import Sequence

from mostovi.config.django_start import start_django


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="mostovi pack", description="The country pack: places, institutions and services. Data only."
    )
    parser.add_argument(
        "action", choices=["load"], help="load: idempotent; shows what changed; never deletes"
    )
    parser.parse_args(argv)
    start_django()
    from mostovi.config import start_checks  # noqa: PLC0415  needs Django ready
    from mostovi.kernel import clock, territory  # noqa: PLC0415

    start_checks.check_pack_is_there()
    start_checks.check_database_is_migrated()
    report = territory.load_territory(today=clock.now().date())
    for word, codes in (("added", report.added), ("changed", report.changed), ("closed", report.closed)):
        if codes:
            sys.stdout.write(
                f"{word}: {len(codes)} ({', '.join(codes[:5])}{' …' if len(codes) > 5 else ''})\n"
            )
    sys.stdout.write(f"unchanged: {report.unchanged}\n")
    return 0
