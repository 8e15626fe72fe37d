"""Exact answers about one case: what forcing a pair would cost the day, and the moves it would set off."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.alternatives import Alternatives
from optimizer.bounds import scores_of
from optimizer.network import FAR
from optimizer.pairs import IntArray
from optimizer.problem import Problem

IMPOSSIBLE = FAR
"""Regret of a pair that no plan may use."""


class Move(NamedTuple):
    """A case goes from one practitioner to another; -1 is *open*."""

    case: int
    origin: int
    target: int


def regrets(answers: Alternatives, i: int) -> IntArray:
    """
    Return what the whole day would lose if case ``i`` had to go to each practitioner.

    Parameters
    ----------
    answers : Alternatives
        The plan's residual paths.
    i : int
        The case.

    Returns
    -------
    (m,) int64, points, >= 0
        Zero for the chosen and for equally good ones; ``IMPOSSIBLE`` where the pair is not allowed.

    Notes
    -----
    Forcing a pair pushes one unit along it and back to the case by the cheapest residual path, so one
    shortest-path search to the case answers for all practitioners at once.
    Source: Ahuja, Magnanti, Orlin, *Network Flows*, section 9.11 (sensitivity of min-cost flows).
    """
    problem = answers.problem
    distance = answers.distances_to(lambda _: i)
    loss = answers.network.at_practitioners(distance, 1)
    if problem.group[i] >= 0:
        listed, nodes = answers.network.place(int(problem.group[i]), np.arange(problem.m))
        loss[listed] = distance[nodes]
    scores = scores_of(problem, np.full(problem.m, i), np.arange(problem.m))
    allowed = allowed_pairs(problem, i, scores) & (problem.room > 0)
    loss = np.where(allowed, loss - scores, IMPOSSIBLE)
    loss[answers.solution.cols[answers.solution.rows == i]] = 0
    return loss


def allowed_pairs(problem: Problem, i: int, scores: IntArray) -> NDArray[np.bool_]:
    """Return which practitioners case ``i`` may have at all, (m,) bool."""
    allowed = scores >= 0
    allowed[problem.barred.cols[problem.barred.rows == i]] = False
    return allowed


def chain(answers: Alternatives, i: int, j: int) -> list[Move]:
    """
    Return the moves that forcing case ``i`` to practitioner ``j`` would set off, its own first.

    Parameters
    ----------
    answers : Alternatives
        The plan's residual paths.
    i, j : int
        The pair.

    Returns
    -------
    list of Move
        A cheapest chain; empty if the pair is chosen already.

    Raises
    ------
    ValueError
        If the pair is not allowed.
    """
    if regrets(answers, i)[j] >= IMPOSSIBLE:
        raise ValueError(f"case {i} may not go to practitioner {j} under any plan")
    chosen = answers.solution.cols[answers.solution.rows == i]
    return [] if j in chosen else _moves(answers, i, j)


def _entry_node(answers: Alternatives, i: int, j: int) -> int:
    network, group = answers.network, int(answers.problem.group[i])
    if group >= 0:
        listed, nodes = network.place(group, np.array([j]))
        if listed.size:
            return int(nodes[0])
    at = int(np.searchsorted(network.practitioners, j))
    if at < network.practitioners.size and network.practitioners[at] == j:
        return network.first_practitioner + at
    return network.head(j)


def _moves(answers: Alternatives, i: int, j: int) -> list[Move]:
    network, n = answers.network, answers.problem.n
    path = network.residual.cheapest_path(_entry_node(answers, i, j), i)
    seat, moves, at, origin = j, [], -1, -1
    for node in path:
        column = network.column(node)
        if node < n:
            at, origin = node, seat
        elif at >= 0 and (column is not None or node == network.sink):
            moves.append(Move(at, origin, -1 if column is None else column))
            at = -1
        seat = column if column is not None else (-1 if node == network.sink else seat)
    return [Move(i, origin, j), *moves]
