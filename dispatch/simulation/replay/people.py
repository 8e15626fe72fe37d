"""Everyone on the list day by day: what they hold and have had as arrays, the rest as the columns of the day."""

from collections import Counter, defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from fractions import Fraction
from zoneinfo import ZoneInfo

import numpy as np

from dispatch.casework.deadline_watch import Capacities
from dispatch.domain.docket.absence import (
    Absence,
    AbsenceKind,
    Away,
    Days,
    Met,
    Minutes,
    away_at,
    fills,
    minute_of,
)
from dispatch.domain.docket.columns import Flags, Fractions, Integers, Numbers, case_columns, vocabularies, workload
from dispatch.domain.docket.docket import NOBODY
from dispatch.domain.docket.facts import DocketFacts, InstitutionFacts, PractitionerFacts
from dispatch.domain.docket.roster import Roster
from dispatch.domain.docket.ties import Houses
from dispatch.domain.eligibility.kleene import YES
from dispatch.domain.eligibility.rules import Mask, View
from dispatch.domain.eligibility.table import RULES
from dispatch.domain.eligibility.verdicts import Memory
from dispatch.domain.ledger import Entry, EntryKind
from dispatch.domain.period import Period, Tenure
from dispatch.domain.policy.schema import Policy
from dispatch.domain.shares import Counted, in_rotation
from dispatch.domain.states import NEVER_TAKEN
from dispatch.domain.vocabulary import InstitutionKind
from dispatch.simulation.replay.absences import Absences, days_away, is_registered
from dispatch.simulation.replay.files import Assignment, Waivers

ABSENT = ("listed", "not_on_leave", "not_suspended")
"""Rules on those who are not in the rotation anyway."""

Sums = tuple[Fractions, Fractions]
"""Turns and effort of everyone, each entry divided by its share, (p,) each."""


class People:
    """
    Everyone of a period by number; the roster of a day is a selection of them.

    Who is not on the list has no column: no rule would let them have a case, and no price or turn
    is measured by them.

    ``load``, ``asked``, ``month_count``, ``year_count``, ``turns``, ``effort``, ``weighed_turns``,
    ``weighed_effort`` and ``last_turn`` are (p,) arrays over all people of the period.
    """

    def __init__(self, period: Period, policy: Policy) -> None:
        self.period, self.policy, self.zone = period, policy, ZoneInfo(policy.time_zone)
        self.ids = sorted({tenure.person.id for tenure in period.tenures})
        self.number = {id: k for k, id in enumerate(self.ids)}
        size = len(self.ids)
        self.load, self.month_count, self.year_count = (np.zeros(size, np.int64) for _ in range(3))
        self.turns, self.effort = np.zeros(size, np.int64), np.zeros(size, np.int64)
        self.asked, self._taken, self.waivers = np.zeros(size, np.int64), np.zeros(size), Waivers(size)
        self.weighed_turns, self.weighed_effort = np.full(size, Fraction()), np.full(size, Fraction())
        self.last_turn: Numbers = np.full(size, np.nan)
        self.in_ledger = np.zeros(size, bool)
        self.ledger_began_at = period.ledger_began_at
        self.house_load: dict[str, int] = defaultdict(int)
        self.memory: Memory = {}
        self.sums: dict[date, Sums] = {}
        self.day: date | None = None
        self._hours_away: list[tuple[int, list[Minutes]]] = []
        """The columns of those who are on leave for parts of the day, and which."""
        self.people: tuple[PractitionerFacts, ...] = ()
        self.houses = Houses({})
        self.belongs_to: dict[str, str] = {}
        """The institution of everyone who is there that day, on the list or not."""
        self.seen: set[str] = set()
        """Everyone who was on the list so far."""
        self.passed: dict[str, Integers] = defaultdict(lambda: np.zeros(size, np.int64))
        """How often each was passed over in the rotation, (p,), by the rule that did it."""
        self.suspended: Counter[str] = Counter()
        """Days of suspension."""
        self.barred: dict[str, Counter[str]] = defaultdict(Counter)
        """Days on which a rule kept someone from every case, by rule."""
        self._codes = vocabularies(period.arrivals)
        self._known: dict[str, tuple[Tenure, tuple[bool, ...], PractitionerFacts]] = {}
        """What was last told of each as they are on a day, and what it was told by."""
        self._look_for_absences(period)
        self._open()

    def _look_for_absences(self, period: Period) -> None:
        first = period.since.astimezone(self.zone).date()
        self._absences = Absences(period.absences)
        self._days_away = dict(days_away(period, first))
        self._met: dict[str, list[Met]] = defaultdict(list)
        self._back: dict[date, list[str]] = defaultdict(list)
        """Who is back on each day."""
        for id, spans in self._days_away.items():
            for _, until in spans:
                self._back[until].append(id)

    def _open(self) -> None:
        for standing in self.period.standings:
            k = self.number.get(standing.practitioner_id)
            if k is not None:
                self.turns[k], self.effort[k], self.in_ledger[k] = standing.turns, standing.effort, True
                self.weighed_turns[k], self.weighed_effort[k] = standing.weighed_turns, standing.weighed_effort
                self._taken[k] = float(self._counted()[k])
                if standing.last_turn_at:
                    self.last_turn[k] = standing.last_turn_at.timestamp()

    def begin_day(self, now: datetime) -> bool:
        """Take the roster of the day of ``now``; return whether the day is a new one."""
        today = now.astimezone(self.zone).date()
        if today == self.day:
            return False
        if self.day is None or (today.year, today.month) != (self.day.year, self.day.month):
            self.month_count[:] = 0
        if self.day is None or today.year != self.day.year:
            self.year_count[:] = 0
        self.day = today
        self.sums[today] = (self.weighed_turns.copy(), self.weighed_effort.copy())
        self._take_roster(today, now)
        return True

    def _take_roster(self, today: date, now: datetime) -> None:
        self._present = self._tenures_on(today)
        tenures = [tenure for tenure in self._present if tenure.person.listed]
        leaves: dict[str, list[Minutes]] = defaultdict(list)
        away = [absence for absence in self.period.absences if absence.on(today)]
        for absence in away:
            if absence.kind is AbsenceKind.LEAVE:
                leaves[absence.who].append(absence.minutes)
        on_leave = {who for who, parts in leaves.items() if fills(parts)}
        suspended = {absence.who for absence in away if absence.kind is AbsenceKind.SUSPENSION}
        self._away = (on_leave, suspended)
        self.people = tuple(self._as_of(tenure, on_leave, suspended) for tenure in tenures)
        partly = leaves.keys() - on_leave
        self._hours_away = [(j, leaves[person.id]) for j, person in enumerate(self.people) if person.id in partly]
        facts = DocketFacts(
            centre_id=self.period.centre_id,
            now=now,
            cases=(),
            practitioners=self.people,
            institutions=tuple(InstitutionFacts(id=each.id, kind=each.kind) for each in self.period.houses),
            areas=self.period.areas,
        )
        self.suspended.update(person.id for person in self.people if person.suspended)
        self._day, self.memory = Roster.of(facts, self.policy, self._codes), {}
        self.seen |= {person.id for person in self.people}
        self._at = np.array([self.number[person.id] for person in self.people], np.int64)
        entered = (datetime.combine(tenure.entered_on, time(), self.zone).timestamp() for tenure in tenures)
        self._entered: Numbers = np.fromiter(entered, np.float64)
        self.belongs_to = {tenure.person.id: tenure.person.institution_id for tenure in self._present}
        members: dict[str, list[str]] = defaultdict(list)
        for person in self.people:
            members[person.institution_id].append(person.id)
        self.houses = Houses(members, self._lone_areas(today))

    def absences(self, until: date) -> Mapping[str, Sequence[Absence]]:
        """Return what keeps people and houses away at any time from today to that day."""
        return self._absences.between(self.day or until, until)

    def _lone_areas(self, today: date) -> frozenset[str]:
        """Return the areas with a single law firm on the day."""
        firms = (each for each in self.period.houses if each.kind is InstitutionKind.LAW_FIRM)
        counts = Counter(each.area for each in firms if each.area and is_registered(each, today))
        return frozenset(area for area, count in counts.items() if count == 1)

    def _tenures_on(self, today: date) -> list[Tenure]:
        """Return what holds of each on the day; the people of a house that is gone are on no list."""
        gone = {house.id for house in self.period.houses if not is_registered(house, today)}
        found = [
            replace(tenure, person=replace(tenure.person, listed=False))
            if tenure.person.institution_id in gone else tenure
            for tenure in self.period.tenures
            if tenure.entered_on <= today and tenure.from_on <= today < (tenure.until_on or date.max)
        ]  # fmt: skip
        return sorted(found, key=lambda tenure: tenure.person.id)

    def roster(self, now: datetime) -> Roster:
        """Return the roster of the day with what everyone holds and has had by now."""
        at, day = self._at, self._day.columns
        last = self.last_turn[at]
        # The facts of the day hold nothing: room this month is the month's cap, what is owed is owed from zero.
        work = workload(
            load=self.load[at],
            month_count=self.month_count[at],
            asked=self.asked[at],
            waived=self.waivers.at(now)[at],
            cap=day.cap[0],
            month_cap=day.month_room[0],
            turns=self.weighed_turns[at],
            effort=self.weighed_effort[at],
            waiting_since=np.where(np.isnan(last), self._entered, last),
        )
        if self._hours_away:
            work["away_now"] = self._away_now(now)
        work["owed"] = np.maximum(day.owed[0] - self.year_count[at], 0)
        columns = {name: column[None, :] for name, column in work.items()} | {"institution_room": self._rooms()}
        return replace(self._day, columns=replace(day, **columns))

    def _away_now(self, now: datetime) -> Flags:
        minute = minute_of(now.astimezone(self.zone))
        away = np.zeros(len(self.people), bool)
        for j, parts in self._hours_away:
            away[j] = away_at(parts, minute)
        return away

    def column_of(self, practitioner_id: str) -> int:
        """Return someone's column of the day, or NOBODY."""
        return self._day.column.get(practitioner_id, NOBODY)

    def capacities(self) -> Capacities:
        """Return how many cases each may still take now, and the room of their institutions."""
        day, at = self._day.columns, self._at
        free = np.minimum(day.cap[0] - self.load[at], day.month_room[0] - self.month_count[at])
        house = day.institution[0]
        rooms: Integers = np.zeros(house.max(initial=-1) + 1, np.int64)
        rooms[house] = self._rooms()[0]
        return Capacities(np.maximum(free, 0), house, rooms)

    def _counted(self) -> Fractions:
        by_turns = self.policy.rotation.counts is Counted.TURNS
        return self.weighed_turns if by_turns else self.weighed_effort

    def in_rotation(self) -> tuple[Integers, Fractions]:
        """Return the numbers of those in the rotation of the day whom a case could be given, and their shares."""
        here = np.array([in_rotation(person) for person in self.people], bool)
        for code, refused in self.refused_alone():
            here &= ~refused
            for k in self._at[refused].tolist():
                self.barred[self.ids[k]][code] += 1
        return self._at[here], self._day.columns.share[0][here]

    def refused_alone(self) -> Iterator[tuple[str, Mask]]:
        """Yield each rule on the practitioner alone, caps of an empty desk included, and whom it refuses today."""
        view = View(case_columns([], self._codes), self._day.columns, self._day.lookups, self.policy)
        for rule in RULES:
            if not rule.reads and rule.pair is None and rule.code not in ABSENT:
                yield rule.code, np.broadcast_to(rule.verdict(view) != YES, (1, len(self.people)))[0]

    def note_passed(self, asked: int, refused: Iterable[tuple[str, Mask]]) -> None:
        """Count whom a rule passed over: those who have had less than the one in column ``asked``."""
        taken = self._taken[self._at]
        behind = taken < taken[asked]
        for code, mask in refused:
            self.passed[code][self._at[behind & mask]] += 1

    def _rooms(self) -> Integers:
        rooms: Integers = self._day.columns.institution_room.copy()
        for house in self.period.houses:
            if house.capacity is not None and (members := self.houses.members.get(house.id)):
                left = max(house.capacity - self.house_load[house.id], 0)
                rooms[0, [self._day.column[member] for member in members]] = left
        return rooms

    def take(self, assignment: Assignment) -> None:
        """Let someone hold one case more."""
        self._count(assignment, 1, this_month=True, this_year=True)

    def take_earlier(self, assignment: Assignment) -> None:
        """Let someone hold a case from before the period; it fills a month and a year only if it is of them."""
        self._count(assignment, 1, **self._same(assignment))

    def take_again(self, assignment: Assignment) -> None:
        """Let someone hold again what was taken back; it fills a month and a year once more if it filled none since."""
        never_taken = assignment.end_reason in NEVER_TAKEN
        self._count(assignment, 1, **{name: never_taken and yes for name, yes in self._same(assignment).items()})

    def release(self, assignment: Assignment) -> None:
        """Let someone hold one case less; what was declined fills no month and no year either."""
        never_taken = assignment.end_reason in NEVER_TAKEN
        self._count(assignment, -1, **{name: never_taken and yes for name, yes in self._same(assignment).items()})

    def remember(self, assignment: Assignment) -> None:
        """Count a case that was over before the period for the month and the year it was assigned in."""
        if assignment.end_reason not in NEVER_TAKEN:
            self._count(assignment, 0, **self._same(assignment), counted=1)

    def _same(self, assignment: Assignment) -> dict[str, bool]:
        day, at = self.day or date.max, assignment.assigned_at.astimezone(self.zone).date()
        return {"this_month": (day.year, day.month) == (at.year, at.month), "this_year": day.year == at.year}

    def _count(
        self, assignment: Assignment, held: int, *, this_month: bool, this_year: bool, counted: int | None = None
    ) -> None:
        more = held if counted is None else counted
        if (k := self.number.get(assignment.practitioner_id)) is not None:
            self.load[k] += held
            self.month_count[k] += more * this_month
            self.year_count[k] += more * this_year
        self.house_load[assignment.institution_id] += held

    def credit(self, practitioner_id: str, entry: Entry, share: Fraction, now: datetime) -> None:
        """Write an entry of the ledger."""
        k = self.number[practitioner_id]
        self.turns[k] += entry.turns
        self.effort[k] += entry.effort
        self.weighed_turns[k] += entry.turns / share
        self.weighed_effort[k] += entry.effort / share
        self._taken[k] = float(self._counted()[k])
        self.in_ledger[k] = True
        self.ledger_began_at = self.ledger_began_at or now
        if entry.kind is EntryKind.TURN:
            self.last_turn[k] = now.timestamp()

    def everyone(self) -> list[PractitionerFacts]:
        """Return everyone of the day with their accounts; who is not on the list is among them."""
        return [self._with_account(self._as_of(tenure, *self._away)) for tenure in self._present]

    def newcomers(self) -> set[str]:
        """Return who joined after the ledger began and has no entry in it yet."""
        if self.ledger_began_at is None or self.day is None:
            return set()
        first_on, today = self.ledger_began_at.astimezone(self.zone).date(), self.day
        joined = {tenure.person.id for tenure in self.period.tenures if first_on < tenure.entered_on <= today}
        return {id for id in joined if not self.in_ledger[self.number[id]]}

    def away(self, practitioner_ids: Collection[str] | None = None) -> dict[str, Away]:
        """Return the days away of these people, or of everyone who has come back by today, and what was met of them."""
        back = (id for day, ids in self._back.items() if self.day and day <= self.day for id in ids)
        ids = sorted(set(back) if practitioner_ids is None else practitioner_ids)
        return {id: Away(self._days_away.get(id, ()), self._met[id]) for id in ids}

    def is_present(self, practitioner_id: str) -> bool:
        """Tell whether someone is in the rotation of the day."""
        j = self.column_of(practitioner_id)
        return j != NOBODY and in_rotation(self.people[j])

    def is_house_present(self, institution_id: str) -> bool:
        """Tell whether an institution is on the register of the day and not suspended."""
        suspended = institution_id in self._away[1]
        return not suspended and all(
            is_registered(each, self.day) for each in self.period.houses if self.day and each.id == institution_id
        )

    def meet(self, practitioner_id: str, days: Days) -> None:
        """Let days away be met by an entry."""
        self._met[practitioner_id].append(Met(days, opening=True))

    def sums_before(self, day: date) -> dict[str, tuple[Fraction, Fraction]]:
        """Return everyone's account as it was when that day began; of days before the period, when that began."""
        later = [known for known in self.sums if known >= day]
        turns, effort = self.sums[min(later)] if later else (self.weighed_turns, self.weighed_effort)
        return dict(zip(self.ids, zip(turns.tolist(), effort.tolist(), strict=True), strict=True))

    def _with_account(self, person: PractitionerFacts) -> PractitionerFacts:
        k = self.number[person.id]
        return replace(
            person,
            turns=int(self.turns[k]),
            effort=int(self.effort[k]),
            weighed_turns=self.weighed_turns[k],
            weighed_effort=self.weighed_effort[k],
        )

    def _as_of(self, tenure: Tenure, on_leave: Container[str], suspended: Container[str]) -> PractitionerFacts:
        """Return somebody as they are on the day; most are as they were the day before."""
        person = tenure.person
        away = (person.id in on_leave, person.id in suspended, person.institution_id in suspended)
        known, as_known, facts = self._known.get(person.id, (None, None, person))
        if known is not tenure or as_known != away:
            facts = replace(person, entered_on=tenure.entered_on, on_leave=away[0], suspended=away[1],
                            institution_suspended=away[2])  # fmt: skip
            self._known[person.id] = (tenure, away, facts)
        return facts
