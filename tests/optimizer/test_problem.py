"""Bad input is refused with the name of the array, the index, and what would be right."""

import numpy as np
import pytest

from optimizer import Pairs, held, solve, verify
from optimizer.pairs import whole
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
    ({"demand": np.array([1, -1, 1])},                              r"demand\[1\] is -1; it must be 0 or more"),
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
    ({"open_price": np.full(3, -(2**63))},                          r"open_price\[0\] is -9223372036854775808; its"),
    ({"slot_price": np.full((2, 1), -(2**63))},                     r"slot_price\[0, 0\] is -9223372036854775808; its"),
    ({"bonus": Pairs([0], [0], [-(2**63)])},                        r"bonus can score 9223372036854775818; the size"),
    ({"case_terms": np.full((3, 2), 8388608.4)},                    r"case_terms\[0, 0\] is 8388608.4; it must be a"),
    ({"practitioner_terms": np.full((2, 2), 2**24 + 1)},            r"practitioner_terms\[0, 0\] is 16777217; its"),
    ({"base_score": np.full((3, 2), 8388608.4)},                    r"base_score\[0, 0\] is 8388608.4; it must be a"),
    ({"base_score": np.zeros((4, 2))},                              r"base_score has shape \(4, 2\); it must be \(3,"),
    ({"case_terms": np.full((3, 2), 1e300)},                        r"case_terms\[0, 0\] is 1e\+300; its size"),
    ({"case_terms": np.full((3, 2), 1j)},                           r"case_terms has type complex128"),
    ({"case_terms": np.ones((3, 2), bool)},                         r"case_terms has type bool; it must hold numbers"),
    ({"case_terms": [[1, True], [1, 1], [1, 1]]},                   r"case_terms has type bool; it must hold numbers"),
    ({"case_terms": 5},                                             r"case_terms has shape \(\); it must be \(n, d\)"),
    ({"capacity": np.array([1, 2**64 - 1], np.uint64)},             r"capacity\[1\] is 18446744073709551615; it must"),
    ({"capacity": [-1, 2**63]},                                     r"capacity\[1\] is 9223372036854775808; it must"),
    ({"capacity": [1, 2**64]},                                      r"capacity\[1\] is 18446744073709551616; it must"),
    ({"capacity": [1, 10**400]},                                    r"capacity\[1\] is 10+; it must be"),
    ({"capacity": [1, 2.5]},                                        r"capacity has type float64; it must hold"),
    ({"capacity": [[1], [1, 2]]},                                   r"capacity is no array"),
    ({"capacity": np.array([1, 2], object)},                        r"capacity has type object; it must hold integers"),
    ({"capacity": np.array([1, 2], "m8[s]")},                       r"capacity has type timedelta64\[s\]; it must"),
    ({"capacity": np.array([True, False])},                         r"capacity has type bool; it must hold numbers"),
    ({"capacity": [True, 2]},                                       r"capacity has type bool; it must hold numbers"),
    ({"capacity": np.ma.array([1, 2], mask=[0, 1])},                r"capacity has masked entries"),
    ({"capacity": "12"},                                            r"capacity has type <U2; it must hold integers"),
    ({"demand": np.full(3, 2**63 - 1)},                             r"over 27670116110564327427 units; their sum"),
    ({"case_key": np.array([1, 2, -3])},                            r"case_key\[2\] is -3; it must be from 0 to"),
    ({"case_key": [1, 2, 2**64]},                                   r"case_key\[2\] is 18446744073709551616; it must"),
    ({"case_key": [1.5, 2.5, 3.5]},                                 r"case_key has type float64; it must hold"),
    ({"institution": np.array([2**64 - 1, 0], np.uint64)},          r"institution\[0\] is 18446744073709551615; it"),
    ({"exclusive": (np.array([0.5]),)},                             r"exclusive has type float64; it must hold"),
    ({"bonus": ([0], [0], [1])},                                    r"bonus has type tuple; it must be Pairs"),
    ({"exclusive": (np.array([], int),)},                           r"exclusive\[0\] is empty"),
]
# fmt: on


@pytest.mark.parametrize(("change", "message"), REFUSALS)
def test_problem_refuses_what_cannot_be_right(change, message):
    with pytest.raises(ValueError, match=message):
        a_problem(**change)


def test_largest_capacities_and_keys_are_taken_as_they_are():
    most = 2**63 - 1
    problem = a_problem(
        capacity=[most, most],
        institution=[0, 0],
        institution_capacity=[most],
        case_key=[0, 2**63, 2**64 - 1],
    )

    solution = solve(problem)

    verify(problem, solution)
    assert problem.case_key.tolist() == [0, 2**63, 2**64 - 1]
    assert solution.objective == 30


@pytest.mark.parametrize("kind", [np.int8, np.uint64, np.float16, np.float64, np.longdouble, ">f4", ">i2"])
def test_terms_of_any_type_that_holds_them_make_the_same_problem(kind):
    problem = a_problem(case_terms=np.ones((3, 2), kind), practitioner_terms=np.full((2, 2), 5, kind))

    assert problem.digest == a_problem().digest


def test_signalling_nan_is_refused_without_a_warning():
    terms = np.full((3, 2), 0x7FA00000, np.uint32).view(np.float32)

    with pytest.raises(ValueError, match=r"case_terms\[0, 0\] is nan"):
        a_problem(case_terms=terms)


def test_array_too_long_for_any_index_is_refused_unread():
    with pytest.raises(ValueError, match="capacity has 4294967296 entries; there must be fewer than 2147483648"):
        whole(np.broadcast_to(np.int64(1), 2**32), "capacity")


def test_pairs_that_went_past_their_checks_are_checked_again():
    pairs = Pairs([0, 1], [0, 1], [1, 1])
    object.__setattr__(pairs, "rows", np.array([1, 0]))

    problem = a_problem(bonus=pairs)

    assert problem.bonus.rows.tolist() == [0, 1]


def test_groups_of_a_problem_are_frozen():
    problem = a_problem(exclusive=(np.array([0, 1]),))

    with pytest.raises(ValueError, match="read-only"):
        problem.exclusive[0][0] = 2


def test_problems_that_differ_only_in_where_a_group_ends_have_different_names():
    together, apart = (a_problem(exclusive=groups) for groups in ([[0, 1, 2]], [[0, 1], [2]]))

    assert together.digest != apart.digest


def test_arranged_pair_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match=r"stay.rows\[0\] is 9; it must be below the 3 cases"):
        held(a_problem(), Pairs([9], [0], [1]))


@pytest.mark.parametrize("values", [[2**62, 2**62], [-(2**63), -1], [2**63 - 1, 1]])
def test_pairs_refuse_values_of_one_pair_that_sum_beyond_int64(values):
    with pytest.raises(ValueError, match=rf"sum of values\[1\] is {sum(values)}; values of one pair"):
        Pairs([0, 1, 1], [0, 1, 1], [7, *values])


@pytest.mark.parametrize("values", [[2**63 - 1, -(2**63)], [-(2**62), -(2**62)], [2**32 - 1, 1], [-1, -1, 1, 2**40]])
def test_pairs_sum_values_of_one_pair_exactly_up_to_the_limits(values):
    pairs = Pairs([0] * len(values), [1] * len(values), values)

    assert pairs.values.tolist() == [sum(values)]


def test_pairs_are_not_found_in_columns_that_would_wrap_to_them():
    pairs = Pairs([0, 1], [3, 0], [7, 9])
    rows, cols = np.array([0, 0, 1, 2**62, 1]), np.array([3, 4, 0, 0, -1])

    assert pairs.at(rows, cols).tolist() == [7, 0, 9, 0, 0]


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
