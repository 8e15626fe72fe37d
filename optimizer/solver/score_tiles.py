"""Tiles of exact scores, less prices: one matrix product each, without the columns that a hard rule excludes."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from optimizer.checks import SCORE_LIMIT
from optimizer.pairs import IntArray
from optimizer.problem import Problem
from optimizer.solver.classes import Classes, harsh_terms
from optimizer.solver.sparse_pairs import NOTHING, SparsePairs

TILE_CELLS = 2**21
LANE = 64
"""Columns are padded to a multiple of this, and a block of columns is at most this many."""

NOWHERE = np.float32(-3e38)
WORTHWHILE = 0.7
"""Columns or terms are left out of a product only if no more than this share of them remains."""

Values = NDArray[np.floating[Any]]
Terms = NDArray[np.float32]
Answer = TypeVar("Answer")


class TileOutline(NamedTuple):
    """
    The outline of a tile.

    Parameters
    ----------
    rows : (r,) int64
        Classes, increasing.
    at : (q,) int64
        Columns, counted among those who have room, increasing.
    """

    rows: IntArray
    at: IntArray


class Tiles:
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
    Scores stay below 2**24, so their float32 product is exact in any order of summation. The price rides in it as one
    more column while scores and prices stay below 2**24 together; beyond, it is subtracted from the exact scores in
    float64, which holds every whole number below 2**53. Classes that share all hard rules lie side by side, so
    those who fail one of them are left out of their tiles, and so are terms that none of them has.
    """

    def __init__(self, problem: Problem, classes: Classes, check: Callable[[], None]) -> None:
        self.problem, self.member, self._check = problem, classes.member, check
        self.columns = np.flatnonzero(problem.room > 0)
        self._column = np.full(problem.m, -1)
        self._column[self.columns] = np.arange(self.columns.size)
        d = problem.case_terms.shape[1]
        self._terms = np.ones((classes.member.size, d + 1), np.float32)
        self._terms[:, :d] = problem.case_terms[classes.member]
        self._levels = np.zeros((d + 1, _padded(self.columns.size)), np.float32)
        self._levels[:d, : self.columns.size] = problem.practitioner_terms[self.columns].T
        self._levels[d] = NOWHERE
        self._charge: Values = self._levels[d]
        self._bonus = SparsePairs(classes.of_case[problem.bonus.rows], problem.bonus.cols, problem.bonus.values)
        self._barred = SparsePairs(classes.of_case[problem.barred.rows], problem.barred.cols, problem.barred.values)
        self._bonus, self._barred = self._bonus.joined(NOTHING), self._barred.joined(NOTHING)
        self._harsh = np.flatnonzero(harsh_terms(problem))

    @cached_property
    def _mildest(self) -> float:
        return _mildest(self.problem, self._harsh)

    def charge(self, price: IntArray, relief: SparsePairs = NOTHING) -> None:
        """Set the price of each practitioner, (m,) int64, as large as further prices of single pairs make it."""
        charged = price[self.columns]
        largest = max(int(charged.max(initial=0)), -int(charged.min(initial=0))) + int(relief.values.max(initial=0))
        exact = np.float32 if self.problem.reach + largest < SCORE_LIMIT else np.float64
        self._charge = np.full(self._levels.shape[1], NOWHERE, exact)
        self._charge[: charged.size] = -charged
        self._levels[-1] = self._charge

    def values(self, part: TileOutline, masked: bool = False) -> Values:
        """
        Return score less price of each pair of a part, (r, padded q), exact; far below zero where barred.

        With ``masked``, pairs of a negative score are far below zero too, whatever their price.
        """
        terms, levels = self._product(part)
        rides = self._charge.dtype == np.float32 and not masked
        tile: Values = terms @ levels if rides else terms[:, :-1] @ levels[:-1]
        if self.problem.dense:
            base, columns = self.problem.base_score[self.member[part.rows]], self.columns[part.at]
            tile[:, : columns.size] += base if columns.size == self.problem.m else base[:, columns]
        for r, c, values in self.inside(self._bonus, part):
            tile[r, c] += values
        if masked:
            refused = tile < 0
        if not rides:
            charge = self._charge_of(part)
            tile = np.add(tile, charge, out=tile if tile.dtype == charge.dtype else None)
        if masked:
            tile[refused] = NOWHERE
        for r, c, _ in self.inside(self._barred, part):
            tile[r, c] = NOWHERE
        return tile

    def over(self, rows: IntArray, work: Callable[[TileOutline], Answer]) -> list[Answer]:
        """Cut classes into parts and return what ``work`` makes of each, in order, by as many threads as cores."""
        parts = list(self._parts(rows))

        def checked(part: TileOutline) -> Answer:
            self._check()
            return work(part)

        # Below a few tiles, handing work to threads takes longer than the work.
        if rows.size * self.columns.size < 4 * TILE_CELLS:
            return [checked(part) for part in parts]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return list(pool.map(checked, parts))

    def inside(self, pairs: SparsePairs, part: TileOutline) -> Iterator[tuple[IntArray, IntArray, IntArray]]:
        """Yield the listed pairs of one part, in its own rows and columns, if there are any."""
        if pairs.rows.size and part.rows.size and part.at.size:
            near = slice(*np.searchsorted(pairs.rows, (part.rows[0], part.rows[-1] + 1)))
            column = self._column[pairs.cols[near]]
            r = np.searchsorted(part.rows, pairs.rows[near])
            c = np.minimum(np.searchsorted(part.at, column), part.at.size - 1)
            kept = (part.rows[r] == pairs.rows[near]) & (part.at[c] == column)
            yield r[kept], c[kept], pairs.values[near][kept]

    def _charge_of(self, part: TileOutline) -> Values:
        if part.at.size == self.columns.size:
            return self._charge
        narrow = np.full(_padded(part.at.size), NOWHERE, self._charge.dtype)
        narrow[: part.at.size] = self._charge[part.at]
        return narrow

    def _product(self, part: TileOutline) -> tuple[Terms, Terms]:
        terms, levels = self._terms[part.rows], self._levels
        used = np.flatnonzero(np.append(terms[:, :-1].any(axis=0), True))
        if part.at.size > WORTHWHILE * self.columns.size:
            few = used.size <= WORTHWHILE / 2 * len(levels)
            return (terms[:, used], levels[used]) if few else (terms, levels)
        narrow = np.zeros((used.size, _padded(part.at.size)), np.float32)
        narrow[:, : part.at.size] = levels[np.ix_(used, part.at)]
        narrow[-1, part.at.size :] = NOWHERE
        return terms[:, used], narrow

    def _parts(self, rows: IntArray) -> Iterator[TileOutline]:
        everyone = np.arange(self.columns.size)
        harsh = self._terms[np.ix_(rows, self._harsh)]
        turns = np.flatnonzero((harsh[1:] != harsh[:-1]).any(axis=1)) + 1
        starts = np.concatenate(([0], turns)) if turns.size < rows.size / 8 else np.array([0])
        for start, stop in zip(starts, np.append(starts[1:], rows.size), strict=True):
            same = harsh[start:stop]
            at = self._admitted(same[0]) if len(same) and (same == same[0]).all() else everyone
            at = at if at.size <= WORTHWHILE * everyone.size else everyone
            height = max(1, TILE_CELLS // _padded(at.size))
            for top in range(start, max(stop, start + 1), height):
                yield TileOutline(rows[top : min(top + height, stop)], at)

    def _admitted(self, harsh: Terms) -> IntArray:
        """Columns that can still reach a score of zero once these hard rules are applied."""
        used = harsh != 0
        charge = harsh[used] @ self._levels[self._harsh[used], : self.columns.size]
        return np.flatnonzero(charge + self._mildest >= 0)


def _padded(size: int) -> int:
    return max(1, -(-size // LANE)) * LANE


def _mildest(problem: Problem, harsh: IntArray) -> float:
    """What a pair can score at most besides the terms of hard rules, bonus included."""
    soft = np.setdiff1d(np.arange(problem.case_terms.shape[1]), harsh)
    levels = np.abs(problem.practitioner_terms[:, soft]).max(axis=0, initial=0)
    base = problem.base_score.max(initial=0) if problem.dense else 0
    most = (np.abs(problem.case_terms[:, soft]) @ levels).max(initial=0)
    return float(most + base + problem.bonus.values.max(initial=0))
