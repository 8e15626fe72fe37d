"""The few kinds of draws a sample is made of; all of them come from a seeded generator."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TypeVar

import numpy as np
from numpy.random import Generator

Item = TypeVar("Item")


def pick(draw: Generator, shares: Mapping[Item, float], size: int) -> list[Item]:
    """Return ``size`` items drawn by their shares, which need not add up to one."""
    items = list(shares)
    weights = np.fromiter(shares.values(), dtype=float)
    return [items[k] for k in draw.choice(len(items), size=size, p=weights / weights.sum())]


def chance(draw: Generator, share: float, size: int) -> list[bool]:
    """Return ``size`` answers of which about ``share`` are yes."""
    return [bool(yes) for yes in draw.random(size) < share]


def with_gaps(draw: Generator, values: Sequence[Item], share: float) -> list[Item | None]:
    """Return the values with about ``share`` of them unknown, as in every real register."""
    return [None if gap else value for value, gap in zip(values, chance(draw, share, len(values)), strict=True)]


def some_of(draw: Generator, items: Sequence[Item], least: int, most: int) -> list[Item]:
    """Return ``least`` to ``most`` different items, in the order drawn."""
    count = int(draw.integers(least, most + 1))
    return [items[k] for k in draw.permutation(len(items))[:count]]


def years_before(day: date, years: float) -> date:
    """Return the day so many years earlier."""
    return day - timedelta(days=round(365.25 * years))


def near(draw: Generator, latitude: float, longitude: float, spread_km: float) -> tuple[float, float]:
    """Return a point about ``spread_km`` away."""
    north, east = draw.normal(0.0, spread_km, 2).tolist()
    return round(latitude + north / 111.0, 5), round(longitude + east / 92.0, 5)
