"""What the peers are fed: dense scores, slots and matrices made of the factored scores, and what a plan is worth."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from optimizer import Problem
from optimizer.problem import no_scores

Rows = NDArray[np.int64]
Plan = tuple[Rows, Rows]


def pairs_of(problem: Problem) -> int:
    """Return how many pairs of case and practitioner there are to look at."""
    return problem.n * int((problem.room > 0).sum())


def cells_of(problem: Problem) -> int:
    """Return the size of the matrix of cases and slots."""
    return problem.n * max(problem.n, int(problem.room.sum()))


def with_room(match: Callable[[Problem], Plan]) -> Callable[[Problem], Plan]:
    """Let a peer see only the practitioners who have room."""

    def matched(problem: Problem) -> Plan:
        able = np.flatnonzero(problem.capacity > 0)
        if able.size == problem.m:
            return match(problem)
        rows, cols = match(
            replace(
                problem,
                practitioner_terms=problem.practitioner_terms[able],
                capacity=problem.capacity[able],
                slot_price=problem.slot_price[able],
                institution=problem.institution[able],
                practitioner_key=problem.practitioner_key[able],
                base_score=problem.base_score[:, able] if problem.dense else no_scores(),
            )
        )
        return rows, able[cols]

    return matched


def scores(problem: Problem) -> NDArray[np.int64]:
    """Return the dense (n, m) scores; a barred pair scores -1, as does one below zero."""
    dense = (problem.case_terms @ problem.practitioner_terms.T + problem.base_score).astype(np.int64)
    dense[problem.bonus.rows, problem.bonus.cols] += problem.bonus.values
    dense[problem.barred.rows, problem.barred.cols] = -1
    return np.maximum(dense, -1)


def slots(problem: Problem) -> tuple[Rows, Rows]:
    """Return owner and price of every slot that could be filled, cheapest first per practitioner."""
    room = np.minimum(problem.capacity, problem.n)
    owner = np.repeat(np.arange(problem.m), room)
    turn = np.arange(owner.size) - np.repeat(np.cumsum(room) - room, room)
    return owner, problem.slot_price[owner, np.minimum(turn, problem.slot_price.shape[1] - 1)]


def worth(problem: Problem, plan: Plan) -> int:
    """Return the objective of a plan, counted anew from the factored scores."""
    rows, cols = plan
    gain = np.einsum(
        "id,id->i",
        problem.case_terms[rows].astype(np.int64),
        problem.practitioner_terms[cols].astype(np.int64),
    ).sum()
    gain += problem.base_score[rows, cols].astype(np.int64).sum()
    bonus = dict(
        zip(
            zip(problem.bonus.rows.tolist(), problem.bonus.cols.tolist(), strict=True),
            problem.bonus.values.tolist(),
            strict=True,
        )
    )
    gain += sum(bonus.get(pair, 0) for pair in zip(rows.tolist(), cols.tolist(), strict=True))
    order = np.sort(cols)
    turn = np.arange(order.size) - np.searchsorted(order, order)
    price = problem.slot_price[order, np.minimum(turn, problem.slot_price.shape[1] - 1)].sum()
    left = problem.demand - np.bincount(rows, minlength=problem.n)
    return int(gain) - int(price) - int((left * problem.open_price).sum())


def expanded(problem: Problem) -> tuple[NDArray[np.float64], Rows]:
    """Return the worth of each case in each slot, at least that of staying open, and the owner of each slot."""
    owner, price = slots(problem)
    pairs = scores(problem)
    value = np.full(
        (problem.n, max(owner.size, problem.n)),
        -problem.open_price[:, None],
        np.float64,
    )
    columns = pairs[:, owner]
    np.maximum(
        value[:, : owner.size],
        columns - price,
        where=columns >= 0,
        out=value[:, : owner.size],
    )
    return value, owner


def taken(problem: Problem, value: NDArray[np.float64], owner: Rows, rows: Rows, picked: Rows) -> Plan:
    """Return the pairs of an assignment of cases to slots, without those that stay open."""
    real = (picked < owner.size) & (value[rows, picked] > -problem.open_price[rows])
    return rows[real], owner[picked[real]]
