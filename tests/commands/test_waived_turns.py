"""A turn that is declined or not answered: others come first for a while, and the ledger knows nothing of it."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from dispatch.commands.chain import advance_plans, start_plan
from dispatch.commands.offers.offers import answer, expire_due, make_offers
from dispatch.commands.roster.absences import lift, suspend
from dispatch.commands.rotation.order import rotation
from dispatch.domain.states import GivingBack, OfferState
from dispatch.registry.docket.docket import load_docket
from dispatch.registry.tables import LedgerRow, OfferRow, PlanRow
from tests.rows import NOW

HOUR, WEEK = timedelta(hours=1), timedelta(days=7)
ROTATION, OPTIMIZED = ("rotation", 40), ("optimized", None)


@pytest.fixture
def people(register):
    """Three people, each a turn behind the next: the first stays first until they take two cases."""
    register.a_policy([ROTATION, OPTIMIZED])
    found = [register.a_practitioner(code) for code in "abc"]
    for turns, person in enumerate(found):
        register.add(
            LedgerRow(
                centre_id=register.centre.id, practitioner_id=person.id, kind="turn", turns=2 * turns, effort=0,
                at=NOW - WEEK,
            )
        )  # fmt: skip
    return found


def asked_about(register, number, now=NOW):
    """Put a case on its chain and return the one offer it makes."""
    case = register.a_case(number, due_at=now + 2 * WEEK)
    start_plan(register.begin, register.clerk, now, case.id)
    [offer] = register.all(OfferRow, OfferRow.case_id == case.id, OfferRow.state == OfferState.PENDING)
    return offer


def decline(register, offer, reason=GivingBack.BUSY, now=NOW):
    return answer(register.begin, register.clerk, now, offer.id, False, reason)


def places(register, now, case_id=None):
    return [turn.code for turn in rotation(register.read, register.clerk, now, case_id)]


def test_who_declines_is_not_first_for_the_other_cases_of_the_day_and_keeps_their_place(register, people):
    first, _, third = people
    offer = asked_about(register, "1")
    assert offer.practitioner_id == first.id

    declined = decline(register, offer)
    [turn] = [each for each in rotation(register.read, register.clerk, NOW) if each.practitioner_id == first.id]
    others = [asked_about(register, number).practitioner_id for number in "23"]

    until = declined.waived_until
    assert (turn.waived, turn.waived_until, turn.turns) == (1, until, 0)
    # The second has the case that was declined to answer for; of two with one in hand the first is due sooner.
    assert others == [third.id, first.id]
    assert places(register, NOW) == ["b", "c", "a"]
    again = next(each for each in rotation(register.read, register.clerk, until) if each.practitioner_id == first.id)
    assert (again.waived, again.waived_until) == (0, None)
    assert until - NOW < WEEK
    for pending in register.all(OfferRow, OfferRow.state == OfferState.PENDING):
        answer(register.begin, register.clerk, NOW, pending.id, False, GivingBack.CONFLICT)
    assert asked_about(register, "4", until).practitioner_id == first.id


def test_silence_waives_a_turn_as_a_no_does(register, people):
    offer = asked_about(register, "1")

    expire_due(register.begin, register.read, offer.expires_at)

    ended = register.get(OfferRow, offer.id)
    assert (ended.state, ended.practitioner_id) == (OfferState.EXPIRED, people[0].id)
    assert ended.waived_until > offer.expires_at
    assert places(register, offer.expires_at)[-1] != "c"
    assert asked_about(register, "2", offer.expires_at).practitioner_id == people[2].id


def by_conflict(register, offer, people):
    return decline(register, offer, GivingBack.CONFLICT)


def by_the_centre(register, offer, people):
    row = suspend(register.begin, register.manager, NOW, NOW.date(), None, "review", practitioner_id=people[0].id)
    lift(register.begin, register.manager, NOW, row.id)


def by_somebody_else(register, offer, people):
    row = make_offers(register.begin, register.clerk, NOW, offer.case_id, [people[1].id])
    answer(register.begin, register.clerk, NOW, row[0].id, True)


def by_a_rule_meanwhile(register, offer, people):
    for number in range(5):
        register.an_assignment(register.a_case(f"full {number}"), people[0])
    expire_due(register.begin, register.read, offer.expires_at)


def by_the_step_before_its_time(register, offer, people):
    with register.begin() as tx:
        tx.session.get_one(PlanRow, offer.plan_id).ends_at = NOW + HOUR
    advance_plans(register.begin, register.read, NOW + HOUR)


@pytest.mark.parametrize(
    ("end", "state"),
    [
        (by_conflict, "declined"),
        (by_the_centre, "withdrawn"),
        (by_somebody_else, "withdrawn"),
        (by_a_rule_meanwhile, "expired"),
        (by_the_step_before_its_time, "expired"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nobody_waives_a_turn_who_could_not_take_it_or_was_not_let(register, people, end, state):
    offer = asked_about(register, "1")

    end(register, offer, people)

    ended = register.get(OfferRow, offer.id)
    assert (ended.state, ended.waived_until) == (state, None)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_turn_is_waived_by_a_no_to_an_officer_nor_where_the_policy_asks_for_none(register, people):
    named = make_offers(register.begin, register.clerk, NOW, register.a_case("n").id, [people[0].id])
    decline(register, named[0])
    register.a_policy([ROTATION, OPTIMIZED], rotation={"waive_hours": 0})

    decline(register, asked_about(register, "1"))

    assert [row.waived_until for row in register.all(OfferRow)] == [None] * 3
    assert places(register, NOW)[0] == "a"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_past_moment_knows_the_waivers_of_then_alone(register, people):
    offer = asked_about(register, "1")
    until = decline(register, offer, now=NOW + HOUR).waived_until

    def waived(now, past):
        with register.read() as session:
            facts = load_docket(session, register.centre.id, [], now, past=past)
        return {person.id: person.waived for person in facts.practitioners}[people[0].id]

    assert [waived(NOW + n * HOUR, past=True) for n in (0, 1, 2)] == [0, 0, 1]
    assert [waived(at, past=False) for at in (NOW + HOUR, until - HOUR / 60, until)] == [1, 1, 0]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_was_waived_of_late_is_found_without_reading_the_offers_of_all_years(register, people):
    asked = []
    event.listen(register.engine, "before_cursor_execute", lambda _c, _r, *statement: asked.append(statement[:2]))

    rotation(register.read, register.clerk, NOW)

    with register.engine.connect() as connection:
        plans = [
            connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", tuple(bound)).all()
            for words, bound in list(asked)
            if "waived_until" in words
        ]
    steps = [[step.detail for step in plan if "offer" in step.detail.split()] for plan in plans]
    assert len(steps) == 2
    assert all(any("offer_waived (centre_id=? AND waived_until>?)" in step for step in each) for each in steps)
    assert not any(step.startswith("SCAN") for each in steps for step in each)
