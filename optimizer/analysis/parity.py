"""The best plan that treats groups of cases alike: what equality costs, solved exactly or reported with its gap."""

from collections.abc import Iterable
from itertools import combinations, product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.pairs import IntArray, require_shape, whole
from optimizer.problem import Problem
from optimizer.proof.bounds import scores_of

EFFORT = 8.0
"""Deterministic time of one search, in CP-SAT's units, about seconds: the same search ends at the same plan."""

SUM_LIMIT = 2**53
"""Sums of weighted figures stay below this: no product wraps, and CP-SAT takes them."""


class Parity(NamedTuple):
    """
    The best plan found within a gap, and what no plan within it exceeds.

    Parameters
    ----------
    rows, cols : (q,) int64
        The assigned pairs.
    value, bound : int, points
        Scores of the plan, and a proven upper bound on those of any other; equal where it is solved exactly.
    """

    rows: IntArray
    cols: IntArray
    value: int
    bound: int


def best_within(
    problem: Problem, figure: IntArray, groups: NDArray[np.bool_], gap: int, effort: float = EFFORT
) -> Parity | None:
    """
    Return the best plan in which the mean figures of any two groups differ by at most the gap.

    Parameters
    ----------
    problem : Problem
        The instance; every unit of demand is to be met, and slots have no price.
    figure : (n, m) int64
        What is to be equal, of each pair: a score, or a large number where a wish is honoured.
    groups : (g, n) bool
        Which cases each group holds; a case may be in several. A group without demand has no mean to compare.
    gap : int, >= 0, in units of the figure
        Largest difference of means.
    effort : float
        Deterministic time after which the best plan so far is told with its bound.

    Returns
    -------
    Parity or None
        None if no plan within the gap was found.

    Raises
    ------
    ValueError
        If shapes do not fit, the gap is below 0, or figures are so large that their sums could reach 2**53.

    Notes
    -----
    Means are sums over a fixed number of seats, so the gap is linear: ``|N_h S_g - N_g S_h| <= gap N_g N_h``. With
    it the problem leaves the flow world and is given to CP-SAT.
    Source: Bertsimas, Farias, Trichakis, *The price of fairness*, Operations Research 59 (2011), for the question.
    """
    from ortools.sat.python import cp_model

    figure = whole(figure, "figure")
    _require_range(problem, figure, groups, gap)
    model = cp_model.CpModel()
    rows, cols = allowed_pairs(problem)
    scores = scores_of(problem, rows, cols)
    take = [model.new_bool_var("") for _ in range(rows.size)]
    for expression, limit, exact in _limits(problem, rows, cols, take):
        model.add(expression == limit) if exact else model.add(expression <= limit)
    for weight, limit in _gaps(problem, figure[rows, cols], groups, gap, rows):
        model.add_linear_constraint(cp_model.LinearExpr.weighted_sum(take, weight.tolist()), -limit, limit)
    model.maximize(cp_model.LinearExpr.weighted_sum(take, scores.tolist()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers, solver.parameters.random_seed = 1, 1
    solver.parameters.max_deterministic_time = effort
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    used = np.array([solver.boolean_value(literal) for literal in take], bool)
    return Parity(rows[used], cols[used], int(scores[used].sum()), round(solver.best_objective_bound))


def _require_range(problem: Problem, figure: IntArray, groups: NDArray[np.bool_], gap: int) -> None:
    require_shape(figure, "figure", (problem.n, problem.m), f"it must be ({problem.n}, {problem.m})")
    require_shape(groups, "groups", (None, problem.n), f"it must be (g, {problem.n})")
    if gap < 0:
        raise ValueError(f"gap is {gap}; it must be 0 or more")
    largest = max(int(figure.max(initial=0)), -int(figure.min(initial=0)), gap)
    reach = largest * int(problem.demand.sum()) ** 2
    if reach >= SUM_LIMIT:
        raise ValueError(f"figures and gap up to {largest} can sum to {reach}; it must stay below {SUM_LIMIT}")


def allowed_pairs(problem: Problem) -> tuple[IntArray, IntArray]:
    """Return every pair that a plan may use, (q,) rows and cols."""
    rows, cols = (axis.reshape(-1) for axis in np.indices((problem.n, problem.m)))
    fits = (scores_of(problem, rows, cols) >= 0) & (problem.room[cols] > 0)
    fits &= ~np.isin(rows * problem.m + cols, problem.barred.rows * problem.m + problem.barred.cols)
    return rows[fits], cols[fits]


def _limits(problem: Problem, rows: IntArray, cols: IntArray, take: list[Any]) -> Iterable[tuple[Any, int, bool]]:
    """Yield each limit of a plan: a sum of pairs, how much it may be, and whether it must be that."""

    def taken(chosen: NDArray[np.bool_]) -> Any:
        return sum(take[k] for k in np.flatnonzero(chosen).tolist())

    for i in range(problem.n):
        yield taken(rows == i), int(problem.demand[i]), True
    for j in np.unique(cols).tolist():
        yield taken(cols == j), int(problem.room[j]), False
    for k, room in enumerate(problem.institution_capacity.tolist()):
        yield taken(problem.institution[cols] == k), room, False
    for group, j in product(problem.exclusive, np.unique(cols).tolist()):
        yield taken(np.isin(rows, group) & (cols == j)), 1, False
    unit = np.where(problem.institution < 0, problem.p + np.arange(problem.m), problem.institution)[cols]
    for one, other in problem.separate.tolist():
        for house in np.intersect1d(unit[rows == one], unit[rows == other]).tolist():
            sides = (np.flatnonzero((rows == i) & (unit == house)).tolist() for i in (one, other))
            for here, there in product(*sides):
                yield take[here] + take[there], 1, False


def _gaps(
    problem: Problem, figure: IntArray, groups: NDArray[np.bool_], gap: int, rows: IntArray
) -> Iterable[tuple[IntArray, int]]:
    """Yield the weight of each pair in the difference of two groups, and how far that may be from zero."""
    sizes = groups @ problem.demand
    for g, h in combinations(range(len(groups)), 2):
        weight = figure * (sizes[h] * groups[g, rows] - sizes[g] * groups[h, rows])
        yield weight, int(gap * sizes[g] * sizes[h])
