import dataclasses

import numpy as np
import pytest
from hypothesis import given

from optimizer import Pairs, solve
from optimizer.alternatives import Alternatives
from optimizer.explain import IMPOSSIBLE, chain, regrets
from optimizer.slots import by_label, slot_values
from tests.optimizer.brute_force import best_value, score_table
from tests.optimizer.builders import a_problem, city, problems


def flows(**sizes):
    """Tiny problems whose rules do not cross."""
    return problems(**sizes).map(lambda problem: dataclasses.replace(problem, separate=np.empty((0, 2), int)))


def resized(problem, j, by):
    capacity = problem.capacity.copy()
    capacity[j] += by
    return dataclasses.replace(problem, capacity=capacity)


def on_the_leaf(problem, solution):
    """The problem in which sides are kept apart by what the search decided, and by nothing else."""
    rows, cols = problem.barred.rows.tolist(), problem.barred.cols.tolist()
    for case, closed, side in solution.certificate.proof.path.tolist():
        opposing = [sum(pair) - case for pair in problem.separate.tolist() if case in pair]
        for j, firm in enumerate(problem.institution.tolist()):
            if closed == (firm if firm >= 0 else problem.p + j):
                for out in opposing if side else [case]:
                    rows, cols = [*rows, out], [*cols, j]
    return dataclasses.replace(problem, barred=Pairs(rows, cols), separate=np.empty((0, 2), int))


def assert_regrets_are_true(problem, solution):
    decided, answers = on_the_leaf(problem, solution), Alternatives(problem, solution)
    best, scores = best_value(decided), score_table(decided)

    for i in range(problem.n):
        loss = regrets(answers, i)
        for j in range(problem.m):
            legal = scores[i][j] >= 0 and decided.room[j] > 0
            assert loss[j] == (best - best_value(decided, forced=(i, j)) if legal else IMPOSSIBLE)


@given(problems())
def test_regret_equals_the_loss_of_forcing_the_pair(problem):
    assert_regrets_are_true(problem, solve(problem))


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


def test_answers_about_a_plan_without_proof_are_refused():
    problem = city(5, 9, 9, seed=1)
    unproven = dataclasses.replace(solve(problem), optimal=False)

    with pytest.raises(ValueError, match="not optimal"):
        Alternatives(problem, unproven)


def test_side_kept_out_of_a_firm_has_no_plan_there():
    """Both sides are best with the first two practitioners, who are of one firm; the third is of none."""
    problem = a_problem(
        case_terms=np.eye(2, dtype=np.float32),
        practitioner_terms=np.float32([[10, 9], [9, 8], [3, 5]]),
        capacity=np.array([1, 1, 2]),
        slot_price=np.zeros((3, 1), int),
        open_price=np.full(2, 20),
        institution=np.array([0, 0, -1]),
        institution_capacity=np.array([2]),
        separate=np.array([[0, 1]]),
    )
    solution = solve(problem)
    answers = Alternatives(problem, solution)

    assert solution.cols.tolist() == [0, 2]
    assert regrets(answers, 0).tolist() == [0, 1, 7]
    assert regrets(answers, 1).tolist() == [IMPOSSIBLE, IMPOSSIBLE, 0]
    assert_regrets_are_true(problem, solution)


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
    assert regrets(answers, 0)[:3].tolist() == [0, 1900 - (990 + 500), 1900 - (10 + 900)]
    assert chain(answers, 0, 1) == [(0, 0, 1), (1, 1, 0)]


FIRM = {"institution": np.full(200, 0), "institution_capacity": np.array([9])}
GROUP = {"exclusive": (np.array([0, 1]),)}


@pytest.mark.parametrize("changes", [{}, FIRM, GROUP, FIRM | GROUP])
def test_case_goes_alone_to_someone_no_shortlist_names(changes):
    problem = a_crowd([[1000, 990], [500, 900]], **changes)
    answers = Alternatives(problem, solve(problem))
    stranger = int(np.setdiff1d(np.arange(problem.m), answers.network.practitioners)[0])

    assert regrets(answers, 0)[stranger] == 1900 - (10 + 900)
    assert chain(answers, 0, stranger) == [(0, 0, stranger)]


def test_slot_is_worth_what_a_case_outside_every_shortlist_gains_by_it():
    """The second case would gain fifty with the first practitioner, who is too dear for its shortlist while full."""
    problem = a_crowd([[1000, 10], [950, 900]])
    answers = Alternatives(problem, solve(problem))

    assert (1, 0) not in set(zip(answers.network.candidates.rows, answers.network.candidates.cols, strict=True))
    assert slot_values(answers).gain[:3].tolist() == [50, 0, 0]
