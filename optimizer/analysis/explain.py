"""Answers about one case: what forcing a pair would cost the day, and the moves it would set off."""

from dataclasses import replace
from itertools import zip_longest
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.analysis.alternatives import Alternatives, alone
from optimizer.pairs import IntArray, Pairs
from optimizer.problem import Problem
from optimizer.proof.bounds import scores_of
from optimizer.solution import Solution
from optimizer.solver.sides import Sides
from optimizer.solver.solve import solve


class Regrets(NamedTuple):
    """
    What the whole day would lose by each practitioner of one case.

    Parameters
    ----------
    loss : (m,) int64, points, >= 0
        The loss if the case had to go there; 0 for the chosen, for equally good ones, and where impossible.
    possible : (m,) bool
        Whether any plan may use the pair.
    exact : (m,) bool
        Where False, sides are kept apart: the day loses at least ``loss``.
    """

    loss: IntArray
    possible: NDArray[np.bool_]
    exact: NDArray[np.bool_]


class Regret(NamedTuple):
    """What the whole day would lose by one pair, in points: between two numbers, the same if it is proven."""

    least: int
    most: int


class Move(NamedTuple):
    """A case goes from one practitioner to another; -1 is *open*."""

    case: int
    origin: int
    target: int


def regrets(answers: Alternatives, i: int) -> Regrets:
    """
    Return what the whole day would lose if case ``i`` had to go to each practitioner.

    Parameters
    ----------
    answers : Alternatives
        The plan's residual paths.
    i : int
        The case.

    Notes
    -----
    Forcing a pair pushes one unit along it and back to the case by the cheapest residual path, so one
    shortest-path search to the case answers for all practitioners at once.
    Source: Ahuja, Magnanti, Orlin, *Network Flows*, section 9.11 (sensitivity of min-cost flows).
    """
    known: Regrets = answers.regrets.get(i) or _regrets(answers, i)
    answers.regrets[i] = known
    return known


def _regrets(answers: Alternatives, i: int) -> Regrets:
    problem, loss = answers.problem, entries(answers, i)
    scores = scores_of(problem, np.full(problem.m, i), np.arange(problem.m))
    possible = allowed_pairs(problem, i, scores) & (problem.room > 0)
    loss -= scores
    loss[answers.solution.cols[answers.solution.rows == i]] = 0
    loss = np.where(possible, np.maximum(loss - answers.gap, 0), 0)
    chosen = np.isin(np.arange(problem.m), answers.plan.cols[answers.plan.rows == i])
    loss[chosen] = 0
    return Regrets(loss, possible, answers.exact | chosen | ~possible)


def entries(answers: Alternatives, i: int) -> IntArray:
    """Return the least cost of taking one more unit of case ``i`` at each practitioner and one away elsewhere, (m,)."""
    problem, distance = answers.problem, answers.distances_to(lambda _: i)
    cost = answers.network.at_practitioners(distance, 1)
    if problem.group[i] >= 0:
        listed, nodes = answers.network.place(int(problem.group[i]), np.arange(problem.m))
        cost[listed] = distance[nodes]
    return cost


def regret(answers: Alternatives, i: int, j: int) -> Regret | None:
    """
    Return what the whole day would lose if case ``i`` had to go to practitioner ``j``; None if no plan may do so.

    Notes
    -----
    Where sides are kept apart, by solving the rest of the day again.
    """
    found = regrets(answers, i)
    if not found.possible[j]:
        return None
    if found.exact[j]:
        return Regret(int(found.loss[j]), int(found.loss[j]))
    after, worth = _after(answers, i, j)
    best = answers.plan.objective - worth
    return Regret(best - after.bound, best - after.objective)


def _after(answers: Alternatives, i: int, j: int) -> tuple[Solution, int]:
    """Return the best plan for what is left of the day once ``j`` has case ``i``, and what that pair is worth."""
    if (i, j) not in answers.forced:
        rest, worth = _rest(answers.whole, i, j)
        answers.forced[i, j] = solve(rest, answers.plan.certificate.seed), worth
    return answers.forced[i, j]


def _rest(problem: Problem, i: int, j: int) -> tuple[Problem, int]:
    """What is left of the day once ``j`` has case ``i``, and what that pair is worth."""
    sides, everyone = Sides(problem, alone(problem)), np.arange(problem.m)
    capacity, price, firms = problem.capacity.copy(), problem.slot_price.copy(), problem.institution_capacity.copy()
    capacity[j] -= 1
    price[j, :-1] = price[j, 1:]
    firms[problem.institution[[j]][problem.institution[[j]] >= 0]] -= 1
    demand, open_price = problem.demand.copy(), problem.open_price.copy()
    last = demand[i] == 1
    demand[i], open_price[i] = max(demand[i] - 1, 1), 0 if last else open_price[i]
    mine = everyone if last else np.array([j])
    group = np.flatnonzero((problem.group == problem.group[i]) & (problem.group >= 0))
    apart = sides.pairs(sides.opposing(i, int(sides.unit[j])))
    rows = np.concatenate((problem.barred.rows, np.full(mine.size, i), group, apart.rows))
    cols = np.concatenate((problem.barred.cols, mine, np.full(group.size, j), apart.cols))
    left = replace(
        problem,
        capacity=capacity,
        slot_price=price,
        institution_capacity=firms,
        demand=demand,
        open_price=open_price,
        barred=Pairs(rows, cols),
    )
    score = scores_of(problem, np.array([i]), np.array([j]))
    return left, int(score[0] - problem.slot_price[j, 0])


def allowed_pairs(problem: Problem, i: int, scores: IntArray) -> NDArray[np.bool_]:
    """Return which practitioners case ``i`` may have at all, (m,) bool."""
    allowed: NDArray[np.bool_] = (scores >= 0) & (problem.demand[i] > 0)
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
        A cheapest chain; empty if the pair is chosen already. Where sides are kept apart, all moves of the day.

    Raises
    ------
    ValueError
        If the pair is not allowed.
    """
    if not regrets(answers, i).possible[j]:
        raise ValueError(f"case {i} may not go to practitioner {j} under any plan")
    chosen = answers.plan.cols[answers.plan.rows == i]
    if j in chosen:
        return []
    return _moves(answers, i, j) if answers.exact else _changes(answers, i, j)


def _changes(answers: Alternatives, i: int, j: int) -> list[Move]:
    """The moves from the plan to the best one with the pair, found by solving the rest of the day again."""
    after, _ = _after(answers, i, j)
    m, plan = answers.whole.m, answers.plan
    then, now = plan.rows * m + plan.cols, np.append(after.rows * m + after.cols, i * m + j)
    moves = []
    for case in dict.fromkeys([i, *(np.setxor1d(then, now) // m).tolist()]):
        gone, come = (np.setdiff1d(one, other) for one, other in ((then, now), (now, then)))
        origins, targets = ((part[part // m == case] % m).tolist() for part in (gone, come))
        targets.sort(key=lambda target: case == i and target != j)
        moves += [Move(case, *pair) for pair in zip_longest(origins, targets, fillvalue=-1)]
    return moves


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
