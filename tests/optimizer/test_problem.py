"""Bad input is refused with the name of the array, the index, and what would be right."""

import numpy as np
import pytest

from optimizer import Pairs, solve
from tests.optimizer.builders import a_problem

# fmt: off
REFUSALS = [
    # change                                                        message
    ({"case_terms": np.zeros(3, np.float32)},r"case_terms has shape \(3,\); it must be \(n, d\)"),
    ({"practitioner_terms": np.zeros((2, 5), np.float32)},          r"practitioner_terms has shape"),
    ({"slot_price": np.zeros(2, np.int64)},                         r"slot_price has shape \(2,\); it must be"),
    ({"slot_price": np.zeros((2, 0), np.int64)},                    r"slot_price has no columns"),
    ({"capacity": np.ones(5, np.int64)},                            r"capacity has shape \(5,\); it must be \(2,\)"),
    ({"capacity": np.array([1.5, 1])},                              r"capacity has type float64; it must hold"),
    ({"capacity": np.array([1, -1])},                               r"capacity\[1\] is -1; it must be 0 or more"),
    ({"demand": np.array([1, 0, 1])},                               r"demand\[1\] is 0; it must be 1 or more"),
    ({"case_terms": np.full((3, 2), 0.5, np.float32)},              r"case_terms\[0, 0\] is 0.5; it must be a whole"),
    ({"case_terms": np.full((3, 2), np.nan, np.float32)},           r"case_terms\[0, 0\] is nan"),
    ({"case_terms": np.full((3, 2), np.inf, np.float32)},           r"case_terms\[0, 0\] is inf; its size"),
    ({"case_terms": np.full((3, 2), 2**22, np.float32)},            r"the size of a score must stay below 16777216"),
    ({"base_score": np.ones((2, 3))},                               r"base_score has shape \(2, 3\); it must be"),
    ({"base_score": np.full((3, 2), 0.5)},                          r"base_score\[0, 0\] is 0.5; it must be a whole"),
    ({"base_score": np.full((3, 2), -(2.0**24) + 10)},              r"the size of a score must stay below 16777216"),
    ({"slot_price": np.array([[3, 2], [1, 1]])},                    r"slot_price steps\[0, 0\] is -1"),
    ({"open_price": np.full(3, 2**40)},                             r"open_price\[0\] is 1099511627776; its size"),
    ({"open_price": np.full(3, 2**39), "demand": np.full(3, 2**30)}, r"their sum must stay below"),
    ({"institution": np.array([0, 0])},                             r"institution\[0\] is 0; it must be below the 0"),
    ({"bonus": Pairs([3], [0], [1])},                               r"bonus.rows\[0\] is 3; it must be below the 3"),
    ({"barred": Pairs([0], [2])},                                   r"barred.cols\[0\] is 2; it must be below the 2"),
    ({"exclusive": (np.array([0, 5]),)},                            r"exclusive\[1\] is 5; it must be a row"),
    ({"exclusive": (np.array([0, 1]), np.array([1]))},              r"a case belongs to at most one group"),
    ({"separate": np.array([[0, 3]])},                              r"separate\[0, 1\] is 3"),
    ({"separate": np.array([[1, 1]])},                              r"cannot be kept apart from itself"),
    ({"separate": np.array([0, 1])},                                r"separate has shape"),
    ({"case_key": np.array([4, 4, 5])},                             r"keys must be all different"),
]
# fmt: on


@pytest.mark.parametrize(("change", "message"), REFUSALS)
def test_problem_refuses_what_cannot_be_right(change, message):
    with pytest.raises(ValueError, match=message):
        a_problem(**change)


def test_pairs_refuse_lists_that_disagree():
    with pytest.raises(ValueError, match="have lengths 1, 2, 1; they must agree"):
        Pairs([0], [0, 1])
    with pytest.raises(ValueError, match=r"cols\[0\] is -1"):
        Pairs([0], [-1])


def test_pairs_are_sorted_and_doubles_are_summed():
    pairs = Pairs([1, 0, 1], [0, 2, 0], [5, 6, 7])

    assert [pairs.rows.tolist(), pairs.cols.tolist(), pairs.values.tolist()] == [[0, 1], [2, 0], [6, 12]]


def test_none_stands_for_every_default():
    absent = {name: None for name in ("demand", "bonus", "barred", "institution", "exclusive", "case_key")}

    assert a_problem(**absent).digest == a_problem().digest


def test_base_scores_of_zero_are_the_same_as_none():
    plain = a_problem()

    assert a_problem(base_score=np.zeros((3, 2))).digest == plain.digest
    assert not plain.dense
    assert a_problem(base_score=np.broadcast_to(7, (3, 2))).dense


def test_dense_matrix_scores_as_the_same_scores_made_of_terms():
    scores = np.random.default_rng(3).integers(-5, 100, (6, 8)).astype(np.float32)
    room = {"capacity": np.ones(8, int), "slot_price": np.zeros((8, 1), int), "open_price": np.full(6, 50)}
    nothing = {"case_terms": np.zeros((6, 1)), "practitioner_terms": np.zeros((8, 1))}

    dense = solve(a_problem(**nothing, **room, base_score=scores))
    factored = solve(a_problem(case_terms=scores, practitioner_terms=np.eye(8), **room))

    assert dense.cols.tolist() == factored.cols.tolist()
    assert dense.objective == factored.objective


def test_arrays_of_a_problem_are_frozen_copies():
    capacity = np.array([1, 1])
    problem = a_problem(capacity=capacity)

    capacity[0] = 9

    assert problem.capacity.tolist() == [1, 1]
    with pytest.raises(ValueError, match="read-only"):
        problem.capacity[0] = 9


def test_slots_beyond_the_listed_prices_cost_the_last_one():
    problem = a_problem(capacity=np.array([3, 0]), slot_price=np.array([[1, 4], [0, 0]]))

    assert solve(problem).objective == 3 * 10 - (1 + 4 + 4)
