"""How firm and how stable a plan is: radius of a weight, blocking pairs, price of stability, hindsight."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.levers import Lever, moved, value_of, worth
from optimizer.pairs import IntArray, Pairs
from optimizer.problem import Problem
from optimizer.solution import Solution
from optimizer.solve import solve


class Radius(NamedTuple):
    """By how many basis points a weight may fall or rise before another plan is better; None is *any*."""

    down: int | None
    up: int | None


def stability_radius(problem: Problem, lever: Lever, level: int, most: int, rows: IntArray, cols: IntArray) -> Radius:
    """
    Return the largest changes of one weight or price that leave the plan optimal.

    Parameters
    ----------
    problem : Problem
        The instance with the weight or price at 0.
    lever : Lever
        What one point of it does.
    level, most : int, points
        Where it stands, and the highest it may take.
    rows, cols : (q,) int64
        The plan, optimal where it stands.

    Notes
    -----
    The value of each plan is linear in the weight, so the plan stays optimal on an interval. A step too far is
    cut back to where the plan found there meets ours (Newton's method for parametric programs, which ends
    because each cut meets a new plan). Source: Radzik, *Fractional combinatorial optimization*, section 2.
    """
    value, gain = value_of(problem, rows, cols), worth(problem, lever, rows, cols)

    def reach(sign: int, most: int) -> int | None:
        step = most
        while step > 0:
            at = level + sign * step
            rival = solve(moved(problem, lever, at))
            ahead = rival.objective - (value + at * gain)
            if ahead == 0:
                return None if step == most else step
            theirs = sign * (worth(problem, lever, rival.rows, rival.cols) - gain)
            step = min((theirs * step - ahead) // theirs, step - 1)
        return 0

    return Radius(reach(-1, level), reach(1, most - level))


def blocking_pairs(problem: Problem, solution: Solution, wish_rank: NDArray[np.int64], score: IntArray) -> int:
    """
    Count the pairs that would both rather have each other than what the plan gives them.

    Parameters
    ----------
    problem : Problem
        The instance; only single demand is looked at.
    solution : Solution
        A plan.
    wish_rank : (n, m) int64
        Rank of each practitioner in each recipient's list, 1 first, 0 for not named.
    score : (n, m) int64
        How well each case suits each practitioner, who prefers the higher.

    Notes
    -----
    Source: Gale and Shapley, *College admissions and the stability of marriage*, 1962.
    """
    far = problem.m + 1
    rank = np.where(wish_rank > 0, wish_rank, far)
    held = np.full(problem.n, far)
    held[solution.rows] = np.minimum(rank[solution.rows, solution.cols], far)
    worst = np.full(problem.m, -1)
    load = np.bincount(solution.cols, minlength=problem.m)
    full = load >= problem.room
    worst[full] = np.iinfo(np.int64).max
    np.minimum.at(
        worst,
        solution.cols,
        np.where(full[solution.cols], score[solution.rows, solution.cols], -1),
    )
    worst[full & (load == 0)] = np.iinfo(np.int64).max
    return int(((rank < held[:, None]) & (score > worst)).sum())


def stable_plan(problem: Problem, wish_rank: NDArray[np.int64], score: IntArray) -> tuple[IntArray, IntArray]:
    """
    Return the recipients' best stable plan, (q,) rows and cols, by deferred acceptance.

    Parameters
    ----------
    problem, wish_rank, score
        As for ``blocking_pairs``. Equal scores are broken by the lower row.
    """
    lists = [np.flatnonzero(row)[np.argsort(row[row > 0], kind="stable")].tolist() for row in wish_rank]
    held: list[list[int]] = [[] for _ in range(problem.m)]
    waiting = list(range(problem.n))[::-1]
    while waiting:
        i = waiting.pop()
        if not lists[i]:
            continue
        j = lists[i].pop(0)
        held[j] = sorted([*held[j], i], key=lambda row: (-int(score[row, j]), row))
        waiting.extend(held[j][int(problem.room[j]) :])
        held[j] = held[j][: int(problem.room[j])]
    pairs = sorted((i, j) for j, rows in enumerate(held) for i in rows)
    rows, cols = np.array(pairs, np.int64).reshape(-1, 2).T
    return rows, cols


def price_of_stability(problem: Problem, wish_rank: NDArray[np.int64], score: IntArray) -> int:
    """Return how many points the best plan among the wishes is worth above the stable one, >= 0."""
    rows, cols = np.nonzero(wish_rank == 0)
    wished = replace(
        problem,
        barred=Pairs(np.append(problem.barred.rows, rows), np.append(problem.barred.cols, cols)),
    )
    stable = stable_plan(problem, wish_rank, score)
    outside = np.ones((problem.n, problem.m), bool)
    outside[stable] = False
    only = replace(problem, barred=Pairs(*np.nonzero(outside)))
    return solve(wished).objective - solve(only).objective


def hindsight_ratio(realised: int, best: int, nothing: int) -> float:
    """
    Return the share of what could have been won that was won.

    Parameters
    ----------
    realised, best, nothing : int, points
        Value of what was done, of the optimum knowing the whole day, and of leaving all open.

    Examples
    --------
    >>> hindsight_ratio(-20, 0, -100)
    0.8
    """
    return 1.0 if best == nothing else (realised - nothing) / (best - nothing)
