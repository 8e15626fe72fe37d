"""The best plan that treats groups of cases alike: what equality costs, proven, ruled out, or told with its bounds."""

from dataclasses import replace
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.analysis.parity.equality import Equality, PricedBound
from optimizer.analysis.parity.legal_pairs import LegalPairs
from optimizer.analysis.parity.search import Mask, search
from optimizer.checks import PRICE_LIMIT
from optimizer.pairs import ABSENT, IntArray, require_shape, whole
from optimizer.problem import Problem
from optimizer.solution import Solution
from optimizer.solver.solve import solve

EFFORT = 3.0
"""Deterministic time of all searches for one gap, in CP-SAT's units, about seconds: the same plan on every machine."""

SUM_LIMIT = 2**53
"""Sums of weighted figures stay below this: no product wraps, and CP-SAT takes them."""

FIRST = 4
"""For each seat, pairs of the first search without a plan; each further one has so many times as many."""

CHOICES = 64
"""Pairs of a case that the linear program has split, in a search around it."""

MANY = 2**13
"""Above so many pairs a proof is not begun before plans near the one at hand were looked at."""

AROUND = (16, 32)
"""How many other cases are free in each further search around a plan."""


class Settled(StrEnum):
    """What is known of the best plan within a gap."""

    PROVEN = "proven"
    INFEASIBLE = "infeasible"
    NOT_SETTLED = "not settled"


class Parity(NamedTuple):
    """
    What is known of the plans within a gap.

    Parameters
    ----------
    settled : Settled
        ``PROVEN``: no plan within the gap is worth more; ``INFEASIBLE``: there is none.
    rows, cols : (q,) int64
        The assigned pairs; none where no plan was found.
    value : int or None, points
        Scores of the plan.
    bound : int or None, points
        No plan within the gap is worth more, nor is this more than the best plan of all; None if there is none.
    """

    settled: Settled
    rows: IntArray
    cols: IntArray
    value: int | None
    bound: int | None


INFEASIBLE = Parity(Settled.INFEASIBLE, ABSENT, ABSENT, None, None)


def best_within(
    problem: Problem, figure: IntArray, groups: NDArray[np.bool_], gap: int, effort: float = EFFORT
) -> Parity:
    """Return the best plan in which mean figures differ by at most the gap; see ``ParitySearch.within``."""
    return ParitySearch(problem).within(figure, groups, gap, effort)


class ParitySearch:
    """
    The plans of a problem that treat groups of cases alike.

    Parameters
    ----------
    problem : Problem
        The instance; every unit of demand is to be met, and slots have no price.
    free : Solution, optional
        A solution of the very problem; solved anew unless it meets all demand and slots have no price there.
    """

    def __init__(self, problem: Problem, free: Solution | None = None) -> None:
        self.problem, self.pairs = problem, LegalPairs(problem)
        if free is None or free.open.any() or problem.slot_price.any():
            free = solve(_served(problem))
        self.most = free.bound
        full = not free.open.any()
        self.plan: Mask | None = self.pairs.used(free.rows, free.cols) if full else None

    def within(self, figure: IntArray, groups: NDArray[np.bool_], gap: int, effort: float = EFFORT) -> Parity:
        """
        Return the best plan in which the mean figures of any two groups differ by at most the gap.

        Parameters
        ----------
        figure : (n, m) int64
            What is to be equal, of each pair: a score, or a large number where a wish is honoured.
        groups : (g, n) bool
            Which cases each group holds; a case may be in several. A group without demand has no mean to compare.
        gap : int, >= 0, in units of the figure
            Largest difference of means.
        effort : float
            Deterministic time after which what is known is told.

        Raises
        ------
        ValueError
            If shapes do not fit, the gap is below 0, or figures are so large that their sums could reach 2**53.

        Notes
        -----
        Means are sums over a fixed number of seats, so the gap is linear, and with it the problem leaves the flow
        world. A linear program over all pairs gives prices; what they prove is evaluated in whole numbers, so it
        holds however they were rounded. CP-SAT then looks for a plan near the program's, and for a better one among
        the few pairs that prices do not rule out. That there is none is proven by prices, or by CP-SAT over all pairs.
        Sources: Bertsimas, Farias, Trichakis, *The price of fairness*, Operations Research 59 (2011), for the question;
        Nemhauser, Wolsey, *Integer and Combinatorial Optimization*, Wiley 1988, for reduced cost fixing.
        """
        figure = whole(figure, "figure")
        _require_range(self.problem, figure, groups, gap)
        # A full plan is worth 0 or more, since no allowed pair scores below.
        if self.most < 0 or not self.pairs.served:
            return INFEASIBLE
        groups = groups[groups @ self.problem.demand > 0][:, self.pairs.order]
        equality = Equality(self.pairs, figure[self.pairs.rows, self.pairs.cols], groups, gap)
        return _Hunt(equality, self.most, effort).from_plan(self.plan)


class _Hunt:
    """The best plan known, the bound, and the effort that is left."""

    def __init__(self, equality: Equality, most: int, effort: float) -> None:
        self.equality, self.pairs, self.effort = equality, equality.pairs, effort
        self.most = self.pairs.rounded(most)
        self.best: Mask | None = None

    @property
    def value(self) -> int:
        """What the best plan is worth; below 0 while there is none."""
        return -1 if self.best is None else int(self.pairs.scores[self.best].sum())

    def from_plan(self, plan: Mask | None) -> Parity:
        """Return what comes of the search that begins with the best plan of all."""
        if plan is not None and self.equality.kept_by(plan):
            self.best = plan
        if self.value < self.most:
            bound = self.equality.best()
            if bound is None and self.equality.impossible():
                return INFEASIBLE
            if not self._search(bound or self.equality.plain()):
                return INFEASIBLE
        return self._answer()

    def _search(self, bound: PricedBound) -> bool:
        """Look for plans and prove; False if it is proven that there are none."""
        self.most = min(self.most, self.pairs.rounded(bound.value))
        self._look_around(bound, 0)
        if self.best is None and not self._widen(bound):
            return False
        if self.best is not None and self.value < self.most:
            if np.count_nonzero(bound.near(self.value + self.pairs.step)) > MANY:
                for others in AROUND:
                    self._look_around(bound, others)
            self._prove(bound)
        return True

    def _look_around(self, bound: PricedBound, others: int) -> None:
        """Search plans like the linear program's: cases that it splits are free, and some others."""
        split, share = (bound.share > 1e-7) & (bound.share < 1 - 1e-7), bound.share > 1e-7
        chosen = np.random.default_rng(others).permutation(self.pairs.demand.size)[:others]
        loose = np.isin(self.pairs.place, np.append(self.pairs.place[split], chosen))
        loose &= _turns(self.pairs.place, bound.loss) < CHOICES
        kept = share | loose if self.best is None else share | loose | self.best
        self._run(kept, bound.share > 0.5, EFFORT / 8)

    def _widen(self, bound: PricedBound) -> bool:
        """Search more and more pairs, those of least loss first, until there is a plan; False if there is none."""
        ranked, count = np.sort(bound.loss), FIRST * int(self.pairs.demand.sum())
        while self.best is None and self.effort > 0:
            edge = int(ranked[min(count, ranked.size) - 1])
            kept = bound.loss <= edge
            if self._run(kept, bound.share > 0.5, EFFORT / 4):
                if kept.all():
                    return False
                # A plan has a pair beyond the edge then.
                self.most = min(self.most, self.pairs.rounded((bound.scaled - edge - 1) // bound.scale))
            if count >= ranked.size:
                break
            count *= FIRST
        return True

    def _prove(self, bound: PricedBound) -> None:
        """Search all pairs that a better plan may use."""
        assert self.best is not None
        before = None
        while self.value not in (before, self.most) and self.effort > 0:
            before = self.value
            self._run(bound.near(before + self.pairs.step) | self.best, self.best, self.effort, complete=True)

    def _run(self, kept: Mask, hint: Mask, patience: float, *, complete: bool = False) -> bool:
        """Search the kept pairs, keep what is better, and say whether it is proven that there is no plan."""
        found = search(self.equality, kept, hint if self.best is None else self.best, min(patience, self.effort))
        self.effort -= found.took
        if found.used is not None and int(self.pairs.scores[found.used].sum()) > self.value:
            self.best = found.used
        if complete and found.bound is not None:
            self.most = min(self.most, max(found.bound, self.value))
        return found.none

    def _answer(self) -> Parity:
        if self.best is None:
            return Parity(Settled.NOT_SETTLED, ABSENT, ABSENT, None, self.most)
        settled = Settled.PROVEN if self.value == self.most else Settled.NOT_SETTLED
        rows, cols = self.pairs.rows[self.best], self.pairs.cols[self.best]
        order = np.lexsort((cols, rows))
        return Parity(settled, rows[order], cols[order], self.value, self.most)


def _turns(place: IntArray, loss: IntArray) -> IntArray:
    """Return which pair of its case each is, by loss."""
    order, turn = np.lexsort((loss, place)), np.empty(place.size, np.int64)
    turn[order] = np.arange(place.size) - np.searchsorted(place, place)
    return turn


def _served(problem: Problem) -> Problem:
    """The problem in which slots have no price and an open seat costs more than all scores gain."""
    dear = min(1 + int(problem.demand.sum()) * problem.reach, PRICE_LIMIT - 1)
    return replace(problem, slot_price=np.zeros_like(problem.slot_price), open_price=np.full(problem.n, dear))


def _require_range(problem: Problem, figure: IntArray, groups: NDArray[np.bool_], gap: int) -> None:
    require_shape(figure, "figure", (problem.n, problem.m), f"it must be ({problem.n}, {problem.m})")
    require_shape(groups, "groups", (None, problem.n), f"it must be (g, {problem.n})")
    if gap < 0:
        raise ValueError(f"gap is {gap}; it must be 0 or more")
    largest = max(int(figure.max(initial=0)), -int(figure.min(initial=0)), gap)
    reach = largest * int(problem.demand.sum()) ** 2
    if reach >= SUM_LIMIT:
        raise ValueError(f"figures and gap up to {largest} can sum to {reach}; it must stay below {SUM_LIMIT}")
