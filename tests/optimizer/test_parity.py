"""Equality between groups costs exactly what brute force says, or is told to be impossible or not settled."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer import Problem, solve
from optimizer.analysis.parity.equality import Equality
from optimizer.analysis.parity.legal_pairs import LegalPairs
from optimizer.analysis.parity.within import ParitySearch, Settled, best_within
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

    found, best = best_within(problem, figure, groups, gap), best_by_hand(problem, figure, groups, gap)

    assert found.settled is (Settled.INFEASIBLE if best is None else Settled.PROVEN)
    assert found.value == found.bound == best
    if best is not None:
        plan = list(zip(found.rows.tolist(), found.cols.tolist(), strict=True))
        assert legal(problem, plan)
        assert mean_gap(problem, plan, figure, groups) <= gap
        assert best <= solve(problem).bound


@share(0.2)
@given(problems(max_cases=3, max_practitioners=3), st.data())
def test_any_prices_prove_a_bound_that_no_plan_within_the_gap_exceeds(problem, data):
    problem, size = filled_and_free(problem), problem.n * problem.m
    figure = np.array(data.draw(st.lists(st.integers(-9, 9), min_size=size, max_size=size)), np.int64)
    figure = figure.reshape(problem.n, problem.m)
    pairs, gap = LegalPairs(problem), data.draw(st.integers(0, 9))
    groups = np.stack([np.arange(problem.n) % 2 == 0, np.arange(problem.n) == problem.n - 1])
    best = best_by_hand(problem, figure, groups, gap)
    equality = Equality(pairs, figure[pairs.rows, pairs.cols], groups[:, pairs.order], gap)
    rows = pairs.demand.size + pairs.most.size + 4
    prices = data.draw(st.lists(st.floats(-20, 20), min_size=rows, max_size=rows))

    bound = equality.bound(pairs.scores, np.zeros(pairs.size + 2), np.array(prices))

    assert best is None or (best <= bound.value and pairs.rounded(bound.value) >= best)
    assert best is None or not equality.impossible()


def crowd(seed, n=60, m=90):
    """Cases and people by chance, with opposing sides and two tried together."""
    draw = np.random.default_rng(seed)
    scores = 10 * draw.integers(0, 5_000, (n, m))
    problem = Problem.from_scores(
        scores, draw.random((n, m)) < 0.5, draw.integers(0, 3, m), 10**7, exclusive=[np.array([0, 1])],
        separate=np.array([[2, 3], [4, 5], [6, 7]]), demand=np.where(np.arange(n) == 6, 2, 1),
    )  # fmt: skip
    return problem, scores, np.stack([np.arange(n) % 3 == k for k in range(3)])


@pytest.mark.parametrize("many", [-1, 2**13])
def test_looking_around_before_a_proof_changes_nothing_of_the_answer(monkeypatch, many):
    monkeypatch.setattr("optimizer.analysis.parity.within.MANY", many)
    problem, figure, groups = crowd(0, n=12, m=16)

    found = best_within(problem, figure, groups, 500)

    assert (found.settled, found.value) == (Settled.PROVEN, found.bound)
    assert found.value == 455_820


@pytest.mark.parametrize("seed", range(3))
def test_effort_that_ends_leaves_a_bound_below_the_best_of_all_and_never_the_word_infeasible(seed):
    problem, figure, groups = crowd(seed)
    search, free = ParitySearch(problem), solve(problem)

    whole, none = search.within(figure, groups, 60), search.within(figure, groups, 60, effort=0)

    assert none.settled is not Settled.INFEASIBLE
    assert whole.value is not None
    assert whole.value <= whole.bound <= none.bound <= free.bound
    assert none.value is None or none.value <= whole.bound
    plan = list(zip(whole.rows.tolist(), whole.cols.tolist(), strict=True))
    assert legal(problem, plan)
    assert mean_gap(problem, plan, figure, groups) <= 60


def test_linear_program_that_fails_costs_the_proof_and_makes_nothing_impossible(monkeypatch):
    problem, figure, groups = crowd(1)
    monkeypatch.setattr("optimizer.solver.linear.LinearProgram.optimum", lambda program: None)

    found = best_within(problem, figure, groups, 60, effort=0)

    assert found.settled is not Settled.INFEASIBLE
    assert (found.value or 0) <= found.bound <= solve(problem).bound


def test_plan_within_a_gap_depends_on_no_order_of_rows_and_columns():
    problem, figure, groups = crowd(1)
    cases, people = np.random.default_rng(5).permutation(problem.n), np.random.default_rng(6).permutation(problem.m)
    at = np.argsort(cases)
    turned = replace(
        problem, base_score=problem.base_score[np.ix_(cases, people)], capacity=problem.capacity[people],
        case_terms=problem.case_terms[cases], practitioner_terms=problem.practitioner_terms[people],
        demand=problem.demand[cases], open_price=problem.open_price[cases],
        exclusive=tuple(at[rows] for rows in problem.exclusive), separate=at[problem.separate],
        institution=problem.institution[people],
        case_key=problem.case_key[cases], practitioner_key=problem.practitioner_key[people],
    )  # fmt: skip

    one = best_within(problem, figure, groups, 60, effort=0.5)
    other = best_within(turned, figure[np.ix_(cases, people)], groups[:, cases], 60, effort=0.5)

    assert (one.settled, one.value, one.bound) == (other.settled, other.value, other.bound)
    assert {*zip(one.rows, one.cols, strict=True)} == {*zip(cases[other.rows], people[other.cols], strict=True)}


def test_gap_that_binds_nothing_costs_nothing():
    problem = filled_and_free(a_problem(capacity=np.array([2, 2])))
    free = solve(problem)
    figure = np.arange(problem.n * problem.m).reshape(problem.n, problem.m)

    found = best_within(problem, figure, np.eye(problem.n, dtype=bool), 10**6)

    assert found.settled is Settled.PROVEN
    assert found.value == found.bound == free.objective


def test_equality_that_no_plan_reaches_is_told():
    problem = filled_and_free(a_problem(capacity=np.array([2, 2])))
    figure = np.arange(problem.n)[:, None] * np.ones((1, problem.m), np.int64)

    assert best_within(problem, figure, np.eye(problem.n, dtype=bool), 0).settled is Settled.INFEASIBLE


def between_two(figures, scores):
    """Two cases alone in their groups, of the same figure with the same person, whoever of them it is."""
    problem = Problem.from_scores(
        np.tile(scores, (2, 1)), np.ones((2, len(scores)), bool), np.ones(len(scores), int), 10**7
    )
    return problem, np.tile(figures, (2, 1)), np.eye(2, dtype=bool)


def test_equality_that_halves_of_people_reach_and_whole_ones_do_not_is_impossible():
    problem, figure, groups = between_two([0, 10], [5, 5])

    assert best_within(problem, figure, groups, 0).settled is Settled.INFEASIBLE
    assert best_within(problem, figure, groups, 10).value == 10


def test_people_far_below_the_best_are_found_where_nobody_better_keeps_the_gap():
    problem, figure, groups = between_two([0, 10, 1, 9, 20, 20], [100, 100, 100, 100, 0, 0])

    found = best_within(problem, figure, groups, 0)

    assert (found.settled, found.value, found.bound) == (Settled.PROVEN, 0, 0)
    assert best_by_hand(problem, figure, groups, 0) == 0


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

    assert found.value == found.bound == value == best_by_hand(problem, figure, groups, 0)


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
