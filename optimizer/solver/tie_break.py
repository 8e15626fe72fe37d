"""Tie-breaking: a seeded draw on the optimal face, the same on any machine."""

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from optimizer.pairs import IntArray, KeyArray
from optimizer.problem import Problem
from optimizer.solution import Proof
from optimizer.solver.build import MatchingNetwork
from optimizer.solver.classes import Classes
from optimizer.solver.network import Network, Residual
from optimizer.solver.sparse_pairs import NOTHING, SparsePairs

KEY_BITS = 30

TOGETHER = 2**15
"""So many lots of a table are drawn together: they stay in the processor's cache."""


class TieBreaker:
    """
    The draw of one run.

    Parameters
    ----------
    problem : Problem
        Gives the names: ``case_key`` and ``practitioner_key``.
    classes : Classes
        Its cases, merged; a class draws under the least drawn name of its cases.
    seed : int
        Any whole number.
    """

    def __init__(self, problem: Problem, classes: Classes, seed: int) -> None:
        stem = scatter(np.array([seed % 2**64], np.uint64))
        self.case = scatter(problem.case_key ^ stem)
        self._practitioner = scatter(problem.practitioner_key + stem)
        self._class = np.full(classes.member.size, np.iinfo(np.uint64).max)
        np.minimum.at(self._class, classes.of_case, self.case)

    def of(self, rows: IntArray, cols: IntArray) -> IntArray:
        """Return the lot of each pair of class and practitioner, (q,) int64, 0 to 2**30 - 1; the lowest wins."""
        mixed = scatter(self._class[rows] + self._practitioner[cols])
        return (mixed >> np.uint64(64 - KEY_BITS)).astype(np.int64)

    def table(self, cols: IntArray) -> NDArray[np.int32]:
        """Return the lot of each class with each of some practitioners, (c, q) int32."""
        keys = np.empty((self._class.size, cols.size), np.int32)
        names, height = self._practitioner[cols], max(1, TOGETHER // max(cols.size, 1))
        for top in range(0, self._class.size, height):
            mixed = scatter(self._class[top : top + height, None] + names)
            mixed >>= np.uint64(64 - KEY_BITS)
            keys[top : top + height] = mixed
        return keys


def scatter(keys: KeyArray) -> KeyArray:
    """
    Return well-mixed 64-bit numbers, one for each key.

    Notes
    -----
    The finaliser of SplitMix64. Source: Steele, Lea, Flood, *Fast splittable pseudorandom number generators*,
    OOPSLA 2014.
    """
    mixed = keys + np.uint64(0x9E3779B97F4A7C15)
    shifted = mixed >> np.uint64(30)
    mixed ^= shifted
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= np.right_shift(mixed, np.uint64(27), out=shifted)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= np.right_shift(mixed, np.uint64(31), out=shifted)
    return mixed


MANY = 24
"""So many level pairs of an average class are looked at in one go."""

FEW = 10
"""Where there are more, the draw begins with so many of a class, and two for each of its cases: the lowest lots."""


TieBreakPrices = Callable[[], tuple[IntArray, IntArray]]
"""Prices in lots of each class and of each practitioner, (c,) and (m,) int64."""


class Face(Protocol):
    """All pairs of class and practitioner that some best plan may use, however they are kept."""

    def begun(self, tie_breaker: TieBreaker) -> SparsePairs:
        """Return pairs that hold a best plan and, if there are many, the lowest lots of each class; sorted."""

    def lowering(self, prices: TieBreakPrices) -> SparsePairs:
        """Return further pairs whose lot, at the prices of what was drawn so far, would lower the sum."""


def draw(
    problem: Problem, classes: Classes, tie_breaker: TieBreaker, proof: Proof, face: Face
) -> tuple[SparsePairs, IntArray]:
    """
    Draw one of the best plans: as many cases as possible, then the least sum of lots.

    Parameters
    ----------
    problem, classes : Problem, Classes
        The instance and its cases, merged.
    tie_breaker : TieBreaker
        Draws the lots of this run.
    proof : Proof
        Prices that prove the optimum.
    face : Face
        All pairs whose reduced cost is not positive.

    Returns
    -------
    pairs : SparsePairs
        Pairs of the face that were looked at, sorted.
    units : (p,) int64, cases
        What each of these carries.

    Notes
    -----
    Where very many pairs are level, the draw starts with the lowest lots of each class; prices in lots call others
    that could lower the sum, which is the least over the whole face.
    """
    pairs = face.begun(tie_breaker)
    while True:
        built = MatchingNetwork(problem, classes, pairs)
        drawn = _Draw(built, proof, tie_breaker.of(pairs.rows, pairs.cols))
        further = face.lowering(drawn.prices)
        if not further.rows.size:
            return pairs, drawn.units
        pairs = pairs.joined(further)


def lowest(level: IntArray, count: IntArray) -> IntArray:
    """Return the highest lot with which a pair of each class begins, (c,) int64, by how many of its pairs are level."""
    few = FEW + 2 * count
    crowded = (level > few) & (level.sum() > MANY * level.size)
    chosen: IntArray = np.where(crowded, (few << KEY_BITS) // np.maximum(level, 1), 1 << KEY_BITS)
    return chosen


class ListedFace:
    """
    A face that is listed.

    Parameters
    ----------
    pairs : SparsePairs
        All pairs whose reduced cost is not positive, sorted.
    always : (q,) bool
        Which of them the draw begins with whatever their lots.
    count : (c,) int64, cases
        Size of each class.
    """

    def __init__(self, pairs: SparsePairs, always: NDArray[np.bool_], count: IntArray) -> None:
        self._pairs, self._kept, self._count = pairs, always, count

    def begun(self, tie_breaker: TieBreaker) -> SparsePairs:
        """As for ``Face``."""
        level = np.bincount(self._pairs.rows, minlength=self._count.size)
        self._lot = tie_breaker.of(self._pairs.rows, self._pairs.cols)
        self._kept = self._kept | (self._lot <= lowest(level, self._count)[self._pairs.rows])
        return self._pairs.only(self._kept)

    def lowering(self, prices: TieBreakPrices) -> SparsePairs:
        """As for ``Face``."""
        if self._kept.all():
            return NOTHING
        pairs, (of_class, of_practitioner) = self._pairs, prices()
        better = ~self._kept & (self._lot + of_practitioner[pairs.cols] < of_class[pairs.rows])
        self._kept = self._kept | better
        return pairs.only(better)


class _Draw:
    """
    The cheapest flow in lots on the face.

    At optimal prices a flow is optimal exactly if arcs with negative reduced cost are full and arcs with positive
    reduced cost are empty; the rest may carry anything that balances, so lots may choose there, and no point of
    score is traded for luck. Source: Ahuja, Magnanti, Orlin, *Network Flows*, theorem 9.4.
    """

    def __init__(self, built: MatchingNetwork, proof: Proof, lot: IntArray) -> None:
        network, potential = built.network, built.potentials(proof)
        reduced = network.cost + potential[network.heads] - potential[network.tails]
        flow = np.where(reduced < 0, network.capacity, 0)
        supply = network.supply.copy()
        np.subtract.at(supply, network.tails, flow)
        np.add.at(supply, network.heads, flow)
        luck = np.zeros_like(network.cost)
        luck[: lot.size] = lot
        luck[-built.classes.member.size :] = 2**KEY_BITS
        # Nothing leaves the sink, so where it takes no more, no arc that leads there carries anything.
        shut = (network.heads == built.sink) & (supply[built.sink] == 0)
        free = np.flatnonzero((reduced == 0) & ~shut)
        self._built = built
        self._face = Network(network.tails[free], network.heads[free], network.capacity[free], luck[free], supply)
        self._flow = self._face.cheapest_flow()
        flow[free] = self._flow
        self.units = flow[: lot.size]

    def prices(self) -> tuple[IntArray, IntArray]:
        """Return the prices in lots of each class and of each practitioner, (c,) and (m,) int64."""
        price = Residual(self._face, self._flow).potentials()
        of_practitioner = np.zeros(self._built.problem.m, np.int64)
        of_practitioner[self._built.practitioners] = price[self._built.practitioner_nodes]
        return price[: self._built.classes.member.size], of_practitioner
