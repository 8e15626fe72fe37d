"""Days with many opposing sides are as good as CP-SAT makes them."""

import pytest

from benchmarks.inputs import worth
from benchmarks.peers import cp_sat
from optimizer import Problem, solve, verify
from testbed.opposed import couples, opposed

HARD = [("crowd", opposed(30, 20, 3, 60, seed=2)), *((f"couples {seed}", couples(seed)) for seed in range(2))]


@pytest.mark.parametrize("problem", [each for _, each in HARD], ids=[name for name, _ in HARD])
def test_hard_search_comes_to_the_optimum_of_a_peer(problem: Problem) -> None:
    best = worth(problem, cp_sat(problem))

    solution = solve(problem)

    verify(problem, solution)
    assert solution.objective == best <= solution.bound
