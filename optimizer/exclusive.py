"""Rules that leave the flow world: branch on the cases that must be kept apart, with the flow as bound."""

import heapq
from dataclasses import replace
from itertools import count
from typing import NamedTuple

import numpy as np

from optimizer.pairs import IntArray
from optimizer.problem import Problem
from optimizer.relax import Outcome, Relaxation
from optimizer.scoring import NOTHING, Listed
from optimizer.solution import Proof

Path = tuple[tuple[int, int, int], ...]


class Plan(NamedTuple):
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
    path : tuple of (row of ``separate``, unit, side)
        Its decisions.
    outcome : Outcome
        The optimum of the relaxation under them.
    plan : Plan
        A legal plan made from it; the same where nothing clashes.
    clash : (row of ``separate``, unit) or None
        The first clash of the outcome.
    """

    path: Path
    outcome: Outcome
    plan: Plan
    clash: tuple[int, int] | None


def search(relaxation: Relaxation, most_nodes: int) -> tuple[Plan, tuple[Proof, ...], int]:
    """
    Return the best plan found, the proofs of all leaves, highest bound first, and that bound.

    Parameters
    ----------
    relaxation : Relaxation
        The problem without its crossing rules.
    most_nodes : int
        After this many nodes the best plan so far is returned with the bound of the open leaves.

    Notes
    -----
    Best bound first. A case pair that shares a unit is split: the first case stays out of the unit, or the second
    does; every legal plan lies on one side at least.
    Source: Land, Doig, *An automatic method of solving discrete programming problems*, Econometrica 28 (1960).
    """
    root = _node(relaxation, (), relaxation.candidates)
    best, order = root.plan, count()
    heap = [(-root.outcome.bound, next(order), root)]
    while (clash := heap[0][2].clash) and -heap[0][0] > best.value and next(order) < most_nodes:
        parent, (q, unit) = heapq.heappop(heap)[2], clash
        for side in (0, 1):
            child = _node(relaxation, (*parent.path, (q, unit, side)), parent.outcome.candidates)
            best = max(best, child.plan, key=lambda plan: plan.value)
            heapq.heappush(heap, (-child.outcome.bound, next(order), child))
    leaves = [node for _, _, node in sorted(heap, key=lambda entry: entry[:2])]
    proofs = (replace(leaf.outcome.proof, path=np.array(leaf.path, np.int64).reshape(-1, 3)) for leaf in leaves)
    return best, tuple(proofs), leaves[0].outcome.bound


def units_of(problem: Problem) -> IntArray:
    """Return the unit of each practitioner, (m,) int64: the institution, or p + column outside all."""
    return np.where(problem.institution >= 0, problem.institution, problem.p + np.arange(problem.m))


def _node(relaxation: Relaxation, path: Path, candidates: Listed) -> Node:
    barred = _barred(relaxation, path)
    kept = ~np.isin(_keys(relaxation, candidates), _keys(relaxation, barred))
    outcome = relaxation.solve(candidates.only(kept), barred)
    clashes = _clashes(relaxation.problem, outcome)
    if not clashes.size:
        return Node(path, outcome, Plan(outcome.rows, outcome.cols, outcome.value), None)
    return Node(path, outcome, _repaired(relaxation, outcome, clashes), _first(relaxation.problem, clashes))


def _keys(relaxation: Relaxation, pairs: Listed) -> IntArray:
    return pairs.rows * relaxation.problem.m + pairs.cols


def _barred(relaxation: Relaxation, path: Path) -> Listed:
    pairs, unit_of = NOTHING, units_of(relaxation.problem)
    for q, unit, side in path:
        cols = np.flatnonzero(unit_of == unit)
        row = relaxation.classes.of_case[relaxation.problem.separate[q, side]]
        pairs = pairs.joined(Listed(np.full_like(cols, row), cols, np.zeros_like(cols)))
    return pairs


def _visits(problem: Problem, rows: IntArray, cols: IntArray, side: int) -> IntArray:
    """Where one side of each separate pair goes: row of ``separate`` and unit, packed into one number."""
    cases = problem.separate[:, side]
    first, last = np.searchsorted(rows, cases), np.searchsorted(rows, cases, "right")
    q = np.repeat(np.arange(cases.size), last - first)
    at = first[q] + np.arange(q.size) - np.searchsorted(q, q)
    visits: IntArray = q * (problem.p + problem.m) + units_of(problem)[cols[at]]
    return visits


def _clashes(problem: Problem, outcome: Outcome) -> IntArray:
    one, other = (_visits(problem, outcome.rows, outcome.cols, side) for side in (0, 1))
    return np.intersect1d(one, other)


def _first(problem: Problem, clashes: IntArray) -> tuple[int, int]:
    """The first clash by row of ``separate``, institution, and key of the practitioner: columns have no order."""
    q, unit = np.divmod(clashes, problem.p + problem.m)
    rank = np.append(np.arange(problem.p), problem.p + np.argsort(np.argsort(problem.practitioner_key)))
    at = np.lexsort((rank[unit], q))[0]
    return int(q[at]), int(unit[at])


def _repaired(relaxation: Relaxation, outcome: Outcome, clashes: IntArray) -> Plan:
    """The same plan without the second case's pairs where two cases clash."""
    problem = relaxation.problem
    q, unit = np.divmod(clashes, problem.p + problem.m)
    taken = outcome.rows * (problem.p + problem.m) + units_of(problem)[outcome.cols]
    kept = ~np.isin(taken, problem.separate[q, 1] * (problem.p + problem.m) + unit)
    rows, cols = outcome.rows[kept], outcome.cols[kept]
    return Plan(rows, cols, relaxation.value(rows, cols))
