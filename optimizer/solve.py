"""solve: from a problem to a plan that anyone can check."""

from collections.abc import Callable

import numpy as np

from optimizer.exclusive import search
from optimizer.problem import Problem
from optimizer.relax import Relaxation
from optimizer.solution import Certificate, Solution
from optimizer.watch import Progress, Watch


def solve(
    problem: Problem,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    most_nodes: int = 400,
) -> Solution:
    """
    Find a plan of greatest value and prove that no plan is worth more.

    Parameters
    ----------
    problem : Problem
        The instance.
    seed : int, default 0
        Seed of the draw among equally good plans. Same problem and seed: the same bytes.
    progress : callable, default none
        Given a ``Progress`` at every change of phase.
    cancelled : callable, default none
        Asked again and again; True ends the solve.
    most_nodes : int, default 400
        Limit of the search for ``separate``; beyond it the plan may be short of its bound.

    Returns
    -------
    Solution
        Plan, value, bound and certificate. ``optimal`` is False only if the search ended at its limit.

    Raises
    ------
    CancelledError
        If ``cancelled`` returned True.
    """
    relaxation = Relaxation(problem, seed, Watch(progress, cancelled))
    plan, leaves, bound = search(relaxation, most_nodes)
    unmet = problem.demand - np.bincount(plan.rows, minlength=problem.n)
    certificate = Certificate(problem.digest, seed, leaves, "")
    return Solution(plan.rows, plan.cols, unmet, plan.value, bound, plan.value == bound, certificate).sealed()
