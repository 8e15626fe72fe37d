"""Opposing sides: which cases meet in which unit, and what keeping one of them out would lose."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from optimizer.pairs import ABSENT, IntArray
from optimizer.problem import Problem
from optimizer.solver.classes import Classes
from optimizer.solver.reduced_costs import NEVER, reduced_table, scores_of_rows
from optimizer.solver.relax import Outcome
from optimizer.solver.sparse_pairs import NOTHING, SparsePairs


class Clash(NamedTuple):
    """
    Where opposing cases meet, each meeting once from either side.

    Parameters
    ----------
    cases, opponents, units : (q,) int64
        The case, the other side, and the unit both use.
    """

    cases: IntArray
    opponents: IntArray
    units: IntArray


class Sides:
    """
    The cases a problem keeps apart.

    Parameters
    ----------
    problem : Problem
        The instance.
    classes : Classes
        Its cases, merged.

    Notes
    -----
    A place is a case in a unit, as one number: ``case * width + unit``. A unit is an institution, or p + column for
    a practitioner outside all. What depends on an order goes by the keys, never by rows or columns.
    """

    def __init__(self, problem: Problem, classes: Classes) -> None:
        self.problem, self.classes = problem, classes
        self.width = problem.p + problem.m
        self.unit = np.where(problem.institution < 0, problem.p + np.arange(problem.m), problem.institution)
        self._by_unit = np.argsort(self.unit, kind="stable")
        self._both = np.concatenate((problem.separate, problem.separate[:, ::-1]))
        key = problem.practitioner_key
        self._unit_rank = np.append(np.arange(problem.p), problem.p + np.argsort(np.argsort(key)))
        self._case_rank = np.argsort(np.argsort(problem.case_key))

    def places(self, rows: IntArray, cols: IntArray) -> IntArray:
        """Return the places a plan takes, sorted, each once."""
        return np.unique(rows * self.width + self.unit[cols])

    def clashes(self, rows: IntArray, cols: IntArray) -> Clash:
        """Return where the plan lets opposing cases meet."""
        taken = self.places(rows, cols)
        case, unit = np.divmod(taken, self.width)
        first, last = np.searchsorted(case, self._both[:, 0]), np.searchsorted(case, self._both[:, 0], "right")
        q = np.repeat(np.arange(len(self._both)), last - first)
        at = first[q] + np.arange(q.size) - np.searchsorted(q, q)
        one, other = self._both[q].T
        met = np.isin(other * self.width + unit[at], taken)
        return Clash(one[met], other[met], unit[at][met])

    def opposing(self, case: int, unit: int) -> IntArray:
        """Return the places of the case's opponents in a unit."""
        return np.unique(self._both[self._both[:, 0] == case, 1]) * self.width + unit

    def opposed(self, places: IntArray) -> IntArray:
        """Return the places that no legal plan takes beside these."""
        case, unit = np.divmod(places, self.width)
        found = [self.opposing(*place) for place in zip(case.tolist(), unit.tolist(), strict=True)]
        return np.unique(np.concatenate((ABSENT, *found)))

    def closed(self, path: Iterable[Iterable[int]]) -> IntArray:
        """Return the places that the decisions of a path close, sorted, each once."""
        found = [ABSENT]
        for case, unit, side in path:
            found.append(self.opposing(case, unit) if side else np.array([case * self.width + unit]))
        return np.unique(np.concatenate(found))

    def pairs(self, places: IntArray) -> SparsePairs:
        """Return the pairs of class and practitioner that lie in these places, sorted."""
        case, unit = np.divmod(places, self.width)
        ordered = self.unit[self._by_unit]
        first, last = np.searchsorted(ordered, unit), np.searchsorted(ordered, unit, "right")
        q = np.repeat(np.arange(places.size), last - first)
        cols = self._by_unit[first[q] + np.arange(q.size) - np.searchsorted(q, q)]
        return SparsePairs(self.classes.of_case[case[q]], cols, np.zeros_like(cols)).joined(NOTHING)

    def losses(self, outcome: Outcome, places: IntArray, closed: IntArray) -> IntArray:
        """
        Estimate what keeping a case out of a unit loses: what its next best choice elsewhere costs at the prices.

        Parameters
        ----------
        outcome : Outcome
            The relaxation, with its prices.
        places : (q,) int64
            Case and unit of each question.
        closed : (b,) int64
            Places closed already.

        Returns
        -------
        (q,) int64, points, >= 0
        """
        (case, unit), problem = np.divmod(places, self.width), self.problem
        rows, at = np.unique(case, return_inverse=True)
        cost = reduced_table(problem, outcome.proof, rows, scores_of_rows(problem, rows))
        barred_case, barred_unit = np.divmod(closed[np.isin(closed // self.width, rows)], self.width)
        for row, out in zip(np.searchsorted(rows, barred_case).tolist(), barred_unit.tolist(), strict=True):
            cost[row, self.unit == out] = NEVER
        open_cost = outcome.proof.case_price[case] + problem.open_price[case]
        elsewhere = np.where(self.unit == unit[:, None], NEVER, cost[at]).min(axis=1, initial=NEVER)
        loss: IntArray = np.maximum(np.minimum(open_cost, elsewhere), 0)
        return loss

    def rank(self, places: IntArray) -> IntArray:
        """Return an order of places that knows keys alone, (q,) int64."""
        case, unit = np.divmod(places, self.width)
        return np.asarray(self._case_rank[case] * self.width + self._unit_rank[unit])
