"""Problems for tests: drawn by hypothesis, or cut from a synthetic city."""

import numpy as np
from hypothesis import strategies as st

from optimizer import Pairs, Problem

BARRED_BY_RULE = -(2**22)


@st.composite
def problems(draw, max_cases=4, max_practitioners=4):
    """Draw a tiny problem in which every feature may occur together with every other."""
    n = draw(st.integers(0, max_cases))
    m = draw(st.integers(0, max_practitioners))
    d = draw(st.integers(1, 3))
    steps = draw(st.integers(1, 3))
    few = st.integers(0, 3)
    case_terms = [[draw(few) for _ in range(d)] for _ in range(n)]
    levels = [[draw(st.integers(-1, 3)) for _ in range(d)] for _ in range(m)]
    if m and d > 1 and draw(st.booleans()):
        levels[0][0] = BARRED_BY_RULE
    slot_price = [sorted(draw(st.integers(-3, 6)) for _ in range(steps)) for _ in range(m)]
    p = draw(st.integers(0, 2))
    return Problem(
        case_terms=np.array(case_terms, np.float32).reshape(n, d),
        practitioner_terms=np.array(levels, np.float32).reshape(m, d),
        capacity=_whole(draw, m, 0, 3),
        slot_price=np.array(slot_price, np.int64).reshape(m, steps)
        * draw(st.sampled_from([1, 1, 2**24 + 1, 2**36 + 1])),
        open_price=_whole(draw, n, -2, draw(st.sampled_from([3, 20, 2**30, 2**39]))),
        demand=_whole(draw, n, draw(st.integers(0, 1)), draw(st.integers(1, 2))),
        bonus=_pairs(draw, n, m, 8),
        barred=_pairs(draw, n, m, 0),
        institution=_whole(draw, m, -1, p - 1),
        institution_capacity=_whole(draw, p, 0, 3),
        exclusive=_groups(draw, n),
        separate=_couples(draw, n),
        case_key=draw(st.permutations(range(n))),
        practitioner_key=draw(st.permutations(range(m))),
        base_score=_base_score(draw, n, m) if draw(st.booleans()) else None,
    )


def _whole(draw, size, least, most):
    return np.array([draw(st.integers(least, most)) for _ in range(size)], np.int64)


def _base_score(draw, n, m):
    return np.array([draw(st.integers(-2, 4)) for _ in range(n * m)], np.float32).reshape(n, m)


def _pairs(draw, n, m, most):
    listed = st.tuples(st.integers(0, max(n - 1, 0)), st.integers(0, max(m - 1, 0)), st.integers(-most, most))
    table = np.array(draw(st.lists(listed, max_size=3 if n and m else 0)), np.int64).reshape(-1, 3)
    return Pairs(table[:, 0], table[:, 1], table[:, 2])


def _couples(draw, n):
    couple = st.lists(st.integers(0, max(n - 1, 1)), min_size=2, max_size=2, unique=True)
    return np.array(draw(st.lists(couple, max_size=2 if n > 1 else 0)), np.int64).reshape(-1, 2)


def _groups(draw, n):
    label = [draw(st.integers(-1, 1)) for _ in range(n)]
    rows = [np.flatnonzero(np.array(label) == g) for g in range(2)]
    return tuple(part for part in rows if part.size)


def city(cases, practitioners, slots, seed, terms=40, steps=3):
    """Cut a synthetic city: one-hot causes and areas, levels 0 to 100, a rule that bars a third of the pairs."""
    rng = np.random.default_rng(seed)
    case_terms = np.zeros((cases, terms + 8), np.float32)
    case_terms[np.arange(cases), rng.integers(0, terms // 2, cases)] = 5000
    case_terms[np.arange(cases), terms // 2 + rng.integers(0, terms // 2, cases)] = 3000
    case_terms[np.arange(cases), terms + rng.integers(0, 8, cases)] = 1
    levels = rng.integers(0, 101, (practitioners, terms + 8)).astype(np.float32)
    levels[:, terms:] = np.where(rng.random((practitioners, 8)) < 1 / 3, BARRED_BY_RULE, 0)
    capacity = np.bincount(rng.integers(0, practitioners, slots), minlength=practitioners)
    price = np.cumsum(rng.integers(0, 20_000, (practitioners, steps)), axis=1)
    return Problem(case_terms, levels, capacity, price, np.full(cases, 2_000_000))


def a_problem(**changes):
    """Three equal cases, two equal practitioners with one slot each; every pair scores 10."""
    plain = {
        "case_terms": np.ones((3, 2), np.float32),
        "practitioner_terms": np.full((2, 2), 5, np.float32),
        "capacity": np.array([1, 1]),
        "slot_price": np.zeros((2, 1), np.int64),
        "open_price": np.full(3, 20),
    }
    return Problem(**(plain | changes))
