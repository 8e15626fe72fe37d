"""A period decided anew in memory: the same dice for every policy, and a fair rotation."""

from datetime import date, timedelta

import pytest

from dispatch.domain.policy.schema import Policy, load_preset
from dispatch.domain.states import OfferState
from dispatch.domain.vocabulary import ModeName, Status
from dispatch.simulation.backtest.entitlement import DeviationCause, verdict
from dispatch.simulation.replay.agenda import Agenda, What
from dispatch.simulation.replay.behaviour import Model, throw
from dispatch.simulation.replay.play import play
from dispatch.simulation.sample.year import Year, make_year
from tests.builders import NOW

FIRST = date(2026, 3, 2)
SMALL = Year(cases=160, practitioners=50, active=50, days=30)


def a_policy(*modes, **parts):
    document = load_preset("national").to_document()
    steps = [*({"mode": mode, "hours": 24} for mode in modes), {"mode": ModeName.OPTIMIZED}]
    chains = [{"code": "test", "zh": "测试", "en": "test", "steps": steps}]
    return Policy.from_document(document | ({"chains": chains} if modes else {}) | parts)


IN_TURN = a_policy(ModeName.ROTATION, rotation={"counts": "effort"})


@pytest.fixture(scope="module")
def months():
    """Six weeks of a small list in rotation, with leave, newcomers, skips and cases given back."""
    return play(make_year(3, FIRST, IN_TURN, SMALL), IN_TURN, Model(seed=3))


def reported(played):
    return [(each.case_id, each.seat, each.practitioner_id, each.mode, each.assigned_at) for each in played.assignments]


def test_rotation_keeps_everyone_within_one_largest_case_or_names_the_cause(months):
    found = verdict(months)

    assert found.within + len(found.exceptions) == found.practitioners
    assert found.within >= 0.85 * found.practitioners
    assert all(
        each.beyond < 0 and each.because in (DeviationCause.RULE, DeviationCause.ANSWERS) for each in found.exceptions
    )
    assert all(each.rule for each in found.exceptions if each.because is DeviationCause.RULE)


def test_the_months_held_what_a_rotation_must_survive(months):
    offers = months.tally.offers
    assert min(offers[OfferState.DECLINED], offers[OfferState.EXPIRED]) > 10
    assert any("not_on_leave" in rules for rules in months.passed.values())
    assert any(each.end_reason == "abandoned" for each in months.assignments)
    assert len(months.in_rotation[max(months.in_rotation)][0]) != len(months.in_rotation[min(months.in_rotation)][0])


def test_same_seed_replays_the_same_and_another_does_not(months):
    again = play(make_year(3, FIRST, IN_TURN, SMALL), IN_TURN, Model(seed=3))
    other = play(make_year(3, FIRST, IN_TURN, SMALL), IN_TURN, Model(seed=4))

    assert reported(again) == reported(months)
    assert reported(other) != reported(months)


def test_nobody_ever_exceeds_the_cap_and_no_seat_is_given_twice(months):
    for file in months.files.values():
        live = [each.seat for each in file.assignments if each.ended_at is None or each.end_reason == "closed"]
        assert len(live) == len(set(live)) <= file.case.demand
        people = [each.practitioner_id for each in file.assignments]
        assert len(people) == len(set(people))


def test_national_preset_plays_every_mode_and_decides_nearly_everything_in_time():
    policy = load_preset("national")
    played = play(make_year(5, FIRST, policy, SMALL), policy, Model(seed=5, claims_share=0.1))

    modes = {each.mode for each in played.assignments}
    assert {ModeName.POINT_SELECTION, ModeName.GRAB, ModeName.OPTIMIZED} <= modes
    old = [file for file in played.files.values() if file.case.due_at < played.minutes[-1]]
    late = [file for file in old if file.filled_at is None or file.filled_at > file.case.due_at]
    assert len(late) <= 0.03 * len(old)
    assert {file.status for file in played.files.values()} <= {
        Status.PENDING, Status.OFFERED, Status.POSTED, Status.ENTRUSTED, Status.ASSIGNED, Status.ACCEPTED,
        Status.SIGNED, Status.UNDERTAKEN, Status.CLOSED,
    }  # fmt: skip


def test_pair_is_answered_alike_whatever_else_was_asked():
    one, other = Model(seed=1), Model(seed=1, answer_hours=5)

    answers = [(one.answer("c", f"p{n}"), other.answer("c", f"p{n}")) for n in range(50)]
    assert all((a is None) == (b is None) and (a is None or a.accept == b.accept) for a, b in answers)
    assert throw(1, "a", "b") != throw(1, "b", "a") != throw(2, "b", "a")


def test_minutes_come_in_order_and_dues_in_the_order_they_were_written():
    agenda = Agenda()
    agenda.put(NOW + timedelta(seconds=90), What.CLOSE, "later")
    agenda.put(NOW + timedelta(seconds=10), What.CLOSE, "first")
    agenda.put(NOW + timedelta(seconds=20), What.CLOSE, "second")
    agenda.wake(NOW + timedelta(minutes=3))
    agenda.wake(NOW + timedelta(minutes=3))

    minutes = list(iter(agenda.next_minute, None))
    assert [(minute.at - NOW, [due.about[0] for due in minute.dues]) for minute in minutes] == [
        (timedelta(minutes=1), ["first", "second"]),
        (timedelta(minutes=2), ["later"]),
        (timedelta(minutes=3), []),
    ]


def test_minute_tells_whose_moment_has_come_and_whether_deadlines_are_all_there_is_to_see():
    agenda = Agenda()
    agenda.look(NOW + timedelta(minutes=1))
    agenda.look(NOW + timedelta(minutes=2))
    agenda.wake(NOW + timedelta(minutes=2), "c2")
    agenda.wake(NOW + timedelta(seconds=70), "c1")
    agenda.look(NOW + timedelta(minutes=3))
    agenda.put(NOW + timedelta(minutes=3), What.CLOSE, "done")

    minutes = list(iter(agenda.next_minute, None))
    assert [(minute.only_look, sorted(minute.case_ids)) for minute in minutes] == [
        (True, []),
        (False, ["c1", "c2"]),
        (False, []),
    ]
