"""The convex flow as arcs, the call of OR-Tools, and the prices read back from its residual network."""

from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from optimizer.pairs import IntArray

FLOW_LIMIT = 2**60
"""OR-Tools multiplies costs by the number of nodes, and refuses what leaves int64; this much it has always taken."""

FAR = 2**61
"""Distance of a node from which the target cannot be reached."""


@dataclass(frozen=True, eq=False)
class Network:
    """
    A min-cost flow network.

    Parameters
    ----------
    tails, heads : (a,) int64
        Ends of each arc.
    capacity : (a,) int64, units, >= 0
        What an arc can carry.
    cost : (a,) int64, points
        Price of one unit on the arc; negative for a gain.
    supply : (v,) int64, units
        What each node sends out; sums to zero.
    """

    tails: IntArray
    heads: IntArray
    capacity: IntArray
    cost: IntArray
    supply: IntArray

    @cached_property
    def unit(self) -> int:
        """What costs are counted in: a common divisor, since the solver halves an error in units phase by phase."""
        common = max(1, int(np.gcd.reduce(self.cost))) if self.cost.size else 1
        largest = max(int(self.cost.max(initial=0)), -int(self.cost.min(initial=0))) // common
        return common * max(1, -(-largest * self.supply.size // FLOW_LIMIT))

    def rounded(self) -> "Network":
        """Return the network the solver sees: the same, unless costs times nodes leave its range."""
        rest = self.cost % self.unit
        return replace(self, cost=self.cost - rest) if rest.any() else self

    def cheapest_flow(self, potential: IntArray | None = None) -> IntArray:
        """
        Return a flow of least cost, (a,) int64; of least ``rounded`` cost where that differs.

        Parameters
        ----------
        potential : (v,) int64, points, optional
            About what a unit at each node still has to pay; the better, the sooner a flow is found.

        Notes
        -----
        Potentials change the cost of all flows alike. An arc that is dear beside them is called cheaper than it is:
        a flow of least cost that leaves it empty is one at its true cost, too. Where it does not, costs stay true.

        Raises
        ------
        AssertionError
            If the supplies cannot be sent, which a network with open arcs excludes.
        """
        if self._is_assignment():
            return self._matching()
        cost = self.cost // self.unit
        if potential is not None and not (self.cost % self.unit).any():
            reduced = cost + (potential // self.unit)[self.heads] - (potential // self.unit)[self.tails]
            dear = max(1, -int(cost.min(initial=0)))
            called = np.minimum(reduced, dear)
            if -int(called.min(initial=0)) * self.supply.size < FLOW_LIMIT:
                flow = self._solved(called)
                if not flow[reduced > dear].any():
                    return flow
        return self._solved(cost)

    def _solved(self, cost: IntArray) -> IntArray:
        from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

        flow = SimpleMinCostFlow()
        flow.add_arcs_with_capacity_and_unit_cost(
            self.tails.astype(np.int32),
            self.heads.astype(np.int32),
            self.capacity,
            cost,
        )
        flow.set_nodes_supplies(np.arange(self.supply.size, dtype=np.int32), self.supply)
        status = flow.solve()
        if status != flow.OPTIMAL:
            raise AssertionError(f"every case can stay open, so a flow exists; the solver says {status}")
        return np.asarray(flow.flows(np.arange(self.tails.size, dtype=np.int32)), np.int64)

    def _is_assignment(self) -> bool:
        """Whether every arc leads from a node that sends one unit to a node that takes one."""
        ends = self.supply[self.tails] == 1, self.supply[self.heads] == -1
        return bool(self.tails.size and np.abs(self.supply).max() == 1 and ends[0].all() and ends[1].all())

    def _matching(self) -> IntArray:
        # SciPy solves such a network several times as fast as a flow.
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import min_weight_full_bipartite_matching

        senders, takers = np.flatnonzero(self.supply == 1), np.flatnonzero(self.supply == -1)
        row, col = np.searchsorted(senders, self.tails), np.searchsorted(takers, self.heads)
        # A weight of zero would be no arc.
        weight = (self.cost - self.cost.min() + 1).astype(np.float64)
        graph = csr_array((weight, (row, col)), shape=(senders.size, takers.size))
        matched = min_weight_full_bipartite_matching(graph)[1]
        flow: IntArray = (matched[row] == col).astype(np.int64)
        return flow


class Residual:
    """
    What can still change in a flow: forward arcs with room and reversed arcs with flow.

    Parameters
    ----------
    network : Network
        The network of the flow.
    flow : (a,) int64, units
        A flow of least cost, so that no residual circle has a negative cost.
    """

    def __init__(self, network: Network, flow: IntArray) -> None:
        ahead, back = flow < network.capacity, flow > 0
        tails = np.concatenate((network.tails[ahead], network.heads[back]))
        heads = np.concatenate((network.heads[ahead], network.tails[back]))
        cost = np.concatenate((network.cost[ahead], -network.cost[back]))
        order = np.argsort(tails, kind="stable")
        self.size = network.supply.size
        self.tails, self.heads, self.cost = tails[order], heads[order], cost[order]

    def distances_to(self, target: int) -> IntArray:
        """
        Return the least residual cost from every node to ``target``, (v,) int64, points, or at least ``FAR / 2``.

        Notes
        -----
        Bellman's iteration over all arcs into nodes that came closer; it ends because no circle is negative.
        Source: Ahuja, Magnanti, Orlin, *Network Flows*, section 5.4.
        """
        distance = np.full(self.size, FAR)
        distance[target] = 0
        return self._settled(distance)

    def potentials(self) -> IntArray:
        """Return the least residual cost from every node to any, (v,) int64, points, 0 or less."""
        return self._settled(np.zeros(self.size, np.int64))

    def _settled(self, distance: IntArray) -> IntArray:
        order = np.argsort(self.heads, kind="stable")
        tails, cost = self.tails[order], self.cost[order]
        into = np.bincount(self.heads, minlength=self.size)
        before = np.cumsum(into) - into
        fallen, touched = np.flatnonzero(distance < FAR), np.zeros(self.size, bool)
        while fallen.size:
            sizes = into[fallen]
            ends = sizes.cumsum()
            arcs = (before[fallen] - ends + sizes).repeat(sizes) + np.arange(ends[-1])
            nodes, through = tails[arcs], cost[arcs] + distance[fallen].repeat(sizes)
            closer = through < distance[nodes]
            nodes = nodes[closer]
            np.minimum.at(distance, nodes, through[closer])
            touched[nodes] = True
            fallen = touched.nonzero()[0]
            touched[fallen] = False
        return distance

    def mirrored(self) -> "Residual":
        """Return the network with every arc turned round: distances to a node become distances from it."""
        twin = copy(self)
        order = np.argsort(self.heads, kind="stable")
        twin.tails, twin.heads, twin.cost = (
            self.heads[order],
            self.tails[order],
            self.cost[order],
        )
        return twin

    def cheapest_path(self, source: int, target: int) -> list[int]:
        """Return the nodes of a cheapest path, one with the fewest arcs, both ends included."""
        distance = self.distances_to(target)
        tight = copy(self)
        on_path = distance[self.tails] == self.cost + distance[self.heads]
        tight.tails, tight.heads = self.tails[on_path], self.heads[on_path]
        tight.cost = np.ones(tight.tails.size, np.int64)
        steps = tight.distances_to(target)
        path = [source]
        while path[-1] != target:
            ahead = tight.heads[
                np.searchsorted(tight.tails, path[-1]) : np.searchsorted(tight.tails, path[-1], "right")
            ]
            path.append(int(ahead[steps[ahead].argmin()]))
        return path
