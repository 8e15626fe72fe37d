"""Every claim about the arrays of a problem, checked in one place with one wording."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from optimizer.exact import exact_sum, largest
from optimizer.pairs import ABSENT, numbers, require, require_shape

if TYPE_CHECKING:
    from optimizer.problem import Problem

SCORE_LIMIT = 2**24
"""Whole numbers below this are exact in float32, in any order of summation."""

PRICE_LIMIT = 2**40
"""Prices below this leave room for the flow solver's scaling by the number of nodes."""

TOTAL_LIMIT = 2**60
"""No sum of prices and scores over a whole problem may reach this."""


def whole_terms(values: ArrayLike, name: str, shape: str) -> NDArray[np.float32]:
    """
    Return terms of two axes as float32, none of them changed: whole numbers below ``SCORE_LIMIT`` are exact.

    Raises
    ------
    ValueError
        If the values are no real numbers, have other axes, or one is not whole or too large.
    """
    terms = numbers(values, name)
    require_shape(terms, name, (None, None), f"it must be {shape}")
    if terms.dtype.kind not in "iuf" and terms.size:
        raise ValueError(f"{name} has type {terms.dtype}; it must hold whole numbers")
    # Half precision holds no number as large as the limit to compare with.
    terms = terms.astype(np.float32) if terms.dtype == np.float16 else terms
    require((terms > -SCORE_LIMIT) & (terms < SCORE_LIMIT), name, terms, f"its size must be below {SCORE_LIMIT}")
    require(terms == np.rint(terms), name, terms, "it must be a whole number")
    return np.array(terms, np.float32, order="C")


def check_problem(problem: Problem) -> None:
    """
    Check shapes, then values, then references, then the range of every possible sum.

    Raises
    ------
    ValueError
        Naming the array, the index, what was found, and what would be right.
    """
    _check_shapes(problem)
    _check_values(problem)
    _check_references(problem)
    _check_ranges(problem)


def _check_shapes(problem: Problem) -> None:
    require_shape(problem.case_terms, "case_terms", (None, None), "it must be (n, d)")
    n, d, m = *problem.case_terms.shape, len(problem.practitioner_terms)
    require_shape(problem.practitioner_terms, "practitioner_terms", (None, d), f"it must be (m, {d}) like case_terms")
    require_shape(problem.slot_price, "slot_price", (m, None), f"it must be ({m}, k)")
    if problem.slot_price.shape[1] == 0:
        raise ValueError("slot_price has no columns; it must have at least one")
    sizes = {"capacity": m, "institution": m, "practitioner_key": m, "open_price": n, "demand": n, "case_key": n}
    for name, size in sizes.items():
        require_shape(getattr(problem, name), name, (size,), f"it must be ({size},)")
    require_shape(problem.institution_capacity, "institution_capacity", (None,), "it must be (p,)")
    require_shape(problem.separate, "separate", (None, 2), "it must be (q, 2)")


def _check_values(problem: Problem) -> None:
    for name, least in (("capacity", 0), ("demand", 0), ("institution", -1), ("institution_capacity", 0)):
        values = getattr(problem, name)
        require(values >= least, name, values, f"it must be {least} or more")
    for name in ("slot_price", "open_price"):
        prices = getattr(problem, name)
        inside = (prices > -PRICE_LIMIT) & (prices < PRICE_LIMIT)
        require(inside, name, prices, f"its size must be below {PRICE_LIMIT}")
    steps = np.diff(problem.slot_price, axis=1)
    require(steps >= 0, "slot_price steps", steps, "prices must not decrease along k")
    for name in ("case_key", "practitioner_key"):
        keys = np.sort(getattr(problem, name))
        require(keys[1:] != keys[:-1], f"sorted {name}", keys, "keys must be all different")


def _check_references(problem: Problem) -> None:
    n, m, p = problem.n, problem.m, problem.p
    require(problem.institution < p, "institution", problem.institution, f"it must be below the {p} institutions")
    for name in ("bonus", "barred"):
        pairs = getattr(problem, name)
        require(pairs.rows < n, f"{name}.rows", pairs.rows, f"it must be below the {n} cases")
        require(pairs.cols < m, f"{name}.cols", pairs.cols, f"it must be below the {m} practitioners")
    for g, rows in enumerate(problem.exclusive):
        if not rows.size:
            raise ValueError(f"exclusive[{g}] is empty; a group must name a case")
    listed = np.concatenate((ABSENT, *problem.exclusive))
    for name, rows in (("exclusive", listed), ("separate", problem.separate)):
        require((rows >= 0) & (rows < n), name, rows, f"it must be a row from 0 to {n - 1}")
    ranked = np.sort(listed)
    require(ranked[1:] != ranked[:-1], "sorted exclusive", ranked, "a case belongs to at most one group")
    alike = problem.separate[:, 0] == problem.separate[:, 1]
    require(~alike, "separate", problem.separate[:, 0], "a case cannot be kept apart from itself")


def _check_ranges(problem: Problem) -> None:
    if problem.reach >= SCORE_LIMIT:
        raise ValueError(
            f"case_terms, practitioner_terms, base_score and bonus can score {problem.reach}; "
            f"the size of a score must stay below {SCORE_LIMIT}"
        )
    price = max(largest(problem.slot_price), largest(problem.open_price))
    units = exact_sum(problem.demand) + problem.n + problem.m + 1
    if (price + SCORE_LIMIT) * units >= TOTAL_LIMIT:
        raise ValueError(f"prices up to {price} over {units} units; their sum must stay below {TOTAL_LIMIT}")
