"""The frontier of two criteria: every corner a weight can reach, and exact points between the corners."""

from fractions import Fraction
from itertools import pairwise
from math import floor, inf
from typing import NamedTuple

import numpy as np

from optimizer.core import Core
from optimizer.levers import Lever, moved, value_of, worth
from optimizer.pairs import IntArray, Pairs
from optimizer.problem import Problem
from optimizer.solution import Solution
from optimizer.solve import solve


class Plan(NamedTuple):
    """
    A plan and what it is worth by both criteria.

    Parameters
    ----------
    value : int, points
        Its worth while the lever counts nothing.
    gain : int, units of the lever
        What each point of the lever adds.
    rows, cols : (q,) int64
        Its pairs.
    level : int or None
        A whole level at which it was found to be best; None if it was found otherwise.
    """

    value: int
    gain: int
    rows: IntArray
    cols: IntArray
    level: int | None = None

    def at(self, level: int) -> int:
        """Return what the plan is worth where the lever counts so much."""
        return self.value + level * self.gain

    @property
    def pairs(self) -> Pairs:
        """Its pairs as a list."""
        return Pairs(self.rows, self.cols)


class Corner(NamedTuple):
    """
    A supported plan no mixture of others matches, and where the lever has to stand for it.

    Parameters
    ----------
    plan : Plan
        The plan.
    least, most : Fraction
        The levels of the lever at which no plan that was found is worth more.
    sure : bool
        Whether no other plan is, either: both gaps beside it were seen to be empty.
    """

    plan: Plan
    least: Fraction
    most: Fraction
    sure: bool

    @property
    def level(self) -> int | None:
        """A whole level at which the plan is best, as far from the ends as can be; None if none is known."""
        if not self.sure:
            return self.plan.level
        middle = floor((self.least + self.most) / 2)
        fitting = (each for each in (middle, middle + 1) if self.least <= each <= self.most)
        return max(fitting, key=lambda each: min(each - self.least, self.most - each), default=None)


class Between(NamedTuple):
    """
    The best plan among those that gain at least so much, found between two corners.

    Parameters
    ----------
    plan : Plan
        The plan; no other is as good by one criterion and better by the other, if ``proven``.
    least_gain : int, units of the lever
        What it was asked to gain.
    most_value : int, points
        No plan that gains as much is worth more; equal to the plan's value if it is ``proven``.
    proven : bool
        Whether the search came to its end.
    """

    plan: Plan
    least_gain: int
    most_value: int
    proven: bool


PATIENCE = 1.0
"""Deterministic time of the search for one point between corners."""


class Frontier:
    """
    The plans between those best by one criterion and by the other.

    Parameters
    ----------
    problem : Problem
        The problem in which the lever counts nothing.
    lever : Lever
        The second criterion.
    least, most : int
        The levels of the lever between which plans are looked for, ``least`` below ``most``.
    seed : int, default 0
        Seed of the draw among equally good plans.

    Notes
    -----
    The worth of a plan is linear in the level, so the best worth is convex and piecewise linear. The level at which
    two plans draw level either finds a plan better than both or shows that there is none. The solver takes whole
    levels; between two of them only plans within a few points of the best matter, and those are searched exactly
    on the pairs the certificate leaves.
    Sources: Aneja, Nair, *Bicriteria transportation problem*, Management Science 25 (1979); Ehrgott, *Multicriteria
    Optimization*, 2nd ed., Springer 2005: chapters 3 and 4.
    """

    def __init__(self, problem: Problem, lever: Lever, least: int, most: int, seed: int = 0) -> None:
        self.problem, self.lever, self.seed = problem, lever, seed
        self.least, self.most = least, most
        self._open: list[tuple[int, int]] = []
        self._solved: dict[int, Solution] = {}

    def solved(self, level: int) -> Solution:
        """Return the proven plan where the lever counts so much, and remember it."""
        if level not in self._solved:
            self._solved[level] = solve(self.at(level), self.seed)
        return self._solved[level]

    def at(self, level: int) -> Problem:
        """Return the problem in which the lever counts so much."""
        return moved(self.problem, self.lever, level)

    def corners(self, limit: int = 10**6, patience: float = inf) -> list[Corner]:
        """
        Return the plans that are best strictly between the ends, from the most value to the most gain.

        Parameters
        ----------
        limit : int
            Once so many plans are known, the search ends; the widest gaps are closed first.
        patience : float, default without end
            Deterministic time of each search between two whole levels.

        Notes
        -----
        Where every corner is ``sure``, none is missing.
        """
        ends = self._best_at(self.least), self._best_at(self.most)
        found, gaps = {plan.gain: plan for plan in ends}, [ends]
        while gaps and len(found) < limit:
            left, right = gaps.pop(max(range(len(gaps)), key=lambda k: _area(*gaps[k])))
            middle = self._above(left, right, patience)
            if middle is not None:
                found[middle.gain] = middle
                gaps += [(left, middle), (middle, right)]
        self._open += [(left.gain, right.gain) for left, right in gaps]
        return self._told(self._inside(_hull([found[gain] for gain in sorted(found)])))

    def between(self, corners: list[Corner], count: int, patience: float = PATIENCE) -> list[Between]:
        """Return a point halfway in each of the ``count`` widest gaps, where one is found, in order of gain."""
        gaps = [(one.plan, other.plan) for one, other in pairwise(corners)]
        found = []
        for left, right in sorted(gaps, key=lambda gap: _area(*gap), reverse=True)[:count]:
            point = self.at_least(left, right, (left.gain + right.gain + 1) // 2, patience)
            found += [point] if point is not None and point.plan.gain < right.gain else []
        return sorted(found, key=lambda point: point.plan.gain)

    def at_least(self, left: Plan, right: Plan, gain: int, patience: float = PATIENCE) -> Between | None:
        """
        Return the most valuable plan that gains at least so much; None if that is the right corner's.

        Parameters
        ----------
        left, right : Plan
            Neighbouring corners.
        gain : int, units of the lever
            More than the left corner gains, at most what the right one gains.
        patience : float
            Deterministic time the search may take.

        Notes
        -----
        Haimes' epsilon-constraint, the value first and then the gain, so that no plan is better by one and as good
        by the other. Source: Ehrgott, section 4.1.
        """
        level, scale = floor(_level(left, right)), right.gain - gain + 1
        solution, best = self.solved(level), right
        # A mixture of both corners is a good beginning: the better it is, the fewer pairs are left to look at.
        for among in (Pairs(np.append(left.rows, right.rows), np.append(left.cols, right.cols)), None):
            gap = solution.bound - best.value - level * gain
            core = Core(self.at(level), self.lever, solution, gap, among)
            found = core.best(scale, 1 - scale * level, best.pairs, gain, patience)
            best = self._plan(found.rows, found.cols)
        if found.proven and best.gain == right.gain:
            return None
        # At any level no plan is worth more than the best there, so one that gains so much is worth at most this.
        most = solution.bound - level * gain
        if found.bound is not None:
            most = min(most, (found.bound - gain) // scale)
        return Between(best, gain, best.value if found.proven else most, found.proven)

    def _above(self, left: Plan, right: Plan, patience: float) -> Plan | None:
        """A plan above the line through two others, or None if there is none."""
        if right.gain <= left.gain + 1:
            return None
        level = _level(left, right)
        for whole in (floor(level), -floor(-level)):
            plan = self._best_at(whole)
            if left.gain < plan.gain < right.gain:
                return plan
        if level.denominator == 1:
            return None
        return self._just_above(left, right, level, patience)

    def _just_above(self, left: Plan, right: Plan, level: Fraction, patience: float) -> Plan | None:
        """The same where no whole level tells: what lies above the line is within a few points of the best."""
        whole, (top, bottom) = floor(level), level.as_integer_ratio()
        solution = self.solved(whole)
        core = Core(self.at(whole), self.lever, solution, solution.bound - right.at(whole))
        found = core.best(bottom, top - bottom * whole, right.pairs, patience=patience)
        plan = self._plan(found.rows, found.cols)
        if bottom * plan.value + top * plan.gain > bottom * left.value + top * left.gain:
            return plan
        self._open += [] if found.proven else [(left.gain, right.gain)]
        return None

    def _inside(self, plans: list[Plan]) -> list[Plan]:
        """Those that are best somewhere between the ends: at the ends others are as good."""
        levels = [Fraction(self.least), *(_level(*pair) for pair in pairwise(plans)), Fraction(self.most)]
        levels[0], levels[-1] = levels[0] - 1, levels[-1] + 1
        spans = zip(plans, pairwise(levels), strict=True)
        return [plan for plan, (least, most) in spans if least < self.most and most > self.least]

    def _best_at(self, level: int) -> Plan:
        solution = self.solved(level)
        return self._plan(solution.rows, solution.cols)._replace(level=level)

    def _plan(self, rows: IntArray, cols: IntArray) -> Plan:
        value, gain = value_of(self.problem, rows, cols), worth(self.problem, self.lever, rows, cols)
        return Plan(value, gain, rows, cols)

    def _told(self, plans: list[Plan]) -> list[Corner]:
        ends = [Fraction(self.least), *(_level(*pair) for pair in pairwise(plans)), Fraction(self.most)]
        told = []
        for k, span in enumerate(pairwise(ends)):
            low, high = plans[max(k - 1, 0)].gain, plans[min(k + 1, len(plans) - 1)].gain
            sure = all(right <= low or left >= high for left, right in self._open)
            told.append(Corner(plans[k], *span, sure))
        return told


def _level(left: Plan, right: Plan) -> Fraction:
    """Where two plans are worth the same."""
    return Fraction(left.value - right.value, right.gain - left.gain)


def _area(left: Plan, right: Plan) -> int:
    return (left.value - right.value) * (right.gain - left.gain)


def _hull(plans: list[Plan]) -> list[Plan]:
    """Those that no mixture of two others matches; plans in order of gain."""
    kept: list[Plan] = []
    for plan in plans:
        while len(kept) > 1 and _level(kept[-2], kept[-1]) >= _level(kept[-1], plan):
            kept.pop()
        kept.append(plan)
    return kept
