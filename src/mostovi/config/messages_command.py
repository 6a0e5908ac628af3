"""`mostovi messages compile`: the language catalogues, Serbian Latin derived from Cyrillic."""

import argparse
import sys
from collections.abc import Sequence

from mostovi.kernel.catalogues import compile_catalogues


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="mostovi messages", description="The language catalogues.")
    parser.add_argument(
        "action", choices=["compile"], help="compile: make what the programs read, if anything changed"
    )
    parser.parse_args(argv)
    changed = compile_catalogues()
    sys.stdout.write(f"{changed} catalogues compiled\n")
    return 0
