"""Days with many opposing sides beside CP-SAT, in turn in one process: ``python -m benchmarks.opposed``."""

import sys
from time import process_time
from typing import NamedTuple

from benchmarks.inputs import worth
from benchmarks.peers import cp_sat
from optimizer import Problem, solve, verify
from testbed.opposed import couples, opposed

DAYS = {
    **{f"30 × 20, 3 institutions, 60 pairs, {seed}": opposed(30, 20, 3, 60, seed) for seed in range(3)},
    **{f"60 × 40, 4 institutions, 150 pairs, {seed}": opposed(60, 40, 4, 150, seed) for seed in range(2)},
    **{f"60 × 24, 2 institutions, 20 couples, {seed}": couples(seed) for seed in range(2)},
}
PATIENCE_S = 20.0
FEW_NODES = 8


class Row(NamedTuple):
    """
    Values, bounds and processor times of one day.

    CP-SAT ends with its proof or its patience; ours has few nodes first, then those it takes by default.
    """

    name: str
    peer_value: int
    peer_s: float
    value: int
    bound: int
    seconds: float
    proven_bound: int
    proven_s: float


def measure(name: str, problem: Problem) -> Row:
    """Solve one day three times: CP-SAT, ours with few nodes, ours with the nodes it takes by default."""
    start = process_time()
    peer = worth(problem, cp_sat(problem, PATIENCE_S, workers=1))
    after_peer = process_time()
    quick = solve(problem, max_nodes=FEW_NODES)
    after_quick = process_time()
    patient = solve(problem)
    end = process_time()
    for solution in (quick, patient):
        verify(problem, solution)
    times = after_peer - start, after_quick - after_peer, end - after_quick
    return Row(name, peer, times[0], quick.objective, quick.bound, times[1], patient.bound, times[2])


def print_line(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Print the table."""
    print_line("| day | CP-SAT | s | ours, few nodes | bound | s | bound by default | s |")
    print_line("|---|---|---|---|---|---|---|---|")
    for name, problem in DAYS.items():
        row = measure(name, problem)
        cells = [f"{each:.2f}" if isinstance(each, float) else f"{each:,}" for each in row[1:]]
        print_line("| " + " | ".join([row.name, *cells]) + " |")


if __name__ == "__main__":
    main()
