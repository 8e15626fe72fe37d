import dataclasses
import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer import Problem, fairness, metrics, solve
from optimizer.alternatives import Alternatives
from optimizer.cut import blocking_cut, cheapest_repair, relaxation_gains
from optimizer.fairness import evenness
from optimizer.levers import Lever, moved
from optimizer.metrics import (
    blocking_pairs,
    hindsight_ratio,
    price_of_stability,
    stability_radius,
    stable_plan,
)
from optimizer.slots import slot_values
from tests.examples import share
from tests.optimizer.brute_force import best_value, score_table
from tests.optimizer.test_explain import flows


def one_specialist(cases, slots, generalists=3):
    """Cases of a rare cause that one practitioner alone may take, and a rule column that keeps the others out."""
    case_terms = np.tile(np.float32([100, 1]), (cases, 1))
    levels = np.array([[90, 0], *[[50, -(2**22)]] * generalists], np.float32)
    capacity = np.array([slots, *[5] * generalists])
    return Problem(
        case_terms,
        levels,
        capacity,
        np.zeros((generalists + 1, 1), int),
        np.full(cases, 50_000),
    )


def test_open_cases_of_a_rare_cause_are_shut_in_by_their_specialist():
    problem = one_specialist(cases=4, slots=2)
    answers = Alternatives(problem, solve(problem))
    open_case = int(np.flatnonzero(answers.solution.open)[0])

    cut = blocking_cut(answers, open_case)

    assert cut.cases.tolist() == [0, 1, 2, 3]
    assert cut.practitioners.tolist() == [0]
    assert (cut.slots, cut.shortage, cut.by_price) == (2, 2, False)
    assert cheapest_repair(answers, cut) == (0, 59_000)


def test_relaxing_the_rule_gains_what_the_generalists_are_worth():
    problem = one_specialist(cases=4, slots=2)

    gains = relaxation_gains(problem, solve(problem).objective, {"experienced": np.array([1])})

    assert gains == {"experienced": 2 * (50_000 + 5_000)}


def test_case_that_costs_more_than_it_is_worth_is_open_by_price():
    problem = Problem(np.ones((1, 1), np.float32), np.ones((1, 1), np.float32), [1], [[9]], [2])
    answers = Alternatives(problem, solve(problem))

    cut = blocking_cut(answers, 0)

    assert cut.by_price
    assert cheapest_repair(answers, cut) is None


def test_cut_around_an_assigned_case_is_refused():
    problem = one_specialist(cases=1, slots=2)

    with pytest.raises(ValueError, match="case 0 is not open"):
        blocking_cut(Alternatives(problem, solve(problem)), 0)


@given(flows())
def test_cut_without_a_free_slot_is_a_true_shortage(problem):
    answers = Alternatives(problem, solve(problem))
    scores = score_table(problem)

    for i in np.flatnonzero(answers.solution.open).tolist():
        cut = blocking_cut(answers, i)

        allowed = {j for row in cut.cases.tolist() for j in range(problem.m) if scores[row][j] >= 0}
        assert i in cut.cases
        assert allowed == set(cut.practitioners.tolist())


@given(flows())
def test_relaxing_a_rule_never_lowers_the_value_and_equals_brute_force(problem):
    columns = np.array([0])
    terms = problem.case_terms.copy()
    terms[:, 0] = 0

    gains = relaxation_gains(problem, solve(problem).objective, {"first": columns})

    assert gains["first"] == best_value(dataclasses.replace(problem, case_terms=terms)) - best_value(problem)


@share(0.2)
@given(st.integers(1, 12), st.integers(1, 6), st.integers(0, 99))
def test_plan_stays_optimal_within_its_radius_and_not_beyond(cases, weight, seed):
    draw = np.random.default_rng(seed)
    kind, level = draw.integers(0, 4, (cases, 2)), draw.integers(0, 9, (5, 2))
    problem = Problem(
        kind.astype(np.float32),
        (level * [0, 3]).astype(np.float32),
        np.full(5, 3),
        np.tile([0, 2, 5], (5, 1)),
        np.full(cases, 400),
    )
    lever = Lever((level * [1, 0]).astype(np.float32), np.zeros((5, 3), np.int64))
    solution = solve(moved(problem, lever, weight))

    radius = stability_radius(problem, lever, weight, 18, solution.rows, solution.cols)

    for sign, reach in ((-1, radius.down), (1, radius.up)):
        for step in range(1, weight + 1 if sign < 0 else 12):
            after = moved(problem, lever, weight + sign * step)
            keeps = solve(after).objective == worth_under(after, solution)
            assert keeps == (reach is None or step <= reach)


def worth_under(problem, solution):
    scores = score_table(problem)
    load = np.bincount(solution.cols, minlength=problem.m)
    last = problem.slot_price.shape[1] - 1
    slots = sum(int(problem.slot_price[j, min(k, last)]) for j in range(problem.m) for k in range(load[j]))
    gain = sum(scores[i][j] for i, j in zip(solution.rows, solution.cols, strict=True))
    return gain - slots - int(solution.open @ problem.open_price)


@given(st.integers(0, 500))
def test_stable_plan_has_no_blocking_pair_and_costs_no_less_than_nothing(seed):
    draw = np.random.default_rng(seed)
    n, m = draw.integers(1, 7, 2)
    rank = np.argsort(draw.random((n, m)), axis=1) + 1
    rank[draw.random((n, m)) < 0.3] = 0
    problem = Problem(
        draw.integers(0, 9, (n, 3)).astype(np.float32),
        draw.integers(0, 9, (m, 3)).astype(np.float32),
        draw.integers(0, 3, m),
        np.zeros((m, 1), int),
        np.full(n, 500),
    )
    score = (problem.case_terms @ problem.practitioner_terms.T).astype(np.int64) * 100 - np.arange(n)[:, None]

    rows, cols = stable_plan(problem, rank, score)

    plan = dataclasses.replace(solve(problem), rows=rows, cols=cols)
    assert blocking_pairs(problem, plan, rank, score) == 0
    assert price_of_stability(problem, rank, score) >= 0


def test_swapped_wishes_block():
    rank = np.array([[1, 2], [2, 1]])
    problem = Problem(
        np.ones((2, 1), np.float32),
        np.ones((2, 1), np.float32),
        [1, 1],
        np.zeros((2, 1), int),
        [9, 9],
    )
    crossed = dataclasses.replace(solve(problem), rows=np.array([0, 1]), cols=np.array([1, 0]))

    count = blocking_pairs(problem, crossed, rank, np.array([[5, 1], [1, 5]]))

    assert count == 2


def test_even_loads_have_no_gini_and_one_holder_has_nearly_all():
    assert evenness(np.array([2, 2, 2])).gini == pytest.approx(0)
    assert evenness(np.array([0, 0, 6])).gini == pytest.approx(2 / 3)
    assert evenness(np.array([0, 0, 6])).peak == 3
    assert evenness(np.zeros(3, int)).peak == 1


def test_slots_of_a_day_without_cases_are_worth_nothing():
    problem = Problem(
        np.zeros((0, 1), np.float32),
        np.ones((2, 1), np.float32),
        [0, 2],
        [[1], [1]],
        [],
    )

    gain, loss = slot_values(Alternatives(problem, solve(problem)))

    assert (gain.tolist(), loss.tolist()) == ([0, 0], [0, 0])


def test_hindsight_of_a_day_with_nothing_to_win_is_whole():
    assert hindsight_ratio(5, 5, 5) == 1.0


@pytest.mark.parametrize("module", [fairness, metrics])
def test_examples_in_the_texts_run(module):
    assert doctest.testmod(module).failed == 0
