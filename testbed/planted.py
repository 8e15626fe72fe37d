"""A year with people in its cases and conflicts planted among them; what is planted is known apart from the engine.

Numbers and names are their own keys here: nobody exists, so nothing is hashed. Names are spelled as offices spell
them, with dots, blanks and in full width, so that equal names are equal only to whoever compares names.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.random import Generator

from dispatch.domain.conflicts.parties import Party, PartyMatch, compare
from dispatch.domain.conflicts.reviews import Reviewed, relations_of
from dispatch.domain.docket.facts import CaseFacts
from dispatch.domain.docket.ties import Relation
from dispatch.domain.period import Period, Tenure
from dispatch.domain.texts import name_key
from dispatch.domain.vocabulary import Matter, PartyRole, Service, Term
from dispatch.simulation.replay.files import Assignment
from dispatch.simulation.sample.places import STEMS, person_names

EMPLOYERS, EMPLOYER_SHARE, NUMBERED_OPPONENTS = 400, 0.6, 0.25
"""Employers who are sued again and again, how many opponents are one, and how many opponents' numbers are known."""

ACCUSED_TOGETHER = 0.15
BEFORE = timedelta(days=2)
"""Between two cases of one conflict at least: the first is mostly decided by then."""


# fmt: off
class PlantedKind(Term):
    """What was planted in two cases."""

    OWN_CLIENT = "own_client",    "原受援人成为对方当事人", "an earlier client is the opponent"
    BOTH_SIDES = "both_sides",    "双方当事人先后申请",     "both sides of one dispute"
    ACCUSED    = "co_defendants", "同案犯罪嫌疑人、被告人", "two co-defendants"
    SPOUSE     = "spouse",        "受援人配偶成为对方当事人", "a client's spouse is the opponent"
# fmt: on


class Planted(NamedTuple):
    """A conflict between an earlier and a later case; by number, or by a name in another spelling."""

    kind: PlantedKind
    earlier: str
    later: str
    numbered: bool

    @property
    def pair(self) -> tuple[str, str]:
        """The two cases in one order."""
        return min(self.earlier, self.later), max(self.earlier, self.later)


class PlantedYear(NamedTuple):
    """A period, everyone in its cases, and what was planted."""

    period: Period
    parties: tuple[Party, ...]
    planted: tuple[Planted, ...]
    moves: tuple[tuple[str, date, str], ...]
    """Who went to which other institution, and when."""

    def matches(self) -> frozenset[PartyMatch]:
        """Return every match among the parties."""
        return compare(self.parties, self.parties)

    def found(self, reviewed: Reviewed) -> Period:
        """Return the period with the ties that the engine finds, as far as they are reviewed."""
        found: set[Relation] = {*self.period.relations, *relations_of(self.matches(), reviewed)}
        return replace(self.period, relations=tuple(sorted(found)))


class Breach(NamedTuple):
    """A planted conflict that came about: one person, or one institution, serves both cases."""

    planted: Planted
    first: Assignment
    second: Assignment


def plant(period: Period, seed: int, conflicts: int, moves: int) -> PlantedYear:
    """Return the period with people in its cases, so many conflicts of each kind, and so many moves to other firms."""
    draw = np.random.default_rng(seed)
    moved, people = _moved(draw, period, moves)
    cases = sorted(moved.arrivals, key=lambda case: (case.entitled_at, case.id))
    crowd = {case.id: list(_people_of(draw, case, people)) for case in cases}
    planted = tuple(_planted(draw, cases, crowd, conflicts))
    wished = _same_wishes(draw, moved, planted)
    return PlantedYear(wished, tuple(party for found in crowd.values() for party in found), planted, people.moves)


def breaches(year: PlantedYear, assignments: Iterable[Assignment]) -> Iterator[Breach]:
    """Yield each planted conflict that assignments let come about, by the definition and not by the engine."""
    by_case: dict[str, list[Assignment]] = defaultdict(list)
    for each in assignments:
        by_case[each.case_id].append(each)
    for planted in year.planted:
        for one in by_case[planted.earlier]:
            for other in by_case[planted.later]:
                first, second = sorted((one, other), key=lambda each: each.assigned_at)
                if _knows(first, second.assigned_at) and _clash(year, planted, first, second):
                    yield Breach(planted, first, second)


def _knows(each: Assignment, at: datetime) -> bool:
    accepted = each.accepted_at is not None and each.accepted_at <= at
    return accepted or each.ended_at is None or each.ended_at > at


def _clash(year: PlantedYear, planted: Planted, first: Assignment, second: Assignment) -> bool:
    if first.practitioner_id == second.practitioner_id:
        return True
    if planted.kind is not PlantedKind.BOTH_SIDES:
        return False
    firms = {first.institution_id}
    if first.ended_at is None or first.ended_at > second.assigned_at:
        firms |= {to for who, on, to in year.moves if who == first.practitioner_id and on <= _day(second.assigned_at)}
    return second.institution_id in firms


def _day(at: datetime) -> date:
    return at.astimezone(ZoneInfo("Asia/Shanghai")).date()


class _People:
    """Draws people: each has a number of their own, and a name that others may have too."""

    def __init__(self, draw: Generator, moves: tuple[tuple[str, date, str], ...]) -> None:
        self.draw, self.moves, self._numbers = draw, moves, count(1)

    def somebody(self) -> tuple[str, str]:
        """Return a new person's number and name."""
        name = person_names(self.draw, 1)[0] + STEMS[self.draw.integers(len(STEMS))]
        return f"number {next(self._numbers)}", name


def _moved(draw: Generator, period: Period, moves: int) -> tuple[Period, _People]:
    """Let some people belong to another institution from a day in the middle of the period."""
    whole = [tenure for tenure in period.tenures if tenure.person.listed and tenure.until_on is None]
    chosen = draw.choice(len(whole), min(moves, len(whole)), replace=False).tolist()
    days = (period.until - period.since).days
    houses = [house.id for house in period.houses if house.id in {each.person.institution_id for each in whole}]
    made, tenures = [], {id(each): [each] for each in period.tenures}
    for k in chosen:
        tenure, on = whole[k], _day(period.since) + timedelta(days=int(draw.integers(days // 4, 3 * days // 4 + 1)))
        others = [house for house in houses if house != tenure.person.institution_id]
        if not others or on <= tenure.entered_on:
            continue
        to = others[int(draw.integers(len(others)))]
        made.append((tenure.person.id, on, to))
        tenures[id(tenure)] = list(_split(tenure, on, to))
    joined = tuple(part for each in period.tenures for part in tenures[id(each)])
    return replace(period, tenures=joined), _People(draw, tuple(made))


def _split(tenure: Tenure, on: date, to: str) -> Iterator[Tenure]:
    yield replace(tenure, until_on=on)
    yield replace(tenure, person=replace(tenure.person, institution_id=to), from_on=on)


def _people_of(draw: Generator, case: CaseFacts, people: _People) -> Iterator[Party]:
    number, name = people.somebody()
    yield _party(case.id, PartyRole.RECIPIENT, number, name)
    if case.matter is Matter.CRIMINAL:
        if draw.random() < ACCUSED_TOGETHER:
            yield _party(case.id, PartyRole.CO_DEFENDANT, None, people.somebody()[1])
    elif draw.random() < EMPLOYER_SHARE:
        yield _party(case.id, PartyRole.OPPOSING, None, f"第{min(int(draw.zipf(1.5)), EMPLOYERS)}建筑公司")
    else:
        number, name = people.somebody()
        yield _party(case.id, PartyRole.OPPOSING, number if draw.random() < NUMBERED_OPPONENTS else None, name)


def _party(case_id: str, role: PartyRole, number: str | None, name: str) -> Party:
    return Party(case_id, role, number, f"name {name_key(name)}")


def _planted(
    draw: Generator, cases: Sequence[CaseFacts], crowd: dict[str, list[Party]], conflicts: int
) -> Iterator[Planted]:
    defences = [case for case in cases if case.service is Service.DEFENCE]
    disputes = [case for case in cases if case.matter is Matter.CIVIL]
    for kind in PlantedKind:
        free = defences if kind is PlantedKind.ACCUSED else disputes
        for number in range(conflicts):
            pair = _two(draw, free)
            if pair is None:
                break
            planted = Planted(kind, pair[0].id, pair[1].id, numbered=number % 2 == 0)
            _write(crowd, planted, number)
            yield planted


def _two(draw: Generator, free: list[CaseFacts]) -> tuple[CaseFacts, CaseFacts] | None:
    """Take an earlier and a later case out of those that are free; they come in order."""
    if len(free) < 2:
        return None
    at = int(draw.integers((len(free) + 1) // 2))
    later = next((k for k in range(at + 1, len(free)) if free[k].entitled_at > free[at].entitled_at + BEFORE), None)
    if later is None:
        return None
    second = free.pop(later)
    return free.pop(at), second


def _write(crowd: dict[str, list[Party]], planted: Planted, number: int) -> None:
    """Let the two cases share somebody, or two people."""
    own, later = f"planted {planted.kind} {number}", f"planted {planted.kind} {number} later"
    spelled = [f"买买提·{own}", f"买买提 {own}", f"买买提．{own}"]
    before, after = crowd[planted.earlier], crowd[planted.later]

    def put(people: list[Party], case_id: str, role: PartyRole, who: str, name: str, *, known: bool) -> None:
        people[:] = [each for each in people if each.role is not role]
        people.append(_party(case_id, role, who if known else None, name))

    first_role = PartyRole.SPOUSE if planted.kind is PlantedKind.SPOUSE else PartyRole.RECIPIENT
    second_role = PartyRole.CO_DEFENDANT if planted.kind is PlantedKind.ACCUSED else PartyRole.OPPOSING
    put(before, planted.earlier, first_role, own, spelled[0], known=True)
    put(after, planted.later, second_role, own, spelled[1 + number % 2], known=planted.numbered)
    if planted.kind is PlantedKind.BOTH_SIDES:
        put(after, planted.later, PartyRole.RECIPIENT, later, later, known=True)
        put(before, planted.earlier, PartyRole.OPPOSING, later, later, known=planted.numbered)


def _same_wishes(draw: Generator, period: Period, planted: Sequence[Planted]) -> Period:
    """Let the recipients of both cases wish for one person: without the engine many conflicts would come about."""
    listed = sorted({tenure.person.id for tenure in period.tenures if tenure.person.listed})
    wish: dict[str, str] = {}
    for each in planted:
        wish[each.earlier] = wish[each.later] = listed[int(draw.integers(len(listed)))]
    arrivals = (replace(case, wishes=(wish[case.id],)) if case.id in wish else case for case in period.arrivals)
    return replace(period, arrivals=tuple(arrivals))
