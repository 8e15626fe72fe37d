import dataclasses

import numpy as np
import pytest
from hypothesis import given

from optimizer import Problem, solve
from optimizer.analysis.alternatives import Alternatives
from optimizer.analysis.cut import blocking_cut, cheapest_repair, relaxation_gains
from optimizer.analysis.slots import slot_values
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


def test_slots_of_a_day_without_cases_are_worth_nothing():
    problem = Problem(
        np.zeros((0, 1), np.float32),
        np.ones((2, 1), np.float32),
        [0, 2],
        [[1], [1]],
        [],
    )

    gain, loss, *_ = slot_values(Alternatives(problem, solve(problem)))

    assert (gain.tolist(), loss.tolist()) == ([0, 0], [0, 0])
