"""A case walks its chain: every step in time, empty pools skipped aloud, the manager called before it is late."""

from collections import Counter
from datetime import timedelta

import pytest

from dispatch.commands.board import take_off
from dispatch.commands.chain import advance_plans, forecast, start_plan, watch_deadlines
from dispatch.commands.designation import designate, review_designation
from dispatch.commands.offers.offers import answer, expire_due
from dispatch.commands.offers.undertaking import abandon
from dispatch.commands.runs.requests import request_run
from dispatch.domain.chain import Because
from dispatch.domain.errors import (
    ForbiddenError,
    IllegalTransitionError,
    NotEligibleError,
    NotFoundError,
    ReasonRequiredError,
    SecondPersonError,
)
from dispatch.domain.permissions import Actor
from dispatch.domain.states import GivingBack, OfferState, PlanState, Review
from dispatch.domain.vocabulary import Matter, ModeName, RelationKind, Role, Status
from dispatch.registry.due.cases import list_pending
from dispatch.registry.tables import (
    AssignmentRow,
    CaseRow,
    DesignationRow,
    OfferRow,
    OutboxRow,
    PlanRow,
    RelationRow,
    WishRow,
)
from tests.rows import NOW, a_user

HOUR = timedelta(hours=1)
ROTATION, OPTIMIZED, GRAB = ("rotation", 8), ("optimized", None), ("grab", 4)
CONTINUITY, POINT = ("continuity", 4), ("point_selection", 24)


def begun(register, case, now=NOW):
    return start_plan(register.begin, register.clerk, now, case.id)


def the_plan(register):
    [plan] = register.all(PlanRow, PlanRow.state == PlanState.OPEN)
    return plan


def walked(register, now):
    return advance_plans(register.begin, register.read, now)


NO_COUNSEL = ("step", ("skip", "nobody_named"))
"""A case of the first stage passes the step of continuity at once."""


def wish(register, case, *people):
    for rank, person in enumerate(people, start=1):
        register.add(WishRow(centre_id=register.centre.id, case_id=case.id, practitioner_id=person.id, rank=rank))


def asked(register, state=OfferState.PENDING):
    return [row.practitioner_id for row in register.all(OfferRow, OfferRow.state == state)]


def test_case_is_put_on_the_chain_of_its_class_once(register):
    case = register.a_case()
    register.a_practitioner()

    plans = [begun(register, case) for _ in range(2)]

    assert plans[0].id == plans[1].id
    assert (plans[0].chain, plans[0].mode, plans[0].ends_at) == ("civil", ModeName.POINT_SELECTION, NOW + 24 * HOUR)
    assert register.history(case) == ["plan", *NO_COUNSEL, "step"]


def test_chain_falls_through_every_step_and_ends_with_the_manager(register):
    register.a_policy([CONTINUITY, POINT, GRAB, ROTATION, OPTIMIZED])
    case = register.a_case(due_at=NOW + timedelta(days=7))
    person = register.a_practitioner()

    begun(register, case)
    modes, now = [], NOW
    while (ends_at := the_plan(register).ends_at) is not None:
        modes.append(the_plan(register).mode)
        assert ends_at < case.due_at
        now = ends_at
        expire_due(register.begin, register.read, now)
        walked(register, now)

    assert modes == [ModeName.POINT_SELECTION, ModeName.GRAB, ModeName.ROTATION]
    assert the_plan(register).mode is ModeName.OPTIMIZED
    assert register.history(case) == [
        "plan",
        "step", ("skip", "nobody_named"),
        "step", ("skip", "window_over"),
        "step", "post", "expire", ("skip", "window_over"),
        "step", "offer", "expire", ("skip", "window_over"),
        "step", ("escalate", "nobody_eligible"),
    ]  # fmt: skip
    assert asked(register, OfferState.EXPIRED) == [person.id]
    assert now < case.due_at


def test_empty_pool_skips_every_step_at_once_and_calls_the_manager(register):
    case = register.a_case()
    register.a_practitioner(capacity=0)

    begun(register, case)

    assert register.history(case) == [
        "plan",
        "step", ("skip", "nobody_eligible"),
        "step", ("skip", "nobody_eligible"),
        "step", ("skip", "nobody_eligible"),
        "step", ("escalate", "nobody_eligible"),
    ]  # fmt: skip
    assert the_plan(register).ends_at is None


def test_case_with_less_than_a_day_goes_straight_into_an_urgent_run(register):
    case = register.a_case(due_at=NOW + 20 * HOUR)
    register.a_practitioner()

    begun(register, case)

    assert register.history(case) == ["plan", *3 * [("skip", "short_of_time")], "step"]
    assert [row.job for row in register.all(OutboxRow)] == ["workers.jobs.solve_run"]


def test_earlier_counsel_is_asked_first_and_takes_the_case(register):
    register.a_policy([CONTINUITY, OPTIMIZED])
    person, earlier = register.a_practitioner(), register.a_case("0", status=Status.ASSIGNED)
    register.an_assignment(earlier, person)
    case = register.a_case("1")
    register.add(
        RelationRow(centre_id=case.centre_id, case_id=case.id, other_id=earlier.id, kind=RelationKind.EARLIER_STAGE)
    )

    begun(register, case)
    [offer] = register.all(OfferRow)
    answer(register.begin, register.acting(person), NOW, offer.id, True)

    assert (offer.practitioner_id, offer.mode) == (person.id, ModeName.CONTINUITY)
    assert [row.state for row in register.all(PlanRow)] == [PlanState.DONE]
    assert register.get(CaseRow, case.id).status is Status.ACCEPTED


def test_wishes_are_asked_in_their_order(register):
    case = register.a_case()
    first, second = register.a_practitioner("a"), register.a_practitioner("b", quality=99)
    wish(register, case, first, second)

    begun(register, case)
    before = asked(register)
    [offer] = register.all(OfferRow)
    answer(register.begin, register.acting(first), NOW, offer.id, False, GivingBack.BUSY)

    assert (before, asked(register)) == ([first.id], [second.id])
    assert {row.mode for row in register.all(OfferRow)} == {ModeName.POINT_SELECTION}


def test_wishes_used_up_end_the_step(register):
    case, person = register.a_case(), register.a_practitioner("a")
    register.a_practitioner("b")
    wish(register, case, person)
    begun(register, case)
    [offer] = register.all(OfferRow)

    answer(register.begin, register.acting(person), NOW, offer.id, False, GivingBack.BUSY)

    assert register.get(CaseRow, case.id).status is Status.POSTED
    assert register.history(case)[-3:] == [("skip", "nobody_named"), "step", "post"]


def test_recipient_who_names_nobody_is_reminded_once(register):
    case = register.a_case()
    register.a_practitioner()
    begun(register, case)

    moved = [walked(register, NOW + hours * HOUR) for hours in (11, 12, 13)]

    assert moved == [0, 1, 0]
    assert register.history(case) == ["plan", *NO_COUNSEL, "step", "remind"]


def test_rotation_asks_the_next_until_someone_takes_the_case(register):
    register.a_policy([ROTATION, OPTIMIZED])
    case = register.a_case()
    away = register.a_practitioner("a", capacity=0)
    people = {each.id: each for each in (register.a_practitioner("b"), register.a_practitioner("c"))}

    begun(register, case)
    [first] = asked(register)
    answer(
        register.begin, register.acting(people.pop(first)), NOW, register.all(OfferRow)[0].id, False, GivingBack.AWAY
    )
    [(second, person)] = people.items()

    assert asked(register) == [second]
    [offer] = register.all(OfferRow, OfferRow.practitioner_id == second)
    answer(register.begin, register.acting(person), NOW, offer.id, True)
    assert register.all(AssignmentRow)[0].mode is ModeName.ROTATION
    assert away.id not in asked(register, OfferState.DECLINED)


def test_rotation_may_ask_several_at_once(register):
    register.a_policy([ROTATION, OPTIMIZED], walk={"offers_at_once": 2})
    case = register.a_case()
    for code in "abc":
        register.a_practitioner(code)

    begun(register, case)

    assert len(asked(register)) == 2


def test_silence_moves_the_turn_to_the_next(register):
    register.a_policy([("rotation", 30), OPTIMIZED], walk={"answer_hours": 2})
    case = register.a_case(due_at=NOW + timedelta(days=10))
    both = {register.a_practitioner(code).id for code in "ab"}
    begun(register, case)
    silent = asked(register)

    expire_due(register.begin, register.read, NOW + 2 * HOUR)

    assert set(asked(register)) == both - set(silent)


def test_no_run_takes_a_case_from_its_step(register):
    waiting, free = register.a_case("1"), register.a_case("2")
    register.a_practitioner()
    begun(register, waiting)

    with register.read() as session:
        pending = list_pending(session, register.centre.id)

    assert pending == [free.id]
    assert request_run(register.begin, register.clerk, NOW).case_ids == [free.id]


def test_case_taken_off_the_board_goes_on_with_its_chain(register):
    register.a_policy([GRAB, OPTIMIZED])
    case = register.a_case()
    register.a_practitioner()
    begun(register, case)

    take_off(register.begin, register.clerk, NOW, case.id)

    assert the_plan(register).mode is ModeName.OPTIMIZED
    assert register.get(CaseRow, case.id).status is Status.PENDING


def test_case_given_back_walks_its_chain_again_with_the_time_that_is_left(register):
    register.a_policy([ROTATION, OPTIMIZED])
    case = register.a_case(due_at=NOW + timedelta(days=5))
    people = {each.id: each for each in (register.a_practitioner("a"), register.a_practitioner("b"))}
    begun(register, case)
    [first] = asked(register)
    taken = answer(register.begin, actor := register.acting(people.pop(first)), NOW, register.all(OfferRow)[0].id, True)

    abandon(register.begin, actor, NOW + HOUR, taken.assignment_id, GivingBack.HEALTH)

    assert asked(register) == list(people)
    assert sorted(row.state for row in register.all(PlanRow)) == [PlanState.DONE, PlanState.OPEN]


def test_chain_of_a_case_that_left_the_queue_is_stopped(register):
    case = register.a_case()
    register.a_practitioner()
    begun(register, case)
    with register.begin() as tx:
        tx.session.get_one(CaseRow, case.id).status = Status.WITHDRAWN

    moved = [walked(register, NOW) for _ in range(2)]

    assert moved == [1, 0]
    assert [row.state for row in register.all(PlanRow)] == [PlanState.STOPPED]


@pytest.mark.parametrize(("starts", "plans"), [(True, 1), (False, 0)])
def test_granted_case_starts_itself_only_where_the_policy_says_so(register, starts, plans):
    register.a_policy(walk={"start_on_grant": starts})
    register.a_case()
    register.a_practitioner()

    moved = [walked(register, NOW) for _ in range(2)]

    assert moved == [plans, 0]
    assert len(register.all(PlanRow)) == plans


@pytest.mark.parametrize("status", [Status.RECEIVED, Status.ASSIGNED])
def test_case_that_does_not_wait_has_no_chain(register, status):
    case = register.a_case(status=status)

    with pytest.raises(IllegalTransitionError):
        begun(register, case)
    with pytest.raises(ForbiddenError):
        start_plan(register.begin, Actor("x", Role.ORGAN, register.centre.id), NOW, case.id)


def test_manager_is_called_before_the_deadline_once_a_day(register):
    case = register.a_case(due_at=NOW + timedelta(days=3))
    register.a_practitioner()
    hours = [0, 24, 53, 54, 71, 77, 79]

    called = [watch_deadlines(register.begin, register.read, NOW + hour * HOUR) for hour in hours]

    assert called == [0, 0, 0, 1, 0, 0, 1]
    assert register.history(case) == [("escalate", "deadline_near"), ("escalate", "no_office_time")]


def test_manager_is_called_days_ahead_where_nobody_is_eligible(register):
    case = register.a_case(due_at=NOW + timedelta(days=2))

    called = [watch_deadlines(register.begin, register.read, NOW) for _ in range(2)]

    assert called == [1, 0]
    assert register.history(case) == [("escalate", "nobody_eligible")]


def test_forecast_names_what_cannot_be_met(register):
    fine = register.a_case("1", due_at=NOW + timedelta(days=2))
    tight = register.a_case("2", due_at=NOW + 3 * HOUR)
    overdue = register.a_case("3", received_at=NOW - timedelta(days=9), due_at=NOW - HOUR)
    register.a_case("4", due_at=NOW + timedelta(days=30))
    register.a_practitioner()

    risks = forecast(register.read, register.clerk, NOW)

    assert [(risk.case_id, risk.because, risk.eligible) for risk in risks] == [
        (overdue.id, Because.NO_OFFICE_TIME, 1), (tight.id, Because.DEADLINE_NEAR, 1), (fine.id, None, 1),
    ]  # fmt: skip


def test_manager_is_called_days_ahead_where_there_are_too_few_people_for_all(register):
    register.a_practitioner(capacity=1)
    first, second = (register.a_case(str(days), due_at=NOW + timedelta(days=days)) for days in (2, 3))

    called = watch_deadlines(register.begin, register.read, NOW)

    risks = forecast(register.read, register.clerk, NOW)
    reported = [(risk.case_id, risk.because, risk.eligible) for risk in risks]
    assert reported == [(first.id, None, 1), (second.id, Because.TOO_FEW, 1)]
    assert (called, register.history(second)) == (1, [("escalate", "too_few")])


def test_officer_designates_with_a_reason(register):
    case, person = register.a_case(), register.a_practitioner()

    named = designate(register.begin, register.clerk, NOW, case.id, person.id, "speaks the dialect")

    [assignment] = register.all(AssignmentRow)
    assert (assignment.mode, assignment.reason) == (ModeName.DESIGNATION, "speaks the dialect")
    assert (named.state, named.assignment_id) == (Review.APPROVED, assignment.id)
    with pytest.raises(ReasonRequiredError):
        designate(register.begin, register.clerk, NOW, case.id, person.id, "  ")


@pytest.mark.parametrize(
    "columns",
    [{"recipient_is_minor": True}, {"secret": None}, {"grave": True}, {"grave": None, "matter": Matter.CRIMINAL}],
)
def test_minors_and_grave_cases_need_a_second_officer(register, columns):
    case, person = register.a_case(**columns), register.a_practitioner()

    designate(register.begin, register.clerk, NOW, case.id, person.id, "knows the family")
    assert register.all(AssignmentRow) == []
    with pytest.raises(SecondPersonError):
        review_designation(register.begin, register.clerk, NOW, case.id, True)
    with pytest.raises(SecondPersonError):
        designate(register.begin, register.manager, NOW, case.id, person.id, "again")
    agreed = review_designation(register.begin, register.manager, NOW, case.id, True)

    assert agreed.state is Review.APPROVED
    assert [row.practitioner_id for row in register.all(AssignmentRow)] == [person.id]
    assert register.history(case) == ["designate", "assign"]


def test_second_officer_may_object(register):
    case, person = register.a_case(grave=True), register.a_practitioner()
    designate(register.begin, register.clerk, NOW, case.id, person.id, "is near")

    review_designation(register.begin, register.manager, NOW, case.id, False)

    assert register.get(CaseRow, case.id).status is Status.PENDING
    assert [row.state for row in register.all(DesignationRow)] == [Review.REJECTED]
    with pytest.raises(NotFoundError):
        review_designation(register.begin, register.manager, NOW, case.id, True)


def test_designation_that_waits_lapses_once_somebody_else_has_the_case(register):
    register.a_policy([ROTATION, OPTIMIZED])
    case = register.a_case(recipient_is_minor=True)
    named, _ = register.a_practitioner("named"), register.a_practitioner("other")
    waits = designate(register.begin, register.clerk, NOW, case.id, named.id, "knows the family")
    begun(register, case)
    [offer, *_] = register.all(OfferRow)

    answer(register.begin, register.clerk, NOW, offer.id, True)

    assert register.get(DesignationRow, waits.id).state is Review.LAPSED
    with pytest.raises(NotFoundError):
        review_designation(register.begin, register.manager, NOW, case.id, True)


def test_designation_takes_a_case_out_of_its_step(register):
    register.a_policy([ROTATION, OPTIMIZED])
    case, person = register.a_case(), register.a_practitioner("a")
    register.a_practitioner("b")
    begun(register, case)

    designate(register.begin, register.clerk, NOW, case.id, person.id, "asked for by the court")

    assert asked(register) == []
    assert [row.state for row in register.all(PlanRow)] == [PlanState.DONE]
    assert register.history(case)[-2:] == ["recall", "assign"]


def test_designation_of_someone_a_rule_refuses_is_refused(register):
    case, person = register.a_case(), register.a_practitioner(capacity=0)

    with pytest.raises(NotEligibleError):
        designate(register.begin, register.clerk, NOW, case.id, person.id, "is near")


def test_second_clerk_counts_as_second_person(register):
    case, person = register.a_case(grave=True), register.a_practitioner()
    colleague = register.add(a_user(register.centre.id, "colleague", Role.CLERK))
    designate(register.begin, register.clerk, NOW, case.id, person.id, "is near")

    actor = Actor(colleague.id, Role.CLERK, register.centre.id)
    agreed = review_designation(register.begin, actor, NOW, case.id, True)

    assert agreed.reviewed_by == colleague.id


def test_nobody_is_asked_for_a_second_case_while_someone_else_may_be(register):
    register.a_policy([ROTATION, OPTIMIZED])
    people = [register.a_practitioner(code) for code in ("p1", "p2")]
    cases = [register.a_case(f"{n}") for n in range(3)]

    for case in cases:
        begun(register, case)

    asked = Counter(row.practitioner_id for row in register.all(OfferRow, OfferRow.state == OfferState.PENDING))
    assert sorted(asked[person.id] for person in people) == [1, 2]
