"""Dates a case must not miss, and until when somebody must therefore be named: one row a ground, with its source.

No row lengthens what the law gives a centre at most; it says by when naming somebody is still of use.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple, Protocol

from dispatch.domain.law.citations import Citations, cite
from dispatch.domain.law.deadlines import LAST_SECOND, Deadline
from dispatch.domain.vocabulary import Matter, Stage

DATES = ("hearing_on", "limitation_ends_on", "custody_ends_on", "preservation")
"""Facts of a case by which it may be urgent; None is unknown, and hastens nothing."""


class Dated(Protocol):
    """A case with its dates; each is the last day on which what it is about can still be done."""

    @property
    def matter(self) -> Matter: ...
    @property
    def stage(self) -> Stage: ...
    @property
    def hearing_on(self) -> date | None: ...
    @property
    def limitation_ends_on(self) -> date | None: ...
    @property
    def custody_ends_on(self) -> date | None: ...
    @property
    def preservation(self) -> bool | None: ...


class Ground(NamedTuple):
    """Why a case cannot wait: the day that is near, if it is known, and how many days before it somebody is due."""

    day: Callable[[Dated, date], date | None]
    days_ahead: int
    source: Citations


def criminal(case: Dated) -> bool:
    """Tell whether a criminal court hears the case."""
    return case.matter is Matter.CRIMINAL


def heard_at(stage: Stage) -> Callable[[Dated, date], date | None]:
    """Return what tells the day of a hearing at a stage that is not before a court."""
    return lambda case, today: case.hearing_on if case.stage is stage else None


OUT_OF_COURT = (Stage.ARBITRATION, Stage.LAND_ARBITRATION, Stage.RECONSIDERATION)


def by_civil_procedure(case: Dated) -> bool:
    """Tell whether a court hears it so, as it does administrative cases."""
    return not criminal(case) and case.stage not in OUT_OF_COURT


# fmt: off
GROUNDS: tuple[Ground, ...] = (
    # Aid may come first where less than seven days are left.
    Ground(lambda case, today: case.limitation_ends_on, 7, cite("legal_aid_law", 44, paragraph=1, item=1)),
    Ground(lambda case, today: today if case.preservation else None, 0,
           cite("legal_aid_law", 44, paragraph=1, item=2)),
    # A lawyer to be notified of a hearing so many days ahead must be named by then.
    Ground(lambda case, today: case.hearing_on if criminal(case) else None, 3,
           cite("criminal_procedure_law", 187, paragraph=3)),
    Ground(heard_at(Stage.ARBITRATION), 5, cite("labour_arbitration_law", 35)),
    # Five working days, which are seven of the calendar.
    Ground(heard_at(Stage.LAND_ARBITRATION), 7, cite("land_arbitration_law", 31, paragraph=1)),
    Ground(heard_at(Stage.RECONSIDERATION), 7, cite("administrative_reconsideration_law", 51, paragraph=1)),
    Ground(lambda case, today: case.hearing_on if by_civil_procedure(case) else None, 3,
           cite("civil_procedure_law", 139)),
    # A lawyer who may ask for release once the period has ended must be named the day before.
    Ground(lambda case, today: case.custody_ends_on, 1, cite("criminal_procedure_law", 99)),
)
# fmt: on


def hastened(case: Dated, since: datetime, zone: tzinfo) -> Deadline | None:
    """
    Return until when somebody must be named for the sake of its dates, with the ground that asks for it first.

    Parameters
    ----------
    since : datetime
        Since when the centre owes it, and knows the dates: nothing is due before the end of that day.
    zone : tzinfo
        Of the centre, whose days they are.

    Returns
    -------
    Deadline or None
        None if no date is known, or every one of them is past.
    """
    first = since.astimezone(zone).date()
    ends = [
        (max(day - timedelta(days=ground.days_ahead), first), ground.source)
        for ground in GROUNDS
        if (day := ground.day(case, first)) is not None and day >= first
    ]
    if not ends:
        return None
    last, source = min(ends, key=lambda end: end[0])
    return Deadline(datetime.combine(last, LAST_SECOND, zone).astimezone(UTC), estimated=False, source=source)
