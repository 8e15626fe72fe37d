"""Whose turns count how much: entitled shares of the rotation, and the floor of cases a year.

A share is a weight, not a portion: who has twice the share of another is due twice the turns.
Each turn is written down with the share it was taken at and counts one divided by it. So a
share that changes, because a colleague joins or a cap is lowered, counts from then on and never
backwards, and people may be compared whatever share they hold. Shares are exact fractions.

Sources: Zhejiang guidance 2024 no. 6 (rotation by organisation or by person), Lu'an rules art. 4
(by firm), Guangdong regulation of 2006 art. 7 (at least two cases a year).
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from typing import Self

from pydantic import Field, model_validator

from dispatch.domain.docket.absence import takes_cases
from dispatch.domain.docket.facts import PractitionerFacts
from dispatch.domain.policy.document import MAX_HOURS, Document
from dispatch.domain.validation import UnfitError
from dispatch.domain.vocabulary import Term

Shares = list[Fraction]
ONE = Fraction(1)


# fmt: off
class TurnUnit(Term):
    """Whose turn it is."""

    PERSON      = "person",      "按人轮流指派",     "by person"
    INSTITUTION = "institution", "按机构轮流指派", "by institution, then by person within it"


class ShareMeasure(Term):
    """What an entitled share is measured by."""

    EQUAL    = "equal",    "均等",           "the same for each"
    SIZE     = "size",     "按在册人数",     "by the people of the institution who are in the rotation"
    CAPACITY = "capacity", "按在办案件数上限", "by the cap on open cases; half a cap is half a share"


class Counted(Term):
    """What is handed out evenly."""

    TURNS  = "turns",  "按轮次",   "turns: each case counts one"
    EFFORT = "effort", "按工作量", "effort: each case counts its credits"
# fmt: on


class Rotation(Document):
    """How turns go round: by person or by institution, who is due how much, and of what."""

    by: TurnUnit = TurnUnit.PERSON
    measure: ShareMeasure = ShareMeasure.EQUAL
    counts: Counted = Counted.TURNS
    waive_hours: float = Field(default=8, ge=0, le=MAX_HOURS)
    """Office hours for which others come first after a turn is declined or not answered; 0 for not at all."""

    @model_validator(mode="after")
    def measurable(self) -> Self:
        """Refuse a person measured by the size of their institution."""
        if self.by is TurnUnit.PERSON and self.measure is ShareMeasure.SIZE:
            raise UnfitError(
                "按在册人数只用于按机构轮流指派：请改为按机构，或者改用其他份额依据",
                "size measures institutions: choose by = institution, or another measure",
            )
        return self

    @property
    def among_colleagues(self) -> bool:
        """Whether a person's share depends on how many colleagues there are."""
        return self.by is TurnUnit.INSTITUTION and self.measure is ShareMeasure.EQUAL


def in_rotation(person: PractitionerFacts) -> bool:
    """Tell who takes part on the day: an absence of any kind freezes a place, and its share with it."""
    away = person.on_leave or person.suspended or person.institution_suspended
    return takes_cases(person.listed, person.capacity, person.monthly_capacity) and not away


def shares_of(people: Sequence[PractitionerFacts], rotation: Rotation, cap: int) -> Shares:
    """Return the entitled share of each person; `cap` is for those whose entry names none."""
    return SHARES[rotation.by, rotation.measure](people, cap)


def _one_each(people: Sequence[PractitionerFacts], cap: int) -> Shares:
    return [ONE] * len(people)


def _caps(people: Sequence[PractitionerFacts], cap: int) -> Shares:
    return [Fraction(max(cap if person.capacity is None else person.capacity, 1)) for person in people]


def _one_a_house(people: Sequence[PractitionerFacts], cap: int) -> Shares:
    sizes = Counter(person.institution_id for person in people if in_rotation(person))
    return [Fraction(1, max(sizes[person.institution_id], 1)) for person in people]


# fmt: off
SHARES: dict[tuple[TurnUnit, ShareMeasure], Callable[[Sequence[PractitionerFacts], int], Shares]] = {
    # whose turn        measured by          a person's share; an institution's is the sum of its people's
    (TurnUnit.PERSON,      ShareMeasure.EQUAL):    _one_each,
    (TurnUnit.PERSON,      ShareMeasure.CAPACITY): _caps,
    (TurnUnit.INSTITUTION, ShareMeasure.EQUAL):    _one_a_house,
    (TurnUnit.INSTITUTION, ShareMeasure.SIZE):     _one_each,
    (TurnUnit.INSTITUTION, ShareMeasure.CAPACITY): _caps,
}
# fmt: on


def owed(person: PractitionerFacts, floor: int | None, today: date) -> int:
    """Return how many cases someone lacks to the floor of the year, pro rata of the days passed, halves up."""
    if floor is None:
        return 0
    new_year = date(today.year, 1, 1)
    days = (date(today.year + 1, 1, 1) - new_year).days
    passed = (today - max(new_year, person.entered_on or new_year)).days
    return max((2 * floor * passed + days) // (2 * days) - person.year_count, 0)
