"""Equality between groups costs exactly what brute force says, under every other limit."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer import solve
from optimizer.analysis.parity import best_within
from tests.examples import share
from tests.optimizer.brute_force import score_table
from tests.optimizer.builders import a_problem, problems


def filled_and_free(problem):
    """The same problem without slot prices."""
    return replace(problem, slot_price=np.zeros_like(problem.slot_price))


def legal(problem, plan):
    """Whether the pairs fill all demand and break no limit."""
    rows, cols = (np.array(side, np.int64) for side in zip(*plan, strict=True)) if plan else (np.empty(0, int),) * 2
    if (np.bincount(rows, minlength=problem.n) != problem.demand).any():
        return False
    houses = np.bincount(problem.institution[cols][problem.institution[cols] >= 0], minlength=problem.p)
    if (np.bincount(cols, minlength=problem.m) > problem.capacity).any() or (
        houses > problem.institution_capacity
    ).any():
        return False
    if any(np.bincount(cols[np.isin(rows, group)], minlength=1).max(initial=0) > 1 for group in problem.exclusive):
        return False
    unit = np.where(problem.institution < 0, problem.p + np.arange(problem.m), problem.institution)
    return not any(set(unit[cols[rows == a]]) & set(unit[cols[rows == b]]) for a, b in problem.separate)


def mean_gap(problem, plan, figure, groups):
    seats = [int(problem.demand[group].sum()) for group in groups]
    means = [sum(figure[i, j] for i, j in plan if group[i]) / n for group, n in zip(groups, seats, strict=True) if n]
    return max(means, default=0) - min(means, default=0)


def best_by_hand(problem, figure, groups, gap):
    table = score_table(problem)
    pairs = [
        (i, j) for i, j in product(range(problem.n), range(problem.m)) if table[i][j] is not None and table[i][j] >= 0
    ]
    found = []
    for mask in range(2 ** len(pairs)):
        plan = [pair for k, pair in enumerate(pairs) if mask >> k & 1]
        if legal(problem, plan) and mean_gap(problem, plan, figure, groups) <= gap:
            found.append(sum(table[i][j] for i, j in plan))
    return max(found, default=None)


@share(0.2)
@given(problems(max_cases=3, max_practitioners=3), st.data())
def test_best_plan_within_a_gap_is_that_of_brute_force(problem, data):
    problem = filled_and_free(problem)
    figure = np.array(
        data.draw(st.lists(st.integers(0, 9), min_size=problem.n * problem.m, max_size=problem.n * problem.m))
    )
    figure = figure.reshape(problem.n, problem.m)
    first = np.arange(problem.n) % 2 == 0
    groups, gap = np.stack([first, ~first | (problem.n == 1)]), data.draw(st.integers(0, 9))

    found = best_within(problem, figure, groups, gap)

    assert (found.value if found else None) == best_by_hand(problem, figure, groups, gap)
    assert found is None or found.value == found.bound


def test_gap_that_binds_nothing_costs_nothing():
    problem = filled_and_free(a_problem(capacity=np.array([2, 2])))
    free = solve(problem)
    figure = np.arange(problem.n * problem.m).reshape(problem.n, problem.m)

    found = best_within(problem, figure, np.eye(problem.n, dtype=bool), 10**6)

    assert found is not None
    assert found.value == free.objective


def test_equality_that_no_plan_reaches_is_told():
    problem = filled_and_free(a_problem(capacity=np.array([2, 2])))
    figure = np.arange(problem.n)[:, None] * np.ones((1, problem.m), np.int64)

    assert best_within(problem, figure, np.eye(problem.n, dtype=bool), 0) is None


@pytest.mark.parametrize(("institution", "value"), [([-1, -1], 19), ([0, 0], None), ([0, -1], 19)])
def test_opposing_sides_never_share_a_practitioner_or_a_firm(institution, value):
    """Both sides are best with the first practitioner, who has room for both."""
    problem = filled_and_free(
        a_problem(
            case_terms=np.eye(2, dtype=np.float32),
            practitioner_terms=np.float32([[10, 10], [9, 8]]),
            capacity=np.array([2, 2]),
            open_price=np.full(2, 20),
            institution=np.array(institution),
            institution_capacity=np.array([4]),
            separate=np.array([[0, 1]]),
        )
    )
    figure, groups = np.zeros((2, 2), np.int64), np.eye(2, dtype=bool)

    found = best_within(problem, figure, groups, 0)

    assert (found.value if found else None) == value == best_by_hand(problem, figure, groups, 0)


@pytest.mark.parametrize(
    ("figure", "groups", "gap", "reason"),
    [
        (np.full((3, 2), 2**60), np.eye(3, dtype=bool), 0, "must stay below"),
        (np.full((3, 2), -(2**63)), np.eye(3, dtype=bool), 0, "must stay below"),
        (np.zeros((3, 2), int), np.eye(3, dtype=bool), 2**60, "must stay below"),
        (np.zeros((3, 2), int), np.eye(3, dtype=bool), -1, "0 or more"),
        (np.zeros((2, 2), int), np.eye(3, dtype=bool), 0, "figure has shape"),
        (np.zeros((3, 2), int), np.eye(2, dtype=bool), 0, "groups has shape"),
        (np.zeros((3, 2)), np.eye(3, dtype=bool), 0, "must hold integers"),
    ],
)
def test_figures_that_cannot_be_summed_are_refused(figure, groups, gap, reason):
    with pytest.raises(ValueError, match=reason):
        best_within(filled_and_free(a_problem()), figure, groups, gap)
