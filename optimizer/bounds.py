"""What prices prove, computed anew for the verifier: weak duality over every pair, by tiles."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from optimizer.pairs import ABSENT, IntArray, Pairs
from optimizer.problem import Problem
from optimizer.solution import Proof

CELLS = 2**21
TILES = 8
"""Tiles in one share of work."""

WORTHWHILE = 0.7
"""Practitioners are left out of a share only if no more than this part of them remains: they are copied for it."""

BELOW_ALL = np.float32(-3e38)


def unit_of(problem: Problem) -> IntArray:
    """Return what two separate cases may not share, (m,) int64: an institution, or p + column outside all."""
    alone = problem.p + np.arange(problem.m)
    return np.where(problem.institution < 0, alone, problem.institution)


def scores_of(problem: Problem, rows: IntArray, cols: IntArray) -> IntArray:
    """Return the score of each pair, (q,) int64, bonus included."""
    exact = np.einsum("qd,qd->q", problem.case_terms[rows], problem.practitioner_terms[cols], dtype=np.float64)
    exact += problem.base_score[rows, cols]
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
        self.terms = np.column_stack((problem.case_terms, np.ones(problem.n, np.float32)))
        self.levels = np.empty((self.terms.shape[1], problem.m), np.float32)
        self.levels[:-1], self.levels[-1] = problem.practitioner_terms.T, -proof.practitioner_price
        reach = problem.reach + int(np.abs(proof.practitioner_price).max(initial=0))
        self.slack = 0.0 if reach < 2**24 else reach * (len(self.levels) + 8) * 2.0**-23
        self.cheapest = int(proof.practitioner_price.min(initial=0))
        self.relief = _group_relief(problem, proof)
        self.lists = problem.barred, _leaf_bars(problem, proof)

    def total(self) -> int:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return sum(pool.map(lambda share: self._of_share(*share), self._shares()))

    def _shares(self) -> Iterator[tuple[IntArray, IntArray]]:
        """Cases and practitioners by shares of work; who fails a rule that all cases of one share is left out."""
        open_columns = np.flatnonzero(_reachable(self.problem))
        strict = np.flatnonzero(self.problem.practitioner_terms.min(axis=0, initial=0) < -(2**19))
        rules, kind = np.unique(self.problem.case_terms[:, strict], axis=0, return_inverse=True)
        if len(rules) > self.problem.n / 8:
            rules, kind = np.zeros((1, strict.size), np.float32), np.zeros(self.problem.n, np.int64)
        best = _best_besides(self.problem, strict)
        for number, rule in enumerate(rules):
            used = np.flatnonzero(rule)
            penalty = self.problem.practitioner_terms[np.ix_(open_columns, strict[used])] @ rule[used]
            cols = open_columns[penalty + best >= 0]
            cols = cols if cols.size <= WORTHWHILE * open_columns.size else open_columns
            rows = np.flatnonzero(kind == number)
            height = TILES * max(1, CELLS // max(cols.size, 1))
            yield from ((rows[top : top + height], cols) for top in range(0, rows.size if cols.size else 0, height))

    def _of_share(self, rows: IntArray, cols: IntArray) -> int:
        levels = self.levels if cols.size == self.problem.m else self.levels[:, cols]
        height = max(1, CELLS // cols.size)
        return sum(self._of_tile(rows[top : top + height], cols, levels) for top in range(0, rows.size, height))

    def _of_tile(self, rows: IntArray, cols: IntArray, levels: NDArray[np.float32]) -> int:
        surplus = self.proof.case_price[rows]
        value = self._values(rows, cols, levels, masked=bool((surplus < -self.cheapest).any()))
        limit = np.maximum(surplus - self.slack, BELOW_ALL / 2).astype(np.float32)
        hot = np.flatnonzero(value.max(axis=1) > limit)
        r, c = np.nonzero(value[hot] > limit[hot, None])
        i, j = rows[hot[r]], cols[c]
        score = scores_of(self.problem, i, j)
        gain = score - self.proof.practitioner_price[j] - self.proof.case_price[i] - self.relief.at(i, j)
        return int(gain[(gain > 0) & (score >= 0)].sum())

    def _values(self, rows: IntArray, cols: IntArray, levels: NDArray[np.float32], masked: bool) -> NDArray[np.float32]:
        """Scores less prices; pairs that no plan may use lie below all, those of negative score if masked."""
        terms = self.terms[rows]
        used = np.flatnonzero(terms.any(axis=0))
        if used.size < len(levels) / 3:
            terms, levels = terms[:, used], levels[used]
        value: NDArray[np.float32] = terms[:, :-1] @ levels[:-1] if masked else terms @ levels
        if self.problem.dense:
            value += self.problem.base_score[np.ix_(rows, cols)]
        r, c, extra = _inside(self.problem.bonus, rows, cols)
        value[r, c] += extra
        if masked:
            refused = value < 0
            value += levels[-1]
            value[refused] = BELOW_ALL
        for pairs in self.lists:
            r, c, _ = _inside(pairs, rows, cols)
            value[r, c] = BELOW_ALL
        return value


def _inside(pairs: Pairs, rows: IntArray, cols: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """The listed pairs of a tile, in its own rows and columns."""
    r = np.minimum(np.searchsorted(rows, pairs.rows), rows.size - 1)
    c = np.minimum(np.searchsorted(cols, pairs.cols), cols.size - 1)
    kept = (rows[r] == pairs.rows) & (cols[c] == pairs.cols)
    return r[kept], c[kept], pairs.values[kept]


def _best_besides(problem: Problem, strict: IntArray) -> float:
    """No pair scores more than this besides the terms of hard rules."""
    other = np.setdiff1d(np.arange(problem.case_terms.shape[1]), strict)
    levels = np.abs(problem.practitioner_terms[:, other]).max(axis=0, initial=0)
    most = (np.abs(problem.case_terms[:, other]) @ levels).max(initial=0)
    most += problem.base_score.max(initial=0) if problem.dense else 0
    return float(most) + max(0, int(problem.bonus.values.max(initial=0)))


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
