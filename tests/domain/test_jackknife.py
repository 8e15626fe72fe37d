"""An interval holds what it says as often as it says, for few units and many; where too few are there is none."""

import numpy as np
import pytest

from dispatch.domain.jackknife import FEWEST, chance_of, hold, jackknife

TRIALS = 4_000


def weeks_of(draw, units):
    """Cases a week, and hours under two policies that do not differ, in weeks that do."""
    busy = draw.gamma(8, 1 / 8, units)
    cases = draw.poisson(40 * busy) + 1
    common = busy * draw.lognormal(0, 0.5, units)
    hours = [cases * common * draw.lognormal(0, 0.2, units) for _ in range(2)]
    return cases.astype(float), *hours


@pytest.mark.parametrize("units", [FEWEST, 6, 8, 13, 26, 52])
def test_two_policies_that_do_not_differ_are_told_apart_once_in_twenty_times(units):
    draw, held = np.random.default_rng(units), 0
    for _ in range(TRIALS):
        cases, mine, other = weeks_of(draw, units)
        rest = cases.sum() - cases
        difference = (mine.sum() - other.sum()) / cases.sum()
        low, high = jackknife(difference, (mine.sum() - mine) / rest - (other.sum() - other) / rest)
        held += low <= 0 <= high

    assert 0.93 <= held / TRIALS <= 0.97


def test_interval_of_a_mean_is_that_of_the_textbook():
    values = np.array([3.0, 5.0, 6.0, 8.0, 8.0])

    low, high = jackknife(values.mean(), (values.sum() - values) / 4)

    # t(0.975, 4 degrees) = 2.776, s / sqrt(5) = 0.9487
    assert (round(low, 3), round(high, 3)) == (3.366, 8.634)


def test_too_few_units_or_one_that_holds_everything_have_none():
    assert jackknife(1.0, np.ones(FEWEST - 1)) is None
    assert jackknife(1.0, np.array([np.nan, 1.0, 1.0, 1.0])) is None


def test_chance_of_a_figure_is_that_of_students_distribution():
    low, high = jackknife(6.0, np.array([6.75, 6.25, 6.0, 5.5, 5.5]))

    assert round(chance_of(low, high, 5), 4) == 0.0032
    # t = 2.776 with 4 degrees leaves 5 % outside.
    assert round(chance_of(0.0, 2.0, 5), 6) == 0.05
    assert (chance_of(0.0, 0.0, 5), chance_of(1.0, 1.0, 5)) == (1.0, 0.0)


def test_figures_are_named_together_by_holm():
    assert hold([0.04, 0.001, 0.5]) == {1}
    assert hold([0.02, 0.001, 0.5]) == {0, 1}
    assert hold([]) == set()


@pytest.mark.parametrize("units", [FEWEST, 8, 26])
def test_of_many_figures_of_policies_that_do_not_differ_one_is_named_in_one_of_twenty_comparisons(units):
    draw, told, trials, figures = np.random.default_rng(units), 0, 400, 20
    for _ in range(trials):
        common = draw.normal(0, 1, (units, 1))
        values = 0.5 * common + draw.normal(0, 1, (units, figures))
        left_out = (values.sum(axis=0) - values) / (units - 1)
        ends = [jackknife(values[:, k].mean(), left_out[:, k]) for k in range(figures)]
        told += bool(hold([chance_of(*each, units) for each in ends]))

    assert told / trials <= 0.07
