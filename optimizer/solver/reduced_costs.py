"""Reduced costs: what pairs lose at the prices of a proof."""

from collections.abc import Iterator

import numpy as np

from optimizer.pairs import IntArray, Pairs
from optimizer.problem import Problem
from optimizer.proof.bounds import scores_of
from optimizer.solution import Proof, Solution

CELLS = 2**20
"""Pairs looked at together: a few tens of megabytes."""

NEVER = 2**60
"""Reduced cost of a pair that no plan may use; far above any other."""


def blocks(problem: Problem) -> Iterator[IntArray]:
    """Yield all rows, some neighbours at a time, so that their pairs fit in memory."""
    height = max(1, CELLS // max(problem.m, 1))
    yield from (np.arange(top, min(top + height, problem.n)) for top in range(0, problem.n, height))


def scores_of_rows(problem: Problem, rows: IntArray, cols: IntArray | None = None) -> IntArray:
    """Return the scores of some cases, increasing, with everyone or some columns, (r, m) int64; -1 where barred."""
    cols = np.arange(problem.m) if cols is None else cols
    exact = problem.case_terms[rows] @ problem.by_term[:, cols]
    if problem.dense:
        exact += problem.base_score[np.ix_(rows, cols)]
    scores: IntArray = exact.astype(np.int64)
    for pairs, barred in ((problem.bonus, False), (problem.barred, True)):
        inside = np.isin(pairs.rows, rows) & np.isin(pairs.cols, cols)
        at = np.searchsorted(rows, pairs.rows[inside]), np.searchsorted(cols, pairs.cols[inside])
        scores[at] = -1 if barred else scores[at] + pairs.values[inside]
    return scores


def reduced_table(problem: Problem, proof: Proof, rows: IntArray, scores: IntArray) -> IntArray:
    """Return what some cases lose at these prices with everyone, (r, m) int64, points; ``NEVER`` if not allowed."""
    cost = proof.case_price[rows, None] + proof.practitioner_price - scores
    prices = proof.group_price
    for g, j, price in zip(prices.rows.tolist(), prices.cols.tolist(), prices.values.tolist(), strict=True):
        cost[problem.group[rows] == g, j] += price
    return np.where((scores >= 0) & (problem.room > 0), cost, NEVER)


Near = tuple[IntArray, IntArray, IntArray]
"""Rows, columns and scores of pairs."""


def near(problem: Problem, solution: Solution, gap: int) -> Near:
    """
    Return rows, columns and scores of every pair that some plan of value within ``gap`` of the bound can use.

    Notes
    -----
    By weak duality a plan with a pair of reduced cost d is worth at most the bound less d; a pair ruled out on
    every leaf is in no such plan. Source: Nemhauser, Wolsey, *Integer and Combinatorial Optimization*, Wiley
    1988 (reduced cost fixing).
    """
    found = [tuple(np.empty(0, np.int64) for _ in range(3))]
    for rows in blocks(problem):
        scores = scores_of_rows(problem, rows)
        leaves = solution.certificate.leaves
        cost = np.min([reduced_table(problem, leaf, rows, scores) for leaf in leaves], axis=0)
        r, c = np.nonzero(cost <= gap)
        found.append((rows[r], c, scores[r, c]))
    rows, cols, scores = (np.concatenate(part) for part in zip(*found, strict=True))
    return rows, cols, scores


def near_among(problem: Problem, solution: Solution, gap: int, among: Pairs) -> Near:
    """Return the same of some pairs alone."""
    rows, cols, scores = among.rows, among.cols, scores_of(problem, among.rows, among.cols)
    barred = np.isin(rows * problem.m + cols, problem.barred.rows * problem.m + problem.barred.cols)
    cost = np.min([reduced_costs(problem, leaf, rows, cols, scores) for leaf in solution.certificate.leaves], axis=0)
    kept = (cost <= gap) & (scores >= 0) & ~barred & (problem.room[cols] > 0)
    return rows[kept], cols[kept], scores[kept]


def reduced_costs(problem: Problem, proof: Proof, rows: IntArray, cols: IntArray, scores: IntArray) -> IntArray:
    """Return what single pairs lose at these prices, (q,) int64, points."""
    group, prices = problem.group[rows], proof.group_price
    relief = np.where(group >= 0, prices.at(np.maximum(group, 0), cols), 0)
    cost: IntArray = proof.case_price[rows] + proof.practitioner_price[cols] + relief - scores
    return cost
