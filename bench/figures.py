"""Write the published figures of bench/results/*.json into README.md, between its markers."""

import json
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MARKERS = re.compile(r"(<!-- figures:begin -->\n).*?(<!-- figures:end -->)", re.DOTALL)


def exchange_rows(result: dict[str, Any]) -> list[str]:
    """The exchange, beside nginx in the same interleaved rounds."""
    ours, nginx = result["gateways"], result["nginx"]
    processor = ours["processor_microseconds_per_exchange"]
    memory = ours["resident_megabytes"]
    count = len(ours["rounds"])
    share = f"{ours['exchanges_per_second']:,.0f}/s = {result['percent_of_nginx']:.1f} % of nginx"
    processors = f"{processor['asking']:.0f} and {processor['answering']:.0f} µs"
    how = [
        f"1 KB bodies, concurrency {result['concurrency']}, median of {count} interleaved rounds",
        f"{result['machine']['cores']} cores of {result['machine']['processor']} shared with the load",
        f"{result['date'][:10]}",
    ]
    return [
        f"| exchanges through two gateways: signed, logged, on disk | {share} | at least 4 %, aim 8 % |",
        f"| nginx as mutual-TLS proxy: no signature, no log | {nginx['exchanges_per_second']:,.0f}/s | |",
        f"| processor time per exchange, asking and answering gateway | {processors} | |",
        f"| memory of a gateway under this load | {max(memory.values()):.0f} MB | |",
        "",
        f"{', '.join(how)}. `make bench-exchange`.",
    ]


def table() -> str:
    path = ROOT / "bench" / "results" / "exchange.json"
    rows = exchange_rows(json.loads(path.read_text(encoding="utf-8")))
    return "\n".join(["| what | measured | wanted |", "|---|---|---|", *rows]) + "\n"


def main() -> int:
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    readme.write_text(MARKERS.sub(lambda found: found[1] + table() + found[2], text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
