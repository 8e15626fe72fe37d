"""Prices of many days: means with Student's intervals, none of few days, and every day counted once."""

from statistics import fmean, stdev

import numpy as np
import pytest
from scipy.stats import t as student

from dispatch.simulation.evidence.price_history import DayPrices, person_history, rule_history, spread_of
from dispatch.simulation.evidence.prices import PersonValue, RulePrice, Sort


def a_value(label="wages", sort=Sort.CAUSE, median=100, **more):
    plain = {
        "cases": 2,
        "open": 1,
        "people": 3,
        "least": 0,
        "most": 2 * median,
        "fills": False,
        "surely": False,
        "exact": True,
    }
    return PersonValue(sort=sort, label=label, median=median, **(plain | more))


def test_interval_of_a_mean_is_students():
    values = [3, 5, 4, 9, 6, 7]

    found = spread_of(values)

    half = student.ppf(0.975, 5) * stdev(values) / 6**0.5
    assert found == pytest.approx((fmean(values), fmean(values) - half, fmean(values) + half))


@pytest.mark.parametrize("values", [[3], [3, 5], [3, 5, 4]])
def test_few_days_have_a_mean_and_no_interval(values):
    assert spread_of(values) == (pytest.approx(fmean(values)), None, None)


def test_what_is_never_below_nothing_has_no_end_below_it():
    assert spread_of([0, 0, 0, 8]).low == 0


@pytest.mark.parametrize("days", [6, 20])
def test_interval_holds_the_true_mean_as_often_as_it_says(days):
    drawn = np.random.default_rng(days).poisson(6, (2000, days))

    held = fmean(low <= 6 <= high for _, low, high in map(spread_of, drawn))

    assert 0.93 <= held <= 0.97


def test_rule_that_refuses_nobody_on_a_day_cost_nothing_that_day():
    days = [
        DayPrices([RulePrice("serves_area", 3, 40, 2), RulePrice("specialised", 1, 10, 0)], []),
        DayPrices([RulePrice("serves_area", 1, 20, 1)], []),
        DayPrices([], []),
        DayPrices([RulePrice("serves_area", 2, 0, 0)], []),
    ]

    [area, level] = rule_history(days)

    assert (area.code, area.refusing, area.served.mean, area.gain.mean) == ("serves_area", 3, 0.75, 15)
    assert (level.code, level.refusing, level.served, level.gain.mean) == ("specialised", 1, (0, 0, 0), 2.5)


def test_person_counts_on_days_with_such_cases_alone():
    days = [
        DayPrices([], [a_value(median=100, fills=True), a_value("ug", Sort.LANGUAGE, 50, exact=False)]),
        DayPrices([], [a_value(median=300)]),
    ]

    [cause, language] = person_history(days)

    assert (cause.label, cause.days, cause.cases, cause.open, cause.filling, cause.exact) == ("wages", 2, 4, 2, 1, True)
    assert cause.worth == (200, None, None)
    assert (language.sort, language.days, language.worth.mean, language.exact) == (Sort.LANGUAGE, 1, 50, False)
