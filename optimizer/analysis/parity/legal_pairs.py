"""Every pair a plan may use, and what limits plans besides demand, as rows of whole numbers."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np
import scipy  # its parts are loaded when they are first used
from numpy.typing import NDArray

from optimizer.pairs import IntArray
from optimizer.problem import Problem
from optimizer.proof.bounds import scores_of, unit_of

Row = tuple["scipy.sparse.csr_array", IntArray]
"""Rows over all pairs, and how much each may be."""


class LegalPairs:
    """
    The pairs a plan may use, by the keys of their cases, then practitioners: no order of rows or columns matters.

    Parameters
    ----------
    problem : Problem
        The instance; every unit of demand is to be met.

    Attributes
    ----------
    rows, cols, scores : (q,) int64
        The pairs, and what each is worth.
    place : (q,) int64
        Place of the case among all, by key.
    demand : (n,) int64
        Demand by place.
    limits, most : (l, q) csr_array of int64 and (l,) int64
        What besides demand holds: capacity, institutions, groups, sides.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._case, self._person = (np.argsort(np.argsort(key)) for key in (problem.case_key, problem.practitioner_key))
        rows, cols, scores = _allowed(problem)
        order = np.lexsort((self._person[cols], self._case[rows]))
        self.rows, self.cols, self.scores = rows[order], cols[order], scores[order]
        self.place = self._case[self.rows]
        self.order = np.argsort(problem.case_key)
        self.demand = problem.demand[self.order]
        self.limits, self.most = self._binding(self._limits())

    @property
    def size(self) -> int:
        """How many pairs there are."""
        return self.rows.size

    @cached_property
    def served(self) -> bool:
        """Whether each case has pairs enough; if not, no plan meets all demand."""
        return bool((np.bincount(self.place, minlength=self.demand.size) >= self.demand).all())

    @cached_property
    def needs(self) -> "scipy.sparse.csr_array":
        """The rows of demand, (n, q)."""
        return _incidence(np.ones(self.size, np.int64), self.place, self.demand.size)

    @cached_property
    def base(self) -> IntArray:
        """The lowest score of each case by place, (n,); 0 where it has no pair."""
        lowest = np.full(self.demand.size, np.iinfo(np.int64).max)
        np.minimum.at(lowest, self.place, self.scores)
        return np.where(lowest == np.iinfo(np.int64).max, 0, lowest)

    @cached_property
    def step(self) -> int:
        """Values of plans that meet all demand differ by whole multiples of so many points."""
        return max(1, int(np.gcd.reduce(self.scores - self.base[self.place]))) if self.size else 1

    @cached_property
    def least(self) -> int:
        """What all demand is worth at the lowest scores."""
        return int(self.base @ self.demand)

    def rounded(self, bound: int) -> int:
        """Return the largest value of a plan that a bound allows."""
        return self.least + (bound - self.least) // self.step * self.step

    def used(self, rows: IntArray, cols: IntArray) -> NDArray[np.bool_]:
        """Return which pairs a plan uses, (q,)."""
        m = self.problem.m
        return np.isin(self.rows * m + self.cols, rows * m + cols)

    @cached_property
    def opposing(self) -> list[tuple[int, int]]:
        """Places of cases that are kept apart, sorted."""
        return sorted(tuple(sorted(pair)) for pair in self._case[self.problem.separate].tolist())

    @cached_property
    def unit(self) -> IntArray:
        """What two opposing cases may not share, of each pair; by keys, like all."""
        unit = unit_of(self.problem)[self.cols]
        p = self.problem.p
        return np.where(unit >= p, p + self._person[self.cols], unit)

    def _limits(self) -> Iterator[tuple[IntArray, IntArray, Any]]:
        """Yield the weight of each pair in some rows, which row it is in (-1: none), and how much a row may be."""
        problem, one = self.problem, np.ones(self.size, np.int64)
        room = problem.room[np.argsort(problem.practitioner_key)]
        yield one, self._person[self.cols], lambda keys: room[keys]
        yield one, problem.institution[self.cols], lambda keys: problem.institution_capacity[keys]
        group = problem.group[self.rows]
        inside = np.where(group >= 0, group * problem.m + self._person[self.cols], -1)
        yield one, inside, lambda keys: np.ones_like(keys)
        for a, b in self.opposing:
            sides = (self.place == a, self.place == b)
            # One of both is there: with demands of one this says it all, else a search has to say more.
            weight = np.where(sides[0], self.demand[b], self.demand[a])
            most = int(self.demand[a] * self.demand[b])
            yield weight, np.where(sides[0] | sides[1], self.unit, -1), lambda keys, most=most: np.full_like(keys, most)

    def _binding(self, limits: Iterator[tuple[IntArray, IntArray, Any]]) -> Row:
        """Those of the rows that a plan could break."""
        found: list[Row] = [(scipy.sparse.csr_array((0, self.size), dtype=np.int64), np.empty(0, np.int64))]
        for weight, key, most_of in limits:
            at = np.flatnonzero(key >= 0)
            keys, row = np.unique(key[at], return_inverse=True)
            rows = scipy.sparse.csr_array((weight[at], (row, at)), shape=(keys.size, self.size))
            found.append((rows, np.asarray(most_of(keys), np.int64)))
        rows = scipy.sparse.vstack([part for part, _ in found], format="csr")
        most = np.concatenate([part for _, part in found])
        tight = np.asarray(rows.sum(axis=1)).reshape(-1) > most
        return scipy.sparse.csr_array(rows[tight]), most[tight]


def _incidence(values: IntArray, row: IntArray, height: int) -> "scipy.sparse.csr_array":
    return scipy.sparse.csr_array((values, (row, np.arange(row.size))), shape=(height, row.size))


def _allowed(problem: Problem) -> tuple[IntArray, IntArray, IntArray]:
    """Every pair that a plan may use, and its score."""
    rows, cols = (axis.reshape(-1) for axis in np.indices((problem.n, problem.m)))
    has_room = problem.room[cols] > 0
    rows, cols = rows[has_room], cols[has_room]
    scores = scores_of(problem, rows, cols)
    barred = np.isin(rows * problem.m + cols, problem.barred.rows * problem.m + problem.barred.cols)
    fits = (scores >= 0) & ~barred
    return rows[fits], cols[fits], scores[fits]
