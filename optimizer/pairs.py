"""Pairs, and the checks of arrays that every input goes through, with one wording of errors."""

from dataclasses import dataclass, field
from typing import Any, NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

from optimizer.exact import HALF, LOW, SIZE_LIMIT, halves

IntArray = NDArray[np.int64]
KeyArray = NDArray[np.uint64]

ABSENT = np.empty(0, np.int64)


def absent() -> IntArray:
    """Return the empty array that means a field left out."""
    return ABSENT


def no_keys() -> KeyArray:
    """Return the empty array that means no keys."""
    return np.empty(0, np.uint64)


def refuse(name: str, index: object, found: object, wanted: str) -> NoReturn:
    """Raise ValueError in the one wording of this package."""
    raise ValueError(f"{name}[{index}] is {found}; {wanted}")


def require(holds: NDArray[np.bool_], name: str, values: NDArray[np.generic], wanted: str) -> None:
    """Refuse the first of ``values`` for which ``holds`` is False."""
    if not holds.all():
        index = tuple(int(axis[0]) for axis in np.nonzero(~holds))
        refuse(name, ", ".join(map(str, index)), values.item(*index), wanted)


def require_shape(values: NDArray[np.generic], name: str, shape: tuple[int | None, ...], wanted: str) -> None:
    """Refuse an array of another shape; None means any length."""
    fits = values.ndim == len(shape) and all(a in (None, b) for a, b in zip(shape, values.shape, strict=True))
    if not fits:
        raise ValueError(f"{name} has shape {values.shape}; {wanted}")


def numbers(values: ArrayLike, name: str) -> NDArray[Any]:
    """
    Return the values as an array that hides nothing: a mask and truth values among numbers are refused.

    Raises
    ------
    ValueError
        If the values are no array, too many, masked, or hold True or False.
    """
    if np.ma.is_masked(values):
        raise ValueError(f"{name} has masked entries; every entry must be a number")
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ValueError(f"{name} is no array: {error}") from None
    if array.size >= SIZE_LIMIT:
        raise ValueError(f"{name} has {array.size} entries; there must be fewer than {SIZE_LIMIT}")
    # An array says by its type what it holds; in a list, NumPy would turn True into 1.
    listed = set() if isinstance(values, np.ndarray) else set(map(type, np.asarray(values, object).flat))
    if array.dtype.kind == "b" or listed & {bool, np.bool_}:
        raise ValueError(f"{name} has type bool; it must hold numbers")
    return array


def whole(values: ArrayLike, name: str) -> IntArray:
    """
    Return the values as int64, none of them changed.

    Raises
    ------
    ValueError
        If the values are not of an integer type, or one lies outside int64.
    """
    return _converted(values, name, np.int64)


def whole_keys(values: ArrayLike, name: str) -> KeyArray:
    """
    Return the values as uint64, none of them changed.

    Raises
    ------
    ValueError
        If the values are not of an integer type, or one lies outside uint64.
    """
    return _converted(values, name, np.uint64)


def _converted(values: ArrayLike, name: str, kind: type[np.signedinteger | np.unsignedinteger]) -> NDArray[Any]:
    array = numbers(values, name)
    if array.dtype.kind not in "iu" and array.size:
        array = _beyond_integer_types(values, array, name)
    if array.dtype != kind:
        limits = np.iinfo(kind)
        holds = (array >= limits.min) & (array <= limits.max)
        require(holds, name, array, f"it must be from {limits.min} to {limits.max}")
    return np.asarray(array, kind, order="C")


def _beyond_integer_types(values: ArrayLike, array: NDArray[Any], name: str) -> NDArray[Any]:
    """Python's integers of a list, which NumPy takes for floats or objects if one of them is too large."""
    objects = np.asarray(values, object)
    if isinstance(values, np.ndarray) or set(map(type, objects.flat)) != {int}:
        raise ValueError(f"{name} has type {array.dtype}; it must hold integers")
    return objects


@dataclass(frozen=True, eq=False)
class Pairs:
    """
    Sparse facts about single pairs; kept sorted by row and column, values of one pair summed.

    Parameters
    ----------
    rows, cols : (q,) int64, >= 0, < 2**31
        Case and practitioner of each pair.
    values : (q,) int64, default zeros
        What is said of the pair.

    Raises
    ------
    ValueError
        If lengths differ, an index is out of range, or the values of one pair sum to more than int64 holds.
    """

    rows: IntArray
    cols: IntArray
    values: IntArray = field(default_factory=absent)

    def __post_init__(self) -> None:
        rows, cols = whole(self.rows, "rows").ravel(), whole(self.cols, "cols").ravel()
        values = whole(self.values, "values").ravel()
        values = values if values.size else np.zeros(rows.size, np.int64)
        if not rows.size == cols.size == values.size:
            lengths = f"{rows.size}, {cols.size}, {values.size}"
            raise ValueError(f"rows, cols, values have lengths {lengths}; they must agree")
        for name, index, what in (("rows", rows, "row"), ("cols", cols, "column")):
            require((index >= 0) & (index < SIZE_LIMIT), name, index, f"it must be a {what}, 0 or more, below 2**31")
        order = np.lexsort((cols, rows))
        rows, cols, values = rows[order], cols[order], values[order]
        first = np.flatnonzero(np.append(True, (np.diff(rows) != 0) | (np.diff(cols) != 0))[: rows.size])
        values = values if first.size == values.size else _summed(values, first)
        for name, array in (("rows", rows[first]), ("cols", cols[first]), ("values", values)):
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    @property
    def size(self) -> int:
        """How many different pairs there are."""
        return self.rows.size

    def at(self, rows: IntArray, cols: IntArray) -> IntArray:
        """Return the values of some pairs, 0 for those not listed."""
        width = int(self.cols.max(initial=-1)) + 1
        # A column beyond all that are listed would pass for one of the next row.
        asked = np.where((cols >= 0) & (cols < width) & (rows >= 0) & (rows < SIZE_LIMIT), rows * width + cols, -1)
        key = self.rows * width + self.cols
        at = np.searchsorted(key, asked)
        return np.where(np.append(key, -2)[at] == asked, np.append(self.values, 0)[at], 0)


NO_PAIRS = Pairs(ABSENT, ABSENT)


def no_pairs() -> Pairs:
    """Return the empty list of pairs."""
    return NO_PAIRS


def _summed(values: IntArray, first: IntArray) -> IntArray:
    high, low = (np.add.reduceat(half, first) for half in halves(values))
    high, low = high + (low >> HALF), low & LOW
    beyond = np.flatnonzero((high < -(2**31)) | (high >= 2**31))
    if beyond.size:
        total = (int(high[beyond[0]]) << HALF) + int(low[beyond[0]])
        refuse("sum of values", beyond[0], total, "values of one pair must sum to an int64")
    summed: IntArray = (high << HALF) + low
    return summed
