"""Independent check of a solution and its certificate; shares no code with the solver."""

from typing import NoReturn

import numpy as np

from optimizer.exact import exact_dot, exact_sum
from optimizer.problem import Problem
from optimizer.proof.bounds import Bounds, scores_of, unit_of
from optimizer.proof.claim import checked
from optimizer.solution import Solution, seal_of
from optimizer.threads import BLAS, single_threaded


class CertificateError(Exception):
    """A solution breaks a limit, or its proof does not hold."""


def verify(problem: Problem, solution: Solution) -> None:
    """
    Check that a solution is legal and worth what it claims, and that its bound is proven.

    Parameters
    ----------
    problem : Problem
        The instance the solution claims to solve.
    solution : Solution
        Plan, value, bound and certificate, from any source.

    Raises
    ------
    CertificateError
        With the first reason found; whatever a solution holds, nothing else is raised.

    Notes
    -----
    Scores are computed anew, by tiles. Any prices give a bound by weak duality, so nothing the solver
    says is believed; the leaves of a search count only if together they cover every legal plan.
    Source: Ahuja, Magnanti, Orlin, *Network Flows*, sections 9.3 and 16.2.
    """
    try:
        solution = checked(problem, solution)
    except ValueError as fault:
        raise CertificateError(str(fault)) from None
    _check_identity(problem, solution)
    _check_pairs(problem, solution)
    _check_limits(problem, solution)
    _check_separation(problem, solution)
    objective = _value(problem, solution)
    if objective != solution.objective:
        _reject(f"the plan is worth {objective}, not {solution.objective}")
    bound = _bound(problem, solution)
    if bound != solution.bound:
        _reject(f"the prices prove a bound of {bound}, not {solution.bound}")
    if solution.optimal != (bound == objective):
        _reject(f"optimal is {solution.optimal}, but the value is {objective} and the bound {bound}")


def _reject(reason: str) -> NoReturn:
    raise CertificateError(reason)


def _check_identity(problem: Problem, solution: Solution) -> None:
    if solution.certificate.instance != problem.digest:
        _reject("the certificate belongs to another problem")
    if solution.certificate.seal != seal_of(solution):
        _reject("the seal is broken: a field was changed after solving")


def _check_pairs(problem: Problem, solution: Solution) -> None:
    rows, cols = solution.rows, solution.cols
    # Rows and columns are below 2**31, so their key is below 2**62.
    if np.isin(rows * problem.m + cols, problem.barred.rows * problem.m + problem.barred.cols).any():
        _reject("a barred pair is assigned")
    if (scores_of(problem, rows, cols) < 0).any():
        _reject("a pair with a negative score is assigned")


def _check_limits(problem: Problem, solution: Solution) -> None:
    rows, cols = solution.rows, solution.cols
    if (np.bincount(rows, minlength=problem.n) != problem.demand - solution.open).any():
        _reject("assigned and open demand of a case do not sum to its demand")
    if (np.bincount(cols, minlength=problem.m) > problem.capacity).any():
        _reject("a practitioner has more cases than capacity")
    inside = problem.institution[cols]
    if (np.bincount(inside[inside >= 0], minlength=problem.p) > problem.institution_capacity).any():
        _reject("an institution has more cases than capacity")
    group = problem.group[rows]
    taken = (group * problem.m + cols)[group >= 0]
    if np.unique(taken).size < taken.size:
        _reject("a practitioner has two cases of one exclusive group")


def _check_separation(problem: Problem, solution: Solution) -> None:
    units = unit_of(problem)[solution.cols]
    first, last = (np.searchsorted(solution.rows, problem.separate, side) for side in ("left", "right"))
    for (one, other), (a, b), (c, d) in zip(problem.separate, first, last, strict=True):
        if np.intersect1d(units[a:c], units[b:d]).size:
            _reject(f"cases {one} and {other} are not kept apart")


def _value(problem: Problem, solution: Solution) -> int:
    load = np.bincount(solution.cols, minlength=problem.m)
    steps = problem.slot_price.shape[1]
    slots = exact_sum(np.where(np.arange(steps) < load[:, None], problem.slot_price, 0))
    slots += exact_dot(np.maximum(load - steps, 0), problem.slot_price[:, -1])
    scores = exact_sum(scores_of(problem, solution.rows, solution.cols))
    return scores - slots - exact_dot(solution.open, problem.open_price)


def _bound(problem: Problem, solution: Solution) -> int:
    leaves = solution.certificate.leaves
    if not _covered([leaf.path.tolist() for leaf in leaves]):
        _reject("the leaves do not cover every plan")
    with single_threaded(BLAS):
        bounds = Bounds(problem)
        return max(bounds.of(leaf) for leaf in leaves)


def _covered(paths: list[list[list[int]]]) -> bool:
    """
    Whether every legal plan obeys some path: one is empty, or all split at the same place and both sides hold.

    A plan in which the case stays out of the unit obeys side 0; one in which it does not obeys side 1.
    """
    waiting = [(0, paths)]
    while waiting:
        depth, part = waiting.pop()
        if any(len(path) == depth for path in part):
            continue
        if len({tuple(path[depth][:2]) for path in part}) != 1:
            return False
        waiting += [(depth + 1, [path for path in part if path[depth][2] == side]) for side in (0, 1)]
    return True
