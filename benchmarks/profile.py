"""Where the time of a solve goes, phase by phase: ``python -m benchmarks.profile``."""

import cProfile
import sys
import time
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from benchmarks.instances import BACKLOG, CITY, MEGA_CITY, Instance, make
from benchmarks.report import RESULTS, machine
from optimizer import solve

# fmt: off
PHASES = (
    # what it does                         file           function
    ("classes, lots, terms",               "relax.py",    "__init__"),
    ("first prices",                       "relax.py",    "_first_prices"),
    ("first candidates",                   "scoring.py",  "best"),
    ("building networks",                  "build.py",    "__init__"),
    ("OR-Tools flows, the draw among them", "network.py", "cheapest_flow"),
    ("reading prices",                     "build.py",    "prices"),
    ("proof: pairs looked at again",       "relax.py",    "_not_ruled_out"),
)
# fmt: on
WITHIN = {"classes, lots, terms": ("first prices", "first candidates")}
"""Phases that a longer one calls: their time is taken off it."""

SUBJECTS = [replace(base, room=room) for base in (CITY, MEGA_CITY, BACKLOG) for room in ("tight", "short")]


class Share(NamedTuple):
    """One phase of one instance: seconds of processor time, and its share of the solve."""

    phase: str
    seconds: float
    share: float


def shares(instance: Instance) -> tuple[float, list[Share]]:
    """Return the processor time of one solve after a first one, and what each phase has of it."""
    problem = make(instance)
    solve(problem)
    profile = cProfile.Profile(time.process_time)
    profile.runcall(solve, problem)
    profile.create_stats()
    spent = {
        phase: sum(
            row[3]
            for (path, _, name), row in profile.stats.items()
            if name == function and path.endswith(f"optimizer/{file}")
        )
        for phase, file, function in PHASES
    }
    for phase, within in WITHIN.items():
        spent[phase] -= sum(spent[part] for part in within)
    total = sum(row[2] for row in profile.stats.values())
    spent["the rest"] = total - sum(spent.values())
    return total, [Share(phase, seconds, seconds / total) for phase, seconds in spent.items()]


def as_table(instances: Iterable[Instance]) -> str:
    """Return a Markdown table: a row for each phase, a column for each instance."""
    titles, columns = [], []
    for instance in instances:
        total, parts = shares(instance)
        titles.append(f"{instance.name} {instance.room}, {1000 * total:.0f} ms")
        columns.append(parts)
    rows = [
        f"| {row[0].phase} | " + " | ".join(f"{100 * part.share:.0f} %" for part in row) + " |"
        for row in zip(*columns, strict=True)
    ]
    return "\n".join([f"| phase | {' | '.join(titles)} |", "|---|" + "---|" * len(titles), *rows])


if __name__ == "__main__":
    heading = f"# Where the time goes\n\n{machine()}; processor time of both cores, under a profiler.\n\n"
    text = f"{heading}{as_table(SUBJECTS)}\n"
    RESULTS.joinpath("profile.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)
