"""The residual network of a proven plan, widened until its shortest paths are those of all pairs."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from optimizer.pairs import IntArray, Pairs
from optimizer.problem import Problem
from optimizer.solution import Proof, Solution
from optimizer.solver.build import MatchingNetwork
from optimizer.solver.classes import Classes
from optimizer.solver.network import FAR, Residual
from optimizer.solver.scoring import NOTHING, ScoreSheet, SparsePairs
from optimizer.solver.sides import Sides
from optimizer.solver.solve import solve

KEEP = 30
MAX_PAIRS = 64
NOWHERE = FAR // 2
"""A distance of at least this means there is no way."""


class PlanNetwork(MatchingNetwork):
    """
    The network of single cases on chosen pairs, carrying the flow of a finished plan.

    Parameters
    ----------
    problem : Problem
        The instance.
    candidates : SparsePairs
        Pairs that may be used, among them all of the plan's.
    solution : Solution
        The plan.
    """

    def __init__(self, problem: Problem, candidates: SparsePairs, solution: Solution) -> None:
        super().__init__(problem, alone(problem), candidates)
        self._load = np.bincount(solution.cols, minlength=problem.m)
        self.residual = Residual(self.network, self._flow_of(solution))
        self.first_practitioner, self.first_institution = (
            self._first_practitioner,
            self._first_institution,
        )
        self._heads = self._head_nodes()

    def at_practitioners(self, potential: IntArray, step: int) -> IntArray:
        """
        Return a node potential at every practitioner, (m,) int64.

        Parameters
        ----------
        potential : (v,) int64, points
            Distances of the network's nodes.
        step : int
            1 for distances to a target, -1 for distances from a source: how the first free slot counts
            for practitioners the network left out, who have no case.
        """
        values = potential[self._heads] + step * self.problem.slot_price[:, 0]
        values[self.practitioners] = potential[self._practitioner_node(self.practitioners)]
        return values

    def head(self, j: int) -> int:
        """Return the node a practitioner's slots lead to: the institution's, or the sink."""
        return int(self._heads[j])

    def at_heads(self, potential: IntArray) -> IntArray:
        """Return a node potential where each practitioner's slots lead to, (m,) int64."""
        return potential[self._heads]

    def institution(self, k: int) -> int:
        """Return the node of an institution that has cases."""
        return int(self._institution_node(np.array([k]))[0])

    def place(self, g: int, cols: IntArray) -> tuple[IntArray, IntArray]:
        """Return which of ``cols`` have a node for group ``g``, as positions, and those nodes."""
        wanted = g * self.problem.m + cols
        listed = np.flatnonzero(np.isin(wanted, self.places))
        return listed, self._place_node(wanted[listed])

    def column(self, node: int) -> int | None:
        """Return the practitioner of a practitioner's or a place's node, else None."""
        if self._first_practitioner <= node < self._first_place:
            return int(self.practitioners[node - self._first_practitioner])
        if self._first_place <= node < self._first_institution:
            return int(self.places[node - self._first_place] % self.problem.m)
        return None

    def _head_nodes(self) -> IntArray:
        of = self.problem.institution
        known = np.isin(of, self.institutions)
        return np.where(known, self._institution_node(np.where(known, of, 0)), self.sink)

    def _flow_of(self, solution: Solution) -> IntArray:
        m, pairs = self.problem.m, self.candidates
        flow = np.zeros(self.network.tails.size, np.int64)
        used = np.isin(pairs.rows * m + pairs.cols, solution.rows * m + solution.cols)
        flow[: used.size] = used
        first_slot = used.size + self.places.size
        inside = self.network.heads[: used.size][used] - self._first_place
        inside = inside[(inside >= 0) & (inside < self.places.size)]
        flow[used.size : first_slot] = np.bincount(inside, minlength=self.places.size)
        first_institution = self.network.tails.size - self.problem.n - self.institutions.size
        slots = slice(first_slot, first_institution)
        flow[slots] = self._filled(slots)
        of = self.problem.institution[solution.cols]
        loads = np.bincount(of[of >= 0], minlength=self.problem.institution_capacity.size)
        flow[first_institution : self.network.tails.size - self.problem.n] = loads[self.institutions]
        flow[self.network.tails.size - self.problem.n :] = solution.open
        return flow

    def _filled(self, slots: slice) -> IntArray:
        """Units in each slot arc: the cheapest slots of a practitioner are filled first."""
        tails, room = self.network.tails[slots], self.network.capacity[slots]
        before = np.cumsum(room) - room
        start = np.append(True, tails[1:] != tails[:-1])[: tails.size]
        before -= np.maximum.accumulate(np.where(start, before, 0))
        return np.clip(self._load[self.practitioners[tails - self._first_practitioner]] - before, 0, room)


Node = Callable[[PlanNetwork], int]
"""Where a search ends or starts; asked again whenever the network has grown."""


class Alternatives:
    """
    Shortest residual paths of a proven plan, exact over all pairs.

    Parameters
    ----------
    problem : Problem
        The instance.
    solution : Solution
        An optimal plan with its prices.

    Raises
    ------
    ValueError
        If the plan is not proven optimal.

    Notes
    -----
    The network starts with the best pairs at the plan's own prices. After each search the pairs left out are
    bounded row by row; rows whose bound could shorten a path are scanned and what shortens one is added.
    Sides that are kept apart are left out of the network. A plan that the search had to branch for is not the best
    without them, so the paths start from one that is, worth ``gap`` more; what they tell is a bound then.
    """

    def __init__(self, problem: Problem, solution: Solution) -> None:
        if not solution.optimal:
            raise ValueError("solution is not optimal; answers need a plan whose prices prove it")
        self.whole, self.plan = problem, solution
        self.regrets: dict[int, Any] = {}
        """What is known of a case already, by ``regrets``."""
        self.forced: dict[tuple[int, int], tuple[Solution, int]] = {}
        """The days solved again with a pair, by ``regret`` and ``chain``."""
        self.problem = replace(problem, separate=np.empty((0, 2), np.int64))
        branched = len(solution.certificate.leaves) > 1
        self.solution = solve(self.problem, solution.certificate.seed) if branched else solution
        if not self.solution.optimal:
            raise ValueError("the plan without opposing sides is not proven; answers start from one that is")
        self.gap = self.solution.objective - solution.objective
        self.price = self.solution.certificate.proof.practitioner_price
        self.load = np.bincount(self.solution.cols, minlength=problem.m)
        self._sheet = ScoreSheet(self.problem, alone(problem), lambda: None)
        best, self._rest = self._sheet.best(np.full(problem.n, KEEP), self.price)
        rows, cols = self.solution.rows, self.solution.cols
        self._widen(best, SparsePairs(rows, cols, self._sheet.scores(rows, cols)))

    @property
    def exact(self) -> bool:
        """Whether no sides are kept apart, so that the network holds every rule."""
        return not len(self.whole.separate)

    def distances_to(self, target: Node) -> IntArray:
        """Return the exact least cost of moving one unit from every node to ``target``, (v,) int64, points."""
        while True:
            distance = self.network.residual.distances_to(target(self.network))
            entry = self.network.at_practitioners(distance, 1)
            bound = -self._rest + (entry - self.price).min(initial=FAR)
            if not self._added(distance[: self.problem.n], bound, entry):
                return distance

    def distances_from(self, source: Node) -> IntArray:
        """Return the exact least cost of moving one unit from ``source`` to every node, (v,) int64, points."""
        while True:
            distance = self.network.residual.mirrored().distances_to(source(self.network))
            entry = self.network.at_practitioners(distance, -1)
            reach = self._rest + (entry + self.price).max(initial=-FAR)
            if not self._added(-distance[: self.problem.n], -reach, -entry):
                return distance

    def _added(self, held: IntArray, bound: IntArray, price: IntArray) -> bool:
        """Add the pairs left out that would shorten a path; say whether there were any."""
        rows = np.flatnonzero((bound < held) & (np.abs(held) < NOWHERE))
        if not rows.size:
            return False
        known = self.network.candidates
        found = self._sheet.beating(
            rows,
            1 - held,
            price,
            NOTHING,
            known,
            MAX_PAIRS,
            lambda rows, _: np.zeros_like(rows),
        )
        if found.rows.size:
            self._widen(known, found)
        return bool(found.rows.size)

    def _widen(self, old: SparsePairs, new: SparsePairs) -> None:
        m = max(self.problem.m, 1)
        key, at = np.unique(
            np.concatenate((old.rows, new.rows)) * m + np.concatenate((old.cols, new.cols)),
            return_index=True,
        )
        values = np.concatenate((old.values, new.values))[at]
        self.network = PlanNetwork(self.problem, SparsePairs(*np.divmod(key, m), values), self.solution)


def on_leaf(problem: Problem, proof: Proof) -> Problem:
    """Return the problem without crossing rules, but with what the search decided on the way to the plan."""
    sides = Sides(problem, alone(problem))
    out = sides.pairs(sides.closed(proof.path.tolist()))
    barred = Pairs(np.append(problem.barred.rows, out.rows), np.append(problem.barred.cols, out.cols))
    return replace(problem, barred=barred, separate=np.empty((0, 2), np.int64))


def alone(problem: Problem) -> Classes:
    """Return the partition in which every case is a class of its own."""
    cases = np.arange(problem.n)
    return Classes(cases, cases, np.ones(problem.n, np.int64))
