"""Days on which many cases oppose each other: few institutions, and decisions that pull at one another."""

import numpy as np

from optimizer import Problem
from optimizer.pairs import IntArray


def opposed(cases: int, practitioners: int, institutions: int, pairs: int, seed: int) -> Problem:
    """
    Return a crowd of cases opposed at random.

    Parameters
    ----------
    cases, practitioners, institutions, pairs : int
        Sizes; ``pairs`` different couples of cases are opposed.
    seed : int
        Of scores from 0 to 999, institutions and pairs. Everyone has two slots; an open case costs 2,000.
    """
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 1000, (cases, practitioners))
    firm = rng.integers(0, institutions, practitioners)
    apart: set[tuple[int, int]] = set()
    while len(apart) < pairs:
        one, other = sorted(rng.choice(cases, 2, replace=False).tolist())
        apart.add((one, other))
    return _with_scores(scores, firm, np.array(sorted(apart)), slots=2, open_price=2000)


def couples(seed: int) -> Problem:
    """
    Return sixty cases, twenty of them against twenty others, and two institutions of twelve with three slots each.

    Parameters
    ----------
    seed : int
        Of scores from 0 to 999 and of the couples.
    """
    rng = np.random.default_rng(seed)
    scores, firm = rng.integers(0, 1000, (60, 24)), np.arange(24) % 2
    return _with_scores(scores, firm, rng.permutation(60)[:40].reshape(-1, 2), slots=3, open_price=30_000)


def _with_scores(scores: IntArray, firm: IntArray, apart: IntArray, slots: int, open_price: int) -> Problem:
    n, m = scores.shape
    return Problem(
        case_terms=np.eye(n, dtype=np.float32),
        practitioner_terms=scores.T.astype(np.float32),
        capacity=np.full(m, slots),
        slot_price=np.zeros((m, 1), np.int64),
        open_price=np.full(n, open_price),
        institution=firm,
        institution_capacity=np.full(firm.max() + 1, n),
        separate=apart,
    )
