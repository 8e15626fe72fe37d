"""How well someone worked, as one level: grades of closed cases and upheld complaints, the latest counting most.

Whole numbers only, so that every machine finds the same level.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from dispatch.domain.docket.facts import PractitionerFacts
from dispatch.domain.policy.schema import Policy, Quality
from dispatch.domain.states import QualityGrade

UNIT = 1 << 20
"""The weight of a grade of today."""


class CountedGrade(NamedTuple):
    """A grade that counts, and how much beside one of today, of ``UNIT``."""

    grade: QualityGrade
    on: date
    weight: int

    @property
    def share(self) -> float:
        """The weight as a share of one."""
        return self.weight / UNIT


class CountedComplaint(NamedTuple):
    """An upheld complaint that counts, and how much beside one of today, of ``UNIT``."""

    on: date
    weight: int

    @property
    def share(self) -> float:
        """The weight as a share of one."""
        return self.weight / UNIT


class QualityBasis(NamedTuple):
    """
    What a quality level rests on.

    Parameters
    ----------
    level : int or None
        0 to 100; None where nothing is known, which counts as the policy's neutral level.
    before : int
        The level of the register, or the neutral one: what the grades move.
    grades, complaints : tuple
        What counted, the latest first.
    """

    level: int | None
    before: int
    grades: tuple[CountedGrade, ...] = ()
    complaints: tuple[CountedComplaint, ...] = ()


def quality_of(person: PractitionerFacts, policy: Policy, today: date) -> QualityBasis:
    """
    Return the quality level of someone on a day, with all that counted.

    Notes
    -----
    The level is the mean of the grades and of the level before them, which weighs as much as ``prior`` grades of
    today, less the points of complaints. What happens today counts from tomorrow on, so that the decisions of one
    day do not depend on their order.
    """
    neutral = policy.thresholds.unknown_quality
    before = neutral if person.quality is None else person.quality
    rule = policy.quality
    if rule is None or not (person.grades or person.complaints):
        return QualityBasis(person.quality, before)
    grades = tuple(
        CountedGrade(each.grade, each.on, weight)
        for each in sorted(person.grades, key=lambda each: (each.on, each.grade), reverse=True)
        if (weight := weight_on(each.on, today, rule))
    )
    complaints = tuple(
        CountedComplaint(on, weight)
        for on in sorted(person.complaints, reverse=True)
        if (weight := weight_on(on, today, rule))
    )
    if not grades and not complaints:
        return QualityBasis(person.quality, before)
    return QualityBasis(_level(before, grades, complaints, rule), before, grades, complaints)


def weight_on(on: date, today: date, rule: Quality) -> int:
    """Return what something of the day ``on`` weighs, of ``UNIT``: half after each half-life, straight in between."""
    age = (today - on).days
    if not 0 < age <= rule.window_days:
        return 0
    halvings, rest = divmod(age, rule.half_life_days)
    return (UNIT * (2 * rule.half_life_days - rest) // (2 * rule.half_life_days)) >> halvings


def _level(before: int, grades: Iterable[CountedGrade], complaints: Iterable[CountedComplaint], rule: Quality) -> int:
    weights = rule.prior * UNIT
    total = before * weights
    for each in grades:
        weights += each.weight
        total += rule.levels[each.grade] * each.weight
    taken = rule.complaint_points * sum(each.weight for each in complaints)
    # Both over one denominator, rounded once, half upwards.
    worth = total * UNIT - taken * weights
    return max((2 * worth + weights * UNIT) // (2 * weights * UNIT), 0)
