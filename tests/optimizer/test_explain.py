import dataclasses

import numpy as np
import pytest
from hypothesis import given

from optimizer import Pairs, solve
from optimizer.alternatives import Alternatives
from optimizer.explain import IMPOSSIBLE, chain, regrets
from optimizer.slots import by_label, slot_values
from tests.optimizer.brute_force import best_value, score_table
from tests.optimizer.builders import city, problems


def flows(**sizes):
    """Tiny problems whose rules do not cross."""
    return problems(**sizes).map(lambda problem: dataclasses.replace(problem, separate=np.empty((0, 2), int)))


def resized(problem, j, by):
    capacity = problem.capacity.copy()
    capacity[j] += by
    return dataclasses.replace(problem, capacity=capacity)


@given(flows())
def test_regret_equals_the_loss_of_forcing_the_pair(problem):
    answers = Alternatives(problem, solve(problem))
    best, scores = best_value(problem), score_table(problem)

    for i in range(problem.n):
        loss = regrets(answers, i)

        for j in range(problem.m):
            if scores[i][j] < 0 or problem.room[j] == 0:
                assert loss[j] == IMPOSSIBLE
            else:
                assert loss[j] == best - best_value(problem, forced=(i, j))


@given(flows())
def test_slot_values_equal_the_change_from_one_slot(problem):
    best = best_value(problem)

    gain, loss = slot_values(Alternatives(problem, solve(problem)))

    for j in range(problem.m):
        assert gain[j] == best_value(resized(problem, j, 1)) - best
        assert loss[j] == (best - best_value(resized(problem, j, -1)) if problem.capacity[j] else 0)


@given(flows())
def test_chain_turns_the_plan_into_one_that_keeps_the_regret(problem):
    solution = solve(problem)
    answers = Alternatives(problem, solution)
    plan = set(zip(solution.rows.tolist(), solution.cols.tolist(), strict=True))

    for i in range(problem.n):
        loss = regrets(answers, i)
        for j in np.flatnonzero(loss < IMPOSSIBLE).tolist():
            after = plan
            for move in chain(answers, i, j):
                after = (after - {(move.case, move.origin)}) | (
                    {(move.case, move.target)} if move.target >= 0 else set()
                )

            assert (i, j) in after
            assert len({case for case, _ in after}) <= problem.n
            assert plan_value(problem, after) == solution.objective - loss[j]


def plan_value(problem, plan):
    scores = score_table(problem)
    load = np.bincount([j for _, j in plan], minlength=problem.m) if plan else np.zeros(problem.m, int)
    last = problem.slot_price.shape[1] - 1
    slots = sum(int(problem.slot_price[j, min(k, last)]) for j in range(problem.m) for k in range(load[j]))
    open_units = problem.demand - np.bincount([i for i, _ in plan] or [0], minlength=problem.n)[: problem.n] * bool(
        plan
    )
    return sum(scores[i][j] for i, j in plan) - slots - int(open_units @ problem.open_price)


def test_regrets_of_a_city_equal_solving_again_with_the_pair_forced():
    problem = city(60, 200, 66, seed=3)
    solution = solve(problem)
    answers = Alternatives(problem, solution)

    loss = regrets(answers, 0)

    for j in np.flatnonzero(loss < IMPOSSIBLE)[::9].tolist():
        others = np.setdiff1d(np.arange(problem.m), [j])
        forced = dataclasses.replace(problem, barred=Pairs(np.zeros(others.size, int), others))
        assert loss[j] == solution.objective - solve(forced).objective


def test_slot_values_of_a_short_city_equal_solving_again():
    problem = city(60, 40, 48, seed=4)
    solution = solve(problem)

    gain, loss = slot_values(Alternatives(problem, solution))

    for j in range(problem.m):
        assert gain[j] == solve(resized(problem, j, 1)).objective - solution.objective
        if problem.capacity[j]:
            assert loss[j] == solution.objective - solve(resized(problem, j, -1)).objective


def test_chain_of_a_forbidden_pair_is_refused():
    problem = city(5, 9, 9, seed=1)
    barred = dataclasses.replace(problem, barred=Pairs([0], [0]))

    with pytest.raises(ValueError, match="case 0 may not go to practitioner 0"):
        chain(Alternatives(barred, solve(barred)), 0, 0)


def test_values_are_spread_over_their_labels():
    spread = by_label(np.array([3, 1, 8]), ["wages", "injury", "wages"])

    assert spread["wages"] == (3, 5.5, 8)
    assert spread["injury"] == (1, 1.0, 1)
