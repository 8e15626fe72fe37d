"""A year of the sample city as a replay needs it: arrivals on working days, newcomers, leavers, leave and renewals.

The same seed gives the same year on every machine. All shares are our estimates.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.random import Generator

from dispatch.domain.calendar import WorkingDays
from dispatch.domain.docket.absence import Absence, AbsenceKind
from dispatch.domain.docket.facts import AreaFacts
from dispatch.domain.docket.ties import Relation
from dispatch.domain.errors import InvalidFieldError, stated
from dispatch.domain.office import OfficeHours
from dispatch.domain.period import House, Period, Tenure
from dispatch.domain.policy.schema import Policy
from dispatch.domain.vocabulary import RelationKind, Service
from dispatch.simulation.sample.cases import draw_needs, make_cases_at
from dispatch.simulation.sample.draws import chance
from dispatch.simulation.sample.facts import SAMPLE, case_facts, practitioner_facts
from dispatch.simulation.sample.institutions import make_institutions
from dispatch.simulation.sample.places import SHANGQIU, Place
from dispatch.simulation.sample.practitioners import make_practitioners
from dispatch.simulation.sample.records import SampleCase, SampleInstitution, SamplePractitioner
from dispatch.simulation.sample.relations import tie_cases
from dispatch.simulation.sample.wishes import make_ballot, with_wishes

WEEKLY = 150
"""Cases that come close enough to each other to be tried together or to face each other."""

NEWCOMERS, LEAVERS, SUSPENDED, UNRENEWED = 0.06, 0.03, 0.02, 0.02
"""Parts of the list that join, leave, are suspended for a time, or let the annual assessment lapse in a year."""

LEAVES, LEAVE_DAYS = 2.0, (3, 25)
"""Mean number of leaves a year, and the days each may last."""

FOLLOW = 0.10
"""Part of the defences that continue an earlier stage of the same matter."""

YEAR_FACTOR = 8
"""A cap of the sample is meant for its queue of a few days; a year's desk holds so many times more."""


class Year(NamedTuple):
    """How large a year is, and how much of it is criminal."""

    cases: int = 8_000
    practitioners: int = 1_500
    active: int = 300
    days: int = 365
    criminal_share: float = 0.45


def make_year(
    seed: int, first: date, policy: Policy, size: Year = Year(), places: Sequence[Place] = SHANGQIU
) -> Period:
    """Return the year of this seed that begins at midnight of ``first``."""
    office = OfficeHours.of(policy)
    since = datetime(first.year, first.month, first.day, tzinfo=office.zone).astimezone(UTC)
    draws = [np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(6)]
    institutions = make_institutions(draws[0], places, size.practitioners)
    people = make_practitioners(draws[1], first, institutions, places, policy.causes, size.active)
    people = tuple(_for_a_year(draws[1], person, first, size.days) for person in people)
    needs = draw_needs(draws[2], size.cases, size.criminal_share, places, policy.causes)
    drawn = make_cases_at(draws[2], grants(draws[2], office, first, size), needs)
    cases = tuple(tied for week in _weeks(drawn) for tied in tie_cases(draws[3], week))
    ballot = make_ballot(draws[4], people)
    wished = [with_wishes(draws[4], case, ballot) for case in cases]
    tenures = tuple(_tenures(draws[5], people, institutions, first, since, size.days))
    return Period(
        centre_id=SAMPLE,
        since=since,
        until=since + timedelta(days=size.days),
        arrivals=tuple(case_facts(case) for case in wished),
        tenures=tenures,
        absences=tuple(_absences(draws[5], [each for each in tenures if each.person.listed], first, size.days)),
        houses=tuple(
            House(id=each.code, kind=each.kind, area=each.area, capacity=each.capacity) for each in institutions
        ),
        areas=tuple(AreaFacts(code=row.code, latitude=row.latitude, longitude=row.longitude) for row in places),
        relations=(*_relations(cases), *_stages(draws[3], cases)),
    )


def grants(draw: Generator, office: OfficeHours, first: date, size: Year) -> list[datetime]:
    """Return when the cases are granted: in office hours, evenly over the working days."""
    days = working_days(office.days, first, size.days)
    opens = [office.after(datetime.combine(day, office.opens, office.zone), 0) for day in days]
    span = (datetime.combine(first, office.closes) - datetime.combine(first, office.opens)).total_seconds()
    chosen, seconds = draw.integers(0, len(days), size.cases), draw.random(size.cases) * span
    return [opens[k] + timedelta(minutes=int(s // 60)) for k, s in zip(chosen.tolist(), seconds.tolist(), strict=True)]


def _weeks(cases: Sequence[SampleCase]) -> Iterator[Sequence[SampleCase]]:
    return (cases[start : start + WEEKLY] for start in range(0, len(cases), WEEKLY))


def working_days(calendar: WorkingDays, first: date, count: int) -> list[date]:
    """Return the days worked among so many, or refuse a time in which nothing is ever granted."""
    days = (first + timedelta(days=n) for n in range(count))
    if not (worked := [day for day in days if calendar.is_working(day)]):
        raise InvalidFieldError(
            field="since",
            value=first.isoformat(),
            expected=stated("含有工作日的一段时期", "a period with a working day in it"),
        )
    return worked


def _for_a_year(draw: Generator, person: SamplePractitioner, first: date, days: int) -> SamplePractitioner:
    valid_to = person.assessment_valid_to
    if valid_to and valid_to >= first and draw.random() >= UNRENEWED:
        valid_to += timedelta(days=days)
    capacity = None if person.capacity is None else YEAR_FACTOR * person.capacity
    return replace(person, assessment_valid_to=valid_to, capacity=capacity, leave=None, suspended=None)


def _tenures(
    draw: Generator,
    people: Sequence[SamplePractitioner],
    institutions: Sequence[SampleInstitution],
    first: date,
    since: datetime,
    days: int,
) -> Iterator[Tenure]:
    homes = {institution.code: institution for institution in institutions}
    for person in people:
        facts = practitioner_facts(person, homes[person.institution], since)
        entered, until = min(person.entered_on, first), None
        if person.listed and draw.random() < NEWCOMERS * days / 365:
            entered = first + timedelta(days=int(draw.integers(1, days)))
        elif person.listed and draw.random() < LEAVERS * days / 365:
            until = first + timedelta(days=int(draw.integers(1, days)))
        yield Tenure(person=facts, entered_on=entered, from_on=entered, until_on=until)


def _absences(draw: Generator, listed: Sequence[Tenure], first: date, days: int) -> Iterator[Absence]:
    counts = draw.poisson(LEAVES * days / 365, len(listed)).tolist()
    out = chance(draw, SUSPENDED * days / 365, len(listed))
    for tenure, count, suspended in zip(listed, counts, out, strict=True):
        who = tenure.person.id
        drawn = [_absence(draw, who, first, days, LEAVE_DAYS, AbsenceKind.LEAVE) for _ in range(count)]
        yield from _apart(leave for leave in drawn if leave.from_on > tenure.entered_on)
        if suspended:
            yield _absence(draw, who, first, days, (30, 90), AbsenceKind.SUSPENSION)


def _apart(leaves: Iterable[Absence]) -> Iterator[Absence]:
    free_from = date.min
    for leave in sorted(leaves, key=lambda leave: leave.from_on):
        if leave.from_on > free_from:
            yield leave
            free_from = leave.until_on or date.max


def _absence(draw: Generator, who: str, first: date, days: int, span: tuple[int, int], kind: AbsenceKind) -> Absence:
    begun = first + timedelta(days=int(draw.integers(0, days)))
    return Absence(who=who, kind=kind, from_on=begun, until_on=begun + timedelta(days=int(draw.integers(*span))))


def _relations(cases: Sequence[SampleCase]) -> Iterator[Relation]:
    for case in cases:
        for tie in case.relations:
            yield tie.kind, case.number, tie.number


def _stages(draw: Generator, cases: Sequence[SampleCase]) -> Iterator[Relation]:
    before: dict[tuple[str, str | None], list[str]] = defaultdict(list)
    for case in cases:
        if case.service is Service.DEFENCE and not case.relations:
            earlier = before[case.cause, case.area]
            if earlier and draw.random() < FOLLOW:
                yield RelationKind.EARLIER_STAGE, case.number, earlier.pop(0)
            earlier.append(case.number)
