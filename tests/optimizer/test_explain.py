import dataclasses

import numpy as np
import pytest
from hypothesis import given

from optimizer import Pairs, solve
from optimizer.analysis.alternatives import Alternatives
from optimizer.analysis.explain import chain, regret, regrets
from optimizer.analysis.slots import slot_values
from tests.optimizer.brute_force import NOTHING, best_value, score_table, value_of_plan
from tests.optimizer.builders import a_problem, city, problems


def flows(**sizes):
    """Tiny problems whose rules do not cross."""
    return problems(**sizes).map(lambda problem: dataclasses.replace(problem, separate=np.empty((0, 2), int)))


def resized(problem, j, by):
    capacity = problem.capacity.copy()
    capacity[j] += by
    return dataclasses.replace(problem, capacity=capacity)


def assert_regrets_are_true(problem):
    solution = solve(problem)
    answers, scores = Alternatives(problem, solution), score_table(problem)

    for i in range(problem.n):
        found = regrets(answers, i)
        for j in range(problem.m):
            assert found.possible[j] == (scores[i][j] >= 0 and problem.room[j] > 0 and problem.demand[i] > 0)
            if not found.possible[j]:
                assert (found.loss[j], regret(answers, i, j)) == (0, None)
                continue
            truth = solution.objective - best_value(problem, forced=(i, j))
            assert regret(answers, i, j) == (truth, truth)
            assert found.loss[j] == truth if found.exact[j] else found.loss[j] <= truth


@given(problems())
def test_regret_equals_the_loss_of_forcing_the_pair_or_is_marked_as_a_bound(problem):
    assert_regrets_are_true(problem)


@given(flows())
def test_regrets_are_exact_where_no_sides_are_kept_apart(problem):
    answers = Alternatives(problem, solve(problem))

    assert all(regrets(answers, i).exact.all() for i in range(problem.n))


def assert_slot_values_are_true(problem):
    best = best_value(problem)

    values = slot_values(Alternatives(problem, solve(problem)))

    for j in range(problem.m):
        gain = best_value(resized(problem, j, 1)) - best
        loss = best - best_value(resized(problem, j, -1)) if problem.capacity[j] else 0
        assert values.gain[j] == gain if values.gain_exact[j] else values.gain[j] >= gain
        assert values.loss[j] == loss if values.loss_exact[j] else values.loss[j] <= loss


@given(problems())
def test_slot_values_of_sides_kept_apart_equal_solving_again_or_are_marked_as_bounds(problem):
    assert_slot_values_are_true(problem)


@given(flows())
def test_slot_values_equal_the_change_from_one_slot(problem):
    best = best_value(problem)

    gain, loss, *exact = slot_values(Alternatives(problem, solve(problem)))

    for j in range(problem.m):
        assert gain[j] == best_value(resized(problem, j, 1)) - best
        assert loss[j] == (best - best_value(resized(problem, j, -1)) if problem.capacity[j] else 0)
    assert np.all(exact)


@given(problems())
def test_chain_turns_the_plan_into_one_that_keeps_the_regret(problem):
    solution = solve(problem)
    answers = Alternatives(problem, solution)
    plan = set(zip(solution.rows.tolist(), solution.cols.tolist(), strict=True))

    for i in range(problem.n):
        for j in np.flatnonzero(regrets(answers, i).possible).tolist():
            moves = chain(answers, i, j)
            after = plan - {(move.case, move.origin) for move in moves}
            after |= {(move.case, move.target) for move in moves if move.target >= 0}

            assert (i, j) in after
            assert all(move[::2] == (i, j) for move in moves[:1])
            assert plan_value(problem, after) == solution.objective - regret(answers, i, j).most
            assert value_of_plan(problem, [{j for case, j in after if case == i} for i in range(problem.n)]) > NOTHING


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

    loss, possible, _ = regrets(answers, 0)

    for j in np.flatnonzero(possible)[::9].tolist():
        others = np.setdiff1d(np.arange(problem.m), [j])
        forced = dataclasses.replace(problem, barred=Pairs(np.zeros(others.size, int), others))
        assert loss[j] == solution.objective - solve(forced).objective


def test_slot_values_of_a_short_city_equal_solving_again():
    problem = city(60, 40, 48, seed=4)
    solution = solve(problem)

    gain, loss, *_ = slot_values(Alternatives(problem, solution))

    for j in range(problem.m):
        assert gain[j] == solve(resized(problem, j, 1)).objective - solution.objective
        if problem.capacity[j]:
            assert loss[j] == solution.objective - solve(resized(problem, j, -1)).objective


def test_chain_of_a_forbidden_pair_is_refused():
    problem = city(5, 9, 9, seed=1)
    barred = dataclasses.replace(problem, barred=Pairs([0], [0]))

    with pytest.raises(ValueError, match="case 0 may not go to practitioner 0"):
        chain(Alternatives(barred, solve(barred)), 0, 0)


def test_answers_about_a_plan_without_proof_are_refused():
    problem = city(5, 9, 9, seed=1)
    unproven = dataclasses.replace(solve(problem), optimal=False)

    with pytest.raises(ValueError, match="not optimal"):
        Alternatives(problem, unproven)


def two_sides(scores, firms):
    """Two cases that oppose each other; every practitioner has one slot."""
    return a_problem(
        case_terms=np.eye(2, dtype=np.float32),
        practitioner_terms=np.array(scores, np.float32).T,
        capacity=np.ones(len(firms), int),
        slot_price=np.zeros((len(firms), 1), int),
        open_price=np.full(2, 20),
        institution=np.array(firms),
        institution_capacity=np.full(max(firms) + 1, 2),
        separate=np.array([[0, 1]]),
    )


def test_side_may_have_the_other_ones_practitioner_at_the_price_of_its_leaving():
    """One institution: only one of both sides can be served, and the plan serves the other."""
    problem = two_sides([[8, 6], [5, 2]], [0, 0])
    answers = Alternatives(problem, solve(problem))

    found = regrets(answers, 1)

    assert (found.possible[0], found.exact[0], found.loss[0] <= 3) == (True, False, True)
    assert regret(answers, 1, 0) == (3, 3)
    assert sorted(chain(answers, 1, 0)) == [(0, 0, -1), (1, -1, 0)]


def test_slot_that_only_an_opponent_could_use_is_told_as_a_bound():
    problem = two_sides([[6, 8], [0, 8]], [0, 1])

    values = slot_values(Alternatives(problem, solve(problem)))

    assert best_value(resized(problem, 1, 1)) == best_value(problem)
    assert (values.gain_exact[1], values.gain[1] >= 0) == (False, True)


@pytest.mark.parametrize("slots", [1, 0])
def test_bounds_allow_for_what_the_day_would_be_worth_if_both_sides_went_to_one_institution(slots):
    """Its two would serve both sides best, but may not: each way to keep them apart costs as little as the other."""
    problem = resized(two_sides([[10, 10, 8], [10, 10, 8]], [0, 0, 1]), 2, slots - 1)

    assert Alternatives(problem, solve(problem)).gap > 0
    assert_regrets_are_true(problem)
    assert_slot_values_are_true(problem)


def a_crowd(scores, **changes):
    """Two hundred practitioners who have a slot each; the first score as given, all others ten with anyone."""
    n, m = len(scores), 200
    levels = np.full((m, n), 10, np.float32)
    levels[: len(scores[0])] = np.float32(scores).T
    plain = {"capacity": np.ones(m, int), "slot_price": np.zeros((m, 1), int), "open_price": np.full(n, 5000)}
    return a_problem(case_terms=np.eye(n, dtype=np.float32), practitioner_terms=levels, **(plain | changes))


def test_pair_that_pays_only_after_a_move_is_found_outside_the_shortlist():
    """The second case would move to the first one's practitioner, too dear for its shortlist while taken."""
    problem = a_crowd([[1000, 990], [500, 900]])
    answers = Alternatives(problem, solve(problem))

    assert (1, 0) not in set(zip(answers.network.candidates.rows, answers.network.candidates.cols, strict=True))
    assert regrets(answers, 0).loss[:3].tolist() == [0, 1900 - (990 + 500), 1900 - (10 + 900)]
    assert chain(answers, 0, 1) == [(0, 0, 1), (1, 1, 0)]


FIRM = {"institution": np.full(200, 0), "institution_capacity": np.array([9])}
GROUP = {"exclusive": (np.array([0, 1]),)}


@pytest.mark.parametrize("changes", [{}, FIRM, GROUP, FIRM | GROUP])
def test_case_goes_alone_to_someone_no_shortlist_names(changes):
    problem = a_crowd([[1000, 990], [500, 900]], **changes)
    answers = Alternatives(problem, solve(problem))
    stranger = int(np.setdiff1d(np.arange(problem.m), answers.network.practitioners)[0])

    assert regrets(answers, 0).loss[stranger] == 1900 - (10 + 900)
    assert chain(answers, 0, stranger) == [(0, 0, stranger)]


def test_slot_is_worth_what_a_case_outside_every_shortlist_gains_by_it():
    """The second case would gain fifty with the first practitioner, who is too dear for its shortlist while full."""
    problem = a_crowd([[1000, 10], [950, 900]])
    answers = Alternatives(problem, solve(problem))

    assert (1, 0) not in set(zip(answers.network.candidates.rows, answers.network.candidates.cols, strict=True))
    assert slot_values(answers).gain[:3].tolist() == [50, 0, 0]
