"""The seeded draw on the optimal face."""

import numpy as np

from optimizer.build import MatchingNetwork
from optimizer.lots import LOT_BITS
from optimizer.network import Network
from optimizer.pairs import IntArray
from optimizer.solution import Proof


def draw(built: MatchingNetwork, proof: Proof, lot: IntArray) -> IntArray:
    """
    Draw one of the best plans: as many cases as possible, then the least sum of lots.

    Parameters
    ----------
    built : MatchingNetwork
        The network of all pairs whose reduced cost is not positive.
    proof : Proof
        Prices that prove the optimum.
    lot : (q,) int64, 0 to 2**30 - 1
        The lot of each pair.

    Returns
    -------
    units : (q,) int64, cases
        What each pair carries.

    Notes
    -----
    At optimal prices a flow is optimal exactly if arcs with negative reduced cost are full and arcs with positive
    reduced cost are empty; the rest may carry anything that balances, so lots may choose there, and no point of
    score is traded for luck. Source: Ahuja, Magnanti, Orlin, *Network Flows*, theorem 9.4.
    """
    network, potential = built.network, built.potentials(proof)
    reduced = network.cost + potential[network.heads] - potential[network.tails]
    flow = np.where(reduced < 0, network.capacity, 0)
    supply = network.supply.copy()
    np.subtract.at(supply, network.tails, flow)
    np.add.at(supply, network.heads, flow)
    luck = np.zeros_like(network.cost)
    luck[: lot.size] = lot
    luck[-built.classes.member.size :] = 2**LOT_BITS
    free = np.flatnonzero(reduced == 0)
    face = Network(network.tails[free], network.heads[free], network.capacity[free], luck[free], supply)
    flow[free] = face.cheapest_flow()
    return flow[: lot.size]
