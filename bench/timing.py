"""What every benchmark in one process needs: the machine's facts, time and processor time, percentiles."""

import json
import os
import platform
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).resolve().parent / "results"


def machine(*libraries: str) -> dict[str, object]:
    cpu = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())
    return {
        "processor": cpu[1] if cpu else platform.machine(),
        "cores": os.cpu_count(),
        "memory_gigabytes": round(int(memory[1]) / 2**20, 1) if memory else None,
        "kernel": platform.release(),
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in libraries},
        "load_before": round(os.getloadavg()[0], 2),
    }


def timed(run: Callable[[], Any]) -> tuple[dict[str, float], Any]:
    """Seconds by the wall and of the processor, and what came out."""
    wall, processor = time.perf_counter(), time.process_time()
    found = run()
    spent = {
        "seconds": round(time.perf_counter() - wall, 3),
        "processor_seconds": round(time.process_time() - processor, 3),
    }
    return spent, found


def milliseconds(seconds: list[float]) -> dict[str, float]:
    """Percentiles of single runs."""
    ordered = sorted(seconds)
    places = {"p50": len(ordered) // 2, "p95": len(ordered) * 95 // 100, "max": len(ordered) - 1}
    return {name: round(1000 * ordered[place], 3) for name, place in places.items()}


def write(name: str, result: dict[str, object]) -> None:
    RESULTS.mkdir(exist_ok=True)
    dated = {**result, "date": datetime.now(UTC).isoformat(timespec="seconds")}
    (RESULTS / f"{name}.json").write_text(json.dumps(dated, indent=1) + "\n", encoding="utf-8")
