"""What is told outside, and how often it is tried."""

from datetime import UTC, datetime, timedelta

import pytest

from dispatch.domain.chain import Mark
from dispatch.domain.lifecycle import Event
from dispatch.domain.vocabulary import Status
from dispatch.domain.webhooks import (
    AMEND,
    FAILING_FOR,
    FIRST_PAUSE,
    JITTER,
    LONGEST_PAUSE,
    LONGEST_REST,
    MAX_ATTEMPTS,
    RECEIVE,
    TYPES,
    HookType,
    failing_too_long,
    given_up,
    message_of,
    pause_after,
    rest_after,
    types_of,
)

NOW = datetime(2026, 3, 9, 1, tzinfo=UTC)


def test_every_entry_of_a_history_is_told_or_kept_on_purpose():
    assert {entry for entry, before in TYPES if before is None} == {RECEIVE, AMEND, *Event, *Mark}


def test_every_type_of_a_case_has_an_entry_that_tells_it():
    reported = {type for types in TYPES.values() for type in types}

    assert reported == {type for type in HookType if type.value.startswith("case.")}


def test_accepted_offer_is_an_assignment_too():
    assert types_of(Event.ACCEPT, Status.OFFERED) == (HookType.CASE_ASSIGNED, HookType.CASE_ACCEPTED)
    assert types_of(Event.ACCEPT, Status.ASSIGNED) == (HookType.CASE_ACCEPTED,)


def test_entry_nobody_knows_is_told_to_nobody():
    assert types_of("unheard of", None) == ()


def test_only_named_facts_go_out():
    reported = message_of("c1", Status.ASSIGNED, Event.ASSIGN, {"assignment_id": "a1", "seat": 0, "story": "words"})

    assert reported == {
        "case_id": "c1",
        "status": "assigned",
        "event": "assign",
        "assignment_id": "a1",
        "seat": 0,
    }
    assert message_of("c1", Status.PENDING, Event.GRANT, None) == {
        "case_id": "c1",
        "status": "pending",
        "event": "grant",
    }


def test_pauses_grow_threefold_and_together_last_about_three_days():
    pauses = [pause_after(attempts, "d1") for attempts in range(1, MAX_ATTEMPTS)]

    assert timedelta(days=2) < sum(pauses, timedelta()) < timedelta(days=4)
    for attempts, pause in enumerate(pauses, 1):
        whole = min(FIRST_PAUSE * 3 ** (attempts - 1), LONGEST_PAUSE)
        assert whole * (1 - JITTER) <= pause <= whole


def test_pause_is_drawn_from_the_message_alone():
    drawn = {pause_after(1, f"d{n}") for n in range(50)}

    assert pause_after(1, "d1") == pause_after(1, "d1")
    assert len(drawn) > 40


@pytest.mark.parametrize(
    ("failures", "rest"), [(1, timedelta(seconds=1)), (4, timedelta(seconds=8)), (99, LONGEST_REST)]
)
def test_endpoint_rests_twice_as_long_with_each_failure_up_to_a_limit(failures, rest):
    assert rest_after(failures) == rest


def test_message_is_given_up_after_the_last_attempt():
    assert not given_up(MAX_ATTEMPTS - 1)
    assert given_up(MAX_ATTEMPTS)


def test_endpoint_fails_too_long_after_days_without_a_success():
    assert not failing_too_long(None, NOW)
    assert not failing_too_long(NOW - FAILING_FOR + timedelta(seconds=1), NOW)
    assert failing_too_long(NOW - FAILING_FOR, NOW)
