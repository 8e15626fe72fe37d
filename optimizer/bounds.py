"""What prices prove, computed anew for the verifier: weak duality over every pair, by tiles."""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from optimizer.pairs import ABSENT, IntArray, Pairs
from optimizer.problem import Problem
from optimizer.solution import Proof

CELLS = 2**21
BELOW_ALL = np.float32(-3e38)


def unit_of(problem: Problem) -> IntArray:
    """Return what two separate cases may not share, (m,) int64: an institution, or p + column outside all."""
    alone = problem.p + np.arange(problem.m)
    return np.where(problem.institution < 0, alone, problem.institution)


def scores_of(problem: Problem, rows: IntArray, cols: IntArray) -> IntArray:
    """Return the score of each pair, (q,) int64, bonus included."""
    exact = np.einsum("qd,qd->q", problem.case_terms[rows], problem.practitioner_terms[cols], dtype=np.float64)
    scores: IntArray = exact.astype(np.int64) + problem.bonus.at(rows, cols)
    return scores


def leaf_bound(problem: Problem, proof: Proof) -> int:
    """
    Return what no plan on this leaf can exceed, in points.

    Notes
    -----
    Lagrangian bound: every limit at its price, plus what single pairs gain above the prices.
    Source: Geoffrion, *Lagrangean relaxation for integer programming*, Mathematical Programming Study 2 (1974).
    """
    through = np.append(proof.institution_price, 0)[problem.institution]
    net = (proof.practitioner_price - through)[:, None]
    steps = problem.slot_price.shape[1]
    room = np.minimum(problem.capacity, problem.n)
    listed = (np.arange(steps) < room[:, None]) * np.maximum(net - problem.slot_price, 0)
    beyond = np.maximum(room - steps, 0) * np.maximum(net - problem.slot_price[:, -1:], 0)[:, 0]
    total = int(problem.demand @ proof.case_price) + int(listed.sum()) + int(beyond.sum())
    total += int(problem.institution_capacity @ proof.institution_price) + int(proof.group_price.values.sum())
    return total + _Gains(problem, proof).total()


class _Gains:
    """What single pairs gain above the prices of one leaf, summed over all pairs a plan could use."""

    def __init__(self, problem: Problem, proof: Proof) -> None:
        self.problem, self.proof = problem, proof
        self.columns = np.flatnonzero(_reachable(problem))
        self.price = proof.practitioner_price[self.columns]
        d = problem.case_terms.shape[1]
        self.levels = np.empty((d + 1, self.columns.size), np.float32)
        self.levels[:d] = problem.practitioner_terms[self.columns].T
        self.levels[d] = -self.price
        reach = problem.reach + int(np.abs(self.price).max(initial=0))
        self.slack = 0.0 if reach < 2**24 else reach * (d + 8) * 2.0**-23
        self.relief = _group_relief(problem, proof)
        self.barred = _leaf_bars(problem, proof)

    def total(self) -> int:
        height = max(1, CELLS // max(self.columns.size, 1))
        tops = range(0, self.problem.n, height) if self.columns.size else ()
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return sum(pool.map(lambda top: self._of_rows(slice(top, top + height)), tops))

    def _of_rows(self, rows: slice) -> int:
        surplus = self.proof.case_price[rows]
        value = self._values(rows, surplus)
        limit = np.maximum(surplus - self.slack, BELOW_ALL / 2).astype(np.float32)
        hot = np.flatnonzero(value.max(axis=1) > limit)
        r, c = np.nonzero(value[hot] > limit[hot, None])
        i, j = rows.start + hot[r], self.columns[c]
        score = scores_of(self.problem, i, j)
        gain = score - self.price[c] - self.proof.case_price[i] - self.relief.at(i, j)
        return int(gain[(gain > 0) & (score >= 0)].sum())

    def _values(self, rows: slice, surplus: IntArray) -> NDArray[np.float32]:
        """Scores less prices; pairs that no plan may use lie below all."""
        terms = self.problem.case_terms[rows]
        cheapest = int(self.price.min(initial=0))
        if (surplus < -cheapest).any():
            value = terms @ self.levels[:-1]
            self._spread(value, self.problem.bonus, rows)
            refused = value < 0
            value += self.levels[-1]
            value[refused] = BELOW_ALL
        else:
            value = np.column_stack((terms, np.ones(len(terms), np.float32))) @ self.levels
            self._spread(value, self.problem.bonus, rows)
        for pairs in (self.problem.barred, self.barred):
            r, c, _ = self._inside(pairs, rows)
            value[r, c] = BELOW_ALL
        return value

    def _spread(self, value: NDArray[np.float32], pairs: Pairs, rows: slice) -> None:
        r, c, extra = self._inside(pairs, rows)
        value[r, c] += extra

    def _inside(self, pairs: Pairs, rows: slice) -> tuple[IntArray, IntArray, IntArray]:
        part = slice(*np.searchsorted(pairs.rows, (rows.start, rows.stop)))
        at = np.searchsorted(self.columns, pairs.cols[part])
        kept = np.append(self.columns, -1)[at] == pairs.cols[part]
        return pairs.rows[part][kept] - rows.start, at[kept], pairs.values[part][kept]


def _group_relief(problem: Problem, proof: Proof) -> Pairs:
    """Spread each group price over the pairs of the group's cases with that practitioner."""
    prices = proof.group_price
    sizes = np.array([problem.exclusive[g].size for g in prices.rows], np.int64)
    rows = np.concatenate((ABSENT, *(problem.exclusive[g] for g in prices.rows)))
    return Pairs(rows, np.repeat(prices.cols, sizes), np.repeat(prices.values, sizes))


def _leaf_bars(problem: Problem, proof: Proof) -> Pairs:
    """The pairs that the decisions on the way to the leaf rule out."""
    cols = [np.flatnonzero(unit_of(problem) == unit) for unit in proof.path[:, 1]]
    cases = problem.separate[proof.path[:, 0], proof.path[:, 2]]
    sizes = np.array([part.size for part in cols], np.int64)
    return Pairs(np.repeat(cases, sizes), np.concatenate((ABSENT, *cols)))


def _reachable(problem: Problem) -> NDArray[np.bool_]:
    """Practitioners who can take a case at all; pairs with the others need no price."""
    limit = np.append(problem.institution_capacity, 1)[problem.institution]
    reachable: NDArray[np.bool_] = np.minimum(problem.capacity, limit) > 0
    return reachable
