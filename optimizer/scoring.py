"""Exact whole-number scores by tiles; the best candidates of each class, and a bound on the rest."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from optimizer.checks import SCORE_LIMIT
from optimizer.classes import Classes
from optimizer.pairs import ABSENT, IntArray
from optimizer.problem import Problem

TILE_CELLS = 2**21
LANE = 64
"""Columns are padded to a multiple of this, and a block of columns is at most this many."""

NOWHERE = np.float32(-3e38)
NEVER = -(2**62)
"""Value of a pair that is not allowed."""

Tile = NDArray[np.float32]
Answer = TypeVar("Answer")


class Listed(NamedTuple):
    """
    Pairs of class and practitioner, sorted by class unless stacked.

    Parameters
    ----------
    rows, cols : (q,) int64
        Class and practitioner.
    values : (q,) int64, points
        Score, or price, of each pair.
    """

    rows: IntArray
    cols: IntArray
    values: IntArray

    def only(self, kept: NDArray[np.bool_]) -> "Listed":
        """Return the pairs where ``kept`` is True."""
        return Listed(self.rows[kept], self.cols[kept], self.values[kept])

    def stacked(self, other: "Listed") -> "Listed":
        """Return these pairs, then the others."""
        return Listed(*(np.concatenate(both) for both in zip(self, other, strict=True)))

    def joined(self, other: "Listed") -> "Listed":
        """Return the pairs of both lists, sorted by class."""
        both = self.stacked(other)
        order = np.argsort(both.rows, kind="stable")
        return Listed(both.rows[order], both.cols[order], both.values[order])


NOTHING = Listed(ABSENT, ABSENT, ABSENT)


class Sheet:
    """
    The scores of all classes with all practitioners who have room, computed tile by tile.

    Parameters
    ----------
    problem : Problem
        The instance.
    classes : Classes
        Its cases, merged.
    check : callable
        Called before each tile; raises to stop.

    Notes
    -----
    The price rides in the matrix product as one more column. While scores and prices stay below 2**24 together,
    every float32 value is exact; beyond, values within a proven distance of the floor are computed anew in
    whole numbers. Source for the distance: Higham, *Accuracy and Stability of Numerical Algorithms*, section 3.1.
    """

    def __init__(self, problem: Problem, classes: Classes, check: Callable[[], None]) -> None:
        self.problem, self.member, self._check = problem, classes.member, check
        self.columns = np.flatnonzero(problem.room > 0)
        self.width = max(1, -(-self.columns.size // LANE)) * LANE
        self._column = np.full(problem.m, -1)
        self._column[self.columns] = np.arange(self.columns.size)
        d = problem.case_terms.shape[1]
        self._terms = np.ones((classes.member.size, d + 1), np.float32)
        self._terms[:, :d] = problem.case_terms[classes.member]
        self._levels = np.zeros((d + 1, self.width), np.float32)
        self._levels[:d, : self.columns.size] = problem.practitioner_terms[self.columns].T
        self._levels[d] = NOWHERE
        self._bonus = Listed(classes.of_case[problem.bonus.rows], problem.bonus.cols, problem.bonus.values)
        self._barred = Listed(classes.of_case[problem.barred.rows], problem.barred.cols, problem.barred.values)
        self._bonus, self._barred = self._bonus.joined(NOTHING), self._barred.joined(NOTHING)

    def best(self, keep: IntArray, price: IntArray) -> tuple[Listed, IntArray]:
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
        pairs : Listed
            The pairs and their scores.
        rest : (c,) int64, points
            No other pair of the class is worth more than this at the same prices or higher ones.
        """
        slack = self._set_prices(price)
        least = int(price[self.columns].max(initial=0))
        rows = np.arange(keep.size)

        def work(part: IntArray) -> tuple[IntArray, IntArray, IntArray]:
            r, c, left = _largest(self._tile(part), keep[part])
            real = c < self.columns.size
            bound = np.ceil(np.maximum(left.astype(np.float64) + slack, NEVER)).astype(np.int64)
            return part[r[real]], self.columns[c[real]], np.where(bound < -least, NEVER, bound)

        parts = self._over_tiles(rows, work)
        found_rows, found_cols, rest = (np.concatenate(column) for column in zip(*parts, strict=True))
        scores = self.scores(found_rows, found_cols)
        return Listed(found_rows, found_cols, scores).only(scores >= 0), rest

    def beating(
        self, rows: IntArray, floor: IntArray, price: IntArray, relief: Listed, hidden: Listed, most: int,
        lot: Callable[[IntArray, IntArray], IntArray],
    ) -> Listed:
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
        relief, hidden : Listed
            Further prices of single pairs; pairs to leave out.
        most : int, pairs
            How many pairs to return of a class at most: the best, and among equals those with the lowest ``lot``.
        lot : callable
            Rows and columns in, an int64 each out.
        """
        slack = self._set_prices(price)
        lowest = int(price[self.columns].min(initial=0))
        masked = bool((floor[rows] <= -lowest).any())

        def work(part: IntArray) -> Listed:
            tile = self._tile(part, masked)
            for r, c, values in self._inside(relief, part):
                tile[r, c] -= values
            for r, c, _ in self._inside(hidden, part):
                tile[r, c] = NOWHERE
            limit = np.maximum(floor[part] - slack, NOWHERE / 2).astype(np.float32)
            hot = np.flatnonzero(tile.max(axis=1) >= limit)
            r, c = _at_least(tile[hot], limit[hot], 2 * most)
            found = part[hot[r]], self.columns[c]
            pairs = Listed(*found, self.scores(*found))
            value = pairs.values - price[pairs.cols] - self._looked_up(relief, pairs)
            kept = (pairs.values >= 0) & (value >= floor[pairs.rows])
            return _first_of_each(pairs.only(kept), value[kept], most, lot)

        parts = self._over_tiles(rows, work)
        return Listed(*(np.concatenate(column) for column in zip(NOTHING, *parts, strict=True)))

    def scores(self, rows: IntArray, cols: IntArray) -> IntArray:
        """Return the score of each pair of class and practitioner, (q,) int64; -1 where it is barred."""
        exact = np.empty(rows.size, np.float32)
        terms, levels = self._terms[:, :-1], self.problem.practitioner_terms
        for top in range(0, rows.size, 2**15):
            part = slice(top, top + 2**15)
            exact[part] = np.einsum("qd,qd->q", terms[rows[part]], levels[cols[part]])
        scores = exact.astype(np.int64)
        pairs = Listed(rows, cols, scores)
        scores += self._looked_up(self._bonus, pairs)
        return np.where(self._is_in(self._barred, pairs), -1, scores)

    def sample(self, rows: IntArray) -> Tile:
        """Return the scores of some classes with everyone who has room, (r, columns) float32; barred far below 0."""
        self._set_prices(np.zeros(self.problem.m, np.int64))
        return self._tile(rows, masked=True)[:, : self.columns.size]

    def _set_prices(self, price: IntArray) -> float:
        charged = price[self.columns]
        self._levels[-1, : charged.size] = -charged
        reach = self.problem.reach + int(np.abs(charged).max(initial=0))
        return 0.0 if reach < SCORE_LIMIT else reach * (len(self._levels) + 8) * 2.0**-23

    def _tile(self, rows: IntArray, masked: bool = False) -> Tile:
        terms = self._terms[rows]
        tile = terms[:, :-1] @ self._levels[:-1] if masked else terms @ self._levels
        for r, c, values in self._inside(self._bonus, rows):
            tile[r, c] += values
        if masked:
            refused = tile < 0
            tile += self._levels[-1]
            tile[refused] = NOWHERE
        for r, c, _ in self._inside(self._barred, rows):
            tile[r, c] = NOWHERE
        return tile

    def _over_tiles(self, rows: IntArray, work: Callable[[IntArray], Answer]) -> list[Answer]:
        height = max(1, TILE_CELLS // self.width)
        parts = [rows[top : top + height] for top in range(0, rows.size, height)] or [rows]

        def checked(part: IntArray) -> Answer:
            self._check()
            return work(part)

        if len(parts) == 1:
            return [checked(parts[0])]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return list(pool.map(checked, parts))

    def _inside(self, pairs: Listed, rows: IntArray) -> Iterator[tuple[IntArray, IntArray, IntArray]]:
        """The listed pairs of one tile, in the tile's own rows and columns, if there are any."""
        if pairs.rows.size and rows.size:
            part = slice(*np.searchsorted(pairs.rows, (rows[0], rows[-1] + 1)))
            r, c = np.searchsorted(rows, pairs.rows[part]), self._column[pairs.cols[part]]
            kept = (rows[r] == pairs.rows[part]) & (c >= 0)
            yield r[kept], c[kept], pairs.values[part][kept]

    def _looked_up(self, listed: Listed, pairs: Listed) -> IntArray:
        key, asked = self._keys(listed), self._keys(pairs)
        order = np.argsort(key)
        at = np.searchsorted(key[order], asked)
        found = np.append(key[order], -1)[at] == asked
        return np.where(found, np.append(listed.values[order], 0)[at], 0)

    def _is_in(self, listed: Listed, pairs: Listed) -> NDArray[np.bool_]:
        return np.isin(self._keys(pairs), self._keys(listed))

    def _keys(self, pairs: Listed) -> IntArray:
        return pairs.rows * self.problem.m + pairs.cols


def _largest(tile: Tile, keep: IntArray) -> tuple[IntArray, IntArray, NDArray[np.float32]]:
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


def _at_least(tile: Tile, limit: NDArray[np.float32], most: int) -> tuple[IntArray, IntArray]:
    """Rows and columns of the values that reach the limit of their row; where they are too many, the largest."""
    crowded = np.flatnonzero((tile >= limit[:, None]).sum(axis=1) > most)
    ranked = np.partition(tile[crowded], -most, axis=1)
    limit[crowded] = ranked[:, -most] if crowded.size else limit[crowded]
    r, c = np.nonzero(tile >= limit[:, None])
    return r, c


def _first_of_each(
    pairs: Listed, value: IntArray, most: int, lot: Callable[[IntArray, IntArray], IntArray]
) -> Listed:
    order = np.lexsort((pairs.cols, lot(pairs.rows, pairs.cols), -value, pairs.rows))
    rows = pairs.rows[order]
    place = np.arange(rows.size) - np.searchsorted(rows, rows)
    order = order[place < most]
    return Listed(pairs.rows[order], pairs.cols[order], pairs.values[order])
