"""Perturbations and sweeps: what moves is exact, what would change who may take what is refused with its reason."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import inf

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from optimizer import Pairs, Problem, solve, trade_off
from optimizer.analysis.frontier import Frontier
from optimizer.analysis.radius import stability_radius
from optimizer.analysis.sweep import Sweep
from optimizer.perturbation import (
    Perturbation,
    PerturbationError,
    moved,
    perturbation_between,
    staying,
    value_of,
    worth,
)
from tests.examples import share
from tests.optimizer.brute_force import best_value, score_table
from tests.optimizer.builders import a_problem, problems
from tests.optimizer.test_frontier import corners_of, pareto, pulls, worths

MAX_LEVEL = 6
NO_PRICE = np.zeros((2, 1), np.int64)
NO_TERMS = np.zeros((2, 2), np.float32)


def crossing_pair():
    """Two cases and two practitioners; a point of the perturbation lifts three scores, one of them from below 0."""
    problem = a_problem(
        case_terms=np.eye(2, dtype=np.float32),
        practitioner_terms=np.float32([[0, 10], [-1, 0]]),
        open_price=np.full(2, 100),
    )
    return problem, Perturbation(NO_TERMS, NO_PRICE, Pairs([0, 0, 1], [0, 1, 1], [1, 2, 1]))


@st.composite
def free_perturbations(draw):
    """A problem with any features and a perturbation that may take any score across zero."""
    problem = draw(problems(max_cases=3, max_practitioners=3))
    few = st.integers(-2, 2)
    levels = [[draw(few) for _ in range(problem.case_terms.shape[1])] for _ in range(problem.m)]
    price = [sorted(draw(few) for _ in range(problem.slot_price.shape[1])) for _ in range(problem.m)]
    listed = st.tuples(st.integers(0, problem.n - 1), st.integers(0, problem.m - 1), st.integers(-3, 3))
    pairs = draw(st.lists(listed, max_size=3)) if problem.n and problem.m else []
    perturbation = Perturbation(
        np.array(levels, np.float32).reshape(problem.practitioner_terms.shape),
        np.array(price, np.int64).reshape(problem.slot_price.shape),
        Pairs(*np.array(pairs, np.int64).reshape(-1, 3).T),
    )
    return problem, perturbation, draw(st.integers(0, 2))


def allowed(problem):
    return [[score >= 0 and int(problem.room[j]) > 0 for j, score in enumerate(row)] for row in score_table(problem)]


def steady(problem, perturbation, least, most=MAX_LEVEL):
    """Whether the same pairs are allowed at every level, by looking at each."""
    return len({str(allowed(moved(problem, perturbation, level))) for level in range(least, most + 1)}) == 1


@share(0.5)
@given(free_perturbations())
def test_sweep_is_refused_exactly_where_some_level_allows_other_pairs(drawn):
    problem, perturbation, least = drawn

    if steady(problem, perturbation, least):
        sweep = Sweep(problem, perturbation, least, MAX_LEVEL)

        assert sweep.at(MAX_LEVEL).digest == moved(problem, perturbation, MAX_LEVEL).digest
    else:
        with pytest.raises(PerturbationError, match=r"case \d and practitioner \d score .* at level"):
            Sweep(problem, perturbation, least, MAX_LEVEL)


@share(0.3)
@given(free_perturbations())
def test_frontier_of_any_perturbation_is_right_or_refused(drawn):
    problem, perturbation, least = drawn
    try:
        frontier = Frontier(problem, perturbation, least, MAX_LEVEL)
    except PerturbationError:
        assert not steady(problem, perturbation, least)
        return

    corners = frontier.corners()

    # Which plans are legal is asked at the lowest level; their values there are told as of level 0.
    points = {(value - least * gain, gain) for value, gain in worths(frontier.at(least), perturbation)}
    assert [each.plan[:2] for each in corners] == corners_of(points, MAX_LEVEL, least)
    assert all(each.sure and each.gap == 0 for each in corners)
    between = [
        frontier.at_least(left.plan, right.plan, gain)
        for left, right in pairwise(corners)
        for gain in range(left.plan.gain + 1, right.plan.gain + 1)
    ]
    assert {point.plan[:2] for point in between if point} <= pareto(points)


@share(0.3)
@given(free_perturbations(), st.data())
def test_radius_of_any_perturbation_is_right_or_refused(drawn, data):
    problem, perturbation, _ = drawn
    level = data.draw(st.integers(0, MAX_LEVEL))
    plan = solve(moved(problem, perturbation, level), seed=3)
    try:
        radius = stability_radius(problem, perturbation, level, MAX_LEVEL, plan.rows, plan.cols)
    except PerturbationError:
        assert not steady(problem, perturbation, 0)
        return

    best = [best_value(moved(problem, perturbation, at)) for at in range(MAX_LEVEL + 1)]
    keeps = [
        value_of(moved(problem, perturbation, at), plan.rows, plan.cols) == best[at] for at in range(MAX_LEVEL + 1)
    ]
    down = next((step for step in range(level) if not keeps[level - step - 1]), level)
    up = next((step for step in range(MAX_LEVEL - level) if not keeps[level + step + 1]), MAX_LEVEL - level)
    assert [(reach.steps, reach.room, reach.proven) for reach in radius] == [
        (down, level, True),
        (up, MAX_LEVEL - level, True),
    ]


def breaks(reach):
    """Whether another plan is better one step further."""
    return reach.proven and reach.steps < reach.room


def some_unproven(share_of_ten):
    """A solver that now and then ends with nothing assigned and an honest bound, as one does at its limit."""

    def solved(problem, seed=0, near=None):
        found = solve(problem, seed)
        if int(problem.digest[:8], 16) % 10 >= share_of_ten:
            return found
        nothing = np.empty(0, np.int64)
        value = value_of(problem, nothing, nothing)
        plan = replace(found, rows=nothing, cols=nothing, open=problem.demand, objective=value)
        return replace(plan, optimal=value == found.bound)

    return solved


@share(0.3)
@given(free_perturbations(), st.sampled_from([3, 6, 10]), st.sampled_from([0, inf]))
def test_corner_is_sure_only_if_no_plan_is_better_where_solves_end_without_proof(drawn, often, patience):
    problem, perturbation, least = drawn
    assume(steady(problem, perturbation, least))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("optimizer.analysis.levels.solve", some_unproven(often))
        frontier = Frontier(problem, perturbation, least, MAX_LEVEL)
        corners = frontier.corners(patience=patience)
        between = [
            frontier.at_least(left.plan, right.plan, gain, patience)
            for left, right in pairwise(corners)
            for gain in range(left.plan.gain + 1, right.plan.gain + 1)
        ]

    points = {(value - least * gain, gain) for value, gain in worths(frontier.at(least), perturbation)}
    for corner in corners:
        best = [max(value + level * gain for value, gain in points) for level in (corner.least, corner.most)]
        mine = [corner.plan.value + level * corner.plan.gain for level in (corner.least, corner.most)]
        assert mine == best or not corner.sure
        assert max(value for value, gain in points if gain == corner.plan.gain) <= corner.plan.value + corner.gap
    for point in filter(None, between):
        best = max(value for value, gain in points if gain >= point.min_gain)
        assert point.plan.value <= best <= point.max_value
        assert not point.proven or point.plan.value == best


@share(0.3)
@given(free_perturbations(), st.integers(0, MAX_LEVEL), st.sampled_from([3, 6, 10]))
def test_radius_claims_no_more_than_is_proven_where_solves_end_without_proof(drawn, level, often):
    problem, perturbation, _ = drawn
    assume(steady(problem, perturbation, 0))
    plan = solve(moved(problem, perturbation, level))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("optimizer.analysis.levels.solve", some_unproven(often))
        claimed = stability_radius(problem, perturbation, level, MAX_LEVEL, plan.rows, plan.cols)
    exact = stability_radius(problem, perturbation, level, MAX_LEVEL, plan.rows, plan.cols)

    for mine, true in zip(claimed, exact, strict=True):
        assert mine.steps <= true.steps
        assert not mine.proven or mine == true


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
    perturbation = Perturbation((level * [1, 0]).astype(np.float32), np.zeros((5, 3), np.int64))
    solution = solve(moved(problem, perturbation, weight))

    radius = stability_radius(problem, perturbation, weight, 18, solution.rows, solution.cols)

    for sign, reach in ((-1, radius.down), (1, radius.up)):
        for step in range(1, reach.room + 1):
            after = moved(problem, perturbation, weight + sign * step)
            keeps = solve(after).objective == value_of(after, solution.rows, solution.cols)
            assert keeps == (step <= reach.steps)


def test_pair_that_comes_to_be_allowed_on_the_way_is_named():
    problem, perturbation = crossing_pair()
    refusal = "case 0 and practitioner 1 score -1 at level 0 and 5 at level 3"

    with pytest.raises(PerturbationError, match=refusal):
        Frontier(problem, perturbation, 0, 3)
    with pytest.raises(PerturbationError, match=refusal):
        stability_radius(problem, perturbation, 0, 3, np.array([0, 1]), np.array([0, 1]))


def test_sweep_that_begins_where_the_pair_is_allowed_is_exact():
    problem, perturbation = crossing_pair()

    corners = Frontier(problem, perturbation, 1, 3).corners()

    assert [(each.plan.value, each.plan.gain) for each in corners] == [(9, 2)]
    assert best_value(moved(problem, perturbation, 2)) == 9 + 2 * 2


@pytest.mark.parametrize("shield", [{"barred": Pairs([0], [1])}, {"capacity": np.array([1, 0])}])
def test_pair_nobody_can_use_may_cross_zero(shield):
    problem, perturbation = crossing_pair()
    shielded = Problem(**{name: getattr(problem, name) for name in ("case_terms", "practitioner_terms", "slot_price")}
                       | {"capacity": problem.capacity, "open_price": problem.open_price} | shield)  # fmt: skip

    corners = Frontier(shielded, perturbation, 0, 3).corners()

    assert {each.plan[:2] for each in corners} == set(corners_of(worths(shielded, perturbation), 3))


@pytest.mark.parametrize(
    ("least", "most", "reason"),
    [
        (0.5, 3, "least is 0.5; it must be a whole number"),
        (0, Fraction(3), "most is .*; it must be a whole number"),
        (3, 1, "0 <= least <= most"),
        (-1, 3, "0 <= least <= most"),
        (2, 2, "least below most"),
        (0, 2**40, "its size must be below"),
        (0, 2**39, r"cannot be moved by .*slot_price"),
        (0, 10**400, "its size must be below"),
    ],
)
def test_levels_that_make_no_frontier_are_refused(least, most, reason):
    perturbation = Perturbation(NO_TERMS, np.full((2, 1), 2))

    with pytest.raises(PerturbationError, match=reason):
        Frontier(a_problem(), perturbation, least, most)


def test_perturbation_that_makes_later_slots_cheaper_is_refused_where_they_fall_below_the_first():
    problem = a_problem(slot_price=np.array([[0, 4], [0, 4]]))
    perturbation = Perturbation(NO_TERMS, np.array([[0, -1], [0, -1]]))

    corners = Frontier(problem, perturbation, 0, 4).corners()

    assert len(corners) == 1
    with pytest.raises(PerturbationError, match="prices must not decrease along k"):
        Frontier(problem, perturbation, 0, 5)


@pytest.mark.parametrize("by", [2**22, 2**24 + 1, 2**39, -(2**39)])
def test_perturbation_moved_beyond_exact_scores_is_refused(by):
    """From 2**24 on float32 skips odd numbers, so what is rounded must not come back into range."""
    problem = a_problem(practitioner_terms=np.float32([[2**22, 5], [5, 5]]))

    with pytest.raises(PerturbationError, match=f"cannot be moved by {by}"):
        moved(problem, Perturbation(np.float32([[-4, 0], [4, 0]]), NO_PRICE), by)


def test_perturbation_moved_far_and_back_is_exact():
    problem = a_problem(practitioner_terms=np.float32([[2**23 - 1, 0], [0, 0]]))
    perturbation = Perturbation(np.float32([[-(2**23) - 2**22 - 1, 0], [0, 0]]), NO_PRICE)

    after = moved(problem, perturbation, 1)

    assert after.practitioner_terms[0, 0] == -(2**22) - 2


def test_product_that_would_wrap_is_refused():
    perturbation = Perturbation(NO_TERMS, np.full((2, 1), 2**39))

    with pytest.raises(PerturbationError, match="slot_price would move by"):
        moved(a_problem(), perturbation, 2**39)


@pytest.mark.parametrize(
    ("perturbation", "reason"),
    [
        (
            Perturbation(np.zeros((1, 2), np.float32), np.zeros((1, 1), np.int64)),
            "practitioner_terms of the perturbation has shape",
        ),
        (Perturbation(NO_TERMS, np.zeros((2, 3), np.int64)), "slot_price of the perturbation has shape"),
        (Perturbation(NO_TERMS, NO_PRICE, Pairs([3], [0], [1])), "bonus.rows of the perturbation reaches 3"),
        (Perturbation(NO_TERMS, NO_PRICE, Pairs([0], [2], [1])), "bonus.cols of the perturbation reaches 2"),
    ],
)
def test_perturbation_of_another_problem_is_refused(perturbation, reason):
    for ask in (
        lambda: moved(a_problem(), perturbation, 1),
        lambda: worth(a_problem(), perturbation, np.array([0]), np.array([0])),
        lambda: Frontier(a_problem(), perturbation, 0, 1),
    ):
        with pytest.raises(PerturbationError, match=reason):
            ask()


@pytest.mark.parametrize(
    ("terms", "price", "bonus", "reason"),
    [
        (np.float64([[0.5, 0]]), [[0]], Pairs([], []), r"practitioner_terms\[0, 0\] is 0.5"),
        (np.float64([[8388608.4, 0]]), [[0]], Pairs([], []), "it must be a whole number"),
        (np.float64([[np.nan, 0]]), [[0]], Pairs([], []), "it must be a whole number"),
        (np.float64([[2**24, 0]]), [[0]], Pairs([], []), "below 16777216"),
        (np.zeros(2), [[0]], Pairs([], []), "must be \\(m, d\\)"),
        (np.zeros((1, 2)), [[0.0]], Pairs([], []), "must hold integers"),
        (np.zeros((1, 2)), [[-(2**63)]], Pairs([], []), "its size must be below"),
        (np.zeros((1, 2)), [[0], [0]], Pairs([], []), "slot_price has shape"),
        (np.zeros((1, 2)), [[0]], Pairs([0], [0], [-(2**63)]), "bonus"),
        (np.array([["a", "b"]]), [[0]], Pairs([], []), "must hold numbers"),
    ],
)
def test_perturbation_of_wrong_numbers_is_refused(terms, price, bonus, reason):
    with pytest.raises(ValueError, match=reason):
        Perturbation(terms, np.array(price), bonus)


@pytest.mark.parametrize("changes", [{"capacity": np.array([2, 2])}, {"case_terms": np.full((3, 2), 2)}])
def test_no_perturbation_leads_between_problems_that_differ_otherwise(changes):
    with pytest.raises(PerturbationError, match="differ in more than"):
        perturbation_between(a_problem(), a_problem(**changes))


def test_no_perturbation_leads_to_a_problem_of_another_size():
    with pytest.raises(PerturbationError, match="differ in more than"):
        perturbation_between(a_problem(), a_problem(slot_price=np.zeros((2, 2), np.int64)))


def test_plan_is_kept_pair_by_pair_however_often_it_lists_them():
    perturbation = staying(a_problem(), np.array([0, 0]), np.array([1, 1]))

    assert worth(a_problem(), perturbation, np.array([0]), np.array([1])) == 1


@pytest.mark.parametrize(("rows", "cols"), [([3], [0]), ([0], [2]), ([-1], [0])])
def test_plan_of_pairs_the_problem_does_not_have_is_refused(rows, cols):
    perturbation = Perturbation(NO_TERMS, NO_PRICE)

    with pytest.raises(ValueError, match="it must be"):
        staying(a_problem(), np.array(rows), np.array(cols))
    with pytest.raises(ValueError, match="it must be"):
        stability_radius(a_problem(), perturbation, 0, 1, np.array(rows), np.array(cols))


def test_worth_and_value_are_exact_at_the_largest_prices():
    """Slots and open cases near the limits of prices: every sum is compared with Python's own integers."""
    price, open_price, n = 2**40 - 1, -(2**40) + 3, 2**10
    problem = Problem(
        np.ones((n, 1)), np.full((n, 1), 7), np.ones(n, int), np.full((n, 1), price), np.full(n, open_price)
    )
    perturbation = Perturbation(np.full((n, 1), 2**24 - 1), np.full((n, 1), -price))
    kept = np.arange(n // 2)

    assert value_of(problem, kept, kept) == n // 2 * (7 - price) - n // 2 * open_price
    assert worth(problem, perturbation, kept, kept) == n // 2 * (2**24 - 1) + n // 2 * price


@pytest.mark.parametrize("level", [0, 1])
def test_weight_at_an_end_of_its_range_cannot_move_beyond(level):
    problem, perturbation = a_problem(), Perturbation(NO_TERMS, np.ones((2, 1), np.int64))
    plan = solve(problem)

    radius = stability_radius(problem, perturbation, level, 1, plan.rows, plan.cols)

    fixed, free = (radius.down, radius.up) if level == 0 else (radius.up, radius.down)
    assert (fixed.room, fixed.steps, breaks(fixed)) == (0, 0, False)
    assert (free.room, free.steps, breaks(free)) == (1, 1, False)


def test_weight_whose_next_point_makes_another_plan_better_breaks_at_once():
    problem = a_problem(case_terms=np.ones((1, 2)), open_price=np.full(1, 20))
    perturbation = Perturbation(NO_TERMS, NO_PRICE, Pairs([0], [1], [1]))

    radius = stability_radius(problem, perturbation, 0, 4, np.array([0]), np.array([0]))

    assert (radius.down.room, radius.up.steps, radius.up.room, breaks(radius.up)) == (0, 0, 4, True)


def test_plan_that_is_not_the_best_has_no_radius():
    perturbation = Perturbation(NO_TERMS, NO_PRICE, Pairs([0], [1], [1]))
    worse = np.array([0]), np.array([0])

    assert stability_radius(a_problem(), perturbation, 0, 4, *worse) is None


def test_plan_worth_more_than_any_legal_one_is_refused():
    problem, perturbation = a_problem(), Perturbation(NO_TERMS, NO_PRICE)

    with pytest.raises(PerturbationError, match="no legal plan exceeds"):
        stability_radius(problem, perturbation, 0, 1, np.array([0, 1, 2]), np.array([0, 0, 0]))


@pytest.mark.parametrize("level", [-1, 3, 0.5])
def test_radius_around_a_level_out_of_range_is_refused(level):
    with pytest.raises(PerturbationError, match="level is"):
        stability_radius(a_problem(), Perturbation(NO_TERMS, NO_PRICE), level, 2, np.array([0]), np.array([0]))


@pytest.mark.parametrize(("dearest", "reason"), [(-1, "least <= most"), (1.5, "whole number"), (2**24, "can score")])
def test_price_of_moving_out_of_range_is_refused(dearest, reason):
    with pytest.raises(PerturbationError, match=reason):
        trade_off(a_problem(), np.array([0]), np.array([0]), dearest)


@pytest.mark.parametrize("gain", [0, 21, 1.5])
def test_gain_outside_of_two_corners_is_refused(gain):
    frontier = pulls([[50, 0], [50, 0]], [[0, 10], [0, 10]])[2]
    left, right = (each.plan for each in frontier.corners())

    with pytest.raises(PerturbationError, match="gain is"):
        frontier.at_least(left, right, gain)
