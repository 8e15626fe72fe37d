"""One arriving case is answered without a solve."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer import Pairs, learn_prices, rank, solve
from tests.optimizer.brute_force import score_table
from tests.optimizer.builders import a_problem, problems


@given(problems(), st.integers(0, 3), st.integers(0, 5))
def test_ranking_lists_the_best_allowed_practitioners_in_order(problem, i, most):
    if i >= problem.n:
        return
    scores = score_table(problem)[i]
    allowed = [j for j in range(problem.m) if scores[j] >= 0 and problem.room[j] > 0]
    wanted = sorted(allowed, key=lambda j: (problem.slot_price[j, 0] - scores[j], problem.practitioner_key[j]))

    ranking = rank(problem, i, most=most)

    assert ranking.cols.tolist() == wanted[:most]
    assert ranking.scores.tolist() == [scores[j] for j in wanted[:most]]
    assert (ranking.values == ranking.scores - ranking.prices).all()


@given(problems(max_cases=3))
def test_prices_of_a_certificate_rank_an_assigned_practitioner_first(problem):
    solution = solve(problem)
    prices, group = solution.certificate.proof.practitioner_price, solution.certificate.proof.group_price
    if group.size or (problem.demand > 1).any() or len(problem.separate):
        return

    for i, j in zip(solution.rows, solution.cols, strict=True):
        ranking = rank(problem, int(i), prices)
        assert ranking.values[ranking.cols == j] == ranking.values[0]


def test_terms_and_bonus_sum_to_the_score():
    problem = a_problem(bonus=Pairs([1], [1], [7]))

    ranking = rank(problem, 1)

    assert ranking.cols.tolist() == [1, 0]
    assert ranking.terms.tolist() == [[5, 5], [5, 5]]
    assert ranking.scores.tolist() == [17, 10]


def test_learned_prices_are_the_mean_of_past_ones():
    problem = a_problem()
    past = [solve(problem), solve(a_problem(open_price=np.full(3, 41)))]

    assert learn_prices(past).tolist() == [40, 40]


def test_rank_and_learning_refuse_what_they_cannot_answer():
    with pytest.raises(ValueError, match="i is 3; it must be a row from 0 to 2"):
        rank(a_problem(), 3)
    with pytest.raises(ValueError, match="prices has shape"):
        rank(a_problem(), 0, np.zeros(3, np.int64))
    with pytest.raises(ValueError, match="past is empty"):
        learn_prices([])
