"""The facts behind a criterion of two people, side by side in few words."""

import pytest

from dispatch.domain.policy.criteria import Criterion
from dispatch.modes.figures import CriterionFigure, beside


def figure(criterion, measure):
    return CriterionFigure(criterion, weight=1_000, level=50, points=50_000, measure=measure)


@pytest.mark.parametrize(
    ("criterion", "one", "other", "zh", "en"),
    [
        (Criterion.QUALITY, 81.0, 70.5, ("81", "70.5，满分100"), ("81", "70.5, of 100")),
        (Criterion.DISTANCE, 3.2, 12.0, ("3.2公里", "12公里"), ("3.2 km", "12 km")),
        (Criterion.SPECIALTY, 60.0, None, ("60，满分100", "未登记"), ("60, of 100", "not recorded")),
        (Criterion.SPECIALTY, None, 60.0, ("未登记", "60，满分100"), ("not recorded", "60, of 100")),
        (Criterion.SPECIALTY, None, None, ("未登记", "未登记"), ("not recorded", "not recorded")),
        (Criterion.LANGUAGE, 100.0, 0.0, ("能够使用所需语言", "不能使用所需语言"),
         ("every language needed", "none of the languages needed")),
    ],
)  # fmt: skip
def test_two_people_are_compared_by_the_facts_of_a_criterion(criterion, one, other, zh, en):
    pair = figure(criterion, one), figure(criterion, other)

    assert beside(*pair, "zh") == zh
    assert beside(*pair, "en") == en
