"""Three-valued logic on arrays: no, unknown, yes, in this order, so that *and* is the lesser and *or* the greater.

A hard rule passes a pair only on a plain yes. Source: Kleene, *Introduction to Metamathematics*, section 64.
"""

from collections.abc import Iterable
from functools import cache, reduce
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Truths = NDArray[np.uint8]

NO, UNKNOWN, YES = np.uint8(0), np.uint8(1), np.uint8(2)


def truth(known: ArrayLike) -> Truths:
    """Return yes where `known` holds, else no."""
    return np.where(np.asarray(known, bool), YES, NO)


def truths(values: Iterable[bool | None]) -> Truths:
    """Return one truth a value; None is unknown."""
    return np.fromiter((UNKNOWN if value is None else YES if value else NO for value in values), np.uint8)


def negation(claim: Truths) -> Truths:
    """Return yes for no, no for yes, and unknown for unknown."""
    return YES - claim


def all_of(*claims: Truths) -> Truths:
    """Return yes where every claim is yes, no where one is no, else unknown."""
    return reduce(np.minimum, claims)


def any_of(*claims: Truths) -> Truths:
    """Return yes where one claim is yes, no where every one is no, else unknown."""
    return reduce(np.maximum, claims)


def at_least(values: NDArray[np.floating[Any]], least: float) -> Truths:
    """Return whether the values reach `least`; NaN is unknown."""
    return np.where(np.isnan(values), UNKNOWN, truth(values >= least))


def at_most(values: NDArray[np.floating[Any]], most: float) -> Truths:
    """Return whether the values stay within `most`; NaN is unknown."""
    return np.where(np.isnan(values), UNKNOWN, truth(values <= most))


def one_of(codes: NDArray[np.integer[Any]], wanted: tuple[int, ...]) -> Truths:
    """Return whether the codes are among `wanted`; -1 is unknown."""
    found: Truths = _table_of(wanted)[np.minimum(codes, max(wanted) + 1)]
    return found


@cache
def _table_of(wanted: tuple[int, ...]) -> Truths:
    """Return the truth of each code up to the first above all wanted ones; the last place is that of -1."""
    return np.array([*(YES if code in wanted else NO for code in range(max(wanted) + 2)), UNKNOWN])
