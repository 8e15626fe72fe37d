"""Perturbations: what one point more of a weight or a price does to a problem, and what a plan is worth to it."""

from dataclasses import dataclass, replace
from operator import index
from typing import Any, SupportsIndex

import numpy as np

from optimizer.checks import PRICE_LIMIT, SCORE_LIMIT
from optimizer.pairs import NO_PAIRS, IntArray, Pairs, require, require_shape, whole
from optimizer.problem import Problem, TermArray
from optimizer.proof.bounds import scores_of

PRODUCT_LIMIT = 2**62
"""A product this large added to a price or a bonus leaves the range of both, and is still far from wrapping."""


class PerturbationError(ValueError):
    """A perturbation, a level, or a range of levels that makes no comparable problems; the message says why."""


@dataclass(frozen=True, eq=False)
class Perturbation:
    """
    A criterion that can count more or less; the value of every plan is linear in how much it counts.

    Parameters
    ----------
    practitioner_terms : (m, d) float32, whole
        Added to the levels of each practitioner by one point of the perturbation.
    slot_price : (m, k) int64, points
        Added to the slot prices by one point.
    bonus : Pairs, points
        Added to the scores of single pairs by one point.

    Raises
    ------
    ValueError
        If an array has the wrong shape, type or range; the message names the array and the index.
    """

    practitioner_terms: TermArray
    slot_price: IntArray
    bonus: Pairs = NO_PAIRS

    def __post_init__(self) -> None:
        terms, prices = np.asarray(self.practitioner_terms), whole(self.slot_price, "slot_price").copy()
        require_shape(terms, "practitioner_terms", (None, None), "it must be (m, d)")
        require_shape(prices, "slot_price", (len(terms), None), f"it must be ({len(terms)}, k)")
        if not np.can_cast(terms.dtype, np.float64):
            raise ValueError(f"practitioner_terms has type {terms.dtype}; it must hold numbers")
        require(terms == np.rint(terms), "practitioner_terms", terms, "it must be a whole number")
        for name, values, limit in (
            ("practitioner_terms", terms, SCORE_LIMIT),
            ("slot_price", prices, PRICE_LIMIT),
            ("bonus", self.bonus.values, SCORE_LIMIT),
        ):
            require((-limit < values) & (values < limit), name, values, f"its size must be below {limit}")
        for name, array in (("practitioner_terms", np.array(terms, np.float32)), ("slot_price", prices)):
            array.setflags(write=False)
            object.__setattr__(self, name, array)


def perturbation_between(less: Problem, more: Problem) -> Perturbation:
    """
    Return what leads from one problem to another that differs from it by one point of a weight or price.

    Raises
    ------
    PerturbationError
        If they differ in anything that a perturbation cannot move. Open prices may differ; they stay those of ``less``.
    """
    movable = ("practitioner_terms", "slot_price", "bonus", "open_price")
    same = all(getattr(less, name).shape == getattr(more, name).shape for name in ("case_terms", "slot_price"))
    same = same and less.m == more.m
    same = same and replace(more, **{name: getattr(less, name) for name in movable}).digest == less.digest
    if not same:
        raise PerturbationError(
            f"the problems differ in more than {', '.join(movable)}; no perturbation leads from one to the other"
        )
    rows, cols = (
        np.concatenate(axes) for axes in ((more.bonus.rows, less.bonus.rows), (more.bonus.cols, less.bonus.cols))
    )
    return Perturbation(
        more.practitioner_terms - less.practitioner_terms,
        more.slot_price - less.slot_price,
        Pairs(rows, cols, np.append(more.bonus.values, -less.bonus.values)),
    )


def staying(problem: Problem, rows: IntArray, cols: IntArray) -> Perturbation:
    """Return the perturbation that counts the arranged pairs a plan keeps; one no rule allows now counts nothing."""
    arranged = pairs_of(problem, rows, cols)
    legal = scores_of(problem, arranged.rows, arranged.cols) >= 0
    kept = Pairs(arranged.rows[legal], arranged.cols[legal], np.ones(np.count_nonzero(legal), np.int64))
    return Perturbation(np.zeros_like(problem.practitioner_terms), np.zeros_like(problem.slot_price), kept)


def pairs_of(problem: Problem, rows: IntArray, cols: IntArray) -> Pairs:
    """
    Return some pairs of a problem, each once.

    Raises
    ------
    ValueError
        If they are no whole numbers, or name a row or column the problem does not have.
    """
    pairs = Pairs(rows, cols)
    require(pairs.rows < problem.n, "rows", pairs.rows, f"it must be below the {problem.n} cases")
    require(pairs.cols < problem.m, "cols", pairs.cols, f"it must be below the {problem.m} practitioners")
    return pairs


def whole_number(value: SupportsIndex, name: str) -> int:
    """
    Return a whole number as int.

    Raises
    ------
    PerturbationError
        If it is none.
    """
    try:
        return index(value)
    except TypeError:
        raise PerturbationError(f"{name} is {value!r}; it must be a whole number") from None


def whole_level(level: SupportsIndex, name: str = "level") -> int:
    """
    Return a level as int.

    Raises
    ------
    PerturbationError
        If it is no whole number, or 2**40 or more in size.
    """
    found = whole_number(level, name)
    if abs(found) >= PRICE_LIMIT:
        raise PerturbationError(f"{name} is {found}; its size must be below {PRICE_LIMIT}")
    return found


def moved(problem: Problem, perturbation: Perturbation, by: SupportsIndex) -> Problem:
    """
    Return the problem with the perturbation moved by so many points.

    Raises
    ------
    PerturbationError
        If the perturbation does not fit the problem, or leads out of the range of scores or prices.
    """
    level = whole_level(by, "by")
    _require_fit(problem, perturbation)
    bonus, more = problem.bonus, perturbation.bonus
    rows, cols = np.append(bonus.rows, more.rows), np.append(bonus.cols, more.cols)
    # In float64 a sum that rounds is far above the limit of scores, so it is refused and never mistaken.
    terms: Any = problem.practitioner_terms + float(level) * perturbation.practitioner_terms.astype(np.float64)
    try:
        return replace(
            problem,
            practitioner_terms=terms,
            slot_price=problem.slot_price + _times(perturbation.slot_price, level, "slot_price"),
            bonus=Pairs(rows, cols, np.append(bonus.values, _times(more.values, level, "bonus"))),
        )
    except ValueError as error:
        raise PerturbationError(f"the perturbation cannot be moved by {level}: {error}") from None


def worth(problem: Problem, perturbation: Perturbation, rows: IntArray, cols: IntArray) -> int:
    """Return by how much a plan gains for each point of the perturbation."""
    _require_fit(problem, perturbation)
    terms, levels = problem.case_terms[rows].astype(np.int64), perturbation.practitioner_terms[cols].astype(np.int64)
    score: int = sum(np.einsum("qd,qd->q", terms, levels).tolist())
    load = np.bincount(cols, minlength=problem.m)
    return score + int(perturbation.bonus.at(rows, cols).sum()) - slots_cost(perturbation.slot_price, load)


def value_of(problem: Problem, rows: IntArray, cols: IntArray) -> int:
    """Return what a legal plan is worth: scores, less slot prices, less open prices."""
    unmet = problem.demand - np.bincount(rows, minlength=problem.n)
    load = np.bincount(cols, minlength=problem.m)
    return (
        int(scores_of(problem, rows, cols).sum())
        - slots_cost(problem.slot_price, load)
        - int(unmet @ problem.open_price)
    )


def slots_cost(price: IntArray, load: IntArray) -> int:
    """Return what so many slots of each practitioner cost, the first ones first."""
    steps = price.shape[1]
    # Prices stay below 2**40 in size, so the sum over fewer than 2**23 pairs stays below 2**63.
    inside = np.where(np.arange(steps) < load[:, None], price, 0).sum()
    return int(inside) + int(np.maximum(load - steps, 0) @ price[:, -1])


def _require_fit(problem: Problem, perturbation: Perturbation) -> None:
    for name in ("practitioner_terms", "slot_price"):
        mine, wanted = getattr(perturbation, name).shape, getattr(problem, name).shape
        if mine != wanted:
            raise PerturbationError(
                f"{name} of the perturbation has shape {mine}; it must be {wanted} like the problem's"
            )
    for axis, size in (("rows", problem.n), ("cols", problem.m)):
        named = getattr(perturbation.bonus, axis)
        if (named >= size).any():
            raise PerturbationError(f"bonus.{axis} of the perturbation reaches {named.max()}; {size} are too few")


def _times(values: IntArray, level: int, name: str) -> IntArray:
    """Values times a level, if nothing can wrap."""
    largest = abs(level) * int(np.abs(values).max(initial=0))
    if largest >= PRODUCT_LIMIT:
        raise PerturbationError(f"{name} would move by {largest}; it must stay below {PRICE_LIMIT} in size")
    return values * level
