"""Wishes share the office time there is: each is really asked, in order, or told beforehand that it is not."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.casework.wish_time import WishPlace, WishState, places, share_out, turns
from dispatch.domain.calendar import china
from dispatch.domain.chain import MAX_WISHES, Because, end_of_step, limit_of
from dispatch.domain.errors import PolicyInvalidError
from dispatch.domain.law.deadlines import due_at
from dispatch.domain.office import OfficeHours
from dispatch.domain.policy.chain_schema import Chain, Step
from dispatch.domain.policy.schema import load_preset
from dispatch.domain.states import OfferState
from dispatch.domain.vocabulary import ModeName
from dispatch.simulation.replay.files import Offer, Plan
from tests.builders import a_policy

NATIONAL = load_preset("national")
OFFICE = OfficeHours.of(NATIONAL)
CIVIL = next(chain for chain in NATIONAL.chains if chain.code == "civil")
WISHED = 1
"""The step for wishes in that chain, after continuity."""
CHINA = ZoneInfo("Asia/Shanghai")
SLIP = 1e-6
"""Hours."""


def local(text):
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=CHINA)


def deadline(granted):
    return due_at("T4", granted, detained=False, calendar=china()).at


def shared(granted, named, wishes=3, policy=NATIONAL):
    """When each wish is asked that is named then, in Chinese time."""
    asking = share_out(CIVIL, WISHED, wishes, named, deadline(granted), policy, OFFICE)
    found = turns(OFFICE, asking.begins_at, asking.ends_at, asking.held)
    assert all(one.ends_at == other.begins_at for one, other in pairwise(found))
    return ", ".join(
        f"{at.astimezone(CHINA):%a %H:%M}" for at in (found[0].begins_at, *(turn.ends_at for turn in found))
    )


# The office is open from 8:30 to 18:00. Before the deadline the last step keeps 8 hours, the board before it 4.
@pytest.mark.parametrize(
    ("granted", "named", "expected"),
    [
        # Until Wednesday 15:30 there are 25.5 hours: each wish has the 8 hours of any other offer.
        ("03-09 09:00", "03-09 09:00", "Mon 09:00, Mon 17:00, Tue 15:30, Wed 14:00"),
        # The recipient chooses in the evening: asking begins when the office opens; 16.5 hours are left.
        ("03-09 09:00", "03-09 21:00", "Tue 08:30, Tue 14:00, Wed 10:00, Wed 15:30"),
        # Due on Sunday, which rolls to Monday: until Friday 15:30 there are nine hours.
        ("03-12 16:00", "03-12 16:00", "Thu 16:00, Fri 09:30, Fri 12:30, Fri 15:30"),
        # Granted on a Friday evening, chosen on Sunday: the board gives way, and each wish has its half hour.
        ("03-13 17:00", "03-15 20:00", "Mon 08:30, Mon 09:00, Mon 09:30, Mon 10:00"),
        # Chosen before the weekend, after the office has closed: the same.
        ("03-13 17:00", "03-13 18:00", "Mon 08:30, Mon 09:00, Mon 09:30, Mon 10:00"),
        # Over the Tomb-sweeping holiday from Saturday to Monday the deadline rolls to Tuesday, and so does the asking.
        ("04-03 17:00", "04-05 12:00", "Tue 08:30, Tue 09:00, Tue 09:30, Tue 10:00"),
    ],
)  # fmt: skip
def test_wishes_are_asked_at_these_hours(granted, named, expected):
    assert shared(local(granted), local(named)) == expected


def test_what_the_time_cannot_hold_is_known_beforehand():
    granted, sunday = local("03-13 17:00"), local("03-15 20:00")
    hour = a_policy(walk={"wish_hours": 1})

    assert shared(granted, sunday, 3, hour) == "Mon 08:30, Mon 09:30"
    assert shared(granted, sunday, 1, hour) == "Mon 08:30, Mon 09:30"
    assert share_out(CIVIL, WISHED, 1, local("03-16 09:31"), deadline(granted), NATIONAL, OFFICE) is None


def test_wish_that_was_promised_its_turn_has_a_shorter_one_after_an_outage():
    late, due = local("03-16 09:40"), deadline(local("03-13 17:00"))

    asking = share_out(CIVIL, WISHED, 2, late, due, NATIONAL, OFFICE, promised=2)

    assert (asking.held, asking.ends_at) == (2, local("03-16 10:00").astimezone(UTC))
    assert share_out(CIVIL, WISHED, 2, local("03-16 09:59"), due, NATIONAL, OFFICE, promised=2) is None


def test_least_time_for_a_wish_is_no_longer_than_that_for_any_offer():
    with pytest.raises(PolicyInvalidError):
        a_policy(walk={"answer_hours": 1, "wish_hours": 2})


moments = st.integers(0, 365 * 24 * 60).map(lambda minutes: local("01-01 00:00") + timedelta(minutes=minutes))


@st.composite
def selections(draw):
    """A policy, a chain with point selection somewhere in it, and a case whose recipient chooses within the window."""
    answer = draw(st.sampled_from([1, 2.5, 8, 40]))
    walk = {"answer_hours": answer, "wish_hours": draw(st.sampled_from([0.25, 0.5, 1])),
            "reserve_hours": draw(st.sampled_from([4, 8, 12]))}  # fmt: skip
    steps = [Step(mode="point_selection", hours=draw(st.floats(0.5, 96)))]
    steps += [
        Step(mode=mode, hours=draw(st.floats(0.5, 12))) for mode in draw(st.sets(st.sampled_from(["grab", "rotation"])))
    ]
    chain = Chain(code="any", zh="任", en="any", steps=(*steps, Step(mode="optimized")))
    granted = draw(moments)
    return a_policy(walk=walk), chain, granted.astimezone(UTC), draw(st.integers(1, MAX_WISHES)), draw(st.floats(0, 1))


@given(selections())
def test_each_wish_is_asked_in_office_time_in_order_and_before_the_last_step_or_told_beforehand(selection):
    policy, chain, granted, wishes, when = selection
    due = deadline(granted)

    chosen_by = end_of_step(chain, 0, granted, due, policy, OFFICE)

    limit = limit_of(chain, 0, due, policy, OFFICE)
    if isinstance(chosen_by, Because):
        assert share_out(chain, 0, 1, granted, due, policy, OFFICE) is None or due - granted < timedelta(hours=24)
        return
    named = granted + when * (chosen_by - granted)
    asking = share_out(chain, 0, wishes, named, due, policy, OFFICE)
    assert asking, "whoever chooses in the window is heard"
    least, left = policy.walk.wish_hours, OFFICE.between(asking.begins_at, limit)
    assert asking.held == wishes or (asking.held + 1) * least > left
    spans = turns(OFFICE, asking.begins_at, asking.ends_at, asking.held)
    given_hours = [OFFICE.between(*span) for span in spans]
    assert asking.begins_at >= named
    assert all(least - SLIP <= hours <= policy.walk.answer_hours + SLIP for hours in given_hours)
    assert max(given_hours) - min(given_hours) <= SLIP
    assert all(OFFICE.between(one.ends_at, other.begins_at) <= SLIP for one, other in pairwise(spans))
    assert spans[-1].ends_at == asking.ends_at <= limit


@given(selections(), st.lists(st.floats(0, 1.2), min_size=MAX_WISHES, max_size=MAX_WISHES))
def test_every_promised_wish_is_asked_whether_those_before_answer_early_or_their_end_is_noticed_late(
    selection, answers
):
    policy, chain, granted, wishes, when = selection
    due = deadline(granted)
    chosen_by = end_of_step(chain, 0, granted, due, policy, OFFICE)
    if isinstance(chosen_by, Because):
        return
    now, promised, asked, first = granted + when * (chosen_by - granted), 0, [], None

    for left in range(wishes, 0, -1):
        asking = share_out(chain, 0, left, now, due, policy, OFFICE, promised)
        if asking is None:
            break
        first = first or asking
        span = turns(OFFICE, asking.begins_at, asking.ends_at, asking.held)[0]
        asked.append(OFFICE.between(*span))
        promised = asking.held - 1
        share = min(answers[len(asked) - 1], 1)
        tick = timedelta(seconds=5) if answers[len(asked) - 1] > 1 else timedelta()
        now = span.begins_at + share * (span.ends_at - span.begins_at) + tick

    assert len(asked) >= first.held
    # The scheduler looks every five seconds.
    assert all(hours >= first.hours - 10 / 3600 for hours in asked[: first.held])
    assert all(hours > 0 for hours in asked)


def an_offer(who, state, until):
    return Offer("o", "c", who, 0, ModeName.POINT_SELECTION, local("03-09 09:00"), local(until), state)


def a_plan(mode=ModeName.POINT_SELECTION, asks_at="03-09 09:00", promised=0):
    at = local("03-09 09:00")
    return Plan(
        "civil", WISHED, mode, at, at, local("03-11 14:00"), asks_at=asks_at and local(asks_at), promised=promised
    )


def test_recipient_is_told_what_becomes_of_each_wish():
    declined, asked = (
        an_offer("a", OfferState.DECLINED, "03-09 17:00"),
        an_offer("b", OfferState.PENDING, "03-10 15:30"),
    )
    waits = WishPlace(WishState.WAITS)

    assert places("abc", {}, None, OFFICE) == [waits] * 3
    assert places("abc", {}, a_plan(asks_at=None), OFFICE) == [waits] * 3
    under_way = places("abc", {"a": declined, "b": asked}, a_plan(promised=1), OFFICE)
    assert [(place.state, place.turn and place.turn.ends_at) for place in under_way] == [
        (WishState.ENDED, None),
        (WishState.ASKED, local("03-10 15:30")),
        (WishState.WAITS, local("03-11 14:00")),
    ]
    assert [place.state for place in places("abc", {}, a_plan(promised=1), OFFICE)] == [
        WishState.WAITS, WishState.NO_TIME, WishState.NO_TIME,
    ]  # fmt: skip
    later = places("ab", {"a": an_offer("a", OfferState.ACCEPTED, "03-09 17:00")}, a_plan(ModeName.GRAB), OFFICE)
    assert [place.state for place in later] == [WishState.ACCEPTED, WishState.WEIGHED]
