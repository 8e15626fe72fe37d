"""What a night and a manager's questions take on one day of a city: ``python -m benchmarks.analysis [seed ...]``.

Each row is timed by the clock and by the processor's seconds of this process, which other work on the machine does
not lengthen. The same file runs on an earlier commit (``git worktree add``), so that both stand side by side.

- A day of some 300 seats among 1,500 people: its appraisal with the best plan, then each level of parity.
- The sample city's matching run: the frontier along three axes, and the room of every weight and price.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import chain
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, NamedTuple

from dispatch.domain.docket.docket import Docket
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.period import Period
from dispatch.domain.policy.schema import load_preset
from dispatch.domain.policy.sweep_axis import FIELDS, Axis
from dispatch.modes.encode import encode
from dispatch.modes.optimized import match
from dispatch.simulation.backtest.appraisal import Made, appraise, morning, seats_of
from dispatch.simulation.backtest.parity import costs
from dispatch.simulation.evidence.days import Day
from dispatch.simulation.evidence.frontier import draw_curve
from dispatch.simulation.evidence.sensitivity import rooms_of
from dispatch.simulation.sample.city import CITY, make_city
from dispatch.simulation.sample.facts import docket_facts
from dispatch.simulation.sample.year import Year, make_year
from optimizer import solve

RESULTS = Path(__file__).parent / "results" / "analysis.md"
POLICY = load_preset("national")
FRIDAY = date(2026, 3, 6)
NOW = datetime(2026, 3, 9, 1, tzinfo=UTC)
SEEDS = 7, 8, 9
CURVES = Axis.FAIRNESS, Axis.DISTANCE, Axis.WISH


class Timed(NamedTuple):
    """What was asked, what came of it, and what it took."""

    name: str
    found: str
    clock_s: float
    processor_s: float


def main(seeds: Sequence[int]) -> None:
    """Time every question and write the table."""
    lines = ["| day | question | answer | clock, s | processor, s |", "|---|---|---|---|---|"]
    for seed in seeds:
        for each in chain(night(seed), evidence(seed)):
            line = f"| {seed} | {each.name} | {each.found} | {each.clock_s:.2f} | {each.processor_s:.2f} |"
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
            lines.append(line)
    RESULTS.write_text("# Questions about a day\n\n" + "\n".join(lines) + "\n", encoding="utf-8")


def timed(name: str, ask: Callable[[], Any], render: Callable[[Any], str]) -> tuple[Timed, Any]:
    """Ask once, and return what it took beside the answer."""
    clock, used = perf_counter(), process_time()
    found = ask()
    return Timed(name, render(found), perf_counter() - clock, process_time() - used), found


def night(seed: int) -> Iterator[Timed]:
    """Yield the appraisal of a busy day and its price of equality."""
    period, made = busy_day(seed)
    line, found = timed("appraisal", lambda: appraise(period, made, POLICY), lambda day: f"{day.compared} seats")
    yield line
    asked = costs(found.compares)
    while True:
        line, cost = timed("parity", lambda: next(asked, None), _of_cost)
        if cost is None:
            return
        yield line._replace(name=f"parity: {cost.measured.en}, gap {cost.gap:,}")


def _of_cost(cost: Any) -> str:
    if cost is None:
        return ""
    settled = getattr(cost, "settled", None)
    loss = "no plan" if cost.value is None else f"{cost.best - cost.value:,} points below the best"
    most = "" if cost.bound is None else f", at least {cost.best - cost.bound:,}"
    return f"{settled.en if settled else 'told as None' if cost.value is None else 'told'}: {loss}{most}"


def busy_day(seed: int) -> tuple[Period, list[Made]]:
    """Return a Friday with 300 arrivals, each given as a plan of that morning would have it."""
    period = make_year(seed, FRIDAY, POLICY, Year(cases=300, days=3))
    at = period.since + timedelta(hours=1)
    wanted = [_made(case.id, k, "", at) for case in period.arrivals for k in range(case.demand)]
    docket, found = seats_of(morning(period, wanted, POLICY), wanted)
    plan = solve(encode(docket, found), seed=1)
    cases, people = docket.facts.cases, docket.facts.practitioners
    pairs = list(zip(plan.rows.tolist(), plan.cols.tolist(), strict=True))
    return period, [_made(cases[i].id, k, people[j].id, at) for k, (i, j) in enumerate(pairs)]


def _made(case_id: str, seat: int, who: str, at: datetime) -> Made:
    return Made(f"{case_id}-{seat}", case_id, who, at, True)


def evidence(seed: int) -> Iterator[Timed]:
    """Yield frontiers and sensitivities of a run of the sample city."""
    docket = Docket.build(docket_facts(make_city(seed, NOW, POLICY.causes, CITY), NOW), POLICY, seed)
    found = eligible(docket)
    run = match(docket, found)
    day = Day(docket, run.problem, run.solution)
    for axis in CURVES:
        line, _ = timed(f"frontier: {axis.en}", partial(draw_curve, docket, found, axis), _of_curve)
        yield line
    for axis in FIELDS:
        line, _ = timed(f"sensitivity: {axis.en}", partial(rooms_of, [("run", day)], (axis,)), _of_rooms)
        yield line


def _of_curve(curve: Any) -> str:
    return f"{len(curve.points)} points"


def _of_rooms(rooms: Any) -> str:
    return f"{rooms[0].least:,} to {rooms[0].most:,}"


if __name__ == "__main__":
    main([int(seed) for seed in sys.argv[1:]] or SEEDS)
