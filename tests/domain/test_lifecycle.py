"""The life of a case: what is in the table happens, what is not is refused."""

from itertools import product

import pytest

from dispatch.domain.errors import IllegalTransitionError
from dispatch.domain.lifecycle import CORRECTABLE, LEADS_BACK, TRANSITIONS, Event, advance
from dispatch.domain.vocabulary import Status

MAIN_FLOW = (
    Event.GRANT, Event.OFFER, Event.ACCEPT, Event.SIGN, Event.UNDERTAKE, Event.CLOSE, Event.EVALUATE,
)  # fmt: skip
EVERY_PAIR = list(product(Status, Event))


def statuses_after(first):
    seen, edge = set(), {first}
    while edge:
        seen |= edge
        edge = {after for (before, _), after in TRANSITIONS.items() if before in edge} - seen
    return seen


def test_case_walks_the_main_flow_to_its_evaluation():
    status = Status.RECEIVED

    for event in MAIN_FLOW:
        status = advance(status, event)

    assert status is Status.EVALUATED


@pytest.mark.parametrize(("status", "event"), [pair for pair in EVERY_PAIR if pair not in TRANSITIONS])
def test_transition_missing_from_the_table_is_refused(status, event):
    with pytest.raises(IllegalTransitionError) as refused:
        advance(status, event)

    assert refused.value.facts == {"status": status.value, "event": event.value}


@pytest.mark.parametrize(("status", "event"), list(TRANSITIONS))
def test_transition_of_the_table_leads_to_its_status(status, event):
    assert advance(status, event) is TRANSITIONS[status, event]


def test_every_status_is_reached_from_receipt():
    assert statuses_after(Status.RECEIVED) == set(Status)


def test_every_event_occurs_in_the_table():
    assert {event for _, event in (*TRANSITIONS, *LEADS_BACK)} == set(Event)


@pytest.mark.parametrize("status", [Status.EVALUATED, Status.WITHDRAWN, Status.RETAINED, Status.TRANSFERRED])
def test_final_status_has_no_way_out(status):
    assert status not in {before for before, _ in TRANSITIONS}


def test_closed_case_never_reopens_but_by_a_correction():
    assert statuses_after(Status.CLOSED) == {Status.CLOSED, Status.EVALUATED}


def test_every_case_on_its_way_can_be_ended_by_own_counsel():
    waiting = {Status.PENDING, Status.POSTED, Status.OFFERED, Status.ENTRUSTED}
    working = {Status.ASSIGNED, Status.ACCEPTED, Status.SIGNED, Status.UNDERTAKEN}

    assert {before for before, event in TRANSITIONS if event is Event.RETAIN} == waiting | working


@pytest.mark.parametrize(("status", "event"), sorted(LEADS_BACK))
def test_event_that_leads_back_restores_the_state_before_it_and_is_refused_without_one(status, event):
    assert advance(status, event, Status.UNDERTAKEN) is Status.UNDERTAKEN
    assert advance(status, event, Status.POSTED) is Status.PENDING
    with pytest.raises(IllegalTransitionError):
        advance(status, event)


def test_whatever_may_be_corrected_has_a_state_from_which_a_correction_leads_back():
    ends = {after for (_, event), after in TRANSITIONS.items() if event in CORRECTABLE}

    assert ends == {status for status, event in LEADS_BACK if event is Event.CORRECT}
