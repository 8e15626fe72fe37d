"""What rules and people were worth over many days: means, with intervals by Student's quantile where days suffice."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from dispatch.domain.jackknife import jackknife
from dispatch.simulation.evidence.days import Day
from dispatch.simulation.evidence.prices import PersonValue, RulePrice, Sort, person_values, rule_prices


class DayPrices(NamedTuple):
    """The prices of a day."""

    rules: list[RulePrice]
    people: list[PersonValue]


class Spread(NamedTuple):
    """A mean over days, and the ends of its interval; none below ``jackknife.FEWEST`` days."""

    mean: float
    low: float | None
    high: float | None


class RuleHistory(NamedTuple):
    """
    What a rule cost a day.

    Parameters
    ----------
    refusing : int
        Days on which it refused anybody on the list; on the others it cost nothing.
    gain : Spread, points a day
        What all cases together would gain without it.
    served : Spread, seats a day
        How many more would have somebody.
    """

    code: str
    refusing: int
    gain: Spread
    served: Spread


class PersonHistory(NamedTuple):
    """
    What one more person with one place was worth on the days that had cases of a kind.

    Parameters
    ----------
    days : int
        Days with such cases; they alone count.
    cases, open : int
        Such cases of all these days, and their seats without anybody.
    filling : int
        Days on which one more person would have given an open case somebody.
    worth : Spread, points a day
        The value of somebody like the middle one of the people able to take such cases.
    exact : bool
        Where False, sides were kept apart on some day: it was worth at most so much.
    """

    sort: Sort
    label: str
    days: int
    cases: int
    open: int
    filling: int
    worth: Spread
    exact: bool


def day_prices(day: Day) -> DayPrices:
    """Return the prices of a day."""
    return DayPrices(rule_prices(day), person_values(day))


def rule_history(days: Sequence[DayPrices]) -> list[RuleHistory]:
    """Return what each rule cost a day, the dearest first; each interval is of its rule alone."""
    by_day = [{price.code: price for price in day.rules} for day in days]
    found = (_rule(code, [day.get(code) for day in by_day]) for code in {code for day in by_day for code in day})
    return sorted(found, key=lambda each: (-each.served.mean, -each.gain.mean, each.code))


def person_history(days: Sequence[DayPrices]) -> list[PersonHistory]:
    """Return what one more person was worth a day, by kind; each interval is of its kind alone."""
    kinds: dict[tuple[Sort, str], list[PersonValue]] = {}
    for day in days:
        for each in day.people:
            kinds.setdefault((each.sort, each.label), []).append(each)
    order = list(Sort)
    return [_person(kinds[kind]) for kind in sorted(kinds, key=lambda kind: (order.index(kind[0]), kind[1]))]


def spread_of(values: Iterable[float]) -> Spread:
    """Return the mean of days and its interval; what never is below nothing has no end below it."""
    known = np.fromiter(values, np.float64)
    without_each = (known.sum() - known) / (len(known) - 1) if len(known) > 1 else np.array([np.nan])
    mean = float(known.mean())
    low, high = jackknife(mean, without_each) or (None, None)
    return Spread(mean, None if low is None else max(low, 0.0), high)


def _rule(code: str, prices: Sequence[RulePrice | None]) -> RuleHistory:
    return RuleHistory(
        code=code,
        refusing=sum(price is not None for price in prices),
        gain=spread_of(price.gain if price else 0 for price in prices),
        served=spread_of(price.served if price else 0 for price in prices),
    )


def _person(values: Sequence[PersonValue]) -> PersonHistory:
    return PersonHistory(
        sort=values[0].sort,
        label=values[0].label,
        days=len(values),
        cases=sum(each.cases for each in values),
        open=sum(each.open for each in values),
        filling=sum(each.fills for each in values),
        worth=spread_of(each.median for each in values),
        exact=all(each.exact for each in values),
    )
