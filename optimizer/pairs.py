"""Pairs, and the checks of arrays that every input goes through, with one wording of errors."""

from dataclasses import dataclass, field
from typing import NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

IntArray = NDArray[np.int64]
KeyArray = NDArray[np.uint64]

ABSENT = np.empty(0, np.int64)


def absent() -> IntArray:
    """Return the empty array that stands for a field left out."""
    return ABSENT


def no_keys() -> KeyArray:
    """Return the empty array that stands for keys left out."""
    return np.empty(0, np.uint64)


def refuse(name: str, index: object, found: object, wanted: str) -> NoReturn:
    """Raise ValueError in the one wording of this package."""
    raise ValueError(f"{name}[{index}] is {found}; {wanted}")


def require(holds: NDArray[np.bool_], name: str, values: NDArray[np.generic], wanted: str) -> None:
    """Refuse the first of ``values`` for which ``holds`` is False."""
    if not holds.all():
        index = tuple(int(axis[0]) for axis in np.nonzero(~holds))
        refuse(name, ", ".join(map(str, index)), values[index].item(), wanted)


def require_shape(values: NDArray[np.generic], name: str, shape: tuple[int | None, ...], wanted: str) -> None:
    """Refuse an array whose shape is another; None stands for any length."""
    fits = values.ndim == len(shape) and all(a in (None, b) for a, b in zip(shape, values.shape, strict=True))
    if not fits:
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
    values: IntArray = field(default_factory=absent)

    def __post_init__(self) -> None:
        rows, cols = whole(self.rows, "rows").ravel(), whole(self.cols, "cols").ravel()
        values = whole(self.values, "values").ravel()
        values = values if values.size else np.zeros(rows.size, np.int64)
        if not rows.size == cols.size == values.size:
            lengths = f"{rows.size}, {cols.size}, {values.size}"
            raise ValueError(f"rows, cols, values have lengths {lengths}; they must agree")
        require(rows >= 0, "rows", rows, "it must be a row, 0 or more")
        require(cols >= 0, "cols", cols, "it must be a column, 0 or more")
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


def no_pairs() -> Pairs:
    """Return the empty list of pairs."""
    return NO_PAIRS
