"""Measurements received per second by one probe, durable and idempotent, on the cores that the load shares.

    wrk -> probe (SQLite)        single measurements, and a school's day of connectivity checks at once
    wrk -> probe (PostgreSQL)    the same, with fsync on

The payloads are Giga Meter's as they are (4 kB for a measurement). Each is answered when it is on the disk.
The four runs take turns in interleaved rounds; figures are medians. After each round the records on the disk
are counted: none that was acknowledged may be missing. The last run sends every measurement twice.

Usage: bench/ingest.py [--rounds 5] [--seconds 8] [--concurrency 64] [--only-print]. Needs wrk, and PostgreSQL
for its half.
"""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

BENCH = Path(__file__).resolve().parent
sys.path[:0] = [str(BENCH.parent / "tests")]

from connectivity.probe import giga  # noqa: E402
from connectivity.probe.programs import ProbeProgram  # noqa: E402
from connectivity.probe.real_postgresql import real_postgresql  # noqa: E402
from mostovi.connectivity.probe.store.ledger import open_reader  # noqa: E402

RESULT = BENCH / "results" / "ingest.json"
TICKS = os.sysconf("SC_CLK_TCK")
SCHOOLS = 2_061
CHECKS_A_DAY = 48


@dataclass(frozen=True)
class Round:
    """One run. ``lost`` were acknowledged and are not on the disk."""

    records_per_second: float
    requests_per_second: float
    failed: int
    lost: int
    p50_milliseconds: float
    p99_milliseconds: float
    processor_microseconds_per_record: float
    resident_megabytes: float


@dataclass(frozen=True)
class Run:
    name: str
    probe: ProbeProgram
    batch: int = 0
    repeat: bool = False


def write_templates(folder: Path) -> None:
    now = datetime.now(UTC)
    single = giga.measurement(now, school="@SCHOOL@", UUID="@UUID@")
    text = json.dumps({"UUID": single.pop("UUID"), "giga_id_school": single.pop("giga_id_school"), **single})
    (folder / "single.json").write_text(text, encoding="utf-8")
    check = giga.check(now, app_local_uuid="@UUID@")
    (folder / "check.json").write_text(json.dumps(check), encoding="utf-8")
    rows = "".join(f"school-{number},BA\n" for number in range(SCHOOLS))
    (folder / "schools.csv").write_text("giga_id_school,country_code\n" + rows, encoding="utf-8")


def measure(run: Run, folder: Path, number: int, options: argparse.Namespace, seconds: int) -> Round:
    before, spent = newest(run.probe), processor_seconds(run.probe.pid)
    environment = {
        **os.environ,
        "BENCH_TEMPLATE": str(folder / ("check.json" if run.batch else "single.json")),
        "BENCH_SCHOOLS": str(SCHOOLS),
        "BENCH_BATCH": str(run.batch),
        "BENCH_REPEAT": str(int(run.repeat)),
        "BENCH_ROUND": str(number),
    }
    wrk = subprocess.run(
        ["wrk", "-t1", f"-c{options.concurrency}", f"-d{seconds}s", "--latency", "--timeout", "30s",
         "-s", str(BENCH / "ingest.lua"), f"http://127.0.0.1:{run.probe.port}"],
        capture_output=True, text=True, check=True, env=environment,
    ).stdout  # fmt: skip
    spent = processor_seconds(run.probe.pid) - spent
    time.sleep(0.5)
    kept = newest(run.probe) - before
    answered = int(found(r"(\d+) requests in", wrk))
    failed = int(found(r"Non-2xx or 3xx responses: (\d+)", wrk) or 0)
    records = (answered - failed) * max(run.batch, 1)
    expected = records // 2 if run.repeat else records
    rate = float(found(r"Requests/sec:\s+([\d.]+)", wrk))
    return Round(
        records_per_second=round(rate * max(run.batch, 1), 1),
        requests_per_second=rate,
        failed=failed,
        lost=max(expected - kept, 0),
        p50_milliseconds=percentile(wrk, "50%"),
        p99_milliseconds=percentile(wrk, "99%"),
        processor_microseconds_per_record=round(1e6 * spent / max(records, 1), 1),
        resident_megabytes=round(int(found(r"VmRSS:\s+(\d+)", status(run.probe.pid))) / 1024, 1),
    )


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    return match[1] if match else ""


def percentile(text: str, name: str) -> float:
    match = re.search(rf"{name}\s+([\d.]+)(us|ms|s)", text)
    assert match is not None
    return round(float(match[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[match[2]], 2)


def status(pid: int) -> str:
    return Path(f"/proc/{pid}/status").read_text(encoding="utf-8")


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def newest(probe: ProbeProgram) -> int:
    reader = open_reader(probe.database)
    try:
        return reader.newest()
    finally:
        reader.close()


@contextmanager
def runs(folder: Path) -> Iterator[list[Run]]:
    write_templates(folder)
    with ExitStack() as stack:
        databases = {"sqlite": f"sqlite:///{folder}/probe.sqlite3"}
        postgresql = stack.enter_context(real_postgresql())
        if postgresql is not None:
            databases["postgresql"] = postgresql
        probes = {
            name: stack.enter_context(
                ProbeProgram(folder / name, database=address, schools=folder / "schools.csv")
            )
            for name, address in databases.items()
        }
        yield [
            *(Run(f"{name}, single measurements", probe) for name, probe in probes.items()),
            *(Run(f"{name}, a day of checks at once", probe, CHECKS_A_DAY) for name, probe in probes.items()),
            *(Run(f"{name}, each measurement twice", probe, repeat=True) for name, probe in probes.items()),
        ]


def summary(rounds: list[Round]) -> dict[str, object]:
    return {
        "records_per_second": median(each.records_per_second for each in rounds),
        "requests_per_second": median(each.requests_per_second for each in rounds),
        "failed": sum(each.failed for each in rounds),
        "lost": sum(each.lost for each in rounds),
        "p50_milliseconds": median(each.p50_milliseconds for each in rounds),
        "p99_milliseconds": median(each.p99_milliseconds for each in rounds),
        "processor_microseconds_per_record": median(
            each.processor_microseconds_per_record for each in rounds
        ),
        "resident_megabytes": max(each.resident_megabytes for each in rounds),
        "rounds": [asdict(each) for each in rounds],
    }


def flushes_per_second(folder: Path) -> float:
    """What the disk under the databases allows, one after the other."""
    with (folder / "flushed").open("wb") as file:
        started, number = time.monotonic(), 0
        while time.monotonic() - started < 1:
            file.write(bytes(4_096))
            file.flush()
            os.fdatasync(file.fileno())
            number += 1
    return round(number / (time.monotonic() - started), 1)


def machine(folder: Path) -> dict[str, object]:
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    return {
        "processor": found(r"model name\s*:\s*(.*)", info) or platform.machine(),
        "cores": os.cpu_count(),
        "memory_gigabytes": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in ("httptools", "uvloop", "orjson", "psycopg")},
        "flushes_per_second": flushes_per_second(folder),
        "niceness": os.nice(0),
        "load_before": round(os.getloadavg()[0], 2),
    }


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--only-print", action="store_true", help="leave the published result as it is")
    options = parser.parse_args()
    rounds: dict[str, list[Round]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        facts = machine(folder)
        with runs(folder) as all_runs:
            for number in range(options.rounds):
                for index, run in enumerate(all_runs):
                    one = measure(run, folder, 100 * number + index, options, options.seconds)
                    rounds.setdefault(run.name, []).append(one)
                    print(f"round {number + 1} {run.name:38} {one.records_per_second:9.1f} records/s  "
                          f"p99 {one.p99_milliseconds:7.2f} ms  "
                          f"{one.processor_microseconds_per_record:6.1f} us  "
                          f"{one.resident_megabytes} MB  {one.failed} failed, {one.lost} lost",
                          flush=True)  # fmt: skip
    result = {
        "what": "Giga Meter's payloads received by one probe, durable and idempotent",
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "concurrency": options.concurrency,
        "seconds_per_round": options.seconds,
        "runs": {name: summary(each) for name, each in rounds.items()},
        "machine": facts,
    }
    if not options.only_print:
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
