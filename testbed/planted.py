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

from dispatch.domain.conflicts.learned import WITH_THE_CASE, DatedParty, known_at, learn
from dispatch.domain.conflicts.parties import Party, PartyMatch, compare
from dispatch.domain.docket.facts import CaseFacts
from dispatch.domain.period import Earlier, Period, Tenure
from dispatch.domain.states import EndReason
from dispatch.domain.texts import name_key
from dispatch.domain.vocabulary import Matter, ModeName, PartyRole, Service, Term
from dispatch.simulation.replay.files import Assignment
from dispatch.simulation.sample.places import STEMS, person_names

EMPLOYERS, EMPLOYER_SHARE, NUMBERED_OPPONENTS = 400, 0.6, 0.25
"""Employers who are sued again and again, how many opponents are one, and how many opponents' numbers are known."""

ACCUSED_TOGETHER = 0.15
BEFORE = timedelta(days=2)
"""Between two cases of one conflict at least: the first is mostly decided by then."""

LATE_BY = timedelta(days=10)
"""How long after its grant it turns out who the opponent of a case is."""


# fmt: off
class PlantedKind(Term):
    """What was planted in two cases."""

    OWN_CLIENT = "own_client",    "原受援人成为对方当事人", "an earlier client is the opponent"
    BOTH_SIDES = "both_sides",    "双方当事人先后申请",     "both sides of one dispute"
    ACCUSED    = "co_defendants", "同案犯罪嫌疑人、被告人", "two co-defendants"
    SPOUSE     = "spouse",        "受援人配偶成为对方当事人", "a client's spouse is the opponent"
    ALIAS      = "alias",         "原受援人以曾用名成为对方当事人", "an earlier client is the opponent by another name"
    MOVED      = "moved",         "双方当事人先后申请，其间承办人员转所", \
                 "both sides of one dispute; who has the first moves to the firm of whom the second wishes for"
    GIVEN_BACK = "given_back",    "接受后退回，又为对方承办", "accepted and given back before; the other side comes"
    LATE       = "late",          "指派后才得知的当事人", "an earlier client turns out to be the opponent ten days late"
# fmt: on


TWO_SIDED = frozenset({PlantedKind.BOTH_SIDES, PlantedKind.MOVED})


class Planted(NamedTuple):
    """A conflict between an earlier and a later case; by number, or by a name in another spelling."""

    kind: PlantedKind
    earlier: str
    later: str
    numbered: bool
    known_at: datetime = WITH_THE_CASE
    by: tuple[str, str] = ("", "")
    """Whom the recipients of the two cases wish for; nobody in particular if empty."""

    @property
    def pair(self) -> tuple[str, str]:
        """The two cases in one order."""
        return min(self.earlier, self.later), max(self.earlier, self.later)


class PlantedYear(NamedTuple):
    """A period, everyone in its cases, and what was planted."""

    period: Period
    people: tuple[DatedParty, ...]
    planted: tuple[Planted, ...]
    moves: tuple[tuple[str, date, str], ...]
    """Who went to which other institution, and when."""

    @property
    def parties(self) -> list[Party]:
        """Everyone, whenever it became known that they have a part."""
        return [each.party for each in self.people]

    def matches(self) -> frozenset[PartyMatch]:
        """Return every match among the parties."""
        return compare(self.parties, self.parties)

    def found(self) -> Period:
        """Return the period with the ties that the engine finds, each from when it is known."""
        stated = [(WITH_THE_CASE, relation) for relation in self.period.relations]
        learned = learn(stated, self.people, [])
        later = tuple(each for each in learned if each.at > self.period.since)
        return replace(self.period, relations=known_at(learned, self.period.since), learned=later)


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
    staff = _Staff(draw, moved, people.moves)
    planted = tuple(_planted(draw, cases, crowd, conflicts, staff))
    wished = _wished(_given_back(moved, planted), planted)
    late = {(each.later, PartyRole.OPPOSING): each.known_at for each in planted}
    known = (
        DatedParty(late.get((party.case_id, party.role), WITH_THE_CASE), party)
        for found in crowd.values() for party in found
    )  # fmt: skip
    return PlantedYear(wished, tuple(known), planted, people.moves)


def breaches(year: PlantedYear, assignments: Iterable[Assignment]) -> Iterator[Breach]:
    """Yield each planted conflict that assignments let come about, by the definition and not by the engine."""
    by_case: dict[str, list[Assignment]] = defaultdict(list)
    for each in assignments:
        by_case[each.case_id].append(each)
    for planted in year.planted:
        for one in by_case[planted.earlier]:
            for other in by_case[planted.later]:
                first, second = sorted((one, other), key=lambda each: each.assigned_at)
                known = second.assigned_at > planted.known_at and _knows(first, second.assigned_at)
                if known and _clash(year, planted, first, second):
                    yield Breach(planted, first, second)


def known_late(year: PlantedYear, assignments: Iterable[Assignment]) -> Iterator[Breach]:
    """Yield what had come about, and still lasted, when the conflict became known."""
    by_case: dict[str, list[Assignment]] = defaultdict(list)
    for each in assignments:
        by_case[each.case_id].append(each)
    for planted in year.planted:
        at = planted.known_at
        for one in by_case[planted.earlier]:
            for other in by_case[planted.later]:
                last = other.assigned_at <= at and (other.ended_at is None or other.ended_at > at)
                if last and one.practitioner_id == other.practitioner_id and one.assigned_at <= at and _knows(one, at):
                    yield Breach(planted, one, other)


def _knows(each: Assignment, at: datetime) -> bool:
    accepted = each.accepted_at is not None and each.accepted_at <= at
    return accepted or each.ended_at is None or each.ended_at > at


def _clash(year: PlantedYear, planted: Planted, first: Assignment, second: Assignment) -> bool:
    if first.practitioner_id == second.practitioner_id:
        return True
    if planted.kind not in TWO_SIDED:
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
    draw: Generator, cases: Sequence[CaseFacts], crowd: dict[str, list[Party]], conflicts: int, staff: "_Staff"
) -> Iterator[Planted]:
    defences = [case for case in cases if case.service is Service.DEFENCE]
    disputes = [case for case in cases if case.matter is Matter.CIVIL]
    for kind in PlantedKind:
        free = defences if kind is PlantedKind.ACCUSED else disputes
        for number in range(conflicts):
            by, on = staff.wished(kind, number)
            pair = _two(draw, free, on)
            if pair is None:
                break
            numbered = number % 2 == 0 or kind is PlantedKind.ALIAS
            known_at = pair[1].entitled_at + LATE_BY if kind is PlantedKind.LATE else WITH_THE_CASE
            before = f"before-{number}" if kind is PlantedKind.GIVEN_BACK else pair[0].id
            planted = Planted(kind, before, pair[1].id, numbered, known_at, by)
            _write(crowd, planted, number)
            yield planted


class _Staff:
    """Draws whom the recipients of both cases wish for: without the engine many conflicts would come about."""

    def __init__(self, draw: Generator, period: Period, moves: tuple[tuple[str, date, str], ...]) -> None:
        listed = [tenure.person for tenure in period.tenures if tenure.person.listed]
        self.draw, self.moves, self.listed = draw, moves, sorted({person.id for person in listed})
        moved = {who for who, *_ in moves}
        self.members: dict[str, list[str]] = defaultdict(list)
        for person in listed:
            if person.id not in moved:
                self.members[person.institution_id].append(person.id)

    def wished(self, kind: PlantedKind, number: int) -> tuple[tuple[str, str], date | None]:
        """Return the two, and the day that lies between the cases, if there is one."""
        who = self.listed[int(self.draw.integers(len(self.listed)))]
        if kind is PlantedKind.MOVED and self.moves:
            mover, on, to = self.moves[number % len(self.moves)]
            colleagues = self.members[to]
            return (mover, colleagues[number % len(colleagues)] if colleagues else mover), on
        return (who, who), None


def _given_back(period: Period, planted: Sequence[Planted]) -> Period:
    """Let the cases that were given back before the period have been accepted by whom the other side wishes for."""
    houses = {tenure.person.id: tenure.person.institution_id for tenure in period.tenures}
    earlier = tuple(
        Earlier(
            case_id=each.earlier, practitioner_id=each.by[0], institution_id=houses[each.by[0]],
            mode=ModeName.ROTATION, assigned_at=period.since - 3 * BEFORE, accepted_at=period.since - 2 * BEFORE,
            ends_at=period.since - BEFORE, end_reason=EndReason.ABANDONED,
        )
        for each in planted if each.kind is PlantedKind.GIVEN_BACK
    )  # fmt: skip
    return replace(period, earlier=(*period.earlier, *earlier))


def _two(draw: Generator, free: list[CaseFacts], on: date | None = None) -> tuple[CaseFacts, CaseFacts] | None:
    """Take an earlier and a later case out of those that are free, around a day if one is given; they come in order."""
    if len(free) < 2:
        return None
    at = int(draw.integers((len(free) + 1) // 2))
    if on:
        days = [_day(case.entitled_at) for case in free]
        at = max((k for k, day in enumerate(days) if day <= on - BEFORE), default=at)
        after = next((k for k, day in enumerate(days) if day > on + BEFORE), None)
        if after is not None and at < after:
            second = free.pop(after)
            return free.pop(at), second
    later = next((k for k in range(at + 1, len(free)) if free[k].entitled_at > free[at].entitled_at + BEFORE), None)
    if later is None:
        return None
    second = free.pop(later)
    return free.pop(at), second


def _write(crowd: dict[str, list[Party]], planted: Planted, number: int) -> None:
    """Let the two cases share somebody, or two people."""
    own, later = f"planted {planted.kind} {number}", f"planted {planted.kind} {number} later"
    spelled = [f"买买提·{own}", f"买买提 {own}", f"买买提．{own}"]
    before, after = crowd.setdefault(planted.earlier, []), crowd[planted.later]

    def put(people: list[Party], case_id: str, role: PartyRole, who: str, name: str, *, known: bool) -> None:
        people[:] = [each for each in people if each.role is not role]
        people.append(_party(case_id, role, who if known else None, name))

    first_role = PartyRole.SPOUSE if planted.kind is PlantedKind.SPOUSE else PartyRole.RECIPIENT
    second_role = PartyRole.CO_DEFENDANT if planted.kind is PlantedKind.ACCUSED else PartyRole.OPPOSING
    put(before, planted.earlier, first_role, own, spelled[0], known=True)
    name = f"曾用名{number}" if planted.kind is PlantedKind.ALIAS else spelled[1 + number % 2]
    put(after, planted.later, second_role, own, name, known=planted.numbered)
    if planted.kind in TWO_SIDED:
        put(after, planted.later, PartyRole.RECIPIENT, later, later, known=True)
        put(before, planted.earlier, PartyRole.OPPOSING, later, later, known=planted.numbered)


def _wished(period: Period, planted: Sequence[Planted]) -> Period:
    """Let the recipients wish for those that were drawn."""
    wish = {id: who for each in planted for id, who in zip((each.earlier, each.later), each.by, strict=True)}
    arrivals = (replace(case, wishes=(wish[case.id],)) if case.id in wish else case for case in period.arrivals)
    return replace(period, arrivals=tuple(arrivals))
