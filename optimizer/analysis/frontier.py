"""The frontier of two criteria: every corner a weight can reach, and exact points between the corners."""

from fractions import Fraction
from itertools import pairwise
from math import floor, inf

import numpy as np

from optimizer.analysis.hull import Between, Corner, WeighedPlan, area, crossing, hull
from optimizer.analysis.levels import Levels
from optimizer.analysis.sweep import Sweep
from optimizer.pairs import IntArray, Pairs
from optimizer.perturbation import Perturbation, PerturbationError, value_of, whole_number, worth
from optimizer.problem import Problem
from optimizer.solution import Solution
from optimizer.solver.reduced_problem import ReducedProblem

PATIENCE = 1.0
"""Deterministic time of the search for one point between corners."""


class Frontier:
    """
    The plans between those best by one criterion and by the other.

    Parameters
    ----------
    problem : Problem
        The problem in which the perturbation counts nothing.
    perturbation : Perturbation
        The second criterion.
    least, most : int, 0 <= least < most
        The levels of the perturbation between which plans are looked for.
    seed : int, default 0
        Seed of the draw among equally good plans.

    Raises
    ------
    PerturbationError
        If a pair is allowed at one level and not at another, or the levels are out of order or range.

    Notes
    -----
    The worth of a plan is linear in the level, so the best worth is convex and piecewise linear. The level at which
    two plans draw level either finds a plan better than both or shows that there is none. The solver takes whole
    levels; between two of them only plans within a few points of the best matter, and those are searched exactly
    on the pairs the certificate leaves. So it is where the solver ended without proof.
    Sources: Aneja, Nair, *Bicriteria transportation problem*, Management Science 25 (1979); Ehrgott, *Multicriteria
    Optimization*, 2nd ed., Springer 2005: chapters 3 and 4.
    """

    def __init__(self, problem: Problem, perturbation: Perturbation, least: int, most: int, seed: int = 0) -> None:
        self.problem, self.perturbation, self.seed = problem, perturbation, seed
        self.sweep = Sweep(problem, perturbation, least, most)
        self.least, self.most = self.sweep.least, self.sweep.most
        if self.least == self.most:
            raise PerturbationError(f"least and most are both {self.least}; a frontier needs least below most")
        self.levels = Levels(self.sweep, seed)
        self._best: dict[int, WeighedPlan] = {}
        self._proven_plans: set[tuple[int, int]] = set()
        self._proven_levels: set[Fraction] = set()

    def solved(self, level: int) -> Solution:
        """Return the best plan found where the perturbation counts so much, with its bound, and remember it."""
        return self.levels.solution(level)

    def at(self, level: int) -> Problem:
        """Return the problem in which the perturbation counts so much."""
        return self.sweep.at(level)

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
        found, gaps = list(ends), [ends]
        while gaps and len(found) < limit:
            left, right = gaps.pop(max(range(len(gaps)), key=lambda k: area(*gaps[k])))
            middle = self._above(left, right, patience)
            if middle is not None:
                found.append(middle)
                gaps += [(left, middle), (middle, right)]
        return self._corners(self._inside(hull([*found, *self._best.values()])))

    def between(self, corners: list[Corner], count: int, patience: float = PATIENCE) -> list[Between]:
        """Return a point halfway in each of the ``count`` widest gaps, where one is found, in order of gain."""
        gaps = [(one.plan, other.plan) for one, other in pairwise(corners)]
        found = []
        for left, right in sorted(gaps, key=lambda gap: area(*gap), reverse=True)[:count]:
            point = self.at_least(left, right, (left.gain + right.gain + 1) // 2, patience)
            found += [point] if point is not None and point.plan.gain < right.gain else []
        return sorted(found, key=lambda point: point.plan.gain)

    def at_least(self, left: WeighedPlan, right: WeighedPlan, gain: int, patience: float = PATIENCE) -> Between | None:
        """
        Return the most valuable plan that gains at least so much; None if that is the right corner's.

        Parameters
        ----------
        left, right : Plan
            Neighbouring corners.
        gain : int, units of the perturbation
            More than the left corner gains, at most what the right one gains.
        patience : float
            Deterministic time the search may take.

        Raises
        ------
        PerturbationError
            If the gain is not among these, or the corners draw level outside of the levels looked at.

        Notes
        -----
        Haimes' epsilon-constraint, the value first and then the gain, so that no plan is better by one and as good
        by the other. Source: Ehrgott, section 4.1.
        """
        gain = whole_number(gain, "gain")
        if not left.gain < gain <= right.gain:
            raise PerturbationError(f"gain is {gain}; it must lie above {left.gain} and at most at {right.gain}")
        level, scale = floor(crossing(left, right)), right.gain - gain + 1
        solution, best = self.solved(level), right
        # A mixture of both corners is a good beginning: the better it is, the fewer pairs are left to look at.
        for among in (Pairs(np.append(left.rows, right.rows), np.append(left.cols, right.cols)), None):
            gap = solution.bound - best.value - level * gain
            core = ReducedProblem(self.at(level), self.perturbation, solution, gap, among)
            found = core.best(scale, 1 - scale * level, best.pairs, gain, patience)
            best = self._plan(found.rows, found.cols)
        if found.proven and best.gain == right.gain:
            return None
        # At any level no plan is worth more than the best there, so one that gains so much is worth at most this.
        most = solution.bound - level * gain
        if found.bound is not None:
            most = min(most, (found.bound - gain) // scale)
        return Between(best, gain, best.value if found.proven else most, found.proven)

    def _above(self, left: WeighedPlan, right: WeighedPlan, patience: float) -> WeighedPlan | None:
        """A plan above the line through two others, or None if none is found."""
        if right.gain <= left.gain:
            return None
        level = crossing(left, right)
        if right.gain == left.gain + 1 and self._proven_plans >= {left[:2], right[:2]}:
            self._proven_levels.add(level)
        if level in self._proven_levels or not self.least <= level <= self.most:
            return None
        for whole in (floor(level), -floor(-level)):
            plan = self._best_at(whole)
            if left.gain < plan.gain < right.gain and plan.beats(right, level):
                return plan
        return None if level in self._proven_levels else self._just_above(right, level, patience)

    def _just_above(self, right: WeighedPlan, level: Fraction, patience: float) -> WeighedPlan | None:
        """The same where no solve tells: what lies above the line is within a few points of the best."""
        whole, (top, bottom) = floor(level), level.as_integer_ratio()
        solution = self.solved(whole)
        core = ReducedProblem(self.at(whole), self.perturbation, solution, solution.bound - right.at(whole))
        found = core.best(bottom, top - bottom * whole, right.pairs, patience=patience)
        plan = self._plan(found.rows, found.cols)
        # What gains more than the right plan was not searched; that it is not above is known if the right is best.
        if found.proven and right[:2] in self._proven_plans:
            self._proven_levels.add(level)
            self._proven_plans.add(plan[:2])
        return plan if plan.beats(right, level) else None

    def _inside(self, plans: list[WeighedPlan]) -> list[WeighedPlan]:
        """Those that are best somewhere between the ends: at the ends others are as good."""
        levels = [Fraction(self.least), *(crossing(*pair) for pair in pairwise(plans)), Fraction(self.most)]
        levels[0], levels[-1] = levels[0] - 1, levels[-1] + 1
        spans = zip(plans, pairwise(levels), strict=True)
        return [plan for plan, (least, most) in spans if least < self.most and most > self.least]

    def _best_at(self, level: int) -> WeighedPlan:
        if level not in self._best:
            solution = self.solved(level)
            plan = self._plan(solution.rows, solution.cols)
            self._best[level] = plan
            if solution.optimal:
                self._best[level] = plan._replace(level=level)
                self._proven_plans.add(plan[:2])
                self._proven_levels.add(Fraction(level))
        return self._best[level]

    def _plan(self, rows: IntArray, cols: IntArray) -> WeighedPlan:
        value, gain = value_of(self.problem, rows, cols), worth(self.problem, self.perturbation, rows, cols)
        return WeighedPlan(value, gain, rows, cols)

    def _corners(self, plans: list[WeighedPlan]) -> list[Corner]:
        ends = [Fraction(self.least), *(crossing(*pair) for pair in pairwise(plans)), Fraction(self.most)]
        return [
            Corner(plan, *span, sure=self._proven_levels >= {*span}, gap=self._gap(plan))
            for plan, span in zip(plans, pairwise(ends), strict=True)
        ]

    def _gap(self, plan: WeighedPlan) -> int:
        """How much more another plan of the same gain may be worth, by the bound of any level solved."""
        if plan[:2] in self._proven_plans:
            return 0
        return min(solution.bound - plan.at(level) for level, solution in self.levels.solved.items())
