"""What one slot more or less is worth, exactly, by practitioner and by any label."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.analysis.alternatives import NOWHERE, Alternatives, Node, PlanNetwork
from optimizer.pairs import IntArray
from optimizer.problem import Problem
from optimizer.solver.network import FAR

TILE_ROWS = 64


class SlotValues(NamedTuple):
    """
    One-sided values of a slot.

    Parameters
    ----------
    gain : (m,) int64, points, >= 0
        Value of one more slot of each practitioner, at the next price of their ladder.
    loss : (m,) int64, points, >= 0
        What taking one slot away would cost.
    gain_exact, loss_exact : (m,) bool
        Where False, sides are kept apart: the slot is worth at most ``gain``, and its loss costs at least ``loss``.
    """

    gain: IntArray
    loss: IntArray
    gain_exact: NDArray[np.bool_]
    loss_exact: NDArray[np.bool_]


def slot_values(answers: Alternatives) -> SlotValues:
    """
    Return the values of one more and of one fewer slot of every practitioner.

    Notes
    -----
    A dual price is one number between the two; only the interval is a fact of the plan. Practitioners with
    slots to spare are worth 0 both ways. One search per full institution, one for all others. Without the rule that
    keeps sides apart no day is worth less, so one more slot then leads to at most so much, and one fewer too.
    """
    problem, load = answers.problem, answers.load
    gain, loss = np.zeros(problem.m, np.int64), np.zeros(problem.m, np.int64)
    for members, head in _by_head(answers, np.flatnonzero(load >= problem.capacity)):
        gain[members] = _gains(answers, members, head)
        busy = members[load[members] > 0]
        if busy.size:
            loss[busy] = _losses(answers, busy, head)
    gain, loss = gain + answers.gap, np.maximum(loss - answers.gap, 0)
    spare = np.bincount(answers.plan.cols, minlength=problem.m) < problem.capacity
    return SlotValues(gain, loss, answers.exact | (gain == 0), answers.exact | spare | (problem.capacity == 0))


def _by_head(answers: Alternatives, full: IntArray) -> list[tuple[IntArray, Node]]:
    """Full practitioners, together with those whose slots lead to the same node; closed institutions gain nothing."""
    problem = answers.problem
    of, caps = problem.institution, problem.institution_capacity
    taken = np.bincount(of[answers.solution.cols] + 1, minlength=caps.size + 1)[1:]
    crowded = np.flatnonzero(taken >= caps)
    free = full[~np.isin(of[full], crowded)]
    parts = [(full[of[full] == k], _head_of(int(k))) for k in crowded if taken[k] > 0]
    return [(members, head) for members, head in [(free, _sink), *parts] if members.size]


def _sink(network: PlanNetwork) -> int:
    return network.sink


def _head_of(institution: int) -> Node:
    return lambda network: network.institution(institution)


def _losses(answers: Alternatives, members: IntArray, head: Node) -> IntArray:
    entry = answers.network.at_practitioners(answers.distances_to(head), 1)
    return entry[members] - _price(answers.problem, members, answers.load[members] - 1)


def _gains(answers: Alternatives, members: IntArray, head: Node) -> IntArray:
    distance = answers.distances_from(head)
    reach = answers.network.at_practitioners(distance, -1)[members]
    roomless = answers.problem.room[members] == 0
    reach[roomless] = _nearest(answers.problem, members[roomless], distance[: answers.problem.n])
    price = _price(answers.problem, members, answers.load[members])
    return np.where(reach < NOWHERE, np.maximum(0, -(price + reach)), 0)


def _price(problem: Problem, cols: IntArray, turn: IntArray) -> IntArray:
    return problem.slot_price[cols, np.clip(turn, 0, problem.slot_price.shape[1] - 1)]


def _nearest(problem: Problem, cols: IntArray, distance: IntArray) -> IntArray:
    """Distance of practitioners without any slot: over the best pair with any case."""
    nearest = np.full(cols.size, FAR)
    levels = problem.practitioner_terms[cols].T
    for top in range(0, problem.n, TILE_ROWS):
        rows = np.arange(top, min(top + TILE_ROWS, problem.n))
        scores = (problem.case_terms[rows] @ levels + problem.base_score[np.ix_(rows, cols)]).astype(np.int64)
        scores += problem.bonus.at(*(axis.ravel() for axis in np.meshgrid(rows, cols, indexing="ij"))).reshape(
            scores.shape
        )
        allowed = (scores >= 0) & ~_barred(problem, rows, cols)
        through = np.where(allowed, distance[rows, None] - scores, FAR)
        nearest = np.minimum(nearest, through.min(axis=0))
    return nearest


def _barred(problem: Problem, rows: IntArray, cols: IntArray) -> NDArray[np.bool_]:
    pairs = problem.barred.rows * problem.m + problem.barred.cols
    return np.isin(rows[:, None] * problem.m + cols, pairs)
