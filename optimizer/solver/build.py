"""From candidates to the network of cases, groups, practitioners and institutions, and prices back."""

import numpy as np

from optimizer.pairs import ABSENT, IntArray, Pairs
from optimizer.problem import Problem
from optimizer.solution import Proof
from optimizer.solver.classes import Classes
from optimizer.solver.network import Network, Residual
from optimizer.solver.scoring import SparsePairs

Arcs = tuple[IntArray, IntArray, IntArray, IntArray]


class MatchingNetwork:
    """
    The flow of one set of candidates: class, (group and practitioner), practitioner, institution, sink.

    Parameters
    ----------
    problem : Problem
        The instance.
    classes : Classes
        Its cases, merged.
    candidates : SparsePairs
        The pairs that may be used, with their scores.

    Notes
    -----
    Arcs that demand alone keeps within bounds get one unit of spare capacity, so that they stay residual and
    price both of their ends. Source: Ahuja, Magnanti, Orlin, *Network Flows*, sections 9.3 and 14.4.
    """

    def __init__(self, problem: Problem, classes: Classes, candidates: SparsePairs) -> None:
        self.problem, self.classes, self.candidates = problem, classes, candidates
        self.practitioners = np.unique(candidates.cols)
        self.institutions = np.setdiff1d(problem.institution[self.practitioners], [-1])
        group = problem.group[classes.member[candidates.rows]]
        self.places = np.unique((group * problem.m + candidates.cols)[group >= 0])
        self._number_nodes()
        supply = np.zeros(self.sink + 1, np.int64)
        supply[: self._units.size] = self._units
        supply[self.sink] = -self._units.sum()
        limits = self._slot_arcs(), self._institution_arcs(), self._open_arcs()
        parts = (self._pair_arcs(group), self._place_arcs(), *limits)
        tails, heads, capacity, cost = (np.concatenate(part) for part in zip(*parts, strict=True))
        self.network = Network(tails, heads, capacity, cost, supply)

    def prices(self, flow: IntArray) -> Proof:
        """Return the highest prices a flow of least cost allows: residual distances to the sink."""
        distance = Residual(self.network.rounded(), flow).distances_to(self.sink)
        through = np.zeros(self.problem.institution_capacity.size, np.int64)
        through[self.institutions] = distance[self._institution_node(self.institutions)]
        price = self.problem.slot_price[:, 0] + np.append(through, 0)[self.problem.institution]
        price[self.practitioners] = distance[self._practitioner_node(self.practitioners)]
        group, cols = np.divmod(self.places, self.problem.m)
        extra = distance[self._place_node(self.places)] - price[cols]
        surplus = -distance[self.classes.of_case]
        return Proof(surplus, price, through, Pairs(group[extra > 0], cols[extra > 0], extra[extra > 0]))

    def potentials(self, proof: Proof) -> IntArray:
        """Return the price of every node, (v,) int64: what a unit standing there still has to pay."""
        cols = self.places % self.problem.m
        place = proof.practitioner_price[cols] + proof.group_price.at(self.places // self.problem.m, cols)
        parts = (
            -proof.case_price[self.classes.member],
            proof.practitioner_price[self.practitioners],
            place,
            proof.institution_price[self.institutions],
            [0],
        )
        return np.concatenate(parts)

    def estimates(self, price: IntArray) -> IntArray:
        """Return about what a unit at each node has to pay, (v,) int64, where practitioners cost about ``price``."""
        network, found = self.network, np.zeros(self.sink + 1, np.int64)
        found[self.practitioner_nodes] = price[self.practitioners]
        found[self._place_node(self.places)] = price[self.places % self.problem.m]
        classes = network.tails < self.classes.member.size
        tails, heads = network.tails[classes], network.heads[classes]
        least = np.full(self.classes.member.size, np.iinfo(np.int64).max)
        np.minimum.at(least, tails, network.cost[classes] + found[heads])
        found[: least.size] = least
        return found

    def _number_nodes(self) -> None:
        member = self.classes.member
        self._units = self.classes.count * self.problem.demand[member]
        self._first_practitioner = member.size
        self._first_place = self._first_practitioner + self.practitioners.size
        self.practitioner_nodes = slice(self._first_practitioner, self._first_place)
        self._first_institution = self._first_place + self.places.size
        self.sink = self._first_institution + self.institutions.size

    def _practitioner_node(self, cols: IntArray) -> IntArray:
        return self._first_practitioner + np.searchsorted(self.practitioners, cols)

    def _place_node(self, places: IntArray) -> IntArray:
        return self._first_place + np.searchsorted(self.places, places)

    def _institution_node(self, institutions: IntArray) -> IntArray:
        return self._first_institution + np.searchsorted(self.institutions, institutions)

    def _pair_arcs(self, group: IntArray) -> Arcs:
        rows, cols, scores = self.candidates
        heads = self._practitioner_node(cols)
        heads[group >= 0] = self._place_node((group * self.problem.m + cols)[group >= 0])
        single = self.problem.demand[self.classes.member[rows]] == 1
        return rows, heads, self.classes.count[rows] + single, -scores

    def _place_arcs(self) -> Arcs:
        heads = self._practitioner_node(self.places % self.problem.m)
        return self._place_node(self.places), heads, np.ones_like(heads), np.zeros_like(heads)

    def _slot_arcs(self) -> Arcs:
        cols = self.practitioners
        price = self.problem.slot_price[cols]
        last = price.shape[1] - 1
        # One slot more than the candidates could fill tells what the next one costs; further ones say nothing.
        rows, at = self.candidates.rows, np.searchsorted(cols, self.candidates.cols)
        most = np.bincount(at, self.classes.count[rows], minlength=cols.size).astype(np.int64) + 1
        slots = np.minimum(self.problem.room[cols], most)
        room = np.clip(slots[:, None] - np.arange(last + 1), 0, 1)
        room[:, last] = np.maximum(slots - last, 0)
        j, step = np.nonzero(room)
        # Slots of one price are one arc.
        other = (j[1:] != j[:-1]) | (price[j[1:], step[1:]] != price[j[:-1], step[:-1]])
        first = np.flatnonzero(np.append(True, other)[: j.size])
        capacity = np.add.reduceat(room[j, step], first) if first.size else ABSENT
        j, step = j[first], step[first]
        institution = self.problem.institution[cols[j]]
        heads = np.where(institution >= 0, self._institution_node(institution), self.sink)
        return self._first_practitioner + j, heads, capacity, price[j, step]

    def _institution_arcs(self) -> Arcs:
        tails = self._institution_node(self.institutions)
        capacity = self.problem.institution_capacity[self.institutions]
        return tails, np.full_like(tails, self.sink), capacity, np.zeros_like(tails)

    def _open_arcs(self) -> Arcs:
        rows = np.arange(self._units.size)
        return rows, np.full_like(rows, self.sink), self._units + 1, self.problem.open_price[self.classes.member]
