"""Pools: named people for each row, a wish or a claim each, settled by the plan of greatest worth."""

import numpy as np

from dispatch.domain.docket.columns import Integers
from dispatch.domain.docket.docket import NOBODY, Choice, Docket, PairList
from dispatch.domain.eligibility.verdicts import Eligibility
from dispatch.domain.ledger import slot_prices
from dispatch.modes.encode import HARD, decode, frame
from dispatch.modes.places import capacity_of
from dispatch.modes.scores import score
from optimizer import Pairs, Problem, solve


def settle(docket: Docket, eligibility: Eligibility, pool: PairList, extra: Integers) -> Choice:
    """
    Give each row to one of those named for it, so that together they are worth most.

    Parameters
    ----------
    extra : (q,) int64, points
        What each pair of the pool is worth besides its score.
    """
    alone = _settled_alone(docket, eligibility, pool, extra) if docket.n == 1 else None
    if alone is not None:
        return np.array([alone], np.int64)
    return decode(docket, solve(encode_pool(docket, eligibility, pool, extra), seed=docket.seed))


def _settled_alone(docket: Docket, eligibility: Eligibility, pool: PairList, extra: Integers) -> int | None:
    """Return who is worth most to the only row, which needs no plan; None where a draw decides between several."""
    room = (capacity_of(docket, eligibility) > 0) & (docket.practitioner.institution_room[0] > 0)
    may = (eligibility.row(0) & room)[pool.cols]
    cols, extra = pool.cols[may], extra[may]
    if len(cols) <= 1:
        return int(cols[0]) if len(cols) else NOBODY
    points = np.sum(list(score(docket).row(0).values()), axis=0)
    worth = points[cols] + extra - slot_prices(docket.practitioner, docket.policy.fairness, 1)[cols, 0]
    best = np.flatnonzero(worth == worth.max())
    return int(cols[best[0]]) if len(best) == 1 else None


def encode_pool(docket: Docket, eligibility: Eligibility, pool: PairList, extra: Integers) -> Problem:
    """Return the problem in which only the eligible pairs of `pool` exist, each worth its score and `extra`."""
    scores = score(docket)
    passes = eligibility.allows(pool.rows, pool.cols)
    points = [
        HARD + sum(scores.terms(i, j).values()) + more
        for i, j, more in np.stack([pool.rows, pool.cols, extra], axis=1)[passes].tolist()
    ]
    named = np.array([docket.case_of[pool.rows[passes]], pool.cols[passes], points], np.int64).T
    named = np.unique(named, axis=0)
    return Problem(
        case_terms=np.ones((len(docket.facts.cases), 1), np.float32),
        practitioner_terms=np.full((docket.m, 1), -HARD, np.float32),
        bonus=Pairs(named[:, 0], named[:, 1], named[:, 2]),
        **frame(docket, eligibility),
    )
