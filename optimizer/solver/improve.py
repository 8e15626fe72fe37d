"""A better plan of a hard search: CP-SAT among the pairs that prices do not rule out."""

import numpy as np

from optimizer.pairs import IntArray, Pairs
from optimizer.perturbation import Perturbation
from optimizer.solution import Certificate, Solution
from optimizer.solver.branching import LegalPlan, Tree
from optimizer.solver.reduced_costs import near, reduced_costs
from optimizer.solver.reduced_problem import Found, ReducedProblem

MAX_PAIRS = 2**15
"""Pairs that CP-SAT is given, those of the plan to improve besides; beyond, those that may be worth most."""

PATIENCE = 0.6
"""Deterministic time CP-SAT may take: a second or two, and the same plan on every machine."""


def improved(tree: Tree, plan: LegalPlan) -> Found:
    """
    Return the best plan CP-SAT finds, at least as good as the given one.

    Parameters
    ----------
    tree : Tree
        Its root prices all pairs, its leaves rule out more.
    plan : Plan
        A legal plan.
    """
    problem, root = tree.problem, tree.root.outcome
    unmet = problem.demand - np.bincount(plan.rows, minlength=problem.n)
    proof = Certificate(problem.digest, 0, (root.proof,), "")
    claim = Solution(plan.rows, plan.cols, unmet, plan.value, root.bound, False, proof)
    perturbation = Perturbation(np.zeros_like(problem.practitioner_terms), np.zeros_like(problem.slot_price))
    gap, known = root.bound - plan.value, Pairs(plan.rows, plan.cols)
    core = ReducedProblem(problem, perturbation, claim, gap, _promising(tree, plan, *near(problem, claim, gap)))
    return core.best(1, 0, known, patience=PATIENCE)


def _promising(tree: Tree, plan: LegalPlan, rows: IntArray, cols: IntArray, scores: IntArray) -> Pairs:
    """The pairs that a better plan of some leaf may use, and those of the plan."""
    places = rows * tree.sides.width + tree.sides.unit[cols]
    most = np.full(rows.size, plan.value - 1)
    for leaf in tree.leaves(plan):
        worth = leaf.outcome.bound - reduced_costs(tree.problem, leaf.outcome.proof, rows, cols, scores)
        most = np.maximum(most, np.where(np.isin(places, leaf.closed), plan.value - 1, worth))
    least = plan.value
    if rows.size > MAX_PAIRS:
        least = max(least, int(np.partition(most, -MAX_PAIRS - 1)[-MAX_PAIRS - 1]) + 1)
    kept = most >= least
    return Pairs(np.append(rows[kept], plan.rows), np.append(cols[kept], plan.cols))
