"""Who suits one arriving case: an answer in milliseconds, without a solve."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.pairs import IntArray, require_shape, whole
from optimizer.problem import Problem
from optimizer.solution import Solution


class Ranking(NamedTuple):
    """
    Candidates of one case, best first.

    Parameters
    ----------
    cols : (q,) int64
        Practitioners.
    values : (q,) int64, points
        Score less price.
    scores : (q,) int64, points
        Score of the pair.
    prices : (q,) int64, points
        Price of the practitioner's next case.
    terms : (q, d) int64, points
        What each term adds to the score; the bonus makes up the rest.
    """

    cols: IntArray
    values: IntArray
    scores: IntArray
    prices: IntArray
    terms: IntArray


def rank(problem: Problem, i: int, prices: IntArray | None = None, most: int = 20) -> Ranking:
    """
    Rank the practitioners who may take one case and have room for it.

    Parameters
    ----------
    problem : Problem
        The instance.
    i : int
        Row of the case.
    prices : (m,) int64, points, default the first slot's
        What one more case of each practitioner is worth elsewhere, for instance the prices of a certificate or
        those of ``learn_prices``; the first slot's price is the least that is charged.
    most : int, default 20
        How many to return.

    Returns
    -------
    Ranking
        Best first; equal values in the order of ``practitioner_key``.

    Raises
    ------
    ValueError
        If there is no such case, or the prices have another shape.
    """
    if not 0 <= i < problem.n:
        raise ValueError(f"i is {i}; it must be a row from 0 to {problem.n - 1}")
    charged = _charged(problem, prices)
    used = np.flatnonzero(problem.case_terms[i])
    scores = (problem.case_terms[i, used] @ problem.by_term[used] + problem.base_score[i]).astype(np.int64)
    own = slice(*np.searchsorted(problem.bonus.rows, (i, i + 1)))
    scores[problem.bonus.cols[own]] += problem.bonus.values[own]
    allowed = (scores >= 0) & (problem.room > 0)
    allowed[problem.barred.cols[slice(*np.searchsorted(problem.barred.rows, (i, i + 1)))]] = False
    values = np.where(allowed, scores - charged, np.iinfo(np.int64).min)
    best = _best(values, min(most, int(allowed.sum())), problem.practitioner_key)
    terms = (problem.case_terms[i] * problem.practitioner_terms[best]).astype(np.int64)
    return Ranking(best, values[best], scores[best], charged[best], terms)


def learn_prices(past: Sequence[Solution]) -> IntArray:
    """
    Return the mean price of each practitioner over past solutions of the same office, (m,) int64, points.

    Given to ``rank``, it keeps scarce specialists for the cases that need them.

    Raises
    ------
    ValueError
        If there is no solution to learn from.

    Notes
    -----
    Source: Devanur, Hayes, *The adwords problem: online keyword matching with budgeted bidders under random
    permutations*, EC 2009.
    """
    if not past:
        raise ValueError("past is empty; prices are learned from at least one solution")
    prices = [solution.certificate.proof.practitioner_price for solution in past]
    mean: IntArray = np.rint(np.mean(prices, axis=0)).astype(np.int64)
    return mean


def _charged(problem: Problem, prices: IntArray | None) -> IntArray:
    first: IntArray = problem.slot_price[:, 0]
    if prices is None:
        return first
    given = whole(prices, "prices")
    require_shape(given, "prices", (problem.m,), f"it must be ({problem.m},)")
    charged: IntArray = np.maximum(given, first)
    return charged


def _best(values: IntArray, most: int, key: NDArray[np.uint64]) -> IntArray:
    if most <= 0:
        return np.empty(0, np.int64)
    limit = np.partition(values, values.size - most)[values.size - most]
    cols = np.flatnonzero(values >= limit)
    order = np.lexsort((key[cols], -values[cols]))[:most]
    best: IntArray = cols[order]
    return best
