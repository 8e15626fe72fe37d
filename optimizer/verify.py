"""Independent check of a solution and its certificate; shares no code with the solver."""

from collections.abc import Iterator
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from optimizer.problem import ABSENT, IntArray, Pairs, Problem
from optimizer.solution import Proof, Solution, seal_of

TILE_CELLS = 2**21


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
    says is believed. Source: Ahuja, Magnanti, Orlin, *Network Flows*, sections 9.3 and 16.2.
    """
    _check_identity(problem, solution)
    _check_plan(problem, solution)
    objective = _value(problem, solution)
    if objective != solution.objective:
        _reject(f"the plan is worth {objective}, not {solution.objective}")
    bound = _bound(problem, solution.certificate.proof)
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


def _check_plan(problem: Problem, solution: Solution) -> None:
    rows, cols, n, m = solution.rows, solution.cols, problem.n, problem.m
    if rows.shape != cols.shape or rows.ndim != 1:
        _reject("rows and cols differ in length")
    if rows.size and not (0 <= rows.min() and rows.max() < n and 0 <= cols.min() and cols.max() < m):
        _reject("a pair names a case or a practitioner that does not exist")
    key = rows * max(m, 1) + cols
    if (np.diff(key) <= 0).any():
        _reject("the pairs are not sorted, or one is listed twice")
    if np.isin(key, problem.barred.rows * max(m, 1) + problem.barred.cols).any():
        _reject("a barred pair is assigned")
    if (_scores(problem, rows, cols) < 0).any():
        _reject("a pair with a negative score is assigned")
    _check_limits(problem, solution)


def _check_limits(problem: Problem, solution: Solution) -> None:
    rows, cols, n, m = solution.rows, solution.cols, problem.n, problem.m
    if solution.open.shape != (n,) or (solution.open < 0).any():
        _reject("open demand is not one count, 0 or more, for each case")
    if (np.bincount(rows, minlength=n) + solution.open != problem.demand).any():
        _reject("assigned and open demand of a case do not sum to its demand")
    if (np.bincount(cols, minlength=m) > problem.capacity).any():
        _reject("a practitioner has more cases than capacity")
    p = problem.institution_capacity.size
    inside = problem.institution[cols]
    if (np.bincount(inside[inside >= 0], minlength=p) > problem.institution_capacity).any():
        _reject("an institution has more cases than capacity")
    for group in problem.exclusive:
        taken = cols[np.isin(rows, group)]
        if np.unique(taken).size < taken.size:
            _reject("a practitioner has two cases of one exclusive group")


def _scores(problem: Problem, rows: IntArray, cols: IntArray) -> IntArray:
    exact = np.einsum("qd,qd->q", problem.case_terms[rows], problem.practitioner_terms[cols], dtype=np.float64)
    scores = exact.astype(np.int64)
    key = rows * max(problem.m, 1) + cols
    extra = problem.bonus.rows * max(problem.m, 1) + problem.bonus.cols
    at = np.searchsorted(extra, key)
    listed = np.append(extra, -1)[at] == key
    scores[listed] += problem.bonus.values[at[listed]]
    return scores


def _value(problem: Problem, solution: Solution) -> int:
    load = np.bincount(solution.cols, minlength=problem.m)
    steps = problem.slot_price.shape[1]
    slots = np.where(np.arange(steps) < load[:, None], problem.slot_price, 0).sum()
    beyond = np.maximum(load - steps, 0) @ problem.slot_price[:, -1]
    scores = _scores(problem, solution.rows, solution.cols).sum()
    return int(scores) - int(slots) - int(beyond) - int(solution.open @ problem.open_price)


def _bound(problem: Problem, proof: Proof) -> int:
    """Lagrangian bound: demand, slots, institutions, groups, and what single pairs gain above the prices."""
    _check_prices(problem, proof)
    through = np.append(proof.institution_price, 0)[problem.institution]
    net = (proof.practitioner_price - through)[:, None]
    steps = problem.slot_price.shape[1]
    listed = (np.arange(steps) < problem.capacity[:, None]) * np.maximum(net - problem.slot_price, 0)
    beyond = np.maximum(problem.capacity - steps, 0) * np.maximum(net - problem.slot_price[:, -1:], 0)[:, 0]
    total = int(problem.demand @ proof.case_price) + int(listed.sum()) + int(beyond.sum())
    total += int(problem.institution_capacity @ proof.institution_price) + int(proof.group_price.values.sum())
    return total + _pair_gains(problem, proof)


def _check_prices(problem: Problem, proof: Proof) -> None:
    shapes = (proof.case_price.shape, proof.practitioner_price.shape, proof.institution_price.shape)
    if shapes != ((problem.n,), (problem.m,), problem.institution_capacity.shape):
        _reject("the prices do not fit the problem")
    if (proof.case_price < -problem.open_price).any():
        _reject("a case is priced below leaving it open")
    if (proof.institution_price < 0).any() or (proof.group_price.values < 0).any():
        _reject("an institution or a group has a negative price")
    outside = (proof.group_price.rows >= len(problem.exclusive)) | (proof.group_price.cols >= problem.m)
    if outside.any():
        _reject("a group price names a group or a practitioner that does not exist")


def _pair_gains(problem: Problem, proof: Proof) -> int:
    columns = np.flatnonzero(_reachable(problem))
    levels = np.ascontiguousarray(problem.practitioner_terms[columns].T)
    price = proof.practitioner_price[columns]
    relief = _group_relief(problem, proof)
    height = max(1, TILE_CELLS // max(columns.size, 1))
    total = 0
    for top in range(0, problem.n, height):
        rows = slice(top, top + height)
        scores = (problem.case_terms[rows] @ levels).astype(np.int64)
        for (r, c), values in _inside(problem.bonus, top, height, columns):
            scores[r, c] += values
        for (r, c), _ in _inside(problem.barred, top, height, columns):
            scores[r, c] = -1
        gain = scores - price - proof.case_price[rows, None]
        for (r, c), values in _inside(relief, top, height, columns):
            gain[r, c] -= values
        total += int(gain[(gain > 0) & (scores >= 0)].sum())
    return total


def _inside(pairs: Pairs, top: int, height: int, columns: IntArray) -> Iterator[tuple[tuple[IntArray, IntArray], IntArray]]:
    """The listed pairs of one tile, in the tile's own rows and columns, if there are any."""
    part = slice(*np.searchsorted(pairs.rows, (top, top + height)))
    at = np.searchsorted(columns, pairs.cols[part])
    kept = np.append(columns, -1)[at] == pairs.cols[part]
    if kept.any():
        yield (pairs.rows[part][kept] - top, at[kept]), pairs.values[part][kept]


def _group_relief(problem: Problem, proof: Proof) -> Pairs:
    """Spread each group price over the pairs of the group's cases with that practitioner."""
    prices = proof.group_price
    sizes = np.array([problem.exclusive[g].size for g in prices.rows], np.int64)
    rows = np.concatenate([ABSENT, *(problem.exclusive[g] for g in prices.rows)])
    return Pairs(rows, np.repeat(prices.cols, sizes), np.repeat(prices.values, sizes))


def _reachable(problem: Problem) -> NDArray[np.bool_]:
    """Practitioners who can take a case at all; pairs with the others need no price."""
    limit = np.append(problem.institution_capacity, 1)[problem.institution]
    return np.minimum(problem.capacity, limit) > 0
