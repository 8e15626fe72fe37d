"""Chains: the right one for each class of cases, with windows that always leave time for the rest."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.chain import DIRECT, Because, chain_for, end_of_step, fits, guarded, unknown_guards
from dispatch.domain.errors import PolicyInvalidError
from dispatch.domain.office import OfficeHours
from dispatch.domain.policy.chain_schema import Chain, Step
from dispatch.domain.policy.schema import load_preset
from dispatch.domain.vocabulary import Category
from tests.builders import NOW, a_case, a_defence, a_policy

NATIONAL = load_preset("national")
OFFICE = OfficeHours.of(NATIONAL)
CIVIL = next(chain for chain in NATIONAL.chains if chain.code == "civil")
POINT_SELECTION, GRAB, LAST = 1, 2, 3
"""Steps of that chain, after continuity."""
FRIDAY_EVENING = datetime(2026, 3, 13, 9, 30, tzinfo=UTC)
"""Half past five in China; the office closes at six."""


@pytest.mark.parametrize(
    ("case", "code"),
    [
        (a_case(), "civil"),
        (a_defence(), "criminal"),
        (a_defence(detained=True), "detained"),
        (a_defence(detained=None), "detained"),
        (a_case(recipient_is_minor=True), "closed"),
        (a_case(recipient_is_minor=None), "closed"),
        (a_case(categories=(Category.MINOR,)), "closed"),
        (a_defence(sexual_assault=True, detained=True), "closed"),
        (a_case(sexual_assault=None), "closed"),
        (a_case(secret=True), "closed"),
    ],
)
def test_case_takes_the_first_chain_that_fits(case, code):
    assert chain_for(case, NATIONAL).code == code


GUARDS = {"recipient_minor": "recipient_is_minor", "sexual_assault": "sexual_assault", "secret": "secret"}
"""By the name they are filed under, what they are called in a docket."""


@pytest.mark.parametrize("known", list(product((False, True, None), repeat=3)))
@pytest.mark.parametrize("categories", [(), (Category.MINOR,)])
def test_facts_are_named_where_a_case_stays_out_of_the_board_for_not_knowing_them_alone(known, categories):
    facts = dict(zip(GUARDS, known, strict=True))
    case = a_case(categories=categories, **{GUARDS[name]: fact for name, fact in facts.items()})
    unknown = tuple(name for name, fact in facts.items() if fact is None)
    filled_in = replace(case, **{GUARDS[name]: False for name in unknown})

    assert unknown_guards(case) == (() if guarded(filled_in) else unknown)


def test_guarded_case_goes_direct_where_every_chain_has_an_open_board():
    policy = a_policy(chains=[CIVIL.model_dump(mode="json")])

    assert chain_for(a_case(secret=True), policy) is DIRECT


@given(st.builds(a_case, secret=st.booleans(), recipient_is_minor=st.none() | st.booleans(),
                 sexual_assault=st.none() | st.booleans()))  # fmt: skip
def test_guarded_case_never_fits_an_open_board(case):
    assert not (guarded(case) and fits(CIVIL, case))


def test_window_is_as_long_as_the_policy_says_where_there_is_time():
    ends_at = end_of_step(CIVIL, POINT_SELECTION, NOW, NOW + timedelta(days=7), NATIONAL, OFFICE)

    assert ends_at == NOW + timedelta(hours=24)


def test_window_of_practitioners_runs_in_office_hours():
    ends_at = end_of_step(CIVIL, GRAB, FRIDAY_EVENING, FRIDAY_EVENING + timedelta(days=14), NATIONAL, OFFICE)

    assert ends_at == datetime(2026, 3, 16, 4, tzinfo=UTC)


def test_counsel_who_follows_a_civil_matter_is_asked_first():
    assert [step.mode.value for step in CIVIL.steps] == ["continuity", "point_selection", "grab", "optimized"]


def test_window_is_cut_where_the_rest_of_the_chain_needs_the_time():
    two_modes = Chain(code="two", zh="两", en="two", steps=(Step(mode="rotation", hours=24), *CIVIL.steps[GRAB:]))
    due_at = NOW + timedelta(days=2)

    ends_at = end_of_step(two_modes, 0, NOW, due_at, NATIONAL, OFFICE)

    assert ends_at < OFFICE.after(NOW, 24)
    assert OFFICE.between(ends_at, due_at) == 12


def test_recipient_chooses_on_while_the_office_is_closed_and_half_an_hour_is_left_to_ask():
    week = timedelta(days=7)
    friday_due = datetime(2026, 3, 16, 15, 59, 59, tzinfo=UTC)
    long = CIVIL.model_copy(update={"steps": (Step(mode="point_selection", hours=70), *CIVIL.steps[GRAB:])})

    over_the_weekend = end_of_step(CIVIL, POINT_SELECTION, FRIDAY_EVENING, FRIDAY_EVENING + week, NATIONAL, OFFICE)
    at_the_limit = end_of_step(long, 0, FRIDAY_EVENING, friday_due, NATIONAL, OFFICE)

    assert over_the_weekend == datetime(2026, 3, 16, 0, 30, tzinfo=UTC)
    # Eight hours before the office closes on Monday, less half an hour.
    assert at_the_limit == datetime(2026, 3, 16, 1, 30, tzinfo=UTC)


def test_step_without_time_is_skipped():
    friday_noon, sunday = datetime(2026, 3, 13, 4, tzinfo=UTC), datetime(2026, 3, 15, 15, 59, 59, tzinfo=UTC)

    assert end_of_step(CIVIL, POINT_SELECTION, friday_noon, sunday, NATIONAL, OFFICE) is Because.NO_TIME
    assert end_of_step(CIVIL, GRAB, friday_noon, sunday, NATIONAL, OFFICE) is Because.NO_TIME


def test_case_with_less_than_a_day_goes_straight_to_the_last_step():
    due_at = NOW + timedelta(hours=23)

    assert end_of_step(CIVIL, POINT_SELECTION, NOW, due_at, NATIONAL, OFFICE) is Because.SHORT_OF_TIME
    assert end_of_step(CIVIL, LAST, NOW, due_at, NATIONAL, OFFICE) == OFFICE.before(due_at, 4)


def test_last_step_of_an_overdue_case_ends_at_once():
    assert end_of_step(CIVIL, LAST, NOW, NOW - timedelta(days=1), NATIONAL, OFFICE) == NOW


@given(hours=st.floats(0, 2000), due=st.floats(-100, 2000), step=st.integers(0, LAST))
def test_every_window_leaves_the_rest_of_the_chain_its_time(hours, due, step):
    now, due_at = NOW + timedelta(hours=hours), NOW + timedelta(hours=hours + due)

    ends_at = end_of_step(CIVIL, step, now, due_at, NATIONAL, OFFICE)

    if isinstance(ends_at, datetime) and step < LAST:
        assert now < ends_at < due_at
        assert OFFICE.between(ends_at, due_at) >= NATIONAL.walk.reserve_hours - 1e-6
        following = end_of_step(CIVIL, step + 1, ends_at, due_at, NATIONAL, OFFICE)
        assert isinstance(following, datetime) or due_at - ends_at < timedelta(hours=24)


@given(hours=st.floats(0.01, 100), offset=st.floats(0, 5000))
def test_office_hours_are_the_same_forwards_and_backwards(hours, offset):
    at = NOW + timedelta(hours=offset)

    assert OFFICE.between(at, OFFICE.after(at, hours)) == pytest.approx(hours, abs=1e-6)
    assert OFFICE.between(OFFICE.before(at, hours), at) == pytest.approx(hours, abs=1e-6)
    assert OFFICE.between(at, at) == 0


def test_office_that_closes_before_it_opens_never_closes():
    policy = a_policy(runs={"opens": "00:00", "closes": "00:00"})

    office = OfficeHours.of(policy)
    assert office.after(NOW, 3) == NOW + timedelta(hours=3)
    assert office.between(FRIDAY_EVENING, FRIDAY_EVENING + timedelta(days=3)) == 72


def test_policy_that_calls_the_manager_before_the_last_step_is_refused():
    with pytest.raises(PolicyInvalidError):
        a_policy(walk={"reserve_hours": 2, "escalate_hours": 3})


def test_chain_of_one_step_is_always_under_way():
    only = Chain(code="only", zh="一", en="one", steps=DIRECT.steps)

    assert end_of_step(only, 0, NOW, NOW + timedelta(days=3), NATIONAL, OFFICE) > NOW
