"""Signed, logged, durable exchanges per second through two gateways, beside nginx as a mutual-TLS proxy.

    wrk -> gateway -> mutual TLS 1.3 -> gateway -> backend        signed, checked, logged on both sides
    wrk -> nginx   -> mutual TLS 1.3 -> nginx   -> backend        none of that

Both chains run in the same interleaved rounds, with keep-alive on every hop, two workers (two gateways), no
access log, 1 KB bodies, on the cores of one machine that wrk and the backend share. Figures are medians of
the rounds; the share of nginx is taken within each round, because absolute rates move with the machine.
Each of the two gateways stays on a core of its own (``processor``), and so do nginx's two workers
(``worker_cpu_affinity``).
In front of the asking gateway stands an nginx as a TCP door to its unix socket, which costs only our chain.

Usage: bench/exchange.py [--rounds 5] [--seconds 10] [--concurrency 64] [--only-print]. Needs nginx
and wrk.
"""

import argparse
import json
import os
import platform
import re
import shutil
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
from string import Template

BENCH = Path(__file__).resolve().parent
# The small country of the tests: keys, directory, contracts and real gateway processes.
sys.path[:0] = [str(BENCH.parent / "tests" / "exchange"), str(BENCH.parent / "tests")]

from bridge_fixture import BRCKO, TUZLA, Country  # noqa: E402

from free_ports import free_port  # noqa: E402
from mostovi.exchange.protocol.questions import fresh_salt  # noqa: E402

RESULT = BENCH / "results" / "exchange.json"
TARGET = "/r1/BA/GOV/brcko-registrar/register/childrenOfParent"
CLIENT = "BA/GOV/tuzla-social-work/portal"
TICKS = os.sysconf("SC_CLK_TCK")

BACKEND = """http {
    access_log off;
    keepalive_requests 10000000;
    server {
        listen unix:${FOLDER}/backend.sock;
        default_type application/json;
        location / { return 200 '${ANSWER}'; }
    }
}"""
ASKING = """http {
    access_log off;
    keepalive_requests 10000000;
    upstream answering { server 127.0.0.1:${TLS_PORT}; keepalive 128; keepalive_requests 10000000; }
    server {
        listen 127.0.0.1:${PORT};
        location / {
            proxy_pass https://answering;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_ssl_protocols TLSv1.3;
            proxy_ssl_certificate ${ASKING}/tls.pem;
            proxy_ssl_certificate_key ${ASKING}/tls.key;
            proxy_ssl_trusted_certificate ${ROOT};
            proxy_ssl_verify on;
            proxy_ssl_name localhost;
            proxy_ssl_session_reuse on;
        }
    }
}"""
ANSWERING = """http {
    access_log off;
    keepalive_requests 10000000;
    upstream backend { server unix:${FOLDER}/backend.sock; keepalive 128; keepalive_requests 10000000; }
    server {
        listen 127.0.0.1:${TLS_PORT} ssl;
        ssl_protocols TLSv1.3;
        ssl_certificate ${ANSWERING}/tls.pem;
        ssl_certificate_key ${ANSWERING}/tls.key;
        ssl_client_certificate ${ROOT};
        ssl_verify_client on;
        location / {
            proxy_pass http://backend;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }
    }
}"""
DOOR = """http {
    access_log off;
    keepalive_requests 10000000;
    upstream gateway { server unix:${SOCKET}; keepalive 128; keepalive_requests 10000000; }
    server {
        listen 127.0.0.1:${PORT};
        location / {
            proxy_pass http://gateway;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }
    }
}"""


@dataclass(frozen=True)
class Round:
    """One run against one chain. Processor time is per exchange, of the asking and the answering half."""

    exchanges_per_second: float
    failed: int
    p50_milliseconds: float
    p99_milliseconds: float
    processor_microseconds: tuple[float, float]
    resident_megabytes: tuple[float, float]


@dataclass(frozen=True)
class Chain:
    """Where wrk sends, and the processes of the asking and the answering half."""

    name: str
    port: int
    asking: list[int]
    answering: list[int]


@contextmanager
def nginx(role: str, section: str, folder: Path, values: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """One nginx in the foreground, ready when its workers are there."""
    filled = Template(section).safe_substitute(FOLDER=str(folder), ROLE=role, **values)
    template = Template((BENCH / "nginx.conf.template").read_text(encoding="utf-8"))
    path = folder / f"{role}.conf"
    text = template.safe_substitute(FOLDER=str(folder), ROLE=role, SECTION=filled)
    if os.geteuid() == 0:
        text = f"user root;\n{text}"
    path.write_text(text, encoding="utf-8")
    process = subprocess.Popen(
        [shutil.which("nginx") or "/usr/sbin/nginx", "-c", str(path), "-p", str(folder)]
    )
    deadline = time.monotonic() + 5
    while len(children(process.pid)) < 2:
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"nginx ({role}) did not start: {(folder / f'{role}.error.log').read_text()}")
        time.sleep(0.05)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=10)


def children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def processor_seconds(pids: list[int]) -> float:
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def resident_megabytes(pids: list[int]) -> float:
    found = [re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text()) for pid in pids]
    return round(sum(int(each[1]) for each in found if each) / 1024, 1)


def measure(chain: Chain, options: argparse.Namespace, seconds: float) -> Round:
    halves = (chain.asking, chain.answering)
    before = [processor_seconds(half) for half in halves]
    run = subprocess.run(
        ["wrk", "-t2", f"-c{options.concurrency}", f"-d{seconds}s", "--latency", "--timeout", "10s",
         "-s", str(BENCH / "exchange.lua"), f"http://127.0.0.1:{chain.port}"],
        capture_output=True, text=True, check=True,
        env={**os.environ, "BENCH_TARGET": TARGET, "BENCH_CLIENT": CLIENT},
    )  # fmt: skip
    after = [processor_seconds(half) for half in halves]
    requests = int(re.search(r"(\d+) requests in", run.stdout)[1])  # type: ignore[index]
    failed = sum(int(each) for each in re.findall(r"Non-2xx or 3xx responses: (\d+)", run.stdout))
    failed += sum(
        int(each)
        for line in re.findall(r"Socket errors: (.*)", run.stdout)
        for each in re.findall(r"\d+", line)
    )
    spent = [
        round(1e6 * (end - begin) / max(requests, 1), 1) for begin, end in zip(before, after, strict=True)
    ]
    return Round(
        exchanges_per_second=float(re.search(r"Requests/sec:\s+([\d.]+)", run.stdout)[1]),  # type: ignore[index]
        failed=failed,
        p50_milliseconds=percentile(run.stdout, "50%"),
        p99_milliseconds=percentile(run.stdout, "99%"),
        processor_microseconds=(spent[0], spent[1]),
        resident_megabytes=(resident_megabytes(chain.asking), resident_megabytes(chain.answering)),
    )


def percentile(text: str, name: str) -> float:
    found = re.search(rf"{name}\s+([\d.]+)(us|ms|s)", text)
    assert found is not None
    return round(float(found[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[found[2]], 2)


def core(number: int) -> dict[str, int]:
    """Each gateway stays on a core of its own, as each nginx worker does."""
    usable = sorted(os.sched_getaffinity(0))
    return {"processor": usable[number % len(usable)]}


@contextmanager
def both_chains(folder: Path) -> Iterator[tuple[Chain, Chain]]:
    country = Country(folder)
    asking, answering = country.institutions[TUZLA], country.institutions[BRCKO]
    service = {"code": "childrenOfParent", "address": f"unix:{folder}/backend.sock"}
    directory = {"source": "../directory.json", "cache": "directory.json", "refresh_seconds": 60}
    country.configure(asking, services=[], directory=directory, **core(0))
    country.configure(answering, services=[service], directory=directory, **core(1))
    facts = {"facts": {"children": "y" * 919}, "as_of": "2026-11-21T14:05:00Z", "salt": fresh_salt()}
    values = {
        "ANSWER": json.dumps(facts),
        "ROOT": str(folder / "root.pem"),
        "ASKING": str(asking.folder),
        "ANSWERING": str(answering.folder),
        "SOCKET": str(asking.portal_socket),
        "TLS_PORT": str(free_port()),
        "PORT": str(free_port()),
    }
    door = {**values, "PORT": str(free_port())}
    with ExitStack() as stack:
        stack.callback(country.end)
        stack.enter_context(nginx("backend", BACKEND, folder, values))
        answers = stack.enter_context(nginx("answering", ANSWERING, folder, values))
        asks = stack.enter_context(nginx("asking", ASKING, folder, values))
        country.start(TUZLA, BRCKO, registers=False)
        stack.enter_context(nginx("door", DOOR, folder, door))
        assert asking.process is not None
        assert answering.process is not None
        yield (
            Chain("gateways", int(door["PORT"]), [asking.process.pid], [answering.process.pid]),
            Chain("nginx", int(values["PORT"]), children(asks.pid), children(answers.pid)),
        )


def summary(rounds: list[Round]) -> dict[str, object]:
    return {
        "exchanges_per_second": round(median(each.exchanges_per_second for each in rounds), 1),
        "failed": sum(each.failed for each in rounds),
        "p50_milliseconds": median(each.p50_milliseconds for each in rounds),
        "p99_milliseconds": median(each.p99_milliseconds for each in rounds),
        "processor_microseconds_per_exchange": {
            "asking": median(each.processor_microseconds[0] for each in rounds),
            "answering": median(each.processor_microseconds[1] for each in rounds),
        },
        "resident_megabytes": {
            "asking": max(each.resident_megabytes[0] for each in rounds),
            "answering": max(each.resident_megabytes[1] for each in rounds),
        },
        "rounds": [asdict(each) for each in rounds],
    }


def machine() -> dict[str, object]:
    cpu = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())
    return {
        "processor": cpu[1] if cpu else platform.machine(),
        "cores": os.cpu_count(),
        "memory_gigabytes": round(int(memory[1]) / 2**20, 1) if memory else None,
        "kernel": platform.release(),
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in ("httptools", "uvloop", "cryptography")},
        "nginx": subprocess.run(
            [shutil.which("nginx") or "/usr/sbin/nginx", "-v"], capture_output=True, text=True, check=True
        ).stderr.strip(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--only-print", action="store_true", help="leave the published result as it is")
    options = parser.parse_args()
    facts = machine()
    rounds: dict[str, list[Round]] = {"gateways": [], "nginx": []}
    with tempfile.TemporaryDirectory() as name, both_chains(Path(name)) as chains:
        for chain in chains:
            measure(chain, options, 2)
        for number in range(options.rounds):
            for chain in chains:
                found = measure(chain, options, options.seconds)
                rounds[chain.name].append(found)
                print(f"round {number + 1} {chain.name:9} {found.exchanges_per_second:9.1f}/s "
                      f"p99 {found.p99_milliseconds:7.2f} ms  {found.processor_microseconds} us  "
                      f"{found.resident_megabytes} MB  {found.failed} failed", flush=True)  # fmt: skip
    shares = [
        ours.exchanges_per_second / theirs.exchanges_per_second
        for ours, theirs in zip(rounds["gateways"], rounds["nginx"], strict=True)
    ]
    result = {
        "what": "signed, logged, durable exchanges through two gateways, beside nginx as a mutual-TLS proxy",
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "concurrency": options.concurrency,
        "seconds_per_round": options.seconds,
        "percent_of_nginx": round(100 * median(shares), 2),
        "gateways": summary(rounds["gateways"]),
        "nginx": summary(rounds["nginx"]),
        "machine": facts,
    }
    print(f"{result['percent_of_nginx']} % of nginx")
    if not options.only_print:
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
