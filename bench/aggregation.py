"""One million measurements to all aggregates, beside exact quantiles in DuckDB and sketches of a library.

1,000,000 synthetic, seeded measurements (download, upload, latency) of 2,061 schools over 122 days become,
for each of the three metrics, tables by school, municipality, canton, entity, country, authority and
provider, by day, by week and over all time: 63 tables, each cell with 10th percentile, median, 90th
percentile, counts, confidence interval of the median and share of time below 20. Peers, in the same
interleaved rounds:

- DuckDB with ``quantile_disc`` on two threads (ours has one): the same tables without confidence intervals,
  exact, its hours, days and weeks reckoned beforehand; only where it is installed;
- KLL sketches of Apache DataSketches: one table only, downloads by school and day, beside ours of that table;
- one query for each school, as Giga aggregates, on SQLite with an index: mean of one day's downloads of each
  of the 2,061 schools, beside ours of all aggregates that this day touches.

Usage: bench/aggregation.py [--rounds 5] [--only-print].
"""

import argparse
import importlib.util
import resource
import sqlite3
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import datasketches
import numpy as np

from mostovi.connectivity.aggregation.columns import NEVER, Grouping, Measurements, Metric, Period
from mostovi.connectivity.aggregation.cube import Cube
from timing import machine, milliseconds, timed, write

COUNT, SCHOOLS, PROVIDERS, DAYS = 1_000_000, 2061, 12, 122
FIRST = 1_767_225_600  # 2026-01-01
SUMMER = 1_774_746_000  # 2026-03-29 01:00, when clocks go forward
ZONE = "Europe/Sarajevo"
PERIODS = (Period.DAY, Period.WEEK, Period.ALL)
BENCHMARK = 20.0


def groups() -> dict[str, np.ndarray]:
    random = np.random.RandomState(2)
    municipality = random.randint(0, 143, SCHOOLS)
    return {
        "school": np.arange(SCHOOLS),
        "municipality": municipality,
        "canton": municipality % 12,
        "entity": municipality % 12 % 3,
        "country": np.zeros(SCHOOLS, np.int64),
        "authority": municipality % 12,
        "provider": np.arange(PROVIDERS),
    }


def groupings() -> list[Grouping]:
    return [Grouping(name, group, by_provider=name == "provider") for name, group in groups().items()]


def measurements() -> Measurements:
    random = np.random.RandomState(1)
    site = random.randint(0, SCHOOLS, COUNT)
    measured_at = FIRST + random.randint(0, DAYS * 86400, COUNT)
    download = random.lognormal(2.5, 1.0, SCHOOLS)[site] * random.lognormal(0.0, 0.4, COUNT)
    return Measurements(
        site=site,
        provider=random.randint(0, PROVIDERS, SCHOOLS)[site],
        measured_at=measured_at,
        received_at=measured_at + random.randint(1, 86400, COUNT),
        withdrawn_at=np.full(COUNT, NEVER),
        values={
            Metric.DOWNLOAD: download,
            Metric.UPLOAD: download / 3,
            Metric.LATENCY: random.lognormal(3.0, 0.5, COUNT),
        },
    )


def all_aggregates(batch: Measurements) -> tuple[Cube, int]:
    cube = Cube(groupings(), PERIODS, ZONE)
    return cube, say(cube, batch)


def say(cube: Cube, batch: Measurements) -> int:
    """Add a batch and say all there is to say of what it touches; how many cells that is."""
    return sum(len(cells.summaries(BENCHMARK)) for cells in cube.add(batch).values())


def one_table(batch: Measurements) -> int:
    downloads = Measurements(
        batch.site, batch.provider, batch.measured_at, batch.received_at, batch.withdrawn_at,
        {Metric.DOWNLOAD: batch.values[Metric.DOWNLOAD]},
    )  # fmt: skip
    return say(Cube(groupings()[:1], [Period.DAY], ZONE), downloads)


def kll(batch: Measurements) -> int:
    """Grouped with numpy; only filling and asking the sketches is the library's."""
    cell = batch.site * 4096 + batch.hour // 24
    order = np.argsort(cell, kind="stable")
    starts = np.flatnonzero(np.diff(cell[order], prepend=-1))
    parts = np.split(batch.values[Metric.DOWNLOAD][order].astype(np.float32), starts[1:])
    for part in parts:
        sketch = datasketches.kll_floats_sketch(200)
        sketch.update(part)
        sketch.get_quantiles([0.1, 0.5, 0.9])
        sketch.get_rank(BENCHMARK)
    return len(parts)


def in_duckdb(batch: Measurements) -> Callable[[], int]:
    import duckdb  # noqa: PLC0415 - a peer that need not be there

    connection = duckdb.connect(config={"threads": 2})
    local = batch.measured_at + np.where(batch.measured_at < SUMMER, 3600, 7200)
    columns = {"site": batch.site, "provider": batch.provider, "hour": local // 3600}
    columns |= {str(metric): values for metric, values in batch.values.items()}
    names = groups()
    connection.register("given", columns)
    connection.register("given_groups", {name: names[name] for name in names if name != "provider"})
    connection.execute("create table tests as select * from given")
    connection.execute("create table schools as select * from given_groups")
    return lambda: sum(tables_in_duckdb(connection, str(metric), names) for metric in batch.values)


def tables_in_duckdb(connection: Any, metric: str, names: dict[str, np.ndarray]) -> int:
    connection.execute(
        "create or replace temp table hours as select site, provider, hour, count(*) as tests, "  # noqa: S608
        f"quantile_disc({metric}, 0.5) as value from tests group by all"
    )
    cells = 0
    for name in names:
        group = "provider" if name == "provider" else f"schools.{name}"
        for period in ("hour // 24", "(hour // 24 + 3) // 7", "0"):
            said = connection.execute(
                f"create or replace temp table said as select {group} as cell, {period} as period, "  # noqa: S608
                "count(*) as hours, sum(tests) as tests, quantile_disc(value, [0.1, 0.5, 0.9]) as quantiles, "
                f"avg((value < {BENCHMARK})::int) as below "
                "from hours join schools on schools.school = hours.site group by 1, 2"
            )
            cells += said.fetchone()[0]
    return cells


def school_by_school(batch: Measurements, day: int) -> Callable[[], int]:
    connection = sqlite3.connect(":memory:")
    connection.execute("create table tests (site integer, at integer, download real)")
    columns = (batch.site, batch.measured_at, batch.values[Metric.DOWNLOAD])
    rows = zip(*(column.tolist() for column in columns), strict=True)
    connection.executemany("insert into tests values (?, ?, ?)", rows)
    connection.execute("create index by_site on tests (site, at)")
    query = "select avg(download) from tests where site = ? and at >= ? and at < ?"
    begin = FIRST + day * 86400

    def run() -> int:
        return len([connection.execute(query, (s, begin, begin + 86400)).fetchone() for s in range(SCHOOLS)])

    return run


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only-print", action="store_true", help="leave the published result as it is")
    options = parser.parse_args()
    facts = machine("numpy", "datasketches")
    batch = measurements()
    day = batch.where((batch.measured_at >= FIRST + 86400 * 60) & (batch.measured_at < FIRST + 86400 * 61))
    one_day = Cube(groupings(), PERIODS, ZONE)
    runs: dict[str, Callable[[], Any]] = {
        "all_aggregates": lambda: all_aggregates(batch)[1],
        "one_table": lambda: one_table(batch),
        "one_table_kll": lambda: kll(batch),
        "one_day": lambda: say(one_day, day),
        "one_day_school_by_school": school_by_school(batch, 60),
    }
    if importlib.util.find_spec("duckdb"):
        runs["all_aggregates_duckdb_exact"] = in_duckdb(batch)
    rounds: dict[str, list[dict[str, float]]] = {name: [] for name in runs}
    cells = {}
    for number in range(options.rounds):
        for name, run in runs.items():
            spent, cells[name] = timed(run)
            rounds[name].append(spent)
            print(f"round {number + 1} {name:28} {spent} {cells[name]:8} cells", flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    result = {
        "what": "1,000,000 measurements of 2,061 schools to 63 tables of aggregates",
        "measurements": COUNT,
        "cells": cells,
        "medians": {name: middle(each) for name, each in rounds.items()},
        "times_faster": {
            "than_kll_one_table": ratio(rounds, "one_table_kll", "one_table"),
            "than_duckdb_exact": ratio(rounds, "all_aggregates_duckdb_exact", "all_aggregates"),
        },
        "one_measurement": milliseconds(single_measurements(batch)),
        "resident_megabytes_with_the_peers": peak,
        "rounds": rounds,
        "machine": facts,
    }
    print(result["medians"], result["times_faster"], result["one_measurement"])
    if not options.only_print:
        write("aggregation", result)
    return 0


def single_measurements(batch: Measurements) -> list[float]:
    """How long it takes until everything is said anew of what one more measurement touches."""
    cube, _ = all_aggregates(batch)
    spent = []
    for place in range(300):
        begin = time.perf_counter()
        say(cube, batch.where(np.array([place * 997])))
        spent.append(time.perf_counter() - begin)
    return spent


def middle(rounds: list[dict[str, float]]) -> dict[str, float]:
    return {key: round(median(each[key] for each in rounds), 3) for key in rounds[0]}


def ratio(rounds: dict[str, list[dict[str, float]]], peer: str, ours: str) -> dict[str, float] | None:
    """The median of the rounds' ratios, by the wall and by processor time; None without the peer."""
    if peer not in rounds:
        return None
    pairs = list(zip(rounds[peer], rounds[ours], strict=True))
    return {key: round(median(a[key] / b[key] for a, b in pairs), 2) for key in rounds[ours][0]}


if __name__ == "__main__":
    sys.exit(main())
