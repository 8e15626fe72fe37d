"""Branching on cases that must be kept apart, which a flow cannot say: a tree of decisions with the flow as bound."""

import heapq
from dataclasses import replace
from itertools import count
from typing import NamedTuple

import numpy as np

from optimizer.pairs import ABSENT, IntArray
from optimizer.solution import Proof
from optimizer.solver.relax import Outcome, Relaxation
from optimizer.solver.sides import Clash, Sides
from optimizer.solver.sparse_pairs import SparsePairs

Path = tuple[tuple[int, int, int], ...]


class LegalPlan(NamedTuple):
    """
    A legal plan.

    Parameters
    ----------
    rows, cols : (q,) int64
        Its pairs, sorted.
    value : int, points
        What it is worth.
    """

    rows: IntArray
    cols: IntArray
    value: int


class Node(NamedTuple):
    """
    A node of the search.

    Parameters
    ----------
    path : tuple of (case, unit, side)
        Its decisions: side 0 keeps the case out of the unit, side 1 keeps out everyone who opposes it.
    closed : (b,) int64
        The places they close.
    outcome : Outcome
        The optimum of the relaxation under them.
    clash : Clash
        Where it lets opposing cases meet; a legal plan where that is empty.
    """

    path: Path
    closed: IntArray
    outcome: Outcome
    clash: Clash

    @property
    def legal(self) -> bool:
        """Whether no opposing cases meet."""
        return not self.clash.cases.size

    @property
    def plan(self) -> LegalPlan:
        """The plan of a legal node."""
        return LegalPlan(self.outcome.rows, self.outcome.cols, self.outcome.value)


class Tree:
    """
    The search tree, and the best legal plan known.

    Parameters
    ----------
    relaxation : Relaxation
        The problem without its crossing rules.
    """

    def __init__(self, relaxation: Relaxation) -> None:
        self.relaxation, self.problem = relaxation, relaxation.problem
        self.sides = Sides(relaxation.problem, relaxation.classes)
        self.root = self._node((), ABSENT, relaxation.candidates)
        self._order, self._nodes = count(), 1
        self._heap = [(-self.root.outcome.bound, next(self._order), self.root)]
        self.best: LegalPlan | None = self.root.plan if self.root.legal else None

    @property
    def bound(self) -> int:
        """No legal plan is worth more."""
        return -self._heap[0][0]

    @property
    def top(self) -> Node:
        """The leaf of highest bound."""
        return self._heap[0][2]

    @property
    def settled(self) -> bool:
        """Whether no decision is left that could tell more: the best plan reaches the bound, or the top is legal."""
        return self.top.legal or (self.best is not None and self.best.value >= self.bound)

    def leaves(self, plan: LegalPlan) -> list[Node]:
        """Return all leaves: one on which the plan lies, then the others from the highest bound down."""
        taken = self.sides.places(plan.rows, plan.cols)
        ranked = [node for _, _, node in sorted(self._heap, key=lambda entry: entry[:2])]
        own = next(node for node in ranked if not np.isin(node.closed, taken).any())
        return [own, *(node for node in ranked if node is not own)]

    def grow(self, max_nodes: int) -> None:
        """Split the leaf of highest bound until the search is settled, or as long as the nodes last."""
        while not self.settled and self._nodes + 2 <= max_nodes:
            parent = heapq.heappop(self._heap)[2]
            case, unit = self._decision(parent)[0]
            for child in (self.child(parent, (case, unit, side)) for side in (0, 1)):
                heapq.heappush(self._heap, (-child.outcome.bound, next(self._order), child))
                self._nodes += 1
                if child.legal:
                    self.offer(child.plan)

    def offer(self, plan: LegalPlan) -> LegalPlan:
        """Return the better of a legal plan and the best so far, and keep it."""
        if self.best is None or plan.value > self.best.value:
            self.best = plan
        return self.best

    def dive(self, node: Node) -> LegalPlan:
        """Return a legal plan below a node: where its cases meet the cheaper side yields, one decision at a time."""
        while not node.legal:
            (case, unit), out, others = self._decision(node)
            node = self.child(node, (case, unit, int(others < out)))
        return node.plan

    def below(self, closed: IntArray) -> Node:
        """Return the node with these places closed."""
        return self._node((), closed, self.root.outcome.candidates)

    def child(self, node: Node, step: tuple[int, int, int]) -> Node:
        """Return the node after one more decision."""
        closed = np.union1d(node.closed, self.sides.closed([step]))
        return self._node((*node.path, step), closed, node.outcome.candidates)

    def _decision(self, node: Node) -> tuple[tuple[int, int], float, float]:
        """The case and unit that are likely to lower the bound most on both sides, and what either side may lose."""
        sides, (cases, opponents, units) = self.sides, node.clash
        places, at = np.unique(cases * sides.width + units, return_inverse=True)
        out = sides.losses(node.outcome, places, node.closed).astype(np.float64)
        opposite = np.searchsorted(places, opponents * sides.width + units)
        others = np.bincount(at, out[opposite], places.size)
        chosen = np.lexsort((sides.rank(places), -(out + 1) * (others + 1)))[0]
        return divmod(int(places[chosen]), sides.width), out[chosen], others[chosen]

    def _node(self, path: Path, closed: IntArray, candidates: SparsePairs) -> Node:
        barred, m = self.sides.pairs(closed), self.problem.m
        kept = ~np.isin(candidates.rows * m + candidates.cols, barred.rows * m + barred.cols)
        outcome = self.relaxation.solve(candidates.only(kept), barred)
        return Node(path, closed, outcome, self.sides.clashes(outcome.rows, outcome.cols))


EASY = 8
"""A search that needs more nodes is hard: a good plan is then looked for by other means before it goes on."""


def search(relaxation: Relaxation, max_nodes: int) -> tuple[LegalPlan, tuple[Proof, ...], int]:
    """
    Return the best plan found, the proofs of all leaves, that of the plan first, and the highest bound of a leaf.

    Parameters
    ----------
    relaxation : Relaxation
        The problem without its crossing rules.
    max_nodes : int
        After this many nodes the best plan so far is returned with the bound of the open leaves.

    Notes
    -----
    Best bound first. Either a case stays out of a unit, or all who oppose it do: every legal plan lies on one side.
    Where that does not end soon, decisions are made until no opposing cases meet, and CP-SAT improves that plan among
    the pairs that prices do not rule out; then the search goes on for the proof.
    Source: Land, Doig, *An automatic method of solving discrete programming problems*, Econometrica 28 (1960).
    """
    tree = Tree(relaxation)
    tree.grow(min(EASY, max_nodes))
    if (best := tree.best) is None or not tree.settled:
        best = _improved(tree, tree.offer(tree.dive(tree.top)))
        tree.grow(max_nodes)
        best = tree.offer(best)
    proofs = (
        replace(each.outcome.proof, path=np.array(each.path, np.int64).reshape(-1, 3)) for each in tree.leaves(best)
    )
    return best, tuple(proofs), tree.bound


def _improved(tree: Tree, plan: LegalPlan) -> LegalPlan:
    """The plan, or a better one under the decisions of what CP-SAT found."""
    from optimizer.solver.improve import improved  # CP-SAT takes a while to load, and few days need it

    found = improved(tree, plan)
    return tree.offer(tree.dive(tree.below(tree.sides.opposed(tree.sides.places(found.rows, found.cols)))))
