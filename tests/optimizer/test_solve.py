"""The solver at the size of a city, its hooks, and its limits."""

import numpy as np
import pytest
from hypothesis import given
from scipy.optimize import linear_sum_assignment

from optimizer import CancelledError, Problem, solve, verify
from optimizer.solver.network import Network
from optimizer.threads import blas_library, single_threaded
from tests.optimizer.builders import a_problem, city, problems


def by_scipy(problem):
    """Objective of SciPy's assignment on slots, one column for each slot and one to stay open in for each case."""
    owner = np.repeat(np.arange(problem.m), problem.capacity)
    step = np.arange(owner.size) - np.searchsorted(owner, owner)
    price = problem.slot_price[owner, np.minimum(step, problem.slot_price.shape[1] - 1)]
    scores = (problem.case_terms @ problem.practitioner_terms[owner].T).astype(np.int64)
    value = np.where(scores < 0, -(10**12), scores - price)
    table = np.column_stack((value, np.repeat(-problem.open_price[:, None], problem.n, axis=1)))
    return int(table[linear_sum_assignment(table, maximize=True)].sum())


@pytest.mark.parametrize("slots", [4500, 315, 240], ids=["ample", "tight", "short"])
def test_city_reaches_the_objective_of_scipy_to_the_last_digit(slots):
    problem = city(300, 1500, slots, seed=7)

    solution = solve(problem)

    verify(problem, solution)
    assert solution.objective == by_scipy(problem)


@pytest.mark.parametrize("slots", [9000, 1260], ids=["ample", "tight"])
def test_larger_city_of_several_tiles_is_proven(slots):
    problem = city(1200, 6000, slots, seed=3)

    solution = solve(problem)

    verify(problem, solution)
    assert solution.optimal


def test_ten_thousand_equal_cases_are_one_node():
    n, m = 10_000, 300
    levels = np.random.default_rng(1).integers(0, 100, (m, 2)).astype(np.float32)
    problem = Problem(np.ones((n, 2), np.float32), levels, np.full(m, 40), np.zeros((m, 1), int), np.full(n, 500))

    solution = solve(problem)

    verify(problem, solution)
    assert solution.rows.size == n


def test_every_pair_level_gives_different_plans_to_different_seeds():
    plans = {tuple(solve(all_level(), seed).cols.tolist()) for seed in range(8)}

    assert len(plans) > 1


def all_level(n=40, m=200):
    """Different open prices keep the cases apart; every pair is worth the same."""
    terms, levels = np.ones((n, 1), np.float32), np.ones((m, 1), np.float32)
    return Problem(terms, levels, np.ones(m, int), np.zeros((m, 1), int), 10 + np.arange(n))


def test_floor_on_cases_is_a_premium_on_first_slots():
    levels = np.array([[9], [1]], np.float32)
    spread = Problem(np.ones((2, 1), np.float32), levels, np.full(2, 2), [[0, 0], [-20, 0]], np.full(2, 50))

    assert sorted(solve(spread).cols.tolist()) == [0, 1]


def test_search_that_ends_at_its_limit_tells_value_and_bound_apart():
    cases, levels = np.eye(4, dtype=np.float32), np.full((3, 4), 5, np.float32) + np.eye(3, 4, dtype=np.float32)
    problem = Problem(
        cases, levels, np.full(3, 4), np.zeros((3, 1), int), np.full(4, 30),
        separate=np.array([[a, b] for a in range(4) for b in range(a)]),
    )  # fmt: skip

    hasty, patient = solve(problem, max_nodes=1), solve(problem)

    for solution in (hasty, patient):
        verify(problem, solution)
    assert (hasty.optimal, patient.optimal) == (False, True)
    assert hasty.objective <= patient.objective == patient.bound <= hasty.bound


@given(problems())
def test_progress_names_each_phase_and_ends_with_the_draw(problem):
    seen = []

    solve(problem, progress=seen.append)

    assert {entry.phase for entry in seen} == {"scan", "flow", "proof", "draw"}
    assert seen[-1].phase == "draw"
    assert [entry.turn for entry in seen] == sorted(entry.turn for entry in seen)


@pytest.mark.parametrize("patience", [0, 1, 3])
def test_cancelled_solve_stops_at_the_next_question(patience):
    answers = iter([False] * patience + [True])

    with pytest.raises(CancelledError, match="asked to stop"):
        solve(a_problem(), cancelled=lambda: next(answers))


def test_flow_without_a_way_out_is_an_error_of_ours():
    nowhere = Network(*(np.empty(0, np.int64) for _ in range(4)), np.array([1, -1]))

    with pytest.raises(AssertionError, match="a flow exists"):
        nowhere.cheapest_flow()


def test_blas_is_given_back_the_threads_it_had():
    library = blas_library()

    with single_threaded(library), single_threaded(None):
        inside = library and library.scipy_openblas_get_num_threads64_()

    assert inside in (None, 1)
    assert blas_library("math") is None
