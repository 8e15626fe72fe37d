"""Rules that leave the flow world: branch on the cases that must be kept apart, with the flow as bound."""

from dataclasses import replace

import numpy as np

from optimizer.relax import Relaxation
from optimizer.solution import Proof
from optimizer.tree import Plan, Tree

EASY = 8
"""A search that needs more nodes is hard: a good plan is then looked for by other means before it goes on."""


def search(relaxation: Relaxation, most_nodes: int) -> tuple[Plan, tuple[Proof, ...], int]:
    """
    Return the best plan found, the proofs of all leaves, that of the plan first, and the highest bound of a leaf.

    Parameters
    ----------
    relaxation : Relaxation
        The problem without its crossing rules.
    most_nodes : int
        After this many nodes the best plan so far is returned with the bound of the open leaves.

    Notes
    -----
    Best bound first. Either a case stays out of a unit, or all who oppose it do: every legal plan lies on one side.
    Where that does not end soon, decisions are made until no opposing cases meet, and CP-SAT improves that plan among
    the pairs that prices do not rule out; then the search goes on for the proof.
    Source: Land, Doig, *An automatic method of solving discrete programming problems*, Econometrica 28 (1960).
    """
    tree = Tree(relaxation)
    tree.grow(min(EASY, most_nodes))
    if (best := tree.best) is None or not tree.settled:
        best = _improved(tree, tree.offer(tree.dive(tree.top)))
        tree.grow(most_nodes)
        best = tree.offer(best)
    proofs = (
        replace(each.outcome.proof, path=np.array(each.path, np.int64).reshape(-1, 3)) for each in tree.leaves(best)
    )
    return best, tuple(proofs), tree.bound


def _improved(tree: Tree, plan: Plan) -> Plan:
    """The plan, or a better one under the decisions of what CP-SAT found."""
    from optimizer.improve import improved  # CP-SAT takes a while to load, and few days need it

    found = improved(tree, plan)
    return tree.offer(tree.dive(tree.below(tree.sides.opposed(tree.sides.places(found.rows, found.cols)))))
