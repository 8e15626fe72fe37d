"""Whatever makes somebody absent, and whatever door it came through: asked no more, and met once when they are back."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from dispatch.commands.cases.disclosure import readable_case
from dispatch.commands.chain import start_plan
from dispatch.commands.housekeeping import check_register
from dispatch.commands.life.arrangements import entrust
from dispatch.commands.roster.absences import Leave, cancel, decide, lift, report_leave, shorten, suspend
from dispatch.commands.roster.changes import change_entry
from dispatch.commands.roster.consequences import ask_on_absent
from dispatch.commands.rotation.order import calibrate
from dispatch.domain.docket.absence import AbsenceState
from dispatch.domain.errors import ForbiddenError, InvalidFieldError, NotFoundError
from dispatch.domain.findings import FindingKind
from dispatch.domain.states import OfferState
from dispatch.domain.vocabulary import Role
from dispatch.exchange.columns import Kind
from dispatch.registry.docket.roster import load_roster, read_day
from dispatch.registry.tables import (
    AbsenceRow,
    AdjustmentRow,
    FindingRow,
    InstitutionRow,
    LedgerRow,
    OfferRow,
    PractitionerRow,
)
from tests.rows import NOW, attributes_row, practitioner_row

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
TODAY = date(2026, 3, 9)
HALF = (0, 720)


def on(n):
    return TODAY + n * DAY


def change(register, person, now=NOW, **stated):
    altered(register, Kind.PRACTITIONERS, register.get(PractitionerRow, person.id), now, stated)


def house(register, now=NOW, **stated):
    altered(register, Kind.INSTITUTIONS, register.get(InstitutionRow, "own"), now, stated)


def altered(register, kind, row, now, stated):
    change_entry(register.begin, register.seal, register.manager, now, kind, row.id, stated, row.revision)


def away(register, person, first, last, actor=None, now=NOW, **parts):
    who = actor or register.clerk
    return report_leave(register.begin, who, now, person.id, Leave(first, last, **parts))


def barred(register, now=NOW, until=None, **whom):
    return suspend(register.begin, register.manager, now, now.date(), until, "review", **whom)


def hers(register, person):
    """She herself, with a token of her own."""
    return replace(register.clerk, role=Role.PRACTITIONER, practitioner_id=person.id)


def a_firm(register):
    return register.an_institution("own", id="own")


# fmt: off
BECOMES_ABSENT = {
    "leave":                lambda r, p: away(r, p, TODAY, on(3)),
    "her own leave":        lambda r, p: away(r, p, TODAY, on(3), hers(r, p)),
    "both halves of a day": lambda r, p: [away(r, p, TODAY, TODAY, minutes=half) for half in (HALF, (720, 1440))],
    "suspension":           lambda r, p: barred(r, practitioner_id=p.id),
    "suspension of firm":   lambda r, p: barred(r, institution_id="own"),
    "unlisting":            lambda r, p: change(r, p, listed=False),
    "closed capacity":      lambda r, p: change(r, p, monthly_capacity=0),
    "leaving":              lambda r, p: change(r, p, left_on=TODAY),
    "firm leaving":         lambda r, p: house(r, left_on=TODAY),
}
# fmt: on


@pytest.mark.parametrize("becomes_absent", BECOMES_ABSENT.values(), ids=BECOMES_ABSENT)
def test_who_becomes_absent_is_asked_no_more_reads_nothing_and_the_next_is_asked_at_once(register, becomes_absent):
    register.a_policy([("rotation", 8), ("optimized", None)])
    other = register.an_institution()
    first, second = (register.a_practitioner(code, firm) for code, firm in (("a", a_firm(register)), ("b", other)))
    credit(register, [second], 0, turns=1)
    case = register.a_case()
    start_plan(register.begin, register.clerk, NOW, case.id)
    with register.read() as session:
        assert readable_case(session, hers(register, first), case.id).id == case.id

    becomes_absent(register, first)

    offers = {row.practitioner_id: row.state for row in register.all(OfferRow)}
    assert offers == {first.id: OfferState.WITHDRAWN, second.id: OfferState.PENDING}
    assert register.history(case)[-3:] == ["offer", "recall", "offer"]
    with register.read() as session, pytest.raises(NotFoundError):
        readable_case(session, hers(register, first), case.id)


def test_absence_that_begins_at_midnight_takes_the_question_back_then_and_once(register):
    register.a_policy([("rotation", 20), ("optimized", None)])
    first = register.a_practitioner("a")
    start_plan(register.begin, register.clerk, NOW, register.a_case().id)
    away(register, first, on(1), on(2))

    moved = [ask_on_absent(register.begin, register.read, NOW + n * DAY) for n in (0, 1, 1)]

    assert moved == [0, 1, 0]
    assert [row.state for row in register.all(OfferRow)] == [OfferState.WITHDRAWN]


def test_suspended_institution_loses_what_it_was_to_arrange(register):
    register.a_practitioner("a", a_firm(register))
    case = register.a_case()
    entrust(register.begin, register.clerk, NOW, case.id, "own", "agreed")

    barred(register, institution_id="own")

    assert register.history(case)[-1] == "recall"


# Everyone but the one who is away has three turns more on the sixth day; the way back is made on the tenth.
def to_list(register, person):
    change(register, person, listed=False)
    change(register, person, NOW + 10 * DAY, listed=True)


def to_open(register, person):
    change(register, person, capacity=0)
    change(register, person, NOW + 10 * DAY, capacity=5)


# fmt: off
COMES_BACK = {
    "leave":              lambda r, p: away(r, p, TODAY, on(9)),
    "leaves that overlap": lambda r, p: [away(r, p, on(a), on(b)) for a, b in ((0, 9), (0, 8), (3, 9), (9, 9))],
    "leave in halves":    lambda r, p: [away(r, p, TODAY, on(9), minutes=half) for half in (HALF, (720, 1440))],
    "suspension":         lambda r, p: barred(r, until=on(9), practitioner_id=p.id),
    "suspension lifted":  lambda r, p: lift(r.begin, r.manager, NOW + 10 * DAY, barred(r, practitioner_id=p.id).id),
    "suspension of firm": lambda r, p: barred(r, until=on(9), institution_id="own"),
    "several kinds":      lambda r, p: [away(r, p, TODAY, on(5)), barred(r, until=on(7), institution_id="own"),
                                        barred(r, until=on(9), practitioner_id=p.id)],
    "unlisting":          to_list,
    "closed capacity":    to_open,
}
# fmt: on


@pytest.mark.parametrize("comes_back", COMES_BACK.values(), ids=COMES_BACK)
def test_who_comes_back_meets_once_what_the_median_grew_whatever_kept_them(register, comes_back):
    person, others = a_town(register)
    grow(register, others, 5)
    comes_back(register, person)

    for n in (6, 10, 10, 11):
        calibrate(register.begin, register.read, NOW + n * DAY)

    assert turns(register, person) == 3
    [row] = register.all(AdjustmentRow)
    assert (row.from_on, row.until_on) == (TODAY, on(10))


def test_five_past_leaves_of_ones_own_wait_and_give_nothing_until_an_officer_agrees_and_may_undo_it(register):
    person, others = a_town(register)
    grow(register, others, -8)
    her, back = hers(register, person), NOW + 20 * DAY

    rows = [away(register, person, on(-10), on(-n), her) for n in range(1, 6)]
    calibrate(register.begin, register.read, NOW)
    before = turns(register, person)
    with pytest.raises(ForbiddenError):
        decide(register.begin, her, NOW, rows[0].id, approve=True)
    for row in rows:
        decide(register.begin, register.clerk, NOW, row.id, approve=True)
    calibrate(register.begin, register.read, NOW)
    agreed = turns(register, person)
    for row in rows:
        decide(register.begin, register.clerk, back, row.id, approve=False)
    calibrate(register.begin, register.read, back)

    assert {row.state for row in rows} == {AbsenceState.WAITING}
    assert (before, agreed, turns(register, person)) == (0, 3, 0)
    kept = register.get(AbsenceRow, rows[0].id)
    assert [each["state"] for each in kept.history] == ["waiting", "in_force"]
    assert (kept.state, kept.decided_by) == (AbsenceState.REFUSED, register.clerk.user_id)


def test_leave_of_ones_own_from_today_on_holds_at_once(register):
    person = register.a_practitioner()

    assert away(register, person, TODAY, TODAY, hers(register, person)).state is AbsenceState.IN_FORCE


def test_leave_that_was_shorter_than_it_was_met_is_met_for_the_days_it_had(register):
    person, others = a_town(register)
    row = away(register, person, TODAY, on(9))
    grow(register, others, 2)
    grow(register, others, 7)
    calibrate(register.begin, register.read, NOW + 10 * DAY)
    met = turns(register, person)

    shorten(register.begin, register.clerk, NOW + 11 * DAY, row.id, on(4))

    assert (met, turns(register, person)) == (6, 3)
    assert calibrate(register.begin, register.read, NOW + 12 * DAY) == 0
    cancel(register.begin, register.clerk, NOW + 12 * DAY, row.id)
    assert turns(register, person) == 0
    history = register.get(AbsenceRow, row.id).history
    assert [(each["state"], each["until_on"]) for each in history] == [
        ("in_force", on(9).isoformat()), ("in_force", on(4).isoformat()),
    ]  # fmt: skip


def test_ones_own_leave_is_cut_from_today_on_and_cancelled_before_it_begins(register):
    person, other = register.a_practitioner("a"), register.a_practitioner("b")
    her, now = hers(register, person), NOW + 3 * DAY
    running, coming = away(register, person, TODAY, on(9), her), away(register, person, on(20), on(25), her)

    with pytest.raises(InvalidFieldError):
        shorten(register.begin, her, now, running.id, on(1))
    with pytest.raises(InvalidFieldError):
        cancel(register.begin, her, now, running.id)
    with pytest.raises(InvalidFieldError):
        shorten(register.begin, her, now, running.id, on(30))
    with pytest.raises(ForbiddenError):
        lift(register.begin, hers(register, other), now, running.id)

    assert lift(register.begin, her, now, running.id).until_on == on(2)
    assert cancel(register.begin, her, now, coming.id).state is AbsenceState.CANCELLED
    with pytest.raises(InvalidFieldError):
        decide(register.begin, register.clerk, now, coming.id, approve=True)


def test_suspension_of_oneself_is_not_ones_own_to_end(register):
    person = register.a_practitioner()
    row = barred(register, practitioner_id=person.id)

    for act in (cancel, lift):
        with pytest.raises(ForbiddenError):
            act(register.begin, hers(register, person), NOW, row.id)


def test_part_of_the_day_is_known_to_the_minute_and_needs_no_end(register):
    person = register.a_practitioner()
    away(register, person, TODAY, None, minutes=(540, 720), weekdays="1")
    with pytest.raises(InvalidFieldError):
        away(register, person, TODAY, None)

    def facts(now):
        with register.read() as session:
            [found] = load_roster(session, read_day(session, register.centre.id, now)).practitioners
        return found.away_now, found.on_leave

    nine = NOW.replace(hour=1, minute=0)
    found = [facts(nine + each) for each in (-MINUTE, 0 * MINUTE, 180 * MINUTE, DAY)]
    assert found == [(False, False), (True, False), (False, False), (False, False)]


def test_who_leaves_with_open_cases_is_named_until_they_are_handed_over(register):
    person = register.a_practitioner("a")
    case = register.a_case()
    assignment = register.an_assignment(case, person)

    def named():
        rows = register.all(FindingRow, FindingRow.kind == FindingKind.LEFT_WITH_CASES)
        return [(row.subject_id, row.facts, row.closed_at is None) for row in rows]

    change(register, person, listed=False)
    assert named() == [(person.id, {"cases": 1}, True)]
    with register.begin() as tx:
        tx.session.get_one(type(assignment), assignment.id).ended_at = NOW
    check_register(register.begin, register.read, NOW + DAY, register.centre.id)

    assert named() == [(person.id, {"cases": 1}, False)]


LAST = 24
"""The day on which everybody is back."""


class Fate:
    """An absence as it is entered on a day and changed on a later one, and the days that it leaves."""

    def __init__(self, chance):
        self.how = chance.choice(["leave", "own", "past", "person", "firm"])
        self.first = chance.randint(2, 12)
        self.last = self.first + chance.randint(0, 8)
        self.entered = self.first + chance.randint(1, 4) if self.how == "past" else self.first - chance.randint(0, 2)
        self.change = chance.choice([None, "shorten", "cancel", "lift", "refuse"])
        self.changed = max(self.entered, self.first) + chance.randint(0, 9)
        self.cut = chance.randint(self.first, self.last)

    def days(self):
        until = {"shorten": self.cut, "cancel": self.first - 1, "lift": min(self.last, self.changed - 1)}
        refused = self.change == "refuse" and self.how in ("own", "past", "leave")
        return set() if refused else set(range(self.first, until.get(self.change, self.last) + 1))

    def enter(self, register, person, now):
        if self.how in ("person", "firm"):
            subject = {"practitioner_id": person.id} if self.how == "person" else {"institution_id": self.firm}
            given = (on(self.first), on(self.last), "review")
            self.row = suspend(register.begin, register.manager, now, *given, **subject)
            return
        actor = register.clerk if self.how == "leave" else hers(register, person)
        self.row = away(register, person, on(self.first), on(self.last), actor, now)
        if self.row.state is AbsenceState.WAITING:
            decide(register.begin, register.clerk, now, self.row.id, approve=True)

    def alter(self, register, now):
        acts = {"cancel": cancel, "lift": lift}
        if self.change == "shorten":
            shorten(register.begin, register.manager, now, self.row.id, on(self.cut))
        elif self.change in acts:
            acts[self.change](register.begin, register.manager, now, self.row.id)
        elif self.change == "refuse" and self.how not in ("person", "firm"):
            decide(register.begin, register.manager, now, self.row.id, approve=False)


def test_any_absences_by_any_entrance_overlapping_cut_and_cancelled_give_the_turns_of_their_union(register):
    """Everybody else has a turn a day, so that each of theirs is owed one for each day of the union."""
    chance = random.Random(1)
    crowd = [register.a_practitioner(f"crowd-{n}", register.the_institution()) for n in range(9)]
    people = [register.a_practitioner(f"p{n}", register.an_institution(f"firm-{n}", id=f"firm-{n}")) for n in range(8)]
    fates = [[Fate(chance) for _ in range(chance.randint(1, 4))] for _ in people]
    for n, found in enumerate(fates):
        for fate in found:
            fate.firm = f"firm-{n}"
    for n in range(LAST):
        credit(register, crowd, n, turns=1)

    for n in range(LAST + 1):
        now = NOW + n * DAY
        for person, found in zip(people, fates, strict=True):
            for fate in found:
                if fate.entered == n:
                    fate.enter(register, person, now)
                if fate.changed == n and fate.changed >= fate.entered:
                    fate.alter(register, now)
        if chance.random() < 0.7 or n == LAST:
            calibrate(register.begin, register.read, now)

    union = [len(set().union(*(fate.days() for fate in found))) for found in fates]
    assert [turns(register, person) for person in people] == union


def a_town(register):
    """Someone of a firm of their own, and three of another."""
    other = register.an_institution("other")
    others = [register.a_practitioner(code, other) for code in "xyz"]
    person = practitioner_row(register.centre.id, "away")
    register.add(person, attributes_row(person, a_firm(register), capacity=5))
    return person, others


def grow(register, people, n):
    credit(register, people, n, turns=3)


def credit(register, people, n, turns):
    plain = {"centre_id": register.centre.id, "kind": "turn", "turns": turns, "effort": 10 * turns, "at": NOW + n * DAY}
    register.add(*(LedgerRow(practitioner_id=each.id, **plain) for each in people))


def turns(register, person):
    return sum(row.turns for row in register.all(LedgerRow, LedgerRow.practitioner_id == person.id))
