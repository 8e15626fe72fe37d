"""Problem: the input as frozen arrays, checked once."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from optimizer.checks import check_problem, whole_terms
from optimizer.exact import largest
from optimizer.pairs import (
    ABSENT,
    NO_PAIRS,
    IntArray,
    KeyArray,
    Pairs,
    absent,
    no_keys,
    no_pairs,
    numbers,
    require,
    require_shape,
    whole,
    whole_keys,
)

__all__ = ["IntArray", "Pairs", "Problem", "TermArray", "held"]

TermArray = NDArray[np.float32]

FORBIDDEN = -(2**22)
"""Score of a pair that a matrix does not allow: no bonus of sense lifts it above zero."""


def no_scores() -> TermArray:
    """Return the empty array that means no base scores."""
    return np.empty((0, 0), np.float32)


@dataclass(frozen=True, eq=False)
class Problem:
    """
    One matching problem: n cases, m practitioners, scores factored over d terms.

    A pair scores ``case_terms[i] @ practitioner_terms[j] + base_score[i, j] + bonus``. A pair with a negative score
    is never assigned. The best plan has the most score, less slot prices, less open prices.

    Parameters
    ----------
    case_terms : (n, d) float32, whole
        Weighted attributes of each case; hard rules may ride in as large negatives.
    practitioner_terms : (m, d) float32, whole
        Levels of each practitioner.
    capacity : (m,) int64, cases, >= 0
        How many more cases the practitioner may take.
    slot_price : (m, k) int64, points, not decreasing along k
        Price of the k-th additional case; further cases up to ``capacity`` cost the last column.
        A negative first price is a premium: a floor on the practitioner's cases.
    open_price : (n,) int64, points
        Price of each unit of demand left open.
    demand : (n,) int64, practitioners, >= 0, default ones
        How many different practitioners the case needs; one that needs none costs nothing.
    bonus : Pairs, points, default none
        Added to the score of single pairs.
    barred : Pairs, default none
        Pairs that are never assigned; their values mean nothing.
    institution : (m,) int64, default -1 throughout
        The institution of each practitioner, or -1.
    institution_capacity : (p,) int64, cases, >= 0, default none
        How many more cases each institution may take.
    exclusive : tuple of int64 arrays of rows, default none
        Of each group of cases a practitioner may take at most one. Groups do not overlap.
    separate : (q, 2) int64, rows, default none
        Pairs of cases that may share neither a practitioner nor an institution.
    case_key : (n,) uint64, all different, default the row
        Names for the draw among equally good plans: with keys, the order of rows means nothing.
    practitioner_key : (m,) uint64, all different, default the column
        The same for practitioners.
    base_score : (n, m) float32, whole, points, default none
        Scores that no terms make: a dense matrix, added to the product of the terms. All zeros is the same as none.

    Raises
    ------
    ValueError
        If an array has the wrong shape, type or range; the message names the array and the index.
    """

    case_terms: TermArray
    practitioner_terms: TermArray
    capacity: IntArray
    slot_price: IntArray
    open_price: IntArray
    demand: IntArray = field(default_factory=absent)
    bonus: Pairs = field(default_factory=no_pairs)
    barred: Pairs = field(default_factory=no_pairs)
    institution: IntArray = field(default_factory=absent)
    institution_capacity: IntArray = field(default_factory=absent)
    exclusive: Sequence[IntArray] = ()
    separate: IntArray = field(default_factory=absent)
    case_key: KeyArray = field(default_factory=no_keys)
    practitioner_key: KeyArray = field(default_factory=no_keys)
    base_score: TermArray = field(default_factory=no_scores)

    def __post_init__(self) -> None:
        self._freeze()
        check_problem(self)

    @classmethod
    def from_scores(
        cls,
        score: ArrayLike,
        allowed: ArrayLike | None = None,
        capacity: ArrayLike | None = None,
        open_price: ArrayLike = 0,
        slot_price: ArrayLike | None = None,
        **limits: Any,
    ) -> Self:
        """
        Return the problem of a dense matrix of scores.

        Parameters
        ----------
        score : (n, m) of whole numbers, points, 0 or more and below 2**24
            What each pair is worth. To minimise costs, subtract them from a constant. What is written where a pair is
            not allowed means nothing, infinity included.
        allowed : (n, m) bool, default True throughout
            The pairs that may be assigned.
        capacity : (m,) int64, cases, >= 0, default ones
            How many cases the practitioner may take.
        open_price : int or (n,) int64, points, default 0
            Price of each unit of demand left open. Above all that the scores can gain, such as
            ``1 + n * max(score)``, as many as possible are served; ``Solution.status`` says whether all are.
        slot_price : (m, k) int64, points, default zeros
            Price of the k-th case.
        **limits
            The other fields of ``Problem`` but the terms.

        Raises
        ------
        ValueError
            If an array has the wrong shape, type or range; the message names the array and the index.
        """
        scores = numbers(score, "score")
        require_shape(scores, "score", (None, None), "it must be (n, m)")
        n, m = scores.shape
        may = np.ones((n, m), np.bool_) if allowed is None else np.asarray(allowed)
        require_shape(may, "allowed", (n, m), f"it must be ({n}, {m}) like score")
        if may.dtype != np.bool_:
            raise ValueError(f"allowed has type {may.dtype}; it must hold True and False")
        filled = scores.copy()
        filled[~may] = 0
        scores = whole_terms(filled, "score", "(n, m)")
        require(scores >= 0, "score", scores, "an allowed pair must score 0 or more: add a constant to all")
        scores[~may] = FORBIDDEN
        return cls(
            case_terms=np.zeros((n, 1), np.float32),
            practitioner_terms=np.zeros((m, 1), np.float32),
            capacity=np.ones(m, np.int64) if capacity is None else whole(capacity, "capacity"),
            slot_price=np.zeros((m, 1), np.int64) if slot_price is None else whole(slot_price, "slot_price"),
            open_price=np.full(n, open_price) if np.ndim(open_price) == 0 else np.asarray(open_price),
            base_score=scores,
            **limits,
        )

    @property
    def n(self) -> int:
        """Number of cases."""
        return len(self.case_terms)

    @property
    def m(self) -> int:
        """Number of practitioners."""
        return len(self.practitioner_terms)

    @property
    def p(self) -> int:
        """Number of institutions."""
        return self.institution_capacity.size

    @property
    def dense(self) -> bool:
        """Whether there are base scores; where there are none, ``base_score`` is a view of one zero."""
        return 0 not in self.base_score.strides

    @cached_property
    def room(self) -> IntArray:
        """Cases each practitioner can take, (m,) int64: 0 where the institution is full, else at most n + 1."""
        open_doors = np.append(self.institution_capacity, 1)[self.institution] > 0
        return np.where(open_doors, np.minimum(self.capacity, self.n + 1), 0)

    @cached_property
    def by_term(self) -> TermArray:
        """The practitioners' levels term by term, (d, m) float32: a case that uses few terms reads few rows."""
        return np.ascontiguousarray(self.practitioner_terms.T)

    @cached_property
    def group(self) -> IntArray:
        """Exclusive group of each case, (n,) int64, -1 where it is in none."""
        group = np.full(self.n, -1)
        for g, rows in enumerate(self.exclusive):
            group[rows] = g
        return group

    @cached_property
    def reach(self) -> int:
        """No score is further from zero than this, bonus included; below 2**24."""
        levels = np.maximum(
            self.practitioner_terms.max(axis=0, initial=0), -self.practitioner_terms.min(axis=0, initial=0)
        )
        # Sums of whole numbers 0 or more: exact below 2**53, and what is larger does not round below 2**52.
        furthest = (np.abs(self.case_terms).astype(np.float64) @ levels.astype(np.float64)).max(initial=0)
        base = max(self.base_score.max(initial=0), -self.base_score.min(initial=0)) if self.dense else 0
        return int(furthest) + int(base) + largest(self.bonus.values)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of every array: the name of this very problem."""
        # Name, type and shape come before each array, so where it ends is known: no two problems give the same bytes.
        seal = hashlib.sha256(b"legal-aid matching problem 1")
        for name in (entry.name for entry in fields(self) if self.dense or entry.name != "base_score"):
            for part in _parts(getattr(self, name)):
                seal.update(f"{name} {part.dtype.str} {part.shape}".encode())
                seal.update(part.data)
        return seal.hexdigest()

    def _freeze(self) -> None:
        for name, shape in (("case_terms", "(n, d)"), ("practitioner_terms", "(m, d)")):
            self._set(name, whole_terms(getattr(self, name), name, shape))
        self._set("base_score", _base_score(self.base_score, self.n, self.m))
        defaults = {"demand": np.ones(self.n, np.int64), "institution": np.full(self.m, -1), "separate": NO_ROWS}
        for name in ("capacity", "slot_price", "open_price", "institution_capacity", *defaults):
            given = getattr(self, name)
            missing = given is None or (name in defaults and np.size(given) == 0)
            self._set(name, whole(defaults.get(name, ABSENT) if missing else given, name).copy())
        for name, size in (("case_key", self.n), ("practitioner_key", self.m)):
            given = getattr(self, name)
            missing = given is None or np.size(given) == 0
            self._set(name, whole_keys(np.arange(size) if missing else given, name).copy())
        for name in ("bonus", "barred"):
            given = getattr(self, name)
            if not isinstance(given, Pairs | None):
                raise ValueError(f"{name} has type {type(given).__name__}; it must be Pairs")
            # Sorted and checked anew: what is already so stays as it is.
            listed = NO_PAIRS if given is None else Pairs(given.rows, given.cols, given.values)
            object.__setattr__(self, name, listed)
        groups = tuple(np.unique(whole(rows, "exclusive")) for rows in self.exclusive or ())
        for rows in groups:
            rows.setflags(write=False)
        object.__setattr__(self, "exclusive", groups)

    def _set(self, name: str, array: NDArray[np.generic]) -> None:
        array.setflags(write=False)
        object.__setattr__(self, name, array)


NO_ROWS = np.empty((0, 2), np.int64)


def held(problem: Problem, stay: Pairs) -> Problem:
    """
    Return the problem in which giving up an arranged pair costs its price.

    Parameters
    ----------
    problem : Problem
        The instance as it is now.
    stay : Pairs, points
        Pairs arranged before, each with the price of moving it, added to its score. A pair that scores below
        zero by now gets nothing: no price of moving holds what a rule forbids.

    Raises
    ------
    ValueError
        If a pair names a case or a practitioner that does not exist, or a score leaves its range.
    """
    require(stay.rows < problem.n, "stay.rows", stay.rows, f"it must be below the {problem.n} cases")
    require(stay.cols < problem.m, "stay.cols", stay.cols, f"it must be below the {problem.m} practitioners")
    bonus, terms = problem.bonus, (problem.case_terms[stay.rows], problem.practitioner_terms[stay.cols])
    base = problem.base_score[stay.rows, stay.cols]
    legal = np.einsum("qd,qd->q", *terms) + base + bonus.at(stay.rows, stay.cols) >= 0
    rows, cols = np.append(bonus.rows, stay.rows[legal]), np.append(bonus.cols, stay.cols[legal])
    return replace(problem, bonus=Pairs(rows, cols, np.append(bonus.values, stay.values[legal])))


def _base_score(given: TermArray | None, n: int, m: int) -> TermArray:
    none = np.broadcast_to(np.float32(0), (n, m))
    # The view of one zero is known by its strides: nobody reads n * m zeros.
    if given is None or np.size(given) == 0 or _is_one_zero(given):
        return none
    scores = whole_terms(given, "base_score", "(n, m)")
    require_shape(scores, "base_score", (n, m), f"it must be ({n}, {m})")
    return scores if scores.any() else none


def _is_one_zero(given: TermArray) -> bool:
    return isinstance(given, np.ndarray) and not any(given.strides) and bool(given.flat[0] == 0)


def _parts(value: NDArray[np.generic] | Pairs | tuple[IntArray, ...]) -> tuple[NDArray[np.generic], ...]:
    if isinstance(value, Pairs):
        return value.rows, value.cols, value.values
    return (value,) if isinstance(value, np.ndarray) else value
