"""Means of groups with 95 % intervals: days or weeks are drawn with replacement, for cases of one hang together.

Source: Efron and Tibshirani, *An Introduction to the Bootstrap*, ch. 8, as in the comparison of policies.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from dispatch.domain.docket.columns import Numbers

DRAWS = 2_000
SEED = 1
INTERVAL = (2.5, 97.5)
FEWEST_WEEKS = 12
"""A period with fewer weeks is drawn by days."""

DIGITS = 4


class Interval(NamedTuple):
    """A mean and the middle 95 % of what it came to on drawn periods; all None where nothing counts."""

    value: float | None
    low: float | None
    high: float | None


NOTHING = Interval(None, None, None)


class Draws:
    """The draws of one period, the same for every group of it, (draws, units)."""

    def __init__(self, days: Iterable[date]) -> None:
        known = sorted(set(days))
        weeks = {monday(day) for day in known}
        self._unit = monday if len(weeks) >= FEWEST_WEEKS else _itself
        units = sorted({self._unit(day) for day in known})
        self._place = {unit: k for k, unit in enumerate(units)}
        chance = np.full(len(units), 1 / max(len(units), 1))
        times = np.random.default_rng(SEED).multinomial(len(units), chance, DRAWS) if units else np.zeros((DRAWS, 0))
        self._times: Numbers = times.astype(float)

    def mean(self, values: Sequence[tuple[date, float]]) -> Interval:
        """Return the mean of values, each of its day, with its interval."""
        if not values:
            return NOTHING
        above, below = (np.zeros(len(self._place)) for _ in range(2))
        for day, value in values:
            above[self._place[self._unit(day)]] += value
            below[self._place[self._unit(day)]] += 1
        drawn = self._times @ above, self._times @ below
        known = drawn[1] > 0
        low, high = np.percentile(drawn[0][known] / drawn[1][known], INTERVAL)
        return Interval(*(round(float(each), DIGITS) for each in (above.sum() / below.sum(), low, high)))


def monday(day: date) -> date:
    """Return the Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def _itself(day: date) -> date:
    return day
