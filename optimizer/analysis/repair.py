"""Repair: solve again after a change, with a price on moving what is already arranged."""

from typing import NamedTuple

from optimizer.analysis.sweep import Sweep
from optimizer.pairs import IntArray
from optimizer.perturbation import pairs_of, staying, worth
from optimizer.problem import Problem
from optimizer.solution import Solution
from optimizer.solver.solve import solve


class Point(NamedTuple):
    """
    One point of the trade-off between value and peace.

    Parameters
    ----------
    price : int, points
        A price of moving at which this plan is best.
    moved : int, pairs
        How many of the arranged pairs are given up.
    value : int, points
        What the plan is worth without regard to moves.
    solution : Solution
        The plan; it is proven for ``held(problem, stay)`` with this price on every pair.
    """

    price: int
    moved: int
    value: int
    solution: Solution


def trade_off(problem: Problem, rows: IntArray, cols: IntArray, dearest: int, seed: int = 0) -> list[Point]:
    """
    Return the best plans at all whole prices of moving, from free to ``dearest``.

    Parameters
    ----------
    problem : Problem
        The instance as it is now.
    rows, cols : (q,) int64
        The pairs arranged before.
    dearest : int, points, >= 0
        Highest price of moving that is tried.
    seed : int, default 0
        Seed of the draw among equally good plans.

    Returns
    -------
    list of Point
        Fewer moves and lower value from point to point: the corners of the upper hull of value over moves
        that a whole price can reach.

    Raises
    ------
    PerturbationError
        If the price is no whole number, below 0, or so high that scores leave their range.

    Notes
    -----
    Between two plans, the price at which they draw level either finds a plan better than both or shows that there
    is none. Source: Eisner, Severance, *Mathematical techniques for efficient record segmentation in large shared
    databases*, Journal of the ACM 23 (1976).
    """
    sweep, arranged = Sweep(problem, staying(problem, rows, cols), 0, dearest), pairs_of(problem, rows, cols).size
    ends = [_point(sweep, arranged, price, seed) for price in sorted({0, sweep.most})]
    found = {point.moved: point for point in reversed(ends)}
    open_gaps = [(ends[0], ends[-1])]
    while open_gaps:
        left, right = open_gaps.pop()
        if left.moved <= right.moved + 1:
            continue
        price = (left.value - right.value) // (left.moved - right.moved)
        for level in {price, price + 1} - {left.price, right.price}:
            if not left.price < level < right.price:
                continue
            middle = _point(sweep, arranged, level, seed)
            if middle.moved not in found:
                found[middle.moved] = middle
                open_gaps += [(left, middle), (middle, right)]
                break
    return [found[moved] for moved in sorted(found, reverse=True)]


def _point(sweep: Sweep, arranged: int, price: int, seed: int) -> Point:
    solution = solve(sweep.at(price), seed)
    kept = worth(sweep.problem, sweep.perturbation, solution.rows, solution.cols)
    return Point(price, arranged - kept, solution.objective - price * kept, solution)
