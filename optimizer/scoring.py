"""Exact whole-number scores by tiles; the best candidates of each class, and a bound on the rest."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from optimizer.classes import Classes
from optimizer.problem import NO_PAIRS, IntArray, Pairs, Problem

TILE_CELLS = 2**20
NEVER = -(2**60)
"""Value of a pair that is not allowed."""


class Candidates(NamedTuple):
    """
    Pairs worth looking at.

    Parameters
    ----------
    rows, cols, scores : (q,) int64
        Class, practitioner and score of each pair, sorted by class.
    rest : (c,) int64, points
        No pair left out is worth more than this at the prices of the scan.
    """

    rows: IntArray
    cols: IntArray
    scores: IntArray
    rest: IntArray


class Sheet:
    """
    The scores of all classes with all practitioners who have room, computed tile by tile.

    Parameters
    ----------
    problem : Problem
        The instance.
    classes : Classes
        Its cases, merged.
    """

    def __init__(self, problem: Problem, classes: Classes) -> None:
        self.columns = np.flatnonzero(problem.room > 0)
        self.size = classes.member.size
        self._terms = problem.case_terms[classes.member]
        self._levels = np.ascontiguousarray(problem.practitioner_terms[self.columns].T)
        self._bonus = classes.facts(problem.bonus)
        self._barred = classes.facts(problem.barred)

    def best(
        self, rows: IntArray, price: IntArray, keep: IntArray, relief: Pairs = NO_PAIRS, known: Pairs = NO_PAIRS
    ) -> Candidates:
        """
        Return the best pairs of some classes at given prices.

        Parameters
        ----------
        rows : (r,) int64
            Classes to scan, increasing.
        price : (m,) int64, points
            Price of each practitioner.
        keep : (r,) int64, pairs, >= 1
            How many pairs to keep of each class.
        relief : Pairs of (class, practitioner), points, default none
            Further price of single pairs.
        known : Pairs of (class, practitioner), default none
            Pairs to leave out.

        Returns
        -------
        Candidates
            ``rest`` has shape (r,) here.
        """
        parts, rest = [], [np.empty(0, np.int64)]
        height = max(1, TILE_CELLS // max(self.columns.size, 1))
        for top in range(0, rows.size, height):
            part = slice(top, top + height)
            scores = self._tile(rows[part])
            value = np.where(scores < 0, NEVER, scores - price[self.columns])
            for r, c, values in self._inside(relief, rows[part]):
                value[r, c] -= values
            for r, c, _ in self._inside(known, rows[part]):
                value[r, c] = NEVER
            r, c, left = _largest(value, keep[part])
            parts.append((rows[part][r], self.columns[c], scores[r, c]))
            rest.append(left)
        stacked = [np.concatenate(column) for column in zip(*parts, strict=True)] or [np.empty(0, np.int64)] * 3
        return Candidates(*stacked, np.concatenate(rest))

    def _tile(self, rows: IntArray) -> IntArray:
        scores = (self._terms[rows] @ self._levels).astype(np.int64)
        for r, c, values in self._inside(self._bonus, rows):
            scores[r, c] += values
        for r, c, _ in self._inside(self._barred, rows):
            scores[r, c] = -1
        return scores

    def _inside(self, pairs: Pairs, rows: IntArray) -> Iterator[tuple[IntArray, IntArray, IntArray]]:
        """The listed pairs of one tile, in the tile's own rows and columns, if there are any."""
        r, c = np.searchsorted(rows, pairs.rows), np.searchsorted(self.columns, pairs.cols)
        kept = (np.append(rows, -1)[r] == pairs.rows) & (np.append(self.columns, -1)[c] == pairs.cols)
        if kept.any():
            yield r[kept], c[kept], pairs.values[kept]


def _largest(value: IntArray, keep: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Rows and columns of the largest values of each row, and the largest value left out."""
    width = min(int(keep.max(initial=1)) + 1, value.shape[1])
    if width == 0:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.full(len(value), NEVER)
    top = np.argpartition(-value, width - 1, axis=1)[:, :width]
    ranked = np.take_along_axis(value, top, axis=1)
    order = np.argsort(-ranked, axis=1, kind="stable")
    top, ranked = np.take_along_axis(top, order, axis=1), np.take_along_axis(ranked, order, axis=1)
    kept = (np.arange(width) < keep[:, None]) & (ranked > NEVER)
    padded = np.column_stack((ranked, np.full(len(ranked), NEVER)))
    rest = padded[np.arange(len(padded)), np.minimum(keep, width)]
    r, at = np.nonzero(kept)
    return r, top[r, at], rest
