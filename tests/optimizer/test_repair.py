"""After a change, as little moves as its price says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer import Pairs, held, solve, trade_off, verify
from tests.examples import share
from tests.optimizer.brute_force import best_value
from tests.optimizer.builders import BARRED_BY_RULE, a_problem, problems


@given(problems(max_cases=3, max_practitioners=3), st.integers(0, 9), st.integers(0, 9))
def test_repair_is_exact_for_any_price_of_moving(problem, seed, price):
    before = solve(problem, seed)
    stay = Pairs(before.rows, before.cols, np.full(before.rows.size, price))

    after = solve(problem, stay=stay)

    verify(held(problem, stay), after)
    assert after.objective == best_value(held(problem, stay)) == before.objective + price * before.rows.size


def test_dear_move_is_not_made_and_a_free_one_is():
    problem = two_cases()
    arranged = [0, 1], [1, 0]

    calm = solve(problem, stay=Pairs(*arranged, [5, 5]))
    free = solve(problem, stay=Pairs(*arranged, [0, 0]))

    assert calm.cols.tolist() == [1, 0]
    assert free.cols.tolist() == [0, 1]


def test_no_price_of_moving_holds_what_a_rule_forbids():
    problem = two_cases(BARRED_BY_RULE)

    after = solve(problem, stay=Pairs([0], [1], [2**23]))

    assert after.cols.tolist() == [0, 1]


def test_trade_off_lists_the_corners_between_peace_and_value():
    problem = two_cases()

    points = trade_off(problem, np.array([0, 1]), np.array([1, 0]), dearest=100)

    assert [(point.moved, point.value) for point in points] == [(2, 16), (0, 12)]
    for point in points:
        verify(held(problem, Pairs([0, 1], [1, 0], [point.price] * 2)), point.solution)


def test_trade_off_finds_the_corners_in_between():
    """Four cases on a ring of wishes; the first two gain 9 by moving, the last two gain 2."""
    levels = np.array([[9, 18, 0, 0], [18, 9, 0, 0], [0, 0, 9, 11], [0, 0, 11, 9]], np.float32)
    problem = a_problem(
        case_terms=np.eye(4, dtype=np.float32),
        practitioner_terms=levels,
        capacity=np.ones(4, np.int64),
        slot_price=np.zeros((4, 1), np.int64),
        open_price=np.full(4, 50),
    )

    points = trade_off(problem, np.arange(4), np.arange(4), dearest=40)

    assert [(point.moved, point.value) for point in points] == [(4, 58), (2, 54), (0, 36)]


@share(0.3)
@given(problems(max_cases=4, max_practitioners=4))
def test_trade_off_never_gains_value_by_moving_less(problem):
    before = solve(problem, seed=5)

    points = trade_off(problem, before.rows, before.cols[::-1].copy(), dearest=50)

    assert points == sorted(points, key=lambda point: (-point.moved, -point.value))
    assert points[0].value == solve(problem).objective


def two_cases(crossed=6):
    """Two cases that each suit one practitioner (8 points) better than the other."""
    terms, levels = np.eye(2, dtype=np.float32), np.array([[8, 6], [crossed, 8]], np.float32)
    return a_problem(case_terms=terms, practitioner_terms=levels, open_price=np.full(2, 20))


@pytest.mark.parametrize("seed", range(8))
def test_corner_at_the_dearest_price_is_found_whichever_plan_the_draw_takes(seed):
    points = trade_off(two_cases(), np.array([0, 1]), np.array([1, 0]), dearest=2, seed=seed)

    assert [(point.moved, point.value) for point in points] in ([(2, 16)], [(2, 16), (0, 12)])
