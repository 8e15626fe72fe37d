"""The best candidates of each class with a bound on the rest, and whatever beats given prices."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from optimizer.pairs import IntArray
from optimizer.problem import Problem
from optimizer.solver.classes import Classes
from optimizer.solver.score_tiles import LANE, NOWHERE, Terms, TileOutline, Tiles, Values
from optimizer.solver.sparse_pairs import NOTHING, SparsePairs

__all__ = ["NEVER", "NOTHING", "ScoreSheet", "ScoreTable", "SparsePairs"]

TABLE_CELLS = 2**20
"""A table larger than this takes longer than tiles that leave out whom hard rules exclude."""

NEVER = -(2**62)
"""Value of a pair that is not allowed."""


class ScoreSheet(Tiles):
    """The scores of a problem, asked for their best and for what prices do not rule out; built like ``Tiles``."""

    def best(self, keep: IntArray, price: IntArray) -> tuple[SparsePairs, IntArray]:
        """
        Return about the ``keep`` best pairs of every class at given prices, with their scores.

        Parameters
        ----------
        keep : (c,) int64, pairs, >= 1
            How many pairs to keep of each class; a few more are kept where that costs nothing.
        price : (m,) int64, points
            Price of each practitioner.

        Returns
        -------
        pairs : SparsePairs
            The pairs and their scores.
        rest : (c,) int64, points
            No other pair of the class is worth more than this at the same prices or higher ones.
        """
        self.charge(price)
        least = int(price[self.columns].max(initial=0))
        rows = np.arange(keep.size)

        def work(part: TileOutline) -> tuple[IntArray, IntArray, IntArray, IntArray]:
            tile = self.values(part)
            r, c, left = _largest(tile, keep[part.rows])
            real = c < part.at.size
            r, c = r[real], c[real]
            bound = np.maximum(left.astype(np.float64), NEVER).astype(np.int64)
            found = part.rows[r], self.columns[part.at[c]]
            return *found, self._scored(*found, tile[r, c], price), np.where(bound < -least, NEVER, bound)

        parts = self.over(rows, work)
        found_rows, found_cols, scores, rest = (np.concatenate(column) for column in zip(*parts, strict=True))
        return SparsePairs(found_rows, found_cols, scores).only(scores >= 0), rest

    def beating(
        self,
        rows: IntArray,
        floor: IntArray,
        price: IntArray,
        relief: SparsePairs,
        hidden: SparsePairs,
        most: int,
        lot: Callable[[IntArray, IntArray], IntArray],
    ) -> SparsePairs:
        """
        Return pairs whose value at given prices is at least the floor of their class, with their scores.

        Parameters
        ----------
        rows : (r,) int64
            Classes to scan, increasing.
        floor : (c,) int64, points
            Least value of interest, for each class.
        price : (m,) int64, points
            Price of each practitioner.
        relief, hidden : SparsePairs
            Further prices of single pairs; pairs to leave out.
        most : int, pairs
            How many pairs to return of a class at most: the best, and among equals those with the lowest ``lot``.
        lot : callable
            Rows and columns in, an int64 each out.
        """
        self.charge(price, relief)
        lowest = int(price[self.columns].min(initial=0))
        masked = bool((floor[rows] <= -lowest).any())

        def work(part: TileOutline) -> SparsePairs:
            tile = self.values(part, masked)
            for r, c, values in self.inside(relief, part):
                tile[r, c] -= values
            for r, c, _ in self.inside(hidden, part):
                tile[r, c] = NOWHERE
            limit = floor[part.rows].astype(tile.dtype)
            hot = np.flatnonzero(tile.max(axis=1) >= limit)
            r, c = _at_least(tile[hot], limit[hot], 2 * most)
            found = part.rows[hot[r]], self.columns[part.at[c]]
            read_off = tile.dtype == np.float32 and not relief.rows.size
            scores = self._scored(*found, tile[hot[r], c], price) if read_off else self.scores(*found)
            pairs = SparsePairs(*found, scores)
            value = pairs.values - price[pairs.cols] - self._looked_up(relief, pairs)
            kept = (pairs.values >= 0) & (value >= floor[pairs.rows])
            return _first_of_each(pairs.only(kept), value[kept], most, lot)

        parts = self.over(rows, work)
        return SparsePairs(*(np.concatenate(column) for column in zip(NOTHING, *parts, strict=True)))

    def _scored(self, rows: IntArray, cols: IntArray, values: Values, price: IntArray) -> IntArray:
        """Scores of pairs read off their values in a tile."""
        scores = np.full(rows.size, -1)
        there = values > NOWHERE / 2
        scores[there] = values[there].astype(np.int64) + price[cols[there]]
        return scores

    def scores(self, rows: IntArray, cols: IntArray) -> IntArray:
        """Return the score of each pair of class and practitioner, (q,) int64; -1 where it is barred."""
        exact = np.empty(rows.size, np.float32)
        terms, levels = self._terms[:, :-1], self.problem.practitioner_terms
        for top in range(0, rows.size, 2**15):
            part = slice(top, top + 2**15)
            exact[part] = np.einsum("qd,qd->q", terms[rows[part]], levels[cols[part]])
        if self.problem.dense:
            exact += self.problem.base_score[self.member[rows], cols]
        scores = exact.astype(np.int64)
        pairs = SparsePairs(rows, cols, scores)
        scores += self._looked_up(self._bonus, pairs)
        return np.where(self._is_in(self._barred, pairs), -1, scores)

    def sample(self, rows: IntArray) -> Terms:
        """Return the scores of some classes with everyone who has room, (r, columns) float32; barred far below 0."""
        self.charge(np.zeros(self.problem.m, np.int64))
        part = TileOutline(rows, np.arange(self.columns.size))
        return self.values(part, masked=True)[:, : self.columns.size].astype(np.float32, copy=False)

    def _looked_up(self, listed: SparsePairs, pairs: SparsePairs) -> IntArray:
        key, asked = self.keys(listed), self.keys(pairs)
        at = np.searchsorted(key, asked)
        return np.where(np.append(key, -1)[at] == asked, np.append(listed.values, 0)[at], 0)

    def _is_in(self, listed: SparsePairs, pairs: SparsePairs) -> NDArray[np.bool_]:
        return np.isin(self.keys(pairs), self.keys(listed))

    def keys(self, pairs: SparsePairs) -> IntArray:
        """Return one number for each pair, (q,) int64."""
        return pairs.rows * self.problem.m + pairs.cols


class ScoreTable(ScoreSheet):
    """The scores of a problem, worked out once; asked again and again at other prices."""

    def __init__(self, problem: Problem, classes: Classes, check: Callable[[], None]) -> None:
        super().__init__(problem, classes, check)
        self._everyone = np.arange(self.columns.size)
        self._table: Values | None = None
        scores = self.sample(np.arange(classes.member.size))
        self._table = np.zeros((len(scores), self._levels.shape[1]), np.float32)
        self._table[:, : self.columns.size] = scores

    def values(self, part: TileOutline, masked: bool = False) -> Values:
        """As for ``Tiles``; pairs of a negative score are far below zero always."""
        if self._table is None:
            return super().values(part, masked)
        return self._table[part.rows] + self._charge

    def _parts(self, rows: IntArray) -> Iterator[TileOutline]:
        yield TileOutline(rows, self._everyone)


def _largest(tile: Values, keep: IntArray) -> tuple[IntArray, IntArray, Values]:
    """
    Rows and columns of about the ``keep`` largest values of each row, and a bound on the others.

    Notes
    -----
    Columns are cut into blocks. The keep-th largest block maximum is a threshold that at least ``keep`` values
    reach, and only blocks that reach it are looked into: one pass over the tile, no sorting of it.
    """
    height, width = tile.shape
    size = LANE
    while size > 1 and width // size < 2 * int(keep.max(initial=1)):
        size //= 2
    cut = tile.reshape(height, size, width // size)
    peaks = cut.max(axis=1)
    kept = np.minimum(keep, width // size)
    limit = np.take_along_axis(np.sort(peaks, axis=1), (width // size - kept)[:, None], axis=1)
    above, level = peaks > limit, peaks == limit
    level &= np.cumsum(level, axis=1) <= (kept - above.sum(axis=1))[:, None]
    r, block = np.nonzero(above | level)
    values = cut[r, :, block]
    hit = values > limit[r]
    hit[np.arange(r.size), values.argmax(axis=1)] = True
    q, step = np.nonzero(hit)
    return r[q], step * (width // size) + block[q], limit[:, 0]


def _at_least(tile: Values, limit: Values, most: int) -> tuple[IntArray, IntArray]:
    """Rows and columns of the values that reach the limit of their row; where they are too many, the largest."""
    crowded = np.flatnonzero((tile >= limit[:, None]).sum(axis=1) > most)
    ranked = np.partition(tile[crowded], -most, axis=1)
    limit[crowded] = ranked[:, -most] if crowded.size else limit[crowded]
    r, c = np.nonzero(tile >= limit[:, None])
    return r, c


def _first_of_each(
    pairs: SparsePairs, value: IntArray, most: int, lot: Callable[[IntArray, IntArray], IntArray]
) -> SparsePairs:
    order = np.lexsort((pairs.cols, lot(pairs.rows, pairs.cols), -value, pairs.rows))
    rows = pairs.rows[order]
    place = np.arange(rows.size) - np.searchsorted(rows, rows)
    order = order[place < most]
    return SparsePairs(pairs.rows[order], pairs.cols[order], pairs.values[order])
