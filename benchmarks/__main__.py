"""Benchmarks of the matching core: ``python -m benchmarks [city|full]``.

Every figure is a ratio to a peer or to a limit measured in the same process. ``city`` takes a few
minutes; ``full`` adds backlog, province and nation.
"""

import sys
from dataclasses import replace
from statistics import median
from time import perf_counter

import numpy as np

from benchmarks.instances import (
    BACKLOG,
    CITY,
    COUNTY,
    MEGA_CITY,
    NATION,
    PROVINCE,
    Instance,
    make,
    variants,
)
from benchmarks.measure import Result, compare, peak_mb, proof_share
from benchmarks.peers import PEERS
from benchmarks.report import as_table, write
from optimizer import rank, solve

OURS = PEERS[0]
CITIES = [
    *variants(COUNTY),
    *(replace(each, side_rules=True, opposing=0.2) for each in variants(COUNTY, mixes=("criminal",))),
    *variants(CITY, mixes=("civil", "criminal")),
    *variants(MEGA_CITY),
]
FULL = [
    *CITIES,
    *variants(MEGA_CITY, mixes=("criminal",)),
    *variants(BACKLOG),
    *variants(PROVINCE),
    *variants(NATION),
]
SETS = {"city": (CITIES, 3), "full": (FULL, 3)}


def main(name: str) -> None:
    """Run one set and write its results."""
    instances, repeats = SETS[name]
    results: list[Result] = []
    for instance in instances:
        print_line(f"{instance.title}: {instance.cases:,} × {instance.practitioners:,}")
        rows = compare(instance, repeats=repeats)
        print_line(as_table(rows))
        results += rows
    notes = [certificate_note(), rank_note(), side_rules_note()]
    print_line("\n".join(notes))
    print_line(f"written: {write(name, results, notes)}")


def print_line(text: str) -> None:
    """Print progress at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def certificate_note() -> str:
    """Return the cost of checking a certificate, against one pass of the tile product."""
    seconds, passes = proof_share(MEGA_CITY, repeats=5)
    return f"Certificate of {MEGA_CITY.title}: checked in {seconds:.3f} s, {passes:.2f} passes of the tile product."


def rank_note() -> str:
    """Return the median time of ranking one arriving case."""
    problem = make(MEGA_CITY)
    times = []
    for i in range(200):
        start = perf_counter()
        rank(problem, i)
        times.append(perf_counter() - start)
    middle, late = 1000 * median(times), 1000 * np.quantile(times, 0.95)
    return f"`rank` of one case among {problem.m:,}: median {middle:.2f} ms, p95 {late:.2f} ms."


def side_rules_note() -> str:
    """Return what opposing sides in 5 % of the cases add, against the same instance without."""
    notes = []
    for room in ("ample", "tight"):
        plain = replace(MEGA_CITY, room=room)
        ruled = replace(plain, opposing=0.05)
        times = {subject: median(_solve_s(subject) for _ in range(3)) for subject in (plain, ruled)}
        notes.append(f"{room} {times[ruled] / times[plain]:.2f} ×")
    rich = replace(MEGA_CITY, side_rules=True, opposing=0.05)
    return (
        f"Opposing sides in 5 % of the cases of {MEGA_CITY.name}: {', '.join(notes)} the time without; "
        f"all side rules together {_solve_s(rich):.2f} s, {peak_mb(rich, OURS):.0f} MB."
    )


def _solve_s(instance: Instance) -> float:
    problem = make(instance)
    start = perf_counter()
    solution = solve(problem)
    if not solution.optimal:
        print_line(f"{instance.title}: bound {solution.bound}, value {solution.objective}")
    return perf_counter() - start


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "city")
