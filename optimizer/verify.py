"""Independent check of a solution and its certificate; shares no code with the solver."""

from typing import NoReturn

import numpy as np

from optimizer.bounds import leaf_bound, scores_of, unit_of
from optimizer.pairs import IntArray
from optimizer.problem import Problem
from optimizer.solution import Proof, Solution, seal_of
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
        With the first reason found.

    Notes
    -----
    Scores are computed anew, by tiles. Any prices give a bound by weak duality, so nothing the solver
    says is believed; the leaves of a search count only if together they cover every legal plan.
    Source: Ahuja, Magnanti, Orlin, *Network Flows*, sections 9.3 and 16.2.
    """
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
    if rows.shape != cols.shape or rows.ndim != 1:
        _reject("rows and cols differ in length")
    inside = (rows >= 0) & (rows < problem.n) & (cols >= 0) & (cols < problem.m)
    if not inside.all():
        _reject("a pair names a case or a practitioner that does not exist")
    key = rows * problem.m + cols
    if (np.diff(key) <= 0).any():
        _reject("the pairs are not sorted, or one is listed twice")
    if np.isin(key, problem.barred.rows * problem.m + problem.barred.cols).any():
        _reject("a barred pair is assigned")
    if (scores_of(problem, rows, cols) < 0).any():
        _reject("a pair with a negative score is assigned")


def _check_limits(problem: Problem, solution: Solution) -> None:
    rows, cols = solution.rows, solution.cols
    if solution.open.shape != (problem.n,) or (solution.open < 0).any():
        _reject("open demand is not one count, 0 or more, for each case")
    if (np.bincount(rows, minlength=problem.n) + solution.open != problem.demand).any():
        _reject("assigned and open demand of a case do not sum to its demand")
    if (np.bincount(cols, minlength=problem.m) > problem.capacity).any():
        _reject("a practitioner has more cases than capacity")
    inside = problem.institution[cols]
    if (np.bincount(inside[inside >= 0], minlength=problem.p) > problem.institution_capacity).any():
        _reject("an institution has more cases than capacity")
    for group in problem.exclusive:
        taken = cols[np.isin(rows, group)]
        if np.unique(taken).size < taken.size:
            _reject("a practitioner has two cases of one exclusive group")


def _check_separation(problem: Problem, solution: Solution) -> None:
    units = unit_of(problem)[solution.cols]
    for one, other in problem.separate:
        if np.intersect1d(units[solution.rows == one], units[solution.rows == other]).size:
            _reject(f"cases {one} and {other} are not kept apart")


def _value(problem: Problem, solution: Solution) -> int:
    load = np.bincount(solution.cols, minlength=problem.m)
    steps = problem.slot_price.shape[1]
    slots = np.where(np.arange(steps) < load[:, None], problem.slot_price, 0).sum()
    beyond = np.maximum(load - steps, 0) @ problem.slot_price[:, -1]
    scores = scores_of(problem, solution.rows, solution.cols).sum()
    return int(scores) - int(slots) - int(beyond) - int(solution.open @ problem.open_price)


def _bound(problem: Problem, solution: Solution) -> int:
    leaves = solution.certificate.leaves
    for leaf in leaves:
        _check_prices(problem, leaf)
    if not _covered([leaf.path for leaf in leaves]):
        _reject("the leaves do not cover every plan")
    with single_threaded(BLAS):
        return max(leaf_bound(problem, leaf) for leaf in leaves)


def _check_prices(problem: Problem, leaf: Proof) -> None:
    shapes = (leaf.case_price.shape, leaf.practitioner_price.shape, leaf.institution_price.shape, leaf.path.shape)
    if shapes != ((problem.n,), (problem.m,), (problem.p,), (len(leaf.path), 3)):
        _reject("the prices do not fit the problem")
    q, side = leaf.path[:, 0], leaf.path[:, 2]
    if ((q < 0) | (q >= len(problem.separate)) | (side < 0) | (side > 1)).any():
        _reject("a path names a decision that does not exist")
    if (leaf.case_price < -problem.open_price).any():
        _reject("a case is priced below leaving it open")
    group = leaf.group_price
    if (leaf.institution_price < 0).any() or (group.values < 0).any():
        _reject("an institution or a group has a negative price")
    if (group.rows >= len(problem.exclusive)).any() or (group.cols >= problem.m).any():
        _reject("a group price names a group or a practitioner that does not exist")


def _covered(paths: list[IntArray]) -> bool:
    """Whether every legal plan obeys some path: one is empty, or all split at the same place and both sides hold."""
    if any(len(path) == 0 for path in paths):
        return True
    splits = {tuple(path[0, :2]) for path in paths}
    return len(splits) == 1 and all(_covered([path[1:] for path in paths if path[0, 2] == side]) for side in (0, 1))
