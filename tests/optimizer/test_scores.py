"""A matrix of numbers is a problem: of scores or costs, with pairs left out, and with cases that need nobody."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from optimizer import Coverage, Pairs, Problem, solve, verify
from optimizer.proof.files import load, save
from tests.examples import share
from tests.optimizer.brute_force import best_value
from tests.optimizer.builders import a_problem

SHAPES = st.tuples(st.integers(0, 4), st.integers(0, 4))


@st.composite
def matrices(draw, most=9):
    """Draw scores with the pairs that are allowed."""
    shape = draw(SHAPES)
    return draw(arrays(np.int64, shape, elements=st.integers(0, most))), draw(arrays(np.bool_, shape))


@share(0.5)
@given(matrices(), st.data())
def test_matrix_with_any_limits_is_solved_as_brute_force_does(matrix, data):
    score, allowed = matrix
    n, m = score.shape
    few = st.integers(0, 2)
    problem = Problem.from_scores(
        score,
        allowed,
        capacity=data.draw(arrays(np.int64, m, elements=few)),
        open_price=data.draw(arrays(np.int64, n, elements=st.integers(-5, 20))),
        demand=data.draw(arrays(np.int64, n, elements=few)),
        bonus=Pairs([0], [0], [5]) if n and m else None,
    )

    plan = solve(problem)

    verify(problem, plan)
    assert plan.objective == best_value(problem)
    assert allowed[plan.rows, plan.cols].all()


@share(0.5)
@given(st.integers(1, 6).flatmap(lambda n: arrays(np.int64, (n, n), elements=st.integers(0, 1000))))
def test_least_cost_is_found_by_subtracting_costs_from_a_constant(cost):
    problem = Problem.from_scores(cost.max() - cost, open_price=1 + cost.size * cost.max())

    plan = solve(problem)

    assert plan.status == Coverage.ALL_SERVED
    assert cost[plan.rows, plan.cols].sum() == cost[linear_sum_assignment(cost)].sum()


@share(0.5)
@given(matrices())
def test_as_many_as_possible_are_served_where_open_prices_exceed_all_gains(matrix):
    score, allowed = matrix
    problem = Problem.from_scores(score, allowed, open_price=1 + len(score) * int(score.max(initial=0)))

    plan = solve(problem)

    served = int((maximum_bipartite_matching(csr_array(allowed)) >= 0).sum()) if allowed.size else 0
    assert plan.rows.size == served
    assert plan.status == (Coverage.ALL_SERVED if served == len(score) else Coverage.SOME_OPEN)


def test_status_does_not_say_how_good_a_plan_is():
    full, short = solve(a_problem(capacity=np.array([2, 2]))), solve(a_problem())

    assert (full.status, full.optimal) == ("all served", True)
    assert (short.status, short.optimal) == ("some stay open", True)


def test_what_is_written_where_a_pair_is_not_allowed_means_nothing():
    allowed = np.array([[True, False], [False, True]])
    tables = [np.array([[7, hole], [hole, 7]]) for hole in (0, -1, 1e300, np.inf, np.nan)]

    digests = {Problem.from_scores(table, allowed).digest for table in tables}

    assert len(digests) == 1


# fmt: off
REFUSALS = [
    # score                           other words                       message
    ([1, 2],                          {},                               r"score has shape \(2,\); it must be \(n, m\)"),
    ([[1, -2]],                       {},                               r"score\[0, 1\] is -2.0; an allowed pair must score 0 or more"),
    ([[1.5]],                         {},                               r"score\[0, 0\] is 1.5; it must be a whole number"),
    ([[2**24]],                       {},                               r"score\[0, 0\] is 16777216; its size must be below"),
    ([[np.inf]],                      {},                               r"score\[0, 0\] is inf"),
    ([["a"]],                         {},                               r"score has type <U1"),
    ([[1, 2]],                        {"allowed": [[True]]},            r"allowed has shape \(1, 1\); it must be \(1, 2\)"),
    ([[1, 2]],                        {"allowed": [[1, 0]]},            r"allowed has type int64; it must hold True and False"),
    ([[1, 2]],                        {"capacity": [1]},                r"capacity has shape \(1,\); it must be \(2,\)"),
    ([[1, 2]],                        {"capacity": [1, 0.5]},           r"capacity has type float64"),
    ([[1, 2]],                        {"open_price": 0.5},              r"open_price has type float64"),
    ([[1, 2]],                        {"open_price": 2**63},            r"open_price\[0\] is 9223372036854775808"),
    ([[1, 2]],                        {"open_price": [1, 2]},           r"open_price has shape \(2,\); it must be \(1,\)"),
    ([[1, 2]],                        {"demand": [-1]},                 r"demand\[0\] is -1; it must be 0 or more"),
]
# fmt: on


@pytest.mark.parametrize(("score", "others", "message"), REFUSALS)
def test_matrix_that_cannot_be_right_is_refused(score, others, message):
    with pytest.raises(ValueError, match=message):
        Problem.from_scores(score, **others)


def test_case_that_needs_nobody_gets_nobody_and_its_proof_survives_a_file():
    problem = a_problem(demand=np.array([1, 0, 2]), capacity=np.array([3, 3]))
    content = io.BytesIO()

    plan = solve(problem)
    save(content, problem, plan)
    verify(*load(io.BytesIO(content.getvalue())))

    assert plan.rows.tolist() == [0, 2, 2]
    assert plan.open.tolist() == [0, 0, 0]


def test_problem_without_any_demand_is_solved_and_proven():
    problem = a_problem(demand=np.zeros(3, np.int64))

    plan = solve(problem)

    verify(problem, plan)
    assert (plan.objective, plan.rows.size, plan.status) == (0, 0, Coverage.ALL_SERVED)
