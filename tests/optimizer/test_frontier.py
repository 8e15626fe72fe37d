"""The frontier of two criteria against every plan there is: no corner missing, none invented."""

from fractions import Fraction
from itertools import combinations, pairwise, product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from optimizer import Pairs, solve, verify
from optimizer.analysis.frontier import Frontier
from optimizer.analysis.hull import Corner
from optimizer.perturbation import Perturbation, moved, perturbation_between, staying, value_of, worth
from optimizer.solver.reduced_costs import near
from optimizer.solver.reduced_problem import ReducedProblem
from tests.examples import share
from tests.optimizer.brute_force import score_table, within_limits
from tests.optimizer.builders import a_problem, city, problems

MAX_LEVEL = 12


def every_plan(problem):
    """All legal plans as lists of pairs, one set of practitioners a case."""
    scores, unit = (
        score_table(problem),
        np.where(problem.institution < 0, problem.p + np.arange(problem.m), problem.institution),
    )
    teams = [
        [team for size in range(int(problem.demand[i]) + 1) for team in combinations(allowed, size)]
        for i in range(problem.n)
        for allowed in [[j for j in range(problem.m) if scores[i][j] >= 0]]
    ]
    for plan in product(*teams):
        loads = tuple(sum(j in team for team in plan) for j in range(problem.m))
        grouped = [(problem.group[i], j) for i, team in enumerate(plan) for j in team if problem.group[i] >= 0]
        apart = all(not {unit[j] for j in plan[a]} & {unit[j] for j in plan[b]} for a, b in problem.separate)
        if apart and len(set(grouped)) == len(grouped) and within_limits(problem, loads):
            pairs = [(i, j) for i, team in enumerate(plan) for j in team]
            yield np.array(pairs, np.int64).reshape(-1, 2).T


def worths(problem, perturbation):
    return {(value_of(problem, *plan), worth(problem, perturbation, *plan)) for plan in every_plan(problem)}


def corners_of(points, most, least=0):
    """Corners of the upper hull that are best strictly between the ends, by looking between all crossings."""
    crossings = {Fraction(a[0] - b[0], b[1] - a[1]) for a, b in combinations(points, 2) if a[1] != b[1]}
    ends = [Fraction(least), *sorted(each for each in crossings if least < each < most), Fraction(most)]
    levels = [(one + other) / 2 for one, other in pairwise(ends)]
    best = {max(points, key=lambda point: point[0] + level * point[1]) for level in levels}
    return sorted(best, key=lambda point: point[1])


def pareto(points):
    return {a for a in points if not any(b != a and b[0] >= a[0] and b[1] >= a[1] for b in points)}


@st.composite
def perturbations(draw, problem):
    """A perturbation that pulls at levels, slots and single pairs together."""
    few = st.integers(0, 2)
    levels = np.array([[draw(few) for _ in range(problem.case_terms.shape[1])] for _ in range(problem.m)], np.float32)
    price = [sorted(draw(few) for _ in range(problem.slot_price.shape[1])) for _ in range(problem.m)]
    return Perturbation(
        levels.reshape(problem.practitioner_terms.shape),
        np.array(price, np.int64).reshape(problem.slot_price.shape),
        problem.bonus,
    )


def same_pairs(problem, perturbation):
    """Whether the perturbation leaves it to the rules which pairs are allowed."""
    allowed = [
        [[score >= 0 for score in row] for row in score_table(moved(problem, perturbation, by))]
        for by in (0, MAX_LEVEL)
    ]
    return allowed[0] == allowed[1]


@st.composite
def any_features(draw):
    """Every feature of a problem together with every other."""
    problem = draw(problems(max_cases=3, max_practitioners=3))
    perturbation = draw(perturbations(problem))
    assume(same_pairs(problem, perturbation))
    return problem, perturbation


@st.composite
def contests(draw):
    """Three cases and three practitioners with a score and a gain of each pair's own: many corners, close together."""
    draw_table = st.lists(st.lists(st.integers(0, 30), min_size=3, max_size=3), min_size=3, max_size=3)
    prices = st.lists(st.tuples(st.integers(0, 4), st.integers(4, 9)), min_size=3, max_size=3)
    problem = a_problem(
        case_terms=np.eye(3, dtype=np.float32),
        practitioner_terms=np.array(draw(draw_table), np.float32),
        capacity=np.full(3, 2),
        slot_price=np.array(draw(prices)),
        open_price=np.full(3, 2**20),
        separate=np.array([[0, 1]] * draw(st.integers(0, 1))).reshape(-1, 2),
    )
    gains = np.array(draw(draw_table), np.float32) // 4
    return problem, Perturbation(gains, np.array(draw(prices)) // 2)


trade_offs = st.one_of(any_features(), contests(), contests())


@share(0.2)
@given(trade_offs)
def test_every_corner_is_found_and_none_is_invented(pair):
    problem, perturbation = pair

    found = Frontier(problem, perturbation, 0, MAX_LEVEL).corners()

    assert [(each.plan.value, each.plan.gain) for each in found] == corners_of(worths(problem, perturbation), MAX_LEVEL)
    assert [found[0].least, found[-1].most] == [0, MAX_LEVEL]
    assert all(each.sure for each in found)
    assert all(one.most == other.least for one, other in pairwise(found))


def whole_between(frontier, corners):
    """Every point of the frontier between its corners, one whole gain after the other."""
    asked = (
        frontier.at_least(left.plan, right.plan, gain)
        for left, right in pairwise(corners)
        for gain in range(left.plan.gain + 1, right.plan.gain + 1)
    )
    return [point for point in asked if point]


@share(0.125)
@given(trade_offs)
def test_points_between_corners_complete_the_frontier(pair):
    problem, perturbation = pair
    frontier = Frontier(problem, perturbation, 0, MAX_LEVEL)
    corners = frontier.corners()

    between = whole_between(frontier, corners)

    known = {point.plan[:2] for point in [*corners, *between]}
    reach = range(corners[0].plan.gain, corners[-1].plan.gain + 1)
    assert known == {point for point in pareto(worths(problem, perturbation)) if point[1] in reach}
    assert all(point.proven and point.max_value == point.plan.value for point in between)


def test_opposing_sides_that_need_two_each_share_no_institution_in_the_plan_that_gains_most():
    problem = a_problem(
        case_terms=np.eye(2, dtype=np.float32),
        practitioner_terms=np.float32([[9, 8], [8, 9], [5, 4], [2, 7], [6, 1]]),
        capacity=np.ones(5, np.int64),
        slot_price=np.zeros((5, 1), np.int64),
        open_price=np.full(2, 40),
        demand=np.array([2, 2]),
        institution=np.array([0, 0, 1, 1, -1]),
        institution_capacity=np.array([2, 2]),
        separate=np.array([[0, 1]]),
    )
    perturbation = Perturbation(np.float32([[0, 2], [1, 0], [3, 0], [0, 1], [2, 2]]), np.zeros((5, 1), np.int64))

    plan = solve(problem)

    found = ReducedProblem(problem, perturbation, plan, gap=1000).best(0, 1, Pairs(plan.rows, plan.cols))

    assert worth(problem, perturbation, found.rows, found.cols) == max(
        gain for _, gain in worths(problem, perturbation)
    )


def test_city_is_swept_from_the_best_match_to_the_evenest_day():
    problem = city(60, 40, 90, seed=4)
    perturbation = Perturbation(np.zeros_like(problem.practitioner_terms), problem.slot_price // 1000)
    frontier = Frontier(problem, perturbation, 0, 50_000)

    corners = frontier.corners(limit=12)
    between = frontier.between(corners, 2)

    values, gains = ([getattr(each.plan, name) for each in corners] for name in ("value", "gain"))
    assert values == sorted(values, reverse=True)
    assert gains == sorted(gains)
    assert not all(each.sure for each in corners)
    for corner in corners:
        found = frontier.solved(corner.level)
        verify(frontier.at(corner.level), found)
        assert found.objective == corner.plan.at(corner.level)
    for point in between:
        assert point.plan.gain >= point.min_gain
        assert point.plan.value <= point.max_value
        assert point.proven == (point.plan.value == point.max_value)


def test_search_without_time_keeps_the_corner_and_tells_the_gap():
    problem = city(60, 40, 90, seed=4)
    perturbation = Perturbation(np.zeros_like(problem.practitioner_terms), problem.slot_price // 1000)
    frontier = Frontier(problem, perturbation, 0, 50_000)
    left, right = (each.plan for each in frontier.corners(limit=2))

    point = frontier.at_least(left, right, (left.gain + right.gain) // 2, patience=0)

    assert (point.proven, point.plan.value) == (False, right.value)
    assert right.value < point.max_value


def test_perturbation_between_two_problems_leads_from_the_one_to_the_other():
    less, perturbation = (
        city(9, 7, 12, seed=1),
        Perturbation(np.ones((7, 48), np.float32), np.ones((7, 3), np.int64), Pairs([1], [2], [5])),
    )
    more = moved(less, perturbation, 1)

    assert moved(less, perturbation_between(less, more), 1).digest == more.digest


def test_kept_pairs_count_and_those_forbidden_by_now_do_not():
    problem = a_problem(barred=Pairs([0], [0]), practitioner_terms=np.float32([[5, 5], [-9, 0]]))
    perturbation = staying(problem, np.array([1, 2]), np.array([0, 1]))

    assert worth(problem, perturbation, np.array([1, 2]), np.array([0, 1])) == 1


def pulls(values, gains, **changes):
    """Cases and practitioners in equal number with a score and a gain of each pair's own, and the frontier."""
    size = len(values)
    problem = a_problem(
        case_terms=np.eye(size, dtype=np.float32),
        practitioner_terms=np.array(values, np.float32).T,
        capacity=np.full(size, 2),
        slot_price=np.zeros((size, 1), np.int64),
        open_price=np.full(size, 2**20),
        **changes,
    )
    perturbation = Perturbation(np.array(gains, np.float32).T, np.zeros((size, 1), np.int64))
    return problem, perturbation, Frontier(problem, perturbation, 0, MAX_LEVEL)


@pytest.mark.parametrize("seed", range(6))
def test_plan_a_mixture_of_two_others_matches_is_no_corner_whatever_the_draw(seed):
    """Both cases may move at the same level, so that there either of them may have moved alone."""
    problem, perturbation, _ = pulls([[50, 0], [50, 0]], [[0, 10], [0, 10]])

    found = Frontier(problem, perturbation, 0, MAX_LEVEL, seed).corners()

    assert [(each.plan.value, each.plan.gain) for each in found] == [(100, 0), (0, 20)]


def test_corner_that_is_best_at_no_whole_level_is_found():
    """The two cases move at a fifth and at two thirds: at level 0 neither has moved, at level 1 both have."""
    problem, perturbation, frontier = pulls([[50, 49], [50, 48]], [[0, 5], [0, 3]])

    found = frontier.corners()

    assert [(each.plan.value, each.plan.gain) for each in found] == corners_of(worths(problem, perturbation), MAX_LEVEL)
    assert (found[1].least, found[1].most) == (Fraction(1, 5), Fraction(2, 3))
    assert found[1].sure


def test_price_of_a_group_counts_where_pairs_are_ruled_out():
    """Two co-defendants want the same practitioner; who has to go elsewhere changes with the level."""
    problem, perturbation, frontier = pulls([[90, 40], [90, 61]], [[7, 0], [0, 3]], exclusive=(np.array([0, 1]),))

    found = frontier.corners()

    assert [(each.plan.value, each.plan.gain) for each in found] == corners_of(worths(problem, perturbation), MAX_LEVEL)
    assert frontier.solved(1).certificate.proof.group_price.values.sum() > 0
    rows, cols, _ = near(frontier.at(1), frontier.solved(1), 0)
    assert set(zip(frontier.solved(1).rows, frontier.solved(1).cols, strict=True)) <= set(zip(rows, cols, strict=True))


def test_search_between_levels_keeps_institutions_and_groups():
    """Three co-defendants, a firm of two with two places, and someone of no firm: nothing but corners is legal."""
    values, gains = [[30, 24, 9], [28, 27, 3], [25, 11, 8]], [[1, 4, 8], [2, 3, 9], [0, 6, 8]]
    limits = {"institution": np.array([0, 0, -1]), "institution_capacity": np.array([2])}
    problem, perturbation, frontier = pulls(values, gains, exclusive=(np.array([0, 1, 2]),), **limits)

    corners = frontier.corners()
    between = [frontier.at_least(one.plan, other.plan, one.plan.gain + 1) for one, other in pairwise(corners)]

    assert {each.plan[:2] for each in corners} == pareto(worths(problem, perturbation))
    assert between == [None, None]


def test_level_of_a_corner_is_whole_and_far_from_both_ends():
    plan = Frontier(*pulls([[1]], [[1]])[:2], 0, 1).corners()[0].plan

    levels = [Corner(plan, Fraction(*least), Fraction(*most), sure=True, gap=0).level for least, most in SPANS]

    assert levels == [5, 4, None, 7]
    assert Corner(plan, Fraction(1), Fraction(9), sure=False, gap=0).level == plan.level


SPANS = (((3, 1), (8, 1)), ((7, 2), (9, 2)), ((1, 3), (2, 3)), ((7, 1), (15, 2)))
