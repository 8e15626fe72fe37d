"""solve: from a problem to a plan that anyone can check."""

from collections.abc import Callable
from operator import index

import numpy as np

from optimizer.pairs import NO_PAIRS, IntArray, Pairs
from optimizer.problem import Problem, held
from optimizer.solution import Certificate, Solution
from optimizer.solver.branching import search
from optimizer.solver.relax import Relaxation
from optimizer.threads import BLAS, single_threaded
from optimizer.watch import Progress, Watch


def solve(
    problem: Problem,
    seed: int = 0,
    stay: Pairs = NO_PAIRS,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    max_nodes: int = 400,
    near: IntArray | None = None,
) -> Solution:
    """
    Find a plan of greatest value and prove that no plan is worth more.

    Parameters
    ----------
    problem : Problem
        The instance.
    seed : int, default 0
        Seed of the draw among equally good plans. Same problem and seed: the same bytes.
    stay : Pairs, points, default none
        Pairs arranged before, each with the price of moving it. The solution is then one of ``held(problem, stay)``:
        that is what ``verify`` has to be given, and a kept pair counts its price in the objective.
    progress : callable, default none
        Given a ``Progress`` at every change of phase.
    cancelled : callable, default none
        Asked again and again; True ends the solve.
    max_nodes : int, default 400
        Relaxations the search for ``separate`` may solve for its proof, the root's included; beyond it the plan may
        be short of its bound.
    near : (m,) int64, points, optional
        Prices of the practitioners in a problem close by. They change no byte of the solution, only the time it takes:
        little where they come near the highest prices of this one, more where they do not.

    Returns
    -------
    Solution
        Plan, value, bound and certificate. ``optimal`` is False only if the search ended at its limit.

    Raises
    ------
    CancelledError
        If ``cancelled`` returned True.
    """
    problem, seed = held(problem, stay) if stay.size else problem, index(seed)
    with single_threaded(BLAS):
        relaxation = Relaxation(problem, seed, Watch(progress, cancelled), near)
        plan, leaves, bound = search(relaxation, max_nodes)
        if near is not None and not relaxation.certain:
            plan, leaves, bound = search(Relaxation(problem, seed, relaxation.watch), max_nodes)
    unmet = problem.demand - np.bincount(plan.rows, minlength=problem.n)
    certificate = Certificate(problem.digest, seed, leaves, "")
    return Solution(plan.rows, plan.cols, unmet, plan.value, bound, plan.value == bound, certificate).sealed()
