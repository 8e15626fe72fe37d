"""Small steps away from a plan, one case moved or two exchanged: how far a sweep goes before one of them gains."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.analysis.sweep import Sweep
from optimizer.pairs import IntArray, Pairs
from optimizer.problem import Problem
from optimizer.solver.reduced_costs import scores_of_rows

NO_STEP = -(2**60)
"""Gain of what is no legal step; far below any other."""


class _Gains(NamedTuple):
    """What each move (k, f) and each exchange (k, k) gains at one level."""

    moves: IntArray
    exchanges: IntArray


class SmallSteps:
    """
    The plans one small step away from another, along a sweep.

    Parameters
    ----------
    sweep : Sweep
        What moves.
    plan : Pairs
        A legal plan.

    Notes
    -----
    Only cases that need one practitioner and that no rule ties to other cases are moved, so every step leads to a
    legal plan. What a step gains is linear in the level: known at both ends of the sweep, it is known everywhere.
    """

    def __init__(self, sweep: Sweep, plan: Pairs) -> None:
        self.sweep, problem = sweep, sweep.problem
        at = _loose(problem, plan)
        self._rows, self._cols = plan.rows[at], plan.cols[at]
        self._load = np.bincount(plan.cols, minlength=problem.m)
        self._free, self._open = np.flatnonzero(self._load < problem.room), np.flatnonzero(problem.room > 0)
        least, most = (self._gains(sweep.at(level), plan) for level in (sweep.least, sweep.most))
        span = max(sweep.most - sweep.least, 1)
        self._least, self._pace = least, _Gains(*((far - near) // span for near, far in zip(least, most, strict=True)))

    def steps(self, level: int, sign: int, most: int) -> int:
        """Return over how many steps, ``most`` at most, the plan stays as good as all these: its reach is no longer."""
        for least, pace in zip(self._least, self._pace, strict=True):
            gaining = (sign * pace > 0) & (least > NO_STEP)
            now = least[gaining] + (level - self.sweep.least) * pace[gaining]
            most = min(most, int((-now // (sign * pace[gaining])).min(initial=most)))
        return max(most, 0)

    def _gains(self, problem: Problem, plan: Pairs) -> _Gains:
        scores, price = scores_of_rows(problem, self._rows, self._open), problem.slot_price
        free, taken = np.searchsorted(self._open, self._free), np.searchsorted(self._open, self._cols)
        width, k = price.shape[1], np.arange(self._rows.size)
        following = price[self._free, np.minimum(self._load[self._free], width - 1)]
        given_up = price[self._cols, np.minimum(self._load[self._cols], width) - 1]
        change = scores - scores[k, taken][:, None]
        moves = change[:, free] + given_up[:, None] - following
        there, legal = change[:, taken], scores[:, taken] >= 0
        open_to = (scores[:, free] >= 0) & self._open_to(plan)
        return _Gains(np.where(open_to, moves, NO_STEP), np.where(legal & legal.T, there + there.T, NO_STEP))

    def _open_to(self, plan: Pairs) -> NDArray[np.bool_]:
        """Where the institution has a place besides: it does if it is the one that the case leaves, (k, f)."""
        problem, of = self.sweep.problem, self.sweep.problem.institution
        houses = np.bincount(of[plan.cols][of[plan.cols] >= 0], minlength=problem.p)
        vacant = np.append(houses < problem.institution_capacity, True)[of[self._free]]
        inside = of[self._cols][:, None] == of[self._free]
        open_to: NDArray[np.bool_] = (vacant | inside) & (self._cols[:, None] != self._free)
        return open_to


def _loose(problem: Problem, plan: Pairs) -> NDArray[np.intp]:
    """Positions of the plan's pairs whose case needs one practitioner and is tied to no other, by case."""
    tied = (problem.demand != 1) | (problem.group >= 0)
    tied[problem.separate.reshape(-1)] = True
    at = np.flatnonzero(~tied[plan.rows])
    return at[np.argsort(plan.rows[at], kind="stable")]
