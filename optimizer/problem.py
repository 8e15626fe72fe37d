"""Problem, Pairs: the input as frozen arrays, checked once, with one wording of errors."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

IntArray = NDArray[np.int64]
TermArray = NDArray[np.float32]

SCORE_LIMIT = 2**24
"""Whole numbers below this are exact in float32, in any order of summation."""

PRICE_LIMIT = 2**40
"""Prices below this leave room for the flow solver's scaling by the number of nodes."""

TOTAL_LIMIT = 2**60
"""No sum of prices and scores over a whole problem may reach this."""

ABSENT = np.empty(0, np.int64)


def _absent() -> IntArray:
    return ABSENT


def _refuse(name: str, index: object, found: object, wanted: str) -> NoReturn:
    raise ValueError(f"{name}[{index}] is {found}; {wanted}")


def _require(holds: NDArray[np.bool_], name: str, values: NDArray[np.generic], wanted: str) -> None:
    if not holds.all():
        index = tuple(int(axis[0]) for axis in np.nonzero(~holds))
        _refuse(name, ", ".join(map(str, index)), values[index].item(), wanted)


def _require_shape(values: NDArray[np.generic], name: str, shape: tuple[int | None, ...], wanted: str) -> None:
    if values.ndim != len(shape) or any(want not in (None, have) for want, have in zip(shape, values.shape, strict=True)):
        raise ValueError(f"{name} has shape {values.shape}; {wanted}")


def whole(values: ArrayLike, name: str) -> IntArray:
    """
    Return the values as int64.

    Raises
    ------
    ValueError
        If the values are not of an integer type.
    """
    array = np.asarray(values)
    if array.size and not np.issubdtype(array.dtype, np.integer):
        raise ValueError(f"{name} has type {array.dtype}; it must hold integers")
    return np.ascontiguousarray(array, np.int64)


@dataclass(frozen=True, eq=False)
class Pairs:
    """
    Sparse facts about single pairs; kept sorted by row and column, values of one pair summed.

    Parameters
    ----------
    rows, cols : (q,) int64
        Case and practitioner of each pair.
    values : (q,) int64, default zeros
        What is said of the pair.

    Raises
    ------
    ValueError
        If lengths differ or an index is negative.
    """

    rows: IntArray
    cols: IntArray
    values: IntArray = field(default_factory=_absent)

    def __post_init__(self) -> None:
        rows, cols = whole(self.rows, "rows").ravel(), whole(self.cols, "cols").ravel()
        values = whole(self.values, "values").ravel()
        values = values if values.size else np.zeros(rows.size, np.int64)
        if not rows.size == cols.size == values.size:
            raise ValueError(f"rows, cols, values have lengths {rows.size}, {cols.size}, {values.size}; they must agree")
        _require(rows >= 0, "rows", rows, "it must be a row, 0 or more")
        _require(cols >= 0, "cols", cols, "it must be a column, 0 or more")
        order = np.lexsort((cols, rows))
        rows, cols, values = rows[order], cols[order], values[order]
        first = np.flatnonzero(np.append(True, (np.diff(rows) != 0) | (np.diff(cols) != 0))[: rows.size])
        values = np.add.reduceat(values, first) if first.size else values
        for name, array in (("rows", rows[first]), ("cols", cols[first]), ("values", values)):
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    @property
    def size(self) -> int:
        """How many different pairs there are."""
        return self.rows.size

    def at(self, rows: IntArray, cols: IntArray) -> IntArray:
        """Return the values of some pairs, 0 for those not listed."""
        width = max(int(cols.max(initial=0)), int(self.cols.max(initial=0))) + 1
        key, asked = self.rows * width + self.cols, rows * width + cols
        at = np.searchsorted(key, asked)
        return np.where(np.append(key, -1)[at] == asked, np.append(self.values, 0)[at], 0)


NO_PAIRS = Pairs(ABSENT, ABSENT)


def _no_pairs() -> Pairs:
    return NO_PAIRS


@dataclass(frozen=True, eq=False)
class Problem:
    """
    One matching problem: n cases, m practitioners, scores factored over d terms.

    A pair scores ``case_terms[i] @ practitioner_terms[j] + bonus``. A pair with a negative score
    is never assigned. The plan maximises scores, less slot prices, less open prices.

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
    demand : (n,) int64, practitioners, >= 1, default ones
        How many different practitioners the case needs.
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
    demand: IntArray = field(default_factory=_absent)
    bonus: Pairs = field(default_factory=_no_pairs)
    barred: Pairs = field(default_factory=_no_pairs)
    institution: IntArray = field(default_factory=_absent)
    institution_capacity: IntArray = field(default_factory=_absent)
    exclusive: tuple[IntArray, ...] = ()

    def __post_init__(self) -> None:
        self._freeze()
        self._require_shapes()
        self._require_values()
        self._require_groups()
        self._require_ranges()

    @property
    def n(self) -> int:
        """Number of cases."""
        return len(self.case_terms)

    @property
    def m(self) -> int:
        """Number of practitioners."""
        return len(self.practitioner_terms)

    @cached_property
    def room(self) -> IntArray:
        """Cases each practitioner can take, (m,) int64: 0 where the institution is full, else at most n + 1."""
        open_doors = np.append(self.institution_capacity, 1)[self.institution] > 0
        return np.where(open_doors, np.minimum(self.capacity, self.n + 1), 0)

    @cached_property
    def group(self) -> IntArray:
        """Exclusive group of each case, (n,) int64, -1 where it is in none."""
        group = np.full(self.n, -1)
        for g, rows in enumerate(self.exclusive):
            group[rows] = g
        return group

    @cached_property
    def digest(self) -> str:
        """SHA-256 of every array: the name of this very problem."""
        seal = hashlib.sha256(b"legal-aid matching problem 1")
        for name in (entry.name for entry in fields(self)):
            for part in _parts(getattr(self, name)):
                seal.update(f"{name} {part.dtype.str} {part.shape}".encode())
                seal.update(np.ascontiguousarray(part).data)
        return seal.hexdigest()

    def _freeze(self) -> None:
        n, m = len(self.case_terms), len(self.practitioner_terms)
        defaults = {"demand": np.ones(n, np.int64), "institution": np.full(m, -1)}
        for name in ("case_terms", "practitioner_terms"):
            self._set(name, np.array(getattr(self, name), np.float32, order="C"))
        for name in ("capacity", "slot_price", "open_price", "demand", "institution", "institution_capacity"):
            given = getattr(self, name)
            absent = given is None or (name in defaults and np.size(given) == 0)
            self._set(name, whole(defaults.get(name, ABSENT) if absent else given, name).copy())
        for name in ("bonus", "barred"):
            object.__setattr__(self, name, NO_PAIRS if getattr(self, name) is None else getattr(self, name))
        groups = tuple(np.unique(whole(rows, "exclusive")) for rows in self.exclusive or ())
        object.__setattr__(self, "exclusive", groups)

    def _set(self, name: str, array: NDArray[np.generic]) -> None:
        array.setflags(write=False)
        object.__setattr__(self, name, array)

    def _require_shapes(self) -> None:
        _require_shape(self.case_terms, "case_terms", (None, None), "it must be (n, d)")
        n, d, m = *self.case_terms.shape, len(self.practitioner_terms)
        _require_shape(self.practitioner_terms, "practitioner_terms", (None, d), f"it must be (m, {d}) as in case_terms")
        _require_shape(self.capacity, "capacity", (m,), f"it must be ({m},)")
        _require_shape(self.slot_price, "slot_price", (m, None), f"it must be ({m}, k)")
        if self.slot_price.shape[1] == 0:
            raise ValueError("slot_price has no columns; it must have at least one")
        _require_shape(self.open_price, "open_price", (n,), f"it must be ({n},)")
        _require_shape(self.demand, "demand", (n,), f"it must be ({n},)")
        _require_shape(self.institution, "institution", (m,), f"it must be ({m},)")
        _require_shape(self.institution_capacity, "institution_capacity", (None,), "it must be (p,)")

    def _require_values(self) -> None:
        for name in ("case_terms", "practitioner_terms"):
            terms = getattr(self, name)
            _require(terms == np.rint(terms), name, terms, "it must be a whole number")
            _require(np.abs(terms) < SCORE_LIMIT, name, terms, f"its size must be below {SCORE_LIMIT}")
        for name, least in (("capacity", 0), ("demand", 1), ("institution", -1), ("institution_capacity", 0)):
            values = getattr(self, name)
            _require(values >= least, name, values, f"it must be {least} or more")
        p = self.institution_capacity.size
        _require(self.institution < p, "institution", self.institution, f"it must be below the {p} institutions")
        for name in ("slot_price", "open_price"):
            prices = getattr(self, name)
            _require(np.abs(prices) < PRICE_LIMIT, name, prices, f"its size must be below {PRICE_LIMIT}")
        steps = np.diff(self.slot_price, axis=1)
        _require(steps >= 0, "slot_price steps", steps, "prices must not decrease along k")
        for name in ("bonus", "barred"):
            pairs = getattr(self, name)
            _require(pairs.rows < self.n, f"{name}.rows", pairs.rows, f"it must be below the {self.n} cases")
            _require(pairs.cols < self.m, f"{name}.cols", pairs.cols, f"it must be below the {self.m} practitioners")

    def _require_groups(self) -> None:
        for g, rows in enumerate(self.exclusive):
            inside = (rows >= 0) & (rows < self.n)
            _require(inside, f"exclusive[{g}]", rows, f"it must be a row from 0 to {self.n - 1}")
        rows, count = np.unique(np.concatenate((ABSENT, *self.exclusive)), return_counts=True)
        if (count > 1).any():
            _refuse("exclusive", "...", f"naming case {rows[count > 1][0]} twice", "a case belongs to at most one group")

    def _require_ranges(self) -> None:
        reach = np.abs(self.practitioner_terms).max(axis=0, initial=0).astype(np.float64)
        largest = np.abs(self.case_terms).astype(np.float64) @ reach
        _require(largest < SCORE_LIMIT, "case_terms", largest, f"the score of a pair must stay below {SCORE_LIMIT}")
        largest = largest[self.bonus.rows] + np.abs(self.bonus.values)
        _require(largest < SCORE_LIMIT, "bonus", largest, f"the score of a pair must stay below {SCORE_LIMIT}")
        price = max(int(np.abs(p).max(initial=0)) for p in (self.slot_price, self.open_price))
        total = (price + SCORE_LIMIT) * (int(self.demand.sum()) + self.n + self.m + 1)
        if total >= TOTAL_LIMIT:
            raise ValueError(f"prices up to {price} sum to {total}; the sum must stay below {TOTAL_LIMIT}")


def _parts(value: object) -> Iterable[NDArray[np.generic]]:
    if isinstance(value, Pairs):
        return value.rows, value.cols, value.values
    return (value,) if isinstance(value, np.ndarray) else tuple(np.asarray(part) for part in value)  # type: ignore[attr-defined]
