"""How long people wait for an answer at city size: ``python -m benchmarks.answers [rounds] [folder]``.

The sample city (300 cases, 1,500 practitioners of whom 300 take cases) is brought into a service of its own, and each
question is asked over HTTP, one after another: candidates, why, why not, why open, what if. Beside the waiting stands
the processor time of the service, which other work on the machine does not lengthen.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import cycle, islice
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, sleep
from typing import Any

from rich.console import Console

from dispatch.demo.client import Client
from dispatch.demo.serve import settle
from dispatch.demo.stack import run_stack
from dispatch.domain.vocabulary import Role
from dispatch.embedded.supervisor import to_files

RESULTS = Path(__file__).parent / "results" / "answers.md"

Question = Callable[[], Any]


def main(rounds: int, folder: Path) -> None:
    """Open the city, ask every question so many times, and write what each took."""
    with run_stack(folder, None, to_files(folder / "logs")) as home:
        tokens = settle(Console(), home, "en")
        with closing(Client(home.url, tokens[Role.MANAGER])) as manager:
            lines = [measured(name, ask, rounds) for name, ask in questions(manager)]
    table = "\n".join(
        ("| question | waiting, median, s | p95, s | processor, median, s |", "|---|---|---|---|", *lines)
    )
    RESULTS.write_text(f"# Answers at city size\n\n{table}\n", encoding="utf-8")
    sys.stdout.write(f"{table}\n")


def questions(manager: Client) -> Iterator[tuple[str, Question]]:
    """Yield each question by name; every asking is about another case, as people ask."""
    waiting = [case["id"] for case in islice(manager.pages("/v1/cases", status="pending"), 60)]
    told = {id: manager.get(f"/v1/cases/{id}/why") for id in waiting[:20]}
    shut_in = left_open(manager)
    served = [id for id, each in told.items() if not each["open"]]
    others = {id: manager.get(f"/v1/cases/{id}/candidates", limit=10) for id in served}
    ids, given, still_open = cycle(waiting), cycle(served), cycle(shut_in or served)
    steps = cycle((10_000, 20_000, 30_000, 40_000))
    away = cycle([each["chosen"][0]["person"]["practitioner_id"] for each in told.values() if each["chosen"]])

    def why_not() -> Any:
        case = next(given)
        return manager.get(f"/v1/cases/{case}/why", practitioner=others[case][-1]["practitioner_id"])

    yield "candidates of a case", lambda: manager.get(f"/v1/cases/{next(ids)}/candidates")
    yield "counts of refusals", lambda: manager.get(f"/v1/cases/{next(ids)}/candidates/counts")
    yield "why this one (pending)", lambda: manager.get(f"/v1/cases/{next(given)}/why")
    yield "why not that one (pending)", why_not
    yield f"why open ({len(shut_in)} such cases)", lambda: manager.get(f"/v1/cases/{next(still_open)}/why")
    yield "what if, prices", lambda: what_if(manager, changes={"fairness": {"price_per_turn": next(steps)}})
    yield "what if, one leave", lambda: what_if(manager, away=[next(away)])


def left_open(manager: Client) -> list[str]:
    """Return the cases that a run of today leaves without anybody."""
    run_id = manager.post("/v1/runs", {})["run"]["id"]
    while manager.get(f"/v1/jobs/{run_id}")["status"] in ("queued", "running"):
        sleep(0.5)
    proposals = manager.get(f"/v1/runs/{run_id}/report")["proposals"]
    bare = (each["proposal"]["case_id"] for each in proposals if each["practitioner"] is None)
    return list(dict.fromkeys(bare))


def what_if(manager: Client, **asked: Any) -> Any:
    """Ask what would become of today."""
    return manager.post("/v1/policies/what-if", asked)


def measured(name: str, ask: Question, rounds: int) -> str:
    """Return a line of the table."""
    times, processor = [], []
    for _ in range(rounds):
        start, used = perf_counter(), processor_s()
        ask()
        times.append(perf_counter() - start)
        processor.append(processor_s() - used)
    last = quantiles(times, n=20, method="inclusive")[-1]
    line = f"| {name} | {median(times):.2f} | {last:.2f} | {median(processor):.2f} |"
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
    return line


def processor_s() -> float:
    """Return the processor time of the processes we started, as Linux counts it."""
    used = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid():
            used += int(fields[11]) + int(fields[12])
    return used / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 10, Path(sys.argv[2] if len(sys.argv) > 2 else temporary))
