"""Tie-breaking: a seeded draw on the optimal face, the same on any machine."""

import numpy as np
from numpy.typing import NDArray

from optimizer.pairs import IntArray, KeyArray
from optimizer.problem import Problem
from optimizer.solution import Proof
from optimizer.solver.build import MatchingNetwork
from optimizer.solver.classes import Classes
from optimizer.solver.network import Network, Residual
from optimizer.solver.sparse_pairs import SparsePairs

LOT_BITS = 30


class Lots:
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
        return (mixed >> np.uint64(64 - LOT_BITS)).astype(np.int64)


def scatter(keys: KeyArray) -> KeyArray:
    """
    Return well-mixed 64-bit numbers, one for each key.

    Notes
    -----
    The finaliser of SplitMix64. Source: Steele, Lea, Flood, *Fast splittable pseudorandom number generators*,
    OOPSLA 2014.
    """
    mixed = keys + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


MANY = 24
"""So many level pairs of an average class are looked at in one go."""

FEW = 10
"""Where there are more, the draw begins with so many of a class, and two for each of its cases: the lowest lots."""


def draw(
    problem: Problem, classes: Classes, lots: Lots, proof: Proof, face: SparsePairs, planned: NDArray[np.bool_]
) -> tuple[SparsePairs, IntArray]:
    """
    Draw one of the best plans: as many cases as possible, then the least sum of lots.

    Parameters
    ----------
    problem, classes : Problem, Classes
        The instance and its cases, merged.
    lots : Lots
        The lots of this run.
    proof : Proof
        Prices that prove the optimum.
    face : SparsePairs
        All pairs whose reduced cost is not positive, sorted.
    planned : (q,) bool
        Which of them some best plan uses.

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
    lot = lots.of(face.rows, face.cols)
    level = np.bincount(face.rows, minlength=classes.count.size)
    few = FEW + 2 * classes.count
    crowded = (level > few) & (face.rows.size > MANY * level.size)
    # A place of a group has a price of its own, which a pair left out would need.
    kept = (
        planned
        | (problem.group[classes.member[face.rows]] >= 0)
        | (lot <= np.where(crowded, (few << LOT_BITS) // np.maximum(level, 1), 1 << LOT_BITS)[face.rows])
    )
    while True:
        built = MatchingNetwork(problem, classes, face.only(kept))
        drawn = _Draw(built, proof, lot[kept])
        if kept.all():
            return built.candidates, drawn.units
        better = ~kept & drawn.would_lower(face, lot)
        if not better.any():
            return built.candidates, drawn.units
        kept |= better


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
        luck[-built.classes.member.size :] = 2**LOT_BITS
        # Nothing leaves the sink, so where it takes no more, no arc that leads there carries anything.
        shut = (network.heads == built.sink) & (supply[built.sink] == 0)
        free = np.flatnonzero((reduced == 0) & ~shut)
        self._built = built
        self._face = Network(network.tails[free], network.heads[free], network.capacity[free], luck[free], supply)
        self._flow = self._face.cheapest_flow()
        flow[free] = self._flow
        self.units = flow[: lot.size]

    def would_lower(self, face: SparsePairs, lot: IntArray) -> NDArray[np.bool_]:
        """Return which pairs of the whole face could lower the sum of lots."""
        price = Residual(self._face, self._flow).potentials()
        of_practitioner = np.zeros(self._built.problem.m, np.int64)
        of_practitioner[self._built.practitioners] = price[self._built.practitioner_nodes]
        better: NDArray[np.bool_] = lot + of_practitioner[face.cols] < price[face.rows]
        return better
