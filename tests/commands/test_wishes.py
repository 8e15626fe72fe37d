"""Point selection keeps its promise: a weekend to choose, every wish asked in its share, the same in the back-test."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dispatch.casework.wish_time import WishState
from dispatch.commands.chain import advance_plans, start_plan
from dispatch.commands.offers.offers import answer, expire_due
from dispatch.commands.offers.undertaking import abandon
from dispatch.commands.wishes import leave_to_centre, name_wishes
from dispatch.domain.errors import IllegalTransitionError, NotFoundError, WishesAskedError
from dispatch.domain.period import Period, Tenure
from dispatch.domain.policy.schema import load_preset
from dispatch.domain.states import GivingBack, OfferState, PlanState
from dispatch.domain.vocabulary import ModeName, Status
from dispatch.registry.tables import CaseRow, OfferRow, PlanRow, WishRow
from dispatch.simulation.replay.behaviour import Model
from dispatch.simulation.replay.play import play
from tests.builders import a_case, a_practitioner
from tests.rows import NOW

CHINA = ZoneInfo("Asia/Shanghai")
HOUR = timedelta(hours=1)


def local(text):
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=CHINA)


FRIDAY, MONDAY = local("13 17:00"), local("16 08:30")
DUE = local("16 23:59:59")


def granted(register, at=FRIDAY, due=DUE):
    """A case put on its chain at the moment of its grant, and three lawyers."""
    people = [register.a_practitioner(code) for code in "abc"]
    case = register.a_case(received_at=at - HOUR, granted_at=at, due_at=due)
    start_plan(register.begin, register.clerk, at, case.id)
    return case, people


def tick(register, at):
    expire_due(register.begin, register.read, at)
    advance_plans(register.begin, register.read, at)


def named(register, case, at, *people, actor=None):
    ids = [person.id for person in people]
    return name_wishes(register.begin, actor or register.recipient(case), at, case.id, ids)


def offers(register):
    """Who was asked, from when until when, in Chinese time."""
    rows = sorted(register.all(OfferRow), key=lambda row: row.offered_at)
    codes = {row.id: row.code for row in (register.get(type(person), person.id) for person in register.people)}
    return [(codes[row.practitioner_id], span(row.offered_at, row.expires_at)) for row in rows]


def span(begin, end):
    return f"{begin.astimezone(CHINA):%a %H:%M}-{end.astimezone(CHINA):%H:%M}"


def places_of(wishes):
    return [(wish.place.state, wish.place.turn and span(*wish.place.turn)) for wish in wishes]


def test_friday_grant_gives_the_weekend_to_choose_and_asks_from_monday_on(register):
    case, register.people = granted(register)
    first, second, third = register.people
    [plan] = register.all(PlanRow)
    assert (plan.mode, plan.ends_at) == (ModeName.POINT_SELECTION, MONDAY)

    on_saturday = named(register, case, local("14 20:00"), first, second, third, actor=register.clerk)
    on_sunday = named(register, case, local("15 22:00"), second, first, third)
    tick(register, MONDAY - timedelta(minutes=1))
    before = offers(register)
    tick(register, MONDAY)

    spans = ["Mon 08:30-09:00", "Mon 09:00-09:30", "Mon 09:30-10:00"]
    assert places_of(on_saturday) == places_of(on_sunday) == [(WishState.WAITS, each) for each in spans]
    assert (before, offers(register)) == ([], [("b", spans[0])])
    with pytest.raises(WishesAskedError) as refused:
        named(register, case, MONDAY, third, actor=register.clerk)
    assert refused.value.facts["asked_at"] == MONDAY.astimezone(register.all(OfferRow)[0].offered_at.tzinfo).isoformat()

    tick(register, local("16 09:00"))
    [asked] = register.all(OfferRow, OfferRow.state == OfferState.PENDING)
    answer(register.begin, register.acting(first), local("16 09:10"), asked.id, False, GivingBack.BUSY)
    assert offers(register) == [("b", spans[0]), ("a", spans[1]), ("c", "Mon 09:10-09:40")]
    tick(register, local("16 09:40"))
    assert register.get(CaseRow, case.id).status is Status.PENDING
    # Until Monday's deadline there is no time to ask counsel of an earlier stage first.
    assert register.history(case)[:5] == ["plan", ("skip", "no_time"), "step", "wish", "await"]
    assert register.history(case)[-5:] == [
        "expire", ("skip", "window_over"), ("skip", "short_of_time"), "step", ("escalate", "nobody_eligible"),
    ]  # fmt: skip
    with pytest.raises(WishesAskedError):
        named(register, case, local("16 09:41"), third, actor=register.clerk)


def test_silent_lawyers_are_asked_at_the_same_moments_in_the_register_and_in_the_back_test(register):
    evening = local("13 18:30")
    people = [register.a_practitioner(code) for code in "abc"]
    case = register.a_case(received_at=evening - HOUR, granted_at=evening, due_at=DUE)
    for rank, person in enumerate(people, start=1):
        register.add(WishRow(centre_id=case.centre_id, case_id=case.id, practitioner_id=person.id, rank=rank))
    since = evening - HOUR
    tenures = tuple(
        Tenure(person=a_practitioner(code), entered_on=since.date(), from_on=since.date()) for code in "abc"
    )
    arrival = a_case(entitled_at=evening, due_at=DUE, wishes=tuple("abc"))
    period = Period(centre_id="c", since=since, until=DUE, arrivals=(arrival,), tenures=tenures)

    start_plan(register.begin, register.clerk, evening, case.id)
    for minutes in range(0, 100, 30):
        tick(register, MONDAY + timedelta(minutes=minutes))
    played = play(period, load_preset("national"), Model(seed=1, accepts=0, silent=1))

    register.people = people
    replayed = [
        (offer.practitioner_id, span(offer.offered_at, offer.expires_at)) for offer in played.files["c1"].offers
    ]
    assert offers(register) == replayed[:3]
    assert replayed[:3] == [("a", "Mon 08:30-09:00"), ("b", "Mon 09:00-09:30"), ("c", "Mon 09:30-10:00")]
    plan, skip, *events = [line.event for line in played.history]
    assert [plan, skip, *events[: events.index("skip")]] == ["plan", "skip", "step", "await"] + ["offer", "expire"] * 3


def test_wish_named_in_office_hours_is_asked_at_once_and_the_others_are_told_when_at_the_latest(register):
    case, register.people = granted(register, NOW, NOW + 3 * timedelta(days=1))

    reported = named(register, case, NOW + HOUR, *register.people)

    # Due on Thursday at nine: eight hours before it is Wednesday 10:30, four before that Tuesday 16:00.
    assert places_of(reported) == [
        (WishState.ASKED, "Mon 10:00-15:10"),
        (WishState.WAITS, "Mon 15:10-10:50"),
        (WishState.WAITS, "Tue 10:50-16:00"),
    ]
    assert offers(register) == [("a", "Mon 10:00-15:10")]


def test_what_the_time_cannot_hold_is_told_when_it_is_named(register):
    register.a_policy(walk={"wish_hours": 1})
    case, people = granted(register)

    reported = named(register, case, local("14 20:00"), *people)

    assert places_of(reported) == [
        (WishState.WAITS, "Mon 08:30-09:30"), (WishState.NO_TIME, None), (WishState.NO_TIME, None),
    ]  # fmt: skip


def test_wishes_of_before_the_grant_wait_and_after_the_step_are_weighed(register):
    person = register.a_practitioner()
    early = register.a_case("2", status=Status.RECEIVED, granted_at=None)
    late, _ = granted(register, NOW, NOW + 20 * HOUR)

    waiting = named(register, early, NOW, person, actor=register.clerk)
    weighed = named(register, late, NOW, person, actor=register.clerk)

    assert (places_of(waiting), places_of(weighed)) == ([(WishState.WAITS, None)], [(WishState.WEIGHED, None)])


def test_case_that_is_given_back_hears_new_wishes(register):
    case, register.people = granted(register, NOW, NOW + 7 * timedelta(days=1))
    first, second, _ = register.people
    named(register, case, NOW, first, actor=register.clerk)
    [asked] = register.all(OfferRow)
    answer(register.begin, register.acting(first), NOW, asked.id, True)
    with pytest.raises(IllegalTransitionError):
        named(register, case, NOW, second, actor=register.clerk)
    abandon(
        register.begin, register.manager, NOW + HOUR, register.get(OfferRow, asked.id).assignment_id, GivingBack.BUSY
    )
    # The wish there was has given the case back, so that the recipient has time to choose again.
    again = named(register, case, NOW + HOUR, second, actor=register.clerk)

    assert [row.state for row in sorted(register.all(PlanRow), key=lambda row: row.began_at)] == [
        PlanState.DONE, PlanState.OPEN,
    ]  # fmt: skip
    assert places_of(again) == [(WishState.ASKED, "Mon 10:00-18:00")]


def test_every_promised_wish_is_asked_even_after_the_workers_stood_still(register):
    case, register.people = granted(register)
    named(register, case, local("14 20:00"), *register.people)
    tick(register, MONDAY)

    tick(register, local("16 09:50"))
    tick(register, local("16 09:55"))

    assert offers(register) == [("a", "Mon 08:30-09:00"), ("b", "Mon 09:50-09:55"), ("c", "Mon 09:55-10:00")]


def test_choice_left_to_the_centre_takes_wishes_back_and_waits_for_nobody(register):
    register.a_policy(chains=[(ModeName.POINT_SELECTION, 24), (ModeName.OPTIMIZED, 4)])
    case, person = register.a_case(), register.a_practitioner()
    start_plan(register.begin, register.clerk, local("09 22:00"), case.id)
    me = register.recipient(case)
    # Nobody is asked in the evening: the wish may still be taken back.
    name_wishes(register.begin, me, local("09 22:00"), case.id, [person.id])
    wished = len(register.all(WishRow))

    leave_to_centre(register.begin, me, local("09 22:01"), case.id)
    before = register.history(case)
    leave_to_centre(register.begin, me, local("09 22:02"), case.id)

    assert (wished, register.all(WishRow)) == (1, [])
    assert ("skip", "left_to_centre") in before
    assert register.history(case) == before


def test_recipient_leaves_no_case_but_their_own_to_the_centre(register):
    stranger, case = register.recipient(register.a_case("1")), register.a_case("2")

    with pytest.raises(NotFoundError):
        leave_to_centre(register.begin, stranger, NOW, case.id)
