"""Means of groups with 95 % intervals: days or weeks are left out whole, for cases of one hang together."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from dispatch.domain.jackknife import jackknife

FEWEST_WEEKS = 12
"""A period with fewer weeks is taken by days."""

DIGITS = 4


class Interval(NamedTuple):
    """A mean and its 95 % interval; all None where nothing counts, no ends where too few units do."""

    value: float | None
    low: float | None
    high: float | None


NOTHING = Interval(None, None, None)


class Units:
    """The weeks of one period, or its days, the same for every group of it."""

    def __init__(self, days: Iterable[date]) -> None:
        known = sorted(set(days))
        weeks = {monday(day) for day in known}
        self._unit = monday if len(weeks) >= FEWEST_WEEKS else _itself
        self._place = {unit: k for k, unit in enumerate(sorted({self._unit(day) for day in known}))}

    def mean(self, values: Sequence[tuple[date, float]]) -> Interval:
        """Return the mean of values, each of its day, with its interval."""
        if not values:
            return NOTHING
        above, below = (np.zeros(len(self._place)) for _ in range(2))
        for day, value in values:
            above[self._place[self._unit(day)]] += value
            below[self._place[self._unit(day)]] += 1
        mean, rest = above.sum() / below.sum(), below.sum() - below
        left_out = np.divide(above.sum() - above, rest, out=np.full(len(rest), np.nan), where=rest > 0)
        low, high = jackknife(float(mean), left_out) or (None, None)
        return Interval(*(None if each is None else round(float(each), DIGITS) for each in (mean, low, high)))


def monday(day: date) -> date:
    """Return the Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def _itself(day: date) -> date:
    return day
