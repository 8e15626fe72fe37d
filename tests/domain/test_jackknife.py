"""An interval holds what it says as often as it says, for few units and many; where too few are there is none."""

import numpy as np
import pytest

from dispatch.domain.jackknife import FEWEST, jackknife

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
