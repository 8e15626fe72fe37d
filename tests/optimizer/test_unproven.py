"""What answers say where a search ends without a proof, and where sides are kept apart."""

from dataclasses import replace
from math import inf

import numpy as np
import pytest

from optimizer import Pairs, Problem, solve, verify
from optimizer.analysis.alternatives import Alternatives
from optimizer.analysis.cut import blocking_cut, cheapest_repair
from optimizer.analysis.frontier import Frontier
from optimizer.analysis.radius import Reach, stability_radius
from optimizer.perturbation import Perturbation, moved
from testbed.opposed import opposed
from tests.optimizer.builders import a_problem
from tests.optimizer.test_perturbations import some_unproven
from tests.optimizer.test_sides import solve_hard

MAX_LEVEL = 8


def leaning():
    """Two cases and two practitioners; the perturbation lifts the second's scores, which changes no plan."""
    problem = a_problem(
        case_terms=np.eye(2, dtype=np.float32),
        practitioner_terms=np.float32([[20, 0], [0, 20]]),
        open_price=np.full(2, 100),
    )
    return problem, Perturbation(np.float32([[0, 0], [1, 1]]), np.zeros((2, 1), np.int64))


def doubting(*sure):
    """A solver that finds the best plan and proves it for some problems only."""

    def solved(problem: Problem, seed: int = 0, near=None):
        found = solve(problem, seed)
        return found if problem.digest in sure else replace(found, bound=found.bound + 1, optimal=False)

    return solved


@pytest.mark.parametrize(
    ("sure", "down", "up"),
    [
        ("nowhere", Reach(0, 4, proven=False), Reach(0, 4, proven=False)),
        ("here", Reach(0, 4, proven=False), Reach(0, 4, proven=False)),
        ("everywhere", Reach(4, 4, proven=True), Reach(4, 4, proven=True)),
    ],
)
def test_radius_reaches_as_far_as_solves_prove(monkeypatch, sure, down, up):
    problem, perturbation = leaning()
    plan = solve(problem)
    at = [moved(problem, perturbation, level).digest for level in range(MAX_LEVEL + 1)]
    known = {"nowhere": [], "here": [at[4]], "everywhere": at}[sure]
    monkeypatch.setattr("optimizer.analysis.levels.solve", doubting(*known))

    radius = stability_radius(problem, perturbation, 4, MAX_LEVEL, plan.rows, plan.cols)

    assert (radius.down, radius.up) == (down, up)


def test_corner_that_no_search_had_time_to_prove_is_marked_unsure(monkeypatch):
    problem, _ = leaning()
    crossed = Perturbation(np.zeros((2, 2), np.float32), np.zeros((2, 1), np.int64), Pairs([0, 1], [1, 0], [9, 9]))
    monkeypatch.setattr("optimizer.analysis.levels.solve", doubting())

    corners = Frontier(problem, crossed, 0, MAX_LEVEL).corners(patience=0)

    assert not any(corner.sure for corner in corners[:-1])


@pytest.mark.parametrize("patience", [0, inf])
def test_frontier_of_solves_without_proof_is_marked_unsure(monkeypatch, patience):
    problem, perturbation = leaning()
    monkeypatch.setattr("optimizer.analysis.levels.solve", some_unproven(10))

    corners = Frontier(problem, perturbation, 0, MAX_LEVEL).corners(patience=patience)

    best = solve(problem).objective
    assert all(corner.plan.value <= best for corner in corners)
    assert [corner.sure for corner in corners if corner.plan.value < best] == [False] * sum(
        corner.plan.value < best for corner in corners
    )


def test_answers_are_refused_where_the_plan_without_sides_is_not_proven(monkeypatch):
    problem = opposed(8, 4, 2, 6, 0)
    solution = solve_hard(problem)
    monkeypatch.setattr("optimizer.analysis.alternatives.solve", some_unproven(10))

    with pytest.raises(ValueError, match="without opposing sides is not proven"):
        Alternatives(problem, solution)


@pytest.mark.parametrize("seed", range(4))
def test_repair_of_a_day_of_opposing_sides_is_worth_what_solving_again_says(seed):
    problem = opposed(10, 4, 2, 8, seed)
    solution = solve(problem)
    answers = Alternatives(problem, solution)
    gains = {}
    for j in range(problem.m):
        capacity = problem.capacity.copy()
        capacity[j] += 1
        gains[j] = solve(replace(problem, capacity=capacity)).objective - solution.objective

    for i in np.flatnonzero(solution.open).tolist():
        cut = blocking_cut(answers, i)
        repair = cheapest_repair(answers, cut)

        best = max((gains[j] for j in cut.practitioners.tolist()), default=0)
        assert (repair.gain if repair else 0) == best


def test_search_that_looks_at_few_promising_pairs_is_still_true(monkeypatch):
    monkeypatch.setattr("optimizer.solver.improve.MAX_PAIRS", 8)
    problem = opposed(14, 8, 2, 16, 1)

    solution = solve_hard(problem, max_nodes=3)

    verify(problem, solution)
    assert solution.objective <= solve(problem).objective <= solution.bound
