"""One table instead of candidates: an assignment of cases to slots by SciPy, its highest prices, and the draw."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.checks import SCORE_LIMIT
from optimizer.exact import largest
from optimizer.pairs import NO_PAIRS, IntArray
from optimizer.problem import Problem
from optimizer.solution import Proof
from optimizer.solver.classes import Classes, harsh_terms
from optimizer.solver.sparse_pairs import SparsePairs
from optimizer.solver.tie_break import MANY, TOGETHER, ListedFace, TieBreaker, TieBreakPrices, draw, lowest

MAX_CELLS = 2**23
"""A table of cases and slots larger than this is left to the flow on candidates."""

SMALL = 2**17
"""A table up to this size is solved before candidates would be chosen."""

WIDEST = 2
"""With more slots for each case than this, few pairs matter, and candidates find them at once."""

FEW_TERMS = 3
"""Scores made of no more terms rank practitioners alike for all cases: candidates would all be the same few."""

ROUNDS = 12
"""After so many rounds over every price that fell, prices are settled from the lowest upwards: chains are long."""

BATCH = 8
"""How many prices are then settled at once."""


Table = NDArray[np.floating[Any]]
Column = Table
Mask = NDArray[np.bool_]


def suits(problem: Problem) -> bool:
    """
    Tell whether a problem is to be solved on one table: the one place where the engine is chosen.

    It can be if it is an assignment of cases to slots: everybody is needed once, nobody is kept apart or from a
    second case, no institution can be full. It should be if the table is small, or if scores have no structure that
    sets candidates apart: a matrix of its own, a product of few terms, or practitioners of whom half are doubles.
    """
    slots = int(np.minimum(problem.room, problem.n).sum())
    cells = problem.n * max(slots, problem.n)
    if not (0 < slots <= WIDEST * problem.n and cells <= MAX_CELLS and _is_assignment(problem)):
        return False
    return cells <= SMALL or problem.dense or _has_few_terms(problem) or _is_crowded(problem)


def _is_assignment(problem: Problem) -> bool:
    inside = problem.institution >= 0
    most = np.bincount(problem.institution[inside], problem.room[inside], minlength=problem.p)
    capped = np.minimum(most, problem.n) > problem.institution_capacity
    ruled = problem.separate.size or problem.exclusive or (problem.demand != 1).any()
    return not ruled and not capped.any()


def _has_few_terms(problem: Problem) -> bool:
    soft = problem.case_terms[:, ~harsh_terms(problem)]
    return int(np.count_nonzero(soft.any(axis=0))) <= FEW_TERMS


def _is_crowded(problem: Problem) -> bool:
    levels = np.ascontiguousarray(problem.practitioner_terms[problem.room > 0])
    kinds = np.unique(levels.view(np.dtype((np.void, levels.strides[0]))).ravel())
    return 2 * kinds.size <= len(levels)


class DenseOptimum(NamedTuple):
    """
    An optimal assignment.

    Parameters
    ----------
    rows, cols : (k,) int64
        Class and column of each pair that is used, sorted by class, then column.
    units : (k,) int64, cases
        How many cases of the class go there.
    """

    rows: IntArray
    cols: IntArray
    units: IntArray


class Prices(NamedTuple):
    """
    The highest prices at which an assignment is optimal.

    Parameters
    ----------
    price : (q,) int64, points
        Of each column.
    surplus : (c,) int64, points
        Of each class.
    """

    price: IntArray
    surplus: IntArray


class DenseSolver:
    """
    The assignment on one table of scores.

    Parameters
    ----------
    problem : Problem
        One that ``suits``.
    classes : Classes
        Its cases, merged.
    table : (c, q) float32, points
        Scores of every class with every practitioner who has room; far below zero where not allowed.
    """

    def __init__(self, problem: Problem, classes: Classes, table: NDArray[np.float32]) -> None:
        self.problem, self.classes = problem, classes
        self.columns = np.flatnonzero(problem.room > 0)
        self.room = problem.room[self.columns]
        self.slot_price = problem.slot_price[self.columns]
        self.open_price = problem.open_price[classes.member]
        # No price leaves this range: it is what a slot or staying open costs, and at most one score more or less.
        asked = max(largest(self.slot_price), largest(self.open_price)) + 3 * int(table.max(initial=0))
        self.table: Table = table if asked < SCORE_LIMIT else table.astype(np.float64)
        self.unit = np.repeat(np.arange(classes.count.size), classes.count)

    def assignment(self) -> DenseOptimum:
        """Return an assignment of greatest value; a slot, or a column beyond, may stand for staying open."""
        from scipy.optimize import linear_sum_assignment

        slots = np.minimum(self.room, self.problem.n)
        owner = np.repeat(np.arange(slots.size), slots)
        turn = np.arange(owner.size) - np.repeat(np.cumsum(slots) - slots, slots)
        asked = self.slot_price[owner, np.minimum(turn, self.slot_price.shape[1] - 1)]
        outside = self.open_price[self.unit].astype(self.table.dtype)
        cost = np.empty((self.unit.size, max(owner.size, self.unit.size)), self.table.dtype)
        cost[:, owner.size :] = outside[:, None]
        single = owner.size == self.columns.size and self.unit.size == len(self.table)
        value = self.table if single else self.table[np.ix_(self.unit, owner)]
        np.subtract(asked.astype(cost.dtype), value, out=cost[:, : owner.size])
        np.minimum(cost, outside[:, None], out=cost)
        if cost.shape[0] == cost.shape[1]:
            # Every column is taken, so what all of a column cost alike changes no choice, and SciPy has less to search.
            picked = linear_sum_assignment(np.subtract(cost, cost.min(axis=0), dtype=np.float64))[1]
        else:
            picked = linear_sum_assignment(cost)[1]
        row = np.arange(self.unit.size)
        real = (picked < owner.size) & (cost[row, picked] < outside[row])
        key, units = np.unique(self.unit[row[real]] * self.columns.size + owner[picked[real]], return_counts=True)
        return DenseOptimum(*np.divmod(key, self.columns.size), units)

    def prices(self, found: DenseOptimum) -> Prices:
        """Return the highest prices an assignment allows: residual distances to the sink, as for any flow."""
        load = np.bincount(found.cols, found.units, minlength=self.columns.size).astype(np.int64)
        following = self.slot_price[np.arange(load.size), np.minimum(load, self.slot_price.shape[1] - 1)]
        exact = self.table.dtype
        free = np.where(load < self.room, following.astype(exact), exact.type(np.inf))
        order = np.argsort(found.cols, kind="stable")
        pairs = found.rows[order], found.cols[order]
        price, surplus = highest_prices(self.table, -self.open_price.astype(exact), free, pairs)
        return Prices(price.astype(np.int64), surplus.astype(np.int64))

    def proof(self, prices: Prices) -> Proof:
        """Return the prices as a proof; a practitioner without room costs the first slot."""
        everyone = self.problem.slot_price[:, 0].copy()
        everyone[self.columns] = prices.price
        through = np.zeros(self.problem.p, np.int64)
        return Proof(prices.surplus[self.classes.of_case], everyone, through, NO_PAIRS)

    def drawn(self, found: DenseOptimum, prices: Prices, tie_breaker: TieBreaker) -> tuple[SparsePairs, IntArray]:
        """Return the assignment that the lots draw among the best: its pairs, and how many cases each carries."""
        level = self._level(prices)
        crowded = np.count_nonzero(level) > MANY * len(level)
        face = TableFace(level, found, self, prices) if crowded else self._listed(level, prices)
        return draw(self.problem, self.classes, tie_breaker, self.proof(prices), face)

    def listed(self, rows: IntArray, cols: IntArray, prices: Prices) -> SparsePairs:
        """Return level pairs of classes and columns with their scores."""
        return SparsePairs(rows, self.columns[cols], prices.price[cols] + prices.surplus[rows])

    def _listed(self, level: Mask, prices: Prices) -> ListedFace:
        pairs = self.listed(*_places(level), prices)
        return ListedFace(pairs, np.ones(pairs.rows.size, bool), self.classes.count)

    def _level(self, prices: Prices) -> Mask:
        """Which pairs gain nothing and lose nothing at these prices, (c, q)."""
        exact = self.table.dtype
        price, surplus = prices.price.astype(exact), prices.surplus.astype(exact)[:, None]
        level = np.empty(self.table.shape, bool)
        for part in _slices(*self.table.shape):
            np.equal(self.table[part] - price, surplus[part], out=level[part])
        return level


class TableFace:
    """
    A face of very many pairs, on one table.

    Parameters
    ----------
    level : (c, q) bool
        The face.
    found : Assignment
        One of the best.
    solver, prices : DenseSolver, Prices
        What made it.
    """

    def __init__(self, level: Mask, found: DenseOptimum, solver: DenseSolver, prices: Prices) -> None:
        self._level, self._found, self._solver, self._prices = level, found, solver, prices

    def begun(self, tie_breaker: TieBreaker) -> SparsePairs:
        """As for ``Face``."""
        limit = lowest(np.count_nonzero(self._level, axis=1), self._solver.classes.count)[:, None]
        self._lot = tie_breaker.table(self._solver.columns)
        self._kept = np.empty(self._level.shape, bool)
        for part in _slices(*self._lot.shape):
            np.less_equal(self._lot[part], limit[part], out=self._kept[part])
        self._kept &= self._level
        self._kept[self._found.rows, self._found.cols] = True
        return self._solver.listed(*_places(self._kept), self._prices)

    def lowering(self, prices: TieBreakPrices) -> SparsePairs:
        """As for ``Face``."""
        of_class, of_practitioner = prices()
        price, better = of_practitioner[self._solver.columns], np.empty(self._level.shape, bool)
        for part in _slices(*self._lot.shape):
            np.less(self._lot[part] + price, of_class[part, None], out=better[part])
        better &= self._level
        better &= ~self._kept
        self._kept |= better
        return self._solver.listed(*_places(better), self._prices)


def _slices(height: int, width: int) -> Iterator[slice]:
    """Cut a table into runs of rows that stay in the processor's cache."""
    step = max(1, TOGETHER // max(width, 1))
    return (slice(top, top + step) for top in range(0, height, step))


def _places(mask: Mask) -> tuple[IntArray, IntArray]:
    """Rows and columns of what is True, sorted."""
    rows, cols = np.divmod(np.flatnonzero(mask), mask.shape[1])
    return rows, cols


def highest_prices(
    table: Table, outside: Column, free: Column, pairs: tuple[IntArray, IntArray]
) -> tuple[Column, Column]:
    """
    Return the highest prices at which an optimal assignment stays optimal, and the surplus of each row.

    Parameters
    ----------
    table : (c, q), points
        Value of each row with each column.
    outside : (c,), points
        What a row is worth elsewhere.
    free : (q,), points
        Price of the next free place of a column; infinite where it is full.
    pairs : rows, columns, (k,) int64 each
        The assignment, sorted by column.

    Notes
    -----
    Bellman's iteration towards the sink: a price falls to what a row in the column would gain elsewhere, a surplus
    rises to what the columns whose price fell now offer. It ends because no circle of an optimal assignment gains;
    where chains are long the lowest prices go first, as in Dijkstra's order.
    Source: Ahuja, Magnanti, Orlin, *Network Flows*, sections 5.4 and 4.5.
    """
    rows, cols = pairs
    values = table[rows, cols]
    first = np.flatnonzero(np.append(True, cols[1:] != cols[:-1])[: cols.size])
    by_column = np.ascontiguousarray(table.T)
    price, surplus = free.copy(), outside.copy()
    fallen = np.isfinite(price)
    turn = -1
    while True:
        turn += 1
        if first.size:
            offer = np.minimum.reduceat(values - surplus[rows], first)
            at = cols[first]
            closer = offer < price[at]
            price[at[closer]] = offer[closer]
            fallen[at[closer]] = True
        looked = np.flatnonzero(fallen)
        if not looked.size:
            break
        if turn >= ROUNDS and looked.size > BATCH:
            looked = looked[np.argpartition(price[looked], BATCH)[:BATCH]]
        fallen[looked] = False
        for part in _slices(looked.size, surplus.size):
            offered = by_column[looked[part]]
            offered -= price[looked[part], None]
            np.maximum(surplus, offered.max(axis=0), out=surplus)
    return price, surplus
