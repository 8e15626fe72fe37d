"""Opposing sides that a few decisions do not settle: the plan is good all the same, and its bound is true."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer import Problem, Solution, solve, verify
from testbed.opposed import couples, opposed
from tests.examples import share
from tests.optimizer.brute_force import best_value
from tests.optimizer.builders import problems
from tests.optimizer.test_laws import permuted


def solve_hard(problem: Problem, seed: int = 0, max_nodes: int = 400) -> Solution:
    """Take every search that does not end at its root for a hard one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("optimizer.solver.branching.EASY", 1)
        return solve(problem, seed, max_nodes=max_nodes)


@given(problems())
def test_hard_search_is_proven_and_never_beaten_by_brute_force(problem: Problem) -> None:
    solution = solve_hard(problem)

    verify(problem, solution)
    assert solution.optimal
    assert solution.objective == best_value(problem)


@share(0.5)
@given(problems())
def test_search_that_ends_at_its_root_has_the_best_plan_and_a_true_bound(problem):
    solution = solve_hard(problem, max_nodes=1)

    verify(problem, solution)
    assert len(solution.certificate.leaves) == 1
    assert solution.objective == best_value(problem) <= solution.bound


@share(0.5)
@given(problems(), st.integers(0, 3), st.randoms())
def test_permuting_rows_and_columns_permutes_the_plan_of_a_hard_search(problem, seed, random):
    rows, cols = random.sample(range(problem.n), problem.n), random.sample(range(problem.m), problem.m)

    plan, moved = solve_hard(problem, seed), solve_hard(permuted(problem, rows, cols), seed)

    pairs = zip(np.argsort(rows)[plan.rows].tolist(), np.argsort(cols)[plan.cols].tolist(), strict=True)
    assert list(zip(moved.rows.tolist(), moved.cols.tolist(), strict=True)) == sorted(pairs)
    assert (moved.certificate.proof.practitioner_price == plan.certificate.proof.practitioner_price[cols]).all()


@pytest.mark.parametrize("limit", [1, 2, 3, 50, 51])
def test_limit_counts_the_nodes_that_were_solved(limit: int) -> None:
    solution = solve(opposed(30, 20, 3, 60, seed=2), max_nodes=limit)

    solved = 2 * len(solution.certificate.leaves) - 1

    assert limit - 1 <= solved <= limit


# The greatest value CP-SAT found in minutes.
BEST_KNOWN = [(30, 20, 3, 60, 0, 24_834), (60, 40, 4, 150, 0, 56_788)]


@pytest.mark.parametrize(("cases", "practitioners", "institutions", "pairs", "seed", "best"), BEST_KNOWN)
def test_search_beyond_its_limit_is_within_a_hundredth_of_the_best_known(
    cases: int, practitioners: int, institutions: int, pairs: int, seed: int, best: int
) -> None:
    problem = opposed(cases, practitioners, institutions, pairs, seed)

    solution = solve(problem, max_nodes=30)

    verify(problem, solution)
    assert not solution.optimal
    assert solution.objective >= 0.99 * best
    assert best <= solution.bound


def test_couples_leave_no_case_open_and_are_proven() -> None:
    solution = solve(couples(0))

    assert solution.optimal
    assert solution.open.sum() == 0
