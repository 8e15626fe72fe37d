"""Scores without structure, where candidates have little to go by: ``python -m benchmarks.unstructured [SIZE ...]``.

Ours is the whole solve of a problem at hand, with its proof and its draw; SciPy and ``lapx`` get their cost matrix
ready made and return no prices. Times are of the processor, on one core, in one process, turn by turn; the least
of all turns counts.
"""

import sys
from collections.abc import Callable
from time import process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.report import RESULTS, machine
from optimizer import Problem, solve

Scores = NDArray[np.int64]
Solver = Callable[[], Any]

SIZES = 1_000, 2_000
TURNS = 3
OPEN_PRICE = 10**7
"""So high that nobody stays open who need not."""

AIM = 3.0
"""Ours may take so many times as long as SciPy."""


def all_ties(n: int, draw: np.random.Generator) -> Scores:
    """Every pair is worth the same."""
    return np.full((n, n), 7)


def zero_or_one(n: int, draw: np.random.Generator) -> Scores:
    """Every pair suits or does not."""
    return draw.integers(0, 2, (n, n))


def up_to_99(n: int, draw: np.random.Generator) -> Scores:
    """Points of two digits."""
    return draw.integers(0, 100, (n, n))


def up_to_a_million(n: int, draw: np.random.Generator) -> Scores:
    """Points of six digits."""
    return draw.integers(0, 10**6 + 1, (n, n))


def machol_wien(n: int, draw: np.random.Generator) -> Scores:
    """Return i * j, the hardest for augmenting paths. Source: Machol, Wien, Operations Research 24 (1976)."""
    return np.outer(np.arange(1, n + 1), np.arange(1, n + 1))


def one_in_a_hundred(n: int, draw: np.random.Generator) -> Scores:
    """One pair in a hundred is allowed."""
    return np.where(draw.random((n, n)) < 0.01, draw.integers(0, 10**4, (n, n)), -1)


def rank_one(n: int, draw: np.random.Generator) -> Scores:
    """Return a weight of the case times a level of the practitioner."""
    return np.outer(draw.integers(1, 4_000, n), draw.integers(1, 4_000, n))


# fmt: off
KINDS = {
    # instance                               scores            every case a class of its own
    "all ties":                             (all_ties,         False),
    "all ties, different open prices":      (all_ties,         True),
    "0 or 1":                               (zero_or_one,      False),
    "0-99":                                 (up_to_99,         False),
    "0-1,000,000":                          (up_to_a_million,  False),
    "Machol-Wien i * j":                    (machol_wien,      False),
    "1 % eligible":                         (one_in_a_hundred, False),
    "rank one":                             (rank_one,         False),
}
# fmt: on


def make(kind: str, n: int) -> Problem:
    """Return n cases and n practitioners with one slot each, scored by the kind."""
    scores, own_price = KINDS[kind]
    nothing = np.zeros((n, 1), np.float32)
    free = np.zeros((n, 1), np.int64)
    open_price = OPEN_PRICE + np.arange(n) * own_price
    base = scores(n, np.random.default_rng(5)).astype(np.float32)
    return Problem(nothing, nothing, np.ones(n, np.int64), free, open_price, base_score=base)


def compare(kind: str, n: int) -> tuple[float, float, float]:
    """Return the seconds of SciPy, ``lapx`` and ours; all three must come to the same value."""
    import lap
    from scipy.optimize import linear_sum_assignment

    problem = make(kind, n)
    outside = -problem.open_price[:, None].astype(np.float64)
    value = np.where(problem.base_score < 0, outside, problem.base_score)
    solvers = (
        lambda: linear_sum_assignment(value, maximize=True)[1],
        lambda: lap.lapjv(value.max() - value)[1],
        lambda: solve(problem),
    )
    times = [[_timed(solver) for solver in solvers] for _ in range(TURNS)]
    picked, other, solution = (answer for _, answer in times[-1])
    worths = {int(value[np.arange(n), columns].sum()) for columns in (picked, other)}
    if worths != {solution.objective} or not solution.optimal:
        raise AssertionError(f"{kind}: peers reach {worths}, ours {solution.objective}")
    scipy, lapx, ours = (min(seconds for seconds, _ in column) for column in zip(*times, strict=True))
    return scipy, lapx, ours


def _timed(solver: Solver) -> tuple[float, Any]:
    start = process_time()
    answer = solver()
    return process_time() - start, answer


def main(sizes: list[int]) -> None:
    """Compare every kind at every size, and write the table."""
    lines = [
        "# unstructured",
        "",
        f"{machine()}, of which one; times of the processor, the least of {TURNS} turns.",
        "",
        f"| n = m | scores | SciPy, ms | `lapx`, ms | ours, ms | × SciPy, aim ≤ {AIM:.0f} | × `lapx` |",
        "|---|---|---|---|---|---|---|",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    for n in sizes:
        for kind in KINDS:
            scipy, lapx, ours = compare(kind, n)
            row = f"| {n:,} | {kind} | {1e3 * scipy:.0f} | {1e3 * lapx:.0f} | {1e3 * ours:.0f} "
            lines.append(f"{row}| {ours / scipy:.1f} | {ours / lapx:.1f} |")
            sys.stdout.write(lines[-1] + "\n")
            sys.stdout.flush()
    (RESULTS / "unstructured.md").write_text("\n".join((*lines, "")), encoding="utf-8")


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or list(SIZES))
