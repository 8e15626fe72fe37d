"""Prices to start from where practitioners are scarce: a smooth matching, cooled down."""

import numpy as np
from numpy.typing import NDArray

from optimizer.pairs import IntArray

COOLING = (1 / 8, 1 / 32, 1 / 128)
"""Temperatures, as shares of the spread of values."""

SWEEPS = 12

SUITORS = 2
"""Classes named for each practitioner, one from each part of the sample."""

FAINT = np.float32(1e-30)
Tile = NDArray[np.float32]


def scarce_prices(
    value: Tile, units: IntArray, outside: IntArray, room: NDArray[np.float64], base: IntArray
) -> IntArray:
    """
    Estimate what practitioners are worth when everyone wants the same ones.

    Parameters
    ----------
    value : (r, q) float32, points
        Score of each class with each practitioner; far below zero where not allowed.
    units : (r,) int64, practitioners
        Demand of each class.
    outside : (r,) int64, points
        What a unit of demand is worth if left open.
    room : (q,) float64, cases
        Capacity of each practitioner, in the share of the classes looked at.
    base : (q,) int64, points
        Price of the first slot.

    Returns
    -------
    price : (q,) int64, points, >= base
        An estimate and no more: it chooses candidates, it proves nothing.

    Notes
    -----
    Row and column scaling of ``exp(value / temperature)`` with one-sided limits, from warm to cold.
    Source: Kosowsky, Yuille, *The invisible hand algorithm*, Neural Networks 7 (1994).
    """
    # In single precision throughout: an estimate needs no more, and the passes over the tile take half the time.
    need, left, seats, least = (np.asarray(part, np.float32) for part in (units, outside, room, base))
    price: Tile = least
    spread = np.float32(max(1.0, float(value.max(initial=0))))
    for share in COOLING:
        heat = spread * np.float32(share)
        worth = value - price
        surplus = np.maximum(worth.max(axis=1, initial=-3e38), left)
        worth -= surplus[:, None]
        with np.errstate(over="ignore"):  # a barred pair is infinitely cold
            kernel = np.exp(worth / heat)
        most_rows = np.exp(np.minimum((surplus - left) / heat, 80))
        most_cols = np.exp(np.minimum((price - least) / heat, 80))
        cols = np.ones_like(price)
        # All factors are finite; a library of matrix products may flag what lies in the lanes it pads.
        with np.errstate(invalid="ignore"):
            for _ in range(SWEEPS):
                rows = np.minimum(most_rows, need / np.maximum(kernel @ cols, FAINT))
                cols = np.minimum(most_cols, seats / np.maximum(rows @ kernel, FAINT))
        price = (price - heat * np.log(np.maximum(cols, FAINT))).astype(np.float32, copy=False)
    return np.maximum(np.rint(price).astype(np.int64), base)


def likely_pairs(value: Tile, outside: IntArray, price: IntArray) -> tuple[IntArray, IntArray]:
    """
    Return for each practitioner the classes that lose least by going there.

    Lists made by class alone leave out those who are nobody's favourite; where everyone is needed, those are missed.

    Parameters
    ----------
    value, outside : (r, q) float32 and (r,) int64, points
        As for ``scarce_prices``.
    price : (q,) int64, points
        The estimate.

    Returns
    -------
    rows, cols : (p,) int64
        At most ``SUITORS`` pairs of each column.
    """
    worth = value - price.astype(np.float32)
    worth -= np.maximum(worth.max(axis=1, initial=-3e38), outside)[:, None]
    tops = np.arange(0, len(worth), max(1, -(-len(worth) // SUITORS)))
    parts = zip(tops, np.split(worth, tops[1:]), strict=True)
    rows = np.concatenate([top + part.argmax(axis=0) for top, part in parts])
    return rows, np.tile(np.arange(price.size), tops.size)
