"""The seeded draw on the optimal face."""

import numpy as np
from numpy.typing import NDArray

from optimizer.build import MatchingNetwork
from optimizer.classes import Classes
from optimizer.listed import Listed
from optimizer.lots import LOT_BITS, Lots
from optimizer.network import Network, Residual
from optimizer.pairs import IntArray
from optimizer.problem import Problem
from optimizer.solution import Proof

MANY = 24
"""So many level pairs of an average class are looked at in one go."""

FEW = 10
"""Where there are more, the draw begins with so many of a class, and two for each of its cases: the lowest lots."""


def draw(
    problem: Problem, classes: Classes, lots: Lots, proof: Proof, face: Listed, planned: NDArray[np.bool_]
) -> tuple[Listed, IntArray]:
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
    face : Listed
        All pairs whose reduced cost is not positive, sorted.
    planned : (q,) bool
        Which of them some best plan uses.

    Returns
    -------
    pairs : Listed
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

    def would_lower(self, face: Listed, lot: IntArray) -> NDArray[np.bool_]:
        """Return which pairs of the whole face could lower the sum of lots."""
        price = Residual(self._face, self._flow).potentials()
        of_practitioner = np.zeros(self._built.problem.m, np.int64)
        of_practitioner[self._built.practitioners] = price[self._built.practitioner_nodes]
        better: NDArray[np.bool_] = lot + of_practitioner[face.cols] < price[face.rows]
        return better
